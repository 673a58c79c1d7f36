// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/result.h"

namespace tipring::media {

/// A WAV file being recorded: 16-bit, 8 kHz, mono (RIFF, Microsoft "Multimedia Programming
/// Interface and Data Specifications 1.0"). Its header is true again at least after each second of
/// sound, so that a process that is killed leaves a file that plays.
/// Thread: one at a time. write() blocks as long as a local disk takes.
class FileRecording {
public:
    /// Never overwrites: INUSE where the file exists.
    static hal::Result<FileRecording> create(const std::string& path);
    FileRecording(FileRecording&&) noexcept = default;
    FileRecording& operator=(FileRecording&&) = delete;
    ~FileRecording();

    /// After a failure (a full disk) nothing more is written; what was written before plays.
    hal::Result<void> write(std::span<const std::int16_t> samples);
    /// Makes the header true and closes the file. Done by the destructor, too.
    hal::Result<void> close();

    [[nodiscard]] const std::string& path() const { return path_; }
    /// Samples in the file.
    [[nodiscard]] std::uint64_t samples() const { return dataBytes_ / 2; }

private:
    FileRecording(std::string path, hal::FileDescriptor file);
    hal::Result<void> append(std::span<const std::byte> bytes);
    hal::Result<void> updateHeader();
    hal::Error failure(const char* what, int errnoValue) const;

    std::string path_;
    hal::FileDescriptor file_;
    std::uint64_t dataBytes_ = 0;
    std::uint64_t bytesInHeader_ = 0;
    bool failed_ = false;
};

}  // namespace tipring::media
