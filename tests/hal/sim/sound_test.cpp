// SPDX-License-Identifier: Apache-2.0
// The generators: exact functions, pure tones, cadences, bits.
#include <cmath>
#include <numbers>

#include "hal/dsp/peer_fixture.h"
#include "modem_rig.h"
#include "sound/announcement.h"
#include "sound/fixed_math.h"
#include "sound/fsk_player.h"
#include "sound/key_player.h"
#include "sound/tone_player.h"
#include "tipring/hal/dsp/fsk_receiver.h"
#include "tipring/hal/dsp/voice_detector.h"

namespace tipring::sim {
namespace {

using Sound = std::vector<std::int16_t>;

TEST(FixedMath, AgreesWithTheLibrary) {
    for (double x = -40; x < 40; x += 0.037) {
        EXPECT_NEAR(powerOfTwo(x) / std::exp2(x), 1, 1e-14) << x;
        EXPECT_NEAR(sineOf(x), std::sin(2 * std::numbers::pi * x), 1e-13) << x;
        EXPECT_NEAR(cosineOf(x), std::cos(2 * std::numbers::pi * x), 1e-13) << x;
        EXPECT_NEAR(gainOf(x), std::pow(10, x / 20), 1e-13 * std::pow(10, x / 20)) << x;
    }
    for (double x = 1e-9; x < 1e9; x *= 1.7) {
        EXPECT_NEAR(naturalLog(x), std::log(x), 1e-14 * std::max(1.0, std::abs(std::log(x)))) << x;
    }
    EXPECT_NEAR(peakOf(3.14), 32767, 1e-6);
    EXPECT_EQ(naturalLog(1), 0);
}

/// dB that everything but the tones asked for lies below them.
double purity(const Sound& sound, std::initializer_list<double> hertz) {
    std::vector<double> rest(sound.begin(), sound.end());
    double tones = 0, left = 0;
    for (const double f : hertz) {
        double real = 0, imaginary = 0;
        const auto count = static_cast<double>(sound.size());
        for (std::size_t i = 0; i < sound.size(); ++i) {
            const double angle = 2 * std::numbers::pi * f * double(i) / 8000;
            real += sound[i] * std::cos(angle) * 2 / count;
            imaginary += sound[i] * std::sin(angle) * 2 / count;
        }
        for (std::size_t i = 0; i < sound.size(); ++i) {
            const double angle = 2 * std::numbers::pi * f * double(i) / 8000;
            rest[i] -= real * std::cos(angle) + imaginary * std::sin(angle);
        }
        tones += (real * real + imaginary * imaginary) / 2;
    }
    for (const double value : rest) {
        left += value * value / static_cast<double>(rest.size());
    }
    return 10 * std::log10(tones / left);
}

TEST(TonePair, IsPureAndAsLoudAsAskedFor) {
    for (const double hertz : {50.0, 425.0, 1004.0, 2130.0, 3400.0}) {
        TonePair tone;
        tone.start(hertz, 0, -3, 8000);
        Sound sound(8000);
        EXPECT_EQ(tone.mix(sound), 8000U);
        EXPECT_FALSE(tone.active());
        EXPECT_NEAR(amplitudeAt(sound, hertz), peakOf(-3), 2) << hertz;
        EXPECT_GT(purity(sound, {hertz}), 75) << hertz;  // rounding to 16 bits
    }
}

TEST(TonePair, StopsAtFullScale) {
    TonePair tone;
    tone.start(500, 503, 3.14);
    Sound sound(8000);
    tone.mix(sound);
    EXPECT_EQ(*std::max_element(sound.begin(), sound.end()), 32767);
    EXPECT_EQ(*std::min_element(sound.begin(), sound.end()), -32768);
}

TEST(TonePlayer, KeepsEveryPatternOfTheTable) {
    for (const dsp::CountryTones& country : dsp::builtinTones().countries) {
        for (const dsp::CountryTone& tone : country.tones) {
            TonePlayer player;
            player.start(&tone.pattern);
            for (const dsp::ToneStep& step : tone.pattern.all()) {
                const std::size_t length = step.milliseconds != 0 ? step.milliseconds * 8U : 4000U;
                Sound sound(length);
                ASSERT_EQ(player.mix(sound), length);
                const bool silent =
                    std::all_of(sound.begin(), sound.end(), [](std::int16_t s) { return s == 0; });
                ASSERT_EQ(silent, step.silent())
                    << country.code << ' ' << dsp::toneKindName(tone.kind);
                if (length >= 1600 && !step.silent() && step.modulation == 0) {
                    EXPECT_GT(amplitudeAt(sound, double(step.hertz[0])), peakOf(-13) * 0.9)
                        << country.code << ' ' << dsp::toneKindName(tone.kind);
                }
            }
        }
    }
}

TEST(TonePlayer, ModulatesWhereTheTableSaysSo) {
    const dsp::TonePattern* ringback =
        dsp::builtinTones().find("JP")->find(dsp::ToneKind::Ringback);
    TonePlayer player;
    player.start(ringback);
    Sound sound(8000);
    player.mix(sound);
    const double carrier = amplitudeAt(sound, 400), side = amplitudeAt(sound, 416);
    EXPECT_NEAR(side / carrier, 0.45, 0.02);  // half of 90 %
    EXPECT_LE(*std::max_element(sound.begin(), sound.end()), std::lround(peakOf(-13)) + 1);
}

TEST(TonePlayer, PlaysOnceAndIsOver) {
    const dsp::TonePattern pattern = *dsp::parseTonePattern("950/330 1400/330 1800/330 0/1000");
    TonePlayer player;
    player.start(&pattern, true);
    Sound sound(20000);
    EXPECT_EQ(player.mix(sound), 1990U * 8);
    EXPECT_FALSE(player.active());
    EXPECT_EQ(patternLength(pattern), 1990U);
}

TEST(FskPlayer, HasItsBitsAtTheirTime) {
    const std::vector<std::uint8_t> bytes{0x82, 3, 0x0B, 1, 0xFF, 0x70};
    for (const dsp::FskModulation& modulation : {dsp::kBell202, dsp::kV23}) {
        FskPlayer player;
        player.start(modulation, {300, 180, 3, 10}, bytes, -13.5);
        Sound sound(16000);
        const std::size_t count = player.mix(sound);
        const unsigned bits = 300 + 180 + 60 + 5 * 3 + 10;
        EXPECT_NEAR(double(count), bits * 8000 / 1200.0, 1);
        EXPECT_NEAR(FskPlayer::milliseconds(modulation, {300, 180, 3, 10}, 6), bits / 1.2, 1);
        dsp::FskSettings settings;
        settings.modulation = modulation;
        dsp::FskReceiver receiver(settings);
        unsigned good = 0;
        receiver.process(sound, [&](const dsp::FskEvent& event) {
            good += event.kind == dsp::FskEvent::Kind::Message && event.checksumValid ? 1 : 0;
        });
        EXPECT_EQ(good, 1U);
    }
}

TEST(FskPlayer, IsTheSameHoweverItIsCut) {
    const std::vector<std::uint8_t> bytes(40, 0x5A);
    const auto run = [&](std::size_t block) {
        FskPlayer player;
        player.start(dsp::kBell202, {}, bytes, -13.5);
        Sound sound(8000);
        for (std::size_t at = 0; at < sound.size(); at += block) {
            player.mix(std::span{sound}.subspan(at, std::min(block, sound.size() - at)));
        }
        return sound;
    };
    EXPECT_EQ(run(1), run(8000));
    EXPECT_EQ(run(160), run(8000));
}

TEST(Announcement, IsTakenForAVoiceAndLastsAsLongAsItsText) {
    Announcement voice;
    voice.start("the number has changed ");
    Sound sound(60000);
    const std::size_t count = voice.mix(sound);
    EXPECT_EQ(count, 19U * 1440 + 4 * 1200);
    EXPECT_FALSE(voice.active());
    dsp::VoiceDetector detector;
    unsigned voices = 0, tones = 0;
    detector.process(sound, [&](const dsp::VoiceEvent& event) {
        voices += event.kind == dsp::VoiceEventKind::VoiceStarted ? 1 : 0;
        tones += event.kind == dsp::VoiceEventKind::ToneStarted ? 1 : 0;
    });
    EXPECT_GE(voices, 1U);
    EXPECT_EQ(tones, 0U);
    double power = 0;
    for (std::size_t i = 0; i < count; ++i) {
        power += double(sound[i]) * sound[i] / double(count);
    }
    EXPECT_NEAR(20 * std::log10(std::sqrt(power) / 32767) + 6.15, -16, 2);
}

class KeyPlayerPeers : public test::PeerFixture {};

TEST_F(KeyPlayerPeers, MultimonHearsEveryKey) {
    KeyPlayer player{480, 480};
    ASSERT_TRUE(player.push("1234567890*#ABCD"));
    EXPECT_FALSE(player.push("12x"));
    EXPECT_FALSE(player.push(std::string(60, '1')));
    Sound sound(16000);
    player.mix(sound);
    write("keys.s16", sound);
    convert("keys.s16", "keys.wav", "rate 22050");
    run("sox " + file("keys.wav") + " -t raw -e signed -b 16 -c 1 " + file("at22050.raw"));
    const std::string text =
        run("multimon-ng -q -c -a DTMF -t raw " + file("at22050.raw") + " 2>&1");
    std::string heard;
    for (std::size_t at = text.find("DTMF: "); at != std::string::npos;
         at = text.find("DTMF: ", at + 1)) {
        heard += text[at + 6];
    }
    EXPECT_EQ(heard, "1234567890*#ABCD") << text;
}

}  // namespace
}  // namespace tipring::sim
