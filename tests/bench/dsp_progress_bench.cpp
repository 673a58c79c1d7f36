// SPDX-License-Identifier: Apache-2.0
// Call progress of 64 channels in turn, blocks of 20 ms, beside spandsp's super_tone_rx with six
// tones of North America. "ns/sample" is the figure to read; "ratio" is spandsp's over ours,
// measured in turn, of which the least wanted is 3 for single detectors and 10 for the bank.
#include <benchmark/benchmark.h>
#include <spandsp.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace {

using namespace tipring;

constexpr std::size_t kChannels = 64;
constexpr std::size_t kBlock = 160;
constexpr std::size_t kBlocks = 100;  // two seconds: two rounds of busy

/// All channels, block after block: what a bank takes.
using Sound = std::vector<test::Samples>;

enum Kind : std::int64_t { Busy, Vowels, Silence };

Sound makeSound(std::int64_t kind) {
    test::Random random;
    std::vector<test::Samples> lines(kChannels);
    for (test::Samples& line : lines) {
        line.assign(kind == Busy ? random.below(4000) : 0, 0);
        while (kind == Vowels && line.size() < kBlock * kBlocks) {
            test::addHostileVowel(line, random);
        }
        const std::size_t lead = line.size();
        line.resize(kBlock * kBlocks);
        if (kind == Busy) {
            dsp::ToneSequence busy{*dsp::parseTonePattern("480+620/500 0/500")};
            busy.mix(std::span(line).subspan(lead));
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
    static const std::array<Sound, 3> kSounds{makeSound(Busy), makeSound(Vowels),
                                              makeSound(Silence)};
    return kSounds[static_cast<std::size_t>(kind)];
}

std::span<const std::int16_t> lineOf(const test::Samples& block, std::size_t channel) {
    return std::span(block).subspan(channel * kBlock, kBlock);
}

const dsp::CountryTones& country() {
    return *dsp::builtinTones().find("US");
}

class Single {
public:
    Single() {
        for (std::size_t i = 0; i < kChannels; ++i) {
            detectors_.emplace_back(country());
        }
    }
    void operator()(const test::Samples& block) {
        for (std::size_t i = 0; i < kChannels; ++i) {
            detectors_[i].process(lineOf(block, i), [&](const dsp::ProgressEvent&) { ++events_; });
        }
        benchmark::DoNotOptimize(events_);
    }

private:
    std::vector<dsp::CallProgressDetector> detectors_;
    long events_ = 0;
};

class Bank {
public:
    void operator()(const test::Samples& block) {
        bank_.process(block, [&](const dsp::CallProgressBank::Event&) { ++events_; });
        benchmark::DoNotOptimize(events_);
    }

private:
    dsp::CallProgressBank bank_{kChannels, country()};
    long events_ = 0;
};

long spandspEvents = 0;

class Spandsp {
public:
    Spandsp() : tones_(super_tone_rx_make_descriptor(nullptr)) {
        add(350, 440, 700, 0);
        add(440, 480, 1800, 4400);
        add(480, 620, 450, 550);
        add(480, 620, 200, 300);
        add(425, 0, 450, 550);
        add(400, 450, 380, 420);
        for (auto*& state : states_) {
            state = super_tone_rx_init(
                nullptr, tones_, [](void*, int, int, int) { ++spandspEvents; }, nullptr);
        }
    }
    ~Spandsp() {
        for (auto* state : states_) {
            super_tone_rx_free(state);
        }
        super_tone_rx_free_descriptor(tones_);
    }
    Spandsp(const Spandsp&) = delete;
    Spandsp& operator=(const Spandsp&) = delete;

    void operator()(const test::Samples& block) {
        for (std::size_t i = 0; i < kChannels; ++i) {
            super_tone_rx(states_[i], lineOf(block, i).data(), kBlock);
        }
    }

private:
    /// `least` and `most` in ms; a most of 0 is a tone that does not stop.
    void add(int first, int second, int least, int most) {
        const int tone = super_tone_rx_add_tone(tones_);
        super_tone_rx_add_element(tones_, tone, first, second, least, most);
        if (most > 0) {
            super_tone_rx_add_element(tones_, tone, 0, 0, least, most);
        }
    }

    super_tone_rx_descriptor_t* tones_;
    std::array<super_tone_rx_state_t*, kChannels> states_{};
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
    bench->ArgName("sound")->Arg(Busy)->Arg(Vowels)->Arg(Silence);
}

BENCHMARK(listen<Single>)->Apply(sounds);
BENCHMARK(listen<Bank>)->Apply(sounds);
BENCHMARK(listen<Spandsp>)->Apply(sounds);
BENCHMARK(againstSpandsp<Single>)->Apply(sounds);
BENCHMARK(againstSpandsp<Bank>)->Apply(sounds);

}  // namespace
