// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "tipring/hal/dsp/caller_id_standard.h"
#include "tipring/hal/dsp/fsk_sender.h"
#include "tipring/hal/dsp/listener.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

/// What the line has to do while a caller ID is sent, besides carrying sound.
struct CallerIdRequest {
    enum class Kind : std::uint8_t {
        Reverse,  ///< polarity of the line
        RingOn,   ///< the first ring, a ring pulse, a call signal
        RingOff,
        Done,  ///< now the (next) ring may begin
    };
    Kind kind = Kind::Done;
    SamplePosition position = 0;  ///< since start()
};

/// Sends a caller ID as a network would: alert, silence, message, silence. No allocation.
class CallerIdSender {
public:
    explicit CallerIdSender(const CallerIdStandard& standard, double dbm0 = -13.5) noexcept;

    /// False when this network cannot send that: then nothing is sent. A call is sent as this
    /// network's call setup (Japan has one of its own, without a name), anything else in its own
    /// type. For DTMF the first of the network's forms that can say it is taken.
    bool start(const CallerId& id) noexcept;
    [[nodiscard]] bool active() const noexcept { return step_ < kSteps; }
    /// Adds the sound to `samples`; requests come in the order of their positions.
    void mix(std::span<std::int16_t> samples, Listener<CallerIdRequest> tell);
    void stop() noexcept { step_ = kSteps; }

private:
    enum class Step : std::uint8_t { Reverse, Quiet, Alert, Gap, Data, After, Done };
    static constexpr std::size_t kSteps = static_cast<std::size_t>(Step::Done) + 1;

    bool startDigits(const CallerId& id) noexcept;
    [[nodiscard]] std::optional<CallerIdType> typeHere(CallerIdType type) const noexcept;
    void enter(Listener<CallerIdRequest> tell);
    void leave(Listener<CallerIdRequest> tell);
    std::size_t mixStep(std::span<std::int16_t> samples) noexcept;
    [[nodiscard]] std::size_t length(Step step) const noexcept;
    [[nodiscard]] bool rings() const noexcept;
    [[nodiscard]] bool reverses() const noexcept;
    [[nodiscard]] bool sounds() const noexcept;

    const CallerIdStandard* standard_;
    double dbm0_;
    FskSender fsk_;
    DtmfGenerator dtmf_;
    ToneGenerator tone_;
    std::size_t digitsLength_ = 0;
    std::array<std::uint8_t, FskSender::kRoom> bytes_{};
    std::size_t size_ = 0;
    std::size_t step_ = kSteps;
    bool entered_ = false;
    std::size_t left_ = 0;  ///< samples of this step
    SamplePosition position_ = 0;
};

}  // namespace tipring::dsp
