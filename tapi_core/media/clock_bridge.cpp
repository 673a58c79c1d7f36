// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/clock_bridge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "mix_kernels.h"

namespace tipring::media {
namespace {

constexpr std::size_t kPast = 480;  // kept of what was played: for concealment and interpolation
constexpr std::size_t kCapacity = 4096;
constexpr std::size_t kHalf = kMixTaps / 2;
constexpr std::size_t kPhases = 1U << kMixPhaseBits;
constexpr std::size_t kWindow = 8000;  // samples between two corrections
constexpr std::size_t kFar = 1280;     // beyond the target: too far to be walked back
constexpr std::uint64_t kMostMissing = 60 * 8000, kMostLate = 8000;  // beyond, it counts anew
constexpr double kPpmPerSample = 4, kMostPpm = 500;
constexpr double kOne = 4294967296.0;

/// Rows of a windowed sinc, one more than there are phases, so that two can be blended. Row 0 is
/// the sample itself.
MixRows makeRows() {
    MixRows rows{};
    for (std::size_t phase = 0; phase <= kPhases; ++phase) {
        double sum = 0;
        std::array<double, kMixTaps> taps{};
        for (std::size_t i = 0; i < kMixTaps; ++i) {
            const double x = double(i) - double(kHalf - 1) - double(phase) / double(kPhases);
            const double angle = std::numbers::pi * x;
            const double sinc = std::abs(x) < 1e-9 ? 1 : std::sin(angle) / angle;
            const double window = 0.42 + 0.5 * std::cos(angle / double{kHalf}) +
                                  0.08 * std::cos(2 * angle / double{kHalf});
            taps[i] = std::abs(x) > double{kHalf} ? 0 : sinc * window;
            sum += taps[i];
        }
        for (std::size_t i = 0; i < kMixTaps; ++i) {
            rows[phase][i] = static_cast<float>(taps[i] / sum);
        }
    }
    return rows;
}

const MixRows& rows() {
    static const auto kRows = makeRows();
    return kRows;
}

}  // namespace

ClockBridge::ClockBridge(std::size_t delay)
    : samples_(kCapacity),
      begin_(kPast),
      end_(kPast),
      target_(std::clamp(delay, kLeastDelay, kMostDelay)) {
    rows();  // made now rather than in the first correction
}

double ClockBridge::correction() const noexcept {
    return static_cast<double>(step_) / kOne * 1e6;
}

void ClockBridge::push(std::uint64_t position, std::span<const std::int16_t> samples) noexcept {
    counters_.taken += samples.size();
    samples = samples.subspan(place(position, samples.size()));
    if (samples.empty()) {
        return;
    }
    made_ = 0;
    append(samples);
}

/// Makes up for what is missing before them. Returns how many of `count` samples come again.
std::size_t ClockBridge::place(std::uint64_t position, std::size_t count) noexcept {
    const std::uint64_t expected = std::exchange(expected_, position + count);
    const std::uint64_t missing = std::exchange(placed_, true) ? position - expected : 0;
    if (const std::uint64_t late = 0 - missing; late > 0 && late <= kMostLate) {
        const std::size_t old = std::min<std::uint64_t>(late, count);
        counters_.dropped += old;
        expected_ = std::max(expected_, expected);
        return old;
    }
    if (primed_ && missing > 0 && missing <= kMostMissing) {
        gap(missing);
    } else if (primed_) {
        target_ = std::min(target_ + made_, kMostDelay);  // they came late: it stays longer
    }
    return 0;
}

/// What ran dry meanwhile has been made up already.
void ClockBridge::gap(std::uint64_t missing) noexcept {
    missing -= std::min<std::uint64_t>(missing, made_);
    const auto count = std::min<std::size_t>(missing, Concealment::kLongest);
    std::array<std::int16_t, Concealment::kLongest> piece{};
    Concealment concealment;
    remember(concealment, end_);
    concealment.conceal(std::span{piece}.first(count));
    counters_.concealed += count;
    append(std::span{piece}.first(count));
}

void ClockBridge::append(std::span<const std::int16_t> samples) noexcept {
    constexpr std::size_t kMostAtOnce = kCapacity - kPast - 1;
    if (samples.size() > kMostAtOnce) {
        counters_.dropped += samples.size() - kMostAtOnce;
        samples = samples.last(kMostAtOnce);
    }
    makeRoom(samples.size());
    std::copy(samples.begin(), samples.end(), samples_.begin() + static_cast<std::ptrdiff_t>(end_));
    end_ += samples.size();
}

void ClockBridge::makeRoom(std::size_t count) noexcept {
    if (kPast + held() + count > kCapacity) {
        skip(kPast + held() + count - kCapacity);
    }
    if (end_ + count > kCapacity) {
        const auto from = samples_.begin() + static_cast<std::ptrdiff_t>(begin_ - kPast);
        std::copy(from, samples_.begin() + static_cast<std::ptrdiff_t>(end_), samples_.begin());
        end_ -= begin_ - kPast;
        begin_ = kPast;
    }
}

void ClockBridge::remember(Concealment& concealment, std::size_t until) const noexcept {
    std::array<std::int16_t, kPast> past{};
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(until - kPast), kPast, past.begin());
    concealment.reset();
    concealment.pass(past);
}

