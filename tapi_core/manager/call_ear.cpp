// SPDX-License-Identifier: Apache-2.0
#include "call_ear.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace tipring::core {
namespace {

constexpr std::uint64_t kSamplesPerMs = dsp::kSampleRate / 1000;
constexpr std::size_t kQuietBegins = 200 * kSamplesPerMs;  // shorter pauses belong to the talk
constexpr float kShortestTone = 60;                        // ms
constexpr float kLeastApart = 150;                         // Hz, as the detector tells them apart

bool isSilence(const TspiMonitorTone& tone) {
    return std::all_of(std::begin(tone.frequency), std::end(tone.frequency),
                       [](std::uint32_t each) { return each == 0; });
}

dsp::WantedTone wantedOf(const TspiMonitorTone& tone) {
    dsp::WantedTone wanted;
    wanted.tag = tone.appSpecific;
    wanted.minimumOn = std::max(kShortestTone, static_cast<float>(tone.duration));
    for (const std::uint32_t frequency : tone.frequency) {
        float& free = wanted.hertz == 0 ? wanted.hertz : wanted.second;
        free = frequency != 0 ? static_cast<float>(frequency) : free;
    }
    return wanted;
}

/// Detectors of the tones alone; none where all of them are silences.
hal::Result<std::optional<media::DetectorSet>> toneSet(std::span<const TspiMonitorTone> tones) {
    media::DetectorSettings settings;
    settings.digits = settings.progress = settings.fax = settings.answerTone = settings.voice =
        false;
    for (const TspiMonitorTone& tone : tones) {
        if (isSilence(tone)) {
            continue;
        }
        settings.tones.push_back(wantedOf(tone));
        const dsp::WantedTone& wanted = settings.tones.back();
        if (wanted.second != 0 && std::abs(wanted.hertz - wanted.second) < kLeastApart) {
            return hal::fail(hal::ErrorCode::InvalTone,
                             "two frequencies that are heard together are 150 Hz apart");
        }
    }
    std::optional<media::DetectorSet> set;
    if (!settings.tones.empty()) {
        auto made = media::DetectorSet::create(settings);
        if (!made) {
            return tl::unexpected(std::move(made.error()));
        }
        set.emplace(std::move(*made));
    }
    return set;
}

media::DetectorSettings settingsFor(std::string country, tapi::Detections detect) {
    using tapi::Detection;
    media::DetectorSettings settings;
    const bool known = dsp::builtinTones().find(country) != nullptr;
    settings.country = known ? std::move(country) : "US";
    settings.digits = detect.has(Detection::Digits);
    settings.progress = detect.has(Detection::Progress);
    settings.fax = settings.answerTone = detect.has(Detection::Media);
    settings.voices.silence = kQuietBegins;
    if (detect.has(Detection::CallerId)) {
        settings.callerId =
            dsp::callerIdStandard(settings.country) != nullptr ? settings.country : "bell";
    }
    return settings;
}

}  // namespace

hal::Result<std::unique_ptr<CallEar>> CallEar::create(std::string country, tapi::Detections detect,
                                                      Tell tell) {
    auto all = media::DetectorSet::create(settingsFor(std::move(country), detect));
    if (!all) {
        return tl::unexpected(std::move(all.error()));
    }
    return std::unique_ptr<CallEar>(new CallEar(std::move(*all), detect, std::move(tell)));
}

CallEar::CallEar(media::DetectorSet all, tapi::Detections detect, Tell tell)
    : detect_(detect),
      tell_(std::move(tell)),
      all_(std::move(all)),
      quiets_{{kSilence * kSamplesPerMs, 0, false}} {}

hal::Result<void> CallEar::check(std::span<const TspiMonitorTone> tones) {
    const auto made = toneSet(tones);
    return made ? hal::Result<void>{} : tl::unexpected(made.error());
}

hal::Result<void> CallEar::setTones(std::span<const TspiMonitorTone> tones) {
    auto set = toneSet(tones);
    if (!set) {
        return tl::unexpected(std::move(set.error()));
    }
    std::vector<Quiet> quiets{{kSilence * kSamplesPerMs, 0, false}};
    for (const TspiMonitorTone& tone : tones) {
        if (isSilence(tone)) {
            const std::uint64_t least = std::max<std::uint64_t>(tone.duration * kSamplesPerMs, 1);
            quiets.push_back({least, tone.appSpecific, false});
        }
    }
    const std::lock_guard lock(mutex_);
    quiets.front().told = quiets_.front().told;
    quiets_.swap(quiets);
    tones_.swap(*set);
    return {};
}

