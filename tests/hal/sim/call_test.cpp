// SPDX-License-Identifier: Apache-2.0
// Outgoing and data calls on virtual time.
#include <gtest/gtest.h>

#include "modem_rig.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

struct DialRig : ModemRig {
    explicit DialRig(std::string_view model = "v253") : ModemRig(model) {
        ask("ATE0");
        farEnd.setModem(true, "login: ");
        exchange.setRoute("5551234", {Route::Outcome::Answer, 1, &farEnd});
        exchange.setRoute("5550001", {Route::Outcome::Busy});
        exchange.setRoute("5550002", {Route::Outcome::NoAnswer});
    }
};

TEST(DataCall, ConnectsAndPassesBytes) {
    DialRig rig;
    EXPECT_EQ(rig.ask("ATDT5551234"), "");
    rig.advance(10s);
    EXPECT_EQ(rig.take(), "\r\nCONNECT 33600\r\nlogin: ");
    EXPECT_TRUE(rig.modem.lines().dcd);
    EXPECT_EQ(rig.line.dialled(), "5551234");
    rig.push("hello\r");
    EXPECT_EQ(rig.take(), "hello\r");
    EXPECT_EQ(rig.farEnd.heardData(), "hello\r");
}

TEST(DataCall, EscapesWithGuardTimeAndComesBack) {
    DialRig rig;
    rig.ask("ATD5551234");
    rig.advance(10s);
    rig.push("x+++");  // no silence before: data
    rig.advance(2s);
    rig.take();
    EXPECT_EQ(rig.modem.stateName(), "online");
    rig.push("+++");
    rig.advance(500ms);
    rig.push("more");  // no silence behind: data
    rig.advance(2s);
    EXPECT_EQ(rig.modem.stateName(), "online");
    rig.take();
    rig.push("+");
    rig.advance(100ms);
    rig.push("++");
    rig.advance(990ms);
    EXPECT_EQ(rig.modem.stateName(), "online");
    rig.advance(10ms);
    EXPECT_EQ(rig.take(), "+++\r\nOK\r\n");
    EXPECT_EQ(rig.ask("ATO"), "\r\nCONNECT 33600\r\n");
    rig.advance(2s);
    rig.push("+++");
    rig.advance(1s);
    rig.take();
    EXPECT_EQ(rig.ask("ATH"), "\r\nOK\r\n");
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
    EXPECT_EQ(rig.farEnd.state(), FarEnd::State::Idle);
    EXPECT_FALSE(rig.modem.lines().dcd);
}

TEST(DataCall, EndsWhenTheFarEndHangsUp) {
    DialRig rig;
    rig.ask("ATD5551234");
    rig.advance(10s);
    rig.take();
    rig.farEnd.hangUp();
    EXPECT_EQ(rig.take(), "\r\nNO CARRIER\r\n");
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
}

TEST(DataCall, ReportsBusyByItsXLevel) {
    DialRig rig;
    rig.ask("ATD5550001");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nBUSY\r\n");
    rig.ask("ATX2");
    rig.ask("ATD5550001");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nNO CARRIER\r\n");
}

TEST(DataCall, ReportsNoDialTone) {
    DialRig rig;
    rig.line.setDialTone(false);
    rig.ask("ATD5551234");
    rig.advance(1900ms);
    EXPECT_EQ(rig.take(), "");
    rig.advance(200ms);
    EXPECT_EQ(rig.take(), "\r\nNO DIALTONE\r\n");
    EXPECT_FALSE(rig.line.isOffHook());
}

TEST(DataCall, GivesUpAfterS7AndAtAKey) {
    DialRig rig;
    rig.ask("ATS7=10");
    rig.ask("ATD5550002");
    rig.advance(13s);
    EXPECT_EQ(rig.take(), "\r\nNO CARRIER\r\n");
    rig.ask("ATD5550002@");
    rig.advance(13s);
    EXPECT_EQ(rig.take(), "\r\nNO ANSWER\r\n");
    rig.ask("ATD5550002");
    rig.advance(3s);
    rig.push("\r");
    EXPECT_EQ(rig.take(), "\r\nNO CARRIER\r\n");
    EXPECT_FALSE(rig.line.isOffHook());
}

TEST(DataCall, HearsCongestionForAnUnknownNumber) {
    DialRig rig;
    rig.ask("ATD99");
    rig.advance(10s);
    EXPECT_EQ(rig.take(), "\r\nBUSY\r\n");
}

