// SPDX-License-Identifier: Apache-2.0
#include "dtmf_lanes.h"

#include <gtest/gtest.h>

#include <vector>

#include "dtmf_receivers.h"
#include "hal/dsp/tone_signals.h"

namespace tipring::dsp {
namespace {

constexpr std::size_t kHop = DtmfLimits::kHop;
constexpr std::size_t kLines = 20;
constexpr std::size_t kFrames = 400;

const DtmfLimits& limits() {
    static const DtmfLimits kLimits{DtmfSettings{}};
    return kLimits;
}

/// What each line brings: its frames, and how many of them it skips at the beginning.
struct Line {
    std::vector<FrameSums> sums;
    std::vector<bool> loud;
};

Line lineOf(std::uint64_t seed) {
    test::Random random{seed * 7919 + 1};
    test::Samples samples(kHop);
    while (samples.size() < (kFrames + 1) * kHop) {
        if (random.below(3) == 0) {
            test::addHostileVowel(samples, random);
        } else {
            test::addDigit(samples, {.key = "123A456B789C*0#D"[random.below(16)],
                                     .on = 20 + 60 * random.uniform(),
                                     .off = 30 * random.uniform()});
        }
    }
    Line line;
    line.sums.resize(kFrames);
    for (std::size_t i = 0; i < kFrames; ++i) {
        const std::int16_t* now = samples.data() + (i + 1) * kHop;
        line.loud.push_back(oneFrame(frameFunction(), limits().table, now - kHop, now,
                                     limits().silence, line.sums[i]));
    }
    return line;
}

const std::vector<Line>& lines() {
    static const std::vector<Line> kAll = [] {
        std::vector<Line> made;
        for (std::size_t i = 0; i < kLines; ++i) {
            made.push_back(lineOf(i));
        }
        return made;
    }();
    return kAll;
}

/// A frame of a line comes in three of four rounds only, at random: soon no two are in step.
template <std::size_t kLanes>
std::vector<std::vector<DtmfEvent>> hear(bool inStep) {
    static const FrameSums kNothing{};
    std::vector<DtmfReceivers<kLanes>> groups((kLines + kLanes - 1) / kLanes);
    std::vector<std::size_t> next(kLines, 0);
    std::vector<std::vector<DtmfEvent>> heard(kLines);
    test::Random random;
    for (std::size_t round = 0; round < kFrames; ++round) {
        std::vector<DtmfSight<kLanes>> sights(groups.size());
        for (auto& sight : sights) {
            sight.sums.fill(&kNothing);
        }
        for (std::size_t line = 0; line < kLines; ++line) {
            if (inStep || random.below(4) != 0) {
                DtmfSight<kLanes>& sight = sights[line / kLanes];
                const std::size_t frame = next[line]++;
                sight.sums[line % kLanes] = &lines()[line].sums[frame];
                sight.due |= 1U << line % kLanes;
                sight.loud |= (lines()[line].loud[frame] ? 1U : 0U) << line % kLanes;
            }
        }
        for (std::size_t i = 0; i < groups.size(); ++i) {
            groups[i].hear(sights[i], i * kLanes, limits(), [&](const DtmfBank::Event& event) {
                heard[event.channel].push_back(event);
            });
        }
    }
    return heard;
}

template <std::size_t kLanes>
void expectLikeOne(bool inStep) {
    const auto expected = hear<1>(inStep);
    const auto heard = hear<kLanes>(inStep);
    for (std::size_t line = 0; line < kLines; ++line) {
        ASSERT_GT(expected[line].size(), 4U);
        ASSERT_EQ(heard[line].size(), expected[line].size()) << line;
        for (std::size_t i = 0; i < heard[line].size(); ++i) {
            const DtmfEvent &a = heard[line][i], &b = expected[line][i];
            EXPECT_TRUE(a.kind == b.kind && a.key == b.key && a.began == b.began &&
                        a.duration == b.duration && a.lowLevel == b.lowLevel &&
                        a.highLevel == b.highLevel)
                << line << ' ' << i;
        }
    }
}

#if defined(__x86_64__)

TEST(DtmfLanes, HearTheSameSideBySideAsAlone) {
    for (const bool inStep : {true, false}) {
        if (hasAvx2()) {
            expectLikeOne<8>(inStep);
        }
        if (hasAvx512()) {
            expectLikeOne<16>(inStep);
        }
    }
}

#endif

TEST(DtmfLanes, AChannelThatIsTakenOverGoesOn) {
    for (std::size_t line = 0; line < kLines; ++line) {
        DtmfReceivers<1> alone, moved;
        std::vector<char> expected, heard;
        const auto feed = [&](DtmfReceivers<1>& receivers, std::size_t frame, auto& keys) {
            const DtmfSight<1> sight{
                {&lines()[line].sums[frame]}, 1, lines()[line].loud[frame] ? 1U : 0U};
            receivers.hear(sight, 0, limits(),
                           [&](const DtmfBank::Event& event) { keys.push_back(event.key); });
        };
        for (std::size_t frame = 0; frame < kFrames; ++frame) {
            DtmfReceivers<1> next;
            next.take(0, moved, 0);
            moved = next;
            feed(alone, frame, expected);
            feed(moved, frame, heard);
        }
        EXPECT_EQ(heard, expected) << line;
    }
}

}  // namespace
}  // namespace tipring::dsp
