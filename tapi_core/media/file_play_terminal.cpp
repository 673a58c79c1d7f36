// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "tipring/tapi_core/media/file_terminals.h"

namespace tipring::media {

hal::Result<std::unique_ptr<FilePlayTerminal>> FilePlayTerminal::open(
    std::vector<std::string> paths) {
    if (paths.empty()) {
        return hal::fail(hal::ErrorCode::InvalParam, "there is no file to play");
    }
    auto first = FilePlayback::open(paths.front());
    if (!first) {
        return tl::unexpected(std::move(first.error()));
    }
    return std::unique_ptr<FilePlayTerminal>(
        new FilePlayTerminal(std::move(paths), std::move(*first)));
}

FilePlayTerminal::FilePlayTerminal(std::vector<std::string> paths, FilePlayback first)
    : Terminal("file playback", TerminalClass::Dynamic, TerminalDirection::Capture),
      paths_(std::move(paths)),
      file_(std::move(first)) {}

/// Once played, it can be started again: from the first file.
hal::Result<void> FilePlayTerminal::onStart() {
    if (file_) {
        return {};
    }
    auto first = FilePlayback::open(paths_.front());
    if (!first) {
        return tl::unexpected(std::move(first.error()));
    }
    file_ = std::move(*first);
    current_ = 0;
    trouble_.clear();
    return {};
}

hal::Result<void> FilePlayTerminal::onStop() {
    file_.reset();
    return {};
}

std::size_t FilePlayTerminal::onCapture(std::span<std::int16_t> samples) {
    std::size_t done = 0;
    while (done < samples.size() && file_) {
        auto count = file_->read(samples.subspan(done));
        if (!count) {
            finish(TerminalCause::ReadError, count.error().text());
            return done;
        }
        done += *count;
        if (done < samples.size()) {
            endOfOne();
        }
    }
    return done;
}

void FilePlayTerminal::endOfOne() {
    const auto add = [this](const std::string& text) {
        trouble_ += (trouble_.empty() ? "" : "; ") + text;
    };
    if (file_->truncated()) {
        add(fmt::format("{} is cut off after {:.1f} s", path(), file_->seconds()));
    }
    while (current_ + 1 < paths_.size()) {
        auto next = FilePlayback::open(paths_[++current_]);
        if (next) {
            file_ = std::move(*next);
            note(path());
            return;
        }
        add(next.error().text());
    }
    finish(TerminalCause::EndOfFile, std::exchange(trouble_, {}));
}

}  // namespace tipring::media
