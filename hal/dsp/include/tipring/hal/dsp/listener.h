// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace tipring::dsp {

/// A place in a sound: samples since the detector was made or reset.
using SamplePosition = std::uint64_t;

/// Where a detector tells what it heard: a borrowed callable, two words, valid during the call that
/// it was passed to. `process(samples, [&](const DtmfEvent& event) { ... })`.
template <class Event>
class Listener {
public:
    template <class F, std::enable_if_t<!std::is_same_v<std::decay_t<F>, Listener>, int> = 0>
    Listener(F&& callable) noexcept  // NOLINT(google-explicit-constructor): a borrowed lambda
        : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
          call_([](void* object, const Event& event) {
              (*static_cast<std::remove_reference_t<F>*>(object))(event);
          }) {}

    void operator()(const Event& event) const { call_(callable_, event); }

private:
    void* callable_;
    void (*call_)(void* object, const Event& event);
};

}  // namespace tipring::dsp
