// SPDX-License-Identifier: Apache-2.0
#include "profile.h"

namespace tipring::at_modem {
namespace {

constexpr std::array<std::string_view, kSequenceCount> kSequences{
    "none",      "init",      "country", "idle",         "voice_enter",  "voice_setup",
    "format",    "off_hook",  "answer",  "data_answer",  "dial_prepare", "dial",
    "dial_part", "data_dial", "hang_up", "play_prepare", "play",         "record_prepare",
    "record",    "digit",     "tone",    "flash_time"};

constexpr std::array<std::string_view, kEventMeaningCount> kMeanings{"ignore",
                                                                     "ring",
                                                                     "busy",
                                                                     "reorder",
                                                                     "dial_tone",
                                                                     "ringback",
                                                                     "silence",
                                                                     "quiet",
                                                                     "loop_break",
                                                                     "polarity_reversal",
                                                                     "fax_calling",
                                                                     "data_calling",
                                                                     "answer_tone",
                                                                     "special_info",
                                                                     "overrun",
                                                                     "underrun",
                                                                     "extension_lifted",
                                                                     "extension_hung_up",
                                                                     "call_waiting"};

}  // namespace

std::string_view sequenceName(Sequence which) noexcept {
    return kSequences[static_cast<std::size_t>(which)];
}

std::string_view eventMeaningName(EventMeaning meaning) noexcept {
    return kMeanings[static_cast<std::size_t>(meaning)];
}

}  // namespace tipring::at_modem
