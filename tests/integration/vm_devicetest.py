# SPDX-License-Identifier: Apache-2.0
"""vm walks all voice devices of the modem and finds each of them."""

import harness
import vgetty_setup

harness.need("vm", "wavtopvf", "pvfspeed", "pvftormd", "unshare")
harness.need_namespaces()
with harness.simulated("v253") as modem:
    machine = vgetty_setup.Vgetty(modem, "V253modem", 8, 8000)
    name = modem.pty.removeprefix("/dev/")
    result = harness.run(machine.command("vm", "devicetest", "-l", name), 40)
    print(result.stdout)
    assert result.returncode == 0, result.returncode
    assert result.stdout.count(": OK") == 12, result.stdout
