# SPDX-License-Identifier: Apache-2.0
"""What the tests with other people's programs share: a simulated modem in a private directory,
its controls, and namespaces. A test that cannot run here ends with 77 (skipped)."""

import contextlib
import math
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import wave


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed")
            sys.exit(77)


def need_namespaces():
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"],
                                           stderr=subprocess.DEVNULL).returncode != 0:
        print("skipped: private mounts need root and unshare")
        sys.exit(77)


def wait_for(condition, seconds, what):
    """Looks 50 times a second; what other programs do cannot be waited for in another way."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


class Modem:
    """A running sim_modem_pty (named by the variable SIM_MODEM_PTY)."""

    def __init__(self, directory, modem, country="US"):
        self.dir = directory
        self.process = subprocess.Popen([os.environ["SIM_MODEM_PTY"], modem, country, directory],
                                        stdout=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        assert words[:1] == ["ready"], "the simulated modem did not start"
        self.pty = words[1]

    def control(self, command):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(f"{self.dir}/control")
            client.sendall(command.encode() + b"\n")
            reply = client.makefile().readline().rstrip("\n")
        assert reply.startswith("ok"), f"{command}: {reply}"
        return reply[3:]

    def commands(self):
        with open(f"{self.dir}/commands", encoding="latin-1") as file:
            return file.read().split("\n")[:-1]

    def sound(self, name):
        with open(f"{self.dir}/{name}", "rb") as file:
            return file.read()

    def stop(self):
        self.process.terminate()
        self.process.wait(5)
        self.process.stdout.close()


@contextlib.contextmanager
def simulated(modem, country="US"):
    with tempfile.TemporaryDirectory(prefix="tipring-") as directory:
        running = Modem(directory, modem, country)
        try:
            yield running
        finally:
            running.stop()


def in_private_dev(pty, name, command):
    """The command line that runs `command` with a /dev of its own in which /dev/NAME is the PTY.
    Lock files are its own, too: others use the same NAME at the same time."""
    script = """
        set -e
        mount --make-rprivate /
        dev=$(mktemp -d)
        mount -t tmpfs tmpfs "$dev"
        mkdir "$dev/pts" "$dev/shm"
        mount --rbind /dev/pts "$dev/pts"
        ln -s pts/ptmx "$dev/ptmx"
        ln -s /proc/self/fd "$dev/fd"
        for node in null zero random urandom tty full; do cp -a "/dev/$node" "$dev/"; done
        ln -s "${1#/dev/}" "$dev/$2"
        mount --rbind "$dev" /dev
        mount -t tmpfs -o mode=1777 tmpfs /var/lock
        shift 2
        exec "$@"
    """
    return ["unshare", "-m", "sh", "-c", script, "devns", pty, name, *command]


def sine_wav(path, hertz, seconds, rate=8000):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(
            struct.pack("<h", int(9000 * math.sin(2 * math.pi * hertz * i / rate)))
            for i in range(int(seconds * rate))))


def run(command, seconds, **options):
    return subprocess.run(command, timeout=seconds, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
