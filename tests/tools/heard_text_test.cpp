// SPDX-License-Identifier: Apache-2.0
#include "heard_text.h"

#include <gtest/gtest.h>

namespace tipring::tools {
namespace {

std::string json(const Heard& heard) {
    return toJson(heard).text();
}

TEST(HeardText, AKey) {
    const Heard heard{9872, 640, -9.5F, HeardKey{'5'}};
    EXPECT_EQ(json(heard),
              R"({"at":1.234,"event":"dtmf","digit":"5","durationMs":80,"levelDbm0":-9.5})");
    EXPECT_EQ(describe(heard), "   1.234 s  key 5 (80 ms, -9.5 dBm0)");
}

TEST(HeardText, AToneWithAnother) {
    const Heard heard{0, 24000, -12.04F,
                      HeardTone{"busy", "AU", "425/375 0/375", {"congestion"}, 0.9375F}};
    EXPECT_EQ(json(heard),
              R"({"at":0.0,"event":"tone","name":"busy","country":"AU","cadence":"425/375 0/375",)"
              R"("alike":["congestion"],"confidence":0.94,"durationMs":3000,"levelDbm0":-12.0})");
    EXPECT_EQ(describe(heard),
              "   0.000 s  busy tone or congestion of AU, 425/375 0/375, 94 % sure "
              "(3.0 s, -12.0 dBm0)");
}

TEST(HeardText, AToneThatGoesOnHasNoDuration) {
    EXPECT_EQ(json({8, 0, -12, HeardTone{"unknown", {}, {}, {}, 0}}),
              R"({"at":0.001,"event":"tone","name":"unknown","levelDbm0":-12.0})");
}

TEST(HeardText, ACallerId) {
    dsp::CallerId id;
    id.number = "5551234";
    id.numberStatus = dsp::CallerIdStatus::Present;
    id.nameStatus = dsp::CallerIdStatus::Private;
    id.time = dsp::CallerIdTime{11, 25, 9, 30};
    id.checksumValid = false;
    const Heard heard{8000, 1200, -13, HeardCallerId{dsp::callerIdStandard("bt"), id}};
    EXPECT_EQ(json(heard),
              R"({"at":1.0,"event":"callerId","standard":"bt","format":"mdmf",)"
              R"("messageType":"call-setup","number":"5551234","numberStatus":"ok",)"
              R"("nameStatus":"private","date":"11-25","time":"09:30","checksumValid":false,)"
              R"("durationMs":150,"levelDbm0":-13.0})");
    EXPECT_EQ(describe(heard),
              "   1.000 s  caller ID (bt mdmf), 5551234, name private, 11-25 09:30, its checksum "
              "is wrong (150 ms, -13.0 dBm0)");
}

TEST(HeardText, TheRest) {
    EXPECT_EQ(json({0, 640, -13, HeardCas{}}),
              R"({"at":0.0,"event":"cas","durationMs":80,"levelDbm0":-13.0})");
    EXPECT_EQ(json({0, 4000, -13, HeardFax{2}}),
              R"({"at":0.0,"event":"fax","kind":"cng","burst":2,"durationMs":500,)"
              R"("levelDbm0":-13.0})");
    EXPECT_EQ(json({0, 24000, -13, HeardAnswerTone{false, 7, true}}),
              R"({"at":0.0,"event":"answerTone","kind":"ansam-pr","reversals":7,)"
              R"("durationMs":3000,"levelDbm0":-13.0})");
    EXPECT_EQ(json({0, 24000, -0.01F, HeardVoice{}}),
              R"({"at":0.0,"event":"voice","durationMs":3000,"levelDbm0":0.0})");
    EXPECT_EQ(json({0, 24000, dsp::kSilenceDbm0, HeardSilence{}}),
              R"({"at":0.0,"event":"silence","durationMs":3000})");
    EXPECT_EQ(describe({0, 3200, -13, HeardBeep{999.6F}}),
              "   0.000 s  beep of 1000 Hz (400 ms, -13.0 dBm0)");
}

TEST(HeardText, APatternCanBeReadBack) {
    std::size_t read = 0;
    for (const dsp::CountryTones& country : dsp::builtinTones().countries) {
        for (const dsp::CountryTone& tone : country.tones) {
            const std::string text = patternText(tone.pattern);
            EXPECT_EQ(dsp::parseTonePattern(text), tone.pattern) << country.code << " " << text;
            ++read;
        }
    }
    EXPECT_GT(read, 300U);
}

TEST(HeardText, AMarkSpansTheThing) {
    const PlotMark mark = plotMark({8000, 4000, -13, HeardKey{'7'}});
    EXPECT_EQ(mark.from, 1.0);
    EXPECT_EQ(mark.until, 1.5);
    EXPECT_EQ(mark.text, "7");
}

}  // namespace
}  // namespace tipring::tools
