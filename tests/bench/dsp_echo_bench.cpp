// SPDX-License-Identifier: Apache-2.0
// Echo cancellers of 64 channels in turn, blocks of 20 ms: ours and speexdsp's on the same sound.
// "ns/sample" is the figure to read. Floor: a third of speexdsp's time at the same tail.
#include <benchmark/benchmark.h>
#include <speex/speex_echo.h>

#include <array>
#include <memory>
#include <vector>

#include "hal/dsp/hybrid.h"
#include "tipring/hal/dsp/echo_canceller.h"

namespace {

using namespace tipring;

constexpr std::size_t kChannels = 64;
constexpr std::size_t kBlock = 160;
constexpr std::size_t kBlocks = 100;

struct Lines {
    test::Sound sent, received;
};
const Lines& lines() {
    static const Lines kLines = [] {
        Lines made;
        made.sent = test::compositeSignal(double(kBlocks * kBlock) / 8000, -15, 1);
        made.received = test::echoOf(made.sent, test::hybridResponse({20, 90, 10, 2}));
        test::addNoise(made.received, -65);
        return made;
    }();
    return kLines;
}

void perSample(benchmark::State& state) {
    state.counters["ns/sample"] =
        benchmark::Counter(double(state.iterations()) * kBlock / 1e9,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Channels are at different places of the sound.
std::size_t placeOf(std::size_t turn) {
    return (turn / kChannels + turn % kChannels) % kBlocks * kBlock;
}

void tipringEcho(benchmark::State& state) {
    std::vector<dsp::EchoCanceller> cancellers;
    for (std::size_t i = 0; i < kChannels; ++i) {
        cancellers.emplace_back(dsp::EchoCancellerSettings{.tail = std::size_t(state.range(0)),
                                                           .suppressor = state.range(1) != 0});
    }
    std::array<std::int16_t, kBlock> clean{};
    std::size_t turn = 0;
    for (auto _ : state) {
        const std::size_t at = placeOf(turn);
        cancellers[turn % kChannels].process(std::span{lines().sent}.subspan(at, kBlock),
                                             std::span{lines().received}.subspan(at, kBlock),
                                             clean);
        benchmark::DoNotOptimize(clean);
        ++turn;
    }
    perSample(state);
}

void speexEcho(benchmark::State& state) {
    using Canceller = std::unique_ptr<SpeexEchoState, void (*)(SpeexEchoState*)>;
    std::vector<Canceller> cancellers;
    for (std::size_t i = 0; i < kChannels; ++i) {
        cancellers.emplace_back(speex_echo_state_init(int(kBlock), int(state.range(0))),
                                speex_echo_state_destroy);
        int rate = 8000;
        speex_echo_ctl(cancellers.back().get(), SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
    }
    std::array<std::int16_t, kBlock> clean{};
    std::size_t turn = 0;
    for (auto _ : state) {
        const std::size_t at = placeOf(turn);
        speex_echo_cancellation(cancellers[turn % kChannels].get(), &lines().received[at],
                                &lines().sent[at], clean.data());
        benchmark::DoNotOptimize(clean);
        ++turn;
    }
    perSample(state);
}

BENCHMARK(tipringEcho)
    ->ArgNames({"tail", "suppressor"})
    ->Args({128, 0})
    ->Args({256, 0})
    ->Args({128, 1});
BENCHMARK(speexEcho)->ArgName("tail")->Arg(128)->Arg(256);

}  // namespace
