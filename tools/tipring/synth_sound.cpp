// SPDX-License-Identifier: Apache-2.0
#include "synth_sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "caller_id_fields.h"
#include "ear.h"
#include "sound_file.h"
#include "tipring/hal/dsp/caller_id_sender.h"
#include "tipring/hal/dsp/modem_tone.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::tools {
namespace {

using hal::Result;
using Sound = std::vector<std::int16_t>;

constexpr double kMostSeconds = 3600;
// What networks use, each frequency (GR-506, ES 201 235-2, GR-30).
constexpr double kToneLevel = -13, kKeyLevel = -10, kCallerIdLevel = -13.5;
constexpr double kVoiceLevel = -5.6;  // of the sine with the peak of makeVoice()

std::size_t samplesOf(double seconds) {
    return static_cast<std::size_t>(std::lround(seconds * dsp::kSampleRate));
}
std::size_t samplesOfMs(unsigned milliseconds) {
    return std::size_t{milliseconds} * dsp::kSampleRate / 1000;
}

template <class Value>
Result<Value> wrong(std::string_view kind, std::string_view text, std::string_view why) {
    return hal::fail(hal::ErrorCode::InvalParam, fmt::format("--{} {}: {}", kind, text, why));
}

/// A whole text as a number between limits.
std::optional<double> numberOf(std::string_view text, double least, double most) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

Sound sequence(const dsp::TonePattern& pattern, double level, double seconds) {
    Sound sound(samplesOf(seconds));
    dsp::ToneSequence tone(pattern, level);
    tone.mix(sound);
    return sound;
}

Result<Sound> makeKeys(const SynthPiece& piece, const SynthSettings& settings) {
    constexpr double kPause = 2;  // of a comma, as when dialling
    const double level = settings.level.value_or(kKeyLevel);
    Sound sound;
    for (const char key : piece.text) {
        const auto pair = dsp::dtmfPair(key);
        if (key == ',') {
            sound.resize(sound.size() + samplesOf(kPause));
            continue;
        }
        if (!pair) {
            return wrong<Sound>(piece.kind, piece.text,
                                "keys are 0-9 * # A-D, and a comma is a pause");
        }
        const std::size_t begin = sound.size(), on = samplesOfMs(settings.on);
        sound.resize(begin + on + samplesOfMs(settings.off));
        dsp::ToneGenerator low, high;
        low.start(pair->low, 0, level, on);
        high.start(pair->high, 0, level + settings.twist, on);
        low.mix(std::span(sound).subspan(begin));
        high.mix(std::span(sound).subspan(begin));
    }
    return sound;
}

/// Twice the rhythm and the beginning of a third time, or 3 s.
double lengthOf(const dsp::TonePattern& pattern) {
    double once = 0, again = 0;
    for (std::size_t i = 0; i < pattern.count; ++i) {
        (i < pattern.repeatFrom ? once : again) += pattern.steps[i].milliseconds / 1000.0;
    }
    return std::max(3.0,
                    once + 2 * again + pattern.steps[pattern.repeatFrom].milliseconds / 1000.0);
}

Result<Sound> makeTone(const SynthPiece& piece, const SynthSettings& settings) {
    const auto kind = dsp::toneKindOf(piece.text);
    const dsp::CountryTones* country = dsp::builtinTones().find(settings.country);
    if (!kind || country == nullptr) {
        return wrong<Sound>(
            piece.kind, piece.text,
            kind ? fmt::format("the tones of the country \"{}\" are not known", settings.country)
                 : "no such tone; `tipring synth --list` has all");
    }
    const dsp::TonePattern* pattern = country->find(*kind);
    if (pattern == nullptr) {
        return wrong<Sound>(piece.kind, piece.text,
                            fmt::format("not among the tones of {}; `tipring synth --list` has all",
                                        country->name));
    }
    return sequence(*pattern, settings.level.value_or(kToneLevel),
                    settings.seconds.value_or(lengthOf(*pattern)));
}

/// The standard with another alert before the message.
bool alertWith(dsp::CallerIdStandard& standard, std::string_view alert) {
    struct Alert {
        std::string_view name;
        dsp::CallerIdAlert alert;
        unsigned length;  // ms
    };
    constexpr std::array<Alert, 4> kAlerts{{{"none", dsp::CallerIdAlert::None, 0},
                                            {"dt-as", dsp::CallerIdAlert::DualTone, 100},
                                            {"ring", dsp::CallerIdAlert::FirstRing, 2000},
                                            {"reversal", dsp::CallerIdAlert::Reversal, 0}}};
    for (const Alert& each : kAlerts) {
        if (each.name == alert) {
            standard.alert = each.alert;
            standard.alertLength = each.length;
            return true;
        }
    }
    return alert.empty();
}

Result<Sound> sendCallerId(const SynthPiece& piece, const SynthSettings& settings,
                           const dsp::CallerId& id) {
    const dsp::CallerIdStandard* named = standardNamed(settings.standard, settings.country);
    if (named == nullptr) {
        return wrong<Sound>("standard", settings.standard, "no such standard of caller ID");
    }
    dsp::CallerIdStandard standard = *named;
    if (!alertWith(standard, settings.alert)) {
        return wrong<Sound>("alert", settings.alert, "none, dt-as, ring or reversal");
    }
    dsp::CallerIdSender sender(standard, settings.level.value_or(kCallerIdLevel));
    if (!sender.start(id)) {
        return wrong<Sound>(piece.kind, piece.text,
                            fmt::format("the caller ID of \"{}\" as {} cannot say that",
                                        standard.name, settings.format));
    }
    Sound sound;
    std::array<std::int16_t, 80> block{};
    while (sender.active()) {
        block.fill(0);
        sender.mix(block, [](const dsp::CallerIdRequest&) {});  // rings and polarity are no sound
        sound.insert(sound.end(), block.begin(), block.end());
    }
    return sound;
}

bool isSingle(const SynthSettings& settings) {
    return settings.format == "sdmf";
}

bool isNtt(const SynthSettings& settings) {
    const auto* standard = standardNamed(settings.standard, settings.country);
    return standard != nullptr && standard->framing == dsp::FskFraming::Ntt;
}

Result<Sound> makeCallerId(const SynthPiece& piece, const SynthSettings& settings) {
    auto id = parseCallerIdFields(piece.text);
    if (!id) {
        return tl::unexpected(std::move(id.error()));
    }
    if (isNtt(settings)) {
        id->type = dsp::CallerIdType::NttCallSetup;  // it has but this format
    } else if (isSingle(settings)) {
        id->type = dsp::CallerIdType::SingleCallSetup;
        id->time = id->time.value_or(dsp::CallerIdTime{});  // it has no message without one
    }
    return sendCallerId(piece, settings, *id);
}

Result<Sound> makeLamp(const SynthPiece& piece, const SynthSettings& settings) {
    dsp::CallerId id;
    id.type = isNtt(settings)      ? dsp::CallerIdType::NttCallSetup
              : isSingle(settings) ? dsp::CallerIdType::SingleMessageWaiting
                                   : dsp::CallerIdType::MessageWaiting;
    id.messageWaiting = piece.text == "on";
    return sendCallerId(piece, settings, id);
}

Result<Sound> makeCas(const SynthPiece& piece, const SynthSettings& settings) {
    const auto tone = piece.text == "us" ? dsp::ModemTone::CallerAlert : dsp::ModemTone::DataAlert;
    const dsp::TonePattern pattern = dsp::modemTonePattern(tone);
    return sequence(pattern, settings.level.value_or(kToneLevel),
                    pattern.steps[0].milliseconds / 1000.0);
}

Sound answerTone(const dsp::AnswerToneGenerator::Form& form, const SynthSettings& settings) {
    constexpr double kLength = 3.3;  // V.25: 2.6 to 4 s
    Sound sound(samplesOf(settings.seconds.value_or(kLength)));
    dsp::AnswerToneGenerator tone(form, settings.level.value_or(kToneLevel));
    tone.mix(sound);
    return sound;
}

Result<Sound> makeFax(const SynthPiece& piece, const SynthSettings& settings) {
    constexpr double kTwoBursts = 4.1;
    if (piece.text == "ced") {
        return answerTone({.reversals = false, .modulated = false}, settings);
    }
    return sequence(dsp::modemTonePattern(dsp::ModemTone::FaxCalling),
                    settings.level.value_or(kToneLevel), settings.seconds.value_or(kTwoBursts));
}

Result<Sound> makeAnswerTone(const SynthPiece& piece, const SynthSettings& settings) {
    return answerTone(
        {.reversals = piece.text.ends_with("-pr"), .modulated = piece.text.starts_with("ansam")},
        settings);
}

/// Frequencies with a plus between them, for a time.
Result<Sound> makeSines(const SynthPiece& piece, const SynthSettings& settings, double seconds,
                        std::size_t most) {
    dsp::TonePattern pattern;
    pattern.count = 1;
    std::string_view rest = piece.text;
    for (std::size_t i = 0; i == 0 || !rest.empty(); ++i) {
        const auto plus = rest.find('+');
        const auto hertz = numberOf(rest.substr(0, plus), 20, 3999);
        if (!hertz || i == most || plus == rest.size() - 1) {
            return wrong<Sound>(
                piece.kind, piece.text,
                fmt::format("a frequency is 20 to 3999 Hz, and there are {} at most", most));
        }
        pattern.steps[0].hertz[i] = static_cast<float>(*hertz);
        rest = plus == std::string_view::npos ? std::string_view{} : rest.substr(plus + 1);
    }
    return sequence(pattern, settings.level.value_or(kToneLevel),
                    settings.seconds.value_or(seconds));
}

Result<Sound> makeBeep(const SynthPiece& piece, const SynthSettings& settings) {
    return makeSines(piece, settings, 0.4, 1);
}
Result<Sound> makeHertz(const SynthPiece& piece, const SynthSettings& settings) {
    return makeSines(piece, settings, 1, dsp::ToneStep::kMost);
}

Result<Sound> makeSilence(const SynthPiece& piece, const SynthSettings&) {
    const auto seconds = numberOf(piece.text, 0, kMostSeconds);
    return seconds ? Result<Sound>(Sound(samplesOf(*seconds)))
                   : wrong<Sound>(piece.kind, piece.text, "seconds, 3600 at most");
}

Result<Sound> makeBabble(const SynthPiece& piece, const SynthSettings& settings) {
    const auto seconds = numberOf(piece.text, 0.1, 600);
    if (!seconds) {
        return wrong<Sound>(piece.kind, piece.text, "seconds, 0.1 to 600");
    }
    Sound sound = makeVoice(std::chrono::milliseconds(std::lround(*seconds * 1000)));
    const double gain = std::pow(10, (settings.level.value_or(kVoiceLevel) - kVoiceLevel) / 20);
    for (std::int16_t& sample : sound) {
        sample = static_cast<std::int16_t>(std::clamp(sample * gain, -32768.0, 32767.0));
    }
    return sound;
}

std::vector<std::string> toneKinds() {
    std::vector<std::string> names;
    for (std::size_t kind = 0; kind < dsp::kToneKinds; ++kind) {
        names.emplace_back(dsp::toneKindName(static_cast<dsp::ToneKind>(kind)));
    }
    return names;
}

using Make = Result<Sound> (*)(const SynthPiece& piece, const SynthSettings& settings);
struct Kind {
    std::string_view name, value, help;
    Make make;
    std::vector<std::string> values;
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> kKinds{
        {"dtmf", "KEYS", "Keys: 0-9 * # A-D; a comma is a pause of 2 s", makeKeys, {}},
        {"tone", "KIND", "A tone of the network: dial, busy, ringback, ... (see --list)", makeTone,
         toneKinds()},
        {"caller-id",
         "FIELDS",
         "number=5551234,name=\"J DOE\",date=11-25,time=09:30,...",
         makeCallerId,
         {}},
        {"vmwi", "on|off", "The lamp of the operator's mailbox", makeLamp, {"on", "off"}},
        {"cas",
         "us|etsi",
         "Alerting signal: CAS (80 ms) or DT-AS (100 ms)",
         makeCas,
         {"us", "etsi"}},
        {"fax", "cng|ced", "Fax calling tone, fax answer tone", makeFax, {"cng", "ced"}},
        {"answer-tone",
         "KIND",
         "Of a modem: ans, ansam, with reversals ans-pr, ansam-pr",
         makeAnswerTone,
         {"ans", "ansam", "ans-pr", "ansam-pr"}},
        {"beep", "HERTZ", "Beep of an answering machine, 0.4 s", makeBeep, {}},
        {"hertz", "F[+F..]", "Any frequencies at once, up to four, 1 s", makeHertz, {}},
        {"silence", "SECONDS", "Nothing", makeSilence, {}},
        {"voice", "SECONDS", "Babble like a person's", makeBabble, {}},
    };
    return kKinds;
}

Result<Sound> makePiece(const SynthPiece& piece, const SynthSettings& settings) {
    for (const Kind& kind : kinds()) {
        if (kind.name == piece.kind) {
            return kind.make(piece, settings);
        }
    }
    return wrong<Sound>(piece.kind, piece.text, "no such piece");
}

}  // namespace

std::vector<SynthKind> synthKinds() {
    std::vector<SynthKind> all;
    for (const Kind& kind : kinds()) {
        all.push_back({kind.name, kind.value, kind.help, kind.values});
    }
    return all;
}

Result<Sound> synthesize(const SynthSettings& settings) {
    const Sound pause(samplesOfMs(settings.pause));
    Sound all = pause;
    for (const SynthPiece& piece : settings.pieces) {
        const auto sound = makePiece(piece, settings);
        if (!sound) {
            return tl::unexpected(sound.error());
        }
        all.insert(all.end(), sound->begin(), sound->end());
        all.insert(all.end(), pause.begin(), pause.end());
        if (all.size() > samplesOf(kMostSeconds)) {
            return hal::fail(hal::ErrorCode::InvalParam, "that is longer than an hour");
        }
    }
    sim::Copper copper(settings.seed);
    copper.set(settings.copper);
    copper.carry(all);
    return all;
}

}  // namespace tipring::tools
