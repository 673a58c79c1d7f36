// SPDX-License-Identifier: Apache-2.0
// What is made is heard: every sound that synthesize() knows, through all detectors.
#include "ear.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "heard_text.h"
#include "synth_sound.h"

namespace tipring::tools {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Sound = std::vector<std::int16_t>;

std::vector<Heard> heardIn(const Sound& sound, const EarSettings& settings,
                           std::size_t block = 4096) {
    std::vector<Heard> all;
    auto ear = Ear::create(settings, [&all](const Heard& heard) { all.push_back(heard); });
    EXPECT_TRUE(ear) << ear.error().cause;
    for (std::size_t at = 0; at < sound.size(); at += block) {
        ear->hear(std::span(sound).subspan(at, std::min(block, sound.size() - at)));
    }
    ear->finish();
    return all;
}

Sound soundOf(const SynthSettings& settings) {
    auto sound = synthesize(settings);
    EXPECT_TRUE(sound) << sound.error().cause;
    return sound ? *sound : Sound{};
}

std::vector<std::string> objects(const std::vector<Heard>& all) {
    std::vector<std::string> texts;
    for (const Heard& heard : all) {
        texts.push_back(toJson(heard).text());
    }
    return texts;
}

std::string keysIn(const std::vector<Heard>& all) {
    std::string keys;
    for (const Heard& heard : all) {
        const auto* key = std::get_if<HeardKey>(&heard.what);
        keys += key != nullptr ? std::string(1, key->key) : "";
    }
    return keys;
}

template <class What>
std::vector<What> only(const std::vector<Heard>& all) {
    std::vector<What> found;
    for (const Heard& heard : all) {
        if (const auto* what = std::get_if<What>(&heard.what)) {
            found.push_back(*what);
        }
    }
    return found;
}

/// A line: how loud the sound is, and the noise under it.
struct Line {
    double level;
    std::optional<float> noise;
};
const Line kLines[] = {{-10, std::nullopt}, {-20, -60.0F}, {-28, -55.0F}};

SynthSettings onLine(const Line& line, std::vector<SynthPiece> pieces) {
    SynthSettings settings;
    settings.pieces = std::move(pieces);
    settings.level = line.level;
    settings.copper.whiteNoise = line.noise;
    return settings;
}

TEST(Ear, HearsEveryKeyAtEveryLevelAndTwist) {
    for (const Line& line : kLines) {
        for (const double twist : {-4.0, 0.0, 4.0}) {
            auto settings = onLine(line, {{"dtmf", "0123456789*#ABCD"}});
            settings.twist = twist;
            const auto all = heardIn(soundOf(settings), {});
            EXPECT_EQ(keysIn(all), "0123456789*#ABCD") << line.level << " " << twist;
            EXPECT_EQ(all.size(), 16U) << "and nothing else";
            for (const Heard& heard : all) {
                EXPECT_NEAR(static_cast<double>(heard.dbm0), line.level + std::max(twist, 0.0), 1);
                EXPECT_NEAR(static_cast<double>(heard.duration), 640, 40);
            }
        }
    }
}

struct Plan {
    std::string country, kind;
};
/// A burst in each eight to ten seconds is too little for the detector to be sure of; and two
/// frequencies 25 Hz apart beat by themselves with the breaks that this special dial tone has.
bool isDoubtful(const Plan& plan) {
    const Plan kDoubtful[] = {{"US", "call-waiting"},
                              {"FR", "call-waiting"},
                              {"JP", "call-waiting"},
                              {"AU", "special-dial"}};
    return std::any_of(std::begin(kDoubtful), std::end(kDoubtful), [&plan](const Plan& each) {
        return each.country == plan.country && each.kind == plan.kind;
    });
}
std::vector<Plan> plans(bool doubtful) {
    std::vector<Plan> all;
    for (const char* code : {"US", "DE", "GB", "FR", "JP", "AU", "IT"}) {
        for (const dsp::CountryTone& tone : dsp::builtinTones().find(code)->tones) {
            const Plan plan{code, std::string(dsp::toneKindName(tone.kind))};
            if (isDoubtful(plan) == doubtful) {
                all.push_back(plan);
            }
        }
    }
    return all;
}

class EarTone : public ::testing::TestWithParam<Plan> {};

TEST_P(EarTone, IsHeardByNameOrAsOneThatIsAlike) {
    const Plan& plan = GetParam();
    for (const Line& line : kLines) {
        auto settings = onLine(line, {{"tone", plan.kind}});
        settings.country = plan.country;
        const auto all = heardIn(soundOf(settings), {.country = plan.country});
        const auto tones = only<HeardTone>(all);
        const auto named = [&](const HeardTone& tone) {
            return tone.country == plan.country &&
                   (tone.name == plan.kind ||
                    std::count(tone.alike.begin(), tone.alike.end(), plan.kind) > 0);
        };
        EXPECT_TRUE(std::any_of(tones.begin(), tones.end(), named))
            << plan.kind << " of " << plan.country << " at " << line.level << ": "
            << ::testing::PrintToString(objects(all));
        EXPECT_EQ(only<HeardKey>(all).size() + only<HeardVoice>(all).size() +
                      only<HeardSilence>(all).size() + only<HeardBeep>(all).size(),
                  0U)
            << ::testing::PrintToString(objects(all));
    }
}

INSTANTIATE_TEST_SUITE_P(Countries, EarTone, ::testing::ValuesIn(plans(false)),
                         [](const auto& tested) {
                             std::string name = tested.param.country + tested.param.kind;
                             std::erase(name, '-');
                             return name;
                         });

TEST(Ear, HearsAToneThatIsDoubtfulAsSomeTone) {
    for (const Plan& plan : plans(true)) {
        auto settings = onLine(kLines[0], {{"tone", plan.kind}});
        settings.country = plan.country;
        const auto all = heardIn(soundOf(settings), {.country = plan.country});
        EXPECT_GE(only<HeardTone>(all).size(), 1U) << plan.country << plan.kind;
        EXPECT_EQ(only<HeardKey>(all).size() + only<HeardVoice>(all).size(), 0U);
    }
}

class EarCallerId : public ::testing::TestWithParam<std::string_view> {};

TEST_P(EarCallerId, IsHeardInEveryFormatAndLevel) {
    const std::string standard(GetParam());
    const bool digits = !dsp::callerIdStandard(standard)->hasFsk();
    for (const Line& line : kLines) {
        for (const char* format : {"mdmf", "sdmf"}) {
            auto settings = onLine(
                line, {{"caller-id", "number=5551234,name=\"J, DOE\",date=11-25,time=09:30"}});
            settings.standard = standard;
            settings.format = format;
            const auto all = heardIn(soundOf(settings), {.standard = standard});
            const auto callers = only<HeardCallerId>(all);
            ASSERT_EQ(callers.size(), 1U) << ::testing::PrintToString(objects(all));
            EXPECT_EQ(callers[0].id.number.view(), "5551234");
            EXPECT_TRUE(callers[0].id.checksumValid);
            const bool rich = !digits && std::string(format) == "mdmf" && standard != "ntt";
            EXPECT_EQ(callers[0].id.name.view(), rich ? "J, DOE" : "");
            EXPECT_EQ(callers[0].id.time.has_value(), !digits && standard != "ntt");
            EXPECT_EQ(only<HeardVoice>(all).size(), 0U);
        }
    }
}

std::vector<std::string_view> standards() {
    std::vector<std::string_view> names;
    for (const dsp::CallerIdStandard& standard : dsp::callerIdStandards()) {
        names.push_back(standard.name);
    }
    return names;
}
INSTANTIATE_TEST_SUITE_P(Standards, EarCallerId, ::testing::ValuesIn(standards()),
                         [](const auto& tested) {
                             std::string name(tested.param);
                             std::erase(name, '-');
                             return name;
                         });

TEST(Ear, HearsTheLampOfTheMailbox) {
    for (const char* format : {"mdmf", "sdmf"}) {
        for (const char* lamp : {"on", "off"}) {
            SynthSettings settings;
            settings.pieces = {{"vmwi", lamp}};
            settings.format = format;
            const auto callers = only<HeardCallerId>(heardIn(soundOf(settings), {}));
            ASSERT_EQ(callers.size(), 1U);
            EXPECT_EQ(callers[0].id.messageWaiting, std::string(lamp) == "on");
        }
    }
}

TEST(Ear, HearsEveryFieldOfACallerId) {
    SynthSettings settings;
    settings.pieces = {{"caller-id",
                        "number=5551234,nameReason=P,redirecting=5559,callType=2,called=77,"
                        "messageWaiting=on,date=01-31,time=23:59"}};
    EXPECT_THAT(objects(heardIn(soundOf(settings), {})),
                Contains(::testing::AllOf(
                    HasSubstr(R"("event":"callerId","standard":"bell","format":"mdmf",)"
                              R"("messageType":"call-setup","number":"5551234")"),
                    HasSubstr(R"("numberStatus":"ok","nameStatus":"private","date":"01-31",)"
                              R"("time":"23:59","called":"77","redirecting":"5559",)"
                              R"("messageWaiting":true,"callType":2,"checksumValid":true)"))));
}

TEST(Ear, HearsModemsFaxesAndAlerts) {
    for (const Line& line : kLines) {
        const auto all = heardIn(soundOf(onLine(line, {{"cas", "us"},
                                                       {"cas", "etsi"},
                                                       {"fax", "cng"},
                                                       {"fax", "ced"},
                                                       {"answer-tone", "ansam"},
                                                       {"answer-tone", "ans-pr"},
                                                       {"answer-tone", "ansam-pr"},
                                                       {"hertz", "2225"}})),
                                 {});
        EXPECT_EQ(only<HeardCas>(all).size(), 2U);
        const auto bursts = only<HeardFax>(all);
        ASSERT_EQ(bursts.size(), 2U);
        EXPECT_EQ(bursts[1].burst, 2U);
        const auto tones = only<HeardAnswerTone>(all);
        ASSERT_EQ(tones.size(), 5U) << ::testing::PrintToString(objects(all));
        EXPECT_TRUE(tones[0].reversals == 0 && !tones[0].modulated);
        EXPECT_TRUE(tones[1].reversals == 0 && tones[1].modulated);
        EXPECT_TRUE(tones[2].reversals == 7 && !tones[2].modulated);
        EXPECT_TRUE(tones[3].reversals == 7 && tones[3].modulated);
        EXPECT_TRUE(tones[4].bell);
        EXPECT_EQ(all.size(), 9U) << "and nothing else: " << ::testing::PrintToString(objects(all));
    }
}

TEST(Ear, HearsVoiceThenTheBeepThenSilence) {
    for (const Line& line : kLines) {
        auto settings = onLine(line, {{"voice", "4"}, {"beep", "1000"}, {"silence", "4"}});
        settings.level = line.level;
        const auto all = heardIn(soundOf(settings), {});
        EXPECT_GE(only<HeardVoice>(all).size(), 2U);
        const auto beeps = only<HeardBeep>(all);
        ASSERT_EQ(beeps.size(), 1U) << ::testing::PrintToString(objects(all));
        EXPECT_NEAR(static_cast<double>(beeps[0].hertz), 1000, 10);
        ASSERT_TRUE(std::holds_alternative<HeardSilence>(all.back().what));
        EXPECT_NEAR(static_cast<double>(all.back().duration) / 8000, 4.4, 0.1);
    }
}

TEST(Ear, AToneThatNobodyUsesIsStillATone) {
    SynthSettings settings;
    settings.pieces = {{"hertz", "1650+3000"}};
    settings.seconds = 4;
    const auto tones = only<HeardTone>(heardIn(soundOf(settings), {}));
    ASSERT_EQ(tones.size(), 1U);
    EXPECT_EQ(tones[0].name, "unknown");
}

Sound aCall() {
    SynthSettings settings;
    settings.pieces = {{"tone", "dial"}, {"dtmf", "5551#"}, {"tone", "ringback"},
                       {"voice", "4"},   {"beep", "1000"},  {"fax", "cng"},
                       {"fax", "ced"},   {"silence", "3"},  {"caller-id", "number=5551234"},
                       {"tone", "busy"}};
    settings.copper.whiteNoise = -55.0F;
    return soundOf(settings);
}

TEST(Ear, TellsAllInTheOrderOfTime) {
    const auto all = heardIn(aCall(), {});
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Heard& a, const Heard& b) {
        return a.at < b.at;
    })) << ::testing::PrintToString(objects(all));
    EXPECT_EQ(only<HeardTone>(all).size(), 3U) << ::testing::PrintToString(objects(all));
    EXPECT_EQ(keysIn(all), "5551#");
    EXPECT_EQ(only<HeardCallerId>(all).size(), 1U);
    EXPECT_EQ(only<HeardBeep>(all).size(), 1U);
}

