// SPDX-License-Identifier: Apache-2.0
// Voice by ITU-T V.253 and Rockwell 1048P: streams, shielding, events and their pace.
#include <gtest/gtest.h>

#include <sndfile.h>

#include <filesystem>

#include "modem_rig.h"
#include "tipring/hal/dsp/codec.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

/// DLE pairs of a received stream: the codes, and the letters of the events in `events`.
std::string unshield(std::string_view stream, std::string& events) {
    std::string codes;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        if (stream[i] != '\x10') {
            codes += stream[i];
        } else if (++i < stream.size() && stream[i] == '\x10') {
            codes += '\x10';
        } else if (i < stream.size()) {
            events += stream[i];
        }
    }
    return codes;
}

std::string shield(std::string_view codes) {
    std::string stream;
    for (const char c : codes) {
        stream += c;
        if (c == '\x10') {
            stream += c;
        }
    }
    return stream;
}

std::string encoded(dsp::SampleFormat format, std::span<const std::int16_t> samples) {
    dsp::Encoder encoder{format};
    std::vector<std::byte> bytes(samples.size() * 2 + 2);
    const auto done = encoder.encode(samples, bytes);
    return {reinterpret_cast<const char*>(bytes.data()), done.produced};
}

std::vector<std::int16_t> decoded(dsp::SampleFormat format, std::string_view codes) {
    dsp::Decoder decoder{format};
    std::vector<std::int16_t> samples(codes.size() * 8 / dsp::bitsPerSample(format) + 2);
    samples.resize(decoder.decode(std::as_bytes(std::span{codes}), samples).produced);
    return samples;
}

struct HeardRig : ModemRig {
    explicit HeardRig(std::string_view model) : ModemRig(model) {
        farEnd.setListener({{}, {}, {}, [this](HeardBlock block) {
                                heard.insert(heard.end(), block.begin(), block.end());
                            }});
    }
    std::vector<std::int16_t> heard;
};

struct FormatRow {
    const char* model;
    const char* command;
    dsp::SampleFormat format;
    unsigned rate;
    double within = 250;  ///< of an amplitude of 8000
};

class EveryFormat : public ::testing::TestWithParam<FormatRow> {};

TEST_P(EveryFormat, PlaysToTheFarEndInRealTime) {
    const FormatRow& row = GetParam();
    HeardRig rig{row.model};
    rig.answerVoice();
    ASSERT_EQ(rig.words(row.command), "OK");
    const bool rockwell = rig.modem.personality().rockwellVoice;
    ASSERT_EQ(rig.ask(rockwell ? "AT#VTX" : "AT+VTX"), "\r\nCONNECT\r\n");
    rig.heard.clear();
    const auto tone = sine(500, 2 * row.rate, 8000, row.rate);  // 2 s
    rig.push(shield(encoded(row.format, tone)) + "\x10\x03");
    EXPECT_FALSE(rig.waiting.empty());  // held back: the buffer is smaller than that
    rig.advance(1s);
    EXPECT_FALSE(rig.waiting.empty());
    EXPECT_EQ(rig.take(), "");
    rig.advance(980ms);
    EXPECT_EQ(rig.take(), "");
    rig.advance(100ms);
    EXPECT_EQ(rig.take(), rockwell ? "\r\nVCON\r\n" : "\r\nOK\r\n");
    ASSERT_GE(rig.heard.size(), 16000U);
    const std::span<const std::int16_t> middle = std::span{rig.heard}.subspan(4000, 8000);
    EXPECT_NEAR(amplitudeAt(middle, 500), 8000, row.within);
}

