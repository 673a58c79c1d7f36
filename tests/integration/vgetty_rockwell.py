# SPDX-License-Identifier: Apache-2.0
"""vgetty as an answering machine on a Rockwell modem with # commands, 4 bits at 7200 Hz."""

import vgetty_setup

vgetty_setup.answering_machine("rockwell", "Rockwell", 4, 7200, "AT#CID=1", "#CLS=0", "#VRX",
                               "rec_compression 4")
