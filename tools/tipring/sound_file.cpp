// SPDX-License-Identifier: Apache-2.0
#include "sound_file.h"

#include <fmt/format.h>
#include <sndfile.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <memory>
#include <numbers>
#include <system_error>

namespace tipring::tools {
namespace {

using hal::ErrorCode;

constexpr int kRate = 8000;
constexpr double kTau = 2.0 * std::numbers::pi;

struct CloseSound {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundHandle = std::unique_ptr<SNDFILE, CloseSound>;

double decibel(double value) {
    return value > 1e-6 ? 20.0 * std::log10(value) : -120.0;
}

/// A two-pole resonator: one formant of a vocal tract.
class Formant {
public:
    void tune(double hertz, double bandwidth) {
        const double radius = std::exp(-std::numbers::pi * bandwidth / kRate);
        a1_ = 2.0 * radius * std::cos(kTau * hertz / kRate);
        a2_ = -radius * radius;
        gain_ = 1.0 - radius;
    }
    double operator()(double input) {
        const double output = gain_ * input + a1_ * y1_ + a2_ * y2_;
        y2_ = y1_;
        y1_ = output;
        return output;
    }

private:
    double a1_ = 0, a2_ = 0, gain_ = 0, y1_ = 0, y2_ = 0;
};

// First two formants of a, e, i, o, u (Hz) and a turn through them that sounds like talk.
constexpr std::array<std::array<double, 2>, 5> kVowels{
    {{730, 1090}, {530, 1840}, {300, 2250}, {500, 900}, {330, 850}}};
constexpr std::array<std::size_t, 11> kTurn{0, 2, 1, 3, 4, 0, 1, 4, 2, 3, 0};
constexpr int kSyllable = kRate * 180 / 1000;
constexpr std::size_t kPhrase = 9;  // syllables, the last two silent: a breath

}  // namespace

hal::Result<SoundFacts> measureSound(const std::string& path) {
    if (::access(path.c_str(), R_OK) != 0) {
        return hal::failSystem(fmt::format("cannot read {}", path), errno);
    }
    SF_INFO info{};
    SoundHandle file(sf_open(path.c_str(), SFM_READ, &info));
    if (!file || info.samplerate <= 0 || info.channels <= 0) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("{} is not a sound file that can be read ({})", path,
                                     sf_strerror(file.get())));
    }
    std::vector<float> block(static_cast<std::size_t>(4096 * info.channels));
    double peak = 0, energy = 0;
    std::int64_t frames = 0;
    for (sf_count_t got = 0; (got = sf_readf_float(file.get(), block.data(), 4096)) > 0;
         frames += got) {
        const auto count = static_cast<std::size_t>(got * info.channels);
        for (std::size_t i = 0; i < count; ++i) {
            peak = std::max(peak, std::abs(static_cast<double>(block[i])));
            energy += static_cast<double>(block[i]) * block[i];
        }
    }
    SoundFacts facts;
    facts.length = std::chrono::milliseconds(frames * 1000 / info.samplerate);
    facts.peakDbfs = decibel(peak);
    facts.meanDbfs = frames == 0
                         ? -120.0
                         : decibel(std::sqrt(energy / static_cast<double>(frames * info.channels)));
    return facts;
}

std::string soundText(const SoundFacts& facts) {
    const double seconds = static_cast<double>(facts.length.count()) / 1000.0;
    return facts.peakDbfs <= -80.0 ? fmt::format("{:.1f} s, silent", seconds)
                                   : fmt::format("{:.1f} s, loudest {:.0f} dB below full scale",
                                                 seconds, std::max(0.0, -facts.peakDbfs));
}

hal::Result<void> writeSound(const std::string& path, const std::vector<std::int16_t>& samples) {
    SF_INFO info{};
    info.samplerate = kRate;
    info.channels = 1;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    SoundHandle file(sf_open(path.c_str(), SFM_WRITE, &info));
    if (!file) {
        return hal::fail(ErrorCode::OperationFailed,
                         fmt::format("cannot write {}: {}", path, sf_strerror(nullptr)));
    }
    const auto count = static_cast<sf_count_t>(samples.size());
    if (sf_write_short(file.get(), samples.data(), count) != count) {
        return hal::fail(ErrorCode::OperationFailed,
                         fmt::format("cannot write {}: {}", path, sf_strerror(file.get())));
    }
    return {};
}

hal::Result<std::string> builtInGreeting(const std::string& folder) {
    std::string path = folder + "/greeting.wav";
    if (::access(path.c_str(), F_OK) == 0) {
        return path;
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return hal::failSystem(fmt::format("cannot make the folder {}", folder), error.value());
    }
    if (auto written = writeSound(path, makeGreeting()); !written) {
        return tl::unexpected(written.error());
    }
    return path;
}

std::vector<std::int16_t> makeGreeting() {
    constexpr std::array kNotes{392.0, 494.0, 587.0, 784.0};  // G4 B4 D5 G5
    constexpr int kNote = kRate * 350 / 1000;
    std::vector<std::int16_t> samples;
    for (const double note : kNotes) {
        for (int i = 0; i < kNote; ++i) {
            const double t = static_cast<double>(i) / kRate;
            const double fade = std::exp(-4.0 * t) * std::min(1.0, i / 80.0);
            samples.push_back(static_cast<std::int16_t>(
                9000.0 * fade * (std::sin(kTau * note * t) + 0.3 * std::sin(2 * kTau * note * t))));
        }
    }
    return samples;
}

std::vector<std::int16_t> makeVoice(std::chrono::milliseconds length) {
    const auto total = static_cast<std::size_t>(length.count()) * kRate / 1000;
    std::vector<double> wave(total);
    Formant first, second;
    double phase = 0;
    for (std::size_t i = 0; i < total; ++i) {
        const std::size_t syllable = i / kSyllable;
        const double inside = static_cast<double>(i % kSyllable) / kSyllable;
        if (i % kSyllable == 0) {
            const auto& vowel = kVowels[kTurn[syllable % kTurn.size()]];
            first.tune(vowel[0], 80);
            second.tune(vowel[1], 120);
        }
        const bool breath = syllable % kPhrase >= kPhrase - 2;
        const double loudness = breath ? 0.0 : std::sin(std::numbers::pi * inside);
        // Pitch falls through a phrase, as in a statement.
        const double pitch = 150.0 - 5.0 * static_cast<double>(syllable % kPhrase);
        phase += pitch / kRate;
        phase -= std::floor(phase);
        const double throat = loudness * (2.0 * phase - 1.0);
        wave[i] = first(throat) + 0.6 * second(throat);
    }
    double peak = 1e-9;
    for (const double value : wave) {
        peak = std::max(peak, std::abs(value));
    }
    std::vector<std::int16_t> samples(total);
    for (std::size_t i = 0; i < total; ++i) {
        samples[i] = static_cast<std::int16_t>(wave[i] / peak * 12000.0);
    }
    return samples;
}

}  // namespace tipring::tools
