# SPDX-License-Identifier: Apache-2.0
"""wvdial dials a busy number, then one that answers, and gives the line to its PPP program."""

import os
import pathlib
import signal
import subprocess

import harness

harness.need("wvdial", "unshare")
harness.need_namespaces()

# Without "Stupid Mode" wvdial 1.61 reads the login text, and dies of an assertion of its own.
CONFIG = """[Dialer Defaults]
Modem = /dev/ttyUSB0
Baud = 115200
Init1 = ATZ
Init2 = ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0
Phone = 5551234
Username = ppp
Password = secret
Stupid Mode = on
PPPD Path = {folder}/pppd
[Dialer taken]
Phone = 5559999
"""
# What stands in for PPP, which needs the kernel: it has the line as its input and output.
PPP = """#!/bin/sh
stty -echo
echo "$@" > {folder}/ppp.args
echo "the program is here"
read -r word
echo "heard $word"
sleep 60
"""


class Dialler:
    """A running wvdial; what it says is in `said`. Its own task switcher dies of an assertion on some
    layouts of the stack, about every third time: then it is started again."""

    ITS_OWN_END = "current_task->stack_magic"

    def __init__(self, modem, *sections):
        self.path = pathlib.Path(modem.dir, "said")
        self.command = harness.in_private_dev(
            modem.pty, "ttyUSB0", ["wvdial", "-C", f"{modem.dir}/wvdial.conf", *sections])
        self.left = 20
        self.start()

    def start(self):
        with open(self.path, "wb") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True)

    @property
    def said(self):
        return self.path.read_text(encoding="ascii", errors="replace")

    def reaches(self, condition, seconds, what):
        def reached():
            if self.ITS_OWN_END in self.said and self.left > 0:
                self.left -= 1
                self.stop()
                self.start()
            return condition()
        harness.wait_for(reached, seconds, what)

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(10)


with harness.simulated("data") as modem:
    folder = pathlib.Path(modem.dir)
    (folder / "wvdial.conf").write_text(CONFIG.format(folder=folder), encoding="ascii")
    ppp = folder / "pppd"
    ppp.write_text(PPP.format(folder=folder), encoding="ascii")
    ppp.chmod(0o755)
    modem.control("plan number=5551234 does=answer rings=0 modem noecho")
    modem.control("plan number=5559999 does=busy")
    dialler = Dialler(modem, "taken")
    try:
        dialler.reaches(lambda: "line is busy" in dialler.said, 30, "wvdial sees BUSY")
        dialler.stop()
        dialler = Dialler(modem)
        dialler.reaches(lambda: "the program is here" in modem.control("data?"), 30, "CONNECT")
        modem.control('data "knock\\n"')
        harness.wait_for(lambda: "heard knock" in modem.control("data?"), 10, "data both ways")
        assert "Carrier detected" in dialler.said
        assert "115200 modem" in (folder / "ppp.args").read_text(encoding="ascii")
        dialler.stop()
        harness.wait_for(lambda: "line=idle" in modem.control("state?"), 10, "wvdial hangs up")
    except BaseException:
        print(dialler.said, modem.commands(), modem.control("state?"), modem.control("data?"))
        raise
    finally:
        dialler.stop()
