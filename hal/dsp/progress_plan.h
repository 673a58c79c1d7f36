// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tipring/hal/dsp/call_progress.h"
#include "tone_frame.h"

namespace tipring::dsp {

/// A country's tones, made ready for listening: which frequencies, which sounds made of them, and
/// for each tone the sounds that follow each other.
class ProgressPlan {
public:
    static constexpr std::size_t kHop = 160;
    static constexpr std::size_t kMostSteps = TonePattern::kMost;
    static constexpr std::uint8_t kSilence = 0;
    static constexpr std::uint8_t kOther = 255;

    /// A frequency, seen through two bins of the frame, half a bin below and above it.
    struct Probe {
        float hertz = 0;
        float tolerance = 0;  ///< Hz
    };
    /// What is heard at once; its number is its place plus one.
    struct Sound {
        std::array<std::uint8_t, ToneStep::kMost> probes{};
        std::array<float, ToneStep::kMost> perHertz{};  ///< 1 / Hz that each may be off
        std::uint8_t count = 0;
        bool modulated = false;
        bool single = false;    ///< one tone of the country has it, and no other
        float steadyAfter = 0;  ///< samples after which it is no step of a cadence any more
    };
    struct Step {
        std::uint8_t sound = kSilence;
        float least = 0, most = 0;  ///< samples
        bool endless = false;
        [[nodiscard]] bool operator==(const Step&) const = default;
    };
    /// One tone: the steps that repeat while it lasts.
    struct Row {
        ToneKind kind = ToneKind::Dial;
        std::uint32_t same = 0;  ///< kinds with these very steps, as far as frames can show
        std::array<Step, kMostSteps> steps{};
        std::uint8_t count = 0;
        bool byFrequency = false;
        /// That is a fact that speaks for it: not where it goes on with another frequency, since
        /// speech has one for a moment, but hardly two as long as they have to be.
        bool frequencyCounts = false;
        /// Three sounds or more, one after the other: even if the beginning of the first was
        /// missed, the others say which tone it is.
        bool melody = false;
        float period = 0;  ///< samples, of a burst that comes again so rarely that a call goes on
    };

    ProgressPlan(const CountryTones& country, const ProgressSettings& settings);

    std::vector<Probe> probes;
    std::vector<Sound> sounds;
    std::vector<Row> rows;
    FrameTable table;
    ProgressSettings settings;
    float floor;    ///< squared amplitude of one frequency
    float silence;  ///< mean square below which there is no tone

private:
    [[nodiscard]] static std::vector<Probe> probesOf(const CountryTones& country, float tolerance);
    [[nodiscard]] std::vector<double> bins() const;
    [[nodiscard]] std::uint8_t probeOf(float hertz) const;
    std::uint8_t soundOf(const ToneStep& step);
    void addRow(const CountryTone& tone);
    void compare();
};

}  // namespace tipring::dsp
