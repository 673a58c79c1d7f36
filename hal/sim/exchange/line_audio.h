// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "exchange/caller_id_message.h"
#include "sound/announcement.h"
#include "sound/fsk_player.h"
#include "sound/key_player.h"
#include "sound/tone_pair.h"
#include "sound/tone_player.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/sim/copper.h"

namespace tipring::sim {

/// The sound of one line at the exchange, there from the first time that somebody listens: what it
/// plays, the wires both ways, and its ear for digits.
struct LineAudio {
    explicit LineAudio(std::uint32_t seed) : toDevice(seed), toExchange(seed + 1) {}

    /// Plays a tone of the exchange; the announcement follows one pass of it.
    void play(const dsp::TonePattern* pattern, std::string_view announcement);
    /// Sends a message as FSK or DTMF from the next block on.
    void send(const CallerIdMessage& message);
    /// The alerting tone before a message, 2130 and 2750 Hz.
    void alert(std::chrono::milliseconds length);
    /// What the exchange itself sends when the line is off hook.
    void mixTones(std::span<std::int16_t> block);
    /// What it sends whatever the hook: messages.
    void mixMessages(std::span<std::int16_t> block);
    void stopMessages();
    void setCopper(const CopperSettings& settings);

    TonePlayer tone;
    Announcement voice;
    std::string text;  ///< comes after the tone
    TonePair alerting;
    FskPlayer fsk;
    KeyPlayer keys{560, 560, kMessageLevel};
    dsp::DtmfDetector ear;
    Copper toDevice, toExchange;
    bool perfect = true;                          ///< the wires have no fault
    std::deque<std::int16_t> extension;           ///< what another telephone has still to say
    std::array<std::int16_t, kBlock> parallel{};  ///< what it says in this block
    std::array<std::int16_t, kBlock> spoken{};    ///< what the device said in the last block
    std::array<std::int16_t, kBlock> heard{};     ///< what came to it then, before the wires

    static constexpr double kMessageLevel = -13.5;  ///< dBm0
};

}  // namespace tipring::sim
