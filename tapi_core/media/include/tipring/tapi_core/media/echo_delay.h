// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tipring::media {

/// How long after it was sent a sound comes back, by the correlation of both ways at a quarter of
/// their rate. Thread: one at a time. No allocation.
class EchoDelay {
public:
    static constexpr std::size_t kWindow = 4000;   ///< samples that are compared: half a second
    static constexpr std::size_t kLongest = 4800;  ///< delay that is looked for, samples

    /// The newest kWindow samples received, and the kWindow + kLongest that were sent up to the
    /// same moment. Nothing where no part of what came back resembles what was sent.
    [[nodiscard]] std::optional<std::size_t> find(std::span<const std::int16_t> sent,
                                                  std::span<const std::int16_t> received) noexcept;

private:
    static constexpr std::size_t kEvery = 4;
    std::array<float, kWindow / kEvery> received_{};
    std::array<float, (kWindow + kLongest) / kEvery> sent_{};
};

}  // namespace tipring::media
