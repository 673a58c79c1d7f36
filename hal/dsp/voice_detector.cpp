// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/voice_detector.h"

#include <algorithm>
#include <cmath>

#include "line_spectrum.h"
#include "linear_prediction.h"

namespace tipring::dsp {

namespace {

// Power over residual. Two sines with G.711's noise give 100 and more, with white noise 20 dB
// below them 30; one frame of speech in ten reaches 25, one in fifty 60.
constexpr float kSineGain = 20;
constexpr float kPureGain = 60;
constexpr float kHissGain = 1.6F;       // white noise; a fricative is the same, but short
constexpr float kShapeChange = 0.045F;  // tones beat: level is no sign; half of speech changes more
constexpr std::size_t kHissFrames = 15;
constexpr std::size_t kShortTone = 4;     // a DTMF digit of 50 ms
constexpr std::size_t kLeastFrames = 10;  // 200 ms
constexpr float kDcMove = 8;              // a frame
constexpr float kLowestNoise = -75;
constexpr std::size_t kGapFrames = 3;
constexpr std::size_t kFirstLook = 3, kSecondLook = 6;  // frames of a tone
constexpr std::size_t kVoiceFrames = 3;                 // a voice that follows a tone

}  // namespace

VoiceDetector::VoiceDetector(const VoiceDetectorSettings& settings) noexcept
    : settings_(settings), noise_(kLowestNoise) {}

void VoiceDetector::process(std::span<const std::int16_t> samples, Listener<VoiceEvent> tell) {
    while (!samples.empty()) {
        const std::size_t count = std::min(samples.size(), kFrame - filled_);
        std::copy_n(samples.begin(), count, window_.begin() + kOrder + filled_);
        samples = samples.subspan(count);
        filled_ += count;
        if (filled_ == kFrame) {
            const Frame frame = measure();
            followNoise(frame);
            judge(frame, tell);
            frameStart_ += kFrame;
            filled_ = 0;
        }
    }
}

VoiceDetector::Frame VoiceDetector::measure() noexcept {
    const auto piece = std::span{window_}.subspan(kOrder);
    float sum = 0;
    for (const float value : piece) {
        sum += value;
    }
    // The past of the window lost the DC of its own frame. A click must not look like one: slowly.
    const float more = sum / kFrame - dc_;
    dc_ += frameStart_ == 0 ? more : std::clamp(more * 0.1F, -kDcMove, kDcMove);
    for (float& value : piece) {
        value -= dc_;
    }
    const Prediction4 prediction = predict4(window_);
    std::copy(recent_.begin() + kFrame, recent_.end(), recent_.begin());
    std::copy(piece.begin(), piece.end(), recent_.end() - kFrame);
    std::copy(window_.end() - kOrder, window_.end(), window_.begin());

    Frame frame;
    frame.dbm0 = dbm0OfPower(double{prediction.power});
    frame.steady = prediction.power > kSineGain * prediction.residual &&
                   std::abs(prediction.correlation[0] - lastShape_[0]) < kShapeChange &&
                   std::abs(prediction.correlation[1] - lastShape_[1]) < kShapeChange;
    frame.pure = prediction.power > kPureGain * prediction.residual;
    frame.hiss = prediction.power < kHissGain * prediction.residual;
    lastShape_ = prediction.correlation;
    return frame;
}

void VoiceDetector::followNoise(const Frame& frame) noexcept {
    hissRun_ = frame.hiss ? hissRun_ + 1 : 0;
    const bool hissing = hissRun_ >= kHissFrames;
    if (state_ == State::Tone) {
        return;  // it has no pauses to hear the noise in
    }
    const float dbm0 = frame.dbm0;
    smooth_ = leastKnown_ == 0 && leastCount_ == 0 ? dbm0 : smooth_ + (dbm0 - smooth_) * 0.4F;
    least_[leastAt_] = leastCount_ == 0 ? smooth_ : std::min(least_[leastAt_], smooth_);
    if (++leastCount_ == kLeastFrames) {
        leastCount_ = 0;
        leastKnown_ = std::min(leastKnown_ + 1, least_.size());
        leastAt_ = (leastAt_ + 1) % least_.size();
    }
    // Before the first 1.6 s there is no saying what is noise, unless nothing but noise was heard.
    if (hissing) {
        noise_ = std::max(kLowestNoise, smooth_);
    } else if (leastKnown_ == least_.size()) {
        const float least = *std::min_element(least_.begin(), least_.end());
        noise_ = std::max(kLowestNoise, least);
    } else {
        noise_ = std::max(kLowestNoise, std::min(noise_, dbm0));
    }
}

void VoiceDetector::judge(const Frame& frame, Listener<VoiceEvent> tell) {
    steadyRun_ = frame.steady ? steadyRun_ + 1 : 0;
    // Vowels are steady for a moment, too: the spectrum decides. Short tones matter at the start
    // only.
    const bool first = steadyRun_ == kFirstLook && state_ == State::Maybe;
    if (first || (steadyRun_ == kSecondLook && state_ != State::Tone)) {
        lines_ = hasOneOrTwoLines(std::span{recent_}.last(steadyRun_ * kFrame));
        linesSeen_ = linesSeen_ || lines_;
    } else if (steadyRun_ == 0) {
        lines_ = false;
    }
    unsteadyRun_ = frame.steady ? 0 : unsteadyRun_ + 1;
    const bool begun = state_ == State::Voice || state_ == State::Tone;
    const float over = begun ? settings_.offOverNoise : settings_.onOverNoise;
    const float least = settings_.onLevel - (begun ? 4 : 0);
    const bool loud = frame.dbm0 > std::max(least, noise_ + over);
    if (state_ == State::Quiet && loud) {
        begin(State::Maybe, frameStart_);
    }
    if (loud) {
        lastLoud_ = frameStart_ + kFrame;
        loudest_ = std::max(loudest_, frame.dbm0);
    }
    switch (state_) {
    case State::Quiet: break;
    case State::Maybe: judgeMaybe(frame, loud, tell); break;
    case State::Voice: judgeVoice(loud, tell); break;
    case State::Tone: judgeTone(loud, tell); break;
    }
    countSilence(tell);
}

void VoiceDetector::begin(State state, SamplePosition at) noexcept {
    state_ = state;
    since_ = at;
    frames_ = loudFrames_ = steadyFrames_ = pureFrames_ = 0;
    linesSeen_ = false;
    loudest_ = kSilenceDbm0;
}

void VoiceDetector::judgeMaybe(const Frame& frame, bool loud, Listener<VoiceEvent> tell) {
    ++frames_;
    loudFrames_ += loud ? 1 : 0;
    steadyFrames_ += frame.steady ? 1 : 0;
    const std::size_t wanted = std::max<std::size_t>(settings_.confirm / kFrame, 2);
    pureFrames_ += frame.pure && loud ? 1 : 0;
    if (hissRun_ >= kHissFrames) {
        state_ = State::Quiet;
        return;
    }
    if (!loud && loudFrames_ <= kShortTone && pureFrames_ > 0 && pureFrames_ + 2 >= loudFrames_) {
        state_ = State::Quiet;
        return;
    }
    if (frames_ < wanted) {
        return;
    }
    // The first frame is half of something, and the second differs from it.
    const bool tone = linesSeen_ && steadyFrames_ + 2 >= frames_ && steadyFrames_ * 2 >= wanted;
    const bool over = frameStart_ + kFrame - lastLoud_ >= kGapFrames * kFrame;
    if (over || loudFrames_ * 3 < frames_ * 2) {
        state_ = State::Quiet;  // a click, or a burst of noise
    } else if (hissRun_ == frames_) {
        return;  // a fricative or noise, until something else is heard
    } else if (tone) {
        state_ = State::Tone;
        tell({VoiceEventKind::ToneStarted, since_, 0, loudest_});
    } else if (!lines_ || frames_ >= 2 * wanted) {
        state_ = State::Voice;
        tell({VoiceEventKind::VoiceStarted, since_, 0, loudest_});
    }
}

void VoiceDetector::judgeVoice(bool loud, Listener<VoiceEvent> tell) {
    if (steadyRun_ >= kSecondLook && lines_ && loud) {
        const SamplePosition start = frameStart_ + kFrame - (steadyRun_ + 1) * kFrame;
        end(VoiceEventKind::VoiceEnded, start, tell);
        begin(State::Tone, start);
        tell({VoiceEventKind::ToneStarted, start, 0, loudest_});
    } else if (frameStart_ + kFrame - lastLoud_ >= settings_.hangover) {
        end(VoiceEventKind::VoiceEnded, lastLoud_, tell);
    }
}

void VoiceDetector::judgeTone(bool loud, Listener<VoiceEvent> tell) {
    if (!loud && frameStart_ + kFrame - lastLoud_ >= 2 * kFrame) {
        end(VoiceEventKind::ToneEnded, lastLoud_, tell);
    } else if (loud && unsteadyRun_ >= kVoiceFrames) {
        const SamplePosition start = frameStart_ + kFrame - unsteadyRun_ * kFrame;
        end(VoiceEventKind::ToneEnded, start, tell);
        begin(State::Maybe, start);
    }
}

void VoiceDetector::end(VoiceEventKind kind, SamplePosition at, Listener<VoiceEvent> tell) {
    tell({kind, at, static_cast<std::size_t>(at - std::min(since_, at)), loudest_});
    state_ = State::Quiet;
    quietSince_ = at;
    silenceTold_ = false;
}

void VoiceDetector::countSilence(Listener<VoiceEvent> tell) {
    if (state_ == State::Voice || state_ == State::Tone) {
        return;
    }
    const auto quiet = static_cast<std::size_t>(frameStart_ + kFrame - quietSince_);
    if (!silenceTold_ && settings_.silence > 0 && quiet >= settings_.silence &&
        state_ == State::Quiet) {
        silenceTold_ = true;
        tell({VoiceEventKind::Silence, quietSince_, quiet, noise_});
    }
}

}  // namespace tipring::dsp
