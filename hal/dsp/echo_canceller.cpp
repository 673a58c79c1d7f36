// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/echo_canceller.h"

#include <algorithm>
#include <cmath>

#include "echo_filter.h"
#include "simd.h"

namespace tipring::dsp {

namespace {

constexpr std::size_t kTapUnit = 16;
constexpr std::size_t kRoom = 512;  // history is moved once in so many samples
constexpr float kSmooth = 0.25F;    // of a block of 8 ms
constexpr float kQuiet = 400;       // mean square, -61 dBm0: nothing to learn from
constexpr float kBetter = 0.85F;    // the adapting filter's residual, to be taken over
constexpr std::size_t kBetterBlocks = 2;
// While both talk, the adapting filter chases the near end: it learns little then, and has to prove
// itself.
constexpr float kMuchBetter = 0.55F;
constexpr std::size_t kMuchBetterBlocks = 6;
constexpr float kCareful = 0.15F;  // of the step
constexpr float kTooLoud =
    0.5F;  // received over sent, power: echo is 6 dB down, not at each frequency
constexpr float kWorse = 4;
constexpr std::size_t kWorseBlocks = 3;
constexpr float kHarm = 1.3F;  // residual over what was received
constexpr std::size_t kHarmBlocks = 2;
constexpr float kLearnt = 0.1F;     // residual over what was received: 10 dB
constexpr float kLeakRise = 1.03F;  // a block
constexpr float kLeastLeak = 1e-3F;
constexpr float kNearEnd = 5;         // residual over what the echo would leave: 7 dB
constexpr float kLoudestFall = 0.8F;  // a block
constexpr float kOverFloor = 8;       // and over the noise
constexpr float kFloorFall = 0.1F;
constexpr float kFloorRise = 1.004F;
constexpr float kSuppressorOpen = 0.15F;  // a sample, of the way
constexpr float kSuppressorClose = 0.012F;
constexpr float kMeanSquareOfUniform = 3;

std::size_t roundUp(std::size_t taps) {
    return std::max<std::size_t>((taps + kTapUnit - 1) / kTapUnit, 1) * kTapUnit;
}

struct Kernels {
    void (*estimate)(const float*, std::size_t, const float*, float*, std::size_t);
    void (*adapt)(EchoAdaptation&);
};

void estimatePlain(const float* weights, std::size_t taps, const float* sent, float* echo,
                   std::size_t count) {
    estimateRun<4>(weights, taps, sent, echo, count);
}
void adaptPlain(EchoAdaptation& run) {
    adaptRun<4>(run);
}
TIPRING_AVX2 void estimateAvx2(const float* weights, std::size_t taps, const float* sent,
                               float* echo, std::size_t count) {
    estimateRun<8>(weights, taps, sent, echo, count);
}
TIPRING_AVX2 void adaptAvx2(EchoAdaptation& run) {
    adaptRun<8>(run);
}

const Kernels& kernels() {
    static const Kernels kKernels =
        hasAvx2() ? Kernels{estimateAvx2, adaptAvx2} : Kernels{estimatePlain, adaptPlain};
    return kKernels;
}

float energyOf(std::span<const float> samples) {
    float sum = 0;
    for (const float sample : samples) {
        sum += sample * sample;
    }
    return sum;
}

}  // namespace

EchoCanceller::EchoCanceller(const EchoCancellerSettings& settings)
    : settings_(settings),
      taps_(roundUp(settings.tail)),
      working_(taps_),
      adapting_(taps_),
      history_(taps_ + 2 + kBlock + kRoom),
      newest_(kRoom) {}

void EchoCanceller::reset() noexcept {
    std::fill(working_.begin(), working_.end(), 0.0F);
    std::fill(adapting_.begin(), adapting_.end(), 0.0F);
    std::fill(history_.begin(), history_.end(), 0.0F);
    newest_ = kRoom;
    power_ = 0;
    corrections_ = {};
    inBlock_ = better_ = worse_ = sounding_ = 0;
    block_ = smooth_ = {};
    bypass_ = doubleTalk_ = tooLoud_ = false;
    learning_ = true;
    harm_ = 0;
    loudest_ = 0;
    leak_ = gain_ = 1;
    floor_ = 100;
    enhancement_ = 0;
    random_ = 1;
}

float EchoCanceller::returnLossEnhancement() const noexcept {
    return enhancement_;
}

void EchoCanceller::process(std::span<const std::int16_t> sent,
                            std::span<const std::int16_t> received,
                            std::span<std::int16_t> clean) noexcept {
    std::size_t left = std::min({sent.size(), received.size(), clean.size()});
    while (left > 0) {
        const std::size_t count = std::min(left, kBlock - inBlock_);
        addHistory(sent.first(count));
        cancel(received.first(count));
        write(received.first(count), clean.first(count));
        inBlock_ += count;
        if (inBlock_ == kBlock) {
            adapt();
            judge();
            inBlock_ = 0;
        }
        sent = sent.subspan(count);
        received = received.subspan(count);
        clean = clean.subspan(count);
        left -= count;
    }
}

void EchoCanceller::addHistory(std::span<const std::int16_t> sent) noexcept {
    if (newest_ < sent.size()) {
        // What the adapting filter has yet to see of this block stays, too.
        const std::size_t kept = taps_ + 2 + kBlock;
        std::copy_backward(history_.begin() + static_cast<std::ptrdiff_t>(newest_),
                           history_.begin() + static_cast<std::ptrdiff_t>(newest_ + kept),
                           history_.end());
        newest_ = kRoom;
    }
    for (const std::int16_t sample : sent) {
        history_[--newest_] = sample;
    }
}

void EchoCanceller::cancel(std::span<const std::int16_t> received) noexcept {
    const std::size_t count = received.size();
    float* echo = &echo_[inBlock_];
    kernels().estimate(working_.data(), taps_, &history_[newest_ + count - 1], echo, count);
    for (std::size_t i = 0; i < count; ++i) {
        received_[inBlock_ + i] = received[i];
        residual_[inBlock_ + i] = static_cast<float>(received[i]) - echo[i];
    }
}

/// The powers are known before the errors are: no need to wait for them between two samples.
void EchoCanceller::normalise() noexcept {
    const double quiet = double{kQuiet} * static_cast<double>(taps_) / 4;
    const float* sent = &history_[newest_ + kBlock - 1];
    const float step = settings_.step * (tooLoud_ ? 0 : doubleTalk_ ? kCareful : 1);
    for (std::size_t n = 0; n < kBlock; ++n) {
        const auto newest = static_cast<double>(*(sent - n));
        const auto oldest = static_cast<double>((sent - n)[taps_]);
        power_ += newest * newest - oldest * oldest;
        steps_[n] = power_ > quiet ? step / static_cast<float>(power_ + quiet) : 0;
    }
}

void EchoCanceller::adapt() noexcept {
    normalise();
    EchoAdaptation run;
    run.weights = adapting_.data();
    run.taps = taps_;
    run.sent = &history_[newest_ + kBlock - 1];
    run.received = received_.data();
    run.count = kBlock;
    run.steps = steps_.data();
    run.corrections = corrections_;
    kernels().adapt(run);
    corrections_ = run.corrections;
    block_.adapting = run.errorEnergy;
    block_.sent = energyOf({&history_[newest_], kBlock});
    block_.received = energyOf(received_);
    block_.echo = energyOf(echo_);
    block_.working = energyOf(residual_);
}

void EchoCanceller::judge() noexcept {
    const auto follow = [](float& slow, float now) { slow += (now / kBlock - slow) * kSmooth; };
    follow(smooth_.sent, block_.sent);
    follow(smooth_.received, block_.received);
    follow(smooth_.echo, block_.echo);
    follow(smooth_.working, block_.working);
    follow(smooth_.adapting, block_.adapting);
    chooseFilter();
    judgeTalkers();
}

void EchoCanceller::chooseFilter() noexcept {
    const bool sounding = block_.sent > kQuiet * kBlock;
    const float wanted = doubleTalk_ ? kMuchBetter : kBetter;
    const bool better = sounding && block_.adapting < wanted * block_.working &&
                        smooth_.adapting < wanted * smooth_.working &&
                        smooth_.adapting < smooth_.received;
    const bool worse = sounding && block_.adapting > kWorse * block_.working &&
                       smooth_.adapting > kWorse * smooth_.working;
    if (!tooLoud_) {
        better_ = better ? better_ + 1 : 0;
    }
    worse_ = worse ? worse_ + 1 : 0;
    if (better_ >= (doubleTalk_ ? kMuchBetterBlocks : kBetterBlocks)) {
        std::copy(adapting_.begin(), adapting_.end(), working_.begin());
        smooth_.working = smooth_.adapting;
        better_ = 0;
        learning_ = learning_ || doubleTalk_;  // it was the path after all
    } else if (worse_ >= kWorseBlocks) {
        std::copy(working_.begin(), working_.end(), adapting_.begin());
        smooth_.adapting = smooth_.working;
        corrections_ = {};
        worse_ = 0;
    }
    bypass_ = smooth_.working > kHarm * smooth_.received;
    // Only a changed path makes the filter do harm: a near end is in both.
    harm_ = sounding && bypass_ ? harm_ + 1 : 0;
    if (harm_ >= kHarmBlocks) {
        learning_ = true;
        leak_ = 1;
    } else if (sounding && smooth_.working < kLearnt * smooth_.received) {
        learning_ = false;
    }
}

void EchoCanceller::judgeTalkers() noexcept {
    const float left = block_.working / kBlock;
    floor_ = left < floor_ ? floor_ + (left - floor_) * kFloorFall : floor_ * kFloorRise;
    floor_ = std::clamp(floor_, 1.0F, 1e5F);
    if (block_.sent > kQuiet * kBlock) {
        sounding_ = taps_ / kBlock + 2;
    } else if (sounding_ > 0) {
        --sounding_;
    }
    const float echo = std::max(smooth_.echo, 1.0F);
    const float expected = leak_ * echo * kNearEnd + floor_ * kOverFloor;
    // The loudest part of the tail is what an echo can come from.
    loudest_ = std::max(block_.sent / kBlock, loudest_ * kLoudestFall);
    tooLoud_ = sounding_ > 0 && smooth_.received > kTooLoud * loudest_;
    doubleTalk_ = sounding_ > 0 && (tooLoud_ || (!learning_ && left > expected));
    if (sounding_ == 0 || smooth_.sent < kQuiet) {
        return;
    }
    const float leak = std::max(smooth_.working / echo, kLeastLeak);
    leak_ = leak < leak_ ? leak : std::min(leak_ * kLeakRise, 1.0F);
    if (!doubleTalk_) {
        enhancement_ =
            10 * std::log10(std::max(smooth_.received, 1.0F) / std::max(smooth_.working, 1.0F));
    }
}

float EchoCanceller::suppressed(float sample) noexcept {
    const bool close = sounding_ > 0 && !doubleTalk_;
    gain_ += close ? -gain_ * kSuppressorClose : (1 - gain_) * kSuppressorOpen;
    random_ = random_ * 1664525U + 1013904223U;
    const float noise = (static_cast<float>(random_ >> 8) / 8388608.0F - 1) *
                        std::sqrt(floor_ * kMeanSquareOfUniform);
    return sample * gain_ + noise * (1 - gain_);
}

void EchoCanceller::write(std::span<const std::int16_t> received,
                          std::span<std::int16_t> clean) noexcept {
    for (std::size_t i = 0; i < clean.size(); ++i) {
        float sample = bypass_ ? static_cast<float>(received[i]) : residual_[inBlock_ + i];
        if (settings_.suppressor) {
            sample = suppressed(sample);
        }
        clean[i] = static_cast<std::int16_t>(std::lrintf(std::clamp(sample, -32768.0F, 32767.0F)));
    }
}

}  // namespace tipring::dsp