TEST_P(EveryFormat, RecordsTheFarEndInRealTime) {
    const FormatRow& row = GetParam();
    ModemRig rig{row.model};
    rig.answerVoice();
    ASSERT_EQ(rig.words(row.command), "OK");
    const bool rockwell = rig.modem.personality().rockwellVoice;
    std::string tapped;
    rig.modem.setTap({{}, {}, [&](std::span<const std::byte> bytes) {
                          tapped.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                      }});
    rig.farEnd.say(sine(500, 24000));
    ASSERT_EQ(rig.ask(rockwell ? "AT#VRX" : "AT+VRX"), "\r\nCONNECT\r\n");
    rig.advance(2s);
    std::string events;
    const std::string codes = unshield(rig.take(), events);
    EXPECT_EQ(codes, tapped);
    EXPECT_NEAR(double(codes.size()), 2.0 * row.rate * dsp::bitsPerSample(row.format) / 8, 100);
    const auto samples = decoded(row.format, codes);
    ASSERT_GE(samples.size(), row.rate / 2 + row.rate);
    EXPECT_NEAR(amplitudeAt(std::span{samples}.subspan(row.rate / 2, row.rate), 500, row.rate),
                8000, row.within);
    rig.push(rockwell ? "!" : "\x10!");
    EXPECT_EQ(rig.take(), rockwell ? "\x10\x03\r\nVCON\r\n" : "\x10\x03\r\nOK\r\n");
    rig.advance(100ms);
    EXPECT_EQ(rig.take(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Voice, EveryFormat,
    ::testing::Values(FormatRow{"v253", "AT+VSM=0,8000", dsp::SampleFormat::Signed8, 8000},
                      FormatRow{"v253", "AT+VSM=1,8000", dsp::SampleFormat::Unsigned8, 8000},
                      FormatRow{"v253", "AT+VSM=4,8000", dsp::SampleFormat::MuLaw, 8000},
                      FormatRow{"v253", "AT+VSM=5,8000", dsp::SampleFormat::ALaw, 8000},
                      FormatRow{"v253", "AT+VSM=128,7200", dsp::SampleFormat::Unsigned8, 7200},
                      FormatRow{"v253", "AT+VSM=128,11025", dsp::SampleFormat::Unsigned8, 11025},
                      FormatRow{"v253", "AT+VSM=129,8000", dsp::SampleFormat::Linear16, 8000},
                      FormatRow{"v253", "AT+VSM=132,8000", dsp::SampleFormat::ImaAdpcm4, 8000},
                      FormatRow{"conexant", "AT+VSM=130", dsp::SampleFormat::Unsigned8, 8000},
                      FormatRow{"usr", "AT+VSM=131,8000", dsp::SampleFormat::MuLaw, 8000},
                      FormatRow{"rockwell", "AT#VBS=2", dsp::SampleFormat::RockwellAdpcm2, 7200,
                                4200},
                      FormatRow{"rockwell", "AT#VBS=4", dsp::SampleFormat::RockwellAdpcm4, 7200},
                      FormatRow{"rockwell", "AT#VBS=8", dsp::SampleFormat::Unsigned8, 7200}));

TEST(VoiceTransmit, PassesTheBytesThroughShieldingUnchanged) {
    ModemRig rig;
    rig.answerVoice();
    rig.ask("AT+VSM=1,8000");
    std::string got;
    rig.modem.setTap({{},
                      [&](std::span<const std::byte> bytes) {
                          got.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                      },
                      {}});
    rig.ask("AT+VTX");
    rig.push(
        std::string("a\x10\x10"
                    "b\x10\x1A"
                    "c\x10",
                    8));  // a pair cut in two
    rig.push(
        "\x10"
        "d\x10\x03");
    rig.advance(1s);
    EXPECT_EQ(got,
              "a\x10"
              "b\x10\x10"
              "c\x10"
              "d");
    EXPECT_TRUE(rig.take().ends_with("\r\nOK\r\n"));
}

TEST(VoiceTransmit, IsCutByCancelAtOnce) {
    for (const char* model : {"v253", "rockwell"}) {
        ModemRig rig{model};
        rig.answerVoice();
        rig.ask(rig.modem.personality().rockwellVoice ? "AT#VTX" : "AT+VTX");
        rig.push(std::string(2000, '\x55') + "\x10\x18");
        EXPECT_TRUE(rig.take().ends_with(rig.modem.personality().rockwellVoice ? "\r\nVCON\r\n"
                                                                               : "\r\nOK\r\n"));
        rig.push("\x10\x03");  // vgetty sends both
        EXPECT_EQ(rig.ask("AT"), "\r\nOK\r\n") << model;
    }
}

TEST(VoiceTransmit, TellsAnUnderrunOnce) {
    ModemRig rig;
    rig.answerVoice();
    rig.ask("AT+VTX");
    rig.advance(1s);
    EXPECT_EQ(rig.take(), "");  // nothing has begun
    rig.push(std::string(800, '\x80'));
    rig.advance(1s);
    EXPECT_EQ(rig.take(), "\x10u");
    rig.push(std::string(800, '\x80'));
    rig.advance(1s);
    EXPECT_EQ(rig.take(), "\x10u");
}

TEST(VoiceReceive, DoublesEveryDle) {
    ModemRig rig;
    rig.answerVoice();
    rig.ask("AT+VSM=0,8000");
    rig.ask("AT+VRX");
    // signed 8-bit 0x10 is a level of 16 * 256
    rig.farEnd.say(std::vector<std::int16_t>(8000, 0x1000));
    rig.advance(500ms);
    const std::string stream = rig.take();
    EXPECT_NE(stream.find("\x10\x10\x10\x10"), std::string::npos);
    std::string events;
    EXPECT_EQ(unshield(stream, events).size(), 25 * kBlock);
    EXPECT_EQ(events, "");
    rig.modem.setFaults({.forgetShielding = true});
    rig.advance(100ms);
    EXPECT_EQ(rig.take(), std::string(800, '\x10'));
}

TEST(VoiceReceive, EndsAsEachFamilyWants) {
    struct Row {
        const char* model;
        const char* stop;
        const char* answer;
    };
    for (const Row& row : {Row{"v253", "\x10!", "\x10\x03\r\nOK\r\n"},
                           {"v253", "\x10!\r", "\x10\x03\r\nOK\r\n"},
                           {"v253", "\x10\x1B", "\x10\x1B\r\nOK\r\n"},
                           {"conexant", "\x10^", "\x10\x03\r\nOK\r\n"},
                           {"rockwell", "\r", "\x10\x03\r\nVCON\r\n"},
                           {"rockwell", "\x10!", "\x10\x03\r\nVCON\r\n"}}) {
        ModemRig rig{row.model};
        rig.answerVoice();
        rig.ask(rig.modem.personality().rockwellVoice ? "AT#VRX" : "AT+VRX");
        rig.push("");
        rig.advance(40ms);
        rig.take();
        rig.push(row.stop);
        EXPECT_EQ(rig.take(), row.answer) << row.model;
        EXPECT_EQ(rig.ask("AT"), "\r\nOK\r\n");
    }
}

TEST(VoiceReceive, LosesSoundWhenNobodyReadsAndSaysSo) {
    ModemRig rig;
    rig.answerVoice();
    rig.ask("AT+VSM=1,8000");
    rig.ask("AT+VRX");
    rig.full = true;
    rig.advance(200ms);
    rig.full = false;
    rig.take();
    rig.advance(40ms);
    std::string events;
    EXPECT_EQ(unshield(rig.take(), events).size(), 2 * kBlock);
    EXPECT_EQ(events, "o");
}

TEST(VoiceDuplex, SendsAndReceivesAtOnce) {
    HeardRig rig{"v253"};
    rig.answerVoice();
    rig.ask("AT+VSM=4,8000");
    rig.farEnd.say(sine(700, 16000));
    ASSERT_EQ(rig.ask("AT+VTR"), "\r\nCONNECT\r\n");
    rig.heard.clear();
    rig.push(shield(encoded(dsp::SampleFormat::MuLaw, sine(500, 8000))));
    rig.advance(1s);
    std::string events;
    const auto samples = decoded(dsp::SampleFormat::MuLaw, unshield(rig.take(), events));
    EXPECT_NEAR(amplitudeAt(std::span{samples}.subspan(1000, 4000), 700), 8000, 250);
    EXPECT_NEAR(amplitudeAt(std::span{rig.heard}.subspan(1000, 4000), 500), 8000, 250);
    rig.push("\x10^");
    EXPECT_TRUE(rig.take().ends_with("\x10\x03\r\nOK\r\n"));
}

TEST(VoiceEvents, ReportDigitsInBlocksOrOnce) {
    ModemRig plus;
    plus.answerVoice();
    ASSERT_TRUE(plus.farEnd.pressKeys("5#"));
    plus.advance(600ms);
    EXPECT_EQ(plus.take(),
              "\x10/\x10"
              "5\x10"
              "5\x10~\x10/\x10#\x10#\x10~");
    ModemRig rockwell{"rockwell"};
    rockwell.answerVoice();
    ASSERT_TRUE(rockwell.farEnd.pressKeys("12AD*0"));
    rockwell.advance(2s);
    EXPECT_EQ(rockwell.take(),
              "\x10"
              "1\x10"
              "2\x10"
              "A\x10"
              "D\x10*\x10"
              "0");
}

TEST(VoiceEvents, ReportDigitsInsideTheStream) {
    ModemRig rig;
    rig.answerVoice();
    rig.ask("AT+VRX");
    ASSERT_TRUE(rig.farEnd.pressKeys("12"));
    rig.advance(1s);
    std::string events;
    EXPECT_EQ(unshield(rig.take(), events).size(), 8000U);
    EXPECT_EQ(events, "/11~/22~");
}

TEST(VoiceEvents, ReportSilenceByItsKind) {
    struct Row {
        const char* model;
        const char* set;
        bool speaks;
        const char* events;
    };
    for (const Row& row : {Row{"v253", "AT+VSD=128,20", false, "s"},
                           {"v253", "AT+VSD=128,20", true, "q"},
                           {"v253", "AT+VSD=128,0", true, ""},
                           {"v253", "AT+VSD=0,20", true, ""},
                           {"lucent", "AT+VSD=128,20", true, "s"},
                           {"conexant", "AT+VSD=128,20", true, ""},
                           {"rockwell", "AT#VSP=20", true, "q"}}) {
        ModemRig rig{row.model};
        rig.answerVoice();
        rig.ask(row.set);
        rig.ask(rig.modem.personality().rockwellVoice ? "AT#VRX" : "AT+VRX");
        if (row.speaks) {
            rig.farEnd.say(sine(300, 8000));
        }
        rig.advance(1s + (row.speaks ? 1900ms : 900ms));
        rig.take();
        rig.advance(200ms);
        std::string events;
        unshield(rig.take(), events);
        EXPECT_EQ(events, row.events) << row.model << ' ' << row.set;
        rig.advance(5s);
        unshield(rig.take(), events);
        EXPECT_EQ(events, row.events) << "once";
    }
}

TEST(VoiceEvents, ReportFaxAndAnswerTones) {
    for (const auto& [hertz, letter] :
         {std::pair{1100, "c"}, {1300, "e"}, {2100, "a"}, {2225, "f"}, {1000, ""}}) {
        ModemRig rig;
        rig.answerVoice();
        rig.ask("AT+VRX");
        rig.farEnd.say(sine(hertz, 4000));
        rig.advance(1s);
        std::string events;
        unshield(rig.take(), events);
        EXPECT_EQ(events, letter) << hertz;
    }
}

TEST(VoiceEvents, TellThatTheFarEndHungUp) {
    ModemRig us;
    us.answerVoice();
    us.farEnd.hangUp();
    EXPECT_EQ(us.take(), "\x10l");
    us.advance(8500ms);  // dial tone after 3 s, known 2 s later, told again each 3 s
    EXPECT_EQ(us.take(),
              "\x10"
              "d\x10"
              "d");
    ModemRig de{"v253", {.country = "DE"}};
    de.answerVoice();
    de.farEnd.hangUp();
    de.advance(6500ms);
    EXPECT_EQ(de.take(),
              "\x10"
              "b\x10"
              "b");
    EXPECT_EQ(de.ask("ATH"), "\r\nOK\r\n");
    de.advance(10s);
    EXPECT_EQ(de.take(), "");
}

TEST(VoiceEvents, TellOfAnExtension) {
    ModemRig rig{"conexant"};
    rig.answerVoice();
    rig.modem.setExtension(true);
    rig.modem.setExtension(false);
    EXPECT_EQ(rig.take(), "\x10P\x10p");
}

TEST(VoiceTones, AreHeardAtTheFarEndAndTakeTheirTime) {
    HeardRig rig{"v253"};
    rig.answerVoice();
    rig.heard.clear();
    EXPECT_EQ(rig.ask("AT+VTS=[933,,150]"), "");
    rig.advance(1480ms);
    EXPECT_EQ(rig.take(), "");
    rig.advance(40ms);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
    EXPECT_GT(amplitudeAt(std::span{rig.heard}.subspan(1000, 8000), 933), 7000);
    rig.ask("AT+VTS=1,5,{9,20},[697,1209,10]");
    rig.advance(2s);
    EXPECT_EQ(rig.farEnd.heardKeys(), "1591");
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
}

TEST(VoiceTones, OfRockwellCountTenths) {
    ModemRig rig{"rockwell"};
    rig.answerVoice();
    rig.ask("AT#VTS=[933,0,15]");
    rig.advance(1480ms);
    EXPECT_EQ(rig.take(), "");
    rig.advance(40ms);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
}

TEST(VoiceClass, WalksAllLabelsOfDeviceTests) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.ask("AT+FCLASS=8");
    for (const int label : {1, 7, 13, 3, 5, 9, 2, 4, 8, 6, 11, 1, 0}) {
        EXPECT_EQ(rig.ask("AT+VLS=" + std::to_string(label)), "\r\nOK\r\n") << label;
        const bool online = label % 2 == 1 && label != 11;
        EXPECT_EQ(rig.line.isOffHook(), online) << label;
    }
    EXPECT_NE(rig.ask("AT+VLS=?").find("\r\n1,\"T\",0B8433C1,0FE431C1,0B8431C1\r\n"),
              std::string::npos);
}

TEST(VoiceClass, PlaysToALocalPhoneWithoutTheLine) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.ask("AT+FCLASS=8");
    rig.ask("AT+VLS=2");
    rig.ask("AT+VTX");
    rig.push(std::string(800, '\x80') + "\x10\x03");
    rig.advance(200ms);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
    EXPECT_FALSE(rig.line.isOffHook());
}

