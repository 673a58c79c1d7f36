// SPDX-License-Identifier: Apache-2.0
#include "usb_pace.h"

#include <algorithm>
#include <cmath>

namespace tipring::hal {
namespace {

// A loop that is late all through a window shows as a part of a unit.
constexpr double kBenefitOfDoubt = 0.25;
// USB 2.0, 7.1.11: a full-speed host or device is within 500 ppm and 2,500 ppm; both in practice
// within a tenth of that, and so is a computer's clock.
constexpr double kDriftAtMost = 1e-3;

}  // namespace

void UsbPace::begin(TimePoint now) {
    inWindow_ = 0;
    anchored_ = false;
    last_ = now;
    units_ = 0;
    unitsBefore_ = 0;
}

void UsbPace::completed(TimePoint now, double units, UsbStreamStatistics& statistics) {
    statistics.maxInterval = std::max(statistics.maxInterval, now - last_);
    last_ = now;
    if (pace_ <= Duration::zero()) {
        return;
    }
    units_ += units;
    const double shift = double(now.time_since_epoch().count()) - units_ * double(pace_.count());
    // Earlier than ever: what was taken for punctual had been late.
    if (!anchored_ || shift < base_) {
        base_ = shift;
        anchored_ = true;
    }
    const double delay = shift - base_;
    statistics.maxServiceDelay =
        std::max(statistics.maxServiceDelay, Duration(std::int64_t(delay)));
    leastNow_ = inWindow_ == 0 ? delay : std::min(leastNow_, delay);
    if (++inWindow_ >= window_) {
        closeWindow(statistics);
    }
}

void UsbPace::closeWindow(UsbStreamStatistics& statistics) {
    inWindow_ = 0;
    const double missing = std::floor(leastNow_ / double(pace_.count()) + kBenefitOfDoubt);
    if (missing >= 1) {
        ++statistics.gaps;
        statistics.missedUnits += std::uint64_t(missing);
        units_ += missing;
    }
    // What is left is drift between the two clocks, or lateness where it is more than that.
    const double left = leastNow_ - missing * double(pace_.count());
    const double drift = kDriftAtMost * (units_ - unitsBefore_) * double(pace_.count());
    base_ += std::min(left, drift);
    unitsBefore_ = units_;
}

}  // namespace tipring::hal
