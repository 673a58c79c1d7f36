// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/call_progress.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "hal/base/allocation_count.h"
#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::dsp {
namespace {

using test::Samples;
using Kind = ProgressEvent::Kind;
using Events = std::vector<ProgressEvent>;

const CountryTones& country(std::string_view code) {
    return *builtinTones().find(code);
}

void add(Samples& to, std::string_view pattern, double milliseconds, double dbm0 = -15) {
    const std::size_t begin = to.size();
    test::addSilence(to, milliseconds);
    ToneSequence sequence{*parseTonePattern(pattern), dbm0};
    sequence.mix(std::span(to).subspan(begin));
}

Events hear(const CountryTones& tones, const Samples& samples, std::size_t block = 160) {
    CallProgressDetector detector{tones};
    Events events;
    for (std::size_t at = 0; at < samples.size(); at += block) {
        const std::size_t count = std::min(block, samples.size() - at);
        detector.process(std::span(samples).subspan(at, count),
                         [&](const ProgressEvent& event) { events.push_back(event); });
    }
    return events;
}

bool same(const ProgressEvent& a, const ProgressEvent& b) {
    return a.kind == b.kind && a.tone == b.tone && a.began == b.began && a.duration == b.duration &&
           a.confidence == b.confidence && a.level == b.level;
}

/// A call as a caller hears it.
Samples call(std::uint64_t seed) {
    Samples samples(test::Random{seed * 31 + 5}.below(700) + 400);
    add(samples, "350+440", 2000);
    test::addDigits(samples, "5551234", {.low = -8, .high = -6});
    test::addSilence(samples, 1000);
    add(samples, "440+480/2000 0/4000", 12000);
    add(samples, "480+620/500 0/500", 6000);
    test::Random random{seed + 1};
    test::addNoise(samples, -45, random);
    return samples;
}

TEST(CallProgressDetector, FollowsACall) {
    const Events events = hear(country("US"), call(1));
    std::vector<std::pair<Kind, ToneKind>> told;
    for (const ProgressEvent& event : events) {
        if (event.kind != Kind::Surer) {
            told.emplace_back(event.kind, event.tone);
        }
    }
    const std::vector<std::pair<Kind, ToneKind>> wanted{{Kind::Heard, ToneKind::Dial},
                                                        {Kind::Ended, ToneKind::Dial},
                                                        {Kind::Heard, ToneKind::Ringback},
                                                        {Kind::Ended, ToneKind::Ringback},
                                                        {Kind::Heard, ToneKind::Busy}};
    EXPECT_EQ(told, wanted);
}

TEST(CallProgressDetector, SaysWhatItTookTheDecisionOn) {
    Samples samples(4000);
    add(samples, "425/500 0/500", 8000, -20);
    const Events events = hear(country("NL"), samples);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].tone, ToneKind::Busy);
    EXPECT_FALSE(events[0].byFrequency);
    EXPECT_GE(events[0].steps, 2U);
    EXPECT_GE(events[0].confidence, 0.7F);
    EXPECT_NEAR(double(events[0].began), 4000, 80);
    EXPECT_NEAR(events[0].level, -20, 0.5);
    EXPECT_EQ(events[1].kind, Kind::Surer);
    EXPECT_GE(events[1].confidence, 0.95F);
    EXPECT_GT(events[1].steps, events[0].steps);
}

TEST(CallProgressDetector, NamesTonesThatAreTheSame) {
    Samples samples(4000);
    add(samples, "425/500 0/500", 5000);
    const Events events = hear(country("PL"), samples);
    ASSERT_FALSE(events.empty());
    EXPECT_TRUE(events[0].mayBe(ToneKind::Busy));
    EXPECT_TRUE(events[0].mayBe(ToneKind::Congestion));
    EXPECT_FALSE(events[0].mayBe(ToneKind::Ringback));
}

TEST(CallProgressDetector, WaitsUntilOneToneAloneExplainsIt) {
    // Brazil's congestion begins like its busy tone.
    Samples samples(4000);
    add(samples, "425/250 0/250 425/750 0/250", 6000);
    const Events events = hear(country("BR"), samples);
    ASSERT_FALSE(events.empty());
    for (const ProgressEvent& event : events) {
        EXPECT_EQ(event.tone, ToneKind::Congestion);
    }
}

