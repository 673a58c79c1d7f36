// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "tipring/drivers/analog/fxs_port.h"
#include "tipring/drivers/analog/line_profile.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/dsp/caller_id_sender.h"

namespace tipring::analog {

class RingerListener {
public:
    virtual ~RingerListener() = default;
    virtual void onRingSent(unsigned count) = 0;  ///< a ring began; from 0
    virtual void onRungOut() = 0;                 ///< all rings that were wanted are over
    virtual void onMessageSent() = 0;             ///< that of message()

protected:
    RingerListener() = default;
    RingerListener(const RingerListener&) = delete;
    RingerListener& operator=(const RingerListener&) = delete;
};

/// Rings a telephone with a cadence, and sends caller ID where the country has it: in the first
/// long pause, or before the first ring. Messages for the lamp, too.
///
/// Japan's order needs a telephone that goes off hook for the message: there it rings without one.
class FxsRinger {
public:
    FxsRinger(hal::EventLoop& loop, FxsPort& port, const LineProfile& profile,
              RingerListener& listener);

    /// `id` null: no caller ID. `mostRings` 0: until stop().
    void ring(unsigned mode, const dsp::CallerId* id, unsigned mostRings);
    /// One message to a telephone that is on hook and does not ring; false where none can be sent.
    bool message(const dsp::CallerId& id);
    /// Ends both at once; what feeds the line next is the caller's.
    void stop();
    [[nodiscard]] bool active() const { return ringing_ || sending_; }
    /// Adds messages to what goes to the telephone.
    void mix(std::span<std::int16_t> spoken);

private:
    bool startMessage(const dsp::CallerId& id);
    void request(const dsp::CallerIdRequest& request);
    void messageOver();
    void step();
    void onPause();
    void feed(FxsFeed feed);

    FxsPort& port_;
    const LineProfile& profile_;
    RingerListener& listener_;
    const dsp::CallerIdStandard* standard_;
    hal::Timer timer_, messageTimer_;
    bool ringing_ = false, reversed_ = false;
    bool sending_ = false;                  ///< a message, or its alert or pause
    bool alone_ = false;                    ///< of message()
    bool waits_ = false;                    ///< the next ring is due when the message is over
    std::optional<dsp::CallerId> pending_;  ///< for the first long pause
    RingCadence cadence_{};
    std::size_t at_ = 0;
    unsigned count_ = 0, most_ = 0;
    dsp::CallerIdSender sender_;
    dsp::FskSender fsk_;
    std::size_t tail_ = 0;  ///< samples of silence behind the message
};

}  // namespace tipring::analog
