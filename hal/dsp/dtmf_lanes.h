// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dtmf_limits.h"
#include "lanes.h"
#include "tone_frame.h"

namespace tipring::dsp {

/// Frames in a row that may be one digit, of some channels.
template <std::size_t kLanes>
struct alignas(kLanes * sizeof(float)) DtmfRuns {
    using Floats = typename Lanes<kLanes>::Floats;
    using Wholes = typename Lanes<kLanes>::Wholes;
    using Counts = typename Lanes<kLanes>::Counts;
    static constexpr unsigned kPrints = 8;  ///< a digit is judged by the newest ones

    /// One frame, reduced to the two frequencies.
    struct alignas(kLanes * sizeof(float)) Print {
        Floats low, high, meanSquare;
        Floats turns[4];  ///< since the frame before: low, high
    };

    Wholes alive, accepted;
    Wholes pure;         ///< what it has is pure enough to be a digit
    Wholes low, high;    ///< 0 to 3, of their groups
    Wholes frames;       ///< with the tones
    Wholes misses;       ///< frames without the tones since the newest with them
    Counts first, last;  ///< numbers of the first and the newest frame with them
    // Powers of the frames where the tone begins and where it ends.
    Floats beforeFirst, firstPower, secondPower;
    Floats beforeLast, lastPower, afterLast;
    Floats lastLow, lastHigh;
    Floats loudest;
    Floats lowGain, highGain;  ///< what the window loses of frequencies off their middle
    Floats lowSum, highSum;    ///< of the powers of the frames that the tone fills
    Wholes inner;              ///< how many those are
    Floats phasors[4];         ///< of the newest frame: low, high
    /// Of frame n at n modulo their number: until a digit is accepted, its frames follow each
    /// other.
    Print prints[kPrints];

    /// So many frames before the newest one.
    [[nodiscard]] TIPRING_KERNEL const Print& print(unsigned newest, unsigned back) const {
        return prints[(newest - back) % kPrints];
    }
};

/// Channels side by side. Each has a clock of its own. Nothing but vectors.
template <std::size_t kLanes>
struct alignas(kLanes * sizeof(float)) DtmfGroup {
    typename Lanes<kLanes>::Counts number;   ///< of the next frame
    typename Lanes<kLanes>::Counts rounds;   ///< how often that went through all 32 bits
    typename Lanes<kLanes>::Floats past[8];  ///< powers of the frame before
    DtmfRuns<kLanes> current, challenger;
};

/// The frames that come next. Bit n: channel n.
template <std::size_t kLanes>
struct DtmfSight {
    std::array<const FrameSums*, kLanes> sums;  ///< each of them can be read
    unsigned due = 0;                           ///< channels that have one
    unsigned loud = 0;                          ///< what FrameJob::loud says
};

/// What cannot be done for all channels together. Bit n: channel n.
struct DtmfNews {
    unsigned accept = 0;   ///< the current run is a digit if it is long enough
    unsigned special = 0;  ///< those, digits that are over, and challengers that take over
};

/// The work that needs no look at one of the channels. What comes of it does not hang on how many
/// stand side by side.
template <std::size_t kLanes>
struct DtmfKernels {
    DtmfNews (*step)(DtmfGroup<kLanes>& group, const DtmfSight<kLanes>& sight,
                     const DtmfLimits& limits);
    /// Sets what DtmfRuns::pure says, and the gains, of the channels whose bits are set; their
    /// newest frame is at `newest` of the prints.
    void (*judge)(DtmfRuns<kLanes>& runs, unsigned channels, const DtmfLimits& limits,
                  unsigned newest);
};
extern const DtmfKernels<1> kDtmfKernels1;
#if defined(__x86_64__)
extern const DtmfKernels<8> kDtmfKernels8;    ///< where hasAvx2() is true
extern const DtmfKernels<16> kDtmfKernels16;  ///< where hasAvx512() is true
#endif

}  // namespace tipring::dsp
