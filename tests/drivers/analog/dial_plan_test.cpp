// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/dial_plan.h"

#include <gtest/gtest.h>

namespace tipring::analog {
namespace {

using Match = DialPlan::Match;

struct Case {
    const char* plan;
    const char* keys;
    Match match;
};
class DialPlanTest : public testing::TestWithParam<Case> {};

TEST_P(DialPlanTest, MatchesAsFarAsItGoes) {
    const auto plan = DialPlan::parse(GetParam().plan);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->match(GetParam().keys), GetParam().match)
        << GetParam().plan << " " << GetParam().keys;
}
constexpr const char* kPlan = "911|0|[2-9]xx|1xxx|*xx|011x.|9#";
INSTANTIATE_TEST_SUITE_P(
    Numbers, DialPlanTest,
    testing::Values(Case{kPlan, "9", Match::Partial}, Case{kPlan, "911", Match::Complete},
                    Case{kPlan, "0", Match::Possible}, Case{kPlan, "01", Match::Partial},
                    Case{kPlan, "234", Match::Complete}, Case{kPlan, "2345", Match::None},
                    Case{kPlan, "1", Match::Partial}, Case{kPlan, "*7", Match::Partial},
                    Case{kPlan, "*72", Match::Complete}, Case{kPlan, "011", Match::Partial},
                    Case{kPlan, "0114", Match::Possible}, Case{kPlan, "011499", Match::Possible},
                    Case{kPlan, "0114*", Match::None}, Case{kPlan, "9#", Match::Complete},
                    Case{kPlan, "#", Match::None}, Case{"", "5", Match::Possible},
                    Case{"", "", Match::Partial}, Case{"x.", "7", Match::Possible},
                    Case{"12|123", "12", Match::Possible}, Case{"12|123", "123", Match::Complete}));

TEST(DialPlanTextTest, SaysWhichCharacterIsWrong) {
    for (const char* text : {"|", "1||2", "x.1", "[9-2]", "[2-", "[2-9", "12y", "1 2", "."}) {
        const bool valid = std::string_view(text) == ".";
        EXPECT_EQ(DialPlan::parse(text).has_value(), valid) << text;
    }
    const auto refused = DialPlan::parse("12|3y");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().cause.find("character 5"), std::string::npos);
    EXPECT_FALSE(DialPlan::parse(std::string(33, '1')));
    std::string many = "1";
    for (int i = 0; i < 64; ++i) {
        many += "|1";
    }
    EXPECT_FALSE(DialPlan::parse(many));
}

}  // namespace
}  // namespace tipring::analog
