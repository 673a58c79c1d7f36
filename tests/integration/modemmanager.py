# SPDX-License-Identifier: Apache-2.0
"""ModemManager probes the simulated modem, and the modem is usable as before for who comes next."""

import os
import pathlib
import select
import signal
import subprocess
import tty

import harness

harness.need("ModemManager", "mmcli", "dbus-run-session", "unshare")
harness.need_namespaces()

RULES = """KERNEL=="ttyS0", ENV{ID_MM_CANDIDATE}="1"
KERNEL=="ttyS0", ENV{ID_MM_DEVICE_PROCESS}="1"
"""
# A bus of the test's own; without udev the port is told in a file, its rules are those of /lib.
RUN = """
set -e
mount --make-rprivate /
mount --bind "$1/rules" /lib/udev/rules.d
export DBUS_SYSTEM_BUS_ADDRESS="$DBUS_SESSION_BUS_ADDRESS"
ModemManager --test-session --no-auto-scan --test-no-udev --test-no-suspend-resume \\
    --filter-policy=STRICT --initial-kernel-events="$1/events" --debug > "$1/log" 2>&1 &
until mmcli --list-modems > "$1/modems" 2> /dev/null && grep -q /Modem/ "$1/modems"; do
    sleep 0.2
done
mmcli -m any > "$1/modem" 2>&1 || true
touch "$1/seen"
wait
"""


def ask(path, command, expected, seconds=5):
    """What the modem says to one command on a port that was opened afresh."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        tty.setraw(port)
        os.write(port, command + b"\r")
        heard = b""
        while expected not in heard and select.select([port], [], [], seconds)[0]:
            heard += os.read(port, 4096)
        return heard
    finally:
        os.close(port)


if not os.path.exists("/sys/class/tty/ttyS0"):
    print("skipped: ModemManager wants the name of a port of the kernel, and there is no ttyS0")
    raise SystemExit(77)

with harness.simulated("v253") as modem:
    folder = pathlib.Path(modem.dir)
    (folder / "rules").mkdir()
    (folder / "rules" / "77-mm-test.rules").write_text(RULES, encoding="ascii")
    (folder / "events").write_text("action=add,subsystem=tty,name=ttyS0,uid=tipring\n",
                                   encoding="ascii")
    process = subprocess.Popen(
        harness.in_private_dev(modem.pty, "ttyS0", ["dbus-run-session", "--", "sh", "-c", RUN, "mm",
                                                    modem.dir]),
        stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        harness.wait_for((folder / "seen").exists, 50, "mmcli lists a modem")
        told = (folder / "modem").read_text(encoding="utf-8")
        assert "ttyS0 (at)" in told and "unknown-capabilities" in told, told
        for command in ("+CGMM", "E0", "X4", "+GCAP", "I"):
            assert command in modem.commands(), modem.commands()
        assert "line=idle modem=command" in modem.control("state?")
    except BaseException:
        print(modem.commands(), modem.control("state?"))
        for path in folder.glob("log"):
            print(path.read_text(errors="replace")[-6000:])
        raise
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert b"Tipring V.253 Voice Modem\r\n\r\nOK\r\n" in ask(modem.pty, b"ATE1I3", b"OK")
