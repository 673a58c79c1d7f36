// SPDX-License-Identifier: Apache-2.0
// Parties that one core mixes in real time: one big room, and many rooms of three. A turn is 20 ms
// of every party: its block comes in, is mixed, and its own mix goes out. The floor is the
// arithmetic alone, in AVX2 by hand where there is one: sum all, subtract each, narrow with
// saturation; no clocks, no limiter, no levels.
#include <benchmark/benchmark.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <memory>
#include <vector>

#include "tipring/tapi_core/media/mixer.h"

namespace {

using tipring::media::Mixer;
using tipring::media::PartyId;
using tipring::media::PartySettings;

constexpr std::size_t kBlock = Mixer::kBlock;
constexpr std::size_t kTurns = 64;  // of sound, then it begins again

/// Speech-like: noise that comes and goes, one party in four at a time.
std::vector<std::int16_t> soundOf(std::size_t party, bool loud) {
    std::vector<std::int16_t> sound(kTurns * kBlock);
    std::uint32_t random = std::uint32_t(party) * 2654435761U + 1;
    for (std::size_t i = 0; i < sound.size(); ++i) {
        random = random * 1664525U + 1013904223U;
        const bool talks = loud || (i / (16 * kBlock) + party) % 4 == 0;
        sound[i] = std::int16_t((int(random >> 16U) - 32768) >> (talks ? 3 : 10));
    }
    return sound;
}

void countParties(benchmark::State& state, std::size_t parties) {
    const double turns = double(state.iterations()) * double(parties);
    state.counters["parties/core"] =
        benchmark::Counter(turns * 0.02, benchmark::Counter::kIsRate);  // 20 ms each
    state.counters["ns/party"] =
        benchmark::Counter(turns / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

struct Options {
    bool loud = false;
    float gain = 0;
    std::size_t echoTail = 0;
    bool drift = false;  ///< the parties' clocks are 62 ppm slow
};

struct Room {
    Room(std::size_t parties, const Options& options)
        : mixer(std::move(*Mixer::create())), drift(options.drift) {
        PartySettings settings;
        settings.gain = options.gain;
        settings.echoTail = options.echoTail;
        for (std::size_t i = 0; i < parties; ++i) {
            ids.push_back(*mixer.join(settings));
            sounds.push_back(soundOf(i, options.loud));
        }
        position.resize(parties);
    }
    void turn(std::size_t at) {
        std::int16_t out[kBlock];
        for (std::size_t i = 0; i < ids.size(); ++i) {
            // A hundredth of the blocks is a sample shorter: 62 ppm.
            const std::size_t count = kBlock - (drift && at % 100 == 0 ? 1 : 0);
            const auto* from = sounds[i].data() + at % kTurns * kBlock;
            mixer.receive(ids[i], position[i], {from, count});
            position[i] += count;
            mixer.send(ids[i], {out, count});
            benchmark::DoNotOptimize(out);
        }
        mixer.tick();
    }
    Mixer mixer;
    bool drift;
    std::vector<PartyId> ids;
    std::vector<std::vector<std::int16_t>> sounds;
    std::vector<std::uint64_t> position;
};

void mix(benchmark::State& state, std::size_t rooms, std::size_t parties, Options options) {
    std::vector<std::unique_ptr<Room>> all;
    for (std::size_t i = 0; i < rooms; ++i) {
        all.push_back(std::make_unique<Room>(parties, options));
    }
    std::size_t at = 0;
    for (; at < 200; ++at) {  // the clocks are settled
        for (const auto& room : all) {
            room->turn(at);
        }
    }
    for (auto _ : state) {
        for (const auto& room : all) {
            room->turn(at);
        }
        ++at;
    }
    countParties(state, rooms * parties);
}

void sumBlock(const std::int16_t* sound, std::int32_t* total) {
    for (std::size_t i = 0; i < kBlock; ++i) {
        total[i] += sound[i];
    }
}

void restBlock(const std::int32_t* total, const std::int16_t* sound, std::int16_t* out) {
    for (std::size_t i = 0; i < kBlock; ++i) {
        out[i] = std::int16_t(std::clamp(total[i] - sound[i], -32768, 32767));
    }
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void sumBlockAvx2(const std::int16_t* sound, std::int32_t* total) {
    for (std::size_t i = 0; i < kBlock; i += 8) {
        auto* to = reinterpret_cast<__m256i*>(total + i);
        const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(sound + i));
        _mm256_storeu_si256(to,
                            _mm256_add_epi32(_mm256_loadu_si256(to), _mm256_cvtepi16_epi32(in)));
    }
}

[[gnu::target("avx2")]] void restBlockAvx2(const std::int32_t* total, const std::int16_t* sound,
                                           std::int16_t* out) {
    for (std::size_t i = 0; i < kBlock; i += 16) {
        const auto* from = reinterpret_cast<const __m128i*>(sound + i);
        const auto* sum = reinterpret_cast<const __m256i*>(total + i);
        const __m256i low =
            _mm256_sub_epi32(_mm256_loadu_si256(sum), _mm256_cvtepi16_epi32(_mm_loadu_si128(from)));
        const __m256i high = _mm256_sub_epi32(_mm256_loadu_si256(sum + 1),
                                              _mm256_cvtepi16_epi32(_mm_loadu_si128(from + 1)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i),
                            _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8));
    }
}
const bool kAvx2 = __builtin_cpu_supports("avx2") != 0;
const auto kSum = kAvx2 ? sumBlockAvx2 : sumBlock;
const auto kRest = kAvx2 ? restBlockAvx2 : restBlock;
#else
const auto kSum = sumBlock;
const auto kRest = restBlock;
#endif

void floorOf(benchmark::State& state, std::size_t rooms, std::size_t parties) {
    std::vector<std::vector<std::int16_t>> sounds;
    for (std::size_t i = 0; i < rooms * parties; ++i) {
        sounds.push_back(soundOf(i, false));
    }
    std::size_t at = 0;
    for (auto _ : state) {
        const std::size_t offset = at++ % kTurns * kBlock;
        for (std::size_t room = 0; room < rooms; ++room) {
            std::int32_t total[kBlock] = {};
            std::int16_t out[kBlock];
            for (std::size_t i = room * parties; i < (room + 1) * parties; ++i) {
                kSum(sounds[i].data() + offset, total);
            }
            for (std::size_t i = room * parties; i < (room + 1) * parties; ++i) {
                kRest(total, sounds[i].data() + offset, out);
                benchmark::DoNotOptimize(out);
            }
        }
    }
    countParties(state, rooms * parties);
}

constexpr Options kPlain{};
constexpr Options kLoud{true, 6, 0, false};
constexpr Options kDrift{false, 0, 0, true};
constexpr Options kEcho{false, 0, 128, false};

BENCHMARK_CAPTURE(floorOf, one_room_of_64, 1, 64);
BENCHMARK_CAPTURE(mix, one_room_of_64, 1, 64, kPlain);
BENCHMARK_CAPTURE(mix, one_room_of_64_limited_6dB, 1, 64, kLoud);
BENCHMARK_CAPTURE(mix, one_room_of_64_drifting, 1, 64, kDrift);
BENCHMARK_CAPTURE(mix, one_room_of_64_echo_16ms, 1, 64, kEcho);
BENCHMARK_CAPTURE(floorOf, one_room_of_256, 1, 256);
BENCHMARK_CAPTURE(mix, one_room_of_256, 1, 256, kPlain);
BENCHMARK_CAPTURE(floorOf, rooms_of_3, 85, 3);
BENCHMARK_CAPTURE(mix, rooms_of_3, 85, 3, kPlain);
BENCHMARK_CAPTURE(mix, rooms_of_3_drifting, 85, 3, kDrift);

}  // namespace
