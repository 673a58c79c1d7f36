// SPDX-License-Identifier: Apache-2.0
#include "console.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "json_line.h"

namespace tipring::tools {
namespace {

/// A file that stands for standard output or error.
class Paper {
public:
    Paper() : file_(std::tmpfile()) {}
    Paper(const Paper&) = delete;
    Paper& operator=(const Paper&) = delete;
    ~Paper() { std::fclose(file_); }
    [[nodiscard]] std::FILE* file() const { return file_; }
    [[nodiscard]] std::string text() const {
        std::string all(4096, '\0');
        std::rewind(file_);
        all.resize(std::fread(all.data(), 1, all.size(), file_));
        return all;
    }

private:
    std::FILE* file_;
};

class ConsoleTest : public ::testing::Test {
protected:
    void speak(bool json, bool quiet) {
        Console console({.json = json, .quiet = quiet, .out = out_.file(), .err = err_.file()});
        JsonLine line;
        line.set("a", 1);
        console.note("note");
        console.result("result");
        console.object(line);
        console.progress("progress");
        console.problem("it broke");
        console.problem("cannot open", hal::Error{hal::ErrorCode::InUse, "held by x"});
        console.problem("cannot open", hal::Error{hal::ErrorCode::InUse, ""});
    }
    Paper out_, err_;
};

TEST_F(ConsoleTest, PeopleGetNotesAndResultsWithoutColoursInAFile) {
    speak(false, false);
    EXPECT_EQ(out_.text(), "note\nresult\n");
}

TEST_F(ConsoleTest, QuietLeavesResults) {
    speak(false, true);
    EXPECT_EQ(out_.text(), "result\n");
}

TEST_F(ConsoleTest, JsonLeavesObjectsAlone) {
    speak(true, false);
    EXPECT_EQ(out_.text(), "{\"a\":1}\n");
}

TEST_F(ConsoleTest, TroubleGoesToStandardErrorInEveryMode) {
    speak(true, true);
    EXPECT_EQ(err_.text(),
              "tipring: it broke\ntipring: cannot open: held by x\ntipring: cannot open: INUSE\n");
}

TEST_F(ConsoleTest, NoticesThatNobodyReadsAnyMore) {
    std::FILE* full = std::fopen("/dev/full", "w");
    ASSERT_NE(full, nullptr);
    Console console({.json = false, .quiet = false, .out = full, .err = err_.file()});
    EXPECT_FALSE(console.broken());
    console.result("lost");
    EXPECT_TRUE(console.broken());
    std::fclose(full);
}

}  // namespace
}  // namespace tipring::tools
