// SPDX-License-Identifier: Apache-2.0
// Each word of a script, played on virtual time.
#include <sndfile.h>

#include <algorithm>
#include <filesystem>

#include "scratch_dir.h"
#include "script_rig.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;
using State = ScriptRunner::State;

TEST(Script, DialsIsAnsweredSpeaksAndHangsUp) {
    ScriptRig rig;
    rig.play("answer rings=2; wait speech; wait hangup",
             "dial line; wait answer; speech 2s; wait 1s; hangup");
    rig.advance(60s);
    EXPECT_EQ(rig.farRun->state(), State::Done) << rig.all();
    EXPECT_TRUE(rig.saw("home:heard speech")) << rig.all();
    EXPECT_EQ(rig.when("far:call connected"), 8000) << rig.all();  // after the pause of ring 2?
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
}

TEST(Script, ATelephoneDialsAFarEndThatAnswersByHand) {
    ScriptRig rig;
    rig.play("dial 5550201; wait answer within=30; wait speech; hangup",
             "answer rings=2; speech 5");
    rig.advance(60s);
    EXPECT_EQ(rig.homeRun->state(), State::Done) << rig.all();
    EXPECT_TRUE(rig.saw("far:hung-up ")) << rig.all();
    EXPECT_GE(rig.when("far:call connected") - rig.when("far:call called"), 11000) << rig.all();
}

TEST(Script, GivesUpAfterTwoRings) {
    ScriptRig rig;
    rig.play("", "dial line; wait rings=2; hangup");
    unsigned most = 0;
    for (int i = 0; i < 300; ++i) {
        rig.advance(100ms);
        most = std::max(most, rig.line.rings());
    }
    EXPECT_EQ(most, 2U);
    EXPECT_EQ(rig.farRun->state(), State::Done);
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
}

TEST(Script, HearsKeysAndGoesByThem) {
    for (const auto& [keys, note] :
         {std::pair{"1", "far:step note one"}, std::pair{"9", "far:step note other"}}) {
        ScriptRig rig;
        rig.play(std::string{"dial 5550201; wait answer; wait 1s; keys "} + keys + "; wait hangup",
                 "answer; wait key; goto one key=1; note other; stop; label one; note one");
        rig.advance(40s);
        EXPECT_TRUE(rig.saw(note)) << rig.all();
        EXPECT_EQ(rig.farRun->state(), State::Running) << "it waits for the next call";
    }
}

TEST(Script, WaitsForOneKeyAndDropsThoseBeforeIt) {
    ScriptRig rig;
    rig.play("dial 5550201; wait answer; wait 1s; keys 12345#9; wait 3s",
             "answer; wait key=#; wait key within=5; goto nine key=9; stop; label nine; note nine");
    rig.advance(60s);
    EXPECT_TRUE(rig.saw("far:step note nine")) << rig.all();
}

TEST(Script, SendsKeysAtTimesAndLevels) {
    ScriptRig rig;
    rig.play("answer; wait key=1; wait key=2; note both; wait hangup",
             "dial line; wait answer; wait 1; keys 1 on=45ms off=45ms level=-30; wait 2; keys 2 "
             "level=-3; wait 1");
    rig.advance(30s);
    EXPECT_TRUE(rig.saw("home:step note both")) << rig.all();
    EXPECT_NEAR(static_cast<double>(rig.when("home:heard key 2") - rig.when("home:heard key 1")),
                2100, 120)
        << rig.all();
}

struct ToneRow {
    const char* played;
    const char* heard;
};
void PrintTo(const ToneRow& row, std::ostream* out) {
    *out << row.played;
}
class ScriptTone : public testing::TestWithParam<ToneRow> {};

