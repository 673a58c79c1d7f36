// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/mixer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "hal/base/allocation_count.h"
#include "mixer_lines.h"

namespace tipring::media {
namespace {

/// Samples from a line's count to another's: both delays and the limiter's; a block is sent when
/// another one has been received, and that is counted already.
constexpr std::size_t kWay = 400 + 400 + MixLimiter::kDelay - 160;

using Heard = std::span<const std::int16_t>;

class MixerTest : public ::testing::Test {
protected:
    /// The last `count` samples that a line heard.
    static Heard last(const MixedLine& line, std::size_t count = 8000) {
        return Heard(line.heard).last(count);
    }
    PartyReport report(const MixedLine& line) const {
        return mixer.report(line.party).value_or(PartyReport{});
    }

    Mixer mixer = std::move(*Mixer::create());
    MixedLines lines{mixer};
};

TEST_F(MixerTest, EachHearsAllOthersAtTheirLevelAndNotItself) {
    constexpr std::size_t kParties = 32;
    const auto hertz = [](std::size_t i) { return 200.0 + 100.0 * double(i); };
    for (std::size_t i = 0; i < kParties; ++i) {
        lines.add(tone(hertz(i), 900));
    }
    lines.run(100);
    for (std::size_t listener = 0; listener < kParties; ++listener) {
        const Heard heard = last(*lines.lines[listener]);
        for (std::size_t talker = 0; talker < kParties; ++talker) {
            const double level = decibels(amplitudeAt(heard, hertz(talker)) / 900);
            if (talker == listener) {
                EXPECT_LT(level, -60) << listener;
            } else {
                EXPECT_NEAR(level, 0, 0.5) << listener << " hears " << talker;
            }
        }
    }
}

TEST_F(MixerTest, WhatFitsPassesToTheBitAndAConstantTimeLater) {
    lines.add(tone(431, 9000));
    MixedLine& listener = lines.add({});
    lines.run(100);
    const Heard heard = last(listener, 4000);
    const std::uint64_t first = listener.position - 4000;
    for (std::size_t i = 0; i < heard.size(); ++i) {
        const auto sample = std::lrint(lines.lines[0]->sound(first + i - kWay));
        ASSERT_EQ(heard[i], sample) << i;
    }
}

TEST_F(MixerTest, ManyLoudTalkersNeitherClipNorWrap) {
    for (std::size_t i = 0; i < 32; ++i) {
        lines.add(tone(437, 32767));
    }
    lines.run(150);
    for (const auto& line : lines.lines) {
        const auto [least, most] = std::minmax_element(line->heard.begin(), line->heard.end());
        EXPECT_LE(*most, MixLimiter::kLimit);
        EXPECT_GE(*least, -MixLimiter::kLimit);
    }
    // Still a sine: nothing was cut off, no sum ran over.
    const Heard heard = last(*lines.lines[0]);
    EXPECT_NEAR(amplitudeAt(heard, 437), MixLimiter::kLimit, 500);
    EXPECT_LT(decibels(amplitudeAt(heard, 3 * 437) / amplitudeAt(heard, 437)), -60);
    EXPECT_NEAR(report(*lines.lines[0]).reduction, decibels(31 * 32767.0 / 31000), 0.2);
}

TEST_F(MixerTest, TheLimiterTurnsDownBeforeAPeakAndComesBackSlowly) {
    const auto burst = [](double hertz) {
        return [=](std::uint64_t at) {
            return tone(hertz, at >= 16000 && at < 24000 ? 30000 : 6000)(at);
        };
    };
    lines.add(burst(500));
    lines.add(burst(500));
    MixedLine& listener = lines.add({});
    lines.run(500);
    const Heard heard{listener.heard};
    EXPECT_LE(*std::max_element(heard.begin(), heard.end()), MixLimiter::kLimit);
    // Half a second after the burst it is 3 dB up again; a syllable's pause changes nothing.
    const double full = 12000;
    const double early = amplitudeAt(heard.subspan(24000 + 700, 400), 500);
    EXPECT_LT(decibels(early / full), -5);
    EXPECT_NEAR(decibels(amplitudeAt(heard.subspan(24000 + 4700, 400), 500) / early), 3, 0.3);
    EXPECT_NEAR(amplitudeAt(heard.subspan(24000 + 16000, 8000), 500), full, 5);
}

/// 600 s, three clocks: the fastest and the slowest line are 200 ppm apart.
TEST_F(MixerTest, ClocksThatDifferGiveNoClick) {
    MixedLine& fast = lines.add(tone(440, 8000));
    fast.ppm = 100;
    MixedLine& slow = lines.add({});
    slow.ppm = -100;
    MixedLine& even = lines.add({});
    lines.run(30000);
    for (const MixedLine* listener : {&slow, &even}) {
        const Heard heard = Heard(listener->heard).subspan(8000);
        EXPECT_LT(roughness(heard, 440), 12);  // of a sine of 8000, with its rounding
        EXPECT_NEAR(amplitudeAt(last(*listener, 800), 440), 8000, 100);
    }
    for (const auto& line : lines.lines) {
        const PartyReport now = report(*line);
        EXPECT_EQ(now.fromParty.dry + now.fromParty.dropped, 0U);
        EXPECT_EQ(now.toParty.dry + now.toParty.dropped, 0U);
    }
    EXPECT_NE(report(fast).drift, 0);
    EXPECT_EQ(report(even).drift, 0);
}

TEST_F(MixerTest, LostPacketsAreConcealedAndTimeIsKept) {
    MixedLine& talker = lines.add(tone(400, 8000));
    talker.lost = [](std::uint64_t block) { return block % 50 == 49; };
    MixedLine& listener = lines.add({});
    lines.run(500);
    EXPECT_NEAR(double(report(talker).fromParty.concealed), 9 * 160, 160);
    int jump = 0;
    for (std::size_t i = 8001; i < listener.heard.size(); ++i) {
        jump = std::max(jump, std::abs(listener.heard[i] - listener.heard[i - 1]));
    }
    EXPECT_LT(jump, 3000);  // the sine itself moves by 2500
    // The made-up sound is as loud as the real one, and what follows comes when it is due.
    double energy = 0;
    for (const std::int16_t sample : last(listener, 16000)) {
        energy += double(sample) * sample;
    }
    EXPECT_NEAR(10 * std::log10(energy / 16000 / 32e6), 0, 0.2);
    const std::uint64_t first = listener.position - 2000;
    for (std::size_t i = 0; i < 1000; ++i) {
        const auto sample = std::lrint(talker.sound(first + i - kWay));
        ASSERT_EQ(last(listener, 2000)[i], sample) << i;
    }
}

TEST_F(MixerTest, WhatComesLateIsPlayedAndTheDelayGrows) {
    const auto talker = mixer.join();
    const auto listener = mixer.join();
    ASSERT_TRUE(talker && listener);
    std::vector<std::int16_t> heard;
    std::uint64_t position = 0;
    const auto push = [&] {
        Mixer::Block block;
        for (std::size_t i = 0; i < block.size(); ++i, ++position) {
            block[i] = std::int16_t(std::lrint(tone(400, 8000)(position)));
        }
        mixer.receive(*talker, position - block.size(), block);
    };
    for (int turn = 0; turn < 200; ++turn) {
        const bool stalled = turn >= 100 && turn < 104;  // 80 ms of nothing, then all at once
        for (int i = turn == 104 ? -4 : stalled ? 1 : 0; i < 1; ++i) {
            push();
        }
        mixer.tick();
        Mixer::Block block;
        mixer.send(*listener, block);
        heard.insert(heard.end(), block.begin(), block.end());
    }
    const auto report = mixer.report(*talker);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->fromParty.dry, 1U);
    EXPECT_EQ(report->fromParty.dropped, 0U);
    EXPECT_GT(report->fromParty.concealed, 200U);
    int jump = 0;
    for (std::size_t i = 8001; i < heard.size(); ++i) {
        jump = std::max(jump, std::abs(heard[i] - heard[i - 1]));
    }
    EXPECT_LT(jump, 3000);
    EXPECT_LT(roughness(Heard(heard).last(8000), 400), 12);
}

TEST_F(MixerTest, PartiesComeGoAndAreMutedWithoutAClick) {
    MixedLine& constant = lines.add(tone(300, 6000));
    MixedLine& other = lines.add(tone(300, 6000));
    MixedLine& listener = lines.add({});
    const auto loudest = [&](std::size_t count) {
        int jump = 0;
        const Heard heard = last(listener, count);
        for (std::size_t i = 1; i < heard.size(); ++i) {
            jump = std::max(jump, std::abs(heard[i] - heard[i - 1]));
        }
        return jump;
    };
    lines.run(50);
    EXPECT_NEAR(amplitudeAt(last(listener, 1600), 300), 12000, 100);
    ASSERT_TRUE(mixer.setMuted(other.party, true));
    lines.run(50);
    EXPECT_NEAR(amplitudeAt(last(listener, 1600), 300), 6000, 50);
    ASSERT_TRUE(mixer.setMuted(other.party, false));
    lines.run(50);
    ASSERT_TRUE(mixer.leave(other.party));
    lines.run(50);
    EXPECT_NEAR(amplitudeAt(last(listener, 1600), 300), 6000, 50);
    other.party = mixer.join().value_or(PartyId{});
    lines.run(50);
    EXPECT_NEAR(amplitudeAt(last(listener, 1600), 300), 12000, 100);
    ASSERT_TRUE(mixer.leave(other.party));
    ASSERT_TRUE(mixer.leave(constant.party));
    lines.run(50);
    EXPECT_TRUE(std::all_of(last(listener, 1600).begin(), last(listener, 1600).end(),
                            [](int sample) { return sample == 0; }));
    EXPECT_LT(loudest(listener.heard.size()), 3100);  // the sum of both moves by 2800
}

TEST_F(MixerTest, TheSameForAnySizeOfBlocks) {
    std::vector<std::vector<std::int16_t>> results;
    constexpr std::pair<std::size_t, std::size_t> kSizes[] = {
        {160, 160}, {320, 20}, {480, 80}, {40, 640}, {10, 480}};
    for (const auto& [first, second] : kSizes) {
        Mixer own = std::move(*Mixer::create());
        MixedLines room(own);
        PartySettings settings;
        settings.delay = 800;
        room.add(tone(350, 7000), settings).block = first;
        room.add(tone(1234, 3000), settings).block = second;
        room.add(tone(2000, 5000), settings).block = 160;
        room.run(200);
        results.emplace_back(room.lines[2]->heard.begin() + 8000, room.lines[2]->heard.end());
        EXPECT_NEAR(amplitudeAt(Heard(results.back()).last(8000), 350), 7000, 10);
    }
    for (const auto& result : results) {
        EXPECT_EQ(result, results.front());
    }
}

TEST_F(MixerTest, GainIsInDecibelsAndHoldsForTheOthers) {
    PartySettings louder;
    louder.gain = 6;
    MixedLine& talker = lines.add(tone(500, 4000), louder);
    MixedLine& listener = lines.add({});
    lines.run(100);
    EXPECT_NEAR(decibels(amplitudeAt(last(listener), 500) / 4000), 6, 0.05);
    ASSERT_TRUE(mixer.setGain(talker.party, -12));
    lines.run(100);
    EXPECT_NEAR(decibels(amplitudeAt(last(listener), 500) / 4000), -12, 0.05);
    // Far beyond 16 bits before it is brought back: +20 dB of full scale.
    talker.sound = tone(500, 32767);
    ASSERT_TRUE(mixer.setGain(talker.party, 20));
    lines.run(100);
    EXPECT_LT(decibels(amplitudeAt(last(listener), 1500) / amplitudeAt(last(listener), 500)), -60);
}

TEST_F(MixerTest, TheEchoOfALineIsTakenOut) {
    for (const std::size_t tail : {std::size_t{0}, std::size_t{128}}) {
        Mixer own = std::move(*Mixer::create());
        PartySettings settings;
        settings.echoTail = tail;
        const auto echoing = own.join(settings);
        const auto talker = own.join();
        ASSERT_TRUE(echoing && talker);
        std::uint32_t random = 1;
        double energy = 0;
        std::vector<std::int16_t> sent(16);
        Mixer::Block echo{};
        for (std::uint64_t position = 0; position < 80000; position += 160) {
            own.receive(*echoing, position, echo);
            Mixer::Block block;
            own.send(*echoing, block);
            sent.insert(sent.end(), block.begin(), block.end());
            for (std::size_t i = 0; i < block.size(); ++i) {  // 10 dB down, 2 ms later
                echo[i] = std::int16_t(sent[sent.size() - 176 + i] * 316 / 1000);
            }
            for (std::int16_t& sample : block) {
                random = random * 1664525U + 1013904223U;
                sample = std::int16_t(int(random >> 18U) - 8192);
            }
            own.receive(*talker, position, block);
            own.tick();
            own.send(*talker, block);
            for (const std::int16_t sample : block) {
                energy += position < 64000 ? 0 : double(sample) * sample;
            }
        }
        const double level = 10 * std::log10(energy / 16000 / (8192.0 * 8192 / 3) + 1e-9);
        if (tail == 0) {
            EXPECT_NEAR(level, -10, 0.5);
        } else {
            EXPECT_LT(level, -40);
        }
    }
}

TEST_F(MixerTest, APauseOfTheDeviceIsFilledWithItsOwnNoise) {
    std::uint32_t random = 7;
    MixedLine& talker = lines.add([&random](std::uint64_t) {
        random = random * 1664525U + 1013904223U;
        return double(random >> 16U) / 65536 * 40 - 20;
    });
    talker.lost = [](std::uint64_t block) { return block >= 100; };
    MixedLine& listener = lines.add({});
    const auto power = [&] {
        double energy = 0;
        for (const std::int16_t sample : last(listener)) {
            energy += double(sample) * sample / 8000;
        }
        return 10 * std::log10(energy + 1e-9);
    };
    lines.run(100);
    const double before = power();
    lines.run(200);
    EXPECT_NEAR(power(), before, 3);
}

TEST_F(MixerTest, LevelsAndTalkersAreReported) {
    MixedLine& talker = lines.add(tone(1000, 16383.5));
    MixedLine& quiet = lines.add({});
    lines.run(100);
    EXPECT_NEAR(report(talker).dbm0, 3.14 - 6.02, 0.1);
    EXPECT_TRUE(report(talker).talking);
    EXPECT_FALSE(report(quiet).talking);
    talker.sound = {};
    lines.run(10);
    EXPECT_TRUE(mixer.talking(talker.party));  // between two words
    lines.run(30);
    EXPECT_FALSE(mixer.talking(talker.party));
}

TEST_F(MixerTest, EverybodyTogetherIsThereForARecording) {
    lines.add(tone(500, 4000));
    lines.add(tone(700, 4000));
    std::vector<std::int16_t> recorded;
    for (int i = 0; i < 100; ++i) {
        lines.run(1);
        recorded.insert(recorded.end(), mixer.everybody().begin(), mixer.everybody().end());
    }
    EXPECT_NEAR(amplitudeAt(Heard(recorded).last(8000), 500), 4000, 5);
    EXPECT_NEAR(amplitudeAt(Heard(recorded).last(8000), 700), 4000, 5);
}

TEST_F(MixerTest, TheCostOfPartiesIsMeasuredWithTheClockThatItWasGiven) {
    std::chrono::nanoseconds now{};
    MixerSettings settings;
    settings.clock = [&now] { return now += std::chrono::microseconds(1); };
    Mixer timed = std::move(*Mixer::create(settings));
    MixedLines room(timed);
    room.add({});
    room.add({});
    room.run(100);
    // One reading to the next is 1 us: receive, send, and half of a tick.
    EXPECT_EQ(timed.report(room.lines[0]->party)->cost, std::chrono::nanoseconds(2500));
}

TEST_F(MixerTest, WhatIsWrongIsSaidInWords) {
    MixerSettings tiny;
    tiny.mostParties = 2;
    Mixer small = std::move(*Mixer::create(tiny));
    const auto first = small.join();
    ASSERT_TRUE(first && small.join());
    EXPECT_EQ(small.join().error().text(), "CONFERENCEFULL: all 2 places of the mix are taken");
    EXPECT_EQ(small.setGain(*first, 21).error().text(),
              "INVALPARAM: a gain of 21 dB is outside -40 to 20 dB");
    EXPECT_FALSE(small.setGain(*first, std::nanf("")));
    ASSERT_TRUE(small.leave(*first));
    EXPECT_EQ(small.leave(*first).error().text(), "INVALPARAM: the party is not in the mix");
    small.tick();
    const auto again = small.join();
    ASSERT_TRUE(again);
    EXPECT_FALSE(*again == *first);
    EXPECT_FALSE(small.setMuted(*first, true));
    tiny.mostParties = 1;
    EXPECT_FALSE(Mixer::create(tiny));
    PartySettings settings;
    settings.delay = 100;
    EXPECT_EQ(Mixer::check(settings).error().code, hal::ErrorCode::InvalParam);
    settings = {};
    settings.echoTail = 2000;
    EXPECT_EQ(Mixer::check(settings).error().code, hal::ErrorCode::InvalParam);
}

TEST_F(MixerTest, NothingIsAllocatedWhileItRuns) {
    PartySettings settings;
    settings.echoTail = 128;
    for (int i = 0; i < 8; ++i) {
        MixedLine& line = lines.add(
            [i](std::uint64_t at) { return double(at * std::uint64_t(7 + i) % 20000) - 10000; },
            settings);
        line.kept = false;
        line.ppm = i * 20;
        line.lost = [](std::uint64_t block) { return block % 37 == 5; };
    }
    lines.run(100);
    const std::uint64_t before = test::allocationCount();
    lines.run(500);
    EXPECT_EQ(test::allocationCount(), before);
}

}  // namespace
}  // namespace tipring::media
