// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/call_progress.h"

#include <algorithm>
#include <vector>

#include "progress_listener.h"

namespace tipring::dsp {

namespace {

constexpr std::uint64_t kJudgeEvery = 4;  // frames; 80 ms is soon enough for what only lasts

}  // namespace

void ProgressListener::hear(const FrameJob& job, const ProgressPlan& plan,
                            Listener<ProgressEvent> tell) {
    ProgressFrame now;
    now.number = number_++;
    now.read(job, plan);
    bool ended = false;
    cutter_.take(now, plan, [&](const ProgressSegment& segment) {
        follower_.segment(segment, plan);
        ended = true;
    });
    if (ended || now.number % kJudgeEvery == 0) {
        const double position = static_cast<double>(now.number) * ProgressPlan::kHop;
        follower_.judge(cutter_.now(), std::max(position, cutter_.now().begin),
                        cutter_.meanSquare(), plan, tell);
    }
}

struct CallProgressBank::State {
    State(std::size_t channels, const CountryTones& country, const ProgressSettings& settings)
        : plan(country, settings),
          frame(frameFunction()),
          listeners(channels, ProgressListener{plan}) {}

    ProgressPlan plan;
    FrameFunction frame;
    std::vector<ProgressListener> listeners;
};

CallProgressBank::CallProgressBank(std::size_t channels, const CountryTones& country,
                                   const ProgressSettings& settings)
    : state_(std::make_unique<State>(channels, country, settings)) {}
CallProgressBank::CallProgressBank(CallProgressBank&&) noexcept = default;
CallProgressBank& CallProgressBank::operator=(CallProgressBank&&) noexcept = default;
CallProgressBank::~CallProgressBank() = default;

std::size_t CallProgressBank::channels() const noexcept {
    return state_->listeners.size();
}

void CallProgressBank::process(std::span<const ChannelSamples> blocks, Listener<Event> tell) {
    std::vector<ProgressListener>& listeners = state_->listeners;
    const ProgressPlan& plan = state_->plan;
    feedTogether(
        plan.table, state_->frame, plan.silence,
        blocks, [&](std::size_t channel) -> auto& { return listeners[channel].hops(); },
        [&](std::span<const std::size_t> channels, std::span<const FrameJob> jobs) {
            for (std::size_t i = 0; i < jobs.size(); ++i) {
                const std::size_t channel = channels[i];
                listeners[channel].hear(jobs[i], plan,
                                        [&tell, channel](const ProgressEvent& event) {
                                            tell(Event{event, channel});
                                        });
            }
        });
}

void CallProgressBank::process(std::span<const std::int16_t> samples, Listener<Event> tell) {
    inBlocks(samples, channels(), [&](auto blocks) { process(blocks, tell); });
}

void CallProgressBank::process(std::size_t channel, std::span<const std::int16_t> samples,
                               Listener<Event> tell) {
    const ChannelSamples block{channel, samples};
    process({&block, 1}, tell);
}

void CallProgressBank::resize(std::size_t channels) {
    state_->listeners.resize(channels, ProgressListener{state_->plan});
}

void CallProgressBank::reset() {
    for (std::size_t i = 0; i < channels(); ++i) {
        reset(i);
    }
}

void CallProgressBank::reset(std::size_t channel) {
    state_->listeners[channel] = ProgressListener{state_->plan};
}

}  // namespace tipring::dsp
