// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "dtmf_lanes.h"
#include "tipring/hal/dsp/dtmf_detector.h"

namespace tipring::dsp {

/// The receivers of some channels side by side.
template <std::size_t kLanes>
class DtmfReceivers {
public:
    /// Channels that heard nothing.
    DtmfReceivers() : group_{} {}

    /// `first`: number of the first channel.
    void hear(const DtmfSight<kLanes>& sight, std::size_t first, const DtmfLimits& limits,
              Listener<DtmfBank::Event> tell);
    void reset(std::size_t lane);
    /// Takes over what a channel of others heard.
    template <std::size_t kOthers>
    void take(std::size_t lane, const DtmfReceivers<kOthers>& others, std::size_t which);

private:
    template <std::size_t>
    friend class DtmfReceivers;

    void conclude(std::size_t lane, bool pure, const DtmfLimits& limits, Listener<DtmfEvent> tell);
    void start(std::size_t lane, Listener<DtmfEvent> tell);
    /// Middle of a frame that is one of the newest 2^32, in samples.
    [[nodiscard]] double middle(std::size_t lane, std::uint32_t frame) const;
    [[nodiscard]] double begin(std::size_t lane) const;
    [[nodiscard]] double end(std::size_t lane) const;
    [[nodiscard]] bool lasts(std::size_t lane, const DtmfLimits& limits) const;
    [[nodiscard]] DtmfEvent event(DtmfEvent::Kind kind, std::size_t lane) const;

    DtmfGroup<kLanes> group_;
};

extern template class DtmfReceivers<1>;
#if defined(__x86_64__)
extern template class DtmfReceivers<8>;
extern template class DtmfReceivers<16>;
#endif

namespace detail {

/// One channel's values of a group, or of its runs: they are all vectors.
template <class To, class From>
void copyLane(To& to, std::size_t toLane, std::size_t toLanes, const From& from,
              std::size_t fromLane, std::size_t fromLanes) {
    static_assert(std::is_trivially_copyable_v<To>);
    constexpr std::size_t kValue = sizeof(float);
    auto* target = reinterpret_cast<std::byte*>(&to) + toLane * kValue;
    const auto* source = reinterpret_cast<const std::byte*>(&from) + fromLane * kValue;
    for (std::size_t left = sizeof to / (toLanes * kValue); left > 0; --left) {
        std::memcpy(target, source, kValue);
        target += toLanes * kValue;
        source += fromLanes * kValue;
    }
}

}  // namespace detail

template <std::size_t kLanes>
template <std::size_t kOthers>
void DtmfReceivers<kLanes>::take(std::size_t lane, const DtmfReceivers<kOthers>& others,
                                 std::size_t which) {
    detail::copyLane(group_, lane, kLanes, others.group_, which, kOthers);
}

}  // namespace tipring::dsp
