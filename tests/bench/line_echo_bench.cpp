// SPDX-License-Identifier: Apache-2.0
// What a call costs more while its core hears without the echo of what is played: "calls" is how
// many of them one core of the processor could do at once. Floor: 1000 while playing, and no
// difference that can be measured while nothing is played.
#include <benchmark/benchmark.h>

#include <memory>
#include <span>
#include <vector>

#include "hal/dsp/hybrid.h"
#include "tipring/tapi_core/media/line_echo.h"

namespace {

using namespace tipring;

constexpr std::size_t kBlock = 160;
constexpr std::size_t kBlocks = 500;
constexpr double kBlocksPerSecond = 50;

void echo(benchmark::State& state) {
    const bool plays = state.range(0) != 0;
    const auto sent = test::compositeSignal(double(kBlocks * kBlock) / 8000, -15, 1);
    const auto received = test::echoOf(sent, test::hybridResponse({190, 60, 10, 2}));
    media::LineEcho line;
    std::uint64_t turn = 0;
    for (auto _ : state) {
        const std::size_t at = turn % kBlocks * kBlock;
        benchmark::DoNotOptimize(line.clean(std::span(received).subspan(at, kBlock)).data());
        if (plays) {
            line.sent(turn * kBlock, std::span(sent).subspan(at, kBlock));
        }
        ++turn;
    }
    state.counters["calls"] = benchmark::Counter(double(state.iterations()) / kBlocksPerSecond,
                                                 benchmark::Counter::kIsRate);
}
BENCHMARK(echo)->ArgName("plays")->Arg(0)->Arg(1);

}  // namespace
