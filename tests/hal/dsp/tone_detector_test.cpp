// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/tone_detector.h"

#include <gtest/gtest.h>

#include "hal/base/allocation_count.h"
#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/modem_tone.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::dsp {
namespace {

using test::Samples;
using Kind = ToneEvent::Kind;

Samples tone(double hertz, double milliseconds, double dbm0 = -15, double second = 0) {
    Samples samples;
    test::addSilence(samples, milliseconds);
    test::addTone(samples, hertz, dbm0);
    if (second > 0) {
        test::addTone(samples, second, dbm0);
    }
    return samples;
}

Samples framed(const Samples& sound, std::size_t lead = 1237) {
    Samples samples(lead);
    samples.insert(samples.end(), sound.begin(), sound.end());
    test::addSilence(samples, 200);
    return samples;
}

std::vector<ToneEvent> hear(std::span<const WantedTone> wanted, const Samples& samples,
                            std::size_t block = 160) {
    ToneDetector detector{wanted};
    std::vector<ToneEvent> events;
    for (std::size_t at = 0; at < samples.size(); at += block) {
        detector.process(std::span(samples).subspan(at, std::min(block, samples.size() - at)),
                         [&](const ToneEvent& event) { events.push_back(event); });
    }
    return events;
}

std::vector<AnswerToneEvent> hearAnswer(const Samples& samples, std::size_t block = 160) {
    AnswerToneDetector detector;
    std::vector<AnswerToneEvent> events;
    for (std::size_t at = 0; at < samples.size(); at += block) {
        detector.process(std::span(samples).subspan(at, std::min(block, samples.size() - at)),
                         [&](const AnswerToneEvent& event) { events.push_back(event); });
    }
    return events;
}

Samples answer(AnswerToneGenerator::Form form, double milliseconds) {
    Samples samples;
    test::addSilence(samples, milliseconds);
    AnswerToneGenerator generator{form};
    generator.mix(samples);
    return framed(samples);
}

TEST(ToneDetector, TellsTagLengthLevelAndFrequency) {
    const WantedTone wanted[] = {{.tag = 7, .hertz = 1004},
                                 {.tag = 9, .hertz = 700, .second = 1100}};
    auto events = hear(wanted, framed(tone(1010, 300)));
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[1].tag, 7U);
    EXPECT_EQ(events[1].kind, Kind::End);
    EXPECT_NEAR(double(events[1].began), 1237, 40);
    EXPECT_NEAR(double(events[1].duration), 2400, 80);
    EXPECT_NEAR(events[1].hertz, 1010, 1);
    EXPECT_NEAR(events[1].level, -15, 0.5);
    events = hear(wanted, framed(tone(700, 100, -12, 1100)));
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].tag, 9U);
    EXPECT_NEAR(events[1].secondHertz, 1100, 1);
    EXPECT_NEAR(events[1].secondLevel, -12, 0.5);
}

TEST(ToneDetector, KeepsToleranceTimeAndLevel) {
    const WantedTone wanted[] = {{.hertz = 2000, .tolerance = 1, .minimumOn = 100}};
    const auto heard = [&](double hertz, double time, double level) {
        return !hear(wanted, framed(tone(hertz, time, level))).empty();
    };
    EXPECT_TRUE(heard(2018, 150, -20));
    EXPECT_TRUE(heard(1982, 150, -20));
    EXPECT_FALSE(heard(2024, 150, -20));
    EXPECT_FALSE(heard(1976, 150, -20));
    EXPECT_TRUE(heard(2000, 104, -20));
    EXPECT_FALSE(heard(2000, 96, -20));
    EXPECT_TRUE(heard(2000, 150, -39));
    EXPECT_FALSE(heard(2000, 150, -42));
}