TEST(VoiceClass, EndsByHangUpAsEachFamilyDoes) {
    ModemRig lucent{"lucent"};
    lucent.answerVoice();
    lucent.ask("ATH");
    EXPECT_EQ(lucent.words("AT+FCLASS?"), "0|OK");
    ModemRig plus;
    plus.answerVoice();
    plus.ask("ATH");
    EXPECT_EQ(plus.words("AT+FCLASS?"), "8|OK");
    EXPECT_EQ(plus.line.state(), Line::State::Idle);
    plus.callFrom("1");
    plus.advance(100ms);
    plus.ask("AT+VLS=1");
    plus.ask("AT+FCLASS=0");
    EXPECT_EQ(plus.line.state(), Line::State::Idle);
}

TEST(VoiceClass, HangsUpWhenTheComputerIsSilent) {
    ModemRig rig;
    rig.ask("AT+VIT=5;+VSD=0,0");
    rig.answerVoice();
    rig.advance(4s);
    rig.ask("AT");
    rig.advance(4900ms);
    EXPECT_TRUE(rig.line.isOffHook());
    rig.advance(200ms);
    EXPECT_FALSE(rig.line.isOffHook());
    EXPECT_EQ(rig.words("AT+FCLASS?"), "OK|0|OK");
}

TEST(FarEnd, PlaysAndRecordsSoundFilesOfAnyRate) {
    const auto dir =
        std::filesystem::temp_directory_path() /
        ("tipring-far-end-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()));
    std::filesystem::create_directories(dir);
    const std::string in = dir / "in.wav", out = dir / "out.wav";
    SF_INFO info{};
    info.samplerate = 44100;
    info.channels = 2;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    SNDFILE* file = sf_open(in.c_str(), SFM_WRITE, &info);
    ASSERT_NE(file, nullptr);
    for (const std::int16_t sample : sine(600, 44100, 8000, 44100)) {
        const std::int16_t frame[2] = {sample, sample};
        sf_writef_short(file, frame, 1);
    }
    sf_close(file);
    ModemRig rig;
    rig.answerVoice();
    rig.ask("AT+VSM=129,8000");
    bool played = false;
    rig.farEnd.setListener({{}, {}, [&] { played = true; }, {}});
    ASSERT_TRUE(rig.farEnd.play(in));
    ASSERT_TRUE(rig.farEnd.record(out));
    rig.ask("AT+VTR");
    rig.push(encoded(dsp::SampleFormat::Linear16, std::vector<std::int16_t>(6000, 0x0808)));
    rig.advance(1200ms);
    EXPECT_TRUE(played);
    std::string events;
    const auto samples = decoded(dsp::SampleFormat::Linear16, unshield(rig.take(), events));
    EXPECT_NEAR(amplitudeAt(std::span{samples}.subspan(2000, 4000), 600), 8000, 100);
    // the header is right while the recording goes on
    file = sf_open(out.c_str(), SFM_READ, &info);
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(info.samplerate, 8000);
    EXPECT_GE(info.frames, 8000);
    sf_close(file);
    rig.farEnd.hangUp();
    EXPECT_FALSE(rig.farEnd.play(dir / "none.wav"));
    std::filesystem::remove_all(dir);
}

TEST(FarEnd, RefusesWhatItCannotDo) {
    ModemRig rig;
    EXPECT_EQ(rig.farEnd.call("999", {}).error().code, hal::ErrorCode::InvalAddress);
    rig.callFrom("1");
    EXPECT_EQ(rig.farEnd.call("5550100", {}).error().code, hal::ErrorCode::InvalCallState);
    FarEnd other{rig.exchange};
    EXPECT_EQ(other.call("5550100", {}).error().code, hal::ErrorCode::InUse);
    EXPECT_EQ(rig.farEnd.pressKeys("x").error().code, hal::ErrorCode::InvalDigits);
    EXPECT_EQ(rig.farEnd.answer().error().code, hal::ErrorCode::InvalCallState);
}

}  // namespace
}  // namespace tipring::sim
