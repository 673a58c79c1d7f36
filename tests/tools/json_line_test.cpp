// SPDX-License-Identifier: Apache-2.0
#include "json_line.h"

#include <gtest/gtest.h>

namespace tipring::tools {
namespace {

TEST(JsonLine, KeepsTheOrderOfKeysAndTheTypesOfValues) {
    JsonLine line;
    line.set("z", "text").set("a", true).set("n", 7).set("big", std::int64_t{1} << 40);
    line.set("d", -6.5).set("list", std::vector<std::string>{"x", "y"});
    EXPECT_EQ(line.text(),
              R"({"z":"text","a":true,"n":7,"big":1099511627776,"d":-6.5,"list":["x","y"]})");
}

TEST(JsonLine, LeavesOutWhatIsEmptyWhenAsked) {
    JsonLine line;
    line.setUnlessEmpty("name", "").setUnlessEmpty("number", "5551234");
    EXPECT_EQ(line.text(), R"({"number":"5551234"})");
}

TEST(JsonLine, IsValidOnOneLineWhateverBytesComeIn) {
    JsonLine line;
    line.set("name", std::string("J\xC9R\xD4ME\n\"\\\0\x01", 11));
    const std::string text = line.text();
    EXPECT_EQ(text.find('\n'), std::string::npos);
    EXPECT_NE(text.find("\\n\\\"\\\\\\u0000\\u0001"), std::string::npos) << text;
    EXPECT_NE(text.find("\xEF\xBF\xBD"), std::string::npos) << text;  // U+FFFD
}

}  // namespace
}  // namespace tipring::tools
