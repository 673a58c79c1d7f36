// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tone_frame.h"

namespace tipring::dsp {

// FrameFunctions; which of them a processor can run, the caller has to ask it.
bool frameSse2(const FrameTable& table, const std::int16_t* before, const std::int16_t* now,
               float floor, FrameSums& sums);
bool frameAvx2(const FrameTable& table, const std::int16_t* before, const std::int16_t* now,
               float floor, FrameSums& sums);
bool frameAvx512(const FrameTable& table, const std::int16_t* before, const std::int16_t* now,
                 float floor, FrameSums& sums);

}  // namespace tipring::dsp
