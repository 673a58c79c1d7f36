// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <vector>

#include "tipring/tapi_core/media/mixer.h"

namespace tipring::media {

/// Amplitude of one frequency in a second's worth of samples or so; whole periods for exactness.
inline double amplitudeAt(std::span<const std::int16_t> samples, double hertz) {
    double real = 0;
    double imaginary = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double angle = 2 * std::numbers::pi * hertz * double(i) / 8000;
        real += samples[i] * std::cos(angle);
        imaginary += samples[i] * std::sin(angle);
    }
    return 2 * std::hypot(real, imaginary) / double(samples.size());
}

inline double decibels(double ratio) {
    return 20 * std::log10(ratio + 1e-9);
}

/// The most by which samples are not the sine of that frequency, whatever its amplitude and phase:
/// a click shows, a slow change of either does not.
inline double roughness(std::span<const std::int16_t> samples, double hertz) {
    const double turn = 2 * std::cos(2 * std::numbers::pi * hertz / 8000);
    double most = 0;
    for (std::size_t i = 2; i < samples.size(); ++i) {
        most = std::max(most, std::abs(samples[i] - turn * samples[i - 1] + samples[i - 2]));
    }
    return most;
}

/// A line at a mixer: its device takes and gives a block at a time, on its own clock.
struct MixedLine {
    using Sound = std::function<double(std::uint64_t position)>;

    PartyId party;
    Sound sound;
    std::size_t block = 160;
    double ppm = 0;                                      ///< faster than the mixer's clock
    std::function<bool(std::uint64_t block)> lost = {};  ///< does not arrive
    bool kept = true;                                    ///< what is heard
    std::vector<std::int16_t> heard{};
    std::uint64_t position = 0;

    void turn(Mixer& mixer) {
        std::vector<std::int16_t>& samples = buffer_;
        samples.resize(block);
        for (std::size_t i = 0; i < block; ++i) {
            samples[i] = std::int16_t(std::lrint(sound ? sound(position + i) : 0));
        }
        if (!lost || !lost(position / block)) {
            mixer.receive(party, position, samples);
        }
        position += block;
        mixer.send(party, samples);
        if (kept) {
            heard.insert(heard.end(), samples.begin(), samples.end());
        }
    }
    /// Seconds at which the next block is complete.
    [[nodiscard]] double next() const {
        return double(position + block) / (8000 * (1 + ppm * 1e-6));
    }

private:
    std::vector<std::int16_t> buffer_;
};

inline MixedLine::Sound tone(double hertz, double amplitude) {
    return [=](std::uint64_t position) {
        return amplitude * std::sin(2 * std::numbers::pi * hertz * double(position) / 8000);
    };
}

/// Virtual time: all blocks of the lines and the mixer in their order; at the same time, the lines
/// come first.
class MixedLines {
public:
    explicit MixedLines(Mixer& mixer) : mixer_(mixer) {}

    MixedLine& add(MixedLine::Sound sound, const PartySettings& settings = {}) {
        const auto party = mixer_.join(settings);
        lines.push_back(std::make_unique<MixedLine>());
        lines.back()->party = party.value_or(PartyId{0xFFFFFFFF});
        lines.back()->sound = std::move(sound);
        // Since now: the device began to count with the call.
        return *lines.back();
    }
    void run(std::size_t ticks) {
        for (std::size_t i = 0; i < ticks; ++i) {
            const double end = double(++ticks_) * 0.02;
            for (const auto& line : lines) {
                while (line->next() <= end + 1e-9) {
                    line->turn(mixer_);
                }
            }
            mixer_.tick();
        }
    }
    std::vector<std::unique_ptr<MixedLine>> lines;

private:
    Mixer& mixer_;
    std::uint64_t ticks_ = 0;
};

}  // namespace tipring::media
