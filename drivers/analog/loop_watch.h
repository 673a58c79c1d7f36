// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "settled.h"
#include "tipring/drivers/analog/fxo_port.h"

namespace tipring::analog {

/// Who hears what the wires show, once it is sure.
class LoopListener {
public:
    virtual ~LoopListener() = default;
    /// On hook: the exchange feeds the line, or no more.
    virtual void onBattery(bool there) = 0;
    virtual void onPolarity(bool reversed) = 0;
    /// Off hook: no current flows.
    virtual void onLoopLost() = 0;
    /// Another telephone on the same pair was lifted or put down.
    virtual void onExtension(bool lifted) = 0;

protected:
    LoopListener() = default;
    LoopListener(const LoopListener&) = delete;
    LoopListener& operator=(const LoopListener&) = delete;
};

/// Judges the measurements of a port: what must stand for how long, and when they mean nothing (in
/// a ring, while the loop is opened or closed). What the port cannot measure is never told.
class LoopWatch {
public:
    LoopWatch(hal::EventLoop& loop, const FxoAbilities& abilities, LoopListener& listener);

    /// The first measurement counts at once.
    void begin(const FxoElectrics& now);
    void see(const FxoElectrics& now);
    void setRinging(bool voltage);
    void setHook(bool offHook);
    /// Our own pulse or flash began or ended; the state of the hook is the same after it.
    void setBreaking(bool open);
    void stop();

    [[nodiscard]] bool battery() const { return battery_.value(); }
    [[nodiscard]] bool reversed() const { return polarity_.value(); }
    [[nodiscard]] bool extension() const { return extension_.value(); }

private:
    void look();
    void lookOnHook();
    void lookOffHook();
    void wait(hal::Duration time);

    FxoAbilities abilities_;
    FxoElectrics now_;
    bool offHook_ = false, ringing_ = false, breaking_ = false;
    float idleVolts_ = 0, loopMilliamps_ = 0;  ///< without a parallel telephone
    Settled battery_, polarity_, lost_, extension_;
    hal::Timer settleTimer_;
};

}  // namespace tipring::analog
