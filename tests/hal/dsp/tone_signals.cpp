// SPDX-License-Identifier: Apache-2.0
#include "hal/dsp/tone_signals.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numbers>

#include "tipring/hal/dsp/codec.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::test {

namespace {

constexpr double kRate = dsp::kSampleRate;
constexpr double kTurn = 2 * std::numbers::pi;

/// A formant: a resonance that rings at its frequency and may glide.
class Formant {
public:
    Formant(double hertz, double glide, double width, double gain)
        : hertz_(hertz),
          glide_(glide),
          radius_(std::exp(-std::numbers::pi * width / kRate)),
          gain_(gain * (1 - radius_)) {}

    double next(double excitation, double progress) {
        const double angle = kTurn * (hertz_ + glide_ * progress) / kRate;
        const double value = excitation * gain_ + 2 * radius_ * std::cos(angle) * before_ -
                             radius_ * radius_ * beforeThat_;
        beforeThat_ = before_;
        before_ = value;
        return value;
    }

private:
    double hertz_, glide_, radius_, gain_;
    double before_ = 0, beforeThat_ = 0;
};

Formant drawFormant(Random& random, double hertz, bool upper) {
    const double glide = (random.uniform() - 0.5) * 0.06 * hertz;
    const double width = random.uniform();
    const double gain = upper ? std::pow(10, (random.uniform() - 0.6) * 12 / 20) : 1;
    return Formant{hertz, glide, 12 + 60 * width * width, gain};
}

}  // namespace

std::uint64_t Random::next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
}

double Random::uniform() {
    return static_cast<double>(next() >> 11) * 0x1p-53;
}

double Random::normal() {
    double first = 0;
    while (first <= 0) {
        first = uniform();
    }
    return std::sqrt(-2 * std::log(first)) * std::cos(kTurn * uniform());
}

std::int16_t clipped(double value) {
    return static_cast<std::int16_t>(std::lrint(std::clamp(value, -32768.0, 32767.0)));
}

void addDigit(Samples& to, const Digit& digit) {
    const auto pair = dsp::dtmfPair(digit.key).value();
    const double low = dsp::amplitudeOf(digit.low);
    const double high = dsp::amplitudeOf(digit.high);
    const double lowStep = kTurn * pair.low * (1 + digit.lowOffset / 100) / kRate;
    const double highStep = kTurn * pair.high * (1 + digit.highOffset / 100) / kRate;
    const auto on = std::lrint(digit.on * kRate / 1000);
    for (long i = 0; i < on; ++i) {
        to.push_back(clipped(low * std::sin(lowStep * double(i) + digit.phase) +
                             high * std::sin(highStep * double(i) + digit.phase * 1.7)));
    }
    addSilence(to, digit.off);
}

void addDigits(Samples& to, const std::string& keys, Digit like) {
    for (const char key : keys) {
        like.key = key;
        addDigit(to, like);
    }
}

void addNoise(Samples& to, double dbm0, Random& random) {
    const double deviation = dsp::amplitudeOf(dbm0) / std::numbers::sqrt2;
    for (std::int16_t& sample : to) {
        sample = clipped(sample + deviation * random.normal());
    }
}

void addTone(Samples& to, double hertz, double dbm0, double phase) {
    const double amplitude = dsp::amplitudeOf(dbm0);
    for (std::size_t i = 0; i < to.size(); ++i) {
        to[i] = clipped(to[i] + amplitude * std::sin(kTurn * hertz * double(i) / kRate + phase));
    }
}

void addSilence(Samples& to, double milliseconds) {
    to.insert(to.end(), static_cast<std::size_t>(std::lrint(milliseconds * kRate / 1000)), 0);
}

void throughMuLaw(Samples& samples) {
    for (std::int16_t& sample : samples) {
        sample = dsp::decodeMuLaw(dsp::encodeMuLaw(sample));
    }
}

void throughALaw(Samples& samples) {
    for (std::int16_t& sample : samples) {
        sample = dsp::decodeALaw(dsp::encodeALaw(sample));
    }
}

void addHostileVowel(Samples& to, Random& random) {
    const auto count = static_cast<std::size_t>(kRate * (0.06 + 0.3 * random.uniform()));
    const double pitch = 80 * std::pow(5.0, random.uniform());
    const double glide = (random.uniform() - 0.5) * 0.3 * pitch;
    const double lower = 640 + 360 * random.uniform();
    const double upper = 1150 + 560 * random.uniform();
    Formant formants[2] = {drawFormant(random, lower, false), drawFormant(random, upper, true)};
    std::vector<double> values(count);
    double phase = 0, peak = 1e-9;
    for (std::size_t i = 0; i < count; ++i) {
        const double progress = double(i) / double(count);
        phase += (pitch + glide * progress) / kRate;
        const double pulse = phase >= 1 ? 1 : 0;
        phase -= pulse;
        const double excitation = pulse + 0.01 * random.normal();
        values[i] = formants[0].next(excitation, progress) + formants[1].next(excitation, progress);
        peak = std::max(peak, std::fabs(values[i]));
    }
    const double amplitude = 3000 + 12000 * random.uniform();
    for (const double value : values) {
        to.push_back(clipped(amplitude * value / peak));
    }
    addSilence(to, 50 * random.uniform());
}

namespace {

std::uint32_t littleEndian(const std::string& bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return value;
}

bool telephoneFormat(const std::string& wav, std::size_t at) {
    return littleEndian(wav, at, 2) == 1 && littleEndian(wav, at + 2, 2) == 1 &&
           littleEndian(wav, at + 4, 4) == dsp::kSampleRate && littleEndian(wav, at + 14, 2) == 16;
}

}  // namespace

Samples readWav(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string wav{std::istreambuf_iterator<char>(file), {}};
    bool known = false;
    for (std::size_t at = 12; at + 8 <= wav.size();) {
        const std::size_t size =
            std::min<std::size_t>(littleEndian(wav, at + 4, 4), wav.size() - at - 8);
        if (wav.compare(at, 4, "fmt ") == 0 && size >= 16) {
            known = telephoneFormat(wav, at + 8);
        }
        if (wav.compare(at, 4, "data") == 0 && known) {
            Samples samples(size / 2);
            std::memcpy(samples.data(), wav.data() + at + 8, samples.size() * 2);
            return samples;
        }
        at += 8 + size + (size & 1);
    }
    return {};
}

}  // namespace tipring::test
