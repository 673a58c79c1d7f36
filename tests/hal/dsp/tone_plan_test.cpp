// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/tone_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "builtin_tones.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::dsp {
namespace {

TEST(TonePattern, ReadsSoundsAndTimes) {
    const auto pattern = parseTonePattern("350+440/100 0/50.5 | 400*25");
    ASSERT_TRUE(pattern);
    EXPECT_EQ(pattern->count, 3);
    EXPECT_EQ(pattern->repeatFrom, 2);
    EXPECT_EQ(pattern->steps[0].hertz[1], 440);
    EXPECT_EQ(pattern->steps[0].milliseconds, 100);
    EXPECT_TRUE(pattern->steps[1].silent());
    EXPECT_EQ(pattern->steps[2].modulation, 25);
    EXPECT_EQ(pattern->steps[2].milliseconds, 0);
    EXPECT_FLOAT_EQ(parseTonePattern("913.8/274")->steps[0].hertz[0], 913.8F);
}

TEST(TonePattern, RefusesWhatIsNone) {
    for (const char* text : {"",
                             " ",
                             "0/500",
                             "425/500 0",
                             "425 425/500",
                             "425/5",
                             "425/60001",
                             "5",
                             "4000",
                             "425+",
                             "+425",
                             "425*",
                             "*25",
                             "425*201",
                             "1+2+3+4+5",
                             "350+400+440+480+620",
                             "425/500 | ",
                             "| 425",
                             "425/1 | 425/2 | 425",
                             "42a/100",
                             "425/",
                             "425/500/3",
                             "4.2.5",
                             "425.",
                             "99999999999999999999",
                             "425/500  0/500",
                             "-425",
                             "425/-5"}) {
        EXPECT_FALSE(parseTonePattern(text)) << text;
    }
    std::string many = "425/100";
    for (std::size_t i = 1; i < TonePattern::kMost; ++i) {
        many += " 0/100";
    }
    EXPECT_TRUE(parseTonePattern(many));
    EXPECT_FALSE(parseTonePattern(many + " 0/100"));
}

TEST(ToneTable, TellsTheLineAndTheCauseOfAFault) {
    const auto fault = [](std::string_view text) {
        const auto parsed = parseToneTable(text);
        const auto* error = std::get_if<ToneTableError>(&parsed);
        return error == nullptr ? std::string("none")
                                : std::to_string(error->line) + ": " + std::string(error->cause);
    };
    const std::string head = "source,S,document\ncountry,XX,Nowhere\n";
    EXPECT_EQ(fault(head + "tone,XX,busy,425/500 0/500,S\r\n"), "none");
    EXPECT_EQ(fault("\n#\n\nverse"), "4: neither source, country nor tone");
    EXPECT_EQ(fault(head + "tone,YY,busy,425,S"), "3: tone of another country");
    EXPECT_EQ(fault(head + "tone,XX,bussy,425,S"), "3: unknown kind");
    EXPECT_EQ(fault(head + "tone,XX,busy,425/,S"), "3: no pattern");
    EXPECT_EQ(fault(head + "tone,XX,busy,425,T"), "3: unknown source");
    EXPECT_EQ(fault(head + "country,XX,Again"), "3: country twice, or too many");
    EXPECT_EQ(fault(head + "a,b,c,d,e,f"), "3: too many fields");
    EXPECT_EQ(fault(std::string(300000, '#')), "1: too long");
}

TEST(ToneTable, BuiltInOneIsATable) {
    const auto parsed = parseToneTable(builtinTonesText());
    const auto* error = std::get_if<ToneTableError>(&parsed);
    ASSERT_EQ(error, nullptr) << error->line << ": " << error->cause;
    const ToneTable& table = builtinTones();
    EXPECT_GE(table.countries.size(), 40U);
    std::set<ToneKind> kinds;
    for (const CountryTones& country : table.countries) {
        EXPECT_NE(country.find(ToneKind::Busy), nullptr) << country.code;
        EXPECT_NE(country.find(ToneKind::Ringback), nullptr) << country.code;
        for (const CountryTone& tone : country.tones) {
            EXPECT_LT(tone.source, table.sources.size());
            kinds.insert(tone.kind);
        }
    }
    EXPECT_EQ(kinds.size(), kToneKinds) << "each kind is somewhere";
}

TEST(ToneKindName, GoesThereAndBack) {
    for (std::size_t i = 0; i < kToneKinds; ++i) {
        const auto kind = static_cast<ToneKind>(i);
        EXPECT_EQ(toneKindOf(toneKindName(kind)), kind);
    }
    EXPECT_FALSE(toneKindOf("tone"));
}

TEST(ToneSequence, KeepsTheCadence) {
    ToneSequence busy{*parseTonePattern("480+620/500 0/250"), -13};
    std::vector<std::int16_t> sound(48000);
    for (std::size_t at = 0; at < sound.size(); at += 77) {
        busy.mix(std::span(sound).subspan(at, std::min<std::size_t>(77, sound.size() - at)));
    }
    for (std::size_t i = 0; i < sound.size(); i += 6000) {
        const auto quiet = [](std::int16_t sample) { return sample == 0; };
        const auto begin = sound.begin() + static_cast<std::ptrdiff_t>(i);
        EXPECT_LT(std::count_if(begin, begin + 4000, quiet), 100);
        EXPECT_TRUE(std::all_of(begin + 4001, begin + 6000, quiet));
    }
}

TEST(ToneSequence, RepeatsFromTheBarOn) {
    ToneSequence stutter{*parseTonePattern("425/100 0/100 | 425")};
    std::vector<std::int16_t> sound(80000);
    stutter.mix(sound);
    EXPECT_EQ(std::count(sound.begin() + 801, sound.begin() + 1600, 0), 799);
    EXPECT_LT(std::count(sound.begin() + 1601, sound.end(), 0), 2000);
}

TEST(ToneSequence, OfNothingIsSilent) {
    ToneSequence nothing{TonePattern{}};
    std::vector<std::int16_t> sound(1000);
    nothing.mix(sound);
    EXPECT_EQ(std::count(sound.begin(), sound.end(), 0), 1000);
}

}  // namespace
}  // namespace tipring::dsp
