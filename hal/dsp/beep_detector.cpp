// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/beep_detector.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr double kPromising = 8;  // power: two close tones seem to be one
constexpr float kPure = 10;       // dB, tone over the rest in one frame
constexpr double kPureMean = 15;  // of the whole tone; vowels with one strong harmonic reach 14
constexpr double kSteady = 0.4;   // dB, standard deviation of the level; vowels have 0.5 and more
constexpr float kDrift = 0.02F;
constexpr float kDip = 4;  // dB below the loudest part: a beat, or the end
constexpr std::size_t kMisses = 3;
constexpr std::size_t kOtherNeeded = kSampleRate / 5;
constexpr std::size_t kOtherFresh = 4 * kSampleRate;
constexpr std::size_t kRepeat = 6 * kSampleRate;
constexpr std::size_t kAdjacent = kSampleRate / 10;

struct Band {
    float from, to;
};
constexpr Band kNetworkTones[] = {{392, 458},   {935, 965},   {1060, 1140},
                                  {1380, 1420}, {1780, 1820}, {2080, 2120}};

bool isNetworkTone(float hertz) {
    return std::any_of(
        std::begin(kNetworkTones), std::end(kNetworkTones),
        [hertz](const Band& band) { return hertz >= band.from && hertz <= band.to; });
}

/// How far what the best sine of that frequency leaves lies below it, dB.
float pureness(std::span<const float> piece, double hertz) {
    const double step = 2 * std::numbers::pi * hertz / kSampleRate;
    const float stepCosine = static_cast<float>(std::cos(step));
    const float stepSine = static_cast<float>(std::sin(step));
    float cosine = 1, sine = 0;
    float cc = 0, cs = 0, ss = 0, xc = 0, xs = 0, xx = 0;
    for (const float x : piece) {
        cc += cosine * cosine;
        cs += cosine * sine;
        ss += sine * sine;
        xc += x * cosine;
        xs += x * sine;
        xx += x * x;
        const float turned = cosine * stepCosine - sine * stepSine;
        sine = cosine * stepSine + sine * stepCosine;
        cosine = turned;
    }
    const float determinant = cc * ss - cs * cs;
    if (determinant <= 0 || xx <= 0) {
        return -100;
    }
    const float explained = (xc * xc * ss - 2 * xc * xs * cs + xs * xs * cc) / determinant;
    const float rest = std::max(xx - explained, xx * 1e-5F);
    return 10 * std::log10(std::max(explained, 1e-3F) / rest);
}

struct Sine {
    double hertz = 0;
    double overNoise = 0;
};

/// One sine fits x[n] + x[n-2] = 2 cos(w) x[n-1]. With noise in both sides the line through the
/// points is Deming's: half the noise power is in the mean of the outer two.
Sine fitSine(const float* piece, std::size_t count) {
    float aSum = 0, bSum = 0, cSum = 0;
    for (std::size_t n = 0; n < count; ++n) {
        const float middle = (piece + n)[-1];
        const float mean = 0.5F * (piece[n] + (piece + n)[-2]);
        aSum += middle * middle;
        bSum += middle * mean;
        cSum += mean * mean;
    }
    const double a = double{aSum}, b = double{bSum}, c = double{cSum};
    if (a <= 0) {
        return {};
    }
    constexpr double kRatio = 0.5;
    const double part = c - kRatio * a;
    const double root = std::sqrt(part * part + 4 * kRatio * b * b);
    double cosine = 0;
    if (part > 0) {
        cosine = b == 0 ? 2 : (part + root) / (2 * b);
    } else {
        cosine = root - part > 0 ? 2 * kRatio * b / (root - part) : 0;
    }
    if (std::abs(cosine) > 1) {
        return {};
    }
    const double rest = std::max(c - 2 * cosine * b + cosine * cosine * a, 0.0);
    const double noise = rest / (cosine * cosine + kRatio) + a * 1e-7;
    return {std::acos(cosine) * kSampleRate / (2 * std::numbers::pi), (a - noise) / noise};
}

}  // namespace

BeepDetector::BeepDetector(const BeepDetectorSettings& settings) noexcept : settings_(settings) {}

void BeepDetector::process(std::span<const std::int16_t> samples, Listener<BeepEvent> tell) {
    while (!samples.empty()) {
        const std::size_t count = std::min(samples.size(), kFrame - filled_);
        std::copy_n(samples.begin(), count, window_.begin() + 2 + filled_);
        samples = samples.subspan(count);
        filled_ += count;
        if (filled_ == kFrame) {
            judge(measure(), tell);
            frameStart_ += kFrame;
            filled_ = 0;
        }
    }
}

