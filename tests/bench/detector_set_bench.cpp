// SPDX-License-Identifier: Apache-2.0
// What listening to a line costs: 64 lines in turn, blocks of 20 ms. spandsp's DTMF, caller-ID and
// call-progress receivers on the same sound. "lines" is how many one core carries.
// Floor: 8 times the lines of spandsp for the same three.
#include <benchmark/benchmark.h>

#include <vector>

#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

#include "hal/dsp/speech.h"
#include "tipring/tapi_core/media/detector_set.h"

namespace {

using namespace tipring;

constexpr std::size_t kLines = 64;
constexpr std::size_t kBlock = 160;

const test::Sound& sound() {
    static const test::Sound kSound = [] {
        test::Sound made = test::speak("You have reached the office. Please leave a message.");
        test::append(made, test::silence(8000));
        test::append(made, test::tone(770, 1336, -10, 1600));
        test::append(made, test::tone(480, 620, -16, 8000));
        test::addNoise(made, -58);
        made.resize(made.size() / kBlock * kBlock);
        return made;
    }();
    return kSound;
}

std::span<const std::int16_t> blockOf(std::size_t turn) {
    const std::size_t blocks = sound().size() / kBlock;
    return std::span{sound()}.subspan((turn / kLines + turn % kLines * 7) % blocks * kBlock,
                                      kBlock);
}

void report(benchmark::State& state) {
    const double samples = double(state.iterations()) * kBlock;
    state.counters["ns/sample"] = benchmark::Counter(
        samples / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["lines"] = benchmark::Counter(samples / 8000, benchmark::Counter::kIsRate);
}

media::DetectorSettings threeOfThem() {
    media::DetectorSettings settings;
    settings.fax = settings.answerTone = settings.voice = false;
    settings.callerId = "US";
    return settings;
}

media::DetectorSettings everything() {
    media::DetectorSettings settings;
    settings.callerId = "US";
    settings.answerer = true;
    settings.tones = {{.tag = 1, .hertz = 1000}};
    return settings;
}

/// One detector alone, to see where the time goes.
media::DetectorSettings only(bool media::DetectorSettings::*wanted) {
    media::DetectorSettings settings;
    settings.digits = settings.progress = settings.fax = false;
    settings.answerTone = settings.voice = false;
    if (wanted != nullptr) {
        settings.*wanted = true;
    }
    return settings;
}

media::DetectorSettings onlyCallerId() {
    media::DetectorSettings settings = only(nullptr);
    settings.callerId = "US";
    return settings;
}

media::DetectorSettings onlyTone() {
    media::DetectorSettings settings = only(nullptr);
    settings.tones = {{.tag = 1, .hertz = 1000}};
    return settings;
}

void listen(benchmark::State& state, const media::DetectorSettings& settings) {
    std::vector<media::DetectorSet> sets;
    for (std::size_t i = 0; i < kLines; ++i) {
        sets.push_back(media::DetectorSet::create(settings).value());
    }
    std::size_t turn = 0;
    std::size_t told = 0;
    for (auto _ : state) {
        sets[turn % kLines].process(blockOf(turn), [&](const media::DetectorEvent&) { ++told; });
        ++turn;
    }
    benchmark::DoNotOptimize(told);
    report(state);
}

struct SpandspLine {
    dtmf_rx_state_t* dtmf;
    adsi_rx_state_t* callerId;
    super_tone_rx_state_t* progress;
};

super_tone_rx_descriptor_t* northAmerica() {
    super_tone_rx_descriptor_t* tones = super_tone_rx_make_descriptor(nullptr);
    const auto add = [tones](int first, int second, int least, int most) {
        const int tone = super_tone_rx_add_tone(tones);
        super_tone_rx_add_element(tones, tone, first, second, least, most);
        if (most != 0) {
            super_tone_rx_add_element(tones, tone, 0, 0, least, most);
        }
    };
    add(350, 440, 700, 0);
    add(440, 480, 1800, 4400);
    add(480, 620, 450, 550);
    add(480, 620, 200, 300);
    return tones;
}

void spandsp(benchmark::State& state) {
    super_tone_rx_descriptor_t* tones = northAmerica();
    std::vector<SpandspLine> lines(kLines);
    for (SpandspLine& line : lines) {
        line.dtmf = dtmf_rx_init(nullptr, nullptr, nullptr);
        line.callerId = adsi_rx_init(
            nullptr, ADSI_STANDARD_CLASS, [](void*, const std::uint8_t*, int) {}, nullptr);
        line.progress = super_tone_rx_init(
            nullptr, tones, [](void*, int, int, int) {}, nullptr);
    }
    std::size_t turn = 0;
    char digits[128];
    for (auto _ : state) {
        const auto block = blockOf(turn);
        SpandspLine& line = lines[turn % kLines];
        dtmf_rx(line.dtmf, block.data(), kBlock);
        dtmf_rx_get(line.dtmf, digits, sizeof digits - 1);
        adsi_rx(line.callerId, block.data(), kBlock);
        super_tone_rx(line.progress, block.data(), kBlock);
        ++turn;
    }
    for (SpandspLine& line : lines) {
        dtmf_rx_free(line.dtmf);
        adsi_rx_free(line.callerId);
        super_tone_rx_free(line.progress);
    }
    super_tone_rx_free_descriptor(tones);
    report(state);
}

BENCHMARK_CAPTURE(listen, digits_callerId_progress, threeOfThem());
BENCHMARK(spandsp)->Name("spandsp/digits_callerId_progress");
BENCHMARK_CAPTURE(listen, everything, everything());
BENCHMARK_CAPTURE(listen, digits, only(&media::DetectorSettings::digits));
BENCHMARK_CAPTURE(listen, progress, only(&media::DetectorSettings::progress));
BENCHMARK_CAPTURE(listen, fax, only(&media::DetectorSettings::fax));
BENCHMARK_CAPTURE(listen, answerTone, only(&media::DetectorSettings::answerTone));
BENCHMARK_CAPTURE(listen, voice, only(&media::DetectorSettings::voice));
BENCHMARK_CAPTURE(listen, answerer, only(&media::DetectorSettings::answerer));
BENCHMARK_CAPTURE(listen, callerId, onlyCallerId());
BENCHMARK_CAPTURE(listen, oneTone, onlyTone());

}  // namespace
