// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/detector_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace tipring::media {
namespace {

/// All detectors hear pieces of this size, so that their events stay in order for any block.
constexpr std::size_t kPiece = 160;

template <class Event>
DetectorEvent wrapped(const Event& event) {
    if constexpr (std::is_same_v<Event, dsp::CallerIdEvent>) {
        return CallerIdHeard{&event};
    } else {
        return event;
    }
}

hal::Result<void> checkTones(const std::vector<dsp::WantedTone>& tones) {
    std::size_t frequencies = 0;
    for (const dsp::WantedTone& tone : tones) {
        const auto sound = [](float hertz) { return hertz >= 100 && hertz <= 3800; };
        if (!sound(tone.hertz) || (tone.second != 0 && !sound(tone.second))) {
            return hal::fail(
                hal::ErrorCode::InvalTone,
                fmt::format("a monitored tone of {} and {} Hz is outside 100 to 3800 Hz",
                            tone.hertz, tone.second));
        }
        frequencies += tone.second != 0 ? 2 : 1;
    }
    if (frequencies > dsp::ToneDetector::kMostFrequencies) {
        return hal::fail(hal::ErrorCode::InvalTone,
                         fmt::format("{} monitored frequencies are more than {}", frequencies,
                                     dsp::ToneDetector::kMostFrequencies));
    }
    return {};
}

}  // namespace

struct DetectorSet::State {
    std::optional<dsp::DtmfDetector> dtmf;
    std::optional<dsp::CallProgressDetector> progress;
    std::optional<dsp::FaxCallingDetector> fax;
    std::optional<dsp::AnswerToneDetector> answerTone;
    std::optional<dsp::VoiceDetector> voice;
    std::optional<dsp::BeepDetector> beep;
    std::optional<dsp::AnsweringMachineDetector> answerer;
    std::optional<dsp::ToneDetector> tones;
    std::optional<dsp::CallerIdReceiver> callerId;
    dsp::SamplePosition position = 0;

    /// One function for each of them.
    template <class Function>
    void each(Function function) {
        const auto visit = [&function](auto& detector) {
            if (detector) {
                function(*detector);
            }
        };
        visit(dtmf);
        visit(progress);
        visit(fax);
        visit(answerTone);
        visit(voice);
        visit(beep);
        visit(answerer);
        visit(tones);
        visit(callerId);
    }
};

hal::Result<DetectorSet> DetectorSet::create(const DetectorSettings& settings) {
    const dsp::CountryTones* country = dsp::builtinTones().find(settings.country);
    if (settings.progress && country == nullptr) {
        return hal::fail(
            hal::ErrorCode::InvalParam,
            fmt::format("the tones of the country \"{}\" are not known", settings.country));
    }
    if (auto checked = checkTones(settings.tones); !checked) {
        return tl::unexpected(std::move(checked.error()));
    }
    const dsp::CallerIdStandard* callerId = dsp::callerIdStandard(settings.callerId);
    if (!settings.callerId.empty() && callerId == nullptr) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("the caller ID of \"{}\" is not known", settings.callerId));
    }
    auto state = std::make_unique<State>();
    const auto make = [](auto& detector, bool wanted, const auto&... arguments) {
        if (wanted) {
            detector.emplace(arguments...);
        }
    };
    make(state->dtmf, settings.digits, settings.dtmf);
    if (settings.progress) {
        state->progress.emplace(*country);
    }
    if (!settings.callerId.empty()) {
        state->callerId.emplace(*callerId);
    }
    make(state->fax, settings.fax);
    make(state->answerTone, settings.answerTone);
    make(state->voice, settings.voice, settings.voices);
    make(state->beep, settings.beep && !settings.answerer);
    make(state->answerer, settings.answerer);
    make(state->tones, !settings.tones.empty(), settings.tones);
    return DetectorSet(std::move(state));
}

DetectorSet::DetectorSet(std::unique_ptr<State> state) : state_(std::move(state)) {}
DetectorSet::DetectorSet(DetectorSet&&) noexcept = default;
DetectorSet& DetectorSet::operator=(DetectorSet&&) noexcept = default;
DetectorSet::~DetectorSet() = default;

void DetectorSet::process(std::span<const std::int16_t> samples,
                          dsp::Listener<DetectorEvent> tell) {
    while (!samples.empty()) {
        const std::size_t room = kPiece - state_->position % kPiece;
        const auto piece = samples.first(std::min(samples.size(), room));
        state_->each([&](auto& detector) {
            detector.process(piece, [&tell](const auto& event) { tell(wrapped(event)); });
        });
        state_->position += piece.size();
        samples = samples.subspan(piece.size());
    }
}

void DetectorSet::reset() {
    state_->each([](auto& detector) { detector.reset(); });
    state_->position = 0;
}

dsp::SamplePosition DetectorSet::position() const {
    return state_->position;
}

}  // namespace tipring::media
