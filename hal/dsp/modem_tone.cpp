// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/modem_tone.h"

#include <algorithm>
#include <cmath>

namespace tipring::dsp {

namespace {

constexpr std::uint32_t tag(ModemTone tone) {
    return static_cast<std::uint32_t>(tone);
}

// Tolerances: T.30 has 1100 +-38 Hz and 2100 +-15 Hz, V.25 1300 +-15 Hz, GR-30 0.5 % for CAS.
constexpr std::array<WantedTone, 5> kTones{{
    {tag(ModemTone::FaxCalling), 1100, 0, 3.45F, 200, -43},
    {tag(ModemTone::DataCalling), 1300, 0, 1.3F, 200, -43},
    {tag(ModemTone::Answer), 2100, 0, 0.9F, 100, -43},
    {tag(ModemTone::BellAnswer), 2225, 0, 0.9F, 100, -43},
    {tag(ModemTone::CallerAlert), 2130, 2750, 1.1F, 60, -38},
}};

struct Rhythm {
    float hertz, second;
    std::uint16_t on, off;
};
constexpr std::array<Rhythm, 6> kRhythms{{
    {1100, 0, 500, 3000},
    {1300, 0, 600, 1750},
    {2100, 0, 0, 0},
    {2225, 0, 0, 0},
    {2130, 2750, 80, 0},
    {2130, 2750, 100, 0},
}};

constexpr std::size_t kReversal = 3600;  // samples: 450 ms
constexpr double kModulation = 15;       // Hz
constexpr double kDepth = 0.2;

constexpr double kBurst = 4000;    // samples of CNG
constexpr double kPeriod = 28000;  // from burst to burst
constexpr double kSlack = 0.15;

bool near(double value, double wanted) {
    return std::fabs(value - wanted) <= kSlack * wanted;
}

}  // namespace

std::span<const WantedTone> modemTones() noexcept {
    return kTones;
}

TonePattern modemTonePattern(ModemTone tone) noexcept {
    const Rhythm& rhythm = kRhythms[tag(tone)];
    TonePattern pattern;
    pattern.count = rhythm.on > 0 ? 2 : 1;
    pattern.steps[0].hertz = {rhythm.hertz, rhythm.second};
    pattern.steps[0].milliseconds = rhythm.on;
    pattern.steps[1].milliseconds = rhythm.off;
    pattern.repeatFrom = rhythm.on > 0 && rhythm.off == 0 ? 1 : 0;
    return pattern;
}

AnswerToneGenerator::AnswerToneGenerator(const Form& form, double dbm0) noexcept
    : carrier_(2100, amplitudeOf(dbm0)),
      modulation_(kModulation, kDepth),
      reversals_(form.reversals),
      modulated_(form.modulated),
      untilReversal_(kReversal) {}

void AnswerToneGenerator::mix(std::span<std::int16_t> samples) noexcept {
    for (std::int16_t& sample : samples) {
        double value = sign_ * carrier_.next();
        value *= modulated_ ? 1 + modulation_.next() : 1;
        const double mixed = std::clamp(sample + value, -32768.0, 32767.0);
        sample = static_cast<std::int16_t>(std::lrint(mixed));
        if (reversals_ && --untilReversal_ == 0) {
            sign_ = -sign_;
            untilReversal_ = kReversal;
        }
    }
}

FaxCallingDetector::FaxCallingDetector() : tones_(std::span(kTones).first(1)) {}

void FaxCallingDetector::process(std::span<const std::int16_t> samples,
                                 Listener<FaxCallingEvent> tell) {
    tones_.process(samples, [&](const ToneEvent& event) {
        if (event.kind == ToneEvent::Kind::Start ||
            !near(static_cast<double>(event.duration), kBurst)) {
            return;
        }
        const bool next = bursts_ > 0 && near(static_cast<double>(event.began - last_), kPeriod);
        bursts_ = next ? bursts_ + 1 : 1;
        last_ = event.began;
        tell(FaxCallingEvent{event.began, bursts_, event.level});
    });
}

void FaxCallingDetector::reset() {
    tones_.reset();
    bursts_ = 0;
}

}  // namespace tipring::dsp
