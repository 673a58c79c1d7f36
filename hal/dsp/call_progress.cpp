// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/call_progress.h"

#include <algorithm>
#include <cstring>

#include "progress_listener.h"

namespace tipring::dsp {

namespace {

constexpr std::uint64_t kJudgeEvery = 4;  // frames; 80 ms is soon enough for what only lasts

}  // namespace

void ProgressListener::process(std::span<const std::int16_t> samples, const ProgressPlan& plan,
                               FrameFunction frame, Listener<ProgressEvent> tell) {
    while (!samples.empty()) {
        Hop& hop = hops_[number_ & 1];
        const std::size_t count = std::min(kHop - fill_, samples.size());
        std::memcpy(hop.data() + fill_, samples.data(), count * sizeof samples[0]);
        const std::int16_t* whole = count == kHop ? samples.data() : hop.data();
        fill_ += count;
        samples = samples.subspan(count);
        if (fill_ == kHop) {
            fill_ = 0;
            take(whole, plan, frame, tell);
        }
    }
}

void ProgressListener::take(const std::int16_t* samples, const ProgressPlan& plan,
                            FrameFunction frame, Listener<ProgressEvent> tell) {
    FrameSums sums;
    const Hop& before = hops_[~number_ & 1];
    const bool loud = frame(plan.table, before.data(), samples, plan.floor / 8, sums);
    ProgressFrame now;
    now.number = number_++;
    now.read(sums, loud, plan);
    bool ended = false;
    cutter_.take(now, plan, [&](const ProgressSegment& segment) {
        follower_.segment(segment, plan);
        ended = true;
    });
    if (ended || now.number % kJudgeEvery == 0) {
        const double position = static_cast<double>(now.number) * kHop;
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

void CallProgressBank::process(std::span<const std::int16_t> samples, Listener<Event> tell) {
    const std::size_t each = channels() > 0 ? samples.size() / channels() : 0;
    for (std::size_t i = 0; i < channels(); ++i) {
        process(i, samples.subspan(i * each, each), tell);
    }
}

void CallProgressBank::process(std::size_t channel, std::span<const std::int16_t> samples,
                               Listener<Event> tell) {
    const auto forward = [&tell, channel](const ProgressEvent& event) {
        tell(Event{event, channel});
    };
    state_->listeners[channel].process(samples, state_->plan, state_->frame, forward);
}

void CallProgressBank::reset() {
    for (ProgressListener& listener : state_->listeners) {
        listener = ProgressListener{state_->plan};
    }
}

}  // namespace tipring::dsp