TEST(ToneDetector, HearsTheSameWhateverTheBlocks) {
    Samples samples = framed(tone(1100, 500));
    const Samples more = framed(tone(2130, 80, -20, 2750));
    samples.insert(samples.end(), more.begin(), more.end());
    const auto whole = hear(modemTones(), samples, samples.size());
    ASSERT_EQ(whole.size(), 4U);
    for (const std::size_t block : {1U, 79U, 81U, 10000U}) {
        const auto events = hear(modemTones(), samples, block);
        ASSERT_EQ(events.size(), whole.size());
        for (std::size_t i = 0; i < events.size(); ++i) {
            EXPECT_EQ(events[i].began, whole[i].began);
            EXPECT_EQ(events[i].duration, whole[i].duration);
            EXPECT_EQ(events[i].level, whole[i].level);
        }
    }
}

TEST(ToneDetector, TakesAnyListAndAnySamples) {
    EXPECT_TRUE(hear({}, tone(1000, 500)).empty());
    const WantedTone unsound[] = {{.hertz = 0}, {.hertz = 5000}, {.hertz = 300, .second = -5}};
    EXPECT_TRUE(hear(unsound, tone(1000, 500)).empty());
    const std::vector<WantedTone> many(40, WantedTone{.hertz = 1000, .second = 1500});
    EXPECT_EQ(hear(many, framed(tone(1000, 100, -10, 1500))).size(),
              ToneDetector::kMostFrequencies);
    EXPECT_TRUE(hear(modemTones(), Samples(8000, 32767)).empty());
    EXPECT_TRUE(hear(modemTones(), Samples(8000, -32768)).empty());
    EXPECT_TRUE(hear(modemTones(), {5}).empty());
}

TEST(ToneDetector, AllocatesNothingWhileItListens) {
    const Samples samples = framed(tone(1100, 500));
    ToneDetector detector{modemTones()};
    AnswerToneDetector answerDetector;
    int events = 0;
    const std::uint64_t before = test::allocationCount();
    detector.process(samples, [&](const ToneEvent&) { ++events; });
    answerDetector.process(samples, [&](const AnswerToneEvent&) { ++events; });
    EXPECT_EQ(test::allocationCount(), before);
    EXPECT_EQ(events, 2);
}

TEST(ModemTones, EachIsHeardAsItself) {
    for (const ModemTone each : {ModemTone::FaxCalling, ModemTone::DataCalling, ModemTone::Answer,
                                 ModemTone::BellAnswer, ModemTone::CallerAlert}) {
        Samples samples(24000);
        ToneSequence sequence{modemTonePattern(each), -20};
        sequence.mix(std::span(samples).subspan(1000));
        const auto events = hear(modemTones(), samples);
        ASSERT_FALSE(events.empty()) << int(each);
        for (const ToneEvent& event : events) {
            EXPECT_EQ(event.tag, static_cast<std::uint32_t>(each));
        }
    }
}

TEST(ModemTones, AlertingSignalKeepsItsLimits) {
    const auto heard = [](double first, double second, double time, double level) {
        return !hear(modemTones(), framed(tone(first, time, level, second))).empty();
    };
    for (const double level : {-32.0, -14.0}) {
        EXPECT_TRUE(heard(2130 * 1.005, 2750 * 0.995, 75, level));
        EXPECT_TRUE(heard(2130 * 0.995, 2750 * 1.005, 85, level));
        EXPECT_FALSE(heard(2130 + 75, 2750, 80, level));
        EXPECT_FALSE(heard(2130, 2750 - 95, 80, level));
        EXPECT_FALSE(heard(2130, 2750, 45, level));
    }
    EXPECT_TRUE(hear(modemTones(), framed(tone(2130, 80))).empty());
    EXPECT_TRUE(hear(modemTones(), framed(tone(2750, 80))).empty());
}

