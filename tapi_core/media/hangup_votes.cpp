// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "tipring/tapi_core/media/detector_set.h"

namespace tipring::media {
namespace {

using std::chrono::milliseconds;

struct Meaning {
    dsp::ToneKind tone;
    HangupSign sign;
};
// Ringback and call waiting say that the call lives.
constexpr Meaning kMeanings[] = {
    {dsp::ToneKind::Busy, HangupSign::BusyTone},
    {dsp::ToneKind::Congestion, HangupSign::CongestionTone},
    {dsp::ToneKind::Dial, HangupSign::DialTone},
    {dsp::ToneKind::SpecialDial, HangupSign::DialTone},
    {dsp::ToneKind::Unobtainable, HangupSign::UnobtainableTone},
    {dsp::ToneKind::Howler, HangupSign::UnobtainableTone},
    {dsp::ToneKind::Information, HangupSign::UnobtainableTone},
};

std::optional<HangupVote> progressVote(const dsp::ProgressEvent& event, milliseconds now) {
    if (event.kind == dsp::ProgressEvent::Kind::Ended) {
        return std::nullopt;
    }
    for (const Meaning& meaning : kMeanings) {
        if (meaning.tone == event.tone) {
            // The detector has waited for the cadence: its confidence says all.
            return HangupVote{meaning.sign, static_cast<double>(event.confidence), now, {}};
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<HangupVote> hangupVote(const DetectorEvent& event, milliseconds now) {
    if (const auto* progress = std::get_if<dsp::ProgressEvent>(&event)) {
        return progressVote(*progress, now);
    }
    const auto* voice = std::get_if<dsp::VoiceEvent>(&event);
    if (voice != nullptr && voice->kind == dsp::VoiceEventKind::Silence) {
        return HangupVote{HangupSign::Silence, 1, now,
                          milliseconds(voice->duration * 1000 / dsp::kSampleRate)};
    }
    return std::nullopt;
}

bool showsLife(const DetectorEvent& event) {
    if (const auto* voice = std::get_if<dsp::VoiceEvent>(&event)) {
        return voice->kind == dsp::VoiceEventKind::VoiceStarted;
    }
    return std::holds_alternative<dsp::DtmfEvent>(event);
}

}  // namespace tipring::media
