// SPDX-License-Identifier: Apache-2.0
#include "call_media.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tipring::core {
namespace {

/// A gap longer than this is a device's mistake, not lost sound.
constexpr std::uint64_t kMaxGap = 60 * 8000;

std::shared_ptr<CallMedia> find(HTAPIMEDIA stream, const char* routine) {
    auto found = CallMedia::handles().find(stream);
    if (!found) {
        const auto owner = DeadHandles::instance().find(DeadHandles::Kind::Stream, stream);
        if (!owner.source.provider.empty()) {
            owner.source.report(ContractRule::StaleStream, routine, owner.line,
                                "the stream was closed");
        } else if (const ProviderQueue* caller = ProviderScope::current()) {
            caller->source().report(ContractRule::StaleStream, routine, "",
                                    "nobody gave this stream");
        } else {
            ContractChecker::reportUnknown(ContractRule::StaleStream, routine,
                                           "nobody gave this stream");
        }
    }
    return found;
}

}  // namespace

HandleTable<CallMedia, HTAPIMEDIA>& CallMedia::handles() {
    static HandleTable<CallMedia, HTAPIMEDIA> handles;
    return handles;
}

const TspiMediaCallbacks& CallMedia::callbacks() {
    static const TspiMediaCallbacks callbacks{sizeof(TspiMediaCallbacks), &onReceive, &onSend,
                                              &onEvent};
    return callbacks;
}

void CallMedia::setPlayback(std::optional<media::FilePlayback> playback) {
    const std::lock_guard lock(mutex_);
    playback_ = std::move(playback);
    playbackEnded_ = false;
}

void CallMedia::setRecording(std::optional<media::FileRecording> recording) {
    const std::lock_guard lock(mutex_);
    recording_.reset();
    if (recording) {
        recording_.emplace(std::move(*recording));
    }
    recordingEnded_ = false;
    expected_ = 0;
}

hal::Result<void> CallMedia::finishRecording() {
    const std::lock_guard lock(mutex_);
    if (!recording_) {
        return {};
    }
    auto closed = recording_->close();
    recording_.reset();
    return closed;
}

void CallMedia::onReceive(HTAPIMEDIA stream, std::uint64_t position, const std::int16_t* samples,
                          std::size_t count) {
    const auto self = find(stream, "the receive routine");
    if (!self) {
        return;
    }
    const std::lock_guard lock(self->mutex_);
    if (!self->recording_ || self->recordingEnded_) {
        return;
    }
    auto written = self->writeGap(position);
    if (written) {
        written = self->recording_->write({samples, count});
    }
    self->expected_ = position + count;
    if (!written) {
        self->recordingEnded_ = true;
        self->notice(kWriteError, 0, written.error().text());
    }
}

/// Lost samples become silence, so that the recording keeps its time.
hal::Result<void> CallMedia::writeGap(std::uint64_t position) {
    static constexpr std::array<std::int16_t, 800> kSilence{};
    std::uint64_t missing = position > expected_ ? std::min(position - expected_, kMaxGap) : 0;
    while (missing > 0) {
        const std::size_t count = std::min<std::uint64_t>(missing, kSilence.size());
        if (auto written = recording_->write({kSilence.data(), count}); !written) {
            return written;
        }
        missing -= count;
    }
    return {};
}

std::size_t CallMedia::onSend(HTAPIMEDIA stream, std::uint64_t, std::int16_t* samples,
                              std::size_t capacity) {
    const auto self = find(stream, "the send routine");
    if (!self) {
        return 0;
    }
    const std::lock_guard lock(self->mutex_);
    if (!self->playback_ || self->playbackEnded_) {
        return 0;
    }
    auto read = self->playback_->read({samples, capacity});
    if (read && *read == capacity) {
        return capacity;
    }
    self->playbackEnded_ = true;
    self->notice(read ? kEndOfFile : kReadError, 0, read ? std::string() : read.error().text());
    return read ? *read : 0;
}

void CallMedia::onEvent(HTAPIMEDIA stream, std::uint32_t event, std::uintptr_t parameter,
                        const char* cause) {
    if (const auto self = find(stream, "the media event routine")) {
        self->notice(event, parameter, cause == nullptr ? "" : cause);
    }
}

void CallMedia::notice(std::uint32_t event, std::uintptr_t parameter, std::string text) {
    ProviderItem item;
    item.kind = ProviderItem::Kind::MediaNotice;
    item.number = event;
    item.p1 = reinterpret_cast<std::uintptr_t>(handle);
    item.p2 = parameter;
    item.setText(std::move(text));
    queue_->push(std::move(item));
}

}  // namespace tipring::core
