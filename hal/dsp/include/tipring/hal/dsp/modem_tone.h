// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tipring/hal/dsp/listener.h"
#include "tipring/hal/dsp/tone.h"
#include "tipring/hal/dsp/tone_detector.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::dsp {

/// Tones by which machines know each other; the values are the tags of modemTones().
enum class ModemTone : std::uint32_t {
    FaxCalling,   ///< CNG, ITU-T T.30: 1100 Hz, 0.5 s on, 3 s off
    DataCalling,  ///< CT, ITU-T V.25: 1300 Hz, 0.5 to 0.7 s on, 1.5 to 2 s off
    Answer,       ///< CED, ANS, ITU-T T.30 and V.25: 2100 Hz, 2.6 to 4 s
    BellAnswer,   ///< Bell 103: 2225 Hz
    CallerAlert,  ///< CAS, Telcordia GR-30: 2130 + 2750 Hz, 75 to 85 ms, a call is waiting
    DataAlert,    ///< DT-AS, ETSI EN 300 659-1: the same frequencies, 90 to 110 ms
};

/// The tones above for a ToneDetector. CAS and DT-AS are one entry, CallerAlert: their lengths
/// differ by less than a line can be trusted with.
[[nodiscard]] std::span<const WantedTone> modemTones() noexcept;
/// The tone as a ToneSequence plays it: calling tones in their rhythm, alerting signals once,
/// answer tones for ever.
[[nodiscard]] TonePattern modemTonePattern(ModemTone tone) noexcept;

/// Answer tones (ITU-T V.25 and V.8): 2100 Hz, with turns of the phase by 180 degrees each 450 ms
/// against echo cancellers, and with 15 Hz amplitude modulation (ANSam) from a V.8 modem.
class AnswerToneGenerator {
public:
    struct Form {
        bool reversals = true;
        bool modulated = false;
    };
    explicit AnswerToneGenerator(const Form& form, double dbm0 = -13) noexcept;
    /// Adds the tone to `samples`.
    void mix(std::span<std::int16_t> samples) noexcept;

private:
    Oscillator carrier_, modulation_;
    bool reversals_, modulated_;
    double sign_ = 1;
    std::size_t untilReversal_;
};

/// What a 2100 Hz tone is.
struct AnswerToneEvent {
    enum class Kind : std::uint8_t {
        Start,      ///< 100 ms of it were heard
        Reversal,   ///< its phase has turned by 180 degrees
        Modulated,  ///< it has the 15 Hz of ANSam; told once, after 0.5 s
        End,
    };
    Kind kind = Kind::Start;
    SamplePosition began = 0;     ///< of the tone
    SamplePosition position = 0;  ///< of a reversal, good to 20 ms; of the others: where known
    unsigned reversals = 0;       ///< so far
    bool modulated = false;
    float level = 0;  ///< dBm0
};

/// Hears the answer tone and its forms: plain (CED, ANS), with reversals, modulated, both.
class AnswerToneDetector {
public:
    AnswerToneDetector();
    AnswerToneDetector(AnswerToneDetector&&) noexcept;
    AnswerToneDetector& operator=(AnswerToneDetector&&) noexcept;
    ~AnswerToneDetector();

    void process(std::span<const std::int16_t> samples, Listener<AnswerToneEvent> tell);
    void reset();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A burst of the fax calling tone that had the right length, and how many came in the rhythm.
struct FaxCallingEvent {
    SamplePosition began = 0;  ///< of this burst
    unsigned bursts = 1;       ///< this is the n-th, 3.5 s apart
    float level = 0;           ///< dBm0
};

/// Hears CNG: a burst counts when it lasts 0.5 s, 15 % more or less (ITU-T T.30, 4.2).
class FaxCallingDetector {
public:
    FaxCallingDetector();
    void process(std::span<const std::int16_t> samples, Listener<FaxCallingEvent> tell);
    void reset();

private:
    ToneDetector tones_;
    SamplePosition last_ = 0;
    unsigned bursts_ = 0;
};

}  // namespace tipring::dsp
