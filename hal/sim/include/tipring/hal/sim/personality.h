// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tipring/hal/dsp/codec.h"

namespace tipring::sim {

/// One voice format of a modem: its number in +VSM (or bits in #VBS) and what it means.
struct VoiceFormat {
    std::uint16_t id;
    dsp::SampleFormat format;
    std::array<std::uint16_t, 4> rates;  ///< Hz; the first is the default; 0 ends the row
    std::string_view line;               ///< what +VSM=? says
};

/// A fixed answer: the command without AT, in capitals, and its lines, split by '\n'.
/// An empty text is a bare OK; no row is ERROR.
struct FixedAnswer {
    std::string_view command;
    std::string_view text;
};

/// A family of modems, as data. The names of behaviours are those of V.253 and of the makers.
struct Personality {
    enum class CallerIdText : std::uint8_t { Spaced, Compact };  ///< "NMBR = 1" or "NMBR=1"
    enum class CallerIdRaw : std::uint8_t { Mesg, BareHex };     ///< how +VCID=2 prints it
    enum class Digits : std::uint8_t { Blocks, Single };         ///< DLE / d d ~, or DLE d once

    std::string_view name;         ///< "v253"
    std::string_view family;       ///< the field's longer name for it: "conexant-cx930xx"
    std::string_view description;  ///< for people
    std::span<const FixedAnswer> answers;
    std::string_view classes;              ///< +FCLASS=?, "0,1,8"
    bool plusVoice = false;                ///< the V.253 command set
    bool rockwellVoice = false;            ///< the Rockwell # command set
    std::span<const VoiceFormat> formats;  ///< of +VSM
    std::string_view voiceResult = "OK";   ///< after going off hook, sending and receiving
    bool lineSelectVcon = false;           ///< #VLS of a handset or speaker answers VCON
    bool ringAsDle = false;                ///< DLE R instead of RING in class 8
    bool hangUpLeavesVoice = false;        ///< ATH goes back to class 0
    bool anyByteEndsReceive = false;       ///< Rockwell: key abort
    bool loopBreakEvent = false;           ///< DLE l when the far end hangs up
    bool lineVoltageEvents = false;        ///< DLE P / p for an extension (Conexant)
    bool hookEventOnLineSelect = false;    ///< spurious DLE H after +VLS=1 (USR)
    bool tonesInPairs = false;             ///< +VTS wants two frequencies (USR)
    bool silenceIsOneCode = false;         ///< DLE s for every silence (Lucent)
    bool ignoresSilence = false;           ///< accepts +VSD without effect (Conexant)
    bool reportsUnderrun = true;           ///< DLE u
    Digits digits = Digits::Blocks;
    CallerIdText callerIdText = CallerIdText::Spaced;
    CallerIdRaw callerIdRaw = CallerIdRaw::Mesg;
    bool callerIdFrame = false;   ///< CIDM before and NO CARRIER after (Si24xx)
    bool plusCallerId = true;     ///< +VCID
    bool hashCallerId = false;    ///< #CID
    bool serialCallerId = false;  ///< -SCID, -STE (Conexant)
    bool nationalSet = false;     ///< +GCI
    bool flowCommand = true;      ///< +IFC; false answers ERROR ("V253ugly")
    std::uint16_t toneUnit = 10;  ///< ms per unit of +VTS durations
    std::string_view connect = "CONNECT 33600";
    std::string_view connectCode = "47";  ///< of V0
    std::string_view noDialTone = "NO DIALTONE";
};

/// All personalities: data, v253, rockwell, conexant, usr, si24xx, lucent.
[[nodiscard]] std::span<const Personality> personalities() noexcept;
/// By name or family; null when there is none.
[[nodiscard]] const Personality* findPersonality(std::string_view name) noexcept;

}  // namespace tipring::sim
