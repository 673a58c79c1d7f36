// SPDX-License-Identifier: Apache-2.0
// Each magic number, dialled from a telephone that listens.
#include "tipring/hal/sim/magic_numbers.h"

#include "modem_rig.h"
#include "script_rig.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

/// What somebody who dials does, and ends with "note good" when all is as it should be.
struct MagicRow {
    const char* digits;
    const char* script;
};
void PrintTo(const MagicRow& row, std::ostream* out) {
    *out << row.digits;
}

const MagicRow kRows[] = {
    {"000", "wait answer; wait silence=10"},
    {"001", "wait tone=busy"},
    {"002", "wait tone=congestion"},
    {"003", "wait tone=ringback; wait 60; wait tone=ringback else=still; label still"},
    {"004", "wait speech within=10"},
    {"005", "wait speech within=10"},
    {"006", "wait tone=sit-intercept; wait speech within=5"},
    {"007", "wait tone=sit-vacant-code; wait speech within=5"},
    {"008", "wait tone=sit-reorder-local; wait speech within=5"},
    {"009", "wait tone=sit-no-circuit-local; wait speech within=5"},
    {"010", "wait tone=sit-reorder-toll; wait speech within=5"},
    {"011", "wait tone=sit-no-circuit-toll; wait speech within=5"},
    {"020", "wait speech; wait beep; speech 3; wait hangup within=15"},
    {"021", "wait answer; wait tone=ced"},
    {"023", "wait answer; wait 500ms; keys 5; wait key=5"},
    {"024", "wait answer; wait 5"},
    {"030",
     "wait answer; wait hangup; wait call within=20; wait rings=2 within=20; wait hangup "
     "within=10"},
    {"031",
     "wait answer; wait hangup; wait call within=20; answer; wait speech; wait silence=3; "
     "keys 1; wait speech"},
    {"032",
     "wait answer; wait hangup; wait call within=20; answer; wait tone=cng; tone ced for=3 "
     "meanwhile; "
     "wait hangup"},
    {"033", "wait answer; wait hangup within=5"},
    {"103", "wait answer; wait speech; wait silence=2; wait silence=20 within=30"},
};

class MagicCall : public testing::TestWithParam<MagicRow> {};

TEST_P(MagicCall, DoesWhatItSays) {
    ScriptRig rig;
    MagicNumbers magic{rig.exchange, "5559"};
    rig.play(
        std::string{"dial 5559"} + GetParam().digits + "; " + GetParam().script + "; note good",
        "");
    rig.advance(180s);
    EXPECT_TRUE(rig.saw("home:step note good")) << rig.all();
}
INSTANTIATE_TEST_SUITE_P(Numbers, MagicCall, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string{row.param.digits}; });

TEST(MagicNumbers, AreAllCalledHere) {
    for (const MagicNumber& each : magicNumbers()) {
        const bool called =
            std::any_of(std::begin(kRows), std::end(kRows),
                        [&](const MagicRow& row) { return row.digits == each.digits; });
        EXPECT_TRUE(called || each.digits == "022") << each.name;
    }
}

TEST(MagicNumbers, HaveAModemThatEchoes) {
    ModemRig rig;
    MagicNumbers magic{rig.exchange, "5559"};
    rig.ask("ATE0");
    rig.ask("ATDT5559022");
    rig.advance(15s);
    EXPECT_EQ(rig.take(), "\r\nCONNECT 33600\r\nlogin: ");
    rig.push("hello");
    EXPECT_EQ(rig.take(), "hello");
}

TEST(MagicNumbers, TakeManyCallsAtATimeAndAreQuietAfterThem) {
    ScriptRig rig;
    MagicNumbers magic{rig.exchange, "5559"};
    Line& other = rig.exchange.addLine("5550101");
    ScriptTelephone second{rig.loop, other};
    ScriptRunner runner{rig.loop, second, scriptOf("dial 5559110; wait answer; wait speech"),
                        ScriptSetting{}};
    rig.play("dial 5559110; wait answer; wait speech; wait 5", "");
    runner.start();
    EXPECT_TRUE(magic.isQuiet());
    rig.advance(12s);
    EXPECT_FALSE(magic.isQuiet());
    rig.advance(60s);
    EXPECT_EQ(runner.state(), ScriptRunner::State::Done) << runner.reason();
    EXPECT_EQ(rig.homeRun->state(), ScriptRunner::State::Done) << rig.all();
    EXPECT_TRUE(magic.isQuiet());
}

}  // namespace
}  // namespace tipring::sim
