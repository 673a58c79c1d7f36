// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/rpc/dial_barring.h"

#include <gtest/gtest.h>

namespace tipring::test {
namespace {

using rpc::barredBy;
using rpc::DialBarring;

/// An American place: ten digits, or eleven with 1 in front.
rpc::NumberingPlan plan() {
    return {[](std::string_view number) -> std::optional<std::string> {
                std::string keys;
                for (const char c : number) {
                    keys += c >= '0' && c <= '9' ? std::string(1, c) : "";
                }
                keys = keys.size() == 11 && keys[0] == '1' ? keys.substr(1) : keys;
                return keys.size() == 10
                           ? std::optional("+1 (" + keys.substr(0, 3) + ") " + keys.substr(3))
                           : std::nullopt;
            },
            [](std::string_view number) { return number == "933" || number == "9933"; }};
}

TEST(DialBarring, JudgesNumbersInEveryDress) {
    const DialBarring rules{{"1900*", "+1809*", "0?00", "*", "9*"}, {}, {}};
    DialBarring some{{"1900*", "+1809*", "0?00"}, {"19005551234"}, {"933000"}};
    const struct {
        const char* number;
        const char* by;  // "": it may be dialled
    } rows[] = {
        {"5551234", ""},
        {"", ""},
        {"19005550000", "1900*"},
        {"1900", "1900*"},
        {"1-900-555-0000", "1900*"},
        {"T1 (900) 555", "1900*"},
        {"19005551234", ""},  // allowed
        {"900", ""},
        // What follows an access code is a number of its own.
        {"9,19005550000", "1900*"},
        {"9W1900555", "1900*"},
        {"5551234,,1900555", "1900*"},
        {"*6719005550000", "1900*"},
        {"#31#1900555", "1900*"},
        {"*67,1900555", "1900*"},
        // By its canonical form, however it is dialled.
        {"18095551234", "+1809*"},
        {"8095551234", "+1809*"},
        {"+1 (809) 555-1234", "+1809*"},
        {"*678095551234", "+1809*"},
        {"0500", "0?00"},
        {"05000", ""},
        // Emergency numbers, and nothing behind one.
        {"112", ""},
        {"9,911", ""},
        {"933000", ""},
        {"112,1900555", "1900*"},
        {"19005550000,112", "1900*"},
        {"1900,1900,112", "1900*"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(barredBy(some, row.number, plan()).value_or(""), row.by) << row.number;
    }
    for (const char* number : {"112", "911", "933", "9933"}) {
        EXPECT_FALSE(barredBy(rules, number, plan())) << number;
    }
    EXPECT_EQ(barredBy(rules, "5551234", plan()), "*");
    EXPECT_FALSE(barredBy({}, "19005550000", plan()));
}

TEST(DialBarring, AListOfAllowedNumbersBarsTheRest) {
    const DialBarring rules{{"*"}, {"555*", "+1212*"}, {}};
    EXPECT_FALSE(barredBy(rules, "5551234", plan()));
    EXPECT_FALSE(barredBy(rules, "212-555-0000", plan()));
    EXPECT_TRUE(barredBy(rules, "2125550000", {}));
    EXPECT_TRUE(barredBy(rules, "4440000", plan()));
    EXPECT_TRUE(barredBy(rules, "5551234,4440000", plan()));
    EXPECT_FALSE(barredBy(rules, "911", {}));
}

TEST(DialBarring, PatternsAreCheckedAndMatched) {
    for (const char* good : {"1900*", "+1809*", "0?00", "*67*", "*21\\*", "#", "*", "a1"}) {
        EXPECT_TRUE(rpc::checkDialPattern(good)) << good;
    }
    for (const char* bad : {"", "19 00", "1900x", "1+", "\\", "\\*1", "(1)"}) {
        EXPECT_FALSE(rpc::checkDialPattern(bad)) << bad;
    }
    EXPECT_FALSE(rpc::checkDialPattern(std::string(65, '1')));
    EXPECT_TRUE(rpc::matchesDialPattern("*67*", "*675"));
    EXPECT_TRUE(rpc::matchesDialPattern("*21\\*", "*21*"));
    EXPECT_FALSE(rpc::matchesDialPattern("*21\\*", "*215"));
    EXPECT_FALSE(rpc::matchesDialPattern("?1", "+1"));
    EXPECT_TRUE(rpc::matchesDialPattern("a1", "A1"));
}

}  // namespace
}  // namespace tipring::test
