// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "tipring/hal/dsp/bank.h"
#include "tone_frame.h"

namespace tipring::dsp {

/// Samples that were not looked at yet.
struct Rest {
    const std::int16_t* at = nullptr;
    std::size_t count = 0;

    void skip(std::size_t samples) {
        at += samples;
        count -= samples;
    }
};

/// Cuts the samples of one channel into hops and holds the newest two.
template <std::size_t kHop>
class HopBuffer {
public:
    /// Takes samples up to the end of the hop; when it is full, true, and the frame that it
    /// completes in `job`, which borrows the samples. The samples have to stay where they are until
    /// all of them are taken.
    bool fill(Rest& samples, FrameJob& job) {
        auto& hop = hops_[filling_];
        const std::int16_t* before = borrowed_ != nullptr ? borrowed_ : hops_[filling_ ^ 1].data();
        if (fill_ == 0 && samples.count >= kHop) {
            job.before = before;
            job.now = samples.at;
            samples.skip(kHop);
            // When another whole hop follows, it finds this one where it is.
            borrowed_ = samples.count >= kHop ? job.now : nullptr;
            if (borrowed_ == nullptr) {
                copy(hop.data(), job.now, kHop);
                filling_ ^= 1;
            }
            return true;
        }
        const std::size_t count = std::min<std::size_t>(kHop - fill_, samples.count);
        copy(hop.data() + fill_, samples.at, count);
        samples.skip(count);
        fill_ += static_cast<std::uint32_t>(count);
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
    /// A call for each few samples would cost as much as looking at them.
    static void copy(std::int16_t* to, const std::int16_t* from, std::size_t count) {
        constexpr std::size_t kAtOnce = 32;
        for (; count >= kAtOnce; count -= kAtOnce, to += kAtOnce, from += kAtOnce) {
            std::memcpy(to, from, kAtOnce * sizeof *to);
        }
        if (count > 0) {
            std::memcpy(to, from, count * sizeof *to);
        }
    }

    // The small ones first: they share a line of the cache with the first samples.
    const std::int16_t* borrowed_ = nullptr;  ///< the newest hop, if it is not in `hops_`
    std::uint32_t fill_ = 0;
    std::uint32_t filling_ = 0;
    std::array<std::array<std::int16_t, kHop>, 2> hops_{};
};

/// Takes the samples of many channels so that their frames are looked at together, some channels at
/// a time: `hopsOf(channel)` gives its HopBuffer, `hear(channels, jobs)` is for what came of frames
/// of different channels, kTogether at most.
inline constexpr std::size_t kTogether = 16;

template <class HopsOf, class Hear>
void feedTogether(const FrameTable& table, FrameFunction frame, float floor,
                  std::span<const ChannelSamples> blocks, HopsOf hopsOf, Hear hear) {
    std::array<FrameSums, kTogether> sums;
    std::array<FrameJob, kTogether> jobs;
    std::array<std::size_t, kTogether> channels;
    std::array<Rest, kTogether> rest;
    for (std::size_t i = 0; i < kTogether; ++i) {
        jobs[i].sums = &sums[i];
    }
    while (!blocks.empty()) {
        const std::size_t some = std::min(kTogether, blocks.size());
        std::uint32_t left = 0;  // bit i: there are samples in rest[i]
        for (std::size_t i = 0; i < some; ++i) {
            rest[i] = {blocks[i].samples.data(), blocks[i].samples.size()};
            left |= (rest[i].count > 0 ? 1U : 0U) << i;
        }
        while (left != 0) {
            std::size_t due = 0;
            std::uint32_t more = 0;
            for (; left != 0; left &= left - 1) {
                const auto i = static_cast<std::size_t>(std::countr_zero(left));
                const std::size_t channel = channels[due] = blocks[i].channel;
                due += hopsOf(channel).fill(rest[i], jobs[due]) ? 1 : 0;
                more |= (rest[i].count > 0 ? 1U : 0U) << i;
            }
            left = more;
            const auto ready = std::span(jobs).first(due);
            frame(table, ready, floor);
            hear(std::span<const std::size_t>(channels).first(due),
                 std::span<const FrameJob>(ready));
        }
        blocks = blocks.subspan(some);
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
