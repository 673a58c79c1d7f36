// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "exchange/caller_id_message.h"
#include "sound/fsk_player.h"
#include "sound/tone_pair.h"
#include "sound/tone_player.h"
#include "tipring/hal/dsp/dtmf_detector.h"

namespace tipring::sim {

/// Tells a subscriber who is talking that a call waits, and who it is (type II: GR-30-CORE, ETSI
/// EN 300 659-2): beep, alerting tone, the terminal's key, message. Block by block.
class WaitingCaller {
public:
    enum class Event : std::uint8_t { None, Told, NotAcknowledged };

    /// `message` null, or of a standard without type II: the beep alone. `beep` null: silence for
    /// the length of one.
    void start(const dsp::TonePattern* beep, const CallerIdMessage* message);
    void stop() { step_ = Step::Idle; }
    [[nodiscard]] bool active() const { return step_ != Step::Idle; }
    /// The talking party is off the line meanwhile.
    [[nodiscard]] bool mutes() const { return active() && step_ != Step::Beep; }
    /// What the terminal sent in a block, and what it is sent. Equal lengths.
    Event process(std::span<const std::int16_t> from, std::span<std::int16_t> to);

    /// How long all of it takes with a terminal that answers at once.
    [[nodiscard]] static std::chrono::milliseconds length(const CallerIdMessage* message);

private:
    enum class Step : std::uint8_t { Idle, Beep, Pause, Alert, Wait, Gap, Data };
    void enter(Step step);
    Event leave();
    void listen(std::span<const std::int16_t> from);

    const CallerIdMessage* message_ = nullptr;
    TonePlayer beep_;
    TonePair alert_;
    FskPlayer fsk_;
    dsp::DtmfDetector ear_;
    Step step_ = Step::Idle;
    std::size_t left_ = 0;        ///< samples of this step
    std::uint64_t position_ = 0;  ///< samples that the ear heard
};

}  // namespace tipring::sim
