// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "tipring/hal/dsp/bank.h"
#include "tone_frame.h"

namespace tipring::dsp {

/// Cuts the samples of one channel into hops and holds the newest two.
template <std::size_t kHop>
class HopBuffer {
public:
    /// Takes samples up to the end of the hop; when it is full, true, and the frame that it
    /// completes in `job`, which borrows the samples. The samples have to stay where they are until
    /// all of them are taken.
    bool fill(std::span<const std::int16_t>& samples, FrameJob& job) {
        auto& hop = hops_[filling_];
        const std::int16_t* before = borrowed_ != nullptr ? borrowed_ : hops_[filling_ ^ 1].data();
        if (fill_ == 0 && samples.size() >= kHop) {
            job.before = before;
            job.now = samples.data();
            samples = samples.subspan(kHop);
            // When another whole hop follows, it finds this one where it is.
            borrowed_ = samples.size() >= kHop ? job.now : nullptr;
            if (borrowed_ == nullptr) {
                std::memcpy(hop.data(), job.now, sizeof hop);
                filling_ ^= 1;
            }
            return true;
        }
        const std::size_t count = std::min(kHop - fill_, samples.size());
        std::memcpy(hop.data() + fill_, samples.data(), count * sizeof samples[0]);
        samples = samples.subspan(count);
        fill_ += count;
        if (fill_ < kHop) {
            return false;
        }
        fill_ = 0;
        filling_ ^= 1;
        job.before = before;
        job.now = hop.data();
        return true;
    }

private:
    alignas(64) std::array<std::array<std::int16_t, kHop>, 2> hops_{};
    const std::int16_t* borrowed_ = nullptr;  ///< the newest hop, if it is not in `hops_`
    std::size_t fill_ = 0;
    unsigned filling_ = 0;
};

/// Takes the samples of many channels so that their frames are looked at together, some channels at
/// a time: `fill(channel, samples, job)` as HopBuffer has it, `hear(channel, job)` for what came of
/// the frame.
template <class Fill, class Hear>
void feedTogether(const FrameTable& table, FrameFunction frame, float floor,
                  std::span<const ChannelSamples> blocks, Fill fill, Hear hear) {
    constexpr std::size_t kTogether = 8;
    std::array<FrameSums, kTogether> sums;
    std::array<FrameJob, kTogether> jobs;
    std::array<std::size_t, kTogether> channels;
    std::array<ChannelSamples, kTogether> rest;
    while (!blocks.empty()) {
        std::size_t some = std::min(kTogether, blocks.size());
        std::copy_n(blocks.begin(), some, rest.begin());
        blocks = blocks.subspan(some);
        while (some > 0) {
            std::size_t due = 0, more = 0;
            for (std::size_t i = 0; i < some; ++i) {
                ChannelSamples& block = rest[i];
                if (fill(block.channel, block.samples, jobs[due])) {
                    channels[due] = block.channel;
                    jobs[due].sums = &sums[due];
                    ++due;
                }
                if (!block.samples.empty()) {
                    rest[more++] = block;
                }
            }
            some = more;
            frame(table, std::span(jobs).first(due), floor);
            for (std::size_t i = 0; i < due; ++i) {
                hear(channels[i], jobs[i]);
            }
        }
    }
}

/// The same number of samples of each channel, all of channel 0 first, as blocks: `take(blocks)`
/// for some of them at a time.
template <class Take>
void inBlocks(std::span<const std::int16_t> samples, std::size_t channels, Take take) {
    std::array<ChannelSamples, 64> blocks;
    const std::size_t each = channels > 0 ? samples.size() / channels : 0;
    for (std::size_t first = 0; first < channels; first += blocks.size()) {
        const std::size_t some = std::min(blocks.size(), channels - first);
        for (std::size_t i = 0; i < some; ++i) {
            blocks[i] = {first + i, samples.subspan((first + i) * each, each)};
        }
        take(std::span<const ChannelSamples>(blocks).first(some));
    }
}

}  // namespace tipring::dsp
