// SPDX-License-Identifier: Apache-2.0
#include "dle_decoder.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "dtmf_event_filter.h"

namespace tipring::at_modem {
namespace {

using namespace std::chrono_literals;

class Voice final : public DleSink {
public:
    void onVoice(std::span<const std::byte> bytes) override {
        sound.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    void onDle(char code) override { codes += code; }
    std::string sound, codes;
};

std::span<const std::byte> asBytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

TEST(DleDecoderTest, LiteralsEventsAndTheEnd) {
    DleDecoder decoder;
    Voice voice;
    const std::string_view stream(
        "a\x10\x10"
        "b\x10\x1A"
        "c\x10sd\x10\x03\r\nOK\r\n",
        18);
    EXPECT_EQ(decoder.feed(asBytes(stream), voice), 12u);
    EXPECT_TRUE(decoder.ended());
    EXPECT_EQ(voice.sound,
              "a\x10"
              "b\x10\x10"
              "cd");
    EXPECT_EQ(voice.codes, "s");
}

TEST(DleDecoderTest, APairMayBeCutAnywhere) {
    std::mt19937 random(3);
    std::string sound;
    for (int i = 0; i < 5000; ++i) {
        sound += static_cast<char>(random() % 5 == 0 ? 0x10 : random());
    }
    std::vector<std::byte> shielded(2 * sound.size());
    shielded.resize(dleShield(asBytes(sound), shielded));
    DleDecoder decoder;
    Voice voice;
    for (std::size_t at = 0; at < shielded.size();) {
        const std::size_t size = std::min<std::size_t>(1 + random() % 4, shielded.size() - at);
        EXPECT_EQ(decoder.feed(std::span(shielded).subspan(at, size), voice), size);
        at += size;
    }
    EXPECT_EQ(voice.sound, sound);
    EXPECT_TRUE(voice.codes.empty());
}

Voice decodeInPieces(std::string_view stream, std::size_t size) {
    DleDecoder decoder;
    Voice voice;
    for (std::size_t at = 0; at < stream.size(); at += size) {
        decoder.feed(asBytes(stream.substr(at, size)), voice);
    }
    return voice;
}

TEST(DleDecoderTest, ShieldedFlowControlIsSound) {
    const Voice voice = decodeInPieces("a\x10Qb\x10Sc", 2);
    EXPECT_EQ(voice.sound,
              "a\x11"
              "b\x13"
              "c");
    EXPECT_EQ(voice.codes, "");
}

TEST(DleDecoderTest, TheTextOfAReportIsNoSound) {
    const std::string_view stream = "ab\x10XDATE=0511\rNMBR=4075550000\r\x10.cd";
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        const Voice voice = decodeInPieces(stream, size);
        EXPECT_EQ(voice.sound, "abcd") << size;
        EXPECT_EQ(voice.codes, "X.") << size;
    }
}

TEST(DleDecoderTest, ALoneDleEndsTheBufferCount) {
    const std::string_view stream =
        "ab\x10XZBBC=01FF\x10"
        "cd\x10\x10"
        "e";
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        const Voice voice = decodeInPieces(stream, size);
        EXPECT_EQ(voice.sound,
                  "abcd\x10"
                  "e")
            << size;
        EXPECT_EQ(voice.codes, "X") << size;
    }
}

TEST(DleDecoderTest, AReportThatCannotBeOneGivesTheSoundBack) {
    EXPECT_EQ(decodeInPieces("\x10X\xFEsound", 3).sound, "\xFEsound");
    const std::string endless(2 * DleDecoder::kLongestReport, 'x');
    EXPECT_EQ(decodeInPieces("\x10X" + endless, 7).sound.size(), DleDecoder::kLongestReport);
}

TEST(DtmfEventFilterTest, ABlockWhoseEndWasLostDoesNotSwallowTheNextPress) {
    DtmfEventFilter filter;
    EXPECT_EQ(filter.take('/', 0ms), std::nullopt);
    EXPECT_EQ(filter.take('5', 0ms), '5');
    EXPECT_EQ(filter.take('5', 70ms), std::nullopt);
    EXPECT_EQ(filter.take('5', 2000ms), '5');
    EXPECT_EQ(filter.take('5', 2070ms), std::nullopt);
}

TEST(DtmfEventFilterTest, OneBlockIsOnePress) {
    DtmfEventFilter filter;
    std::string pressed;
    for (const char code : std::string_view("/55~/5~/12~s/9\x7F")) {
        if (const auto digit = filter.take(code, 0ns)) {
            pressed += *digit;
        }
    }
    EXPECT_EQ(pressed, "55129");
}

TEST(DtmfEventFilterTest, WithoutBlocksEachEventIsAPressUnlessItBounces) {
    DtmfEventFilter filter;
    EXPECT_EQ(filter.take('5', 0ms), '5');
    EXPECT_EQ(filter.take('5', 60ms), std::nullopt);
    EXPECT_EQ(filter.take('5', 300ms), '5');
    EXPECT_EQ(filter.take('6', 310ms), '6');
    EXPECT_EQ(filter.take('\0', 500ms), std::nullopt);
}

}  // namespace
}  // namespace tipring::at_modem
