// SPDX-License-Identifier: Apache-2.0
#include "ear.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <type_traits>
#include <utility>

#include "heard_text.h"
#include "tipring/tapi_core/media/detector_set.h"

namespace tipring::tools {
namespace {

using dsp::SamplePosition;

constexpr SamplePosition kSecond = dsp::kSampleRate;
/// As long as a tone may pause before it is over (ringback), in which whatever still sounds ends.
constexpr SamplePosition kAfter = 8 * kSecond;
constexpr SamplePosition kSilence = 2 * kSecond;  // shorter ones are not told
constexpr SamplePosition kFaxPeriod = kSecond * 7 / 2;
constexpr SamplePosition kFaxBurst = kSecond / 2;
constexpr SamplePosition kBeforeBytes = kSecond * 6 / 10;  // seizure and mark of a caller ID
constexpr SamplePosition kAfterBytes = kSecond / 5;

template <class What>
bool is(const Heard& heard) {
    return std::holds_alternative<What>(heard.what);
}

bool isUnknownTone(const Heard& heard) {
    const auto* tone = std::get_if<HeardTone>(&heard.what);
    return tone != nullptr && tone->name == "unknown";
}

/// The part of a sound that something explains.
struct Span {
    SamplePosition from = 0, until = 0;
};

Span explainedBy(const Heard& heard) {
    Span span{heard.at, heard.at + heard.duration};
    if (is<HeardFax>(heard)) {
        span.until = heard.at + kFaxPeriod;
    } else if (is<HeardCallerId>(heard)) {
        span = {heard.at - std::min(heard.at, kBeforeBytes), span.until + kAfterBytes};
    }
    return span;
}

SamplePosition overlap(const Heard& heard, const Span& span) {
    const SamplePosition from = std::max(heard.at, span.from);
    const SamplePosition until = std::min(heard.at + heard.duration, span.until);
    return until > from ? until - from : 0;
}

/// What is told only where nothing better explains the sound, weakest first.
int strength(const Heard& heard) {
    return is<HeardSilence>(heard) ? 0
           : is<HeardVoice>(heard) ? 1
           : isUnknownTone(heard)  ? 2
           : is<HeardBeep>(heard)  ? 3
                                   : 4;
}

bool explained(const Heard& heard, const std::vector<Heard>& all) {
    SamplePosition covered = 0;
    for (const Heard& other : all) {
        if (strength(other) > strength(heard)) {
            covered += overlap(heard, explainedBy(other));
        }
    }
    // A word between two keys is a word; a pause in which a key comes is none.
    return strength(heard) < 4 && covered * (is<HeardSilence>(heard) ? 16 : 2) > heard.duration;
}

/// A silence lasts until the next sound.
void measureSilence(Heard& silence, const std::vector<Heard>& all, SamplePosition end) {
    SamplePosition until = end;
    for (const Heard& other : all) {
        if (!is<HeardSilence>(other) && other.at > silence.at) {
            until = std::min(until, explainedBy(other).from);
        }
    }
    silence.duration = until > silence.at ? until - silence.at : 0;
}

std::vector<Heard> tidied(std::vector<Heard> all, SamplePosition end) {
    std::erase_if(all, [end](const Heard& heard) { return heard.at >= end; });
    for (Heard& heard : all) {
        heard.duration = std::min(heard.duration, end - heard.at);
    }
    for (Heard& heard : all) {
        if (is<HeardSilence>(heard)) {
            measureSilence(heard, all, end);
        }
    }
    std::vector<Heard> left;
    for (const Heard& heard : all) {
        const bool shortSilence = is<HeardSilence>(heard) && heard.duration < kSilence;
        if (!shortSilence && !explained(heard, all)) {
            left.push_back(heard);
        }
    }
    std::stable_sort(left.begin(), left.end(),
                     [](const Heard& a, const Heard& b) { return a.at < b.at; });
    return left;
}

/// Tones by which modems know each other, but for those that have detectors of their own.
std::vector<dsp::WantedTone> wantedTones() {
    std::vector<dsp::WantedTone> wanted;
    for (const dsp::WantedTone& tone : dsp::modemTones()) {
        const auto which = static_cast<dsp::ModemTone>(tone.tag);
        if (which != dsp::ModemTone::FaxCalling && which != dsp::ModemTone::Answer) {
            wanted.push_back(tone);
        }
    }
    return wanted;
}

}  // namespace

struct Ear::State {
    State(media::DetectorSet detectors, EarSettings wanted, Tell listener)
        : set(std::move(detectors)), settings(std::move(wanted)), tell(std::move(listener)) {}

