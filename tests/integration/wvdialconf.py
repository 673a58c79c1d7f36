# SPDX-License-Identifier: Apache-2.0
"""wvdialconf finds the simulated modem: lines with blanks that grow, and all speeds."""

import harness

harness.need("wvdialconf", "unshare")
harness.need_namespaces()
with harness.simulated("data") as modem:
    result = harness.run(
        harness.in_private_dev(modem.pty, "ttyUSB0", ["wvdialconf", f"{modem.dir}/wvdial.conf"]), 20)
    print(result.stdout)
    assert "Found a modem on /dev/ttyUSB0" in result.stdout
    with open(f"{modem.dir}/wvdial.conf", encoding="ascii") as file:
        written = file.read()
    assert "Init2 = ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0" in written, written
    assert "Modem Type = Analog Modem" in written, written
