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

/// Each modifier on a line with each set of abilities: taken, or refused with its own error.
TEST(DialStringTest, EachModifierNeedsItsAbility) {
    struct Modifier {
        char character;
        std::uint32_t flag;
        ErrorCode code;
    };
    constexpr Modifier kModifiers[] = {{'W', LINEDEVCAPFLAGS_DIALDIALTONE, ErrorCode::DialDialtone},
                                       {'w', LINEDEVCAPFLAGS_DIALDIALTONE, ErrorCode::DialDialtone},
                                       {'@', LINEDEVCAPFLAGS_DIALQUIET, ErrorCode::DialQuiet},
                                       {'$', LINEDEVCAPFLAGS_DIALBILLING, ErrorCode::DialBilling},
                                       {'?', 0, ErrorCode::DialPrompt},
                                       {':', 0, ErrorCode::DialVoiceDetect}};
    constexpr std::uint32_t kFlags[] = {LINEDEVCAPFLAGS_DIALDIALTONE, LINEDEVCAPFLAGS_DIALQUIET,
                                        LINEDEVCAPFLAGS_DIALBILLING};
    for (unsigned set = 0; set < 8; ++set) {
        std::uint32_t flags = 0;
        for (unsigned i = 0; i < 3; ++i) {
            flags |= (set >> i & 1U) != 0 ? kFlags[i] : 0U;
        }
        for (const Modifier& modifier : kModifiers) {
            for (const std::string& number : {std::string(1, modifier.character),
                                              std::string("12") + modifier.character + "34;",
                                              std::string("T1,") + modifier.character}) {
                const auto scanned = scanDialString(number, flags);
                if ((flags & modifier.flag) != 0) {
                    EXPECT_TRUE(scanned) << number;
                } else {
                    ASSERT_FALSE(scanned) << number;
                    EXPECT_EQ(scanned.error().code, modifier.code) << number;
                }
            }
        }
    }
}

TEST(DialStringTest, NoControlCharacterPassesAnywhere) {
    for (int byte = 0; byte < 256; ++byte) {
        const bool bad = byte < 0x20 || byte >= 0x7F;
        for (const std::size_t at : {std::size_t{0}, std::size_t{2}, std::size_t{4}}) {
            std::string number = "12|4^";
            number[at] = static_cast<char>(byte);
            const auto scanned = scanDialString(number, kAllFlags);
            if (bad) {
                ASSERT_FALSE(scanned) << byte;
                EXPECT_EQ(scanned.error().code, ErrorCode::InvalAddress) << byte;
            } else if (scanned) {
                EXPECT_EQ(scanned->find_first_not_of("0123456789ABCD*#,!TPW@$;"), scanned->npos);
            }
        }
    }
}

TEST(DialStringTest, SixtyFourKilobytesAreRefusedInWords) {
    for (const char fill : {'1', ' ', ';', '\r'}) {
        const auto scanned = scanDialString(std::string(65536, fill), kAllFlags);
        ASSERT_FALSE(scanned);
        EXPECT_EQ(scanned.error().code, ErrorCode::InvalAddress);
        EXPECT_LT(scanned.error().cause.size(), 200u);
    }
}

/// Whatever is in it, no piece is too long, ends in `;` but the last, or dials in another mode.
TEST(DialStringTest, CutsKeepModesAndModifiers) {
    const std::string number = "T1,2W3!4P56@7T$89*#,,A;";
    for (std::size_t limit = 4; limit <= number.size() + 1; ++limit) {
        const auto pieces = cutDialString(number, limit);
        std::string modes, expected;
        char mode = ' ';
        for (const char c : number) {
            mode = c == 'T' || c == 'P' ? c : mode;
            expected += c == 'T' || c == 'P' || c == ';' ? "" : std::string{c, mode};
        }
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            ASSERT_LE(pieces[i].size(), limit);
            ASSERT_EQ(pieces[i].back(), ';') << "the number itself is incomplete";
            ASSERT_EQ(pieces[i].find(';'), pieces[i].size() - 1);
            mode = ' ';
            for (const char c : pieces[i]) {
                mode = c == 'T' || c == 'P' ? c : mode;
                modes += c == 'T' || c == 'P' || c == ';' ? "" : std::string{c, mode};
            }
        }
        EXPECT_EQ(modes, expected) << limit;
    }
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
