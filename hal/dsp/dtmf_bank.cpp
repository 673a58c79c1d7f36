// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <variant>
#include <vector>

#include "dtmf_receivers.h"
#include "frame_feed.h"

namespace tipring::dsp {

namespace {

const FrameSums kNothing{};

}  // namespace

struct DtmfBank::State {
    template <std::size_t kLanes>
    using Groups = std::vector<DtmfReceivers<kLanes>>;
#if defined(__x86_64__)
    using Receivers = std::variant<Groups<1>, Groups<8>, Groups<16>>;
#else
    using Receivers = std::variant<Groups<1>>;
#endif

    explicit State(const DtmfSettings& settings) : limits(settings), frame(frameFunction()) {}

    DtmfLimits limits;
    FrameFunction frame;
    std::vector<HopBuffer<DtmfLimits::kHop>> hops;  ///< of each channel
    Receivers receivers;

    [[nodiscard]] static Receivers receiversFor(std::size_t channels);
    static void resize(Receivers& receivers, std::size_t channels);
    /// What so many channels heard.
    static void take(Receivers& to, const Receivers& from, std::size_t channels);
    template <std::size_t kLanes>
    void hear(Groups<kLanes>& groups, std::span<const std::size_t> which,
              std::span<const FrameJob> jobs, Listener<Event> tell);
};

/// None of them yet.
DtmfBank::State::Receivers DtmfBank::State::receiversFor([[maybe_unused]] std::size_t channels) {
#if defined(__x86_64__)
    constexpr std::size_t kAlone = 3;  // so many channels are faster one by one
    if (channels > kAlone && hasAvx512()) {
        return Groups<16>{};
    }
    if (channels > kAlone && hasAvx2()) {
        return Groups<8>{};
    }
#endif
    return Groups<1>{};
}

void DtmfBank::State::resize(Receivers& receivers, std::size_t channels) {
    std::visit([channels]<std::size_t kLanes>(
                   Groups<kLanes>& groups) { groups.resize((channels + kLanes - 1) / kLanes); },
               receivers);
}

void DtmfBank::State::take(Receivers& to, const Receivers& from, std::size_t channels) {
    std::visit(
        [channels]<std::size_t kTo, std::size_t kFrom>(Groups<kTo>& ours,
                                                       const Groups<kFrom>& theirs) {
            for (std::size_t i = 0; i < channels; ++i) {
                ours[i / kTo].take(i % kTo, theirs[i / kFrom], i % kFrom);
            }
        },
        to, from);
}

/// Neighbours are looked at together.
template <std::size_t kLanes>
void DtmfBank::State::hear(Groups<kLanes>& groups, std::span<const std::size_t> which,
                           std::span<const FrameJob> jobs, Listener<Event> tell) {
    for (std::size_t i = 0; i < jobs.size();) {
        const std::size_t group = which[i] / kLanes;
        DtmfSight<kLanes> sight;
        sight.sums.fill(&kNothing);
        for (; i < jobs.size() && which[i] / kLanes == group; ++i) {
            const std::size_t lane = which[i] % kLanes;
            sight.sums[lane] = jobs[i].sums;
            sight.due |= 1U << lane;
            sight.loud |= (jobs[i].loud ? 1U : 0U) << lane;
        }
        groups[group].hear(sight, group * kLanes, limits, tell);
    }
}

DtmfBank::DtmfBank(std::size_t channels, const DtmfSettings& settings)
    : state_(std::make_unique<State>(settings)) {
    resize(channels);
}
DtmfBank::DtmfBank(DtmfBank&&) noexcept = default;
DtmfBank& DtmfBank::operator=(DtmfBank&&) noexcept = default;
DtmfBank::~DtmfBank() = default;

std::size_t DtmfBank::channels() const noexcept {
    return state_->hops.size();
}

void DtmfBank::process(std::span<const ChannelSamples> blocks, Listener<Event> tell) {
    State& state = *state_;
    const auto hopsOf = [&state](std::size_t channel) -> auto& {
        return state.hops[channel];
    };
    std::visit(
        [&](auto& groups) {
            feedTogether(state.limits.table, state.frame, state.limits.silence, blocks, hopsOf,
                         [&](auto which, auto jobs) { state.hear(groups, which, jobs, tell); });
        },
        state.receivers);
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
    const std::size_t before = this->channels();
    const std::size_t kept = std::min(channels, before);
    State::Receivers receivers = State::receiversFor(channels);
    if (receivers.index() == state_->receivers.index()) {
        State::resize(state_->receivers, channels);
    } else {
        State::resize(receivers, channels);
        State::take(receivers, state_->receivers, kept);
        state_->receivers = std::move(receivers);
    }
    state_->hops.resize(channels);
    for (std::size_t channel = kept; channel < channels; ++channel) {
        reset(channel);
    }
}

void DtmfBank::reset() {
    for (std::size_t i = 0; i < channels(); ++i) {
        reset(i);
    }
}

void DtmfBank::reset(std::size_t channel) {
    state_->hops[channel] = {};
    std::visit(
        [channel]<std::size_t kLanes>(State::Groups<kLanes>& groups) {
            groups[channel / kLanes].reset(channel % kLanes);
        },
        state_->receivers);
}

}  // namespace tipring::dsp
