// SPDX-License-Identifier: Apache-2.0
// The control commands about a line and its wires.
#include "modem_rig.h"
#include "tipring/hal/sim/control.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

struct LineControlRig : ModemRig {
    std::string run(std::string_view command) { return control.run(command); }
    Control control{exchange, line, farEnd, &modem};
};

TEST(LineControl, ChangesSettingsAndTellsThem) {
    LineControlRig rig;
    EXPECT_EQ(rig.run("line?"),
              "ok supervision=drop flash=american callerid=bell single=off reversal=off tone=on "
              "pulse=on waiting=off transfer=off reminder=off stutter=on lamp=on nodial=20 "
              "noanswer=20 "
              "battery=48 ring=75 ohms=1200 name=\"\"");
    EXPECT_EQ(
        rig.run("line supervision=reversal flash=pbx callerid=etsi-ring single=on reversal=on "
                "tone=off pulse=off waiting=on transfer=on stutter=off lamp=off nodial=5 "
                "noanswer=7 battery=24.5 ring=90 ohms=2000 name=\"J DOE\""),
        "ok");
    EXPECT_EQ(
        rig.run("line?"),
        "ok supervision=reversal flash=pbx callerid=etsi-ring single=on reversal=on tone=off "
        "pulse=off waiting=on transfer=on reminder=off stutter=off lamp=off nodial=5 noanswer=7 "
        "battery=24.5 ring=90 ohms=2000 name=\"J DOE\"");
    EXPECT_EQ(rig.run("line callerid=country"), "ok");
    EXPECT_TRUE(rig.line.settings().callerId.empty());
    EXPECT_TRUE(rig.line.settings().callWaiting);
}

TEST(LineControl, SaysWhatIsWrong) {
    LineControlRig rig;
    for (const auto& [command, reply] : std::initializer_list<std::pair<const char*, const char*>>{
             {"line",
              "error line needs a setting, for example line waiting=on; see help and line?"},
             {"line on",
              "error line needs a setting, for example line waiting=on; see help and line?"},
             {"line colour=red", "error line has no setting colour; line? shows them"},
             {"line waiting=maybe", "error waiting is on or off"},
             {"line supervision=loud", "error supervision is none, drop, reversal or tones"},
             {"line nodial=0", "error nodial is seconds, 1 to 999"},
             {"line battery=1e3", "error battery is volts, 0 to 100"},
             {"line callerid=morse",
              "error callerid is country, none or a standard such as bell, bt, etsi-ring, "
              "dtmf-parts"},
             {"copper noise=loud", "error noise is a number from -90 to 3, or off"},
             {"copper slope=16", "error slope is a number from 0 to 15"},
             {"copper slope=off", "error slope is a number from 0 to 15"},
             {"copper iron=1", "error copper has no setting iron; copper? shows them"},
             {"copper cut=1", "error copper has no setting cut; copper? shows them"},
             {"copper rust", "error copper does not know rust; say clear or SETTING="},
             {"forward", "error forward needs always, busy or noanswer, and a number or off"},
             {"forward never 5",
              "error forward needs always, busy or noanswer, and a number or off"},
             {"messages many", "error messages needs how many wait, 0 to 999"},
             {"number 5 ring=4", "error number needs a number and ring=0 to ring=3"},
             {"number", "error number needs a number and ring=0 to ring=3"},
         }) {
        EXPECT_EQ(rig.run(command), reply) << command;
    }
    rig.exchange.addLine("5550200");
    EXPECT_EQ(rig.run("number 5550200 ring=1"),
              "error that number is another line's; choose one that is free");
}

TEST(LineControl, SpoilsTheWiresDuringACall) {
    LineControlRig rig;
    rig.answerVoice();
    EXPECT_EQ(rig.run("copper noise=-40 echo=12.5 cut=off"), "ok");
    EXPECT_EQ(rig.run("copper?"),
              "ok attenuation=0 slope=0 noise=-40 impulses=off impulserate=1 hum=off humhertz=50 "
              "echo=12.5 echodelay=4 clipping=off dropouts=0 dropoutlength=50 cut=off");
    EXPECT_EQ(rig.run("copper noise=off hum=-30"), "ok");
    EXPECT_FALSE(rig.line.copper().whiteNoise);
    EXPECT_EQ(rig.run("copper clear"), "ok");
    EXPECT_EQ(rig.line.copper(), CopperSettings{});
    EXPECT_EQ(rig.run("copper cut=on"), "ok");
    EXPECT_EQ(rig.run("electrics?"), "ok volts=0.0 milliamps=0.0 ringvolts=0 ringhertz=0");
    EXPECT_EQ(rig.farEnd.state(), FarEnd::State::Idle);
}

TEST(LineControl, FlashesForwardsAndLightsTheLamp) {
    LineControlRig rig;
    rig.answerVoice();
    EXPECT_EQ(rig.run("electrics?"), "ok volts=9.6 milliamps=32.0 ringvolts=0 ringhertz=0");
    EXPECT_EQ(rig.run("flash"), "ok");
    EXPECT_TRUE(rig.line.hasHeldCall());
    EXPECT_EQ(rig.run("flash"), "ok");
    EXPECT_FALSE(rig.line.hasHeldCall());
    rig.ask("ATH");
    EXPECT_EQ(rig.run("forward busy 5550200"), "ok");
    EXPECT_EQ(rig.line.forward(Forward::Busy), "5550200");
    EXPECT_EQ(rig.run("forward busy off"), "ok");
    EXPECT_EQ(rig.line.forward(Forward::Busy), "");
    EXPECT_EQ(rig.run("messages 2"), "ok");
    rig.ask("AT+VLS=1");
    EXPECT_EQ(rig.line.signal(), Signal::SpecialDial);
}

TEST(LineControl, RingsDifferentlyForAnotherNumber) {
    LineControlRig rig;
    rig.ask("ATE0+VDR=1,0");
    EXPECT_EQ(rig.run("number 5550101 ring=2"), "ok");
    EXPECT_EQ(rig.run("call number=5551234 to=5550101"), "ok");
    rig.advance(2500ms);
    EXPECT_EQ(rig.take(), "\r\nDROF=0\r\n\r\nRING\r\n\r\nDRON=8\r\n\r\nDRON=8\r\n");
    rig.run("hangup");
    EXPECT_TRUE(rig.run("call number=1 to=5550999").starts_with("error the exchange has no line"));
}

TEST(LineControl, PlansAnnouncements) {
    LineControlRig rig;
    EXPECT_EQ(rig.run("plan number=77 does=changed new=5558888"), "ok");
    EXPECT_EQ(rig.run("plan number=78 does=vacant"), "ok");
    rig.ask("AT+FCLASS=8;+VLS=1");
    rig.line.dial('7');
    rig.line.dial('7');
    rig.advance(100ms);
    EXPECT_EQ(rig.line.signal(), Signal::NumberChanged);
}

TEST(LineControl, LiftsAnotherTelephone) {
    LineControlRig rig;
    rig.answerVoice();
    EXPECT_EQ(rig.run("extension on"), "ok");
    EXPECT_EQ(rig.take(), "\x10P");
    EXPECT_EQ(rig.run("electrics?"), "ok volts=5.3 milliamps=17.8 ringvolts=0 ringhertz=0");
    rig.ask("ATH");
    EXPECT_EQ(rig.farEnd.state(), FarEnd::State::Connected);  // the other one holds the call
    EXPECT_EQ(rig.run("extension off"), "ok");
    EXPECT_EQ(rig.farEnd.state(), FarEnd::State::Idle);
}

}  // namespace
}  // namespace tipring::sim
