// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tipring::media {

/// A bounded queue of samples between two clocks. What does not fit pushes out the oldest: sound
/// that is late is of no use. No allocation after construction. Thread: one at a time.
class SampleQueue {
public:
    explicit SampleQueue(std::size_t capacity) : samples_(capacity) {}

    /// Returns how many samples were lost, old or new.
    std::size_t push(std::span<const std::int16_t> samples) noexcept;
    /// Returns how many there were.
    std::size_t pop(std::span<std::int16_t> samples) noexcept;
    /// The oldest samples that lie in one piece; take some of them off with discard().
    [[nodiscard]] std::span<const std::int16_t> front() const noexcept;
    void discard(std::size_t count) noexcept;
    void clear() noexcept { size_ = 0; }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return samples_.size(); }

private:
    std::vector<std::int16_t> samples_;
    std::size_t first_ = 0, size_ = 0;
};

}  // namespace tipring::media
