# SPDX-License-Identifier: Apache-2.0
"""efax prepares the simulated modem for class 1 and dials: busy, then where a person answers.

The simulated modem has no fax modulation: the second call ends without a carrier.
"""

import pathlib

import harness

harness.need("efax", "efix")


def send(modem, number, page):
    lock = pathlib.Path(modem.dir, "lock")  # its own, so that no lock of the machine's is touched
    result = harness.run(["efax", "-v", "chewmr", "-d", modem.pty, "-x", f"{lock}", "-iE0",
                          "-iS7=5", "-l", "5550100", "-t", f"T{number}", page], 60, cwd=modem.dir)
    print(result.stdout)
    assert not lock.exists()
    harness.wait_for(lambda: "line=idle" in modem.control("state?"), 10, "efax hangs up")
    return result


with harness.simulated("v253") as modem:
    text, page = f"{modem.dir}/text", f"{modem.dir}/page"
    pathlib.Path(text).write_text("a page\n", encoding="ascii")
    assert harness.run(["efix", "-i", "text", "-o", "fax", "-n", page, text], 20).returncode == 0
    modem.control("plan number=5559999 does=busy")
    modem.control("plan number=5551234 does=answer rings=0")
    busy = send(modem, "5559999", page)
    assert busy.returncode == 1, busy.returncode
    assert 'response "BUSY"' in busy.stdout
    for command in ("+FCLASS=?", "+FCLASS=1", "+FTM=?", "DT5559999"):
        assert command in modem.commands(), modem.commands()
    silent = send(modem, "5551234", page)
    assert modem.control("answer?") == "yes"
    assert 'response "NO CARRIER"' in silent.stdout
    assert silent.returncode != 0
