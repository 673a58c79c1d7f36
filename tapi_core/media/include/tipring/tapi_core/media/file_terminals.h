// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tipring/tapi_core/media/file_playback.h"
#include "tipring/tapi_core/media/terminal.h"

namespace tipring::media {

/// Plays sound files one after the other: any format that libsndfile reads (file_playback.h).
/// Events: active with the path of each file as it begins; idle with EndOfFile after the last one,
/// ReadError when one cannot be read on. A file that was cut off, or cannot be opened any more when
/// its turn comes, is said in words. A file that is deleted while it plays is played to its end.
class FilePlayTerminal final : public Terminal {
public:
    /// The first file is opened at once, so that a wrong one is refused here (codes: FilePlayback).
    /// INVALPARAM: an empty list.
    static hal::Result<std::unique_ptr<FilePlayTerminal>> open(std::vector<std::string> paths);

    [[nodiscard]] const std::string& path() const { return paths_[current_]; }

private:
    FilePlayTerminal(std::vector<std::string> paths, FilePlayback first);
    hal::Result<void> onStart() override;
    hal::Result<void> onStop() override;
    std::size_t onCapture(std::span<std::int16_t> samples) override;
    void endOfOne();

    std::vector<std::string> paths_;
    std::size_t current_ = 0;
    std::optional<FilePlayback> file_;
    std::string trouble_;  ///< of files before, for the last event
};

enum class SoundFormat : std::uint8_t {
    Wav,   ///< 16-bit linear
    Flac,  ///< 16-bit, lossless
    Opus,  ///< in Ogg
};
/// By the end of the name: .flac, .opus, .ogg and .oga (Opus); everything else is WAV.
[[nodiscard]] SoundFormat soundFormatOf(std::string_view path) noexcept;

class SoundWriter;

/// Records into a sound file that has its name only when it is whole: until then it is `path` with
/// ".part" at its end. A process that is killed leaves that, and it plays up to the last second. A
/// full disk ends the recording with WriteError, which says how much was kept; that gets its name.
/// One that was never started leaves no file.
class FileRecordTerminal final : public Terminal {
public:
    /// INUSE where the file exists, or the unfinished one: nothing is ever overwritten.
    /// OPERATIONUNAVAIL where libsndfile cannot write the format.
    static hal::Result<std::unique_ptr<FileRecordTerminal>> create(
        const std::string& path, std::optional<SoundFormat> format = std::nullopt);
    ~FileRecordTerminal() override;

    [[nodiscard]] const std::string& path() const { return path_; }
    void abandon() override;
    /// Samples that the file has.
    [[nodiscard]] std::uint64_t recorded() const { return recorded_; }

private:
    FileRecordTerminal(std::string path, std::unique_ptr<SoundWriter> writer);
    hal::Result<void> onStart() override;
    hal::Result<void> onStop() override;
    void onRender(std::span<const std::int16_t> samples) override;

    const std::string path_;
    std::unique_ptr<SoundWriter> writer_;
    std::uint64_t recorded_ = 0;
    bool started_ = false;
};

}  // namespace tipring::media
