// SPDX-License-Identifier: Apache-2.0
#include "media_tap.h"

#include <optional>
#include <utility>

namespace tipring::analog {

class MediaTap::Stream final : public tspi::MediaStream {
public:
    Stream(MediaTap& tap, const tspi::MediaEvents& events) : tap_(&tap), events_(events) {}
    ~Stream() override {
        if (tap_ != nullptr) {
            tap_->stream_ = nullptr;
        }
    }

    hal::Result<void> start(tspi::Request&& request, std::uint32_t direction) override {
        if (silent_) {
            return hal::fail(hal::ErrorCode::InvalCallState, "the call is over");
        }
        directions_ |= direction;
        if ((direction & TSPI_MEDIA_RECORD) != 0) {
            origin_.reset();
        }
        if ((direction & TSPI_MEDIA_PLAY) != 0) {
            sent_ = 0;
        }
        request.succeed();
        return {};
    }

    // What was pulled is on its way to the line already: nothing is left to be drained.
    hal::Result<void> stop(tspi::Request&& request, std::uint32_t direction,
                           std::uint32_t) override {
        directions_ &= ~direction;
        request.succeed();
        return {};
    }

    void pump(std::uint64_t position, std::span<const std::int16_t> heard,
              std::span<std::int16_t> spoken) {
        next_ = position + heard.size();
        if ((directions_ & TSPI_MEDIA_RECORD) != 0) {
            origin_ = origin_.value_or(position);
            events_.receive(position - *origin_, heard);
        }
        if ((directions_ & TSPI_MEDIA_PLAY) != 0) {
            static_cast<void>(events_.send(sent_, spoken));
            sent_ += spoken.size();
        }
    }
    void resume(std::uint64_t position) {
        if (origin_) {
            *origin_ += position - next_;
        }
    }
    void setInterrupted(bool on, const char* cause) {
        events_.event(on ? TSPI_MEDIAEVENT_INTERRUPTED : TSPI_MEDIAEVENT_RESUMED, 0, cause);
    }
    void end(const char* cause) {
        silent_ = true;
        if (const auto running = std::exchange(directions_, 0U); running != 0) {
            events_.event(TSPI_MEDIAEVENT_ENDED, running, cause);
        }
    }
    void orphan() { tap_ = nullptr; }

private:
    MediaTap* tap_;
    tspi::MediaEvents events_;
    std::uint32_t directions_ = 0;
    bool silent_ = false;
    std::optional<std::uint64_t> origin_;  ///< of the received samples
    std::uint64_t next_ = 0;               ///< position of the port
    std::uint64_t sent_ = 0;
};

MediaTap::~MediaTap() {
    if (stream_ != nullptr) {
        stream_->orphan();
    }
}

void MediaTap::describe(TspiMediaCaps& caps) {
    caps.directions = TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD;
    caps.fullDuplex = 1;
    caps.deviceRate = 8000;
    caps.bits = 16;
}

hal::Result<std::unique_ptr<tspi::MediaStream>> MediaTap::open(const tspi::MediaEvents& events,
                                                               TspiMediaCaps& caps) {
    if (stream_ != nullptr) {
        return hal::fail(hal::ErrorCode::InUse, "the call has a stream already");
    }
    auto stream = std::make_unique<Stream>(*this, events);
    stream_ = stream.get();
    if (interrupted_) {
        stream_->setInterrupted(true, "the line is used for something else");
    }
    describe(caps);
    return stream;
}

void MediaTap::pump(std::uint64_t position, std::span<const std::int16_t> heard,
                    std::span<std::int16_t> spoken) {
    if (stream_ != nullptr) {
        stream_->pump(position, heard, spoken);
    }
}

void MediaTap::resume(std::uint64_t position) {
    if (stream_ != nullptr) {
        stream_->resume(position);
    }
}

void MediaTap::setInterrupted(bool on, const char* cause) {
    if (std::exchange(interrupted_, on) != on && stream_ != nullptr) {
        stream_->setInterrupted(on, cause);
    }
}

void MediaTap::callEnded(const char* cause) {
    interrupted_ = false;
    if (stream_ != nullptr) {
        stream_->end(cause);
        std::exchange(stream_, nullptr)->orphan();
    }
}

}  // namespace tipring::analog
