// SPDX-License-Identifier: Apache-2.0
// Ringing, cadence and caller ID: what comes when, on virtual time.
#include <gtest/gtest.h>

#include <fstream>

#include "modem_rig.h"
#include "tipring/hal/dsp/caller_id_standard.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

/// Everything the modem says, with the time in ms since the call, for `span`.
std::vector<std::pair<long, std::string>> listenFor(ModemRig& rig, std::chrono::milliseconds span) {
    std::vector<std::pair<long, std::string>> heard;
    for (auto at = 0ms; at <= span; at += 10ms) {
        if (std::string text = rig.take(); !text.empty()) {
            heard.emplace_back(at.count(), std::move(text));
        }
        rig.advance(10ms);
    }
    return heard;
}

TEST(Ringing, ComesAtTheStartOfEachBurst) {
    ModemRig rig;
    rig.callFrom("5551234");
    const auto heard = listenFor(rig, 13s);
    ASSERT_EQ(heard.size(), 3U);
    EXPECT_EQ(heard[0], std::pair(10L, std::string{"\r\nRING\r\n"}));
    EXPECT_EQ(heard[1].first, 6000);
    EXPECT_EQ(heard[2].first, 12000);
    EXPECT_EQ(rig.line.rings(), 3U);
}

class EveryCountry : public ::testing::TestWithParam<const Country*> {};

TEST_P(EveryCountry, RingsInItsCadence) {
    const Country& country = *GetParam();
    ModemRig rig{"v253", {.country = std::string{country.code}}};
    rig.callFrom("");  // no caller ID: the first ring comes at once
    const auto heard = listenFor(rig, 20s);
    unsigned round = 0;
    for (const unsigned part : country.ring) {
        round += part;
    }
    ASSERT_EQ(heard.size(), 20000 / round + 1) << country.name;
    for (std::size_t i = 0; i < heard.size(); ++i) {
        EXPECT_EQ(heard[i].second, "\r\nRING\r\n");
        EXPECT_NEAR(double(heard[i].first), double(i * round), 11) << country.name;
    }
}

TEST_P(EveryCountry, TellsTheCallerAtItsTime) {
    const Country& country = *GetParam();
    ModemRig rig{"v253", {.country = std::string{country.code}}};
    rig.ask("ATE0+VCID=1");
    rig.callFrom("0123456789", "SMITH JOHN");
    const auto heard = listenFor(rig, 9s);
    ASSERT_GE(heard.size(), 3U) << country.name;
    const bool before =
        dsp::callerIdStandard(country.callerId)->alert != dsp::CallerIdAlert::FirstRing;
    EXPECT_NE(heard[before ? 0 : 1].second.find("NMBR = 0123456789"), std::string::npos);
    EXPECT_EQ(heard[before ? 1 : 0].second, "\r\nRING\r\n") << country.name;
    EXPECT_EQ(heard[2].second, "\r\nRING\r\n") << country.name;
}

std::vector<const Country*> allCountries() {
    std::vector<const Country*> all;
    for (const Country& country : countries()) {
        all.push_back(&country);
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Country, EveryCountry, ::testing::ValuesIn(allCountries()),
                         [](const auto& row) { return std::string{row.param->code}; });

TEST(Countries, AreAtLeastTwentyAndFound) {
    EXPECT_GE(countries().size(), 20U);
    EXPECT_EQ(findCountry("gb")->t35, 0xB4);
    EXPECT_EQ(findCountry(std::uint8_t{0x42})->code, "DE");
    EXPECT_EQ(findCountry("XX"), nullptr);
}

TEST(CallerId, IsFormattedOncePerCall) {
    ModemRig rig;
    rig.ask("ATE0+VCID=1");
    rig.callFrom("5551234", "SMITH J");
    rig.advance(1s);
    EXPECT_EQ(rig.take(), "\r\nRING\r\n");
    rig.advance(4s);
    EXPECT_EQ(rig.take(), "\r\nDATE = 0101\r\nTIME = 0000\r\nNMBR = 5551234\r\nNAME = SMITH J\r\n");
    rig.advance(10s);
    EXPECT_EQ(rig.take(), "\r\nRING\r\n\r\nRING\r\n");
}

TEST(CallerId, IsSilentUntilItIsAskedFor) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.callFrom("5551234", "SMITH J");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nRING\r\n");
    EXPECT_EQ(rig.ask("AT+VRID=0"),
              "\r\nDATE = 0101\r\nTIME = 0000\r\nNMBR = 5551234\r\nNAME = SMITH J\r\n\r\nOK\r\n");
}

