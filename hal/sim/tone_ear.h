// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tipring/hal/sim/exchange.h"

namespace tipring::sim {

/// The tone detector inside a simulated modem or far end: keys and single tones, in blocks of
/// 20 ms on a clean line. It is the device's own ear, simple on purpose, and not the detector of
/// the telephony core.
class ToneEar {
public:
    struct Heard {
        char keyBegan = 0;     ///< a key is down since the block before this one
        bool keyHeld = false;  ///< a key is down
        bool keyEnded = false;
        char toneBegan = 0;  ///< V.253 letter: c 1100 Hz, e 1300 Hz, a 2100 Hz, f 2225 Hz
        double rms = 0;      ///< of the block, linear
    };
    [[nodiscard]] Heard hear(HeardBlock block) noexcept;
    void reset() noexcept { *this = ToneEar{}; }

private:
    char key_ = 0;        ///< reported as down
    char candidate_ = 0;  ///< seen in the last block only
    unsigned gone_ = 0;   ///< blocks without the key that is down
    char tone_ = 0;
    unsigned toneBlocks_ = 0;
};

}  // namespace tipring::sim
