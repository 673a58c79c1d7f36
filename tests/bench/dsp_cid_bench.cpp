// SPDX-License-Identifier: Apache-2.0
// Caller-ID receivers of 64 lines in turn, blocks of 20 ms, beside spandsp's adsi_rx on the same
// samples, its fsk_rx, and the plain correlators that do no more than multiply (headroom). "ratio"
// is the time of adsi_rx over ours, of which the least wanted is 3 for single receivers and 5 for
// the bank.
#include <spandsp.h>

#include <array>
#include <cmath>
#include <numbers>

#include "dsp_lines.h"
#include "hal/dsp/caller_id_signals.h"
#include "tipring/hal/dsp/fsk_receiver.h"

namespace {

using namespace tipring;
using namespace tipring::bench;

constexpr std::size_t kBlocks = 300;

enum Kind : std::int64_t { Messages, Vowels, Silence };

const Blocks& soundOf(std::int64_t kind) {
    static const std::array<Blocks, 3> kSounds{
        linesOf(kBlocks,
                [](test::Samples& line, test::Random& random, std::size_t) {
                    const test::Samples more =
                        test::fskSound(test::callSetup(random), dsp::kBell202, {}, random);
                    line.insert(line.end(), more.begin(), more.end());
                }),
        vowelLines(kBlocks), silentLines(kBlocks)};
    return kSounds[static_cast<std::size_t>(kind)];
}

class Single {
public:
    void operator()(const test::Samples& block) {
        hearEach(receivers_, block, [this](dsp::FskReceiver& receiver, auto samples) {
            receiver.process(samples, [this](const dsp::FskEvent&) { ++events_; });
        });
        benchmark::DoNotOptimize(events_);
    }

private:
    std::vector<dsp::FskReceiver> receivers_ = std::vector<dsp::FskReceiver>(kLines);
    long events_ = 0;
};

class Bank {
public:
    void operator()(const test::Samples& block) {
        bank_.process(block, [&](const dsp::FskBank::Event&) { ++events_; });
        benchmark::DoNotOptimize(events_);
    }

private:
    dsp::FskBank bank_{kLines};
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
        for (std::size_t i = 0; i < kLines; ++i) {
            adsi_rx(states_[i], lineOf(block, i).data(), kBlock);
        }
    }

private:
    std::array<adsi_rx_state_t*, kLines> states_{};
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
        for (std::size_t i = 0; i < kLines; ++i) {
            fsk_rx(states_[i], lineOf(block, i).data(), kBlock);
        }
    }

private:
    std::array<fsk_rx_state_t*, kLines> states_{};
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
        for (std::size_t i = 0; i < kLines; ++i) {
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

template <class Receiver>
void alone(benchmark::State& state) {
    listen<Receiver>(state, soundOf(state.range(0)));
}
template <class Receiver>
void againstSpandsp(benchmark::State& state) {
    against<Receiver, SpandspAdsi>(state, soundOf(state.range(0)));
}

void sounds(benchmark::internal::Benchmark* bench) {
    bench->ArgName("sound")->Arg(Messages)->Arg(Vowels)->Arg(Silence);
}

BENCHMARK(againstSpandsp<Single>)->Apply(sounds);
BENCHMARK(againstSpandsp<Bank>)->Apply(sounds);
BENCHMARK(alone<SpandspAdsi>)->Apply(sounds);
BENCHMARK(alone<SpandspFsk>)->Apply(sounds);
BENCHMARK(alone<Plain>)->Apply(sounds);

}  // namespace