TEST_P(ScriptTone, IsHeardByTheOtherEnd) {
    ScriptRig rig;
    rig.play("dial 5550201; wait answer; wait tone=" + std::string{GetParam().heard} +
                 " within=15; note heard; wait hangup",
             "answer; wait 1; tone " + std::string{GetParam().played} + " for=12s");
    rig.advance(60s);
    EXPECT_TRUE(rig.saw("home:step note heard")) << rig.all();
}
INSTANTIATE_TEST_SUITE_P(
    Tones, ScriptTone,
    testing::Values(ToneRow{"cng", "cng"}, ToneRow{"ct", "ct"}, ToneRow{"ced", "ced"},
                    ToneRow{"ans", "ced"}, ToneRow{"ansam", "ansam"}, ToneRow{"bell", "bell"},
                    ToneRow{"busy", "busy"}, ToneRow{"ringback", "ringback"},
                    ToneRow{"congestion", "congestion"},
                    ToneRow{"sit-vacant-code", "sit-vacant-code"}, ToneRow{"350+440", "dial"}),
    [](const auto& row) {
        std::string name = row.param.played;
        std::replace_if(
            name.begin(), name.end(), [](char c) { return c == '-' || c == '+'; }, '_');
        return name;
    });

TEST(Script, LeavesAMessageAfterTheBeep) {
    ScriptRig rig;
    rig.play("answer rings=1; speech 4; tone beep; wait silence=3 within=20; note message-over",
             "dial line; wait answer; wait beep within=20; speech 3; hangup");
    rig.advance(60s);
    EXPECT_TRUE(rig.saw("far:heard beep")) << rig.all();
    EXPECT_EQ(rig.farRun->state(), State::Done) << rig.all();
}

TEST(Script, WaitsForSilence) {
    ScriptRig rig;
    rig.play("answer; speech 3; wait 5; hangup",
             "dial line; wait answer; wait speech; wait silence=2; note quiet; wait hangup");
    rig.advance(40s);
    EXPECT_TRUE(rig.saw("far:step note quiet")) << rig.all();
}

TEST(Script, GoesElsewhereWhenNothingComes) {
    ScriptRig rig;
    rig.play("answer; wait 20",
             "dial line; wait answer; wait key within=2 else=none; note key; "
             "stop; label none; note none");
    rig.advance(40s);
    EXPECT_TRUE(rig.saw("far:step note none")) << rig.all();
    EXPECT_FALSE(rig.saw("far:step note key"));
    EXPECT_EQ(rig.farRun->state(), State::Done);
}

TEST(Script, FailsInWordsWhenNothingComesAndNothingIsSaidOfThat) {
    ScriptRig rig;
    rig.play("", "dial line; wait answer within=10");
    rig.advance(11s);
    EXPECT_EQ(rig.farRun->state(), State::Failed);
    EXPECT_EQ(rig.farRun->reason(), "\"wait answer within=10\" did not come about in time");
    EXPECT_EQ(rig.line.state(), Line::State::Idle) << "it hung up";
}

TEST(Script, DialsElsewhereWhenTheLineIsBusy) {
    ScriptRig rig;
    rig.line.offHook();
    rig.play("",
             "label again; dial line else=busy; wait answer; stop; label busy; wait 5; "
             "goto again times=3; note gave-up");
    rig.advance(60s);
    EXPECT_TRUE(rig.saw("far:step note gave-up")) << rig.all();
    EXPECT_EQ(std::count(rig.events.begin(), rig.events.end(), "far:step dial line else=busy"), 4);
}

TEST(Script, RepeatsABlock) {
    ScriptRig rig;
    rig.play("", "repeat 3; note outer; repeat 2; note inner; wait 10ms; end; end");
    rig.advance(1s);
    EXPECT_EQ(std::count(rig.events.begin(), rig.events.end(), "far:step note outer"), 3);
    EXPECT_EQ(std::count(rig.events.begin(), rig.events.end(), "far:step note inner"), 6);
    EXPECT_EQ(rig.farRun->state(), State::Done);
}