BeepDetector::Frame BeepDetector::measure() noexcept {
    const auto piece = std::span{window_}.subspan(2);
    float sum = 0;
    for (const float value : piece) {
        sum += value;
    }
    dc_ += (sum / kFrame - dc_) * 0.05F;
    float power = 0;
    for (float& value : piece) {
        value -= dc_;
        power += value * value;
    }
    Frame frame;
    frame.dbm0 = dbm0OfPower(double{power} / kFrame);
    if (frame.dbm0 >= settings_.level) {
        const Sine sine = fitSine(piece.data(), piece.size());
        const auto hertz = static_cast<float>(sine.hertz);
        const bool inBand = hertz >= settings_.lowest && hertz <= settings_.highest;
        if (inBand && sine.overNoise > kPromising) {
            frame.pure = pureness(piece, sine.hertz);
            frame.hertz = frame.pure > kPure ? hertz : 0;
        }
    }
    std::copy(window_.end() - 2, window_.end(), window_.begin());
    return frame;
}

/// Without the first and the last frame, which the tone fills only in part.
void BeepDetector::Sums::add(const Frame& frame) noexcept {
    if (frame.hertz > 0) {
        count += 1;
        level += double{frame.dbm0};
        levelSquares += double{frame.dbm0} * double{frame.dbm0};
        pure += double{frame.pure};
    }
}

bool BeepDetector::Sums::isSine() const noexcept {
    if (count < 2) {
        return false;
    }
    const double mean = level / count;
    return pure / count >= kPureMean && levelSquares / count - mean * mean <= kSteady * kSteady;
}

bool BeepDetector::belongs(const Frame& frame) const noexcept {
    if (frame.hertz <= 0) {
        return false;
    }
    const auto mean = static_cast<float>(hertzSum_ / double(frames_));
    return std::abs(frame.hertz - mean) < kDrift * mean + 4 && frame.dbm0 > loudest_ - kDip;
}

void BeepDetector::judge(const Frame& frame, Listener<BeepEvent> tell) {
    if (frames_ > 0 && belongs(frame)) {
        sums_.add(newest_);
        newest_ = frame;
        ++frames_;
        misses_ = 0;
        hertzSum_ += double{frame.hertz};
        loudest_ = std::max(loudest_, frame.dbm0);
    } else if (frames_ > 0 && ++misses_ >= kMisses) {
        finishTone();
    }
    if (frames_ == 0 && frame.hertz > 0) {
        frames_ = 1;
        misses_ = 0;
        sums_ = {};
        newest_ = {};
        toneStart_ = frameStart_;
        hertzSum_ = double{frame.hertz};
        loudest_ = frame.dbm0;
    }
    const SamplePosition now = frameStart_ + kFrame;
    if (frame.hertz <= 0 && frame.dbm0 >= settings_.level) {
        const bool fresh = hasOther_ && now - lastOther_ < kOtherFresh;
        otherSound_ = std::min((fresh ? otherSound_ : 0) + kFrame, kOtherFresh);
        lastOther_ = now;
        hasOther_ = true;
    }
    // What sounds now may be the next tone of a signal; that is known when it has ended.
    const bool another = frames_ * kFrame >= settings_.shortest / 2;
    if (waits_ && another && toneStart_ < waiting_.end + settings_.wait) {
        waits_ = false;
    } else if (waits_ && now >= waiting_.end + settings_.wait) {
        waits_ = false;
        tell({waiting_.start, static_cast<std::size_t>(waiting_.end - waiting_.start),
              waiting_.hertz, waiting_.dbm0});
    }
}

void BeepDetector::finishTone() noexcept {
    const SamplePosition end = frameStart_ + kFrame - misses_ * kFrame;
    const Tone tone{toneStart_, end, static_cast<float>(hertzSum_ / double(frames_)), loudest_};
    frames_ = 0;
    const auto length = static_cast<std::size_t>(tone.end - tone.start);
    if (length < settings_.shortest / 2) {
        return;  // a moment of a voice
    }
    if (length >= settings_.shortest && sums_.isSine() && isBeep(tone)) {
        waiting_ = tone;
        waits_ = true;
    }
    last_ = tone;
    hasLast_ = true;
}

bool BeepDetector::isBeep(const Tone& tone) const noexcept {
    if (tone.end - tone.start > settings_.longest) {
        return false;
    }
    if (hasLast_ && tone.start - last_.end < kAdjacent) {
        return false;
    }
    if (!isNetworkTone(tone.hertz)) {
        return true;
    }
    const bool again = hasLast_ && tone.start - last_.end < kRepeat &&
                       std::abs(tone.hertz - last_.hertz) < kDrift * tone.hertz;
    const bool afterSound =
        hasOther_ && lastOther_ + kOtherFresh > tone.start && otherSound_ >= kOtherNeeded;
    return !again && afterSound;
}

}  // namespace tipring::dsp
