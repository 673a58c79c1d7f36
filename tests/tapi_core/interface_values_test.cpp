// SPDX-License-Identifier: Apache-2.0
#include "interface_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tipring::core {
namespace {

using tapi::Value;

// ---- a number fits every number type that can hold it

struct FitRow {
    Value value;
    std::string fits;  ///< the types that it can become
};
constexpr auto kI32 = std::numeric_limits<std::int32_t>::max();
constexpr auto kI64 = std::numeric_limits<std::int64_t>::max();
const FitRow kFits[] = {
    {true, "b"},
    {std::int32_t{0}, "iuxtd"},
    {std::int32_t{-1}, "ixd"},
    {std::uint32_t{7}, "iuxtd"},
    {std::uint32_t{0x80000000}, "uxtd"},
    {std::int64_t{kI32} + 1, "uxtd"},
    {std::int64_t{0x100000000}, "xtd"},
    {std::int64_t{-0x80000000LL}, "ixd"},
    {std::int64_t{kI64}, "xt"},
    {std::uint64_t{5}, "iuxtd"},
    {std::numeric_limits<std::uint64_t>::max(), "t"},
    {std::uint64_t{1} << 53, "xtd"},
    {(std::uint64_t{1} << 53) + 1, "xt"},
    {3.0, "iuxtd"},
    {-3.0, "ixd"},
    {0.5, "d"},
    {std::ldexp(1.0, 63), "td"},
    {-std::ldexp(1.0, 63), "xd"},
    {std::ldexp(1.0, 64), "d"},
    {std::nan(""), "d"},
    {std::numeric_limits<double>::infinity(), "d"},
    {std::string("1"), "s"},
    {std::vector<std::byte>{}, "y"},
};

TEST(InterfaceValues, ANumberFitsEveryNumberTypeThatCanHoldIt) {
    for (const FitRow& row : kFits) {
        std::string fits;
        for (const char type : std::string("biuxtdsy")) {
            const auto converted = convert(row.value, type);
            if (converted) {
                fits += type;
                EXPECT_EQ(tapi::typeOf(*converted), type);
            }
        }
        EXPECT_EQ(fits, row.fits) << "row " << (&row - kFits);
    }
}

// ---- values from a provider

TspiValue number(std::uint32_t type, std::int64_t value) {
    TspiValue out{};
    out.type = type;
    out.as.integer = value;
    return out;
}
TspiValue data(std::uint32_t type, const void* bytes, std::size_t size) {
    TspiValue out{};
    out.type = type;
    out.size = size;
    out.as.data = bytes;
    return out;
}

TEST(InterfaceValues, WhatALenderGivesComesInUnchanged) {
    const std::vector<Value> values = {false,
                                       true,
                                       std::int32_t{-5},
                                       std::uint32_t{0xFFFFFFFF},
                                       std::int64_t{-kI64},
                                       std::numeric_limits<std::uint64_t>::max(),
                                       -0.25,
                                       std::string("Gr\xC3\xBC\xC3\x9F\0e", 8),
                                       std::vector<std::byte>{std::byte{0}, std::byte{255}},
                                       std::string()};
    const auto lent = lend(values);
    const auto in = copyIn(lent.data(), static_cast<std::uint32_t>(lent.size()));
    EXPECT_EQ(in->problem, "");
    EXPECT_EQ(in->values, values);
}

TEST(InterfaceValues, HostileValuesAreRefusedWithWords) {
    const char text[] = "abc";
    const std::vector<std::vector<TspiValue>> rows = {
        {number('i', std::int64_t{kI32} + 1)},
        {number('i', -std::int64_t{kI32} - 2)},
        {number('u', -1)},
        {number('b', 2)},
        {number('b', -1)},
        {number('q', 1)},
        {number(0, 1)},
        {number(0x100 + 'i', 1)},
        {data('s', nullptr, 3)},
        {data('y', nullptr, std::numeric_limits<std::size_t>::max())},
        {data('s', text, kMaxInterfaceBytes + 1)},
        {data('y', text, std::numeric_limits<std::size_t>::max())},
        {data('s', "\xFF", 1)},
        {data('s', "\xC3", 1)},
        {data('s', "\xC0\x80", 2)},
        {data('s', "\xE0\x80\x80", 3)},
        {data('s', "\xED\xA0\x80", 3)},
        {data('s', "\xF4\x90\x80\x80", 4)},
        {data('s', "\xF8\x88\x80\x80\x80", 5)},
        {data('s', "ab\x80", 3)},
    };
    for (const auto& row : rows) {
        const auto in = copyIn(row.data(), static_cast<std::uint32_t>(row.size()));
        EXPECT_NE(in->problem, "") << "row " << (&row - rows.data());
        EXPECT_TRUE(in->values.empty());
    }
}

TEST(InterfaceValues, GoodTextIsTaken) {
    for (const char* text : {"", "a", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        const TspiValue value = data('s', text, std::char_traits<char>::length(text));
        EXPECT_EQ(copyIn(&value, 1)->problem, "");
    }
    const TspiValue empty = data('s', nullptr, 0);
    EXPECT_EQ(copyIn(&empty, 1)->problem, "");
}

TEST(InterfaceValues, CountsAndSizesHaveBounds) {
    EXPECT_EQ(copyIn(nullptr, 0)->problem, "");
    EXPECT_NE(copyIn(nullptr, 1)->problem, "");
    const std::vector<TspiValue> many(kMaxInterfaceValues + 1, number('u', 1));
    EXPECT_EQ(copyIn(many.data(), kMaxInterfaceValues)->problem, "");
    EXPECT_NE(copyIn(many.data(), kMaxInterfaceValues + 1)->problem, "");
    EXPECT_NE(copyIn(many.data(), 0xFFFFFFFF)->problem, "");
    const std::string half(kMaxInterfaceBytes / 2, 'x');
    const TspiValue two[] = {data('s', half.data(), half.size()),
                             data('y', half.data(), half.size()), data('s', "x", 1)};
    EXPECT_EQ(copyIn(two, 2)->problem, "");
    EXPECT_NE(copyIn(two, 3)->problem, "") << "together they are too much";
}

// ---- values from an application

TEST(InterfaceValues, ArgumentsAreCheckedAgainstTheDescription) {
    const std::vector<tapi::InterfaceArgument> wanted = {{"level", 'u'}, {"name", 's'}};
    const auto good = convertAll("org.x.Y.Set", wanted, {std::int32_t{3}, std::string("n")});
    ASSERT_TRUE(good);
    EXPECT_EQ(good->front(), Value(std::uint32_t{3}));
    const std::vector<std::vector<Value>> bad = {
        {},
        {std::uint32_t{3}},
        {std::uint32_t{3}, std::string("n"), std::string("n")},
        {std::int32_t{-3}, std::string("n")},
        {std::string("3"), std::string("n")},
        {std::uint32_t{3}, std::vector<std::byte>{}},
        {true, std::string("n")},
        {std::uint32_t{3}, std::string("\xFF")},
        {std::uint32_t{3}, std::string(kMaxInterfaceBytes + 1, 'x')},
        std::vector<Value>(kMaxInterfaceValues + 1, std::uint32_t{1}),
    };
    for (const auto& values : bad) {
        const auto result = convertAll("org.x.Y.Set", wanted, values);
        ASSERT_FALSE(result) << "row " << (&values - bad.data());
        EXPECT_EQ(result.error().code, hal::ErrorCode::InvalParam);
        EXPECT_NE(result.error().cause.find("org.x.Y.Set"), std::string::npos);
    }
}

TEST(InterfaceValues, ASignatureIsReadable) {
    const std::vector<tapi::InterfaceArgument> arguments = {{"line", 's'}, {"raw", 'y'}};
    EXPECT_EQ(signatureText(arguments), "s line, ay raw");
    EXPECT_EQ(signatureText({}), "");
}

}  // namespace
}  // namespace tipring::core
