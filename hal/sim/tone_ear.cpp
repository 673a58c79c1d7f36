// SPDX-License-Identifier: Apache-2.0
#include "tone_ear.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace tipring::sim {

namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;
constexpr std::array<double, 8> kKeyHertz{697, 770, 852, 941, 1209, 1336, 1477, 1633};
constexpr char kKeyNames[4][5] = {"123A", "456B", "789C", "*0#D"};
struct SingleTone {
    double hertz;
    char letter;
};
constexpr std::array<SingleTone, 4> kTones{{{1100, 'c'}, {1300, 'e'}, {2100, 'a'}, {2225, 'f'}}};
constexpr double kQuiet = 80;         // rms below which nothing is looked for, about -49 dBm0
constexpr unsigned kToneBlocks = 15;  // 300 ms before a single tone counts
constexpr double n = kBlock;

/// Goertzel: the share of the block's power that lies at `hertz`, 0..1 for a sine.
double shareAt(HeardBlock block, double hertz, double power) {
    const double factor = 2 * std::cos(kTwoPi * hertz / 8000);
    double one = 0, two = 0;
    for (const std::int16_t sample : block) {
        const double zero = sample + factor * one - two;
        two = one;
        one = zero;
    }
    return (one * one + two * two - factor * one * two) * 2 / (n * n) / power;
}

char keyIn(HeardBlock block, double power) {
    std::array<double, 8> share{};
    for (std::size_t i = 0; i < share.size(); ++i) {
        share[i] = shareAt(block, kKeyHertz[i], power);
    }
    const auto low = std::max_element(share.begin(), share.begin() + 4);
    const auto high = std::max_element(share.begin() + 4, share.end());
    if (*low < 0.12 || *high < 0.12 || *low + *high < 0.75) {
        return 0;
    }
    return kKeyNames[low - share.begin()][high - share.begin() - 4];
}

char toneIn(HeardBlock block, double power) {
    for (const SingleTone& tone : kTones) {
        if (shareAt(block, tone.hertz, power) > 0.85) {
            return tone.letter;
        }
    }
    return 0;
}

}  // namespace

ToneEar::Heard ToneEar::hear(HeardBlock block) noexcept {
    double power = 0;
    for (const std::int16_t sample : block) {
        power += static_cast<double>(sample) * sample;
    }
    power /= n;
    Heard heard;
    heard.rms = std::sqrt(power);
    const bool loud = heard.rms > kQuiet;
    const char key = loud ? keyIn(block, power) : '\0';
    if (key_ != 0) {
        gone_ = key == key_ ? 0 : gone_ + 1;
        if (gone_ == 2) {  // one bad block is the edge of a tone
            key_ = 0;
            heard.keyEnded = true;
        }
    }
    if (key_ == 0 && key != 0 && key == candidate_) {  // 2 blocks: 40 ms, as Q.24 asks
        key_ = key;
        gone_ = 0;
        heard.keyBegan = key;
    }
    candidate_ = key;
    heard.keyHeld = key_ != 0;

    const char tone = loud && key == 0 ? toneIn(block, power) : '\0';
    toneBlocks_ = tone != 0 && tone == tone_ ? toneBlocks_ + 1 : 0;
    tone_ = tone;
    if (toneBlocks_ == kToneBlocks) {
        heard.toneBegan = tone;
    }
    return heard;
}

}  // namespace tipring::sim
