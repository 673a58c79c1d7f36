// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tipring/hal/dsp/call_progress.h"

namespace tipring::test {

/// How a network is off what its country's table says.
struct NetworkCondition {
    std::string name;
    double frequency = 1;       ///< factor
    double time = 1;            ///< factor
    double level = -15;         ///< dBm0 of each frequency
    double signalToNoise = 40;  ///< dB, of one frequency; 40: none
};

/// What a detector for a country said to one tone of the country.
struct ProgressTrial {
    std::string country;
    dsp::ToneKind sent = dsp::ToneKind::Dial;
    std::vector<dsp::ProgressEvent> heard;
    [[nodiscard]] bool right() const;    ///< the tone was told, and first
    [[nodiscard]] bool wrong() const;    ///< another was told before it
    [[nodiscard]] double delay() const;  ///< seconds from its beginning until it was told
};

struct ProgressScore {
    int sent = 0, right = 0, wrong = 0;
    double worstDelay = 0, sumOfDelays = 0;
    [[nodiscard]] double recall() const { return sent > 0 ? double(right) / sent : 0; }
    [[nodiscard]] double precision() const {
        return right + wrong > 0 ? double(right) / (right + wrong) : 0;
    }
    void add(const ProgressTrial& trial);
};

/// Half a second of silence, then the tone for as long as four rounds of it take, 25 s at most.
ProgressTrial tryTone(const dsp::CountryTones& country, const dsp::CountryTone& tone,
                      const NetworkCondition& condition, std::uint64_t seed);

/// The conditions of the sweep: as written, off in frequency and time, weak, in noise.
std::vector<NetworkCondition> networkConditions();

}  // namespace tipring::test
