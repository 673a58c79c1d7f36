// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/hal/dsp/resampler.h"

// NOLINTNEXTLINE: libsndfile's own name for its handle
struct sf_private_tag;

namespace tipring::sim {

struct SoundFileCloser {
    void operator()(sf_private_tag* file) const noexcept;
};
using SoundFileHandle = std::unique_ptr<sf_private_tag, SoundFileCloser>;

/// Reads a sound file as 8 kHz mono, block by block.
class SoundReader {
public:
    static hal::Result<SoundReader> open(const std::string& path);
    /// Fills as much as there is left; less than asked means the end.
    std::size_t read(std::span<std::int16_t> samples);

private:
    SoundReader(SoundFileHandle file, int channels, int rate);

    SoundFileHandle file_;
    std::size_t channels_;
    dsp::Resampler resampler_;
    std::vector<std::int16_t> frames_;  ///< interleaved, as read
    std::vector<std::int16_t> mono_;
    std::size_t from_ = 0, to_ = 0;  ///< unread part of mono_
    std::size_t tail_;               ///< silence to push after the end, for the filter's delay
};

/// Writes 16-bit 8 kHz WAV, mono or stereo; the header is put right once a second.
class SoundWriter {
public:
    static hal::Result<SoundWriter> create(const std::string& path, int channels = 1);
    /// Of stereo: left, right, left ...
    void write(std::span<const std::int16_t> samples);

private:
    explicit SoundWriter(SoundFileHandle file) : file_(std::move(file)) {}

    SoundFileHandle file_;
    std::size_t sinceUpdate_ = 0;
};

}  // namespace tipring::sim
