// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "speech.h"

namespace tipring::test {

/// The impulse response of a telephone hybrid in the shape of ITU-T G.168's models: a flat delay, a
/// few milliseconds of decaying oscillation in the voice band, and an echo return loss.
struct HybridShape {
    std::size_t delay;   ///< samples
    std::size_t length;  ///< samples of what follows
    double lossDb;       ///< of white noise
    unsigned seed;
};
std::vector<double> hybridResponse(const HybridShape& shape);

/// What comes back of `sent` over the hybrid.
Sound echoOf(std::span<const std::int16_t> sent, const std::vector<double>& response);

/// The composite source signal's shape (ITU-T P.501): voiced sound 50 ms, noise 200 ms, pause 100
/// ms, at a mean level while sounding.
Sound compositeSignal(double seconds, double dbm0, unsigned seed);

/// Mean level of a part, dBm0.
double levelOf(std::span<const std::int16_t> sound);

}  // namespace tipring::test
