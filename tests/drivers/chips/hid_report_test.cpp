// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/hid_report.h"

#include <gtest/gtest.h>

#include <string_view>

namespace tipring::chips {
namespace {

using namespace hid_telephony;

std::vector<std::byte> hex(std::string_view text) {
    std::vector<std::byte> bytes;
    unsigned value = 0, digits = 0;
    for (const char c : text) {
        if (c == ' ') {
            continue;
        }
        const auto digit = static_cast<unsigned>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
        value = value * 16 + digit;
        if (++digits % 2 == 0) {
            bytes.push_back(std::byte(value));
            value = 0;
        }
    }
    return bytes;
}

// The telephone controls of an Eight Amps Maple, and the keypad of a magicJack.
constexpr std::string_view kMaple =
    "05 0B 0A 4B 01 A1 01 09 F0 09 2D 09 2D 09 20 09 29 15 00 25 01 75 01 95 05 81 02 75 03 95 01 "
    "81 01 06 8A FF 09 A0 15 00 25 06 75 08 95 01 81 02 05 0B 09 F1 09 F3 15 00 25 01 75 01 95 02 "
    "92 02 00 75 06 95 01 92 01 00 05 06 09 2A A1 02 09 2D 09 2E 09 2F 95 03 75 08 15 00 25 FF B2 "
    "03 00 C0 C0";
constexpr std::string_view kMagicJack =
    "05 0b 09 01 a1 01 09 06 a1 02 19 b0 29 bb 15 01 25 0c 95 01 75 04 81 00 c0 05 0b 09 25 09 23 "
    "09 24 09 26 09 21 09 2f 09 31 25 07 75 06 81 00 09 04 a1 02 05 0c 09 e0 15 ff 25 01 95 01 75 "
    "02 81 06 c0 05 09 a1 02 19 01 29 04 15 01 25 04 95 01 75 03 81 00 c0 05 0b 09 20 15 00 25 01 "
    "95 01 75 01 81 02 06 ff ff 09 00 75 08 95 40 b1 00 c0";

TEST(HidReportTest, ReadsADualModePhone) {
    const auto descriptor = hex(kMaple);
    ASSERT_EQ(descriptor.size(), 97U);
    const auto reports = HidReports::parse(descriptor);
    ASSERT_TRUE(reports) << reports.error().cause;
    EXPECT_EQ(reports->topUsage(), kDualModePhone);
    EXPECT_EQ(reports->size(HidKind::Input), 2U);
    EXPECT_EQ(reports->size(HidKind::Output), 1U);
    EXPECT_EQ(reports->size(HidKind::Feature), 3U);
    EXPECT_FALSE(reports->hasIds());

    const auto report = hex("0B 05");  // loop, ring, hook; state 5
    EXPECT_EQ(reports->value(HidKind::Input, kHostControl, report), 1);
    EXPECT_EQ(reports->value(HidKind::Input, kRingEnable, report), 1);
    EXPECT_EQ(reports->value(HidKind::Input, kRingEnable, report, 1), 0);
    EXPECT_EQ(reports->value(HidKind::Input, kHookSwitch, report), 1);
    EXPECT_EQ(reports->value(HidKind::Input, 0x000B0029, report), 0);
    EXPECT_EQ(reports->value(HidKind::Input, 0xFF8A00A0, report), 5);
    EXPECT_EQ(reports->value(HidKind::Input, kMute, report), std::nullopt);
    EXPECT_EQ(reports->value(HidKind::Input, kHookSwitch, {}), std::nullopt);

    std::vector<std::byte> out(1);
    EXPECT_TRUE(reports->set(HidKind::Output, kHostAvailable, 1, out));
    EXPECT_EQ(out, hex("01"));
    EXPECT_TRUE(reports->set(HidKind::Output, kActivateHandsetAudio, 1, out));
    EXPECT_EQ(out, hex("03"));
    EXPECT_TRUE(reports->set(HidKind::Output, kActivateHandsetAudio, 0, out));
    EXPECT_EQ(out, hex("01"));
    EXPECT_FALSE(reports->set(HidKind::Output, kMute, 1, out));
}

TEST(HidReportTest, ReadsAKeypadOfAnArray) {
    const auto descriptor = hex(kMagicJack);
    ASSERT_EQ(descriptor.size(), 111U);
    const auto reports = HidReports::parse(descriptor);
    ASSERT_TRUE(reports) << reports.error().cause;
    EXPECT_EQ(reports->topUsage(), kPhone);
    EXPECT_EQ(reports->size(HidKind::Input), 2U);
    EXPECT_EQ(reports->size(HidKind::Feature), 64U);
    const std::string_view keys = "0123456789*#";
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::vector<std::byte> report{std::byte(i + 1), std::byte{0x80}};
        const auto pressed = reports->pressed(report);
        ASSERT_EQ(pressed.size(), 1U) << i;
        EXPECT_EQ(keyOf(pressed[0]), keys[i]);
        EXPECT_EQ(reports->value(HidKind::Input, kHookSwitch, report), 1);
    }
    EXPECT_TRUE(reports->pressed(hex("00 00")).empty());
    EXPECT_TRUE(reports->pressed(hex("0F 00")).empty());      // beyond the logical maximum
    EXPECT_EQ(reports->pressed(hex("50 00")).at(0), kFlash);  // function 5
    EXPECT_EQ(reports->value(HidKind::Input, kFlash, hex("50 00")), 1);
    EXPECT_EQ(reports->value(HidKind::Input, kFlash, hex("10 00")), 0);
    EXPECT_EQ(reports->value(HidKind::Input, 0x000C00E0, hex("00 0C")), -1);  // volume down
}

TEST(HidReportTest, ReportsWithIdsAreToldApart) {
    const auto reports = HidReports::parse(
        hex("05 0B 09 05 A1 01 85 01 09 20 15 00 25 01 75 01 95 01 81 02 95 07 81 01 85 02 09 2F "
            "95 01 81 02 C0"));
    ASSERT_TRUE(reports) << reports.error().cause;
    EXPECT_TRUE(reports->hasIds());
    EXPECT_EQ(reports->size(HidKind::Input, 1), 2U);
    EXPECT_EQ(reports->size(HidKind::Input, 2), 2U);
    EXPECT_EQ(reports->value(HidKind::Input, kHookSwitch, hex("01 01")), 1);
    EXPECT_EQ(reports->value(HidKind::Input, kHookSwitch, hex("02 01")), std::nullopt);
    EXPECT_EQ(reports->value(HidKind::Input, kMute, hex("02 01")), 1);
}

TEST(HidReportTest, RefusesWhatMakesNoSense) {
    for (const std::string_view text : {
             "05",                                      // cut off
             "A1 01",                                   // not closed
             "C0",                                      // not opened
             "B4",                                      // pop without push
             "85 00",                                   // id 0
             "FE 04 00 00",                             // a long item that is cut off
             "27 FF FF FF 7F 75 40 95 01 09 01 81 02",  // 64 bits
             "75 20 97 FF FF FF FF 09 01 81 02",        // endless
             "19 10 29 01",                             // a range that runs backwards
             "1B 00 00 00 00 2B FF FF FF FF",           // and one of all usages
         }) {
        const auto reports = HidReports::parse(hex(text));
        EXPECT_FALSE(reports) << text;
        if (!reports) {
            EXPECT_FALSE(reports.error().cause.empty());
        }
    }
    EXPECT_TRUE(HidReports::parse({}));
}

TEST(HidReportTest, KnowsTheKeys) {
    EXPECT_EQ(keyOf(kKey0), '0');
    EXPECT_EQ(keyOf(kStar), '*');
    EXPECT_EQ(keyOf(kPound), '#');
    EXPECT_EQ(keyOf(0x000B00BF), 'D');
    EXPECT_EQ(keyOf(0x000B00C0), '\0');
    EXPECT_EQ(keyOf(kHookSwitch), '\0');
}

}  // namespace
}  // namespace tipring::chips
