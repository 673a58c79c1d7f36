// SPDX-License-Identifier: Apache-2.0
// Caller-ID receivers of 64 channels in turn, blocks of 20 ms, beside spandsp's adsi_rx and fsk_rx
// on the same samples and the plain correlators that do no more than multiply (headroom).
// "ns/sample" is the figure to read; "ratio" is spandsp's adsi_rx over ours, measured in turn, of
// which the least wanted is 3 for single receivers and 5 for the bank.
#include <benchmark/benchmark.h>
#include <spandsp.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "hal/dsp/caller_id_signals.h"
#include "tipring/hal/dsp/fsk_receiver.h"

namespace {

using namespace tipring;

constexpr std::size_t kChannels = 64;
constexpr std::size_t kBlock = 160;
constexpr std::size_t kBlocks = 300;

/// All channels, block after block: what a bank takes.
using Sound = std::vector<test::Samples>;

enum Kind : std::int64_t { Messages, Vowels, Silence };

Sound makeSound(std::int64_t kind) {
    test::Random random;
    std::vector<test::Samples> lines(kChannels);
    for (test::Samples& line : lines) {
        while (line.size() < kBlock * kBlocks) {
            if (kind == Messages) {
                const test::Samples more =
                    test::fskSound(test::callSetup(random), dsp::kBell202, {}, random);
                line.insert(line.end(), more.begin(), more.end());
            } else if (kind == Vowels) {
                test::addHostileVowel(line, random);
            } else {
                test::addSilence(line, 1000);
            }
        }
    }
    Sound sound(kBlocks);
    for (std::size_t block = 0; block < kBlocks; ++block) {
        for (const test::Samples& line : lines) {
            const auto begin = line.begin() + static_cast<std::ptrdiff_t>(block * kBlock);
            sound[block].insert(sound[block].end(), begin, begin + kBlock);
        }
    }
    return sound;
}

const Sound& soundOf(std::int64_t kind) {
    static const std::array<Sound, 3> kSounds{makeSound(Messages), makeSound(Vowels),
                                              makeSound(Silence)};
    return kSounds[static_cast<std::size_t>(kind)];
}

std::span<const std::int16_t> lineOf(const test::Samples& block, std::size_t channel) {
    return std::span(block).subspan(channel * kBlock, kBlock);
}

class Single {
public:
    void operator()(const test::Samples& block) {
        for (std::size_t i = 0; i < kChannels; ++i) {
            receivers_[i].process(lineOf(block, i), [&](const dsp::FskEvent&) { ++events_; });
        }
        benchmark::DoNotOptimize(events_);
    }

private:
    std::vector<dsp::FskReceiver> receivers_ = std::vector<dsp::FskReceiver>(kChannels);
    long events_ = 0;
};

class Bank {
public:
    void operator()(const test::Samples& block) {
        bank_.process(block, [&](const dsp::FskBank::Event&) { ++events_; });
        benchmark::DoNotOptimize(events_);
    }

private:
    dsp::FskBank bank_{kChannels};
    long events_ = 0;
};

class SpandspAdsi {
public:
    SpandspAdsi() {
        for (auto*& state : states_) {
            state = adsi_rx_init(
                nullptr, ADSI_STANDARD_CLASS, [](void*, const std::uint8_t*, int) {}, nullptr);
        }
    }
    ~SpandspAdsi() {
        for (auto* state : states_) {
            adsi_rx_free(state);
        }
    }
    SpandspAdsi(const SpandspAdsi&) = delete;
    SpandspAdsi& operator=(const SpandspAdsi&) = delete;

    void operator()(const test::Samples& block) {
        for (std::size_t i = 0; i < kChannels; ++i) {
            adsi_rx(states_[i], lineOf(block, i).data(), kBlock);
        }
    }

private:
    std::array<adsi_rx_state_t*, kChannels> states_{};
};

class SpandspFsk {
public:
    SpandspFsk() {
        for (auto*& state : states_) {
            state = fsk_rx_init(
                nullptr, &preset_fsk_specs[FSK_BELL202], FSK_FRAME_MODE_ASYNC, [](void*, int) {},
                nullptr);
        }
    }
    ~SpandspFsk() {
        for (auto* state : states_) {
            fsk_rx_free(state);
        }
    }
    SpandspFsk(const SpandspFsk&) = delete;
    SpandspFsk& operator=(const SpandspFsk&) = delete;

    void operator()(const test::Samples& block) {
        for (std::size_t i = 0; i < kChannels; ++i) {
            fsk_rx(states_[i], lineOf(block, i).data(), kBlock);
        }
    }

private:
    std::array<fsk_rx_state_t*, kChannels> states_{};
};

/// Seven taps at two frequencies and a comparison, nothing else.
class Plain {
public:
    Plain() {
        for (std::size_t k = 0; k < 7; ++k) {
            const auto angle = static_cast<float>(2 * std::numbers::pi * double(k) / 8000);
            taps_[k] = {std::cos(1200 * angle), std::sin(1200 * angle), std::cos(2200 * angle),
                        std::sin(2200 * angle)};
        }
    }
    void operator()(const test::Samples& block) {
        int ones = 0;
        for (std::size_t i = 0; i < kChannels; ++i) {
            const auto line = lineOf(block, i);
            for (std::size_t at = 0; at + 7 <= line.size(); ++at) {
                std::array<float, 4> sums{};
                for (std::size_t k = 0; k < 7; ++k) {
                    for (std::size_t j = 0; j < 4; ++j) {
                        sums[j] += taps_[k][j] * line[at + k];
                    }
                }
                ones +=
                    sums[0] * sums[0] + sums[1] * sums[1] > sums[2] * sums[2] + sums[3] * sums[3];
            }
        }
        benchmark::DoNotOptimize(ones);
    }

private:
    std::array<std::array<float, 4>, 7> taps_{};
};

/// Of the processor: other programs do not count.
double secondsOf(const auto& work) {
    const auto now = [] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
    };
    const double begin = now();
    work();
    return now() - begin;
}

/// Ours and spandsp's adsi_rx in turn over the whole sound.
template <class Receiver>
void cost(benchmark::State& state) {
    const Sound& sound = soundOf(state.range(0));
    Receiver receiver;
    SpandspAdsi peer;
    double ours = 0, theirs = 0;
    for (auto _ : state) {
        ours += secondsOf([&] {
            for (const auto& block : sound) {
                receiver(block);
            }
        });
        state.PauseTiming();
        theirs += secondsOf([&] {
            for (const auto& block : sound) {
                peer(block);
            }
        });
        state.ResumeTiming();
    }
    const double samples = double(state.iterations()) * double(kChannels * kBlock * kBlocks);
    state.counters["ns/sample"] = ours / samples * 1e9;
    state.counters["ratio"] = theirs / ours;
    state.counters["lines"] = samples / ours / 8000;
}

BENCHMARK(cost<Single>)->Name("single")->Arg(Messages)->Arg(Vowels)->Arg(Silence);
BENCHMARK(cost<Bank>)->Name("bank")->Arg(Messages)->Arg(Vowels)->Arg(Silence);
BENCHMARK(cost<Plain>)->Name("plain correlators")->Arg(Messages);
BENCHMARK(cost<SpandspFsk>)->Name("spandsp fsk_rx")->Arg(Messages)->Arg(Silence);
BENCHMARK(cost<SpandspAdsi>)->Name("spandsp adsi_rx")->Arg(Messages)->Arg(Silence);

}  // namespace
