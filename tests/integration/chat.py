# SPDX-License-Identifier: Apache-2.0
"""chat of ppp dials: CONNECT and a login text give 0, BUSY gives its abort string's 4."""

import os
import subprocess

import harness

harness.need("chat")


def chat(modem, number, *more):
    with open(modem.pty, "r+b", buffering=0) as port:
        subprocess.run(["stty", "raw", "-echo"], stdin=port, check=True)
        return subprocess.run(
            ["chat", "-s", "-t", "8", "ABORT", "BUSY", "ABORT", "NO CARRIER", "", "ATZ", "OK",
             "ATE0V1Q0S11=50", "OK", "AT&C1&D2", "OK", f"ATDT{number}", "CONNECT", "\\c", *more],
            stdin=port, stdout=port, stderr=subprocess.PIPE, timeout=20, check=False).returncode


with harness.simulated("data") as modem:
    modem.control("plan number=5551234 does=answer rings=0 modem text=\"login: \"")
    modem.control("plan number=5559999 does=busy")
    assert chat(modem, "5551234", "ogin:", "ppp") == 0
    harness.wait_for(lambda: modem.control("data?").startswith("ppp"), 5, "the name is sent")
    harness.wait_for(lambda: "line=idle" in modem.control("state?"), 5, "hang-up at the close")
    busy = chat(modem, "5559999")
    assert busy == 4, busy
    assert os.path.exists(modem.pty)
