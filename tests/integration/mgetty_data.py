# SPDX-License-Identifier: Apache-2.0
"""mgetty answers a data call: its hook learns who calls, its login program talks to the caller."""

import os
import pathlib
import signal
import subprocess

import harness
import mgetty_setup

harness.need("mgetty", "unshare")
harness.need_namespaces()


def script(path, text):
    path.write_text("#!/bin/sh\n" + text, encoding="ascii")
    path.chmod(0o755)
    return path


def configure(root, port):
    config = root / "etc"
    config.mkdir()
    hook = script(root / "hook.sh", f'echo "$2|$3|$CALLER_ID|$CALLER_NAME" > {root}/hook\n')
    login = script(root / "login.sh",
                   'echo "welcome $1"; read -r word; echo "heard $word"; sleep 60\n')
    (config / "mgetty.config").write_text(f"""debug 4
speed 38400
port {port}
data-only y
rings 2
issue-file {root}/issue
init-chat "" ATQ0V1H0 OK ATE0 OK AT+VCID=1 OK
cnd-program {hook}
""", encoding="ascii")
    (root / "issue").write_text("a simulated line\n", encoding="ascii")
    programs = config / "login.config"
    programs.write_text(f"* - - {login} @\n", encoding="ascii")
    programs.chmod(0o600)
    return config


with harness.simulated("v253") as modem:
    folder = pathlib.Path(modem.dir)
    name = modem.pty.removeprefix("/dev/")
    process = subprocess.Popen(
        mgetty_setup.in_private_etc(configure(folder, name), folder, "mgetty", name),
        stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        harness.wait_for(lambda: "+VCID=1" in modem.commands(), 25, "mgetty set the modem up")
        modem.control('call number=5551234 name="SMITH J" modem')
        harness.wait_for((folder / "hook").exists, 25, "the hook is called")
        assert (folder / "hook").read_text(encoding="ascii") == "5551234|SMITH J|5551234|SMITH J\n"
        harness.wait_for(lambda: "login:" in modem.control("data?"), 25, "the caller is asked")
        assert "a simulated line" in modem.control("data?")
        modem.control('data "guest\\r"')
        harness.wait_for(lambda: "welcome guest" in modem.control("data?"), 10, "the login program")
        modem.control('data "knock\\r"')
        harness.wait_for(lambda: "heard knock" in modem.control("data?"), 10, "it reads the line")
        modem.control("hangup")
        harness.wait_for(lambda: "line=idle" in modem.control("state?"), 10, "mgetty is hung up")
        harness.wait_for(lambda: process.poll() is not None, 10, "mgetty ends for its next call")
    except BaseException:
        print(modem.commands(), modem.control("state?"), modem.control("data?"))
        mgetty_setup.print_logs(folder)
        raise
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
