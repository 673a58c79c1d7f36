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

void DtmfBank::process(std::span<const ChannelSamples> blocks, Listener<Event> tell) {
    std::vector<DtmfReceiver>& receivers = state_->receivers;
    const DtmfLimits& limits = state_->limits;
    feedTogether(
        limits.table, state_->frame, limits.silence, blocks,
        [&](std::size_t channel, auto& samples, FrameJob& job) {
            return receivers[channel].fill(samples, job);
        },
        [&](std::size_t channel, const FrameJob& job) {
            receivers[channel].hear(job, limits, [&tell, channel](const DtmfEvent& event) {
                tell(Event{event, channel});
            });
        });
}

void DtmfBank::process(std::span<const std::int16_t> samples, Listener<Event> tell) {
    inBlocks(samples, channels(), [&](auto blocks) { process(blocks, tell); });
}

void DtmfBank::process(std::size_t channel, std::span<const std::int16_t> samples,
                       Listener<Event> tell) {
    const ChannelSamples block{channel, samples};
    process({&block, 1}, tell);
}

void DtmfBank::resize(std::size_t channels) {
    state_->receivers.resize(channels);
}

void DtmfBank::reset() {
    for (std::size_t i = 0; i < channels(); ++i) {
        reset(i);
    }
}

void DtmfBank::reset(std::size_t channel) {
    state_->receivers[channel] = DtmfReceiver{};
}

}  // namespace tipring::dsp
