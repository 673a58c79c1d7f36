// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

namespace tipring::hal {

/// Bytes in order of arrival in one block of fixed size, taken once: no allocation after that.
class ByteRing {
public:
    // Left uninitialised: a port that never falls behind never touches these pages.
    explicit ByteRing(std::size_t capacity)
        : bytes_(std::make_unique_for_overwrite<std::byte[]>(capacity)), capacity_(capacity) {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t room() const { return capacity_ - size_; }

    /// Takes as many bytes as fit and returns their number.
    std::size_t push(std::span<const std::byte> bytes) {
        const std::size_t count = std::min(bytes.size(), room());
        const std::size_t tail = (head_ + size_) % capacity_;
        const std::size_t straight = std::min(count, capacity_ - tail);
        copy(tail, bytes.first(straight));
        copy(0, bytes.subspan(straight, count - straight));
        size_ += count;
        return count;
    }
    /// The oldest bytes that lie in one piece; empty only when the ring is.
    [[nodiscard]] std::span<const std::byte> front() const {
        return {bytes_.get() + head_, std::min(size_, capacity_ - head_)};
    }
    /// Forgets the oldest `count` bytes (at most size()).
    void pop(std::size_t count) {
        head_ = (head_ + count) % capacity_;
        size_ -= count;
    }
    void clear() { head_ = size_ = 0; }

private:
    void copy(std::size_t at, std::span<const std::byte> bytes) {
        if (!bytes.empty()) {
            std::memcpy(bytes_.get() + at, bytes.data(), bytes.size());
        }
    }

    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

}  // namespace tipring::hal
