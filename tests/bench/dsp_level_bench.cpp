// SPDX-License-Identifier: Apache-2.0
// What the level detectors cost: 64 channels in turn, blocks of 20 ms of speech. spandsp's power
// meter is there for scale; it has no voice, beep or answering-machine detector.
#include <benchmark/benchmark.h>
#include <spandsp.h>

#include <vector>

#include "hal/dsp/speech.h"
#include "tipring/hal/dsp/answering_machine.h"
#include "tipring/hal/dsp/beep_detector.h"
#include "tipring/hal/dsp/gain_control.h"
#include "tipring/hal/dsp/level_meter.h"
#include "tipring/hal/dsp/voice_detector.h"

namespace {

using namespace tipring;

constexpr std::size_t kChannels = 64;
constexpr std::size_t kBlock = 160;

const test::Sound& sound() {
    static const test::Sound kSound = [] {
        test::Sound made = test::speak("You have reached the office. Please leave a message.");
        test::append(made, test::silence(8000));
        test::addNoise(made, -58);
        made.resize(made.size() / kBlock * kBlock);
        return made;
    }();
    return kSound;
}

std::size_t placeOf(std::size_t turn) {
    const std::size_t blocks = sound().size() / kBlock;
    return (turn / kChannels + turn % kChannels * 7) % blocks * kBlock;
}

void perSample(benchmark::State& state) {
    state.counters["ns/sample"] =
        benchmark::Counter(double(state.iterations()) * kBlock / 1e9,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class Detector, class Event>
void detect(benchmark::State& state) {
    std::vector<Detector> detectors(kChannels);
    std::size_t turn = 0;
    std::size_t told = 0;
    for (auto _ : state) {
        detectors[turn % kChannels].process(std::span{sound()}.subspan(placeOf(turn), kBlock),
                                            [&](const Event&) { ++told; });
        ++turn;
    }
    benchmark::DoNotOptimize(told);
    perSample(state);
}

void gainControl(benchmark::State& state) {
    std::vector<dsp::GainControl> controls(kChannels);
    test::Sound block(kBlock);
    std::size_t turn = 0;
    for (auto _ : state) {
        std::copy_n(sound().begin() + std::ptrdiff_t(placeOf(turn)), kBlock, block.begin());
        controls[turn % kChannels].process(block);
        benchmark::DoNotOptimize(block);
        ++turn;
    }
    perSample(state);
}

void spandspPowerMeter(benchmark::State& state) {
    std::vector<power_meter_t> meters(kChannels);
    for (power_meter_t& meter : meters) {
        power_meter_init(&meter, 7);
    }
    std::size_t turn = 0;
    for (auto _ : state) {
        const std::size_t at = placeOf(turn);
        for (std::size_t i = 0; i < kBlock; ++i) {
            power_meter_update(&meters[turn % kChannels], sound()[at + i]);
        }
        ++turn;
    }
    benchmark::DoNotOptimize(meters);
    perSample(state);
}

BENCHMARK(detect<dsp::LevelMeter, dsp::LevelReading>)->Name("LevelMeter");
BENCHMARK(spandspPowerMeter)->Name("spandsp/power_meter");
BENCHMARK(detect<dsp::VoiceDetector, dsp::VoiceEvent>)->Name("VoiceDetector");
BENCHMARK(detect<dsp::BeepDetector, dsp::BeepEvent>)->Name("BeepDetector");
BENCHMARK(detect<dsp::AnsweringMachineDetector, dsp::AnswerEvent>)
    ->Name("AnsweringMachineDetector");
BENCHMARK(gainControl)->Name("GainControl");

}  // namespace
