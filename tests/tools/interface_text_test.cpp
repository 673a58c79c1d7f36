// SPDX-License-Identifier: Apache-2.0
#include "interface_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace tipring::tools {
namespace {

using tapi::Value;

TEST(InterfaceText, AWordBecomesAValueOfItsTypeAndBack) {
    const std::pair<char, std::pair<const char*, Value>> rows[] = {
        {'b', {"true", true}},
        {'b', {"false", false}},
        {'i', {"-2147483648", std::numeric_limits<std::int32_t>::min()}},
        {'u', {"4294967295", std::numeric_limits<std::uint32_t>::max()}},
        {'x', {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()}},
        {'t', {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()}},
        {'d', {"-0.5", -0.5}},
        {'s', {"two words", std::string("two words")}},
        {'s', {"", std::string()}},
        {'y', {"00ff1a", std::vector<std::byte>{std::byte{0}, std::byte{255}, std::byte{26}}}},
        {'y', {"", std::vector<std::byte>{}}},
    };
    for (const auto& [type, row] : rows) {
        const auto value = parseValue(type, row.first);
        ASSERT_TRUE(value) << row.first;
        EXPECT_EQ(*value, row.second) << row.first;
        EXPECT_EQ(valueText(*value), row.first);
    }
    EXPECT_EQ(*parseValue('b', "1"), Value(true));
}

TEST(InterfaceText, WhatIsNoValueIsRefusedWithWords) {
    const std::pair<char, const char*> rows[] = {
        {'b', "yes"},
        {'b', ""},
        {'i', "2147483648"},
        {'i', "1x"},
        {'i', ""},
        {'i', "1.5"},
        {'i', " 1"},
        {'u', "-1"},
        {'u', "+1"},
        {'u', "4294967296"},
        {'x', "9223372036854775808"},
        {'t', "-1"},
        {'d', "one"},
        {'d', ""},
        {'y', "0"},
        {'y', "0g"},
        {'y', "-1"},
        {'y', "0x10"},
        {'q', "1"},
    };
    for (const auto& [type, word] : rows) {
        const auto value = parseValue(type, word);
        ASSERT_FALSE(value) << type << " " << word;
        EXPECT_EQ(value.error().code, hal::ErrorCode::InvalParam);
        EXPECT_FALSE(value.error().cause.empty());
    }
}

TEST(InterfaceText, CountAndNamesOfArgumentsAreInTheWords) {
    const std::vector<tapi::InterfaceArgument> wanted = {{"level", 'u'}, {"data", 'y'}};
    const std::vector<std::string> good = {"3", "ff"}, few = {"3"}, bad = {"3", "f"};
    EXPECT_TRUE(parseValues(wanted, good));
    EXPECT_NE(parseValues(wanted, few).error().cause.find("u level, ay data"), std::string::npos);
    EXPECT_NE(parseValues(wanted, bad).error().cause.find("data: "), std::string::npos);
    EXPECT_TRUE(parseValues({}, {}));
}

TEST(InterfaceText, AMethodIsOneLine) {
    const tapi::InterfaceMethod method{"Command", "", {{"line", 's'}}, {{"raw", 'y'}, {"n", 't'}}};
    EXPECT_EQ(methodText(method), "Command(s line) -> (ay raw, t n)");
    EXPECT_EQ(eventText({"Bare", "", {}}), "Bare()");
    EXPECT_STREQ(objectText(tapi::ObjectKind::CallHub), "call hub");
    EXPECT_STREQ(objectText(static_cast<tapi::ObjectKind>(77)), "?");
}

TEST(InterfaceText, AValueIsJson) {
    JsonLine json;
    setValue(json, "b", true);
    setValue(json, "i", std::int32_t{-1});
    setValue(json, "u", std::uint32_t{0xFFFFFFFF});
    setValue(json, "t", std::numeric_limits<std::uint64_t>::max());
    setValue(json, "t2", std::uint64_t{7});
    setValue(json, "d", 0.5);
    setValue(json, "s", std::string("a\"b"));
    setValue(json, "y", std::vector<std::byte>{std::byte{10}});
    EXPECT_EQ(json.text(),
              R"({"b":true,"i":-1,"u":4294967295,"t":"18446744073709551615","t2":7,"d":0.5,)"
              R"("s":"a\"b","y":"0a"})");
}

}  // namespace
}  // namespace tipring::tools
