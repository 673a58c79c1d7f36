// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/fsk_receiver.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fsk_filter.h"
#include "hal/dsp/caller_id_signals.h"
#include "hal/dsp/detector_checks.h"
#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/fsk_sender.h"

namespace tipring::test {
namespace {

using dsp::FskEvent;

std::string textOf(const FskEvent& event) {
    std::string text = std::to_string(static_cast<int>(event.kind)) + ' ' +
                       std::to_string(event.began) + ' ' + std::to_string(event.ended) + ' ' +
                       std::to_string(event.markLevel) + ' ' + std::to_string(event.spaceLevel) +
                       (event.checksumValid ? " good " : " bad ");
    for (const std::uint8_t byte : event.bytes) {
        text += std::to_string(byte) + ' ';
    }
    return text;
}

/// Messages good and bad, noise that begins some, and a message that breaks off.
Samples mixedSound(const dsp::FskModulation& modulation, Random& random) {
    Samples sound;
    for (const double signalToNoise : {99.0, 12.0, 5.0}) {
        FskTrouble trouble;
        trouble.signalToNoise = signalToNoise;
        const Samples part = fskSound(callSetup(random), modulation, trouble, random);
        sound.insert(sound.end(), part.begin(), part.end());
    }
    Samples broken = fskSound(callSetup(random), modulation, {}, random);
    broken.resize(broken.size() / 2 + 1500);
    broken.resize(broken.size() + 2000);
    sound.insert(sound.end(), broken.begin(), broken.end());
    return sound;
}

TEST(FskReceiver, HasGoodManners) {
    Random random;
    expectGoodManners<FskEvent, dsp::FskReceiver>(mixedSound(dsp::kBell202, random), textOf);
}

std::vector<std::string> heardInBlocks(const Samples& sound, std::size_t block) {
    dsp::FskReceiver receiver;
    std::vector<std::string> texts;
    for (std::size_t at = 0; at < sound.size(); at += block) {
        const auto samples = std::span(sound).subspan(at, std::min(block, sound.size() - at));
        receiver.process(samples, [&](const FskEvent& event) { texts.push_back(textOf(event)); });
    }
    return texts;
}

// The blocks decide which part of a quiet line is passed over: with samples one by one, other parts
// than with 160 of them.
TEST(FskReceiver, HearsTheSameWhatIsQuietBeforeAndAfter) {
    Random random{9};
    for (const double noise : {-99.0, -62.0, -55.0, -50.0}) {
        Samples sound;
        for (std::size_t i = 0; i < 8; ++i) {
            sound.resize(sound.size() + 300 + random.below(3000));
            FskTrouble trouble;
            trouble.mark = trouble.space = i % 2 == 0 ? -13.5 : -44;
            trouble.frame.seizure = i % 3 == 0 ? 0 : 40;
            trouble.frame.mark = 10;
            const Samples part = fskSound(callSetup(random), dsp::kBell202, trouble, random);
            sound.insert(sound.end(), part.begin(), part.end());
        }
        if (noise > -90) {
            addNoise(sound, noise, random);
        }
        const auto expected = heardInBlocks(sound, 1);
        EXPECT_GE(expected.size(), 8U) << noise;
        for (const std::size_t block : {8U, 33U, 160U, 1000U}) {
            EXPECT_EQ(heardInBlocks(sound, block), expected) << noise << ' ' << block;
        }
    }
}

TEST(FskFilter, IsQuietBelowItsLimit) {
    Random random{4};
    for (const dsp::FskModulation& modulation : {dsp::kBell202, dsp::kV23}) {
        const dsp::FskFilter filter(modulation);
        for (const float amplitude : {50.0F, 91.0F, 3000.0F}) {
            const std::uint32_t limit = filter.quietBelow(amplitude);
            const auto most = static_cast<int>(std::sqrt(limit / 2.0));
            for (int round = 0; round < 200; ++round) {
                // The loudest sounds that are quiet: squares of both frequencies and between them.
                Samples samples(dsp::FskFilter::kOverlap + 80);
                const double step = (1000 + 1500 * random.uniform()) / 4000;
                for (std::size_t i = 0; i < samples.size(); ++i) {
                    const bool up =
                        static_cast<int>(double(i) * step + random.uniform() / 4) % 2 == 0;
                    samples[i] = static_cast<std::int16_t>(up ? most : -most);
                }
                ASSERT_TRUE(dsp::quiet(samples, limit));
                std::array<float, 80> line;
                std::array<std::uint8_t, 10> spaces, zeros, ones;
                dsp::fskFilterFunction()(filter, amplitude, samples.data(), 10,
                                         {line.data(), spaces.data(), zeros.data(), ones.data()});
                for (std::size_t i = 0; i < line.size(); ++i) {
                    EXPECT_LT(std::fabs(line[i]), amplitude);
                }
                samples[random.below(samples.size())] = static_cast<std::int16_t>(2 * most + 2);
                EXPECT_FALSE(dsp::quiet(samples, limit));
            }
        }
    }
    constexpr std::int16_t kLoudest[] = {-32768, -32768, 0, 0, 0, 0, 0, 0};
    EXPECT_FALSE(dsp::quiet(kLoudest, 2000000000));
}

TEST(FskReceiver, TellsWhenAndHowLoud) {
    Random random;
    FskTrouble trouble;
    trouble.mark = -16;
    trouble.space = -19;
    const Message message = callSetup(random);
    for (const dsp::FskModulation& modulation : {dsp::kBell202, dsp::kV23}) {
        const Samples sound = fskSound(message, modulation, trouble, random);
        dsp::FskSettings settings;
        settings.modulation = modulation;
        dsp::FskReceiver receiver(settings);
        int messages = 0;
        receiver.process(sound, [&](const FskEvent& event) {
            if (event.kind != FskEvent::Kind::Message) {
                return;
            }
            ++messages;
            const double bits = double(message.size() + 1) * 10;
            const double end = double(sound.size()) - 800 - 10 * 8000 / 1200.0;
            EXPECT_NEAR(double(event.ended), end, 3);
            EXPECT_NEAR(double(event.began), end - bits * 8000 / 1200, 4);
            EXPECT_NEAR(event.markLevel, -16, 1);
            EXPECT_NEAR(event.spaceLevel, -19, 1);
        });
        EXPECT_EQ(messages, 1);
    }
}

TEST(FskReceiver, TellsAMessageWithin2msOfItsEnd) {
    Random random;
    std::size_t worst = 0;
    for (int i = 0; i < 50; ++i) {
        const Samples sound = fskSound(callSetup(random), dsp::kV23, {}, random);
        dsp::FskSettings settings;
        settings.modulation = dsp::kV23;
        dsp::FskReceiver receiver(settings);
        std::size_t told = 0, ended = 0;
        for (std::size_t at = 0; at < sound.size(); ++at) {
            receiver.process({&sound[at], 1}, [&](const FskEvent& event) {
                if (event.kind == FskEvent::Kind::Message) {
                    told = at + 1;
                    ended = event.ended;
                }
            });
        }
        ASSERT_GT(told, 0U);
        worst = std::max(worst, told > ended ? told - ended : 0);
    }
    EXPECT_LE(worst, 16U);
}

TEST(FskReceiver, TellsAWrongSum) {
    Random random;
    Message message = callSetup(random);
    dsp::FskSender sender;
    Message frame = withSum(message);
    frame[10] ^= 1;
    ASSERT_TRUE(sender.start(frame));
    Samples sound(60000);
    sender.mix(std::span(sound).subspan(1000));
    int wrong = 0;
    dsp::FskReceiver receiver;
    receiver.process(sound, [&](const FskEvent& event) {
        wrong += event.kind == FskEvent::Kind::Message && !event.checksumValid ? 1 : 0;
    });
    EXPECT_EQ(wrong, 1);
}

TEST(FskReceiver, GivesUpWhatBreaksOff) {
    Random random;
    Samples sound = fskSound(callSetup(random), dsp::kBell202, {}, random);
    sound.resize(sound.size() - 2000);
    sound.resize(sound.size() + 4000);
    std::vector<FskEvent::Kind> kinds;
    dsp::FskReceiver receiver;
    receiver.process(sound, [&](const FskEvent& event) { kinds.push_back(event.kind); });
    EXPECT_EQ(kinds, (std::vector{FskEvent::Kind::Started, FskEvent::Kind::Broken}));
}

TEST(FskBank, HearsWhatEachReceiverHears) {
    Random random;
    for (const std::size_t channels : {1U, 3U, 8U, 13U}) {
        std::vector<Samples> lines;
        for (std::size_t i = 0; i < channels; ++i) {
            lines.push_back(mixedSound(dsp::kBell202, random));
            lines.back().resize(24000);
        }
        std::vector<std::vector<std::string>> alone(channels), together(channels);
        for (std::size_t i = 0; i < channels; ++i) {
            dsp::FskReceiver receiver;
            receiver.process(lines[i],
                             [&](const FskEvent& event) { alone[i].push_back(textOf(event)); });
            EXPECT_FALSE(alone[i].empty());
        }
        dsp::FskBank bank(channels);
        constexpr std::size_t kBlock = 240;
        for (std::size_t at = 0; at < 24000; at += kBlock) {
            Samples block;
            for (const Samples& line : lines) {
                const auto begin = line.begin() + static_cast<std::ptrdiff_t>(at);
                block.insert(block.end(), begin, begin + kBlock);
            }
            bank.process(block, [&](const dsp::FskBank::Event& event) {
                together[event.channel].push_back(textOf(event));
            });
        }
        EXPECT_EQ(together, alone) << channels;
    }
}

TEST(FskReceiver, HearsNothingInSpeech) {
    Random random;
    for (const dsp::FskModulation& modulation : {dsp::kBell202, dsp::kV23}) {
        dsp::FskSettings settings;
        settings.modulation = modulation;
        dsp::FskReceiver receiver(settings);
        for (int i = 0; i < 600; ++i) {
            Samples sound;
            addHostileVowel(sound, random);
            receiver.process(sound, [&](const FskEvent& event) {
                EXPECT_NE(event.kind, FskEvent::Kind::Message);
            });
        }
    }
}

TEST(FskSender, KeepsTheTimeOfItsBits) {
    dsp::FskSender sender;
    ASSERT_TRUE(sender.start(std::vector<std::uint8_t>(100, 0x55), {0, 0, 0, 0}));
    Samples sound(8000);
    std::size_t length = 0;
    for (std::size_t i = 0; i < sound.size() && sender.active(); ++i) {
        length += sender.mix({&sound[i], 1});
    }
    EXPECT_EQ(length, 6667U);
}

TEST(FskSender, RefusesMoreThanItsRoom) {
    dsp::FskSender sender;
    EXPECT_FALSE(sender.start(std::vector<std::uint8_t>(dsp::FskSender::kRoom + 1)));
    EXPECT_FALSE(sender.active());
}

}  // namespace
}  // namespace tipring::test
