// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/caller_id_receiver.h"

#include <algorithm>
#include <optional>

#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/fsk_receiver.h"

namespace tipring::dsp {

struct CallerIdReceiver::State {
    explicit State(const CallerIdStandard& which) : standard(&which), digits(which.dtmf) {
        if (which.hasFsk()) {
            FskSettings settings;
            settings.modulation = which.modulation;
            settings.framing = which.framing;
            fsk.emplace(settings);
        }
        if (!which.dtmf.empty()) {
            dtmf.emplace();
        }
    }

    void hear(const FskEvent& event, Listener<CallerIdEvent> tell) const {
        if (event.kind != FskEvent::Kind::Message) {
            return;
        }
        auto id = decodeCallerId(event.bytes, standard->characters);
        if (!id) {
            return;
        }
        id->checksumValid = event.checksumValid;
        tell(CallerIdEvent{standard, event.began, event.ended,
                           std::max(event.markLevel, event.spaceLevel), *id});
    }
    void hear(const DtmfEvent& event, Listener<CallerIdEvent> tell) {
        if (event.kind == DtmfEvent::Kind::Start) {
            digits.push(event.key, event.began, [&](const DtmfCallerIdEvent& heard) {
                tell(CallerIdEvent{standard, heard.began, heard.ended, 0, heard.id});
            });
        }
    }

    const CallerIdStandard* standard;
    std::optional<FskReceiver> fsk;
    std::optional<DtmfDetector> dtmf;
    DtmfCallerIdDecoder digits;
};

CallerIdReceiver::CallerIdReceiver(const CallerIdStandard& standard)
    : state_(std::make_unique<State>(standard)) {}
CallerIdReceiver::CallerIdReceiver(CallerIdReceiver&&) noexcept = default;
CallerIdReceiver& CallerIdReceiver::operator=(CallerIdReceiver&&) noexcept = default;
CallerIdReceiver::~CallerIdReceiver() = default;

void CallerIdReceiver::process(std::span<const std::int16_t> samples,
                               Listener<CallerIdEvent> tell) {
    if (state_->fsk) {
        state_->fsk->process(samples, [&](const FskEvent& event) { state_->hear(event, tell); });
    }
    if (state_->dtmf) {
        state_->dtmf->process(samples, [&](const DtmfEvent& event) { state_->hear(event, tell); });
    }
}

void CallerIdReceiver::reset() {
    if (state_->fsk) {
        state_->fsk->reset();
    }
    if (state_->dtmf) {
        state_->dtmf->reset();
    }
    state_->digits.reset();
}

const CallerIdStandard& CallerIdReceiver::standard() const noexcept {
    return *state_->standard;
}

}  // namespace tipring::dsp
