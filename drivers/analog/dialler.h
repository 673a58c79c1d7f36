// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tipring/drivers/analog/line_profile.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::analog {

/// How digits go out; 0 means the profile's.
struct DialTimes {
    std::chrono::milliseconds toneOn{0}, toneOff{0};
    std::chrono::milliseconds pause{2000};            ///< of a `,`
    std::chrono::milliseconds waitForDialTone{8000};  ///< longest
    std::chrono::milliseconds flash{0};
};

/// Whom the dialler works for.
class DiallerClient {
public:
    virtual ~DiallerClient() = default;
    /// Closes or opens the loop: a pulse or a flash.
    virtual void setLoop(bool closed) = 0;
    /// All keys are out, or a `W` waited in vain.
    virtual void onDialled(bool dialToneMissing) = 0;

protected:
    DiallerClient() = default;
    DiallerClient(const DiallerClient&) = delete;
    DiallerClient& operator=(const DiallerClient&) = delete;
};

/// Sends keys one after the other as tones or pulses: 0-9 * # A-D, `T` and `P` change the way, `,`
/// is a pause, `W` waits for a dial tone, `!` is a flash. Keys that have no pulses go out as tones.
class Dialler {
public:
    Dialler(hal::EventLoop& loop, const LineProfile& profile, DiallerClient& client);

    /// Any text; what is no key is skipped. onDialled() comes in a later turn of the loop.
    void start(std::string_view keys, bool pulse, const DialTimes& times = {});
    void cancel();
    [[nodiscard]] bool active() const { return active_; }
    /// The loop is open for a moment by our own doing.
    [[nodiscard]] bool breaking() const { return phase_ == Phase::Break || phase_ == Phase::Flash; }
    /// A dial tone is on the line.
    void dialTone();
    /// Adds the tones to what goes out.
    void mix(std::span<std::int16_t> spoken);

private:
    enum class Phase : std::uint8_t { Next, Tone, Gap, Break, Make, Pause, Wait, Flash };

    void enter(Phase phase, hal::Duration length);
    void onTimer();
    void next();
    bool startKey(char key);
    void finish(bool dialToneMissing);

    const LineProfile& profile_;
    DiallerClient& client_;
    hal::Timer timer_;
    std::string keys_;
    std::size_t at_ = 0;
    bool pulse_ = false, active_ = false;
    DialTimes times_;
    Phase phase_ = Phase::Next;
    unsigned pulsesLeft_ = 0;
    dsp::ToneGenerator tone_;
    std::size_t gapLeft_ = 0;  ///< samples of silence behind a tone
};

}  // namespace tipring::analog
