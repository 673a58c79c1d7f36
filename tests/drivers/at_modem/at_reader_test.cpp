// SPDX-License-Identifier: Apache-2.0
#include "at_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tipring::at_modem {
namespace {

std::span<const std::byte> asBytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

class Collector final : public AtReaderSink {
public:
    bool onLine(std::string_view line) override {
        lines.emplace_back(line);
        return line != stopAt;
    }
    void onDle(char code) override { codes += code; }
    void onOverlong(std::string_view beginning) override {
        ++overlong;
        longest = std::max(longest, beginning.size());
    }
    std::vector<std::string> lines;
    std::string codes, stopAt;
    int overlong = 0;
    std::size_t longest = 0;
};

using Lines = std::vector<std::string>;

class AtReaderTest : public testing::Test {
protected:
    void feed(std::string_view text) { taken = reader.feed(asBytes(text), got); }
    AtReader reader;
    Collector got;
    std::size_t taken = 0;
};

TEST_F(AtReaderTest, AnyRunOfSeparatorsIsOne) {
    feed("AT+FCLASS?\r\r\n0\r\nOK\r\n\r\n\nRING\n\r");
    EXPECT_EQ(got.lines, (Lines{"AT+FCLASS?", "0", "OK", "RING"}));
}

TEST_F(AtReaderTest, ALineMayComeInPieces) {
    for (const char c : std::string_view("\r\nNMBR = 5551234\r\n")) {
        feed({&c, 1});
    }
    EXPECT_EQ(got.lines, Lines{"NMBR = 5551234"});
}

TEST_F(AtReaderTest, DlePairsAreTakenOutOfTheText) {
    feed("RI\x10sNG\r\n\x10");
    feed("R\x10\x10OK\r\n");
    EXPECT_EQ(got.lines, (Lines{"RING", "OK"}));
    EXPECT_EQ(got.codes, "sR\x10");
}

TEST_F(AtReaderTest, AComplexReportEndsItsLine) {
    feed("\x10XNAME=JOHN DOE\x10.");
    EXPECT_EQ(got.lines, Lines{"NAME=JOHN DOE"});
    EXPECT_EQ(got.codes, "X.");
}

TEST_F(AtReaderTest, NulsVanish) {
    feed(std::string_view("R\0IN\0G\r\n", 8));
    EXPECT_EQ(got.lines, Lines{"RING"});
}

TEST_F(AtReaderTest, AnUnfinishedLineWaitsForFlush) {
    feed("NMBR = 555");
    EXPECT_TRUE(got.lines.empty());
    EXPECT_TRUE(reader.hasUnfinishedLine());
    reader.flush(got);
    EXPECT_EQ(got.lines, Lines{"NMBR = 555"});
    EXPECT_FALSE(reader.hasUnfinishedLine());
}

TEST_F(AtReaderTest, StopsRightBehindTheLineThatTheSinkChose) {
    got.stopAt = "CONNECT";
    feed("\r\nCONNECT\r\n\x80\x81OK\r\n");
    EXPECT_EQ(taken, 11u);
    EXPECT_EQ(got.lines, Lines{"CONNECT"});
}

TEST_F(AtReaderTest, TenMegabytesWithoutALineGiveOneNotice) {
    const std::string block(1 << 20, 'x');
    for (int i = 0; i < 10; ++i) {
        feed(block);
    }
    feed("\r\nOK\r\n");
    EXPECT_EQ(got.overlong, 1);
    EXPECT_EQ(got.longest, AtReader::kLongestLine);
    EXPECT_EQ(got.lines, Lines{"OK"});
}

TEST_F(AtReaderTest, TheLongestLineIsStillALine) {
    const std::string longest(AtReader::kLongestLine, 'x');
    feed(longest + "\r" + longest + "y\rOK\r");
    EXPECT_EQ(got.lines, (Lines{longest, "OK"}));
    EXPECT_EQ(got.overlong, 1);
}

}  // namespace
}  // namespace tipring::at_modem
