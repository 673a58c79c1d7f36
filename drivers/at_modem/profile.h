// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/dsp/codec.h"

namespace tipring::at_modem {

/// The command sequences that a profile has; the engine's steps name them.
enum class Sequence : std::uint8_t {
    None,           ///< the step has a literal of its own
    Init,           ///< after the reset, once per start
    Country,        ///< sets the country; uses <country>
    Idle,           ///< back to the class in which rings and caller ID are reported
    VoiceEnter,     ///< class 8, line still on hook
    VoiceSetup,     ///< silence detection, gains, format: after entering voice, before off-hook
    SelectFormat,   ///< uses <format>, <rate>, <bits>
    OffHook,        ///< take the line in voice
    Answer,         ///< answer a ringing line in voice
    DataAnswer,     ///< answer as a data modem
    DialPrepare,    ///< X level and the like
    Dial,           ///< the rest of a number, to the end of the call set-up
    DialPart,       ///< a first part; back in command state afterwards
    DataDial,       ///< a number, as a data modem
    HangUp,         ///< release the line
    PlayPrepare,    ///< before each transmission
    Play,           ///< begin to send samples
    RecordPrepare,  ///< before each reception
    Record,         ///< begin to receive samples
    Digit,          ///< one DTMF key
    Tone,           ///< one tone
    FlashTime,      ///< how long `!` breaks the loop: <duration> in 10 ms
};
inline constexpr std::size_t kSequenceCount = 22;
[[nodiscard]] std::string_view sequenceName(Sequence which) noexcept;

/// One line to send. `send` has "AT" and placeholders, no CR.
struct Command {
    std::string send;
    bool required = true;                ///< false: ERROR is taken as an answer
    std::chrono::milliseconds limit{0};  ///< 0: that of the step
};

/// One way to switch caller ID on, and how to see that it is on.
struct CallerIdWay {
    std::string enable;
    std::string verify;  ///< empty: cannot be read back
    std::string expect;  ///< value that the answer must have
};

struct VoiceFormatChoice {
    std::string id;
    dsp::SampleFormat codec = dsp::SampleFormat::Unsigned8;
    std::uint32_t rate = 8000;
};

/// What a DLE code of the modem means for us.
enum class EventMeaning : std::uint8_t {
    Ignored,
    Ring,
    Busy,
    Reorder,
    DialTone,
    Ringback,
    Silence,    ///< no sound since the start: presumed hang-up
    Quiet,      ///< silence after sound
    LoopBreak,  ///< loop current interrupted: remote hang-up
    PolarityReversal,
    FaxCalling,   ///< 1100 Hz or V.21 flags
    DataCalling,  ///< 1300 Hz
    AnswerTone,   ///< 2100 or 2225 Hz
    SpecialInfo,
    Overrun,
    Underrun,
    ExtensionLifted,
    ExtensionHungUp,
    CallWaiting,
};
inline constexpr std::size_t kEventMeaningCount = 19;
[[nodiscard]] std::string_view eventMeaningName(EventMeaning meaning) noexcept;

/// One way to recognise the modem. All filled conditions must hold; a list needs one of its values.
struct MatchRule {
    std::vector<std::string> product;       ///< ATI0, the whole line
    std::vector<std::string> firmware;      ///< in ATI3
    std::vector<std::string> manufacturer;  ///< in +GMI or +FMI
    std::vector<std::string> formats;       ///< in +VSM=?
    std::vector<std::string> usb;           ///< "0572:1340"
    std::vector<std::string> classes;       ///< a whole token of +FCLASS=?
    std::vector<std::string> hashClasses;   ///< a whole token of #CLS=?
};

/// A family of modems, as data. Read from TOML; see profiles/v253-voice.toml for the keys.
struct Profile {
    std::string name;
    std::string description;
    std::string file;  ///< where it came from
    std::vector<MatchRule> match;
    std::array<std::vector<Command>, kSequenceCount> sequences;
    std::vector<CallerIdWay> callerId;
    std::vector<VoiceFormatChoice> formats;
    std::array<EventMeaning, 256> events{};

    /// Codes that end a voice data phase, tried one after another, stopWait apart.
    using Codes = std::vector<std::vector<std::byte>>;
    Codes playEnd;      ///< after the last sample; the modem drains
    Codes playDiscard;  ///< throws away what the modem still has
    Codes recordStop;
    std::chrono::milliseconds stopWait{500};

    std::size_t maxCommand = 38;                 ///< characters of a line, AT included
    std::chrono::milliseconds gap{20};           ///< between an answer and the next command
    std::chrono::milliseconds onHook{1500};      ///< least time on hook before the next off-hook
    std::chrono::milliseconds ignoreRing{1500};  ///< after hang-up: transients look like a ring
    std::chrono::milliseconds toneUnit{10};      ///< of <duration>
    std::chrono::milliseconds digitTime{100};    ///< default length of a DTMF key

    bool voice = false;
    bool reportsDigits = false;  ///< DTMF by DLE codes
    bool dialBilling = false;    ///< `$`
    bool dialQuiet = false;      ///< `@`
    bool dialDialTone = false;   ///< `W`
    bool hookFlash = false;      ///< `!`
    bool silenceArmed = false;   ///< VoiceSetup switches silence detection on

    [[nodiscard]] const std::vector<Command>& sequence(Sequence which) const {
        return sequences[static_cast<std::size_t>(which)];
    }
    [[nodiscard]] EventMeaning meaning(char code) const {
        return events[static_cast<unsigned char>(code)];
    }
};

}  // namespace tipring::at_modem
