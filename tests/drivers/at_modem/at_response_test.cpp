// SPDX-License-Identifier: Apache-2.0
#include "at_response.h"

#include <gtest/gtest.h>

#include <string>

namespace tipring::at_modem {
namespace {

struct ResultCase {
    const char* line;
    ResultCode code;
    const char* value;
};

class ResultTest : public testing::TestWithParam<ResultCase> {};

TEST_P(ResultTest, IsRecognised) {
    const AtLine line = classify(GetParam().line);
    EXPECT_EQ(line.kind, LineKind::Result) << GetParam().line;
    EXPECT_EQ(line.result, GetParam().code) << GetParam().line;
    EXPECT_EQ(line.value, GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    All, ResultTest,
    testing::Values(
        ResultCase{"OK", ResultCode::Ok, ""}, ResultCase{" OK ", ResultCode::Ok, ""},
        ResultCase{"ERROR", ResultCode::Error, ""},
        ResultCase{"+CME ERROR: 30", ResultCode::Error, "30"},
        ResultCase{"CONNECT", ResultCode::Connect, ""},
        ResultCase{"CONNECT 33600/ARQ", ResultCode::Connect, "33600/ARQ"},
        ResultCase{"CONNECT/ARQ", ResultCode::Connect, "ARQ"},
        ResultCase{"CONNECT*", ResultCode::Connect, ""},
        ResultCase{"+FCERROR: 3", ResultCode::Error, "3"}, ResultCase{"+F4", ResultCode::Error, ""},
        ResultCase{"VCON", ResultCode::Vcon, ""}, ResultCase{"#VCON", ResultCode::Vcon, ""},
        ResultCase{"+VCON", ResultCode::Vcon, ""},
        ResultCase{"NO CARRIER", ResultCode::NoCarrier, ""},
        ResultCase{"NO DIALTONE", ResultCode::NoDialTone, ""},
        ResultCase{"NO DIAL TONE", ResultCode::NoDialTone, ""},
        ResultCase{"BUSY", ResultCode::Busy, ""}, ResultCase{"NO ANSWER", ResultCode::NoAnswer, ""},
        ResultCase{"RINGING", ResultCode::Ringing, ""},
        ResultCase{"DELAYED 120", ResultCode::Delayed, "120"},
        ResultCase{"BLACKLISTED", ResultCode::Blacklisted, ""},
        ResultCase{"LINE-IN-USE", ResultCode::LineInUse, ""},
        ResultCase{"NO LINE", ResultCode::NoLine, ""},
        ResultCase{"DIGITAL LINE DETECTED", ResultCode::DigitalLine, ""}));

TEST(ClassifyTest, AResultInsideOtherTextIsNone) {
    for (const char* text : {"NAME = OK", "OKAY", "ok then", "NO CARRIERS", "CONNECTED", "VCONX"}) {
        EXPECT_NE(classify(text).kind, LineKind::Result) << text;
    }
}

TEST(ClassifyTest, ALineFullOfRingIsTakenOneByOne) {
    std::string text;
    for (int i = 0; i < 400; ++i) {
        text += "RING ";
    }
    int rings = 0;
    for (std::string_view rest = text; !rest.empty(); ++rings) {
        const AtLine line = classify(rest);
        ASSERT_EQ(line.kind, LineKind::Ring);
        ASSERT_LT(line.rest.size(), rest.size());
        rest = line.rest;
    }
    EXPECT_EQ(rings, 400);
}

struct RingCase {
    const char* line;
    const char* caller;
    const char* called;
    int type;
};

class RingTest : public testing::TestWithParam<RingCase> {};

TEST_P(RingTest, IsARingInEachForm) {
    const AtLine line = classify(GetParam().line);
    ASSERT_EQ(line.kind, LineKind::Ring) << GetParam().line;
    EXPECT_EQ(line.value, GetParam().caller);
    EXPECT_EQ(line.called, GetParam().called);
    EXPECT_EQ(line.ringType, GetParam().type);
}

INSTANTIATE_TEST_SUITE_P(
    All, RingTest,
    testing::Values(RingCase{"RING", "", "", 0}, RingCase{"RING1", "", "", 1},
                    RingCase{"RING 5", "", "", 5}, RingCase{"RING A", "", "", 1},
                    RingCase{"RING E", "", "", 5}, RingCase{"RING 090909", "090909", "", 0},
                    RingCase{"RING/0666", "", "0666", 0}, RingCase{"RING;707070", "707070", "", 0},
                    RingCase{"RING;717171;999999", "717171", "999999", 0},
                    RingCase{"RING: 3 DN9 8888", "8888", "", 0}));

TEST(ClassifyTest, TextThatOnlyBeginsLikeARingIsNone) {
    for (const char* text : {"RINGER", "HERRING", "RING-A-LING INC", "RING THE BELL"}) {
        EXPECT_NE(classify(text).kind, LineKind::Ring) << text;
    }
}

TEST(ClassifyTest, TwoTagsMayShareALine) {
    const AtLine first = classify("NAME=ARCHER L       NMBR=5071234567");
    EXPECT_EQ(first.tag, Tag::Name);
    EXPECT_EQ(first.value, "ARCHER L");
    const AtLine second = classify(first.rest);
    EXPECT_EQ(second.tag, Tag::Number);
    EXPECT_EQ(second.value, "5071234567");
    const AtLine zyxel = classify("FM:040404 TO:0815");
    EXPECT_EQ(zyxel.value, "040404");
    EXPECT_EQ(classify(zyxel.rest).tag, Tag::Called);
}

TEST(ClassifyTest, AValueKeepsItsEqualsSigns) {
    EXPECT_EQ(classify("NAME = A=B, C=D").value, "A=B, C=D");
    EXPECT_EQ(classify("NAME = TIME WARNER COM").value, "TIME WARNER COM");
}

TEST(ClassifyTest, TheSampleWithoutASeparatorIsADate) {
    EXPECT_EQ(classify("DATE 0408").tag, Tag::Date);
    EXPECT_EQ(classify("DATE OF BIRTH").kind, LineKind::Text);
}

TEST(ClassifyTest, OtherLines) {
    EXPECT_EQ(classify("DRON=11").kind, LineKind::Cadence);
    EXPECT_EQ(classify("DRON=11").value, "11");
    EXPECT_EQ(classify("CIDM").kind, LineKind::CallerIdMark);
    EXPECT_EQ(classify("CID RING").kind, LineKind::CidRing);
    EXPECT_EQ(classify("80 20 01 08").kind, LineKind::Hex);
    EXPECT_EQ(classify("123").kind, LineKind::Text);
    EXPECT_EQ(classify("CX93001-EIS_V0.2013-V92").kind, LineKind::Text);
    EXPECT_EQ(classify("").kind, LineKind::Text);
}

TEST(NumericResultTest, TheCommonCodesOnly) {
    EXPECT_EQ(numericResult("0"), ResultCode::Ok);
    EXPECT_EQ(numericResult(" 7"), ResultCode::Busy);
    EXPECT_FALSE(numericResult("2"));   // RING is no result of a command
    EXPECT_FALSE(numericResult("18"));  // means different things to different makers
    EXPECT_FALSE(numericResult("OK"));
}

}  // namespace
}  // namespace tipring::at_modem
