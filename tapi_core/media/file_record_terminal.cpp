// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "sound_writer.h"
#include "tipring/tapi_core/media/file_terminals.h"

namespace tipring::media {
namespace {

constexpr double kRate = 8000;

std::string unfinished(const std::string& path) {
    return path + ".part";
}

/// Never over another file, which may have come meanwhile.
hal::Result<void> giveName(const std::string& path) {
    const std::string part = unfinished(path);
    int result = ::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE);
    if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
        // A file system that cannot do that: link() does not replace either.
        result = ::link(part.c_str(), path.c_str());
        if (result == 0) {
            ::unlink(part.c_str());
        }
    }
    if (result == 0) {
        return {};
    }
    return hal::failSystem(fmt::format("the recording stays in {}: cannot call it {}", part, path),
                           errno);
}

}  // namespace

SoundFormat soundFormatOf(std::string_view path) noexcept {
    struct Ending {
        std::string_view text;
        SoundFormat format;
    };
    constexpr Ending kEndings[] = {{".flac", SoundFormat::Flac},
                                   {".opus", SoundFormat::Opus},
                                   {".ogg", SoundFormat::Opus},
                                   {".oga", SoundFormat::Opus}};
    for (const Ending& ending : kEndings) {
        if (path.ends_with(ending.text)) {
            return ending.format;
        }
    }
    return SoundFormat::Wav;
}

hal::Result<std::unique_ptr<FileRecordTerminal>> FileRecordTerminal::create(
    const std::string& path, std::optional<SoundFormat> format) {
    if (::access(path.c_str(), F_OK) == 0) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("{} exists; a recording never overwrites a file", path));
    }
    auto writer = SoundWriter::create(unfinished(path), format.value_or(soundFormatOf(path)));
    if (!writer) {
        return tl::unexpected(std::move(writer.error()));
    }
    return std::unique_ptr<FileRecordTerminal>(new FileRecordTerminal(path, std::move(*writer)));
}

FileRecordTerminal::FileRecordTerminal(std::string path, std::unique_ptr<SoundWriter> writer)
    : Terminal("file recording", TerminalClass::Dynamic, TerminalDirection::Render),
      path_(std::move(path)),
      writer_(std::move(writer)) {}

FileRecordTerminal::~FileRecordTerminal() {
    static_cast<void>(onStop());
}

void FileRecordTerminal::abandon() {
    started_ = recorded_ > 0;
}

hal::Result<void> FileRecordTerminal::onStart() {
    if (!writer_) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         fmt::format("the recording {} has ended", path_));
    }
    started_ = true;
    return {};
}

hal::Result<void> FileRecordTerminal::onStop() {
    if (!writer_) {
        return {};
    }
    if (!started_) {
        writer_.reset();
        ::unlink(unfinished(path_).c_str());
        return {};
    }
    auto closed = writer_->close();
    writer_.reset();
    auto named = giveName(path_);
    return closed ? named : closed;
}

void FileRecordTerminal::onRender(std::span<const std::int16_t> samples) {
    if (auto written = writer_->write(samples); !written) {
        finish(TerminalCause::WriteError,
               fmt::format("{}; {:.1f} s were kept", written.error().text(),
                           static_cast<double>(recorded_) / kRate));
        return;
    }
    recorded_ += samples.size();
}

}  // namespace tipring::media
