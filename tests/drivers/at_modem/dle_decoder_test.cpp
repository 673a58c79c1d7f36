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
