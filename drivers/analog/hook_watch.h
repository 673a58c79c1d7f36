// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/drivers/analog/line_profile.h"
#include "tipring/hal/base/event_loop.h"

namespace tipring::analog {

class HookListener {
public:
    virtual ~HookListener() = default;
    virtual void onLifted() = 0;
    /// A break longer than any flash.
    virtual void onPutDown() = 0;
    virtual void onFlash() = 0;
    /// A digit by pulses.
    virtual void onPulses(unsigned count) = 0;

protected:
    HookListener() = default;
    HookListener(const HookListener&) = delete;
    HookListener& operator=(const HookListener&) = delete;
};

/// Makes of the bare loop of a telephone what people did: lifted, put down, flash, dialled a digit
/// with a disc. Bounces of up to 10 ms are nothing.
class HookWatch {
public:
    HookWatch(hal::EventLoop& loop, const LineProfile& profile, HookListener& listener);

    /// How it stands at first, without a word.
    void begin(bool offHook);
    void see(bool offHook);
    /// While the telephone may dial, a break of up to 120 ms is a pulse; else it may be a flash.
    void setDialling(bool on) { dialling_ = on; }
    [[nodiscard]] bool offHook() const { return off_; }
    void stop();

private:
    void closed();
    void onTimer();

    hal::EventLoop& loop_;
    const LineProfile& profile_;
    HookListener& listener_;
    hal::Timer timer_, digitTimer_;
    bool off_ = false;   ///< as people see it
    bool seen_ = false;  ///< as the port says now
    bool dialling_ = false;
    hal::TimePoint opened_{};
    unsigned pulses_ = 0;
};

}  // namespace tipring::analog
