// SPDX-License-Identifier: Apache-2.0
#include "script/script_tones.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "sound/announcement.h"
#include "sound/fixed_math.h"
#include "sound/key_player.h"
#include "sound/tone_player.h"
#include "tipring/hal/dsp/modem_tone.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kPerMs = 8;
constexpr std::size_t kDefaultLength = 24000;
constexpr double kDefaultLevel = -13;
constexpr double kSpeechLevel = -16;  // of Announcement

dsp::TonePattern steady(float one, float two, std::uint16_t milliseconds) {
    dsp::TonePattern pattern;
    pattern.steps[0].hertz = {one, two};
    pattern.steps[0].milliseconds = milliseconds;
    pattern.count = 1;
    return pattern;
}

struct Named {
    std::string_view name;
    dsp::TonePattern (*make)();
    double dbm0 = kDefaultLevel;
    unsigned milliseconds = 3000;  ///< when no time is said
};
constexpr Named kTones[] = {
    {"cng", [] { return dsp::modemTonePattern(dsp::ModemTone::FaxCalling); }, kDefaultLevel, 35000},
    {"ct", [] { return dsp::modemTonePattern(dsp::ModemTone::DataCalling); }, kDefaultLevel, 30000},
    {"ced", [] { return dsp::modemTonePattern(dsp::ModemTone::Answer); }},
    {"bell", [] { return dsp::modemTonePattern(dsp::ModemTone::BellAnswer); }},
    {"cas", [] { return dsp::modemTonePattern(dsp::ModemTone::CallerAlert); }, kDefaultLevel, 80},
    {"beep", [] { return steady(1000, 0, 400); }, kDefaultLevel, 400},
    {"milliwatt", [] { return steady(1004, 0, 0); }, 0},
};
constexpr std::array<std::string_view, 2> kAnswerTones{"ans", "ansam"};
constexpr std::array<std::string_view, 5> kHeard{"cng", "ct", "ced", "ansam", "bell"};

template <class List>
bool has(const List& list, std::string_view name) {
    return std::find(std::begin(list), std::end(list), name) != std::end(list);
}
const Named* find(std::string_view name) {
    const auto* at = std::find_if(std::begin(kTones), std::end(kTones),
                                  [&](const Named& each) { return each.name == name; });
    return at == std::end(kTones) ? nullptr : at;
}

/// "440" or "440+480", 100 to 3800 Hz.
std::optional<std::pair<float, float>> frequencies(std::string_view text) {
    const auto hertz = [](std::string_view part) -> std::optional<float> {
        unsigned value = 0;
        const char* end = part.data() + part.size();
        const auto read = std::from_chars(part.data(), end, value);
        const bool good =
            read.ec == std::errc{} && read.ptr == end && value >= 100 && value <= 3800;
        return good ? std::optional{static_cast<float>(value)} : std::nullopt;
    };
    const std::size_t plus = text.find('+');
    const auto first = hertz(text.substr(0, plus));
    const auto second =
        plus == std::string_view::npos ? std::optional{0.0F} : hertz(text.substr(plus + 1));
    return first && second ? std::optional{std::pair{*first, *second}} : std::nullopt;
}

class Pattern final : public SoundSource {
public:
    Pattern(const dsp::TonePattern& pattern, std::size_t samples, double dbm0)
        : pattern_(pattern), left_(samples) {
        player_.start(&pattern_, false, dbm0);
    }
    std::size_t read(std::span<std::int16_t> samples) override {
        const std::size_t count = std::min(left_, samples.size());
        player_.mix(samples.first(count));
        left_ -= count;
        return count;
    }

private:
    dsp::TonePattern pattern_;
    TonePlayer player_;
    std::size_t left_;
};

/// ITU-T V.8 and V.25: 2100 Hz, turned by 180 degrees each 450 ms, and modulated by 15 Hz.
class AnswerTone final : public SoundSource {
public:
    AnswerTone(bool modulated, std::size_t samples, double dbm0)
        : carrier_(2100, peakOf(dbm0)),
          modulation_(15, modulated ? 0.2 * kWhole : 0),
          left_(samples) {}
    std::size_t read(std::span<std::int16_t> samples) override {
        const std::size_t count = std::min(left_, samples.size());
        for (std::int16_t& sample : samples.first(count)) {
            sign_ = at_ != 0 && at_ % kTurn == 0 ? -sign_ : sign_;
            ++at_;
            const std::int64_t strength = (kWhole << Sine::kFraction) + modulation_.next();
            const std::int64_t value = carrier_.next() * strength / (kWhole << Sine::kFraction);
            addRounded(sample, static_cast<std::int32_t>(sign_ * value));
        }
        left_ -= count;
        return count;
    }

private:
    static constexpr std::int64_t kWhole = 16384;
    static constexpr std::size_t kTurn = 3600;
    Sine carrier_, modulation_;
    std::size_t left_, at_ = 0;
    std::int64_t sign_ = 1;
};

