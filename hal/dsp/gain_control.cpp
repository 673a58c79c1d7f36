// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/gain_control.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr float kPeak = 30000;         // about 0.8 dB below full scale
constexpr float kHeadroom = 6;         // dB over the target that a piece of 5 ms may reach
constexpr float kOverNoise = 10;       // dB
constexpr float kEnvelopeFall = 0.1F;  // dB a piece: 20 dB a second
constexpr float kNoiseRise = 0.1F;     // dB a piece: 20 dB a second; a voice dips more often
constexpr float kPieceSeconds = 40.0F / kSampleRate;

float factorOf(float gain) {
    return std::pow(10.0F, gain / 20);
}

}  // namespace

GainControl::GainControl(const GainControlSettings& settings) noexcept : settings_(settings) {
    noise_ = settings_.gate - kOverNoise - 5;
}

float GainControl::gain() const noexcept {
    return 20 * std::log10(std::max(from_, 1e-6F));
}

void GainControl::process(std::span<std::int16_t> samples) noexcept {
    for (std::int16_t& sample : samples) {
        const float share = static_cast<float>(at_) / kPiece;
        const float factor = from_ + (to_ - from_) * share;
        const float out = std::clamp(static_cast<float>(going_[at_]) * factor, -32767.0F, 32767.0F);
        coming_[at_] = sample;
        sample = static_cast<std::int16_t>(std::lrintf(out));
        if (++at_ == kPiece) {
            turn();
        }
    }
}

/// A piece is complete: what it can bear is known, and the one before it goes out next.
void GainControl::turn() noexcept {
    int peak = 1;
    float power = 0;
    for (const std::int16_t sample : coming_) {
        peak = std::max(peak, std::abs(int{sample}));
        power += static_cast<float>(sample) * static_cast<float>(sample);
    }
    const float dbm0 = dbm0OfPower(double{power} / kPiece);
    steer(dbm0);
    const float loud = factorOf(std::min(settings_.target + kHeadroom - dbm0, 60.0F));
    const float limit = std::min(kPeak / static_cast<float>(peak), loud);
    // Where two pieces meet the gain suits both; in between it runs straight.
    from_ = to_;
    to_ = std::min({factorOf(wanted_), limit_, limit});
    limit_ = limit;
    going_ = next_;
    next_ = coming_;
    at_ = 0;
}

void GainControl::steer(float dbm0) noexcept {
    noise_ = dbm0 < noise_ ? std::max(dbm0, -90.0F) : noise_ + kNoiseRise;
    envelope_ = std::max(dbm0, envelope_ - kEnvelopeFall);
    if (dbm0 < settings_.gate || dbm0 < noise_ + kOverNoise) {
        return;
    }
    const float aim =
        std::clamp(settings_.target - envelope_, settings_.leastGain, settings_.greatestGain);
    wanted_ = aim < wanted_ ? std::max(aim, wanted_ - settings_.fall * kPieceSeconds)
                            : std::min(aim, wanted_ + settings_.rise * kPieceSeconds);
}

}  // namespace tipring::dsp
