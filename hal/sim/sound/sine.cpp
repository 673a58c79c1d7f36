// SPDX-License-Identifier: Apache-2.0
#include "sound/sine.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sound/sine_series.h"

namespace tipring::sim {

namespace {

constexpr int kIndexBits = 10, kTableScale = 30;
constexpr int kBetweenBits = 32 - kIndexBits;
constexpr std::size_t kEntries = std::size_t{1} << kIndexBits;

// One entry more than a turn, for the last interval.
constexpr std::array<std::int32_t, kEntries + 1> makeTable() {
    std::array<std::int32_t, kEntries + 1> table{};
    for (std::size_t i = 0; i < kEntries; ++i) {
        const double value = sineSeries(static_cast<double>(i) / kEntries) * (1 << kTableScale);
        table[i] = static_cast<std::int32_t>(value < 0 ? value - 0.5 : value + 0.5);
    }
    table[kEntries] = table[0];
    return table;
}
constexpr auto kTable = makeTable();

std::int16_t clipped(std::int32_t value) {
    return static_cast<std::int16_t>(std::clamp(value, -32768, 32767));
}

}  // namespace

Sine::Sine(double hertz, double peak) noexcept
    : step_(stepOf(hertz)), peak_(hertz > 0 ? peakOfSamples(peak) : 0) {}

std::uint32_t Sine::stepOf(double hertz) noexcept {
    return static_cast<std::uint32_t>(std::llround(hertz * 4294967296.0 / 8000));
}

std::int32_t Sine::peakOfSamples(double peak) noexcept {
    return static_cast<std::int32_t>(std::lround(peak * (1 << kFraction)));
}

std::int32_t Sine::at(std::uint32_t phase, std::int32_t peak) noexcept {
    const std::size_t index = phase >> kBetweenBits;
    const std::int64_t between = phase & ((std::uint32_t{1} << kBetweenBits) - 1);
    const std::int64_t low = kTable[index], high = kTable[index + 1];
    const std::int64_t value = low + ((high - low) * between >> kBetweenBits);
    return static_cast<std::int32_t>(value * peak >> kTableScale);
}

void addRounded(std::int16_t& sample, std::int32_t parts) noexcept {
    constexpr std::int32_t kHalf = 1 << (Sine::kFraction - 1);
    sample = clipped(sample + ((parts + kHalf) >> Sine::kFraction));
}

void addSamples(std::span<std::int16_t> to, std::span<const std::int16_t> more) noexcept {
    const std::size_t count = std::min(to.size(), more.size());
    for (std::size_t i = 0; i < count; ++i) {
        to[i] = clipped(to[i] + more[i]);
    }
}

}  // namespace tipring::sim
