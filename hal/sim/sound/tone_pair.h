// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sound/sine.h"

namespace tipring::sim {

/// One or two sines for a time, or for ever.
class TonePair {
public:
    /// A second frequency of 0 means one sine. `samples` 0 means until stop(). Level for each sine.
    void start(double hertz1, double hertz2, double dbm0, std::size_t samples = 0) noexcept;
    void stop() noexcept { active_ = false; }
    [[nodiscard]] bool active() const noexcept { return active_; }
    /// Adds the tone to `samples` and returns how many of them it reached.
    std::size_t mix(std::span<std::int16_t> samples) noexcept;

private:
    Sine first_, second_;
    std::size_t left_ = 0;
    bool endless_ = false, active_ = false;
};

}  // namespace tipring::sim
