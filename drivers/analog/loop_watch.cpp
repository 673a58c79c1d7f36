// SPDX-License-Identifier: Apache-2.0
#include "loop_watch.h"

namespace tipring::analog {
namespace {

using namespace std::chrono_literals;

// Times as other drivers of the same chips have them: polarity 64 ms (a ring is no reversal for
// less than 40 ms), battery 1 s, loop break shorter than the 250 ms that exchanges open it for.
constexpr auto kBatteryGone = 1000ms, kBatteryBack = 64ms;
constexpr auto kPolarity = 64ms;
constexpr auto kLoopLost = 180ms, kLoopBack = 20ms;
constexpr auto kExtension = 200ms;
constexpr auto kAfterRing = 200ms, kAfterOffHook = 150ms, kAfterOnHook = 400ms;

constexpr float kLeastMilliamps = 3;  // what DAAs show as none
// A telephone that is off hook leaves less than 20 V, most exchanges idle at 40 V and more.
constexpr float kUnknownIdle = 19;
constexpr float kLifted = 0.6F, kPutDown = 0.8F;  // of the volts of an idle line
constexpr float kShared = 0.75F;                  // of the current of our own

}  // namespace

LoopWatch::LoopWatch(hal::EventLoop& loop, const FxoAbilities& abilities, LoopListener& listener)
    : abilities_(abilities),
      battery_(loop, kBatteryBack, kBatteryGone, [&listener](bool on) { listener.onBattery(on); }),
      polarity_(loop, kPolarity, kPolarity, [&listener](bool on) { listener.onPolarity(on); }),
      lost_(loop, kLoopLost, kLoopBack,
            [&listener](bool on) {
                if (on) {
                    listener.onLoopLost();
                }
            }),
      extension_(loop, kExtension, kExtension, [&listener](bool on) { listener.onExtension(on); }),
      settleTimer_(loop, [this] { look(); }) {}

void LoopWatch::begin(const FxoElectrics& now) {
    now_ = now;
    battery_.assume(now.battery || !abilities_.battery);
    polarity_.assume(now.reversed && abilities_.polarity);
    look();
}

void LoopWatch::see(const FxoElectrics& now) {
    now_ = now;
    look();
}

void LoopWatch::wait(hal::Duration time) {
    // What was about to be told was of the time before.
    for (Settled* each : {&battery_, &polarity_, &lost_, &extension_}) {
        each->see(each->value());
    }
    settleTimer_.arm(time);
}

void LoopWatch::setRinging(bool voltage) {
    ringing_ = voltage;
    wait(kAfterRing);
}

void LoopWatch::setHook(bool offHook) {
    offHook_ = offHook;
    breaking_ = false;
    lost_.assume(false);
    extension_.assume(false);
    loopMilliamps_ = 0;
    wait(offHook ? kAfterOffHook : kAfterOnHook);
}

void LoopWatch::setBreaking(bool open) {
    breaking_ = open;
    wait(kAfterOffHook);
}

void LoopWatch::stop() {
    for (Settled* each : {&battery_, &polarity_, &lost_, &extension_}) {
        each->see(each->value());
    }
    settleTimer_.cancel();
}

void LoopWatch::look() {
    if (ringing_ || breaking_ || settleTimer_.armed()) {
        return;
    }
    if (offHook_) {
        lookOffHook();
    } else {
        lookOnHook();
    }
}

void LoopWatch::lookOnHook() {
    if (abilities_.battery) {
        battery_.see(now_.battery);
    }
    if (abilities_.polarity && now_.battery) {
        polarity_.see(now_.reversed);
    }
    if (!abilities_.volts || !now_.battery) {
        extension_.see(false);
        return;
    }
    const float part = extension_.value() ? kPutDown : kLifted;
    const bool lifted = now_.volts < (idleVolts_ > 0 ? part * idleVolts_ : kUnknownIdle);
    extension_.see(lifted);
    if (!lifted && !extension_.value()) {
        idleVolts_ = now_.volts;
    }
}

void LoopWatch::lookOffHook() {
    if (abilities_.polarity && now_.battery) {
        polarity_.see(now_.reversed);
    }
    const bool flows = !abilities_.current || now_.milliamps >= kLeastMilliamps;
    if (abilities_.battery || abilities_.current) {
        lost_.see(!flows || (abilities_.battery && !now_.battery));
    }
    if (!abilities_.current || !flows) {
        return;
    }
    const bool shared = now_.milliamps < kShared * loopMilliamps_;
    extension_.see(shared);
    if (!shared && !extension_.value()) {
        loopMilliamps_ = now_.milliamps;
    }
}

}  // namespace tipring::analog