    void process(std::span<const std::int16_t> samples) {
        set.process(samples, [this](const media::DetectorEvent& event) {
            std::visit([this](const auto& each) { hear(each); }, event);
        });
    }

    void add(Heard heard) {
        if (!settings.live) {
            all.push_back(std::move(heard));
        } else if (heard.at < end) {
            tell(heard);
        }
    }
    /// What goes on: live once, at its beginning; else once, at its end.
    void addLasting(Heard heard, bool begins) {
        if (begins == settings.live) {
            heard.duration = begins ? 0 : heard.duration;
            add(std::move(heard));
        }
    }

    void hear(const dsp::DtmfEvent& event) {
        if (event.kind == dsp::DtmfEvent::Kind::End) {
            add({event.began, event.duration, std::max(event.lowLevel, event.highLevel),
                 HeardKey{event.key}});
        }
    }
    /// A tone that was over may be taken up again from its very beginning, when what follows fits
    /// its pauses: the last word on it is the one to keep.
    void hear(const dsp::ProgressEvent& event) {
        if (event.kind == dsp::ProgressEvent::Kind::Surer) {
            return;
        }
        const auto same = [&event](const Heard& heard) {
            const auto* tone = std::get_if<HeardTone>(&heard.what);
            return tone != nullptr && heard.at == event.began &&
                   tone->name == dsp::toneKindName(event.tone);
        };
        std::erase_if(all, same);
        const Heard heard{event.began, event.duration, event.level, toneOf(event)};
        const bool begins = event.kind == dsp::ProgressEvent::Kind::Heard;
        if (!begins || !same(lastTone)) {
            addLasting(heard, begins);
        }
        lastTone = heard;
    }
    void hear(const dsp::FaxCallingEvent& event) {
        add({event.began, kFaxBurst, event.level, HeardFax{event.bursts}});
    }
    void hear(const dsp::AnswerToneEvent& event) {
        if (event.kind == dsp::AnswerToneEvent::Kind::End) {
            add({event.began, event.position - event.began, event.level,
                 HeardAnswerTone{false, event.reversals, event.modulated}});
        }
    }
    void hear(const dsp::VoiceEvent& event) {
        switch (event.kind) {
        case dsp::VoiceEventKind::VoiceStarted:
            return addLasting({event.position, 0, event.dbm0, HeardVoice{}}, true);
        case dsp::VoiceEventKind::VoiceEnded:
            return addLasting(
                {event.position - std::min<SamplePosition>(event.position, event.duration),
                 event.duration, event.dbm0, HeardVoice{}},
                false);
        case dsp::VoiceEventKind::Silence:
            return add({event.position, 0, event.dbm0, HeardSilence{}});
        case dsp::VoiceEventKind::ToneEnded:
            return addLasting(
                {event.position - std::min<SamplePosition>(event.position, event.duration),
                 event.duration, event.dbm0, HeardTone{"unknown", {}, {}, {}, 0}},
                false);
        case dsp::VoiceEventKind::ToneStarted: break;
        }
    }
    void hear(const dsp::BeepEvent& event) {
        add({event.position, event.duration, event.dbm0, HeardBeep{event.hertz}});
    }
    void hear(const dsp::AnswerEvent&) {}  // not asked for: nobody was called
    void hear(const dsp::ToneEvent& event) {
        if (event.kind != dsp::ToneEvent::Kind::End) {
            return;
        }
        const bool two = event.secondHertz > 0;
        Heard heard{event.began, event.duration,
                    two ? std::max(event.level, event.secondLevel) : event.level, HeardCas{}};
        switch (static_cast<dsp::ModemTone>(event.tag)) {
        case dsp::ModemTone::BellAnswer: heard.what = HeardAnswerTone{true, 0, false}; break;
        case dsp::ModemTone::DataCalling:
            heard.what = HeardTone{"data-calling", {}, {}, {}, 0};
            break;
        default: break;
        }
        add(std::move(heard));
    }
    void hear(const media::CallerIdHeard& event) {
        const dsp::CallerIdEvent& caller = *event.event;
        const float level = caller.standard->hasFsk() ? caller.level : dsp::kSilenceDbm0;
        add({caller.began, caller.ended - caller.began, level,
             HeardCallerId{caller.standard, caller.id}});
    }