TEST(FaxCallingDetector, CountsBurstsInTheRhythm) {
    Samples samples(96000);
    ToneSequence sequence{modemTonePattern(ModemTone::FaxCalling), -25};
    sequence.mix(std::span(samples).subspan(2000));
    FaxCallingDetector detector;
    std::vector<FaxCallingEvent> events;
    detector.process(samples, [&](const FaxCallingEvent& event) { events.push_back(event); });
    ASSERT_EQ(events.size(), 4U);
    for (unsigned i = 0; i < 4; ++i) {
        EXPECT_EQ(events[i].bursts, i + 1);
        EXPECT_NEAR(double(events[i].began), 2000 + 28000.0 * i, 60);
        EXPECT_NEAR(events[i].level, -25, 0.5);
    }
    detector.reset();
    events.clear();
    detector.process(framed(tone(1100, 900)),
                     [&](const FaxCallingEvent& event) { events.push_back(event); });
    EXPECT_TRUE(events.empty()) << "too long";
}

TEST(AnswerToneDetector, TellsTheForms) {
    for (const bool reversals : {false, true}) {
        for (const bool modulated : {false, true}) {
            const auto events = hearAnswer(answer({reversals, modulated}, 3300));
            ASSERT_GE(events.size(), 2U);
            EXPECT_EQ(events.front().kind, AnswerToneEvent::Kind::Start);
            EXPECT_NEAR(double(events.front().began), 1237, 160);
            const AnswerToneEvent& last = events.back();
            EXPECT_EQ(last.kind, AnswerToneEvent::Kind::End);
            EXPECT_EQ(last.reversals, reversals ? 7U : 0U) << modulated;
            EXPECT_EQ(last.modulated, modulated) << reversals;
        }
    }
}

TEST(AnswerToneDetector, TellsWhereThePhaseTurned) {
    unsigned reversals = 0;
    for (const AnswerToneEvent& event : hearAnswer(answer({true, false}, 2500))) {
        if (event.kind == AnswerToneEvent::Kind::Reversal) {
            ++reversals;
            EXPECT_EQ(event.reversals, reversals);
            EXPECT_NEAR(double(event.position), 1237 + 3600.0 * reversals, 160);
        }
    }
    EXPECT_EQ(reversals, 5U);
}

TEST(AnswerToneDetector, HearsTheFormsOffFrequencyAndInNoise) {
    test::Random random{11};
    for (const double hertz : {2085.0, 2115.0}) {
        Samples samples = framed(tone(hertz, 2000, -25));
        test::addNoise(samples, -40, random);
        const auto events = hearAnswer(samples);
        ASSERT_EQ(events.size(), 2U) << hertz;
        EXPECT_EQ(events.back().reversals, 0U);
        EXPECT_FALSE(events.back().modulated);
    }
    Samples noisy = answer({true, true}, 3300);
    test::addNoise(noisy, -32, random);
    const auto events = hearAnswer(noisy);
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back().reversals, 7U);
    EXPECT_TRUE(events.back().modulated);
}

TEST(AnswerToneDetector, HearsNoOtherTone) {
    EXPECT_TRUE(hearAnswer(framed(tone(2225, 1000))).empty());
    EXPECT_TRUE(hearAnswer(framed(tone(1100, 1000))).empty());
    EXPECT_TRUE(hearAnswer(framed(tone(2100, 60))).empty());
    EXPECT_TRUE(hearAnswer(Samples(8000, 32767)).empty());
}

TEST(AnswerToneDetector, HearsTheSameWhateverTheBlocks) {
    const Samples samples = answer({true, true}, 2000);
    const auto whole = hearAnswer(samples, samples.size());
    for (const std::size_t block : {1U, 77U, 333U}) {
        const auto events = hearAnswer(samples, block);
        ASSERT_EQ(events.size(), whole.size());
        for (std::size_t i = 0; i < events.size(); ++i) {
            EXPECT_EQ(events[i].position, whole[i].position);
            EXPECT_EQ(events[i].kind, whole[i].kind);
        }
    }
}

}  // namespace
}  // namespace tipring::dsp