TEST(Ear, HearsTheSameForAnyBlock) {
    const Sound sound = aCall();
    for (const bool live : {false, true}) {
        const EarSettings settings{.live = live};
        const auto whole = objects(heardIn(sound, settings, sound.size()));
        EXPECT_GT(whole.size(), 10U);
        for (const std::size_t block : {std::size_t{1}, std::size_t{159}, std::size_t{10000}}) {
            EXPECT_EQ(objects(heardIn(sound, settings, block)), whole) << block << live;
        }
    }
}

TEST(Ear, TellsALastingToneLiveWhileItLasts) {
    SynthSettings settings;
    settings.pieces = {{"tone", "dial"}};
    settings.seconds = 60;
    const Sound sound = soundOf(settings);
    std::vector<Heard> all;
    auto ear = Ear::create({.live = true}, [&all](const Heard& heard) { all.push_back(heard); });
    ASSERT_TRUE(ear);
    ear->hear(std::span(sound).first(24000));
    ASSERT_EQ(all.size(), 1U) << ::testing::PrintToString(objects(all));
    EXPECT_EQ(std::get<HeardTone>(all[0].what).name, "dial");
    EXPECT_EQ(all[0].duration, 0U);
}

TEST(Ear, HearsNothingInNothing) {
    EXPECT_EQ(heardIn({}, {}).size(), 0U);
    EXPECT_EQ(heardIn(Sound(1), {}).size(), 0U);
    EXPECT_EQ(heardIn(Sound(12000), {}).size(), 0U) << "1.5 s: too short for a silence";
    EXPECT_EQ(heardIn(Sound(12000, 20000), {}).size(), 0U) << "DC";
}

