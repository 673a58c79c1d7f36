// SPDX-License-Identifier: Apache-2.0
#include "hook_watch.h"

#include <utility>

namespace tipring::analog {
namespace {

using namespace std::chrono_literals;

constexpr auto kLifted = 40ms;         // ring trip and hook contacts bounce for less
constexpr auto kShortestPulse = 10ms;  // discs make 50 to 70 ms, worn ones 30
constexpr auto kLongestPulse = 120ms;
constexpr auto kDigitOver = 250ms;  // a pause longer than between pulses
constexpr auto kFlashMargin = 10ms;

}  // namespace

HookWatch::HookWatch(hal::EventLoop& loop, const LineProfile& profile, HookListener& listener)
    : loop_(loop),
      profile_(profile),
      listener_(listener),
      timer_(loop, [this] { onTimer(); }),
      digitTimer_(loop, [this] { listener_.onPulses(std::exchange(pulses_, 0U)); }) {}

void HookWatch::begin(bool offHook) {
    stop();
    off_ = seen_ = offHook;
}

void HookWatch::stop() {
    timer_.cancel();
    digitTimer_.cancel();
    pulses_ = 0;
}

void HookWatch::see(bool offHook) {
    if (seen_ == offHook) {
        return;
    }
    seen_ = offHook;
    if (!off_) {
        if (offHook) {
            timer_.arm(kLifted);
        } else {
            timer_.cancel();
        }
    } else if (offHook) {
        closed();
    } else {
        opened_ = loop_.now();
        digitTimer_.cancel();
        timer_.arm(std::chrono::milliseconds{profile_.flashMost} + kFlashMargin);
    }
}

/// The loop is closed again after a break.
void HookWatch::closed() {
    timer_.cancel();
    const hal::Duration gone = loop_.now() - opened_;
    if (gone < kShortestPulse) {
        if (pulses_ > 0) {
            digitTimer_.arm(kDigitOver);
        }
        return;
    }
    if (dialling_ && gone <= kLongestPulse) {
        ++pulses_;
        digitTimer_.arm(kDigitOver);
        return;
    }
    pulses_ = 0;
    if (gone >= std::chrono::milliseconds{profile_.flashLeast}) {
        listener_.onFlash();
    }
}

void HookWatch::onTimer() {
    off_ = seen_;
    pulses_ = 0;
    if (off_) {
        listener_.onLifted();
    } else {
        listener_.onPutDown();
    }
}

}  // namespace tipring::analog