void CallEar::hear(std::span<const std::int16_t> samples, char playedKey) {
    const std::lock_guard lock(mutex_);
    playedKey_ = playedKey;
    const auto taker = [this](const media::DetectorEvent& event) { take(event); };
    all_.process(samples, taker);
    if (tones_) {
        tones_->process(samples, taker);
    }
    countQuiet();
}

void CallEar::pause() {
    const std::lock_guard lock(mutex_);
    forgetQuiet();
    all_.reset();
    if (tones_) {
        tones_->reset();
    }
}

std::optional<dsp::CallerId> CallEar::takeCallerId() {
    const std::lock_guard lock(mutex_);
    return std::exchange(callerId_, std::nullopt);
}

/// What the echo canceller leaves of a key that a prompt plays.
bool CallEar::ownKey(const media::DetectorEvent& event) {
    const auto* key = std::get_if<dsp::DtmfEvent>(&event);
    if (key != nullptr && key->kind == dsp::DtmfEvent::Kind::Start) {
        echoOfKey_ = playedKey_ != 0 && key->key == playedKey_;
    }
    return key != nullptr && echoOfKey_;
}

void CallEar::take(const media::DetectorEvent& event) {
    if (ownKey(event)) {
        return;
    }
    if (media::showsLife(event)) {
        tell_(Event::Alive, 0, 0);
    }
    std::visit([this](const auto& each) { on(each); }, event);
}

void CallEar::on(const dsp::DtmfEvent& event) {
    const bool start = event.kind == dsp::DtmfEvent::Kind::Start;
    tell_(Event::Digit, static_cast<unsigned char>(event.key),
          start ? LINEDIGITMODE_DTMF : LINEDIGITMODE_DTMFEND);
}

void CallEar::on(const dsp::ProgressEvent& event) {
    if (const auto vote = media::hangupVote(event, {})) {
        tell_(Event::Vote, static_cast<std::uint32_t>(vote->sign),
              static_cast<std::uint32_t>(vote->confidence * 100));
    }
    if (event.kind == dsp::ProgressEvent::Kind::Heard) {
        tell_(Event::Progress, static_cast<std::uint32_t>(event.tone), 0);
    }
}

void CallEar::on(const dsp::FaxCallingEvent&) {
    tell_(Event::Media, LINEMEDIAMODE_G3FAX, 0);
}

void CallEar::on(const dsp::AnswerToneEvent& event) {
    if (event.kind == dsp::AnswerToneEvent::Kind::Start) {
        tell_(Event::Media, LINEMEDIAMODE_DATAMODEM, 0);
    }
}

void CallEar::on(const dsp::VoiceEvent& event) {
    if (event.kind == dsp::VoiceEventKind::Silence) {
        quietSince_ = event.position;
    } else if (event.kind == dsp::VoiceEventKind::VoiceStarted ||
               event.kind == dsp::VoiceEventKind::ToneStarted) {
        endQuiet();
    }
}

void CallEar::on(const dsp::ToneEvent& event) {
    if (event.kind == dsp::ToneEvent::Kind::Start) {
        tell_(Event::Tone, event.tag, 0);
    }
}

void CallEar::on(const media::CallerIdHeard& event) {
    callerId_ = event.event->id;
    tell_(Event::CallerId, 0, 0);
}

void CallEar::endQuiet() {
    if (quiets_.front().told) {
        tell_(Event::Sound, 0, 0);
    }
    forgetQuiet();
}

void CallEar::forgetQuiet() {
    quietSince_.reset();
    for (Quiet& quiet : quiets_) {
        quiet.told = false;
    }
}

/// Silences of every length that is listened for.
void CallEar::countQuiet() {
    if (!quietSince_) {
        return;
    }
    const std::uint64_t lasted = all_.position() - *quietSince_;
    for (Quiet& quiet : quiets_) {
        if (lasted < quiet.samples || std::exchange(quiet.told, true)) {
            continue;
        }
        if (quiet.tag != 0) {
            tell_(Event::Tone, quiet.tag, 0);
        } else {
            tell_(Event::Silence, 0, static_cast<std::uint32_t>(lasted / kSamplesPerMs));
        }
    }
}

}  // namespace tipring::core
