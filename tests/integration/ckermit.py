# SPDX-License-Identifier: Apache-2.0
"""C-Kermit dials, sends a line and hangs up with +++ and guard time."""

import harness

harness.need("kermit")
SCRIPT = """
set carrier-watch off
set modem type generic-high-speed
set line {pty}
set flow none
set speed 115200
set modem hangup-method modem-command
set dial timeout 15
set dial retries 0
dial 5551234
if fail exit 3 no connection
lineout hello
input 5 hello
if fail exit 4 no echo
hangup
if fail exit 5 no hang-up
exit 0
"""
with harness.simulated("data") as modem:
    modem.control("plan number=5551234 does=answer rings=0 modem")
    script = f"{modem.dir}/script.ksc"
    with open(script, "w", encoding="ascii") as file:
        file.write(SCRIPT.format(pty=modem.pty))
    result = harness.run(["kermit", script], 45, cwd=modem.dir, env={"HOME": modem.dir,
                                                                    "PATH": "/usr/bin:/bin"})
    print(result.stdout)
    print(modem.commands())
    assert result.returncode == 0, result.returncode
    assert modem.control("dialled?") in ("5551234", "")
    assert "hello" in modem.control("data?")
    assert "D5551234" in modem.commands()
    assert "H0" in modem.commands()
    assert "line=idle" in modem.control("state?")
