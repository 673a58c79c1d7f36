// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/sim/line.h"

namespace tipring::sim {

/// Between a line, which moves blocks of 20 ms, and a device, which takes a few samples at a time:
/// two rings that do not allocate. What is too much is dropped, what is missing is silence.
class LineSound {
public:
    void onBlock(HeardBlock heard, SpokenBlock spoken) {
        toDevice_.push(heard);
        // A block behind, so that a device which is a frame late never leaves a hole.
        talking_ = talking_ || toLine_.size() >= kBlock;
        if (talking_) {
            toLine_.pop(spoken);
        }
    }
    void take(std::span<std::int16_t> samples) { toDevice_.pop(samples); }
    void give(std::span<const std::int16_t> samples) { toLine_.push(samples); }
    void clear() {
        toDevice_.clear();
        toLine_.clear();
        talking_ = false;
    }

private:
    class Ring {
    public:
        [[nodiscard]] std::size_t size() const { return size_; }
        void clear() { size_ = 0; }
        void push(std::span<const std::int16_t> samples) {
            for (const std::int16_t sample : samples) {
                if (size_ == samples_.size()) {  // the oldest goes
                    head_ = (head_ + 1) % samples_.size();
                    --size_;
                }
                samples_[(head_ + size_++) % samples_.size()] = sample;
            }
        }
        void pop(std::span<std::int16_t> samples) {
            for (std::int16_t& sample : samples) {
                sample = 0;
                if (size_ > 0) {
                    sample = samples_[head_];
                    head_ = (head_ + 1) % samples_.size();
                    --size_;
                }
            }
        }

    private:
        std::array<std::int16_t, 4 * kBlock> samples_{};
        std::size_t head_ = 0, size_ = 0;
    };

    Ring toDevice_, toLine_;
    bool talking_ = false;
};

}  // namespace tipring::sim
