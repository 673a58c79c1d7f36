// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

#include "dtmf_receiver.h"

namespace tipring::dsp {

namespace {

constexpr std::string_view kKeys = "123A456B789C*0#D";
constexpr double kHop = 48;
constexpr float kContinues = 0.5F;   // of the amplitude: the tone fills half of the window
constexpr float kBeside = 0.6F;      // a neighbour that noise has made stronger for one frame
constexpr float kCoherence = 0.95F;  // a phase that does not turn evenly is no tone
constexpr float kSteady = 5.0F;      // ratio of powers: an echo 8 dB down makes 7 dB
constexpr unsigned kMissesAtFirst = 2;
constexpr unsigned kLeastInner = 2;

float share(float part, float whole) {
    return whole > 0 ? std::min(part / whole, 1.0F) : 0.0F;
}

float levelOf(float power) {
    constexpr float kFullScale = 32767.0F * 32767.0F;
    return 10 * std::log10(std::max(power, 1e-9F) / kFullScale) + 3.14F;
}

}  // namespace

void DtmfRun::Tone::addTurn(const float* now, const float* before, float cosine, float sine) {
    const float re = now[0] * before[0] + now[1] * before[1];
    const float im = now[1] * before[0] - now[0] * before[1];
    real += re * cosine + im * sine;
    imaginary += im * cosine - re * sine;
    lengths += std::sqrt(re * re + im * im);
}

float DtmfRun::Tone::turn() const {
    return std::atan2(imaginary, real);
}

/// The window loses a little of a frequency off its middle; put right by what the turn tells.
float DtmfRun::Tone::meanPower(unsigned frames) const {
    const float bins = turn() / std::numbers::pi_v<float>;
    return power / static_cast<float>(frames) / (1 - 1.29F * std::min(bins * bins, 0.4F));
}

float DtmfRun::amplitude(const DtmfFrame& frame) const {
    return frame.loud ? std::sqrt(frame.power[low_] + frame.power[high_]) : 0;
}

void DtmfRun::start(const DtmfFrame& frame, const DtmfFrame& before, unsigned low, unsigned high) {
    *this = DtmfRun{};
    alive_ = true;
    low_ = low;
    high_ = high;
    frames_ = 1;
    together_ = 1;
    first_ = last_ = frame.number;
    edge_ = amplitude(before);
    firstAmplitude_ = lastAmplitude_ = loudest_ = amplitude(frame);
}

bool DtmfRun::continues(const DtmfFrame& frame, unsigned low, unsigned high) const {
    return frame.power[low_] >= kBeside * frame.power[low] &&
           frame.power[high_] >= kBeside * frame.power[high] &&
           amplitude(frame) >= kContinues * loudest_;
}

void DtmfRun::count(Tone& tone) const {
    tone.power += tone.newest;
    tone.weakest = inner_ == 1 ? tone.newest : std::min(tone.weakest, tone.newest);
    tone.strongest = std::max(tone.strongest, tone.newest);
}

void DtmfRun::add(const DtmfFrame& frame, const DtmfFrame& before, const DtmfLimits& limits) {
    ++frames_;
    together_ = misses_ == 0 ? together_ + 1 : 1;
    if (together_ > 2) {
        ++inner_;
        count(lowTone_);
        count(highTone_);
        total_ += newestTotal_;
        lowTone_.addTurn(frame.sums.phasor[0].value + 2 * low_,
                         before.sums.phasor[0].value + 2 * low_, limits.cosine[low_],
                         limits.sine[low_]);
        highTone_.addTurn(frame.sums.phasor[0].value + 2 * high_,
                          before.sums.phasor[0].value + 2 * high_, limits.cosine[high_],
                          limits.sine[high_]);
    }
    misses_ = 0;
    lowTone_.newest = frame.power[low_];
    highTone_.newest = frame.power[high_];
    newestTotal_ = frame.meanSquare;
    last_ = frame.number;
    beforeLast_ = lastAmplitude_;
    lastAmplitude_ = amplitude(frame);
    afterLast_ = 0;
    if (frames_ == 2) {
        secondAmplitude_ = lastAmplitude_;
    }
    loudest_ = std::max(loudest_, lastAmplitude_);
}

void DtmfRun::miss(const DtmfFrame& frame) {
    if (misses_++ == 0) {
        afterLast_ = amplitude(frame);
    }
}

double DtmfRun::begin() const {
    const float parts = share(firstAmplitude_, secondAmplitude_) + share(edge_, secondAmplitude_);
    return kHop * (static_cast<double>(first_) + 0.5 - static_cast<double>(parts));
}

double DtmfRun::end() const {
    const float parts = share(lastAmplitude_, beforeLast_) + share(afterLast_, beforeLast_);
    return kHop * (static_cast<double>(last_) - 0.5 + static_cast<double>(parts));
}

bool DtmfRun::good(const Tone& tone, unsigned index, const DtmfLimits& limits) const {
    return tone.power > limits.floor * static_cast<float>(inner_) &&
           std::fabs(tone.turn()) <= limits.tolerance[index] &&
           std::hypot(tone.real, tone.imaginary) >= kCoherence * tone.lengths &&
           tone.strongest <= kSteady * tone.weakest;
}

bool DtmfRun::goodPair(const DtmfLimits& limits) const {
    const float low = lowTone_.meanPower(inner_);
    const float high = highTone_.meanPower(inner_);
    return low <= high * limits.normalTwist && high <= low * limits.reverseTwist &&
           (low + high) / 2 >= limits.purity * total_ / static_cast<float>(inner_);
}

bool DtmfRun::accept(const DtmfLimits& limits) {
    if (accepted_ || inner_ < kLeastInner || misses_ > 1 ||
        end() - begin() < static_cast<double>(limits.minimumOn)) {
        return false;
    }
    accepted_ = good(lowTone_, low_, limits) && good(highTone_, high_, limits) && goodPair(limits);
    return accepted_;
}

bool DtmfRun::over(const DtmfLimits& limits) const noexcept {
    return misses_ >= (accepted_ ? limits.pauseFrames : kMissesAtFirst);
}

DtmfEvent DtmfRun::event(DtmfEvent::Kind kind) const {
    const double began = std::max(begin(), 0.0);
    DtmfEvent event;
    event.kind = kind;
    event.key = kKeys[low_ * 4 + high_ - 4];
    event.began = static_cast<SamplePosition>(std::llround(began));
    event.duration = static_cast<std::uint32_t>(std::llround(std::max(end() - began, 0.0)));
    event.lowLevel = levelOf(lowTone_.meanPower(inner_));
    event.highLevel = levelOf(highTone_.meanPower(inner_));
    return event;
}

}  // namespace tipring::dsp
