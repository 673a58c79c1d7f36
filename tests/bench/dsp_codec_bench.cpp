// SPDX-License-Identifier: Apache-2.0
// Codecs of 64 channels in turn, blocks of 20 ms; spandsp on the same samples. Times are for a
// block of 160 samples: "ns/sample" is the figure to read. Floors: G.711 encode 0.45 ns a sample,
// decode 1.1 times spandsp.
#include <benchmark/benchmark.h>
#include <spandsp.h>

#include <array>
#include <random>
#include <vector>

#include "tipring/hal/dsp/codec.h"

namespace {

using namespace tipring::dsp;

constexpr std::size_t kChannels = 64;
constexpr std::size_t kBlock = 160;
constexpr std::size_t kTurns = 50;  // a second of different sound, so that no branch is learnt

using Samples = std::array<std::int16_t, kBlock>;
using Bytes = std::array<std::byte, 2 * kBlock>;

const std::vector<Samples>& sound() {
    static const std::vector<Samples> kSound = [] {
        std::mt19937 random{1};
        std::normal_distribution<float> level{0, 3000};
        std::vector<Samples> blocks(kChannels * kTurns);
        for (Samples& block : blocks) {
            for (std::int16_t& sample : block) {
                sample = static_cast<std::int16_t>(level(random));
            }
        }
        return blocks;
    }();
    return kSound;
}

void perSample(benchmark::State& state) {
    state.counters["ns/sample"] =
        benchmark::Counter(double(state.iterations()) * kBlock / 1e9,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void encode(benchmark::State& state, SampleFormat format) {
    std::vector<Encoder> encoders(kChannels, Encoder{format});
    Bytes bytes{};
    std::size_t turn = 0;
    for (auto _ : state) {
        encoders[turn % kChannels].encode(sound()[turn], bytes);
        benchmark::DoNotOptimize(bytes);
        turn = (turn + 1) % (kChannels * kTurns);
    }
    perSample(state);
}

void decode(benchmark::State& state, SampleFormat format) {
    std::vector<Decoder> decoders(kChannels, Decoder{format});
    std::vector<Bytes> wire(kChannels * kTurns);
    for (std::size_t i = 0; i < wire.size(); ++i) {
        Encoder{format}.encode(sound()[i], wire[i]);
    }
    Samples samples{};
    std::size_t turn = 0;
    for (auto _ : state) {
        decoders[turn % kChannels].decode(wire[turn], samples);
        benchmark::DoNotOptimize(samples);
        turn = (turn + 1) % (kChannels * kTurns);
    }
    perSample(state);
}

template <auto kCode>
void spandspEncode(benchmark::State& state) {
    std::array<std::uint8_t, kBlock> codes{};
    std::size_t turn = 0;
    for (auto _ : state) {
        for (std::size_t i = 0; i < kBlock; ++i) {
            codes[i] = kCode(sound()[turn][i]);
        }
        benchmark::DoNotOptimize(codes);
        turn = (turn + 1) % (kChannels * kTurns);
    }
    perSample(state);
}

template <auto kSample>
void spandspDecode(benchmark::State& state) {
    std::vector<std::array<std::uint8_t, kBlock>> codes(kChannels);
    for (std::size_t i = 0; i < kChannels * kBlock; ++i) {
        codes[i / kBlock][i % kBlock] = static_cast<std::uint8_t>(i * 7);
    }
    Samples samples{};
    std::size_t turn = 0;
    for (auto _ : state) {
        for (std::size_t i = 0; i < kBlock; ++i) {
            samples[i] = kSample(codes[turn % kChannels][i]);
        }
        benchmark::DoNotOptimize(samples);
        turn = (turn + 1) % (kChannels * kTurns);
    }
    perSample(state);
}

void spandspImaEncode(benchmark::State& state) {
    std::vector<ima_adpcm_state_t*> states(kChannels);
    for (auto& one : states) {
        one = ima_adpcm_init(nullptr, IMA_ADPCM_DVI4, 0);
    }
    std::array<std::uint8_t, 2 * kBlock> bytes{};
    std::size_t turn = 0;
    for (auto _ : state) {
        ima_adpcm_encode(states[turn % kChannels], bytes.data(), sound()[turn].data(), kBlock);
        benchmark::DoNotOptimize(bytes);
        turn = (turn + 1) % (kChannels * kTurns);
    }
    for (auto* one : states) {
        ima_adpcm_free(one);
    }
    perSample(state);
}

void spandspImaDecode(benchmark::State& state) {
    std::vector<ima_adpcm_state_t*> states(kChannels);
    for (auto& one : states) {
        one = ima_adpcm_init(nullptr, IMA_ADPCM_DVI4, 0);
    }
    std::vector<Bytes> wire(kChannels * kTurns);
    for (std::size_t i = 0; i < wire.size(); ++i) {
        Encoder{SampleFormat::ImaAdpcm4}.encode(sound()[i], wire[i]);
    }
    std::array<std::int16_t, 2 * kBlock> samples{};
    std::size_t turn = 0;
    for (auto _ : state) {
        ima_adpcm_decode(states[turn % kChannels], samples.data(),
                         reinterpret_cast<const std::uint8_t*>(wire[turn].data()), kBlock / 2);
        benchmark::DoNotOptimize(samples);
        turn = (turn + 1) % (kChannels * kTurns);
    }
    for (auto* one : states) {
        ima_adpcm_free(one);
    }
    perSample(state);
}

BENCHMARK_CAPTURE(encode, muLaw, SampleFormat::MuLaw);
BENCHMARK(spandspEncode<linear_to_ulaw>)->Name("spandsp/encode/muLaw");
BENCHMARK_CAPTURE(encode, aLaw, SampleFormat::ALaw);
BENCHMARK(spandspEncode<linear_to_alaw>)->Name("spandsp/encode/aLaw");
BENCHMARK_CAPTURE(decode, muLaw, SampleFormat::MuLaw);
BENCHMARK(spandspDecode<ulaw_to_linear>)->Name("spandsp/decode/muLaw");
BENCHMARK_CAPTURE(decode, aLaw, SampleFormat::ALaw);
BENCHMARK(spandspDecode<alaw_to_linear>)->Name("spandsp/decode/aLaw");
BENCHMARK_CAPTURE(encode, ima, SampleFormat::ImaAdpcm4);
BENCHMARK(spandspImaEncode)->Name("spandsp/encode/ima");
BENCHMARK_CAPTURE(decode, ima, SampleFormat::ImaAdpcm4);
BENCHMARK(spandspImaDecode)->Name("spandsp/decode/ima");
BENCHMARK_CAPTURE(encode, unsigned8, SampleFormat::Unsigned8);
BENCHMARK_CAPTURE(encode, rockwell4, SampleFormat::RockwellAdpcm4);
BENCHMARK_CAPTURE(decode, rockwell4, SampleFormat::RockwellAdpcm4);
BENCHMARK_CAPTURE(encode, rockwell2, SampleFormat::RockwellAdpcm2);
BENCHMARK_CAPTURE(decode, rockwell2, SampleFormat::RockwellAdpcm2);

}  // namespace