TEST(Ear, EndsWithASoundThatIsCutOff) {
    SynthSettings settings;
    settings.pieces = {{"answer-tone", "ans"}};
    Sound sound = soundOf(settings);
    sound.resize(16000);
    const auto all = heardIn(sound, {});
    ASSERT_EQ(all.size(), 1U) << ::testing::PrintToString(objects(all));
    EXPECT_LE(all[0].at + all[0].duration, sound.size());
    EXPECT_NEAR(static_cast<double>(all[0].duration), 14400, 400);
}

TEST(Ear, AnyNoiseIsBorne) {
    Sound rough(40000);
    for (std::size_t i = 0; i < rough.size(); ++i) {
        rough[i] = static_cast<std::int16_t>(i * i * 7919U);
    }
    for (const std::int16_t extreme :
         {std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max()}) {
        std::fill_n(rough.begin(), 8000, extreme);
        for (const auto& object : objects(heardIn(rough, {}))) {
            EXPECT_THAT(object, ::testing::Not(HasSubstr("null"))) << "no number";
        }
    }
}

TEST(Ear, KnowsWhatItDoesNotKnow) {
    const Ear::Tell nobody = [](const Heard&) {};
    EXPECT_EQ(Ear::create({.country = "XX"}, nobody).error().code, hal::ErrorCode::InvalParam);
    EXPECT_EQ(Ear::create({.standard = "morse"}, nobody).error().code, hal::ErrorCode::InvalParam);
    EXPECT_EQ(Ear::create({.standard = "DE"}, nobody).error().code, hal::ErrorCode::InvalParam);
}

TEST(StandardNamed, TakesTheCountrysOwnOfAKind) {
    EXPECT_EQ(standardNamed("", "US")->name, "bell");
    EXPECT_EQ(standardNamed("", "DE")->name, "etsi-ring");
    EXPECT_EQ(standardNamed("", "AL")->name, "bell") << "none is known";
    EXPECT_EQ(standardNamed("v23", "DE")->name, "etsi-ring");
    EXPECT_EQ(standardNamed("v23", "US")->name, "etsi-dtas");
    EXPECT_EQ(standardNamed("bell202", "DE")->name, "bell");
    EXPECT_EQ(standardNamed("dtmf", "BR")->name, "dtmf-parts-only");
    EXPECT_EQ(standardNamed("dtmf", "US")->name, "dtmf-parts");
    EXPECT_EQ(standardNamed("bt", "US")->name, "bt");
}

}  // namespace
}  // namespace tipring::tools