TEST(DataCall, PulseDialsSlowly) {
    DialRig rig;
    rig.ask("ATDP5551234");
    rig.advance(5s);
    EXPECT_LT(rig.line.dialled().size(), 5U);
    rig.advance(20s);
    EXPECT_EQ(rig.line.dialled(), "5551234");
}

TEST(DataCall, ComesBackWithASemicolonAndGoesOn) {
    DialRig rig;
    rig.ask("ATD555;");
    rig.advance(2s);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
    rig.ask("ATD1234");
    rig.advance(10s);
    EXPECT_EQ(rig.take(), "\r\nCONNECT 33600\r\nlogin: ");
}

TEST(DataCall, IsAnsweredByHand) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.farEnd.setModem(true, "hi");
    rig.callFrom("5551234");
    rig.advance(100ms);
    rig.take();
    rig.ask("ATA");
    rig.advance(1s);
    EXPECT_EQ(rig.take(), "\r\nCONNECT 33600\r\nhi");
    EXPECT_TRUE(rig.farEnd.wasAnswered());
}

TEST(DataCall, FindsNoCarrierAtAPerson) {
    ModemRig rig;
    rig.ask("ATE0S7=5");
    rig.callFrom("5551234");
    rig.advance(100ms);
    rig.take();
    rig.ask("ATA");
    rig.advance(6s);
    EXPECT_EQ(rig.take(), "\r\nNO CARRIER\r\n");
}

TEST(DataCall, DropsWithDtr) {
    DialRig rig;
    rig.ask("ATD5551234");
    rig.advance(10s);
    rig.modem.setDtr(false);
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
}

TEST(TwoModems, TalkOverTheExchange) {
    DialRig rig;
    Line& other = rig.exchange.addLine("5550200");
    AtModem second{rig.loop, other, *findPersonality("data")};
    struct Sink : ModemOutlet {
        bool toDte(std::span<const std::byte> bytes) override {
            text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            return true;
        }
        void onReady() override {}
        void onLines(DceLines) override {}
        void vanish() override {}
        std::string text;
    } sink;
    second.setOutlet(&sink);
    second.receive(std::as_bytes(std::span{std::string_view{"ATE0S0=1\r"}}));
    sink.text.clear();
    rig.ask("ATD5550200");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nCONNECT 33600\r\n");
    EXPECT_EQ(sink.text, "\r\nRING\r\n\r\nCONNECT 33600\r\n");
    rig.push("to you");
    EXPECT_TRUE(sink.text.ends_with("to you"));
    rig.ask("ATD5550200");
    second.setDtr(false);
    EXPECT_TRUE(rig.take().ends_with("\r\nNO CARRIER\r\n"));
}

TEST(VoiceDial, EndsWithRingbackOrASemicolon) {
    DialRig rig;
    rig.farEnd.setModem(false);
    rig.ask("AT+FCLASS=8;+VRA=20");
    rig.ask("ATDT5551234;");
    rig.advance(2500ms);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
    rig.ask("ATH");
    rig.ask("ATDT5551234");
    rig.advance(9s);  // dialled after 1.7 s, one round of ringback, 2 s without
    EXPECT_EQ(rig.take(), "");
    rig.advance(1s);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
    EXPECT_EQ(rig.farEnd.state(), FarEnd::State::Connected);
}

TEST(VoiceDial, FlashesInTheDialString) {
    DialRig rig;
    rig.farEnd.setModem(false);
    rig.ask("AT+FCLASS=8;X3");
    rig.ask("ATDT5551234;");
    rig.advance(10s);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n\x10r");  // one burst of ringback was reported
    ASSERT_EQ(rig.farEnd.state(), FarEnd::State::Connected);
    rig.ask("ATDT!;");
    rig.advance(2500ms);
    EXPECT_TRUE(rig.line.hasHeldCall());  // S6 goes before it, and the flash takes its time
    EXPECT_EQ(rig.take(), "");
    rig.advance(1s);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
    EXPECT_EQ(rig.line.signal(), Signal::SpecialDial);
    rig.advance(3s);
    EXPECT_EQ(rig.take(),
              "\x10"
              "d");
}

TEST(VoiceDial, HearsBusy) {
    DialRig rig{"rockwell"};
    rig.ask("AT#CLS=8");
    rig.ask("ATDT5550001");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nBUSY\r\n");
}

}  // namespace
}  // namespace tipring::sim
