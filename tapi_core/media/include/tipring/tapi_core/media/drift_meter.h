// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tipring::media {

/// How far a device's 8 kHz is from the machine's clock. Pure: told the time by whoever has a
/// clock.
class DriftMeter {
public:
    /// `position` as the device counted it at `now`.
    void add(std::chrono::nanoseconds now, std::uint64_t position) noexcept;
    /// Parts per million that the device is too fast; nothing before 10 s. Blocks come late by up
    /// to their length, so of each second the earliest arrival counts.
    [[nodiscard]] std::optional<double> ppm() const noexcept;
    void reset() noexcept { *this = DriftMeter{}; }

private:
    struct Point {
        double seconds = 0;   ///< since the first report
        double lateness = 0;  ///< seconds that the samples came later than 8 kHz makes them due
    };
    std::optional<std::chrono::nanoseconds> start_;
    std::uint64_t first_ = 0;
    Point earliest_;  ///< of the current second
    bool hasEarliest_ = false;
    double second_ = 0;  ///< when it began
    // Least squares over the earliest points of the seconds.
    double count_ = 0, sumT_ = 0, sumL_ = 0, sumTT_ = 0, sumTL_ = 0;
};

}  // namespace tipring::media
