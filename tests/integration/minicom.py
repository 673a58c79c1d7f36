# SPDX-License-Identifier: Apache-2.0
"""minicom's script language dials and talks to the far end; its junk before AT is no harm."""

import os
import pathlib
import signal
import subprocess

import harness

harness.need("minicom", "script")

SCRIPT = """send "ATZ"
expect {
  "OK" break
  timeout 5 goto bad
}
send "ATI3"
expect {
  "Data Modem" break
  timeout 5 goto bad
}
send "ATDT5551234"
expect {
  "CONNECT 33600" break
  timeout 10 goto bad
}
expect {
  "login:" break
  timeout 5 goto bad
}
send "guest"
expect {
  "guest" break
  timeout 5 goto bad
}
! echo good > FOLDER/outcome
exit
bad:
! echo bad > FOLDER/outcome
exit
"""

with harness.simulated("data") as modem:
    folder = pathlib.Path(modem.dir)
    (folder / "dial").write_text(SCRIPT.replace("FOLDER", modem.dir), encoding="ascii")
    modem.control('plan number=5551234 does=answer rings=0 modem text="login: "')
    # it wants a terminal, and stays at it when its script is over
    process = subprocess.Popen(
        ["script", "-qec", f"minicom -o -D {modem.pty} -b 115200 -S {folder}/dial", "/dev/null"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True,
        env={"HOME": modem.dir, "PATH": os.environ["PATH"], "TERM": "vt100"})
    try:
        outcome = folder / "outcome"
        harness.wait_for(lambda: outcome.exists() and outcome.read_text(encoding="ascii"), 30,
                         "the script is over")
        assert outcome.read_text(encoding="ascii") == "good\n"
        assert "guest" in modem.control("data?")
    except BaseException:
        print(modem.commands(), modem.control("state?"), modem.control("data?"))
        raise
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    harness.wait_for(lambda: "line=idle" in modem.control("state?"), 10, "its end is a hang-up")
