// SPDX-License-Identifier: Apache-2.0
// DTMF receivers of 64 lines in turn, blocks of 20 ms, beside spandsp's on the same samples and the
// plain loop of eight Goertzel filters that does no more than look (headroom). "ratio" is spandsp's
// time over ours, of which the least wanted is 3 for single detectors and 10 for the bank.
#include <spandsp.h>

#include <array>
#include <cmath>
#include <numbers>

#include "dsp_lines.h"
#include "tipring/hal/dsp/dtmf_detector.h"

namespace {

using namespace tipring;
using namespace tipring::bench;

constexpr std::size_t kBlocks = 50;  // a second: what has just come in is in the cache

enum Kind : std::int64_t { Digits, Vowels, Silence };

const Blocks& soundOf(std::int64_t kind) {
    static const std::array<Blocks, 3> kSounds{
        linesOf(kBlocks,
                [](test::Samples& line, test::Random& random, std::size_t) {
                    test::addDigit(line, {.key = "123A456B789C*0#D"[random.below(16)],
                                          .phase = random.uniform()});
                }),
        vowelLines(kBlocks), silentLines(kBlocks)};
    return kSounds[static_cast<std::size_t>(kind)];
}

class Single {
public:
    void operator()(const test::Samples& block) {
        hearEach(detectors_, block, [this](dsp::DtmfDetector& detector, auto samples) {
            detector.process(samples, [this](const dsp::DtmfEvent&) { ++events_; });
        });
        benchmark::DoNotOptimize(events_);
    }

private:
    std::vector<dsp::DtmfDetector> detectors_ = std::vector<dsp::DtmfDetector>(kLines);
    long events_ = 0;
};

class Bank {
public:
    void operator()(const test::Samples& block) {
        bank_.process(block, [&](const dsp::DtmfBank::Event&) { ++events_; });
        benchmark::DoNotOptimize(events_);
    }

private:
    dsp::DtmfBank bank_{kLines};
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
        for (std::size_t i = 0; i < kLines; ++i) {
            dtmf_rx(states_[i], lineOf(block, i).data(), kBlock);
            dtmf_rx_get(states_[i], keys.data(), 128);
        }
        benchmark::DoNotOptimize(keys);
    }

private:
    std::array<dtmf_rx_state_t*, kLines> states_{};
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
        for (std::size_t i = 0; i < kLines; ++i) {
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
    std::array<Filters, kLines> filters_{};
};

template <class Receiver>
void alone(benchmark::State& state) {
    listen<Receiver>(state, soundOf(state.range(0)));
}
template <class Receiver>
void againstSpandsp(benchmark::State& state) {
    against<Receiver, Spandsp>(state, soundOf(state.range(0)));
}

void sounds(benchmark::internal::Benchmark* bench) {
    bench->ArgName("sound")->Arg(Digits)->Arg(Vowels)->Arg(Silence);
}

BENCHMARK(againstSpandsp<Single>)->Apply(sounds);
BENCHMARK(againstSpandsp<Bank>)->Apply(sounds);
BENCHMARK(alone<Spandsp>)->Apply(sounds);
BENCHMARK(alone<Plain>)->Apply(sounds);

}  // namespace