class Speech final : public SoundSource {
public:
    Speech(std::uint32_t seed, std::size_t samples, float dbm0)
        : random_(seed * 2654435761U + 1), left_(samples), gain_(gainOf(dbm0 - kSpeechLevel)) {}
    std::size_t read(std::span<std::int16_t> samples) override {
        const auto part = samples.first(std::min(left_, samples.size()));
        std::size_t done = 0;
        while (done < part.size()) {
            if (!voice_.active()) {
                voice_.start(sentence());
            }
            done += voice_.mix(part.subspan(done));
        }
        for (std::int16_t& sample : part) {
            const double scaled = std::clamp(sample * gain_, -32768.0, 32767.0);
            sample = static_cast<std::int16_t>(std::lrint(scaled));
        }
        left_ -= part.size();
        return part.size();
    }

private:
    /// Words of two to five syllables.
    std::string sentence() {
        std::string text;
        for (unsigned word = 0; word < 6; ++word) {
            const unsigned syllables = 2 + next() % 4;
            for (unsigned i = 0; i < syllables; ++i) {
                text += static_cast<char>('a' + next() % 26);
            }
            text += ' ';
        }
        return text;
    }
    std::uint32_t next() {
        random_ = random_ * 1664525U + 1013904223U;
        return random_ >> 16;
    }

    Announcement voice_;
    std::uint32_t random_;
    std::size_t left_;
    double gain_;
};

class Keys final : public SoundSource {
public:
    Keys(std::string_view keys, std::size_t on, std::size_t off, float dbm0, std::size_t lead)
        : player_(on, off, dbm0), lead_(lead) {
        player_.push(keys);
    }
    std::size_t read(std::span<std::int16_t> samples) override {
        const std::size_t quiet = std::min(lead_, samples.size());
        lead_ -= quiet;
        if (quiet == samples.size()) {
            return quiet;
        }
        if (!player_.active()) {
            return quiet;
        }
        player_.mix(samples.subspan(quiet));
        return samples.size();
    }

private:
    KeyPlayer player_;
    std::size_t lead_;
};

class Echo final : public SoundSource {
public:
    Echo(std::shared_ptr<EchoBuffer> buffer, std::size_t samples)
        : buffer_(std::move(buffer)), endless_(samples == 0), left_(samples) {}
    std::size_t read(std::span<std::int16_t> samples) override {
        std::size_t count = std::min(samples.size(), std::size(buffer_->samples));
        count = endless_ ? count : std::min(count, left_);
        std::copy_n(buffer_->samples, count, samples.begin());
        left_ -= endless_ ? 0 : count;
        return count;
    }

private:
    std::shared_ptr<EchoBuffer> buffer_;
    bool endless_;
    std::size_t left_;
};

const dsp::TonePattern* networkTone(std::string_view name, std::string_view country) {
    const auto kind = dsp::toneKindOf(name);
    if (!kind) {
        return nullptr;
    }
    // special information tones of a class are North America's own
    for (const std::string_view code : {country, std::string_view{"US"}}) {
        const dsp::CountryTones* tones = dsp::builtinTones().find(code);
        if (const auto* pattern = tones != nullptr ? tones->find(*kind) : nullptr) {
            return pattern;
        }
    }
    return nullptr;
}

}  // namespace

void EchoBuffer::hear(std::span<const std::int16_t> block) {
    std::copy_n(block.begin(), std::min(block.size(), std::size(samples)), samples);
}

bool isPlayedTone(std::string_view name) {
    return find(name) != nullptr || has(kAnswerTones, name) || dsp::toneKindOf(name).has_value() ||
           frequencies(name).has_value();
}

bool isHeardTone(std::string_view name) {
    return has(kHeard, name) || dsp::toneKindOf(name).has_value();
}

std::unique_ptr<SoundSource> makeTone(std::string_view name, std::string_view country,
                                      std::size_t samples, std::optional<float> dbm0) {
    const double level = dbm0.value_or(kDefaultLevel);
    if (const Named* named = find(name)) {
        return std::make_unique<Pattern>(named->make(),
                                         samples != 0 ? samples : named->milliseconds * kPerMs,
                                         dbm0 ? *dbm0 : named->dbm0);
    }
    const std::size_t length = samples != 0 ? samples : kDefaultLength;
    if (has(kAnswerTones, name)) {
        return std::make_unique<AnswerTone>(name == "ansam", length, level);
    }
    if (const auto hertz = frequencies(name)) {
        return std::make_unique<Pattern>(steady(hertz->first, hertz->second, 0), length, level);
    }
    if (const auto* pattern = networkTone(name, country)) {
        const bool once = name.starts_with("sit-") || name == "information";
        return std::make_unique<Pattern>(
            *pattern, samples == 0 && once ? patternLength(*pattern) * kPerMs : length, level);
    }
    return nullptr;
}

std::unique_ptr<SoundSource> makeSpeech(std::uint32_t seed, std::size_t samples, float dbm0) {
    return std::make_unique<Speech>(seed, samples, dbm0);
}
std::unique_ptr<SoundSource> makeKeys(std::string_view keys, std::size_t on, std::size_t off,
                                      float dbm0, std::size_t lead) {
    return std::make_unique<Keys>(keys, on, off, dbm0, lead);
}
std::unique_ptr<SoundSource> makeEcho(std::shared_ptr<EchoBuffer> buffer, std::size_t samples) {
    return std::make_unique<Echo>(std::move(buffer), samples);
}

}  // namespace tipring::sim
