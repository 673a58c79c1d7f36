// SPDX-License-Identifier: Apache-2.0
// What one FXO port costs with everything that it listens to, for a second of line: on hook and
// silent, on hook with a message, waiting for the answer, talking.
#include <benchmark/benchmark.h>

#include <optional>
#include <random>

#include "tipring/drivers/analog/fxo_line.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::analog {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t kBlock = 160, kSecond = 8000;

class BenchPort final : public FxoPort {
public:
    FxoPortListener* listener = nullptr;
    [[nodiscard]] FxoAbilities abilities() const override { return {true, true, true, true, true}; }
    void setListener(FxoPortListener* next) override { listener = next; }
    [[nodiscard]] FxoElectrics electrics() const override { return {true, false, 48, 27}; }
    hal::Result<void> setHook(bool) override { return {}; }
    hal::Result<void> setSound(bool) override { return {}; }
};

struct Nobody final : FxoObserver {
    void onFxo(const FxoEvent&) override {}
    void onFxoSound(std::uint64_t, std::span<const std::int16_t>,
                    std::span<std::int16_t>) override {}
};

std::vector<std::int16_t> noise(double peak) {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> value(-peak, peak);
    std::vector<std::int16_t> samples(kSecond);
    for (auto& sample : samples) {
        sample = static_cast<std::int16_t>(value(random));
    }
    return samples;
}

class Bed {
public:
    explicit Bed(const char* country) {
        line_.emplace(loop_, port_, *lineProfile(country), nobody_);
    }
    void hear(std::span<const std::int16_t> samples) {
        for (std::size_t at = 0; at + kBlock <= samples.size(); at += kBlock) {
            std::fill(spoken_.begin(), spoken_.end(), std::int16_t{0});
            port_.listener->onSound(position_, samples.subspan(at, kBlock), spoken_);
            position_ += kBlock;
            loop_.advance(20ms);
        }
    }
    void talk() {
        port_.listener->onRing(true);
        loop_.advance(1s);
        port_.listener->onRing(false);
        static_cast<void>(line_->answer());
        loop_.advance(10ms);
    }
    void wait() {
        static_cast<void>(line_->dial("1"));
        std::vector<std::int16_t> tone(kSecond);
        dsp::ToneSequence{*dsp::builtinTones().find("US")->find(dsp::ToneKind::Dial)}.mix(tone);
        hear(tone);
        hear(tone);
        hear(std::vector<std::int16_t>(kSecond));
    }
    [[nodiscard]] FxoState state() const { return line_->state(); }

private:
    hal::VirtualLoop loop_;
    BenchPort port_;
    Nobody nobody_;
    std::array<std::int16_t, kBlock> spoken_{};
    std::uint64_t position_ = 0;
    std::optional<FxoLine> line_;
};

/// The loop is part of it: 50 turns of a second.
void run(benchmark::State& state, Bed& bed, FxoState wanted, double level) {
    const auto samples = noise(level);
    for (auto _ : state) {
        bed.hear(samples);
        if (bed.state() != wanted) {
            state.SkipWithError("the line left its state");
            break;
        }
    }
    state.counters["ports/core"] =
        benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void onHookSilent(benchmark::State& state) {
    Bed bed("US");
    run(state, bed, FxoState::Idle, 10);
}
void onHookNoisy(benchmark::State& state) {  // FSK listened to all the time
    Bed bed("US");
    run(state, bed, FxoState::Idle, 1000);
}
void onHookNoisyBothOrders(benchmark::State& state) {  // FSK and DTMF
    Bed bed("DK");
    run(state, bed, FxoState::Idle, 1000);
}
void talking(benchmark::State& state) {
    Bed bed("US");
    bed.talk();
    run(state, bed, FxoState::Talking, 3000);
}
void waiting(benchmark::State& state) {
    Bed bed("US");
    const auto samples = noise(30);
    bed.wait();
    std::size_t seconds = 0;
    for (auto _ : state) {
        if (seconds++ == 50) {  // before nobody has answered
            state.PauseTiming();
            seconds = 0;
            std::destroy_at(&bed);
            std::construct_at(&bed, "US");
            bed.wait();
            state.ResumeTiming();
        }
        bed.hear(samples);
    }
    if (bed.state() != FxoState::Waiting) {
        state.SkipWithError("the line left its state");
    }
    state.counters["ports/core"] =
        benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

BENCHMARK(onHookSilent)->Unit(benchmark::kMicrosecond);
BENCHMARK(onHookNoisy)->Unit(benchmark::kMicrosecond);
BENCHMARK(onHookNoisyBothOrders)->Unit(benchmark::kMicrosecond);
BENCHMARK(waiting)->Unit(benchmark::kMicrosecond);
BENCHMARK(talking)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tipring::analog
