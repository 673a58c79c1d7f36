// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tipring::dsp {

/// What has come in on one channel of a bank.
struct ChannelSamples {
    std::size_t channel = 0;
    std::span<const std::int16_t> samples;
};

}  // namespace tipring::dsp
