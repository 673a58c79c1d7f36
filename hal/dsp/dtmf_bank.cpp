// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "dtmf_receiver.h"

namespace tipring::dsp {

struct DtmfBank::State {
    State(std::size_t channels, const DtmfSettings& settings)
        : limits(settings), frame(frameFunction()), receivers(channels) {}

    DtmfLimits limits;
    FrameFunction frame;
    std::vector<DtmfReceiver> receivers;
};

DtmfBank::DtmfBank(std::size_t channels, const DtmfSettings& settings)
    : state_(std::make_unique<State>(channels, settings)) {}
DtmfBank::DtmfBank(DtmfBank&&) noexcept = default;
DtmfBank& DtmfBank::operator=(DtmfBank&&) noexcept = default;
DtmfBank::~DtmfBank() = default;

std::size_t DtmfBank::channels() const noexcept {
    return state_->receivers.size();
}

void DtmfBank::process(std::span<const std::int16_t> samples, Listener<Event> tell) {
    const std::size_t each = channels() > 0 ? samples.size() / channels() : 0;
    for (std::size_t i = 0; i < channels(); ++i) {
        process(i, samples.subspan(i * each, each), tell);
    }
}

void DtmfBank::process(std::size_t channel, std::span<const std::int16_t> samples,
                       Listener<Event> tell) {
    const auto forward = [&tell, channel](const DtmfEvent& event) { tell(Event{event, channel}); };
    state_->receivers[channel].process(samples, state_->limits, state_->frame, forward);
}

void DtmfBank::reset() {
    for (DtmfReceiver& receiver : state_->receivers) {
        receiver = DtmfReceiver{};
    }
}

}  // namespace tipring::dsp