TEST(CallerId, TellsWhyThereIsNone) {
    ModemRig rig{"usr"};
    rig.ask("ATE0#CID=1");
    CallerId id;
    id.numberAbsence = Absence::Private;
    id.nameAbsence = Absence::Unavailable;
    id.month = 2;
    id.day = 29;
    id.hour = 23;
    id.minute = 5;
    ASSERT_TRUE(rig.farEnd.call("5550100", id));
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nRING\r\n\r\nDATE=0229\r\nTIME=2305\r\nNMBR=P\r\nNAME=O\r\n");
}

TEST(CallerId, IsRawInHexadecimalWithItsChecksum) {
    for (const auto& [model, command, begin] : {std::tuple{"v253", "ATE0+VCID=2", "\r\nMESG = "},
                                                {"rockwell", "ATE0#CID=2", "\r\n80"},
                                                {"usr", "ATE0+VCID=2", "\r\nMESG=80"}}) {
        ModemRig rig{model};
        rig.ask(command);
        rig.callFrom("5551234", "A");
        rig.advance(1s);
        rig.take();
        rig.advance(4s);
        const std::string text = rig.take();
        EXPECT_TRUE(text.starts_with(begin)) << text;
        // type 80, 8-byte date, number 02 07, name 07 01 41; all bytes add up to 0
        const std::string hex = text.substr(text.find("80"), text.rfind("\r\n") - text.find("80"));
        EXPECT_TRUE(hex.starts_with("8016010830313031303030300207353535313233340701")) << hex;
        unsigned sum = 0;
        for (std::size_t i = 0; i < hex.size(); i += 2) {
            sum += static_cast<unsigned>(std::stoi(hex.substr(i, 2), nullptr, 16));
        }
        EXPECT_EQ(sum % 256, 0U);
    }
}

TEST(CallerId, IsFramedBySilabs) {
    ModemRig rig{"si24xx"};
    rig.ask("ATE0+VCID=1");
    rig.callFrom("5551234");
    rig.advance(5s);
    EXPECT_EQ(rig.take(),
              "\r\nRING\r\n\r\nCIDM\r\n\r\nDATE = 0101\r\nTIME = 0000\r\nNMBR = 5551234\r\n"
              "\r\nNO CARRIER\r\n");
}

TEST(CallerId, IsAComplexEventInVoiceClass) {
    ModemRig rig{"conexant"};
    rig.ask("ATE0+VCID=1;+FCLASS=8");
    rig.callFrom("5551234");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\x10R\x10XDATE = 0101\rTIME = 0000\rNMBR = 5551234\r\x10.");
}

TEST(Ringing, StopsWhenTheCallerGivesUp) {
    ModemRig rig;
    rig.callFrom("5551234");
    rig.advance(7s);
    EXPECT_TRUE(rig.modem.lines().ri);
    rig.farEnd.hangUp();
    EXPECT_FALSE(rig.modem.lines().ri);
    rig.take();
    rig.advance(30s);
    EXPECT_EQ(rig.take(), "");
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
    ASSERT_TRUE(rig.farEnd.call("5550100", {}, 2));
    rig.advance(30s);
    EXPECT_EQ(rig.take(), "\r\nRING\r\n\r\nRING\r\n");
    EXPECT_EQ(rig.farEnd.state(), FarEnd::State::Idle);
}

TEST(Ringing, IsCountedInS1AndForgotten) {
    ModemRig rig;
    rig.callFrom("");
    rig.advance(7s);
    rig.take();
    EXPECT_EQ(rig.words("ATS1?"), "002|OK");
    rig.farEnd.hangUp();
    rig.advance(9s);
    EXPECT_EQ(rig.words("ATS1?"), "000|OK");
}

TEST(Ringing, IsReportedWithItsCadenceOnRequest) {
    ModemRig rig;
    rig.ask("ATE0+VDR=1,0");
    rig.callFrom("");
    rig.advance(7s);
    EXPECT_EQ(rig.take(), "\r\nDROF=0\r\n\r\nRING\r\n\r\nDRON=20\r\n\r\nDROF=40\r\n\r\nRING\r\n");
}

TEST(AutoAnswer, FollowsS0) {
    ModemRig rig;
    rig.farEnd.setModem(true);
    rig.ask("ATE0S0=2");
    rig.callFrom("");
    rig.advance(6500ms);
    EXPECT_EQ(rig.take(), "\r\nRING\r\n\r\nRING\r\n\r\nCONNECT 33600\r\n");
}

}  // namespace
}  // namespace tipring::sim
