// SPDX-License-Identifier: Apache-2.0
#include "dial_string.h"

#include <gtest/gtest.h>

#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::core {
namespace {

using hal::ErrorCode;
constexpr std::uint32_t kAllFlags =
    LINEDEVCAPFLAGS_DIALBILLING | LINEDEVCAPFLAGS_DIALQUIET | LINEDEVCAPFLAGS_DIALDIALTONE;

struct Good {
    const char* text;
    const char* dialled;
};
class GoodDialStringTest : public testing::TestWithParam<Good> {};
INSTANTIATE_TEST_SUITE_P(Strings, GoodDialStringTest,
                         testing::Values(Good{"", ""}, Good{"0123456789*#", "0123456789*#"},
                                         Good{"abcdABCD", "ABCDABCD"},
                                         Good{"(0) 12-34.5/6", "0123456"},
                                         Good{"T9,,W12!p3", "T9,,W12!P3"}, Good{"9@1$2", "9@1$2"},
                                         Good{"123;", "123;"}, Good{"123; ", "123;"},
                                         Good{"12|34^Fred", "12"}, Good{";", ";"}));
TEST_P(GoodDialStringTest, GivesWhatTheProviderGets) {
    const auto scanned = scanDialString(GetParam().text, kAllFlags);
    ASSERT_TRUE(scanned) << scanned.error().text();
    EXPECT_EQ(*scanned, GetParam().dialled);
}

struct Bad {
    const char* text;
    std::uint32_t flags;
    ErrorCode code;
};
class BadDialStringTest : public testing::TestWithParam<Bad> {};
INSTANTIATE_TEST_SUITE_P(
    Strings, BadDialStringTest,
    testing::Values(Bad{"1W2", 0, ErrorCode::DialDialtone},
                    Bad{"1w2", LINEDEVCAPFLAGS_DIALQUIET, ErrorCode::DialDialtone},
                    Bad{"1@2$3", 0, ErrorCode::DialQuiet}, Bad{"1$2@3", 0, ErrorCode::DialBilling},
                    Bad{"1?", kAllFlags, ErrorCode::DialPrompt},
                    Bad{"1:", kAllFlags, ErrorCode::DialVoiceDetect},
                    Bad{"1\r2", kAllFlags, ErrorCode::InvalAddress},
                    Bad{"1\n", kAllFlags, ErrorCode::InvalAddress},
                    Bad{"1|\x1b", kAllFlags, ErrorCode::InvalAddress},
                    Bad{"1\x7f", kAllFlags, ErrorCode::InvalAddress},
                    Bad{"1\xc2\xa0"
                        "2",
                        kAllFlags, ErrorCode::InvalAddress},
                    Bad{"+49 30 1", kAllFlags, ErrorCode::InvalAddress},
                    Bad{"call me", kAllFlags, ErrorCode::InvalAddress},
                    Bad{"1;2", kAllFlags, ErrorCode::InvalAddress}));
TEST_P(BadDialStringTest, SaysWhy) {
    const auto scanned = scanDialString(GetParam().text, GetParam().flags);
    ASSERT_FALSE(scanned);
    EXPECT_EQ(scanned.error().code, GetParam().code);
    EXPECT_FALSE(scanned.error().cause.empty());
}

TEST(DialStringTest, TextWithoutEndIsRefused) {
    EXPECT_TRUE(scanDialString(std::string(kMaxDialText, '1'), 0));
    EXPECT_FALSE(scanDialString(std::string(kMaxDialText + 1, '1'), 0));
}

TEST(DialStringTest, ShortStringsStayWhole) {
    EXPECT_EQ(cutDialString("123", 3), std::vector<std::string>{"123"});
    EXPECT_EQ(cutDialString("", 40), std::vector<std::string>{""});
    EXPECT_EQ(cutDialString(std::string(500, '1'), 0).size(), 1u);
}

TEST(DialStringTest, PiecesPutTogetherAreTheWhole) {
    for (std::size_t length = 1; length < 130; ++length) {
        for (std::size_t limit = 4; limit < 50; ++limit) {
            std::string number;
            for (std::size_t i = 0; i < length; ++i) {
                number += static_cast<char>('0' + i % 10);
            }
            std::string together;
            const auto pieces = cutDialString(number, limit);
            for (std::size_t i = 0; i < pieces.size(); ++i) {
                ASSERT_LE(pieces[i].size(), limit);
                ASSERT_EQ(pieces[i].back() == ';', i + 1 < pieces.size());
                together += pieces[i].substr(0, pieces[i].find(';'));
            }
            ASSERT_EQ(together, number);
        }
    }
}

TEST(DialStringTest, TheDiallingModeGoesOn) {
    EXPECT_EQ(cutDialString("P12345678", 5), (std::vector<std::string>{"P123;", "P456;", "P78"}));
    EXPECT_EQ(cutDialString("P123T456", 5), (std::vector<std::string>{"P123;", "T456"}));
}

TEST(DialStringTest, AnIncompleteStringStaysIncomplete) {
    EXPECT_EQ(cutDialString("12345;", 5), (std::vector<std::string>{"1234;", "5;"}));
    EXPECT_EQ(cutDialString("1234567;", 8), (std::vector<std::string>{"1234567;"}));
    EXPECT_EQ(cutDialString("12345678;", 5), (std::vector<std::string>{"1234;", "5678;"}));
}

}  // namespace
}  // namespace tipring::core
