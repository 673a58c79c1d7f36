// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "caller_id_assembler.h"
#include "caller_id_fields.h"
#include "caller_id_frame.h"
#include "tipring/drivers/at_modem/capture_decoder.h"

namespace tipring::at_modem {
namespace {

struct NumberCase {
    const char* value;
    FieldStatus status;
    const char* number;
};

class NumberTest : public testing::TestWithParam<NumberCase> {};

TEST_P(NumberTest, HasItsStatus) {
    CallerId id;
    takeNumber(id, GetParam().value);
    EXPECT_EQ(id.numberStatus, GetParam().status) << GetParam().value;
    EXPECT_EQ(id.number.view(), GetParam().number);
}

INSTANTIATE_TEST_SUITE_P(
    All, NumberTest,
    testing::Values(NumberCase{"5551234", FieldStatus::Ok, "5551234"},
                    NumberCase{" +44 20 7946 0123 ", FieldStatus::Ok, "+44 20 7946 0123"},
                    NumberCase{"0351-3210", FieldStatus::Ok, "0351-3210"},
                    NumberCase{"0171-", FieldStatus::Partial, "0171-"},
                    NumberCase{"P", FieldStatus::Private, ""},
                    NumberCase{"-PRIVATE CALLER-", FieldStatus::Private, ""},
                    NumberCase{"Restricted", FieldStatus::Private, ""},
                    NumberCase{"0000000000", FieldStatus::Private, "0000000000"},
                    NumberCase{"O", FieldStatus::Unavailable, ""},
                    NumberCase{"I", FieldStatus::Unavailable, ""},
                    NumberCase{"CALLBOX", FieldStatus::Unavailable, ""},
                    NumberCase{"WITHHELD NUMBER", FieldStatus::Private, ""},
                    NumberCase{"PAYPHONE", FieldStatus::Unavailable, ""},
                    NumberCase{"##########", FieldStatus::Invalid, ""},
                    NumberCase{"MISSING NAME", FieldStatus::Invalid, ""},
                    NumberCase{"555\x81", FieldStatus::Invalid, ""},
                    NumberCase{"", FieldStatus::Absent, ""}));

TEST(NameTest, BecomesUtf8) {
    CallerId id;
    takeName(id, "M\xFCLLER");  // Latin-1
    EXPECT_EQ(id.name.view(), "M\xC3\xBCLLER");
    takeName(id, "M\xC3\xBCLLER");  // UTF-8 already
    EXPECT_EQ(id.name.view(), "M\xC3\xBCLLER");
    takeName(id, "A\x1B[31mB\x81");  // an escape sequence must not reach a terminal
    EXPECT_EQ(id.name.view(), "A[31mB?");
}

TEST(NameTest, ALabelIsNoName) {
    CallerId id;
    takeName(id, "WITHHELD");
    EXPECT_EQ(id.nameStatus, FieldStatus::Private);
    EXPECT_TRUE(id.name.empty());
}

TEST(NameTest, IsCutOnACharacter) {
    CallerId id;
    std::string longName;
    for (int i = 0; i < 60; ++i) {
        longName += "\xC3\xA9";
    }
    takeName(id, longName);
    EXPECT_EQ(id.name.view().size(), 80u);
}

TEST(DateTest, FormsAndNonsense) {
    const auto date = [](const char* text) {
        CallerId id;
        takeDate(id, text);
        return id.date;
    };
    EXPECT_EQ(date("0229"), (CallerId::Date{2, 29}));
    EXPECT_EQ(date("2803"), (CallerId::Date{3, 28}));
    EXPECT_EQ(date("990305"), (CallerId::Date{3, 5}));
    EXPECT_EQ(date("11/24 22:10"), (CallerId::Date{11, 24}));
    for (const char* withYear :
         {"11/24/05", "11/24/2005", "24.11.2005", "2005-11-24", "20051124", "051124", "11241806"}) {
        EXPECT_EQ(date(withYear), (CallerId::Date{11, 24})) << withYear;
    }
    for (const char* nonsense : {"", "0230", "1332", "0000", "99", "ABCD", "123456789012345"}) {
        EXPECT_FALSE(date(nonsense)) << nonsense;
    }
}

TEST(DateTest, AYearIsNoTime) {
    for (const char* withYear : {"11/24/2005", "2005-11-24", "20051124"}) {
        CallerId id;
        takeDate(id, withYear);
        EXPECT_FALSE(id.time) << withYear;
    }
    CallerId id;
    takeDate(id, "11241806");
    EXPECT_EQ(id.time, (CallerId::Time{18, 6}));
    takeDate(id, "28031235");  // the day first
    EXPECT_EQ(id.date, (CallerId::Date{3, 28}));
    EXPECT_EQ(id.time, (CallerId::Time{12, 35}));
}

TEST(TimeTest, HalvesOfTheDay) {
    const auto time = [](const char* text) {
        CallerId id;
        takeTime(id, text);
        return id.time;
    };
    EXPECT_EQ(time("2:15 PM"), (CallerId::Time{14, 15}));
    EXPECT_EQ(time("02:15am"), (CallerId::Time{2, 15}));
    EXPECT_EQ(time("12:00 AM"), (CallerId::Time{0, 0}));
    EXPECT_EQ(time("12:30 PM"), (CallerId::Time{12, 30}));
    for (const char* nonsense : {"14:15 PM", "00:15 AM", "PM", ":15 PM", "2:1 PM"}) {
        EXPECT_FALSE(time(nonsense)) << nonsense;
    }
}

TEST(DtmfTest, FormsOfCallerId) {
    const auto read = [](const char* digits) {
        CallerId id;
        takeDtmf(id, digits);
        return id;
    };
    EXPECT_EQ(read("1234").called.view(), "1234");
    for (const char* form : {"A0301234567#", "D0301234567C", "0301234567#", "A0301234567C"}) {
        EXPECT_EQ(read(form).number.view(), "0301234567") << form;
        EXPECT_TRUE(read(form).called.empty()) << form;
    }
    const CallerId all = read("A0301234567D0309999999B10C");
    EXPECT_EQ(all.number.view(), "0301234567");
    EXPECT_EQ(all.redirecting.view(), "0309999999");
    EXPECT_EQ(read("B00C").numberStatus, FieldStatus::Unavailable);
    EXPECT_EQ(read("D1#").numberStatus, FieldStatus::Private);
    EXPECT_EQ(read("D2#").numberStatus, FieldStatus::Unavailable);
    EXPECT_EQ(read("ABCD"), CallerId{});
    EXPECT_EQ(read(""), CallerId{});
}

TEST(TimeTest, FormsAndNonsense) {
    const auto time = [](const char* text) {
        CallerId id;
        takeTime(id, text);
        return id.time;
    };
    EXPECT_EQ(time("1834"), (CallerId::Time{18, 34}));
    EXPECT_EQ(time("08:05:59"), (CallerId::Time{8, 5}));
    for (const char* nonsense : {"", "2423", "1260", "17471", "xx:yy"}) {
        EXPECT_FALSE(time(nonsense)) << nonsense;
    }
}

std::vector<std::uint8_t> hex(std::string_view text) {
    std::vector<std::uint8_t> buffer(512);
    const auto bytes = bytesFromHex(text, buffer);
    return {bytes.begin(), bytes.end()};
}

TEST(FrameTest, AWrongChecksumIsFlaggedAndNotUsed) {
    auto frame = hex("8021010831313238313534330 20A36303632323431333539 07094A6F6520536D69746858");
    CallerId id;
    EXPECT_EQ(readFrame(frame, id), FrameCheck::Valid);
    EXPECT_EQ(id.number.view(), "6062241359");
    frame.back() ^= 1;
    CallerId bad;
    EXPECT_EQ(readFrame(frame, bad), FrameCheck::BadChecksum);
    EXPECT_EQ(bad.checksumValid, false);
    EXPECT_TRUE(bad.number.empty());
}

TEST(FrameTest, EveryTruncationIsRefusedOrFlagged) {
    const auto frame =
        hex("802101083131323831353433020A363036323234313335390709 4A6F6520536D69746858");
    for (std::size_t size = 0; size + 1 < frame.size(); ++size) {
        CallerId id;
        EXPECT_EQ(readFrame(std::span(frame).first(size), id), FrameCheck::NoFrame) << size;
    }
}

TEST(FrameTest, LengthsBeyondTheMessageAreRefused) {
    CallerId id;
    EXPECT_EQ(readFrame(hex("8003020A3135"), id), FrameCheck::NoFrame);
    EXPECT_FALSE(readHex("02FF35", id));
    EXPECT_TRUE(id.number.empty());
}

TEST(FrameTest, MessageWaitingOnAndOff) {
    CallerId on, off;
    EXPECT_TRUE(readHex("060342424231", on));
    EXPECT_EQ(on.messageWaiting, true);
    EXPECT_TRUE(readHex("82030B01006F", off));
    EXPECT_EQ(off.messageWaiting, false);
}

TEST(FrameTest, CalledNumberStandsBesideTheCaller) {
    CallerId id;  // called number (03) before the caller's (02)
    EXPECT_TRUE(readParameters(hex("0303313233 0203343536"), id));
    EXPECT_EQ(id.number.view(), "456");
    EXPECT_EQ(id.called.view(), "123");
}

TEST(FrameTest, SkipsWhatPrecedesTheMessage) {
    std::string wire("\x55\x55\x55\x55\xFF");
    wire += std::string(
        "\x04\x09"
        "12251530P\x10",
        12);
    const auto id = decodeFrame(std::as_bytes(std::span(wire)));
    ASSERT_TRUE(id);
    EXPECT_EQ(id->numberStatus, FieldStatus::Private);
    EXPECT_EQ(id->checksumValid, true);
}

class AssemblerTest : public testing::Test {
protected:
    CallerIdAssembler::Effect take(const char* line) { return assembler.take(classify(line)); }
    CallerIdAssembler assembler;
};

TEST_F(AssemblerTest, TellsWhenItKnowsMore) {
    EXPECT_TRUE(take("RING").ring);
    EXPECT_TRUE(take("NMBR = 5551234").callerId);
    EXPECT_FALSE(assembler.complete());
    EXPECT_TRUE(take("NAME = O").callerId);
    EXPECT_TRUE(assembler.complete());
    EXPECT_FALSE(take("NMBR = 5551234").callerId);  // sent again before each ring
}

TEST_F(AssemblerTest, BetterInformationIsNeverErased) {
    take("NMBR = 5551234");
    take("NMBR = O");
    take("NMBR = garbage");
    EXPECT_EQ(assembler.callerId().number.view(), "5551234");
}

TEST_F(AssemblerTest, AnotherNumberAfterARingIsAnotherCall) {
    take("RING");
    take("NMBR = 5551234");
    take("RING");
    take("RING");
    const auto effect = take("NMBR = 5559999");
    EXPECT_TRUE(effect.otherCall);
    EXPECT_EQ(assembler.rings(), 1u);
    EXPECT_EQ(assembler.callerId().number.view(), "5559999");
}

TEST_F(AssemblerTest, ADumpInSeveralLinesIsOneMessage) {
    take("+VCIDR:");
    EXPECT_FALSE(take("80 20 01 08 30 39 31 31 31 36 32 31 02 0A 35 31").callerId);
    EXPECT_FALSE(take("32 35 35 35 31 32 33 34 07 08 4A 4F 48 4E 5F 44").callerId);
    EXPECT_TRUE(take("4F 45 40").callerId);
    EXPECT_EQ(assembler.callerId().name.view(), "JOHN_DOE");
}

TEST_F(AssemblerTest, ADumpWithoutItsChecksumIsTakenAtTheEndOfTheAnswer) {
    const auto dump = [&] {
        take("+VCIDR:");
        take("80 20 01 08 30 39 31 31 31 36 32 31 02 0A 35 31");
        take("32 35 35 35 31 32 33 34 07 08 4A 4F 48 4E 5F 44");
        EXPECT_FALSE(take("4F 45").callerId);
    };
    dump();
    EXPECT_TRUE(take("OK").callerId);
    EXPECT_EQ(assembler.callerId().number.view(), "5125551234");
    EXPECT_FALSE(assembler.callerId().checksumValid);
    assembler.reset();
    dump();
    EXPECT_TRUE(take("RING").callerId);
    EXPECT_TRUE(assembler.callerIdBeforeRing());
    assembler.reset();
    dump();
    EXPECT_TRUE(assembler.flush().callerId);
    EXPECT_FALSE(assembler.flush().any());
}

TEST_F(AssemblerTest, ATimeWithAHalfOfTheDay) {
    take("TIME: 09-15 02:15 PM");
    EXPECT_EQ(assembler.callerId().date, (CallerId::Date{9, 15}));
    EXPECT_EQ(assembler.callerId().time, (CallerId::Time{14, 15}));
}

TEST_F(AssemblerTest, TagsWithoutASeparator) {
    take("DATE 0408");
    take("TIME 1210");
    take("NMBR O");
    EXPECT_EQ(assembler.callerId().date, (CallerId::Date{4, 8}));
    EXPECT_EQ(assembler.callerId().numberStatus, FieldStatus::Unavailable);
    EXPECT_FALSE(take("NMBR OK").any());
    EXPECT_FALSE(take("DATE FORMAT").any());
}

TEST_F(AssemblerTest, AnIdentificationAnswerIsNoCallerId) {
    for (const char* answer :
         {"33600", "56000", "0412345678", "5601", "80203040", "a007880284C6002F"}) {
        EXPECT_FALSE(take(answer).any()) << answer;
    }
}

TEST(CaptureTest, TellsCallsApart) {
    const std::string capture =
        "\r\nRING\r\n\r\nDATE = 0101\r\nTIME = 1200\r\nNMBR = 111111\r\n\r\nRING\r\n"
        "\r\nRING\r\n\r\nDATE = 0101\r\nTIME = 1300\r\nNMBR = 222222\r\n\r\nRING\r\n\r\nRING\r\n";
    const auto calls = decodeCapture(std::as_bytes(std::span(capture)));
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls[0].rings, 2u);
    EXPECT_EQ(calls[0].callerId.number.view(), "111111");
    EXPECT_EQ(calls[1].rings, 3u);
    EXPECT_EQ(calls[1].callerId.number.view(), "222222");
}

TEST(CaptureTest, ARingAfterAnAnsweredCallIsAnother) {
    const std::string capture = "RING\r\nRING\r\nVCON\r\nRING\r\n";
    EXPECT_EQ(decodeCapture(std::as_bytes(std::span(capture))).size(), 2u);
}

std::vector<DecodedCall> decodeText(std::string_view text) {
    return decodeCapture(std::as_bytes(std::span(text)));
}

TEST(CaptureTest, CallsWithoutAnyRingAreToldApart) {
    const auto calls = decodeText(
        "DATE = 0101\r\nTIME = 1200\r\nNMBR = 111111\r\n"
        "DATE = 0101\r\nTIME = 1205\r\nNMBR = 222222\r\n");
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls[0].callerId.number.view(), "111111");
    EXPECT_EQ(calls[1].callerId.number.view(), "222222");
    EXPECT_EQ(decodeText("DATE = 0101\r\nNMBR = 111111\r\nDATE = 0101\r\nNMBR = 111111\r\n").size(),
              1u);
}