TEST(Script, EndsWhenTheOtherEndHangsUp) {
    ScriptRig rig;
    rig.play("answer; wait 2; hangup", "dial line; wait answer; speech 30; note never");
    rig.advance(30s);
    EXPECT_EQ(rig.farRun->state(), State::HungUp) << rig.all();
    EXPECT_FALSE(rig.saw("far:step note never"));
}

TEST(Script, ServesOneCallAfterTheOther) {
    ScriptRig rig;
    rig.play("repeat 3; dial 5550201; wait answer; wait speech; hangup; wait 3; end",
             "answer rings=1; speech 20");
    rig.advance(120s);
    EXPECT_EQ(std::count(rig.events.begin(), rig.events.end(), "far:call connected"), 3)
        << rig.all();
    EXPECT_EQ(rig.homeRun->state(), State::Done) << rig.all();
}

TEST(Script, SpeaksMeanwhileAndBecomesQuiet) {
    ScriptRig rig;
    rig.play("answer; wait key; note key; wait silence=1; note silent; wait hangup",
             "dial line; wait answer; tone milliwatt for=60 meanwhile; wait 2; quiet; keys 5; "
             "wait 3");
    rig.advance(40s);
    EXPECT_TRUE(rig.saw("home:step note key")) << rig.all();
    EXPECT_TRUE(rig.saw("home:step note silent")) << rig.all();
}

TEST(Script, EchoesWhatItHears) {
    ScriptRig rig;
    rig.play("dial 5550201; wait answer; wait 1; keys 7; wait key=7; note echoed; wait 1",
             "answer; echo");
    rig.advance(40s);
    EXPECT_TRUE(rig.saw("home:step note echoed")) << rig.all();
}

TEST(Script, PlaysAndRecordsFiles) {
    const ScratchDir dir;
    const std::string tape = dir.path() / "tape.wav";
    {
        ScriptRig rig;
        rig.play("answer; record " + tape + "; wait hangup",
                 "dial line; wait answer; speech 3; wait 500ms");
        rig.advance(30s);
    }
    ASSERT_TRUE(std::filesystem::exists(tape));
    EXPECT_NEAR(static_cast<double>(std::filesystem::file_size(tape)), 56000, 1000);
    ScriptRig rig;
    rig.play("answer; wait speech; note spoken; wait hangup",
             "dial line; wait answer; play " + tape + "; wait 200ms");
    rig.advance(30s);
    EXPECT_TRUE(rig.saw("home:step note spoken")) << rig.all();
    EXPECT_EQ(rig.farRun->state(), State::Done) << rig.farRun->reason();
}

TEST(Script, TellsOfAFileThatIsNotThere) {
    ScriptRig rig;
    rig.play("answer; wait hangup", "dial line; wait answer; play /nowhere/x.wav");
    rig.advance(30s);
    EXPECT_EQ(rig.farRun->state(), State::Failed);
    EXPECT_NE(rig.farRun->reason().find("/nowhere/x.wav"), std::string::npos)
        << rig.farRun->reason();
}

TEST(Script, IsBoundedAtOneInstantAndInAll) {
    ScriptRig rig;
    rig.play("", "label a; label b; goto b; goto a");
    rig.advance(1s);
    EXPECT_EQ(rig.farRun->state(), State::Failed);
    EXPECT_NE(rig.farRun->reason().find("put a wait into the loop"), std::string::npos);
    rig.play("", "label a; repeat 1000; wait 1ms; end; goto a");
    rig.advance(1h);
    EXPECT_EQ(rig.farRun->state(), State::Failed);
    EXPECT_NE(rig.farRun->reason().find("has no end"), std::string::npos);
}

