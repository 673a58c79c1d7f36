// SPDX-License-Identifier: Apache-2.0
#include "tone_player.h"

#include <algorithm>
#include <cmath>

namespace tipring::analog {
namespace {

using hal::ErrorCode;
using hal::Result;

constexpr double kLevel = -13, kLoudest = -6;  // dBm0 of each frequency
constexpr std::uint32_t kBeepLength = 500;
constexpr std::uint32_t kLongestStep = 0xFFFF;

dsp::TonePattern steady(float hertz) {
    dsp::TonePattern pattern;
    pattern.steps[0].hertz[0] = hertz;
    pattern.count = 1;
    return pattern;
}

Result<dsp::TonePattern> custom(std::span<const TspiGenerateTone> tones) {
    if (tones.empty() || tones.size() > TonePlayer::kFrequencies) {
        return hal::fail(ErrorCode::InvalTone, "a tone has one to four frequencies");
    }
    dsp::TonePattern pattern = steady(0);
    for (std::size_t i = 0; i < tones.size(); ++i) {
        const TspiGenerateTone& tone = tones[i];
        if (tone.frequency == 0 || tone.frequency > 3800) {
            return hal::fail(ErrorCode::InvalTone, "frequencies are 1 to 3800 Hz");
        }
        if (tone.cadenceOn != tones[0].cadenceOn || tone.cadenceOff != tones[0].cadenceOff) {
            return hal::fail(ErrorCode::InvalTone, "the frequencies of a tone have one cadence");
        }
        pattern.steps[0].hertz[i] = static_cast<float>(tone.frequency);
    }
    if (tones[0].cadenceOn != 0) {
        const auto step = [](std::uint32_t ms) {
            return static_cast<std::uint16_t>(std::clamp(ms, 1U, kLongestStep));
        };
        pattern.steps[0].milliseconds = step(tones[0].cadenceOn);
        pattern.steps[1].milliseconds = step(tones[0].cadenceOff);
        pattern.count = tones[0].cadenceOff != 0 ? 2 : 1;
    }
    return pattern;
}

Result<dsp::TonePattern> ofNetwork(const LineProfile& profile, dsp::ToneKind kind) {
    const dsp::CountryTones* country = dsp::builtinTones().find(profile.code);
    const dsp::TonePattern* pattern = country != nullptr ? country->find(kind) : nullptr;
    if (pattern == nullptr) {
        return hal::fail(ErrorCode::InvalToneMode, "the country's table has no such tone");
    }
    return *pattern;
}

double levelOf(std::span<const TspiGenerateTone> tones) {
    if (tones.empty() || tones[0].volume == 0) {
        return kLevel;
    }
    const double part = std::min(tones[0].volume, 0xFFFFU) / 65535.0;
    return kLoudest + 20 * std::log10(part);
}

Result<dsp::TonePattern> patternOf(const LineProfile& profile, std::uint32_t mode,
                                   std::span<const TspiGenerateTone> tones) {
    switch (mode) {
    case LINETONEMODE_CUSTOM: return custom(tones);
    case LINETONEMODE_BEEP: return steady(1000);
    case LINETONEMODE_RINGBACK: return ofNetwork(profile, dsp::ToneKind::Ringback);
    case LINETONEMODE_BUSY: return ofNetwork(profile, dsp::ToneKind::Busy);
    default: return hal::fail(ErrorCode::InvalToneMode, "this line has no such tone");
    }
}

}  // namespace

Result<void> TonePlayer::start(const LineProfile& profile, std::uint32_t mode,
                               std::uint32_t duration, std::span<const TspiGenerateTone> tones) {
    const auto pattern = patternOf(profile, mode, tones);
    if (!pattern) {
        return tl::unexpected(pattern.error());
    }
    if (mode == LINETONEMODE_BEEP && duration == 0) {
        duration = kBeepLength;
    }
    sequence_.emplace(*pattern, mode == LINETONEMODE_CUSTOM ? levelOf(tones) : kLevel);
    left_.reset();
    if (duration != 0) {
        left_ = std::uint64_t{duration} * dsp::kSampleRate / 1000;
    }
    return {};
}

bool TonePlayer::mix(std::span<std::int16_t> samples) {
    if (!sequence_) {
        return false;
    }
    const auto count = static_cast<std::size_t>(
        std::min<std::uint64_t>(left_.value_or(samples.size()), samples.size()));
    sequence_->mix(samples.first(count));
    if (left_ && (*left_ -= count) == 0) {
        stop();
        return true;
    }
    return false;
}

}  // namespace tipring::analog
