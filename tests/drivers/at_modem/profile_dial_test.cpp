// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "country_code.h"
#include "dial_string.h"
#include "hang_up_evidence.h"
#include "profile_store.h"
#include "ring_watch.h"

namespace tipring::at_modem {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(DialString, DropsPunctuationSubaddressAndName) {
    const ProfileStore store;
    const auto read = readDialString(" (0)1632-960.001 t123p9|77^J DOE", *store.find("v253-voice"));
    ASSERT_TRUE(read) << read.error().cause;
    EXPECT_EQ(read->keys, "01632960001T123P9");
    EXPECT_FALSE(read->incomplete);
}

TEST(DialString, RefusesControlCharactersAnywhere) {
    const ProfileStore store;
    for (const char* address : {"1\r2", "12^J\rATH", "1\n", "\x10\x03"}) {
        const auto read = readDialString(address, *store.find("v253-voice"));
        ASSERT_FALSE(read) << address;
        EXPECT_EQ(read.error().code, hal::ErrorCode::InvalAddress);
    }
}

TEST(DialString, PiecesKeepTheWayOfDialling) {
    EXPECT_EQ(cutDialString("12345678", 5, 'T'), (std::vector<std::string>{"T1234", "T5678"}));
    EXPECT_EQ(cutDialString("12P34567", 5, 'T'), (std::vector<std::string>{"T12P3", "P4567"}));
    EXPECT_EQ(cutDialString("P1", 30, 'T'), (std::vector<std::string>{"P1"}));
    EXPECT_TRUE(cutDialString("", 30, 'T').empty());
}

TEST(DialString, PiecesTogetherAreTheNumber) {
    const std::string number(100, '7');
    for (std::size_t room = 4; room < 60; ++room) {
        std::string all;
        for (const std::string& piece : cutDialString(number, room, 'T')) {
            EXPECT_LE(piece.size(), room);
            all += piece.substr(1);
        }
        EXPECT_EQ(all, number);
    }
}

TEST(HangUpEvidence, TellsFalseReportsFromTrueOnes) {
    HangUpEvidence evidence;
    const hal::TimePoint start{};
    const HangUpEvidence::Situation playing{true, false, true};
    EXPECT_FALSE(evidence.judge(EventMeaning::DialTone, start, playing));
    EXPECT_FALSE(evidence.judge(EventMeaning::DialTone, start + seconds{1}, playing));
    EXPECT_TRUE(evidence.judge(EventMeaning::DialTone, start + seconds{3}, playing));
    EXPECT_TRUE(evidence.judge(EventMeaning::DialTone, start, {}));
    EXPECT_FALSE(evidence.judge(EventMeaning::Silence, start, {false, true, false}));
    EXPECT_FALSE(evidence.judge(EventMeaning::Silence, start, playing));
    EXPECT_TRUE(evidence.judge(EventMeaning::Silence, start, {false, true, true}));
    EXPECT_FALSE(evidence.judge(EventMeaning::Quiet, start, {false, true, true}));
    EXPECT_TRUE(evidence.judge(EventMeaning::LoopBreak, start, playing));
}

TEST(HangUpEvidence, BusyMustComeTwiceAsItIsRepeated) {
    HangUpEvidence evidence;
    const hal::TimePoint start{};
    EXPECT_FALSE(evidence.judge(EventMeaning::Busy, start, {}));
    EXPECT_FALSE(evidence.judge(EventMeaning::Busy, start + seconds{20}, {}));
    EXPECT_TRUE(evidence.judge(EventMeaning::Reorder, start + seconds{24}, {}));
}

TEST(RingWatch, WaitsOneAndAHalfCycles) {
    RingWatch rings(milliseconds{9000});
    const hal::TimePoint start{};
    EXPECT_EQ(rings.ring(start), 0U);
    EXPECT_EQ(rings.patience(), seconds{9});
    EXPECT_EQ(rings.ring(start + seconds{3}), 1U);
    EXPECT_EQ(rings.patience(), seconds{7});
    EXPECT_EQ(rings.ring(start + seconds{8}), 2U);
    EXPECT_EQ(rings.patience(), milliseconds{7500});
    rings.reset();
    EXPECT_EQ(rings.ring(start + seconds{30}), 0U);
}

TEST(CountryCode, TakesIsoAndT35) {
    EXPECT_EQ(countryCode("GB"), "B4");
    EXPECT_EQ(countryCode("US"), "B5");
    EXPECT_EQ(countryCode("B5"), "B5");
    EXPECT_EQ(countryCode("XX"), "");
    EXPECT_EQ(countryCode("5\r"), "");
    EXPECT_EQ(countryCode(""), "");
}

}  // namespace
}  // namespace tipring::at_modem
