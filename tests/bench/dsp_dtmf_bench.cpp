// SPDX-License-Identifier: Apache-2.0
// DTMF receivers of 64 channels in turn, blocks of 20 ms, beside spandsp's on the same samples and
// the plain loop of eight Goertzel filters that does no more than look (headroom). "ns/sample" is
// the figure to read; "ratio" is spandsp's over ours, measured in turn, of which the least wanted
// is 3 for single detectors and 10 for the bank.
#include <benchmark/benchmark.h>
#include <spandsp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <numbers>
#include <vector>

#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/dtmf_detector.h"

namespace {

using namespace tipring;

constexpr std::size_t kChannels = 64;
constexpr std::size_t kBlock = 160;
constexpr std::size_t kBlocks = 50;  // a second: what has just come in is in the cache

/// All channels, block after block: what a bank takes.
using Sound = std::vector<test::Samples>;

enum Kind : std::int64_t { Digits, Vowels, Silence };

Sound makeSound(std::int64_t kind) {
    test::Random random;
    std::vector<test::Samples> lines(kChannels);
    for (test::Samples& line : lines) {
        while (line.size() < kBlock * kBlocks) {
            if (kind == Digits) {
                test::addDigit(
                    line, {.key = "123A456B789C*0#D"[random.below(16)], .phase = random.uniform()});
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
    static const std::array<Sound, 3> kSounds{makeSound(Digits), makeSound(Vowels),
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
            detectors_[i].process(lineOf(block, i), [&](const dsp::DtmfEvent&) { ++events_; });
        }
        benchmark::DoNotOptimize(events_);
    }

private:
    std::vector<dsp::DtmfDetector> detectors_ = std::vector<dsp::DtmfDetector>(kChannels);
    long events_ = 0;
};

class Bank {
public:
    void operator()(const test::Samples& block) {
        bank_.process(block, [&](const dsp::DtmfBank::Event&) { ++events_; });
        benchmark::DoNotOptimize(events_);
    }

private:
    dsp::DtmfBank bank_{kChannels};
    long events_ = 0;
};

class Spandsp {
public:
    Spandsp() {
        for (auto*& state : states_) {
            state = dtmf_rx_init(nullptr, nullptr, nullptr);
        }
    }
    ~Spandsp() {
        for (auto* state : states_) {
            dtmf_rx_free(state);
        }
    }
    Spandsp(const Spandsp&) = delete;
    Spandsp& operator=(const Spandsp&) = delete;

    void operator()(const test::Samples& block) {
        std::array<char, 129> keys{};
        for (std::size_t i = 0; i < kChannels; ++i) {
            dtmf_rx(states_[i], lineOf(block, i).data(), kBlock);
            dtmf_rx_get(states_[i], keys.data(), 128);
        }
        benchmark::DoNotOptimize(keys);
    }

private:
    std::array<dtmf_rx_state_t*, kChannels> states_{};
};

/// Eight Goertzel filters a channel and nothing else.
class Plain {
public:
    Plain() {
        constexpr std::array kHertz{697, 770, 852, 941, 1209, 1336, 1477, 1633};
        for (std::size_t i = 0; i < kHertz.size(); ++i) {
            twice_[i] = static_cast<float>(2 * std::cos(2 * std::numbers::pi * kHertz[i] / 8000));
        }
    }
    void operator()(const test::Samples& block) {
        for (std::size_t i = 0; i < kChannels; ++i) {
            Filters& filters = filters_[i];
            for (const std::int16_t sample : lineOf(block, i)) {
                for (std::size_t k = 0; k < 8; ++k) {
                    const float next = twice_[k] * filters.newest[k] - filters.before[k] + sample;
                    filters.before[k] = filters.newest[k];
                    filters.newest[k] = next;
                }
            }
            benchmark::DoNotOptimize(filters);
            filters = {};
        }
    }

private:
    struct Filters {
        std::array<float, 8> newest{}, before{};
    };
    std::array<float, 8> twice_{};
    std::array<Filters, kChannels> filters_{};
};

template <class Receiver>
void listen(benchmark::State& state) {
    const Sound& sound = soundOf(state.range(0));
    Receiver receiver;
    std::size_t block = 0;
    for (auto _ : state) {
        receiver(sound[block]);
        block = (block + 1) % kBlocks;
    }
    state.counters["ns/sample"] =
        benchmark::Counter(double(state.iterations()) * kBlock * kChannels / 1e9,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Nanoseconds that this thread has run: what others do on the machine is not in it.
double processorTime() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e9 + double(time.tv_nsec);
}

/// Both in turn, so that the machine's other work touches both alike.
template <class Receiver>
void againstSpandsp(benchmark::State& state) {
    const Sound& sound = soundOf(state.range(0));
    Receiver ours;
    Spandsp theirs;
    std::vector<double> ratios;
    for (auto _ : state) {
        const auto hear = [&](auto& receiver) {
            const double begin = processorTime();
            for (std::size_t i = 0; i < kBlocks; ++i) {
                receiver(sound[i]);
            }
            return processorTime() - begin;
        };
        const double spent = hear(ours);
        ratios.push_back(hear(theirs) / spent);
    }
    std::sort(ratios.begin(), ratios.end());
    state.counters["ratio"] = ratios[ratios.size() / 2];
}

void sounds(benchmark::internal::Benchmark* bench) {
    bench->ArgName("sound")->Arg(Digits)->Arg(Vowels)->Arg(Silence);
}

BENCHMARK(listen<Single>)->Apply(sounds);
BENCHMARK(listen<Bank>)->Apply(sounds);
BENCHMARK(listen<Spandsp>)->Apply(sounds);
BENCHMARK(listen<Plain>)->Apply(sounds);
BENCHMARK(againstSpandsp<Single>)->Apply(sounds);
BENCHMARK(againstSpandsp<Bank>)->Apply(sounds);

}  // namespace