TEST(CaptureTest, ARingBeforeTwoMessagesStaysWithTheFirst) {
    const auto calls =
        decodeText("RING\r\nDATE = 0101\r\nNMBR = 111111\r\nDATE = 0102\r\nNMBR = 222222\r\n");
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls[0].rings, 1u);
    EXPECT_EQ(calls[1].rings, 0u);
}

TEST(CaptureTest, RingsOnOneLineAreCountedForTheRightCall) {
    const auto calls = decodeText("RING\r\nNMBR=111111\r\nRING RING NMBR=222222\r\n");
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(calls[0].rings, 2u);
    EXPECT_EQ(calls[1].rings, 1u);
}

TEST(CaptureTest, TakingOrRefusingTheCallEndsIt) {
    for (const char* command : {"ATA", "ATH", "ATH0"}) {
        const auto calls = decodeText("RING\r\nNMBR=111111\r\nRING\r\n" + std::string(command) +
                                      "\r\r\nOK\r\nRING\r\nNMBR=111111\r\nRING\r\n");
        ASSERT_EQ(calls.size(), 2u) << command;
        EXPECT_EQ(calls[0].rings, 2u) << command;
        EXPECT_EQ(calls[1].rings, 2u) << command;
    }
}

TEST(CaptureTest, CallerIdAheadOfTheRingStaysWithItAfterAnAnsweredCall) {
    const auto calls =
        decodeText("CONNECT 9600\r\nNO CARRIER\r\nDATE=0101\r\nNMBR=111111\r\nRING\r\n");
    ASSERT_EQ(calls.size(), 1u);
    EXPECT_EQ(calls[0].rings, 1u);
    EXPECT_EQ(calls[0].callerId.number.view(), "111111");
    EXPECT_EQ(calls[0].callerIdBeforeRing, true);
}

TEST(CaptureTest, NothingGivesNothing) {
    EXPECT_TRUE(decodeCapture({}).empty());
    const std::string noise = "ATZ\r\r\nOK\r\n";
    EXPECT_TRUE(decodeCapture(std::as_bytes(std::span(noise))).empty());
}

}  // namespace
}  // namespace tipring::at_modem
