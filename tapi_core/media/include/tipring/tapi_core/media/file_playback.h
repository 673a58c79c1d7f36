// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "tipring/hal/base/result.h"

namespace tipring::media {

/// A sound file as 16-bit samples, 8000 per second, mono: any format, rate and number of channels
/// that libsndfile reads. Channels are averaged, the rate is converted.
///
/// The file is read in blocks of 1024 frames, so memory does not grow with it. read() blocks as
/// long as a local disk takes; a file on a network share may stall its caller.
/// Thread: one at a time.
class FilePlayback {
public:
    /// NODEVICE: no such file. OPERATIONFAILED: not a sound file; the cause says what it is.
    static hal::Result<FilePlayback> open(const std::string& path);
    FilePlayback(FilePlayback&&) noexcept;
    FilePlayback& operator=(FilePlayback&&) noexcept;
    ~FilePlayback();

    /// Fills `samples` and returns how many were written: fewer only at the end of the file.
    hal::Result<std::size_t> read(std::span<std::int16_t> samples);

    /// How much of the file was read so far.
    [[nodiscard]] double seconds() const;
    /// At the end: the header promised more than there was.
    [[nodiscard]] bool truncated() const;

private:
    struct Impl;
    explicit FilePlayback(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::media
