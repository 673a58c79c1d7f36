// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "tipring/drivers/analog/dial_plan.h"
#include "tipring/drivers/analog/fxs_port.h"
#include "tipring/drivers/analog/line_profile.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/dsp/caller_id.h"

namespace tipring::analog {

enum class FxsState : std::uint8_t {
    Gone,  ///< the device was unplugged
    Dead,  ///< line power off, by us or by a fault
    Idle,  ///< on hook
    Ringing,
    DialTone,  ///< lifted, nothing dialled
    Dialing,
    Dialled,  ///< the number is complete: somebody must say what becomes of it
    Ringback,
    Refused,  ///< busy or congestion tone
    Talking,
    Howling,  ///< left off hook
    Silent,   ///< given up until it is put down
};
inline constexpr std::size_t kFxsStates = 12;

struct FxsEvent {
    enum class Kind : std::uint8_t {
        Lifted,   ///< from rest: a call by the telephone, dial tone
        Digit,    ///< `key`, `pulse`
        Dialled,  ///< `number` is complete
        Invalid,  ///< `number` is none of the plan: congestion tone
        Flash,    ///< in a call; before one it brings a new dial tone
        PutDown,
        Ring,            ///< a ring began, `count` from 0
        RungOut,         ///< nobody lifted it in all the rings wanted
        Answered,        ///< lifted while it rang
        OffHookTooLong,  ///< congestion tone, then howler
        MessageSent,     ///< the lamp's
        KeysSent,
        Fault,  ///< `on`, `cause`
        Gone,
    };
    Kind kind{};
    char key = 0;
    bool pulse = false, on = false;
    unsigned count = 0;
    std::string_view number{}, cause{};  ///< valid during the call
};

/// Who uses a telephone.
class FxsObserver {
public:
    virtual ~FxsObserver() = default;
    virtual void onFxs(const FxsEvent& event) = 0;
    /// While Talking; see FxsPortListener::onSound().
    virtual void onFxsSound(std::uint64_t position, std::span<const std::int16_t> heard,
                            std::span<std::int16_t> spoken) = 0;

protected:
    FxsObserver() = default;
    FxsObserver(const FxsObserver&) = delete;
    FxsObserver& operator=(const FxsObserver&) = delete;
};

struct FxsSettings {
    DialPlan plan;
    std::chrono::milliseconds firstDigit{15000};  ///< dial tone lasts that long
    std::chrono::milliseconds interDigit{4000};
    std::chrono::milliseconds refusal{8000};  ///< of a busy or congestion tone, then the howler
    std::chrono::milliseconds howler{30000};  ///< then silence
};

/// Serves one telephone: hook with debounce, flash and pulses, digits, the tones that it hears,
/// rings with caller ID, the message-waiting lamp. It is the exchange: what becomes of a number is
/// told by its user. A state machine as a table (fxs_line.cpp). Thread: the loop's.
class FxsLine {
public:
    /// The port is borrowed, fed and listened to from now on.
    FxsLine(hal::EventLoop& loop, FxsPort& port, const LineProfile& profile, FxsObserver& observer,
            FxsSettings settings = {});
    ~FxsLine();

    [[nodiscard]] FxsState state() const;
    [[nodiscard]] bool offHook() const;
    [[nodiscard]] bool messageWaiting() const;

    /// Rings a telephone that is on hook. `mode` 1 to kRingModes - 1; `id` may be null; `mostRings`
    /// 0: until stopRinging(). InUse: off hook or ringing. InvalLineState: no power.
    hal::Result<void> ring(unsigned mode, const dsp::CallerId* id, unsigned mostRings = 0);
    void stopRinging();

    // What becomes of a dialled number. InvalCallState without one.
    hal::Result<void> connect();
    hal::Result<void> playRingback();
    hal::Result<void> refuse(bool congestion);
    /// The far end is gone: congestion tone, unless the telephone is on hook.
    void release();

    /// A waiting call in a call: the tone, once. InvalCallState outside one.
    hal::Result<void> signalCallWaiting();
    /// Keys of a call to the telephone; empty keys stop them. KeysSent follows.
    hal::Result<void> sendKeys(std::string_view keys, std::chrono::milliseconds toneOn = {});
    /// Stutter dial tone, the neon lamp if there is one, and a message by FSK when it is idle.
    void setMessageWaiting(bool on);
    void setLinePower(bool on);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::analog
