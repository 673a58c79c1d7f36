// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "command_template.h"

namespace tipring::at_modem {
namespace {

TEST(CommandLine, PutsValuesInPlace) {
    CommandValues values;
    values.set(Placeholder::Low, "697")
        .set(Placeholder::High, "1209")
        .set(Placeholder::Duration, "10");
    CommandLine line;
    ASSERT_TRUE(line.fill("AT+VTS=[<low>,<high>,<duration>]", values));
    EXPECT_EQ(line.wire(), "AT+VTS=[697,1209,10]\r");
    EXPECT_EQ(line.text(), "AT+VTS=[697,1209,10]");
}

TEST(CommandLine, RefusesControlCharactersInAValue) {
    CommandValues values;
    CommandLine line;
    for (const char* number : {"1\rATH", "1\n", "\x10\x03", "5\xFF"}) {
        values.set(Placeholder::Number, number);
        EXPECT_FALSE(line.fill("ATD<number>", values)) << number;
        EXPECT_EQ(line.wire(), "");
    }
}

TEST(CommandLine, RefusesWhatDoesNotFit) {
    const std::string number(300, '5');
    CommandValues values;
    values.set(Placeholder::Number, number);
    CommandLine line;
    EXPECT_FALSE(line.fill("ATD<number>", values));
}

TEST(CommandLine, AnAngleWithoutItsPartnerIsText) {
    CommandLine line;
    ASSERT_TRUE(line.fill("AT<x", {}));
    EXPECT_EQ(line.text(), "AT<x");
    EXPECT_FALSE(line.fill("AT<x>", {}));
}

TEST(CommandLine, KnowsItsPlaceholders) {
    std::string_view unknown;
    EXPECT_TRUE(placeholdersKnown("AT+VSM=<format>,<rate>,<bits>", unknown));
    EXPECT_FALSE(placeholdersKnown("AT+VSM=<fromat>", unknown));
    EXPECT_EQ(unknown, "fromat");
    EXPECT_TRUE(hasPlaceholder("AT+VTS=<digit>", Placeholder::Digit));
    EXPECT_FALSE(hasPlaceholder("AT+VTS=<digit>", Placeholder::Low));
}

}  // namespace
}  // namespace tipring::at_modem
