// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/tapi_core/tspi/tspi.h"

/// The provider of AT modems: data and voice modems on serial ports, one line per port.
///
/// Configuration keys (TspiHost::configGet):
///
///     ports             names of ports, one per line of text, as hal::openSerialPort takes them
///     profile           name of the modem profile to use for all of them; without it each modem
///                       is asked what it is
///     profileDirectory  a directory with *.toml profiles of one's own; a name that is built in is
///                       replaced
///     country           "GB" or the T.35 code in hexadecimal ("B4"): set with +GCI and read back
///     ringTimeout       seconds without a ring after which a call is over: 7..60, default 9; at
///                       least 7 and one and a half of the cycle that was heard
///     noAnswerTimeout   seconds to wait for an answer where the call does not say: 5..300,
///                       default 60
///     dialTone          "blind" (X3, default) or "wait" (X4)
///     dialMode          "tone" (default) or "pulse"
///     hookFlash         what the exchange does for a hook flash: "american" (three-way calling),
///                       "american-transfer" (the same, and hanging up transfers), "european" (R
///                       and a digit), "pbx" (to and fro; hanging up transfers) or "none"; default:
///                       as usual in `country`, none where that is not set
///     lineMonitor       "on": caller ID is heard on the line too, where the modem is a Conexant
///                       CX93010 in the configuration that has its line monitor; "off" (default);
///                       or the name of the USB device
///     heartbeat         seconds between AT commands on an idle line: 0 (never) or 10..86400,
///                       default 3600
///     reopen            seconds between attempts to open a port that went: 1..3600, default 10
///
/// A value that cannot be used is told in the log, and the default stands.
///
/// lineDevSpecific takes an AT line without "AT" and without control characters; the modem's answer
/// goes to the log (info), ERROR fails the request.
///
/// Until the modem was identified the caps are a claim: those of a voice modem (providerInfo says
/// so). LINEDEVSTATE_CAPSCHANGE comes with what was proved, then LINEDEVSTATE_INSERVICE.
///
/// The table lives as long as the program.
extern "C" const TspiProvider* tipring_at_modem_provider(void);
