// SPDX-License-Identifier: Apache-2.0
// What the value of one caller-ID field means, whether it came as text or in a frame. Pure.
#pragma once

#include <string_view>

#include "tipring/drivers/at_modem/caller_id.h"

namespace tipring::at_modem {

/// A number: digits, + * # and the punctuation that networks send; P, O and their words; text that
/// is neither is Invalid. A number that ends in '-' is Partial (SIN227). Empty values change
/// nothing. A better value replaces a worse one, never the other way round.
void takeNumber(CallerId& id, std::string_view value);
/// A name in whatever bytes: UTF-8 stays, Latin-1 becomes UTF-8, control characters vanish.
void takeName(CallerId& id, std::string_view value);
/// The reason why there is no number or no name: P, O or words.
void takeNumberReason(CallerId& id, std::string_view value);
void takeNameReason(CallerId& id, std::string_view value);

/// MMDD; DDMM where the first cannot be a month; MM/DD; MMDDHHMM, "MM/DD HH:MM"; with a year:
/// YYMMDD, YYYYMMDD, MM/DD/YY, MM/DD/YYYY, YYYY-MM-DD. What is no date leaves the field empty.
void takeDate(CallerId& id, std::string_view value);
/// HHMM or HH:MM[:SS], with AM or PM perhaps; anything else is no time.
void takeTime(CallerId& id, std::string_view value);

/// Digits that were keyed before the call: alone the called number (DID). DTMF caller ID has marks:
/// A<number>D<redirecting>B<code>C with any part missing, D<number>C, <number>#, and D1# withheld,
/// D2# D3# no number (national forms as listed in spandsp's adsi.h).
void takeDtmf(CallerId& id, std::string_view digits);

/// True when a field of status `next` replaces one of status `known`: it says as much or more.
[[nodiscard]] bool saysMore(FieldStatus next, FieldStatus known) noexcept;

/// True for text that can be dialled as it stands (then it may go into `called` or `redirecting`).
[[nodiscard]] bool isNumber(std::string_view value);

}  // namespace tipring::at_modem
