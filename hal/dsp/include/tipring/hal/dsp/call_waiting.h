// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/caller_id_standard.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/fsk_receiver.h"
#include "tipring/hal/dsp/fsk_sender.h"
#include "tipring/hal/dsp/listener.h"
#include "tipring/hal/dsp/tone.h"
#include "tipring/hal/dsp/tone_detector.h"

namespace tipring::dsp {

/// What happens at the terminal when a call waits.
struct CallWaitingEvent {
    enum class Kind : std::uint8_t {
        Mute,    ///< take the voice off the line, both ways; then send() has the acknowledgement
        Caller,  ///< the message; the voice may come back
        Unmute,  ///< no message came; the voice may come back
    };
    Kind kind = Kind::Mute;
    SamplePosition position = 0;
    CallerId id{};  ///< of Caller
};

/// Caller ID of a waiting call, type II, the terminal's half (GR-30-CORE, ETSI EN 300 659-2, BT
/// SIN242): on an alert it mutes, acknowledges with a key, and listens for the message.
class CallWaitingReceiver {
public:
    /// The standard must have call waiting (`callWaiting.key`).
    explicit CallWaitingReceiver(const CallerIdStandard& standard);

    /// The line as it is heard.
    void process(std::span<const std::int16_t> samples, Listener<CallWaitingEvent> tell);
    /// Adds the acknowledgement to what goes out. Takes the same number of samples as process(),
    /// after it.
    void send(std::span<std::int16_t> samples) noexcept;
    [[nodiscard]] bool muted() const noexcept { return state_ != State::Idle; }
    void reset();

private:
    enum class State : std::uint8_t { Idle, Acknowledge, Listen };

    void alert(SamplePosition ended, Listener<CallWaitingEvent> tell);
    void hear(const ToneEvent& event, Listener<CallWaitingEvent> tell);
    void hear(const FskEvent& event, Listener<CallWaitingEvent> tell);
    void finish(CallWaitingEvent event, Listener<CallWaitingEvent> tell);

    const CallerIdStandard* standard_;
    ToneDetector alert_;
    FskReceiver fsk_;
    ToneGenerator key_;
    State state_ = State::Idle;
    SamplePosition position_ = 0;
    SamplePosition keyAt_ = 0;     ///< where the acknowledgement begins
    SamplePosition fskAt_ = 0;     ///< position at which the receiver was reset
    SamplePosition deadline_ = 0;  ///< by then the first byte must have come
    bool started_ = false;         ///< a message is coming
    SamplePosition sent_ = 0;
};

/// What the exchange has to do while it offers a waiting call.
struct CallWaitingProgress {
    enum class Kind : std::uint8_t {
        Cut,   ///< the talking party is taken off the line
        Sent,  ///< acknowledged, and all of the message is out
        NoAcknowledgement,
    };
    Kind kind = Kind::Cut;
    SamplePosition position = 0;  ///< since start()
};

/// The exchange's half: subscriber alerting signal, CAS, wait for the key, message.
class CallWaitingSender {
public:
    explicit CallWaitingSender(const CallerIdStandard& standard, double dbm0 = -13.5);

    /// False when the standard has no call waiting, or cannot say that.
    bool start(const CallerId& id) noexcept;
    [[nodiscard]] bool active() const noexcept { return step_ != Step::Idle; }
    /// One block: what the terminal sends, and what it hears. Both have the same length.
    void process(std::span<const std::int16_t> from, std::span<std::int16_t> to,
                 Listener<CallWaitingProgress> tell);

private:
    enum class Step : std::uint8_t { Idle, Beep, Pause, Alert, Wait, Gap, Data };

    void one(std::int16_t from, std::int16_t& to, Listener<CallWaitingProgress> tell);
    void enter(Step step, std::size_t samples);
    void stepOver(Listener<CallWaitingProgress> tell);
    void end(CallWaitingProgress::Kind kind, Listener<CallWaitingProgress> tell);

    const CallerIdStandard* standard_;
    double dbm0_;
    FskSender fsk_;
    DtmfDetector dtmf_;
    ToneGenerator tone_;
    std::array<std::uint8_t, FskSender::kRoom> bytes_{};
    std::size_t size_ = 0;
    Step step_ = Step::Idle;
    std::size_t left_ = 0;
    SamplePosition position_ = 0;
};

}  // namespace tipring::dsp
