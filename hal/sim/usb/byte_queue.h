// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace tipring::sim {

/// Bytes in order, at most so many. Allocates once.
class UsbByteQueue {
public:
    explicit UsbByteQueue(std::size_t most) : most_(most) { bytes_.reserve(most); }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    [[nodiscard]] std::size_t room() const { return most_ - bytes_.size(); }
    void clear() { bytes_.clear(); }
    /// All or nothing.
    bool add(std::span<const std::byte> more) {
        if (more.size() > room()) {
            return false;
        }
        bytes_.insert(bytes_.end(), more.begin(), more.end());
        return true;
    }
    std::size_t take(std::span<std::byte> to) {
        const std::size_t size = std::min(to.size(), bytes_.size());
        std::copy_n(bytes_.begin(), size, to.begin());
        drop(size);
        return size;
    }
    [[nodiscard]] std::span<const std::byte> all() const { return bytes_; }
    void drop(std::size_t count) {
        bytes_.erase(bytes_.begin(), bytes_.begin() + std::ptrdiff_t(count));
    }

private:
    std::size_t most_;
    std::vector<std::byte> bytes_;
};

}  // namespace tipring::sim
