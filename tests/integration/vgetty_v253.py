# SPDX-License-Identifier: Apache-2.0
"""vgetty as an answering machine on a V.253 modem."""

import vgetty_setup

vgetty_setup.answering_machine("v253", "V253modem", 8, 8000, "AT+VCID=1", "+FCLASS=0", "+VRX")
