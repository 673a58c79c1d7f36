// SPDX-License-Identifier: Apache-2.0
#include "sound/announcement.h"

#include <algorithm>
#include <cmath>

#include "sound/fixed_math.h"

namespace tipring::sim {

namespace {

constexpr double kRate = 8000;
constexpr std::size_t kSyllable = 1440, kPause = 1200;
constexpr double kEdge = 200;  // samples of rise and fall
constexpr double kStrength = 9000;

// First three formants of vowels (Peterson and Barney 1952, men).
struct Vowel {
    double first, second, third;
};
constexpr Vowel kVowels[] = {
    {270, 2290, 3010}, {390, 1990, 2550}, {530, 1840, 2480}, {660, 1720, 2410}, {730, 1090, 2440},
    {570, 840, 2410},  {440, 1020, 2240}, {300, 870, 2240},  {640, 1190, 2390}, {490, 1350, 1690},
};

}  // namespace

void Announcement::Resonator::tune(double hertz, double width) noexcept {
    constexpr double kPi = 3.14159265358979323846, kLog2OfE = 1.44269504088896340736;
    const double radius = powerOfTwo(-kPi * width / kRate * kLog2OfE);
    one = 2 * radius * cosineOf(hertz / kRate);
    two = -radius * radius;
    gain = 1 - one - two;
}

double Announcement::Resonator::step(double input) noexcept {
    const double output = gain * input + one * last + two * before;
    before = last;
    last = output;
    return output;
}

void Announcement::start(std::string_view text) {
    text_ = text;
    at_ = 0;
    left_ = 0;
    period_ = 0;
    formants_ = {};
}

void Announcement::syllable(char letter) noexcept {
    silent_ = letter == ' ';
    length_ = left_ = silent_ ? kPause : kSyllable;
    const auto which = static_cast<unsigned char>(letter) % std::size(kVowels);
    const Vowel& vowel = kVowels[which];
    formants_[0].tune(vowel.first, 60);
    formants_[1].tune(vowel.second, 90);
    formants_[2].tune(vowel.third, 120);
    // The voice falls through a sentence and is never quite the same.
    pitch_ = 118 - static_cast<double>(at_ % 12) + static_cast<double>(which);
}

double Announcement::voice() noexcept {
    period_ += pitch_ / kRate;
    double sound = 0;
    if (period_ >= 1) {
        period_ -= 1;
        sound = kStrength;
    }
    for (Resonator& formant : formants_) {
        sound = formant.step(sound);
    }
    const auto done = static_cast<double>(length_ - left_), rest = static_cast<double>(left_);
    return sound * std::min({1.0, done / kEdge, rest / kEdge});
}

std::size_t Announcement::mix(std::span<std::int16_t> samples) noexcept {
    std::size_t count = 0;
    while (active() && count < samples.size()) {
        if (left_ == 0) {
            syllable(text_[at_]);
        }
        if (!silent_) {
            const double sum = samples[count] + voice();
            samples[count] =
                static_cast<std::int16_t>(std::lrint(std::clamp(sum, -32768.0, 32767.0)));
        }
        ++count;
        if (--left_ == 0) {
            ++at_;
        }
    }
    return count;
}

}  // namespace tipring::sim
