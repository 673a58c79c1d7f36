// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "tipring/hal/base/event_loop.h"

namespace tipring::at_modem {

/// Counts the rings of one call and knows when the next one is overdue: after one and a half of the
/// cycle that was measured, at least 7 s, and at most the configured time (which also stands until
/// a cycle was measured).
class RingWatch {
public:
    explicit RingWatch(std::chrono::milliseconds longest) : longest_(longest) {}

    /// A ring; returns its number, from 0.
    std::uint32_t ring(hal::TimePoint now) {
        if (last_ && now - *last_ > std::chrono::milliseconds{1500}) {
            cycle_ = now - *last_;
        }
        last_ = now;
        return count_++;
    }
    [[nodiscard]] hal::Duration patience() const {
        const hal::Duration least = std::chrono::seconds{7};
        const hal::Duration most = std::max<hal::Duration>(longest_, least);
        return cycle_ ? std::clamp<hal::Duration>(*cycle_ * 3 / 2, least, most) : most;
    }
    [[nodiscard]] std::uint32_t count() const { return count_; }
    void reset() { *this = RingWatch{longest_}; }

private:
    std::chrono::milliseconds longest_;
    std::optional<hal::TimePoint> last_;
    std::optional<hal::Duration> cycle_;
    std::uint32_t count_ = 0;
};

}  // namespace tipring::at_modem
