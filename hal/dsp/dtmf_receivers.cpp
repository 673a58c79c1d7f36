// SPDX-License-Identifier: Apache-2.0
#include "dtmf_receivers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include "bin_pair.h"

namespace tipring::dsp {

namespace {

constexpr std::string_view kKeys = "123A456B789C*0#D";
constexpr double kHop = DtmfLimits::kHop;

template <std::size_t kLanes>
const DtmfKernels<kLanes>& kernels() {
    if constexpr (kLanes == 1) {
        return kDtmfKernels1;
    }
#if defined(__x86_64__)
    else if constexpr (kLanes == 8) {
        return kDtmfKernels8;
    } else {
        return kDtmfKernels16;
    }
#endif
}

}  // namespace

template <std::size_t kLanes>
void DtmfReceivers<kLanes>::hear(const DtmfSight<kLanes>& sight, std::size_t first,
                                 const DtmfLimits& limits, Listener<DtmfBank::Event> tell) {
    const DtmfNews news = kernels<kLanes>().step(group_, sight, limits);
    for (unsigned left = news.special; left != 0; left &= left - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(left));
        conclude(lane, (news.accept >> lane & 1) != 0, limits, [&](const DtmfEvent& event) {
            tell({event, first + lane});
        });
    }
}

template <std::size_t kLanes>
void DtmfReceivers<kLanes>::reset(std::size_t lane) {
    take(lane, DtmfReceivers<kLanes>{}, lane);
}

template <std::size_t kLanes>
void DtmfReceivers<kLanes>::conclude(std::size_t lane, bool pure, const DtmfLimits& limits,
                                     Listener<DtmfEvent> tell) {
    DtmfRuns<kLanes>& current = group_.current;
    DtmfRuns<kLanes>& challenger = group_.challenger;
    if (pure && lasts(lane, limits)) {
        start(lane, tell);
    }
    const bool accepted = current.accepted[lane] != 0;
    if (current.misses[lane] >= (accepted ? limits.pauseFrames : 1)) {
        if (accepted) {
            tell(event(DtmfEvent::Kind::End, lane));
        }
        current.alive[lane] = 0;
    }
    if (current.alive[lane] != 0 || challenger.alive[lane] == 0) {
        return;
    }
    detail::copyLane(current, lane, kLanes, challenger, lane, kLanes);
    challenger.alive[lane] = 0;
    if (current.frames[lane] < limits.leastFrames) {
        return;
    }
    kernels<kLanes>().judge(current, 1U << lane, limits, current.last[lane]);
    if (current.pure[lane] != 0 && lasts(lane, limits)) {
        start(lane, tell);
    }
}

template <std::size_t kLanes>
void DtmfReceivers<kLanes>::start(std::size_t lane, Listener<DtmfEvent> tell) {
    group_.current.accepted[lane] = -1;
    tell(event(DtmfEvent::Kind::Start, lane));
}

template <std::size_t kLanes>
double DtmfReceivers<kLanes>::middle(std::size_t lane, std::uint32_t frame) const {
    const std::uint64_t next = std::uint64_t{group_.rounds[lane]} << 32 | group_.number[lane];
    return kHop * static_cast<double>(next - (group_.number[lane] - frame));
}

template <std::size_t kLanes>
double DtmfReceivers<kLanes>::begin(std::size_t lane) const {
    const DtmfRuns<kLanes>& run = group_.current;
    const float whole = run.secondPower[lane];
    const float parts = filled(run.firstPower[lane], whole) + filled(run.beforeFirst[lane], whole);
    return middle(lane, run.first[lane]) + kHop * (0.5 - static_cast<double>(parts));
}

template <std::size_t kLanes>
double DtmfReceivers<kLanes>::end(std::size_t lane) const {
    const DtmfRuns<kLanes>& run = group_.current;
    const float whole = run.beforeLast[lane];
    const float parts = filled(run.lastPower[lane], whole) + filled(run.afterLast[lane], whole);
    return middle(lane, run.last[lane]) - kHop * (0.5 - static_cast<double>(parts));
}

template <std::size_t kLanes>
bool DtmfReceivers<kLanes>::lasts(std::size_t lane, const DtmfLimits& limits) const {
    return end(lane) - begin(lane) >= limits.minimumOn;
}

template <std::size_t kLanes>
DtmfEvent DtmfReceivers<kLanes>::event(DtmfEvent::Kind kind, std::size_t lane) const {
    const DtmfRuns<kLanes>& run = group_.current;
    const double began = std::max(begin(lane), 0.0);
    const auto inner = static_cast<float>(run.inner[lane]);
    DtmfEvent event;
    event.kind = kind;
    event.key = kKeys[static_cast<std::size_t>(run.low[lane] * 4 + run.high[lane])];
    event.began = static_cast<SamplePosition>(std::llround(began));
    event.duration = static_cast<std::uint32_t>(std::llround(std::max(end(lane) - began, 0.0)));
    event.lowLevel = levelOfPower(run.lowSum[lane] / inner * run.lowGain[lane]);
    event.highLevel = levelOfPower(run.highSum[lane] / inner * run.highGain[lane]);
    return event;
}

template class DtmfReceivers<1>;
#if defined(__x86_64__)
template class DtmfReceivers<8>;
template class DtmfReceivers<16>;
#endif

}  // namespace tipring::dsp