/// Sample n of the giver comes out `target_` after its time, in whatever blocks it came.
void ClockBridge::prime() noexcept {
    if (held() == 0) {
        return;
    }
    primed_ = true;
    target_ = std::clamp(held(), target_, kMostDelay);
    if (held() > target_) {
        counters_.dropped += held() - target_;
        begin_ = end_ - target_;
    }
    hold_ = target_ - held();
    phase_ = 0;
    step_ = 0;
    most_ = window_ = made_ = 0;
    wasDry_ = joining_ = false;
}

/// Leaves samples out; what follows joins without a click.
void ClockBridge::skip(std::size_t count) noexcept {
    count = std::min(count, held());
    counters_.dropped += count;
    if (!std::exchange(joining_, true)) {
        std::array<std::int16_t, 1> one{};
        remember(dryness_, begin_);
        dryness_.conceal(one);
    }
    begin_ += count;
}

void ClockBridge::pop(std::span<std::int16_t> samples) noexcept {
    if (!primed_) {
        prime();
    }
    if (const std::size_t all = hold_ + held(); all > target_ + samples.size() + kFar) {
        skip(all - target_);
    }
    if (primed_) {
        steer(samples.size());
    }
    const auto silence = samples.first(std::min(hold_, samples.size()));
    hold_ -= silence.size();
    beSilent(silence);
    samples = samples.subspan(silence.size());
    const std::size_t count = primed_ ? read(samples) : 0;
    if (count < samples.size()) {
        runDry(samples.subspan(count));
    }
}

/// Samples that arrive late lower what is held, so the most of a second is what the clocks say.
void ClockBridge::steer(std::size_t count) noexcept {
    most_ = std::max(most_, hold_ + held());
    window_ += count;
    if (window_ < kWindow) {
        return;
    }
    const double error = static_cast<double>(most_) - static_cast<double>(target_);
    if (!wasDry_) {
        const double ppm = std::clamp(error * kPpmPerSample, -kMostPpm, kMostPpm);
        step_ = static_cast<std::int64_t>(ppm * 1e-6 * kOne);
    }
    most_ = window_ = 0;
    wasDry_ = false;
}

std::size_t ClockBridge::read(std::span<std::int16_t> samples) noexcept {
    std::size_t count = 0;
    if (phase_ == 0 && step_ == 0) {
        count = std::min(samples.size(), held() - std::min(held(), kHalf));
        std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(begin_), count, samples.begin());
        begin_ += count;
    } else {
        count = interpolate(samples);
    }
    if (joining_ && count > 0) {
        dryness_.pass(samples.first(count));
        joining_ = false;
    }
    return count;
}

std::size_t ClockBridge::interpolate(std::span<std::int16_t> samples) noexcept {
    MixPlace place{begin_, phase_};
    const std::size_t count =
        mixInterpolate(rows(), std::span{samples_}.first(end_), place, step_, samples);
    begin_ = place.at;
    phase_ = place.phase;
    return count;
}

void ClockBridge::runDry(std::span<std::int16_t> samples) noexcept {
    if (!primed_) {
        beSilent(samples);
        return;
    }
    if (made_ == 0) {
        ++counters_.dry;
        remember(dryness_, begin_);
    }
    const auto concealed = samples.first(std::min(samples.size(), Concealment::kLongest - made_));
    dryness_.conceal(concealed);
    counters_.concealed += concealed.size();
    made_ += concealed.size();
    joining_ = wasDry_ = true;
    if (made_ >= Concealment::kLongest) {
        primed_ = false;
        begin_ = end_;  // the few that wait for their neighbours are old by now
        beSilent(samples.subspan(concealed.size()));
    }
}

/// Uniform noise; the same in every run.
void ClockBridge::beSilent(std::span<std::int16_t> samples) noexcept {
    counters_.silent += samples.size();
    for (std::int16_t& sample : samples) {
        random_ = random_ * 1664525U + 1013904223U;
        const int value = static_cast<int>(random_ >> 16U) - 32768;
        sample = static_cast<std::int16_t>((value * comfort_ + 16384) >> 15);
    }
}

}  // namespace tipring::media
