// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tipring/hal/dsp/caller_id.h"
#include "tipring/hal/dsp/dtmf_caller_id.h"
#include "tipring/hal/dsp/fsk.h"

namespace tipring::dsp {

/// What the network does before it sends.
enum class CallerIdAlert : std::uint8_t {
    FirstRing,  ///< a whole ring; the message comes in the pause after it
    DualTone,   ///< DT-AS, 2130 and 2750 Hz
    RingPulse,  ///< RP-AS, a short ring
    Reversal,   ///< of the line's polarity
    ReversalAndDualTone,
    CallSignal,  ///< short rings, at which the terminal goes off hook (Japan)
    None,        ///< nothing: digits out of the silence
};

/// A span of time in ms.
struct Window {
    unsigned least = 0, most = 0;
};

/// How a type II message is announced and acknowledged during a call.
struct CallWaitingTiming {
    unsigned alert;    ///< ms of 2130 + 2750 Hz
    char key;          ///< DTMF that acknowledges
    Window keyOn;      ///< ms that the key lasts
    unsigned within;   ///< ms from the end of the alert to the beginning of the key
    Window toData;     ///< from the end of the key to the message
    unsigned abandon;  ///< ms after the window without a message: the terminal gives up
};

/// How a network sends caller ID.
struct CallerIdStandard {
    std::string_view name;
    std::string_view countries;  ///< ISO 3166 codes, a space after each; may be none
    std::string_view source;     ///< where the figures come from
    CallerIdAlert alert;
    FskModulation modulation;  ///< mark 0: no FSK
    FskFraming framing;
    CallerIdCharacters characters;
    DtmfCallerIdForms dtmf;
    unsigned alertLength;  ///< ms of the tone, ring or ring pulse
    Window quiet;          ///< from the reversal to the tone, when there are both
    Window alertToData;    ///< from the end of the alert to the first bit or digit
    Window dataToRing;     ///< from the end of the message to the (next) ring
    FskFrame frame;
    FskFrame callWaitingFrame;
    CallWaitingTiming callWaiting;

    [[nodiscard]] bool hasFsk() const { return modulation.mark > 0; }
};

/// All of them; the first ones named for a country are those that most of its lines have.
[[nodiscard]] std::span<const CallerIdStandard> callerIdStandards() noexcept;
/// By name ("bell", "bt", "etsi-dtas", ...), or the first one for a country ("US"); null for
/// others.
[[nodiscard]] const CallerIdStandard* callerIdStandard(std::string_view nameOrCountry) noexcept;

}  // namespace tipring::dsp
