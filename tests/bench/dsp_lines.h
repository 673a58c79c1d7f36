// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <span>
#include <vector>

#include "hal/dsp/tone_signals.h"

namespace tipring::bench {

inline constexpr std::size_t kLines = 64;
inline constexpr std::size_t kBlock = 160;  // 20 ms

/// Blocks that follow each other; in each of them kBlock samples of all lines, line after line:
/// what a bank takes.
using Blocks = std::vector<test::Samples>;

/// `add(line, random, least)` makes a line `least` samples long or longer.
template <class Add>
Blocks linesOf(std::size_t blocks, Add add) {
    test::Random random;
    Blocks all(blocks);
    for (std::size_t line = 0; line < kLines; ++line) {
        test::Samples samples;
        while (samples.size() < blocks * kBlock) {
            add(samples, random, blocks * kBlock);
        }
        for (std::size_t block = 0; block < blocks; ++block) {
            const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(block * kBlock);
            all[block].insert(all[block].end(), begin, begin + kBlock);
        }
    }
    return all;
}

inline Blocks vowelLines(std::size_t blocks) {
    return linesOf(blocks, [](test::Samples& line, test::Random& random, std::size_t) {
        test::addHostileVowel(line, random);
    });
}

inline Blocks silentLines(std::size_t blocks) {
    return linesOf(
        blocks, [](test::Samples& line, test::Random&, std::size_t least) { line.resize(least); });
}

inline std::span<const std::int16_t> lineOf(const test::Samples& block, std::size_t line) {
    return std::span(block).subspan(line * kBlock, kBlock);
}

/// A single detector for each line: `hear(detector, samples)` for one block of one line.
template <class Detector, class Hear>
void hearEach(std::vector<Detector>& detectors, const test::Samples& block, Hear hear) {
    for (std::size_t i = 0; i < detectors.size(); ++i) {
        hear(detectors[i], lineOf(block, i));
    }
}

/// Nanoseconds that this thread has run: what others do on the machine is not in it.
inline double processorTime() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e9 + double(time.tv_nsec);
}

template <class Receiver>
double timeOf(Receiver& receiver, const Blocks& sound) {
    const double begin = processorTime();
    for (const test::Samples& block : sound) {
        receiver(block);
    }
    return processorTime() - begin;
}

inline double medianOf(std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

inline void reportTime(benchmark::State& state, double nanoseconds) {
    state.counters["ns/sample"] = nanoseconds;
    state.counters["lines"] = 1e9 / (nanoseconds * 8000);  // that one core carries
}

/// A receiver, called with a block of all lines, alone.
template <class Receiver>
void listen(benchmark::State& state, const Blocks& sound) {
    const double samples = double(sound.size() * kBlock * kLines);
    Receiver receiver;
    std::vector<double> spent;
    for (auto _ : state) {
        spent.push_back(timeOf(receiver, sound) / samples);
    }
    reportTime(state, medianOf(spent));
}

/// Ours and theirs in turn over the whole sound, so that the machine's other work touches both
/// alike; "ratio" is the middle one of theirs over ours.
template <class Ours, class Theirs>
void against(benchmark::State& state, const Blocks& sound) {
    const double samples = double(sound.size() * kBlock * kLines);
    Ours ours;
    Theirs theirs;
    std::vector<double> spent, ratios;
    for (auto _ : state) {
        const double time = timeOf(ours, sound);
        spent.push_back(time / samples);
        ratios.push_back(timeOf(theirs, sound) / time);
    }
    reportTime(state, medianOf(spent));
    state.counters["ratio"] = medianOf(ratios);
}

}  // namespace tipring::bench
