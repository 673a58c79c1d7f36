// SPDX-License-Identifier: Apache-2.0
#include "ring_detector.h"

#include <algorithm>

namespace tipring::analog {
namespace {

using namespace std::chrono_literals;

constexpr auto kBridge = 100ms;   // half a wave of 15 Hz is 33 ms; bounces are shorter still
constexpr auto kClick = 60ms;     // the shortest burst that is an alert
constexpr auto kInside = 1200ms;  // a pause inside one ring is shorter
constexpr auto kLeastPatience = 7s, kMostPatience = 9s;
constexpr double kTolerance = 0.2;
constexpr auto kSlack = 70ms;  // of a port that looks at the line now and then

}  // namespace

RingDetector::RingDetector(hal::EventLoop& loop, const LineProfile& profile, RingListener& listener)
    : loop_(loop),
      profile_(profile),
      listener_(listener),
      confirmTimer_(loop, [this] { confirmed(); }),
      gapTimer_(loop, [this] { burstOver(); }),
      overTimer_(loop, [this] {
          reset();
          listener_.onRingsOver();
      }) {}

void RingDetector::voltage(bool on) {
    if (!on) {
        if (active_ && !gapTimer_.armed()) {
            lastOff_ = loop_.now();
            gapTimer_.arm(kBridge);
        }
        return;
    }
    gapTimer_.cancel();
    if (active_ && !sure_ && !confirmTimer_.armed()) {
        confirmed();  // it was between two half waves when it became due
    } else if (!active_) {
        active_ = true;
        sure_ = false;
        began_ = loop_.now();
        confirmTimer_.arm(std::chrono::milliseconds{profile_.ringLeast});
    }
}

void RingDetector::expect() {
    if (!overTimer_.armed()) {
        overTimer_.arm(kMostPatience);
    }
}

hal::Duration RingDetector::patience() const {
    return cycle_ == hal::Duration{}
               ? hal::Duration{kMostPatience}
               : std::clamp<hal::Duration>(cycle_ * 3 / 2, kLeastPatience, kMostPatience);
}

void RingDetector::confirmed() {
    if (gapTimer_.armed()) {
        return;
    }
    sure_ = true;
    overTimer_.cancel();
    const hal::Duration pause = began_ - lastEnd_;
    if (heard_ && pause < kInside) {
        if (stepCount_ + 1 < kMost) {
            steps_[stepCount_++] = pause;
        }
        return;
    }
    if (heard_) {
        cycle_ = began_ - cycleBegan_;
        finishCycle();
    }
    cycleBegan_ = began_;
    stepCount_ = 0;
    listener_.onRingBegan(mode_, count_++);
}

void RingDetector::burstOver() {
    active_ = false;
    confirmTimer_.cancel();
    const hal::Duration length = lastOff_ - began_;
    if (!sure_) {
        if (length >= kClick) {
            listener_.onShortRing(length);
        }
        return;
    }
    heard_ = true;
    lastEnd_ = lastOff_;
    if (stepCount_ < kMost) {
        steps_[stepCount_++] = length;
    }
    overTimer_.arm(patience());
}

/// What cadence the cycle had that is complete now.
void RingDetector::finishCycle() {
    for (unsigned mode = 1; mode < kRingModes; ++mode) {
        if (matches(ringOfMode(profile_, mode))) {
            mode_ = mode;
            return;
        }
    }
    // One long burst is nobody's distinctive ring.
    mode_ = stepCount_ == 1 ? 1 : kRingModes;
}

bool RingDetector::matches(const RingCadence& cadence) const {
    const std::size_t length = cadenceLength(cadence);
    if (length == 0 || stepCount_ != length - 1) {
        return false;
    }
    for (std::size_t i = 0; i < stepCount_; ++i) {
        const hal::Duration wanted = std::chrono::milliseconds{cadence[i]};
        const auto slack = std::chrono::duration_cast<hal::Duration>(wanted * kTolerance) + kSlack;
        if (steps_[i] > wanted + slack || steps_[i] < wanted - slack) {
            return false;
        }
    }
    return true;
}

void RingDetector::reset() {
    confirmTimer_.cancel();
    gapTimer_.cancel();
    overTimer_.cancel();
    active_ = sure_ = heard_ = false;
    cycle_ = {};
    stepCount_ = 0;
    count_ = 0;
    mode_ = 1;
}

}  // namespace tipring::analog
