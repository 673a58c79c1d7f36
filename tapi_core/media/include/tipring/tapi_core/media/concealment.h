// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tipring::media {

/// Hides short gaps in speech (the way of ITU-T G.711 appendix I): the last period of the voice is
/// repeated, and fades into silence within 60 ms. No allocation. Thread: one at a time.
class Concealment {
public:
    static constexpr std::size_t kLongest = 480;  ///< samples; silence after that

    /// Remembers good sound, and changes its first 2.5 ms after a gap, so that it joins without a
    /// click.
    void pass(std::span<std::int16_t> samples) noexcept;
    /// Makes the next samples of a gap.
    void conceal(std::span<std::int16_t> samples) noexcept;
    void reset() noexcept { *this = Concealment{}; }

private:
    static constexpr std::size_t kHistory = 480;
    void findPeriod() noexcept;
    [[nodiscard]] std::int16_t next() noexcept;

    std::array<std::int16_t, kHistory> history_{};  ///< oldest first
    std::size_t period_ = 0;
    std::size_t made_ = 0;  ///< samples of the gap
};

}  // namespace tipring::media
