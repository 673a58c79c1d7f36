// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace tipring::dsp {

/// How a short piece of sound is predicted from the four samples before each one (covariance
/// method: no window, so one or two sines leave nothing).
struct Prediction4 {
    float power = 0;                     ///< mean square of the piece
    float residual = 0;                  ///< mean square of what was not predicted
    std::array<float, 2> correlation{};  ///< at lags 1 and 2, -1..1
};

/// The first four samples of `window` are the past, the rest the piece; at least eight of these.
[[nodiscard]] Prediction4 predict4(std::span<const float> window) noexcept;

}  // namespace tipring::dsp
