// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/drift_meter.h"

namespace tipring::media {
namespace {

constexpr double kRate = 8000;
constexpr double kLeastPoints = 10;  // of a second each

}  // namespace

void DriftMeter::add(std::chrono::nanoseconds now, std::uint64_t position) noexcept {
    if (!start_) {
        start_ = now;
        first_ = position;
    }
    const double seconds = std::chrono::duration<double>(now - *start_).count();
    const double sound = static_cast<double>(static_cast<std::int64_t>(position - first_)) / kRate;
    const Point point{seconds, seconds - sound};
    if (hasEarliest_ && seconds - second_ >= 1) {
        second_ = seconds;
        count_ += 1;
        sumT_ += earliest_.seconds;
        sumL_ += earliest_.lateness;
        sumTT_ += earliest_.seconds * earliest_.seconds;
        sumTL_ += earliest_.seconds * earliest_.lateness;
        hasEarliest_ = false;
    }
    if (!hasEarliest_ || point.lateness < earliest_.lateness) {
        earliest_ = point;
        hasEarliest_ = true;
    }
}

std::optional<double> DriftMeter::ppm() const noexcept {
    const double spread = count_ * sumTT_ - sumT_ * sumT_;
    if (count_ < kLeastPoints || spread <= 0) {
        return std::nullopt;
    }
    // Ever later means too slow.
    return -(count_ * sumTL_ - sumT_ * sumL_) / spread * 1e6;
}

}  // namespace tipring::media