TEST(Script, GivesTheSameEventsAndSamplesForTheSameSeed) {
    const auto run = [](std::uint32_t seed) {
        ScriptRig rig{"GB", seed};
        CopperSettings copper;
        copper.whiteNoise = -50.0F;
        rig.line.setCopper(copper);
        std::uint64_t sum = 0xCBF29CE484222325ULL;
        const ScratchDir dir;
        rig.folder = dir.path();
        rig.play("answer; record a.wav; wait speech; keys 1234; wait hangup",
                 "dial line; wait answer; speech 5; wait key=4; speech 2; tone ansam for=2");
        rig.advance(60s);
        SF_INFO info{};
        SNDFILE* file = sf_open((dir.path() / "a.wav").c_str(), SFM_READ, &info);
        EXPECT_NE(file, nullptr);
        std::vector<std::int16_t> samples(static_cast<std::size_t>(info.frames));
        sf_read_short(file, samples.data(), info.frames);
        sf_close(file);
        EXPECT_GT(samples.size(), 60000U);
        for (const std::int16_t sample : samples) {
            sum = (sum ^ static_cast<std::uint16_t>(sample)) * 0x100000001B3ULL;
        }
        return std::pair{sum, rig.all()};
    };
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1).first, run(2).first);
}

struct BadScript {
    const char* script;
    std::size_t step;
    const char* cause;
};
void PrintTo(const BadScript& bad, std::ostream* out) {
    *out << bad.script;
}
class ScriptMistake : public testing::TestWithParam<BadScript> {};

TEST_P(ScriptMistake, IsToldWithItsStepAndWhatWasExpected) {
    const auto parsed = parseScriptLine(GetParam().script);
    const auto* error = std::get_if<ScriptError>(&parsed);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->step, GetParam().step);
    EXPECT_NE(error->cause.find(GetParam().cause), std::string::npos) << error->cause;
}
INSTANTIATE_TEST_SUITE_P(
    Mistakes, ScriptMistake,
    testing::Values(BadScript{"", 0, "no step \"\""},
                    BadScript{"shout", 0, "no step shout; there are dial"},
                    BadScript{"dial", 0, "dial needs a number"},
                    BadScript{"dial 12x", 0, "dial needs a number of up to 32 digits"},
                    BadScript{"dial 5 rings=0", 0, "rings= is a number of rings"},
                    BadScript{"dial 5 loud", 0, "dial does not know loud"},
                    BadScript{"dial 5; wait", 1, "wait needs one thing"},
                    BadScript{"dial 5; wait 2 answer", 1, "wait needs one thing"},
                    BadScript{"dial 5; wait 90000", 1, "an hour at most"},
                    BadScript{"dial 5; wait tone=loud", 1, "tone= is cng"},
                    BadScript{"dial 5; wait rings", 1, "wait rings needs a value"},
                    BadScript{"dial 5; wait key=12", 1, "key= is one key"},
                    BadScript{"dial 5; wait answer else=nowhere", 1, "there is no label nowhere"},
                    BadScript{"speech 3", 0, "there is no call yet"},
                    BadScript{"answer; speech", 1, "speech needs a time"},
                    BadScript{"answer; speech 3 level=9", 1, "level= is a level from -60 to 3"},
                    BadScript{"answer; tone 5000", 1, "tone needs a tone"},
                    BadScript{"answer; keys 12x", 1, "keys needs keys"},
                    BadScript{"answer; goto b", 1, "there is no label b"},
                    BadScript{"answer; label a; label a", 2, "there is a label a already"},
                    BadScript{"repeat 3; answer", 0, "a repeat without its end"},
                    BadScript{"answer; end", 1, "an end without a repeat"},
                    BadScript{"repeat 1001; end", 0, "how many times, 1 to 1000"},
                    BadScript{"note \"open", 0, "a quotation mark is not closed"},
                    BadScript{"dial 5 rings=1 rings=2", 0, "the same word stands twice"}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

TEST(ScriptHelp, HasALineForEveryWord) {
    EXPECT_EQ(scriptHelp().size(), 18U);
}

}  // namespace
}  // namespace tipring::sim
