// SPDX-License-Identifier: Apache-2.0
#include "speech.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>
#include <stdexcept>

#include "tipring/hal/dsp/codec.h"
#include "tipring/hal/dsp/level_meter.h"
#include "tipring/hal/dsp/resampler.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::test {
namespace {

constexpr std::size_t kFrame = 160;
constexpr std::size_t kWavHeader = 44;

std::vector<char> outputOf(const std::string& command) {
    std::vector<char> all;
    FILE* pipe = popen(command.c_str(), "r");
    char piece[4096];
    while (pipe != nullptr) {
        const std::size_t count = fread(piece, 1, sizeof piece, pipe);
        if (count == 0) {
            break;
        }
        all.insert(all.end(), piece, piece + count);
    }
    if (pipe == nullptr || pclose(pipe) != 0 || all.size() <= kWavHeader) {
        throw std::runtime_error("no speech from: " + command);
    }
    return all;
}

double framePower(std::span<const std::int16_t> frame) {
    double sum = 0;
    for (const std::int16_t sample : frame) {
        sum += double(sample) * sample;
    }
    return sum / double(std::max<std::size_t>(frame.size(), 1));
}

double loudest(std::span<const std::int16_t> sound) {
    double most = 0;
    for (std::size_t at = 0; at + kFrame <= sound.size(); at += kFrame) {
        most = std::max(most, framePower(sound.subspan(at, kFrame)));
    }
    return most;
}

Sound trimmed(const Sound& sound) {
    const auto heard = [](std::int16_t sample) { return std::abs(int{sample}) > 300; };
    const auto first = std::find_if(sound.begin(), sound.end(), heard);
    const auto last = std::find_if(sound.rbegin(), sound.rend(), heard).base();
    return first < last ? Sound(first, last) : Sound{};
}

}  // namespace

Sound speak(const std::string& text, const std::string& voice, int wordsPerMinute, double dbm0) {
    static std::map<std::string, Sound> said;
    const std::string command = "espeak-ng --stdout -v " + voice + " -s " +
                                std::to_string(wordsPerMinute) + " \"" + text + "\" 2>/dev/null";
    Sound& sound = said[command];
    if (sound.empty()) {
        const auto bytes = outputOf(command);
        Sound raw((bytes.size() - kWavHeader) / 2);
        for (std::size_t i = 0; i < raw.size(); ++i) {
            const auto low = static_cast<unsigned char>(bytes[kWavHeader + 2 * i]);
            raw[i] = static_cast<std::int16_t>(low | bytes[kWavHeader + 2 * i + 1] << 8);
        }
        dsp::Resampler resampler{22050, dsp::kSampleRate};
        sound.resize(resampler.outputBound(raw.size()));
        sound.resize(resampler.process(raw, sound).produced);
        sound = trimmed(sound);
    }
    Sound result = sound;
    const double gain = dsp::amplitudeOf(dbm0) / std::sqrt(2 * loudest(sound));
    for (std::int16_t& sample : result) {
        sample = static_cast<std::int16_t>(std::clamp(sample * gain, -32767.0, 32767.0));
    }
    return result;
}

std::vector<bool> activeFrames(std::span<const std::int16_t> sound, std::size_t bridge) {
    const double limit = loudest(sound) / 316;
    std::vector<bool> active(sound.size() / kFrame);
    for (std::size_t i = 0; i < active.size(); ++i) {
        active[i] = limit > 0 && framePower(sound.subspan(i * kFrame, kFrame)) > limit;
    }
    std::size_t last = active.size();  // of the active ones
    for (std::size_t i = 0; i < active.size(); ++i) {
        if (active[i]) {
            if (last < i && i - last <= bridge + 1) {
                std::fill(active.begin() + std::ptrdiff_t(last), active.begin() + std::ptrdiff_t(i),
                          true);
            }
            last = i;
        }
    }
    return active;
}

Sound silence(std::size_t samples) {
    return Sound(samples);
}

Sound tone(double hertz1, double hertz2, double dbm0, std::size_t samples) {
    Sound sound(samples);
    dsp::ToneGenerator generator;
    generator.start(hertz1, hertz2, dbm0);
    generator.mix(sound);
    return sound;
}

void addNoise(Sound& sound, double dbm0, unsigned seed) {
    std::mt19937 random{seed};
    std::normal_distribution<double> noise{0, dsp::amplitudeOf(dbm0) / std::sqrt(2.0)};
    for (std::int16_t& sample : sound) {
        sample = static_cast<std::int16_t>(
            std::clamp(std::lrint(sample + noise(random)), -32768L, 32767L));
    }
}

void append(Sound& sound, std::span<const std::int16_t> more) {
    sound.insert(sound.end(), more.begin(), more.end());
}

}  // namespace tipring::test
