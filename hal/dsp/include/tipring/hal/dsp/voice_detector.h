// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/level_meter.h"
#include "tipring/hal/dsp/listener.h"

namespace tipring::dsp {

/// Times in samples, levels in dBm0 and dB.
struct VoiceDetectorSettings {
    float onLevel = -43;          ///< voice is at least this loud
    float onOverNoise = 9;        ///< and stands out of the line's noise by this to begin
    float offOverNoise = 5;       ///< and by less than this when it has ended
    std::size_t confirm = 960;    ///< sound needed before it is called voice or tone
    std::size_t hangover = 2400;  ///< shorter pauses belong to the voice
    std::size_t silence = 16000;  ///< a silence as long as this is told; 0 for never
};

enum class VoiceEventKind : std::uint8_t {
    VoiceStarted,
    VoiceEnded,   ///< `position` is where it ended, `duration` how long it was
    ToneStarted,  ///< one or two steady frequencies: a tone of the network, DTMF, a beep
    ToneEnded,
    Silence,  ///< neither voice nor tone for the time set; told once, `position` its start
};

struct VoiceEvent {
    VoiceEventKind kind{};
    SamplePosition position = 0;
    std::size_t duration = 0;   ///< of what ended; of the silence so far
    float dbm0 = kSilenceDbm0;  ///< loudest 20 ms of the voice or tone; the noise in a silence
};

/// Voice, tone or silence. Works on frames of 20 ms; an event comes when it is sure, with the
/// position at which the thing began. Noise is followed and is neither.
///
/// A sound is a tone when each frame of it is predicted by four samples before (two sines are, of
/// any frequencies), nothing in it changes, and its spectrum has two lines at most; a voice is
/// anything else that is loud enough. Digits shorter than 80 ms are neither.
class VoiceDetector {
public:
    explicit VoiceDetector(const VoiceDetectorSettings& settings = {}) noexcept;
    void process(std::span<const std::int16_t> samples, Listener<VoiceEvent> tell);
    void reset() noexcept { *this = VoiceDetector{settings_}; }

    [[nodiscard]] bool voice() const noexcept { return state_ == State::Voice; }
    [[nodiscard]] bool tone() const noexcept { return state_ == State::Tone; }
    /// What the line's noise is taken for, dBm0.
    [[nodiscard]] float noise() const noexcept { return noise_; }

private:
    static constexpr std::size_t kFrame = 160;
    static constexpr std::size_t kOrder = 4;
    enum class State : std::uint8_t { Quiet, Maybe, Voice, Tone };
    struct Frame {
        float dbm0 = kSilenceDbm0;
        bool steady = false;  ///< sines, and the same as in the frame before
        bool pure = false;    ///< hardly anything but sines
        bool hiss = false;    ///< nothing to predict
    };

    [[nodiscard]] Frame measure() noexcept;
    void followNoise(const Frame& frame) noexcept;
    void judge(const Frame& frame, Listener<VoiceEvent> tell);
    void judgeMaybe(const Frame& frame, bool loud, Listener<VoiceEvent> tell);
    void judgeVoice(bool loud, Listener<VoiceEvent> tell);
    void judgeTone(bool loud, Listener<VoiceEvent> tell);
    void begin(State state, SamplePosition at) noexcept;
    void end(VoiceEventKind kind, SamplePosition at, Listener<VoiceEvent> tell);
    void countSilence(Listener<VoiceEvent> tell);

    VoiceDetectorSettings settings_;
    std::array<float, kOrder + kFrame> window_{};  ///< the end of the frame before, then this one
    std::array<float, 6 * kFrame> recent_{};       ///< the last frames
    std::size_t filled_ = 0;
    SamplePosition frameStart_ = 0;
    float dc_ = 0;
    std::array<float, 2> lastShape_{};  ///< of the spectrum

    // The noise: the least level of the last 1.6 s, kept as the least of each 200 ms.
    std::array<float, 8> least_{};
    std::size_t leastAt_ = 0, leastCount_ = 0, leastKnown_ = 0;
    float smooth_ = kSilenceDbm0;
    float noise_ = kSilenceDbm0;

    State state_ = State::Quiet;
    SamplePosition since_ = 0;     ///< start of what the state is about
    SamplePosition lastLoud_ = 0;  ///< end of the last loud frame
    std::size_t frames_ = 0, loudFrames_ = 0, steadyFrames_ = 0, pureFrames_ = 0;  ///< since then
    std::size_t steadyRun_ = 0, unsteadyRun_ = 0, hissRun_ = 0;  ///< frames in a row, until now
    bool lines_ = false;      ///< the frames of steadyRun_ are a tone
    bool linesSeen_ = false;  ///< since the start of what the state is about
    float loudest_ = kSilenceDbm0;
    SamplePosition quietSince_ = 0;
    bool silenceTold_ = false;
};

}  // namespace tipring::dsp
