// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/dtmf_detector.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "hal/base/allocation_count.h"
#include "hal/dsp/dtmf_sweep.h"
#include "hal/dsp/tone_signals.h"

namespace tipring::dsp {
namespace {

using test::Digit;
using test::Random;
using test::Samples;
using Kind = DtmfEvent::Kind;

using Events = std::vector<DtmfEvent>;

Events hear(const Samples& samples, std::size_t block = 160, const DtmfSettings& settings = {}) {
    DtmfDetector detector{settings};
    Events events;
    for (std::size_t at = 0; at < samples.size(); at += block) {
        const std::size_t count = std::min(block, samples.size() - at);
        detector.process(std::span(samples).subspan(at, count),
                         [&](const DtmfEvent& event) { events.push_back(event); });
    }
    return events;
}

bool same(const DtmfEvent& a, const DtmfEvent& b) {
    return a.kind == b.kind && a.key == b.key && a.began == b.began && a.duration == b.duration &&
           a.lowLevel == b.lowLevel && a.highLevel == b.highLevel;
}

/// Digits, speech-like sounds and noise, different for each seed.
Samples mixture(std::uint64_t seed, std::size_t count = 24000) {
    Random random{seed * 7919 + 1};
    Samples samples;
    while (samples.size() < count) {
        if (random.below(3) == 0) {
            test::addHostileVowel(samples, random);
        } else {
            test::addDigit(samples, {.key = test::kDtmfKeys[random.below(16)],
                                     .low = -10 - 10 * random.uniform(),
                                     .high = -10 - 10 * random.uniform(),
                                     .on = 20 + 60 * random.uniform(),
                                     .off = 60 * random.uniform()});
        }
    }
    samples.resize(count);
    test::addNoise(samples, -40, random);
    return samples;
}

TEST(DtmfDetector, TellsLengthLevelAndTwistOfADigit) {
    for (const double on : {40.0, 50.0, 73.0, 500.0}) {
        for (std::size_t lead = 400; lead < 448; lead += 5) {
            Samples samples(lead, 0);
            test::addDigit(samples, {.key = '6', .low = -12, .high = -9, .on = on, .off = 60});
            const Events events = hear(samples);
            ASSERT_EQ(events.size(), 2U) << on << ' ' << lead;
            EXPECT_EQ(events[0].kind, Kind::Start);
            EXPECT_EQ(events[1].kind, Kind::End);
            EXPECT_EQ(events[1].key, '6');
            EXPECT_NEAR(double(events[0].began), double(lead), 16);
            EXPECT_NEAR(double(events[1].duration), on * 8, 24);
            EXPECT_NEAR(events[1].lowLevel, -12, 0.3);
            EXPECT_NEAR(events[1].highLevel, -9, 0.3);
            EXPECT_NEAR(events[1].twist(), 3, 0.3);
        }
    }
}

TEST(DtmfDetector, HearsTheSameWhateverTheBlocks) {
    const Samples samples = mixture(3);
    const Events whole = hear(samples, samples.size());
    ASSERT_GT(whole.size(), 10U);
    for (const std::size_t block : {1U, 7U, 47U, 48U, 49U, 160U, 10000U}) {
        const Events events = hear(samples, block);
        ASSERT_EQ(events.size(), whole.size()) << block;
        for (std::size_t i = 0; i < events.size(); ++i) {
            EXPECT_TRUE(same(events[i], whole[i])) << block;
        }
    }
}

TEST(DtmfBank, HearsWhatSingleDetectorsHear) {
    for (const std::size_t channels : {1U, 3U, 8U, 17U}) {
        DtmfBank bank{channels};
        std::vector<Samples> sounds;
        for (std::size_t i = 0; i < channels; ++i) {
            sounds.push_back(mixture(i, 16000));
        }
        std::vector<Events> heard(channels);
        for (std::size_t at = 0; at < 16000; at += 160) {
            Samples block;
            for (const Samples& sound : sounds) {
                block.insert(block.end(), sound.begin() + long(at), sound.begin() + long(at) + 160);
            }
            bank.process(block, [&](const DtmfBank::Event& event) {
                heard[event.channel].push_back(event);
            });
        }
        for (std::size_t i = 0; i < channels; ++i) {
            const Events alone = hear(sounds[i]);
            ASSERT_EQ(heard[i].size(), alone.size());
            for (std::size_t k = 0; k < alone.size(); ++k) {
                EXPECT_TRUE(same(heard[i][k], alone[k]));
            }
        }
    }
}

/// What a bank looks at together depends on how many channels it has.
TEST(DtmfBank, ChannelsGoOnWhenOthersJoinAndLeave) {
    const Samples sound = mixture(4, 16000);
    const Events alone = hear(sound);
    ASSERT_GT(alone.size(), 8U);
    DtmfBank bank{1};
    std::vector<Events> heard(20);
    const std::array<std::size_t, 5> sizes{1, 4, 20, 2, 20};
    for (std::size_t at = 0; at < sound.size(); at += 160) {
        bank.resize(sizes[at * sizes.size() / sound.size()]);
        for (std::size_t i = 0; i < bank.channels(); ++i) {
            bank.process(i, std::span(sound).subspan(at, 160), [&](const DtmfBank::Event& event) {
                heard[event.channel].push_back(event);
            });
        }
    }
    for (const std::size_t channel : {0U, 1U}) {
        // Channel 1 joined when a fifth of it was over.
        const std::size_t missed = alone.size() - heard[channel].size();
        ASSERT_LT(missed, channel == 0 ? 1U : alone.size() / 3);
        for (std::size_t k = 2; k < heard[channel].size(); ++k) {
            EXPECT_EQ(heard[channel][k].key, alone[missed + k].key) << channel;
        }
    }
    const std::size_t late = heard[19].size();
    EXPECT_GT(late, 0U);
    EXPECT_LT(late, alone.size());
}

TEST(DtmfDetector, AllocatesNothingWhileItListens) {
    const Samples samples = mixture(5);
    DtmfDetector detector;
    int events = 0;
    const std::uint64_t before = test::allocationCount();
    detector.process(samples, [&](const DtmfEvent&) { ++events; });
    EXPECT_EQ(test::allocationCount(), before);
    EXPECT_GT(events, 0);
}

TEST(DtmfDetector, EachStartHasItsEnd) {
    bool open = false;
    for (const DtmfEvent& event : hear(mixture(9, 200000))) {
        EXPECT_EQ(event.kind, open ? Kind::End : Kind::Start);
        open = event.kind == Kind::Start;
    }
}

TEST(DtmfDetector, TwistLimitsCanBeSet) {
    Samples samples;
    test::addDigit(samples, {.low = -10, .high = -16, .off = 60});
    EXPECT_EQ(hear(samples).size(), 2U);
    EXPECT_TRUE(hear(samples, 160, {.normalTwist = 4}).empty());
    Samples reverse;
    test::addDigit(reverse, {.low = -18, .high = -10, .off = 60});
    EXPECT_TRUE(hear(reverse).empty());
    EXPECT_EQ(hear(reverse, 160, {.reverseTwist = 9}).size(), 2U);
}

TEST(DtmfDetector, SurvivesAnySamples) {
    const auto quiet = [](const Samples& samples) { return hear(samples).empty(); };
    EXPECT_TRUE(quiet({}));
    EXPECT_TRUE(quiet({1}));
    EXPECT_TRUE(quiet(Samples(8000, 32767)));
    EXPECT_TRUE(quiet(Samples(8000, -32768)));
    Samples square(8000);
    for (std::size_t i = 0; i < square.size(); ++i) {
        square[i] = i / 5 % 2 == 0 ? 32767 : -32768;
    }
    EXPECT_TRUE(quiet(square));
    test::addDigit(square, {.off = 60});
    EXPECT_EQ(hear(square).size(), 2U) << "a digit after it is heard";
}

}  // namespace
}  // namespace tipring::dsp
