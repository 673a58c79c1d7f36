// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tone_frame.h"

namespace tipring::dsp {

// FrameFunctions; which of them a processor can run, the caller has to ask it.
void frameSse2(const FrameTable& table, std::span<FrameJob> jobs, float floor);
void frameAvx2(const FrameTable& table, std::span<FrameJob> jobs, float floor);
void frameAvx512(const FrameTable& table, std::span<FrameJob> jobs, float floor);

}  // namespace tipring::dsp
