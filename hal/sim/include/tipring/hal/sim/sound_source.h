// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tipring::sim {

/// Something that is said, block by block: 16-bit linear, 8 kHz, mono.
class SoundSource {
public:
    virtual ~SoundSource() = default;
    /// Fills the samples, which are silence before; fewer than asked for means that it is over.
    virtual std::size_t read(std::span<std::int16_t> samples) = 0;

protected:
    SoundSource() = default;
    SoundSource(const SoundSource&) = delete;
    SoundSource& operator=(const SoundSource&) = delete;
};

}  // namespace tipring::sim