/// Tones with clicks, bursts of noise and short breaks in them.
Samples disturbed(const CountryTones& tones, test::Random& random) {
    Samples line;
    for (int i = 0; i < 3; ++i) {
        Samples tone(8000 * (3 + random.below(9)));
        ToneSequence sequence{tones.tones[random.below(tones.tones.size())].pattern, -16};
        sequence.mix(tone);
        for (std::size_t n = random.below(6); n > 0; --n) {
            const std::size_t from = random.below(tone.size() - 2500);
            const double noise = double(random.below(3)) * 1500;
            for (std::size_t at = from; at < from + 100 + random.below(1900); ++at) {
                tone[at] = test::clipped(noise * random.normal());
            }
        }
        line.insert(line.end(), tone.begin(), tone.end());
    }
    return line;
}

TEST(CallProgressDetector, BeginsAToneOnceOnly) {
    test::Random random{11};
    std::size_t ends = 0;
    for (const CountryTones& tones : builtinTones().countries) {
        double ended = -1;
        for (const ProgressEvent& event : hear(tones, disturbed(tones, random))) {
            if (event.kind == Kind::Heard) {
                EXPECT_GE(double(event.began), ended) << tones.code;
            } else if (event.kind == Kind::Ended) {
                ended = double(event.began + event.duration);
                EXPECT_GT(event.duration, 0U) << tones.code;
                ++ends;
            }
        }
    }
    EXPECT_GT(ends, 100U);
}

TEST(CallProgressDetector, HearsAWaitingCallInAConversation) {
    for (const char* code : {"US", "FR", "JP", "GB", "CL"}) {
        const TonePattern& pattern = *country(code).find(ToneKind::CallWaiting);
        const double period = (pattern.steps[0].milliseconds + pattern.steps[1].milliseconds) * 8;
        test::Random random{5};
        Samples line;
        while (line.size() < std::size_t(3.5 * period)) {
            test::addHostileVowel(line, random);
        }
        // The exchange sends the burst instead of what the other party says.
        for (std::size_t burst = 0; burst < 3; ++burst) {
            Samples tone(pattern.steps[0].milliseconds * 8);
            ToneSequence sequence{pattern, -16};
            sequence.mix(tone);
            const auto at = static_cast<std::ptrdiff_t>(6000 + period * double(burst));
            std::copy(tone.begin(), tone.end(), line.begin() + at);
        }
        const Events events = hear(country(code), line);
        const auto waiting = [&](const ProgressEvent& event) {
            return event.tone == ToneKind::CallWaiting && event.kind == Kind::Heard &&
                   double(event.began + event.duration) < 6000 + 1.3 * period;
        };
        EXPECT_TRUE(std::any_of(events.begin(), events.end(), waiting)) << code;
    }
}

TEST(CallProgressDetector, NamesTonesThatItCannotTellApart) {
    for (const char* code : {"AU", "SE"}) {
        for (const ToneKind sent : {ToneKind::Dial, ToneKind::SpecialDial}) {
            Samples samples(4000 + 24000);
            ToneSequence sequence{*country(code).find(sent), -15};
            sequence.mix(std::span(samples).subspan(4000));
            const Events events = hear(country(code), samples);
            ASSERT_FALSE(events.empty()) << code;
            EXPECT_TRUE(events[0].mayBe(ToneKind::Dial)) << code;
            EXPECT_TRUE(events[0].mayBe(ToneKind::SpecialDial)) << code;
            EXPECT_FALSE(events[0].mayBe(ToneKind::Busy)) << code;
        }
    }
}

TEST(CallProgressDetector, IsSilentAboutSpeechNoiseAndDigits) {
    test::Random random{3};
    Samples samples;
    for (int i = 0; i < 150; ++i) {
        test::addHostileVowel(samples, random);
    }
    test::addDigits(samples, "0123456789ABCD*#", {});
    test::addSilence(samples, 3000);
    test::addNoise(samples, -40, random);
    for (const char* code : {"US", "DE", "FR", "GB", "JP"}) {
        EXPECT_TRUE(hear(country(code), samples).empty()) << code;
    }
}

