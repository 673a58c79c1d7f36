// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/fsk_receiver.h"

#include <vector>

#include "fsk_channel.h"

namespace tipring::dsp {

struct FskBank::State {
    State(std::size_t channels, const FskSettings& settings)
        : limits(settings), receivers(channels) {}

    FskLimits limits;
    std::vector<FskChannel> receivers;
};

FskBank::FskBank(std::size_t channels, const FskSettings& settings)
    : state_(std::make_unique<State>(channels, settings)) {}
FskBank::FskBank(FskBank&&) noexcept = default;
FskBank& FskBank::operator=(FskBank&&) noexcept = default;
FskBank::~FskBank() = default;

std::size_t FskBank::channels() const noexcept {
    return state_->receivers.size();
}

void FskBank::process(std::span<const std::int16_t> samples, Listener<Event> tell) {
    const std::size_t each = channels() > 0 ? samples.size() / channels() : 0;
    for (std::size_t i = 0; i < channels(); ++i) {
        process(i, samples.subspan(i * each, each), tell);
    }
}

void FskBank::process(std::span<const ChannelSamples> blocks, Listener<Event> tell) {
    for (const ChannelSamples& block : blocks) {
        process(block.channel, block.samples, tell);
    }
}

void FskBank::process(std::size_t channel, std::span<const std::int16_t> samples,
                      Listener<Event> tell) {
    const auto forward = [&tell, channel](const FskEvent& event) { tell(Event{event, channel}); };
    state_->receivers[channel].process(samples, state_->limits, forward);
}

void FskBank::resize(std::size_t channels) {
    state_->receivers.resize(channels);
}

void FskBank::reset() {
    for (std::size_t i = 0; i < channels(); ++i) {
        reset(i);
    }
}

void FskBank::reset(std::size_t channel) {
    state_->receivers[channel] = FskChannel{};
}

}  // namespace tipring::dsp
