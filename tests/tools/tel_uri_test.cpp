// SPDX-License-Identifier: Apache-2.0
#include "tel_uri.h"

#include <gtest/gtest.h>

namespace tipring::tools {
namespace {

struct Row {
    const char* uri;
    const char* number;  ///< null: refused
};

/// RFC 3966: global and local numbers, separators, parameters, escapes.
constexpr Row kRows[] = {
    {"tel:+12025550123", "+12025550123"},
    {"tel:+1-202-555-0123", "+12025550123"},
    {"tel:+1-(202)-555.0123", "+12025550123"},
    {"TEL:+442079460018", "+442079460018"},
    {"tel:+1-201-555-0123;ext=12", "+12015550123"},
    {"tel:+1-201-555-0123;isub=7;ext=12", "+12015550123"},
    {"tel:7042;phone-context=example.com", "7042"},
    {"tel:863-1234;phone-context=+1-914-555", "+19145558631234"},
    {"tel:863-1234;ext=9;PHONE-CONTEXT=+1-914-555", "+19145558631234"},
    {"tel:*21#;phone-context=+1", "*21#"},
    {"tel:112", "112"},
    {"tel:5550123;phone-context=", "5550123"},
    {"tel:%2B12025550123", "+12025550123"},
    {"tel:%2b1202%2d5550123", "+12025550123"},
    {"tel:", nullptr},
    {"tel:+", nullptr},
    {"tel:+-", nullptr},
    {"tel:;ext=1", nullptr},
    {"tel:+1202555012x", nullptr},
    {"tel:+1 202 5550123", nullptr},
    {"tel:+1%0D%0AATD2", nullptr},
    {"tel:+1%", nullptr},
    {"tel:+1%2", nullptr},
    {"tel:+1%zz", nullptr},
    {"tel:mother", nullptr},
    {"tel:12,34", nullptr},
    {"tel://+12025550123", nullptr},
    {"sip:+12025550123", nullptr},
    {"", nullptr},
};

class TelUri : public ::testing::TestWithParam<Row> {};
TEST_P(TelUri, GivesTheNumberOrSaysWhyNot) {
    const auto number = numberOfTelUri(GetParam().uri);
    if (GetParam().number != nullptr) {
        ASSERT_TRUE(number) << number.error().text();
        EXPECT_EQ(*number, GetParam().number);
    } else {
        ASSERT_FALSE(number) << *number;
        EXPECT_EQ(number.error().code, hal::ErrorCode::InvalDestAddress);
        EXPECT_FALSE(number.error().cause.empty());
    }
}
INSTANTIATE_TEST_SUITE_P(Rfc3966, TelUri, ::testing::ValuesIn(kRows));

TEST(TelUriText, AHugeOneIsRefused) {
    EXPECT_FALSE(numberOfTelUri("tel:+" + std::string(65536, '1')));
}

TEST(TelUriText, IsToldFromANumber) {
    EXPECT_TRUE(isTelUri("tel:1"));
    EXPECT_TRUE(isTelUri("Tel:"));
    EXPECT_FALSE(isTelUri("5551234"));
    EXPECT_FALSE(isTelUri("te"));
}

}  // namespace
}  // namespace tipring::tools