/// Listening often begins when the tone does: when a call is connected through.
TEST(CallProgressDetector, NamesInformationTonesThatBeginWithTheFirstSample) {
    for (const char* code : {"US", "CA", "DE", "GB"}) {
        for (const CountryTone& tone : country(code).tones) {
            if (tone.kind != ToneKind::Information && tone.kind < ToneKind::SitIntercept) {
                continue;
            }
            Samples samples(16000);
            ToneSequence sequence{tone.pattern};
            sequence.mix(std::span(samples).first(8 * 1200));
            const Events events = hear(country(code), samples);
            ASSERT_FALSE(events.empty()) << code << ' ' << static_cast<int>(tone.kind);
            EXPECT_TRUE(events.front().mayBe(tone.kind)) << code;
        }
    }
}

TEST(CallProgressDetector, HearsTheSameWhateverTheBlocks) {
    const Samples samples = call(2);
    const Events whole = hear(country("US"), samples, samples.size());
    ASSERT_GT(whole.size(), 5U);
    for (const std::size_t block : {1U, 63U, 161U, 10000U}) {
        const Events events = hear(country("US"), samples, block);
        ASSERT_EQ(events.size(), whole.size()) << block;
        for (std::size_t i = 0; i < events.size(); ++i) {
            EXPECT_TRUE(same(events[i], whole[i])) << block;
        }
    }
}

TEST(CallProgressBank, HearsWhatSingleDetectorsHear) {
    constexpr std::size_t kChannels = 5;
    CallProgressBank bank{kChannels, country("US")};
    std::vector<Samples> sounds;
    for (std::size_t i = 0; i < kChannels; ++i) {
        sounds.push_back(call(i));
        sounds.back().resize(160000);
    }
    std::vector<Events> heard(kChannels);
    for (std::size_t at = 0; at < 160000; at += 160) {
        Samples block;
        for (const Samples& sound : sounds) {
            block.insert(block.end(), sound.begin() + long(at), sound.begin() + long(at) + 160);
        }
        bank.process(block, [&](const CallProgressBank::Event& event) {
            heard[event.channel].push_back(event);
        });
    }
    for (std::size_t i = 0; i < kChannels; ++i) {
        const Events alone = hear(country("US"), sounds[i]);
        ASSERT_EQ(heard[i].size(), alone.size());
        ASSERT_GT(alone.size(), 3U);
        for (std::size_t k = 0; k < alone.size(); ++k) {
            EXPECT_TRUE(same(heard[i][k], alone[k]));
        }
    }
}

TEST(CallProgressDetector, AllocatesNothingWhileItListens) {
    const Samples samples = call(3);
    CallProgressDetector detector{country("US")};
    int events = 0;
    const std::uint64_t before = test::allocationCount();
    detector.process(samples, [&](const ProgressEvent&) { ++events; });
    EXPECT_EQ(test::allocationCount(), before);
    EXPECT_GT(events, 0);
}

TEST(CallProgressDetector, SurvivesAnySamples) {
    EXPECT_TRUE(hear(country("US"), {}).empty());
    EXPECT_TRUE(hear(country("US"), {1}).empty());
    EXPECT_TRUE(hear(country("US"), Samples(80000, 32767)).empty());
    EXPECT_TRUE(hear(country("US"), Samples(80000, -32768)).empty());
    EXPECT_TRUE(hear(CountryTones{}, Samples(8000, 1000)).empty());
}

TEST(CallProgressDetector, ResetForgets) {
    Samples samples(4000);
    add(samples, "480+620/500 0/500", 700);
    CallProgressDetector detector{country("US")};
    int events = 0;
    for (int i = 0; i < 5; ++i) {
        detector.process(samples, [&](const ProgressEvent&) { ++events; });
        detector.reset();
    }
    EXPECT_EQ(events, 0);
}

}  // namespace
}  // namespace tipring::dsp