    [[nodiscard]] HeardTone toneOf(const dsp::ProgressEvent& event) const {
        HeardTone tone{
            std::string(dsp::toneKindName(event.tone)), settings.country, {}, {}, event.confidence};
        const dsp::CountryTones* country = dsp::builtinTones().find(settings.country);
        if (const auto* pattern = country->find(event.tone); pattern != nullptr) {
            tone.cadence = patternText(*pattern);
        }
        for (std::size_t kind = 0; kind < dsp::kToneKinds; ++kind) {
            const auto other = static_cast<dsp::ToneKind>(kind);
            if (other != event.tone && event.mayBe(other)) {
                tone.alike.emplace_back(dsp::toneKindName(other));
            }
        }
        return tone;
    }

    media::DetectorSet set;
    EarSettings settings;
    Tell tell;
    std::vector<Heard> all;
    Heard lastTone{0, 0, 0, HeardSilence{}};  // of the network
    SamplePosition end = ~SamplePosition{0};  // of the sound, once it is known
};

hal::Result<Ear> Ear::create(const EarSettings& settings, Tell tell) {
    const dsp::CallerIdStandard* standard = standardNamed(settings.standard, settings.country);
    if (standard == nullptr) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("the caller ID of \"{}\" is not known", settings.standard));
    }
    media::DetectorSettings wanted;
    wanted.country = settings.country;
    wanted.beep = true;
    wanted.callerId = std::string(standard->name);
    wanted.tones = wantedTones();
    auto set = media::DetectorSet::create(wanted);
    if (!set) {
        return tl::unexpected(std::move(set.error()));
    }
    return Ear(std::make_unique<State>(std::move(*set), settings, std::move(tell)));
}

Ear::Ear(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ear::Ear(Ear&&) noexcept = default;
Ear& Ear::operator=(Ear&&) noexcept = default;
Ear::~Ear() = default;

void Ear::hear(std::span<const std::int16_t> samples) {
    state_->process(samples);
}

void Ear::finish() {
    state_->end = state_->set.position();
    constexpr std::array<std::int16_t, 800> kQuiet{};
    for (SamplePosition i = 0; i < kAfter; i += kQuiet.size()) {
        state_->process(kQuiet);
    }
    for (const Heard& heard : tidied(std::move(state_->all), state_->end)) {
        state_->tell(heard);
    }
}

const dsp::CallerIdStandard* standardNamed(const std::string& name, const std::string& country) {
    const dsp::CallerIdStandard* own = dsp::callerIdStandard(country);
    if (name.empty()) {
        return own != nullptr ? own : dsp::callerIdStandard("bell");
    }
    const auto modulated = [own](const dsp::FskModulation& modulation) {
        return own != nullptr && own->modulation == modulation;
    };
    if (name == "bell202") {
        return modulated(dsp::kBell202) ? own : dsp::callerIdStandard("bell");
    }
    if (name == "v23") {
        return modulated(dsp::kV23) ? own : dsp::callerIdStandard("etsi-dtas");
    }
    if (name == "dtmf") {
        return own != nullptr && !own->hasFsk() ? own : dsp::callerIdStandard("dtmf-parts");
    }
    // By name alone: a country's code is the business of another option.
    return name.size() > 2 || name == "bt" ? dsp::callerIdStandard(name) : nullptr;
}

}  // namespace tipring::tools
