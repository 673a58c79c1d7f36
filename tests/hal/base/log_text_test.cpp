// SPDX-License-Identifier: Apache-2.0
#include "log_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tipring::hal {
namespace {

std::string escaped(std::string_view text) {
    fmt::memory_buffer out;
    escapeControls(text, out);
    return fmt::to_string(out);
}

std::string traffic(std::string_view text) {
    fmt::memory_buffer out;
    appendTraffic(std::as_bytes(std::span(text.data(), text.size())), out);
    return fmt::to_string(out);
}

TEST(EscapeControls, LeavesTextAsItIs) {
    for (const std::string_view text :
         {"", "ATDT0301234567;", "back\\slash", "J\xC3\xBCrg \xE2\x82\xAC \xF0\x9F\x93\x9E"}) {
        EXPECT_TRUE(isPlain(text)) << text;
        EXPECT_EQ(escaped(text), text);
    }
}

TEST(EscapeControls, WritesControlsAsEscapes) {
    EXPECT_EQ(escaped("a\rb\nc\td"), "a\\rb\\nc\\td");
    EXPECT_EQ(escaped(std::string_view("\0\x1b\x7f", 3)), "\\x00\\x1B\\x7F");
    EXPECT_EQ(escaped("\xC2\x9B"
                      "31m"),
              "\\xC2\\x9B31m")
        << "CSI as a C1 control";
}

TEST(EscapeControls, WritesWhatIsNotUtf8AsEscapes) {
    EXPECT_EQ(escaped("\x9B"), "\\x9B");
    EXPECT_EQ(escaped("caf\xE9"), "caf\\xE9");
    EXPECT_EQ(escaped("\xC3"), "\\xC3") << "cut short";
    EXPECT_EQ(escaped("\xC0\x8A"), "\\xC0\\x8A") << "a long form of LF";
    EXPECT_EQ(escaped("\xE0\x80\x8A"), "\\xE0\\x80\\x8A") << "a longer form of LF";
    EXPECT_EQ(escaped("\xED\xA0\x80"), "\\xED\\xA0\\x80") << "half a surrogate pair";
    EXPECT_EQ(escaped("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80") << "beyond Unicode";
    EXPECT_EQ(escaped("\xE2\x82x"), "\\xE2\\x82x");
}

TEST(EscapeControls, MakesAnyTwoBytesPlain) {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const std::string text{char(first), char(second)};
            const std::string shown = escaped(text);
            ASSERT_TRUE(isPlain(shown)) << first << ' ' << second;
            ASSERT_EQ(isPlain(text), shown == text) << first << ' ' << second;
        }
    }
}

TEST(AppendTraffic, NamesC0ControlsAndNumbersTheRest) {
    EXPECT_EQ(traffic("A \r\n\x10\x03\x11\x13\x1b~"), "A <CR><LF><DLE><ETX><DC1><DC3><ESC>~");
    EXPECT_EQ(traffic("\x7f\x80\xff\f"), "<7F><80><FF><0C>");
    EXPECT_EQ(traffic(std::string_view("\0", 1)), "<NUL>");
    EXPECT_EQ(traffic(""), "");
}

TEST(AppendTraffic, TextCannotLookLikeAControl) {
    EXPECT_EQ(traffic("<CR>"), "<3C>CR>");
}

TEST(AppendTraffic, CutsLongRunsWithACount) {
    const std::string exact(kTrafficLimit, 'x');
    EXPECT_EQ(traffic(exact), exact);
    EXPECT_EQ(traffic(exact + std::string(1904, 'y')), exact + " ... and 1904 more bytes");
}

TEST(AppendTraffic, GivesEachByteAFormOfItsOwn) {
    std::vector<std::string> forms;
    for (int value = 0; value < 256; ++value) {
        const char c = char(value);
        const std::string form = traffic({&c, 1});
        EXPECT_TRUE(isPlain(form)) << value;
        EXPECT_EQ(std::count(forms.begin(), forms.end(), form), 0) << form;
        forms.push_back(form);
    }
}

TEST(VisibleTail, OfBytesThatAreNoTextIsNothing) {
    EXPECT_EQ(visibleTail("12345"), "45");
    EXPECT_EQ(visibleTail("1234"), "");
    EXPECT_EQ(visibleTail("\x80\x80\x80\x80\x80\x80\x80\x80"), "");
    EXPECT_EQ(visibleTail("abcde\x80\x80\x80\x80\x80\x80\x80\x80\x80"), "");
}

}  // namespace
}  // namespace tipring::hal
