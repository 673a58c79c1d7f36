// SPDX-License-Identifier: Apache-2.0
#include "synth_sound.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace tipring::tools {
namespace {

using Sound = std::vector<std::int16_t>;

SynthSettings with(std::vector<SynthPiece> pieces) {
    SynthSettings settings;
    settings.pieces = std::move(pieces);
    return settings;
}

TEST(SynthSound, PiecesStandInARowWithPauses) {
    auto settings = with({{"silence", "0.5"}, {"dtmf", "12,3"}, {"hertz", "440"}});
    settings.seconds = 0.25;
    const auto sound = synthesize(settings);
    ASSERT_TRUE(sound);
    // Four pauses of 200 ms, three keys of 160 ms, a comma of 2 s.
    EXPECT_EQ(sound->size(), 4 * 1600U + 4000 + 3 * 1280 + 16000 + 2000);
    EXPECT_EQ(*std::max_element(sound->begin(), sound->begin() + 7200), 0);
    EXPECT_GT(std::abs((*sound)[7200 + 3]), 100);
}

TEST(SynthSound, TheLineChangesItAndTheSeedItsNoise) {
    const auto plain = synthesize(with({{"tone", "dial"}}));
    auto settings = with({{"tone", "dial"}});
    settings.copper.whiteNoise = -40.0F;
    const auto one = synthesize(settings), again = synthesize(settings);
    settings.seed = 2;
    const auto other = synthesize(settings);
    EXPECT_NE(*plain, *one);
    EXPECT_EQ(*one, *again);
    EXPECT_NE(*one, *other);
}

TEST(SynthSound, TheAlertBeforeACallerIdCanBeChosen) {
    auto settings = with({{"caller-id", "number=1"}});
    const auto lengthWith = [&](const char* alert) {
        settings.alert = alert;
        return synthesize(settings).value_or(Sound{}).size();
    };
    const std::size_t own = lengthWith("");
    EXPECT_EQ(lengthWith("ring"), own) << "which is what North America has";
    EXPECT_EQ(lengthWith("none") + 16000, own);
    EXPECT_EQ(lengthWith("dt-as"), lengthWith("none") + 800);
    EXPECT_EQ(lengthWith("reversal"), lengthWith("none"));
}

TEST(SynthSound, SaysWhatCannotBe) {
    const SynthPiece kWrong[] = {{"dtmf", "12X"},
                                 {"tone", "melody"},
                                 {"tone", "unobtainable"},
                                 {"caller-id", "colour=red"},
                                 {"caller-id", ""},
                                 {"beep", "440+480"},
                                 {"beep", "5000"},
                                 {"hertz", "1+2"},
                                 {"hertz", ""},
                                 {"hertz", "440+"},
                                 {"hertz", "nan"},
                                 {"hertz", "100+200+300+400+500"},
                                 {"silence", "-1"},
                                 {"silence", "3601"},
                                 {"voice", "x"},
                                 {"drum", "1"}};
    for (const SynthPiece& piece : kWrong) {
        const auto sound = synthesize(with({piece}));
        ASSERT_FALSE(sound) << piece.kind << " " << piece.text;
        EXPECT_EQ(sound.error().code, hal::ErrorCode::InvalParam);
        EXPECT_FALSE(sound.error().cause.empty());
    }
    auto settings = with({{"tone", "dial"}});
    settings.country = "XX";
    EXPECT_FALSE(synthesize(settings));
    settings = with({{"caller-id", "number=1"}});
    settings.standard = "morse";
    EXPECT_FALSE(synthesize(settings));
    EXPECT_FALSE(synthesize(with({{"silence", "3600"}, {"dtmf", "1"}}))) << "over an hour";
}

TEST(SynthSound, NothingIsAPause) {
    EXPECT_EQ(synthesize(with({}))->size(), 1600U);
    EXPECT_EQ(synthesize(with({{"dtmf", ""}}))->size(), 3200U);
}

}  // namespace
}  // namespace tipring::tools
