// SPDX-License-Identifier: Apache-2.0
#include "media_tap.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace tipring::analog {

class MediaTap::Stream final : public tspi::MediaStream {
public:
    Stream(MediaTap& tap, const tspi::Call& call, const tspi::MediaEvents& events)
        : tap_(&tap), call_(&call), events_(events) {}
    ~Stream() override {
        if (tap_ != nullptr) {
            std::erase(tap_->streams_, this);
        }
    }
    [[nodiscard]] bool isOf(const tspi::Call* call) const { return call_ == call; }

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

    /// Its call is the active one again: what the port had for another call is no gap.
    void resume(std::uint64_t position) {
        if (origin_) {
            *origin_ += position - next_;
        }
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
    void end(const char* cause) {
        silent_ = true;
        tap_ = nullptr;
        if (const auto running = std::exchange(directions_, 0U); running != 0) {
            events_.event(TSPI_MEDIAEVENT_ENDED, running, cause);
        }
    }
    void orphan() { tap_ = nullptr; }

private:
    MediaTap* tap_;
    const tspi::Call* call_;  ///< compared only
    tspi::MediaEvents events_;
    std::uint32_t directions_ = 0;
    bool silent_ = false;
    std::optional<std::uint64_t> origin_;  ///< of the received samples
    std::uint64_t next_ = 0;               ///< position of the port
    std::uint64_t sent_ = 0;
};

MediaTap::~MediaTap() {
    for (Stream* stream : streams_) {
        stream->orphan();
    }
}

void MediaTap::describe(TspiMediaCaps& caps) {
    caps.directions = TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD;
    caps.fullDuplex = 1;
    caps.deviceRate = 8000;
    caps.bits = 16;
}

MediaTap::Stream* MediaTap::find(const tspi::Call* call) const {
    const auto found = std::find_if(streams_.begin(), streams_.end(),
                                    [call](const Stream* stream) { return stream->isOf(call); });
    return found != streams_.end() ? *found : nullptr;
}

hal::Result<std::unique_ptr<tspi::MediaStream>> MediaTap::open(const tspi::Call& call,
                                                               const tspi::MediaEvents& events,
                                                               TspiMediaCaps& caps) {
    if (find(&call) != nullptr) {
        return hal::fail(hal::ErrorCode::InUse, "the call has a stream already");
    }
    auto stream = std::make_unique<Stream>(*this, call, events);
    streams_.push_back(stream.get());
    describe(caps);
    return stream;
}

void MediaTap::pump(const tspi::Call* active, std::uint64_t position,
                    std::span<const std::int16_t> heard, std::span<std::int16_t> spoken) {
    if (Stream* stream = find(active); stream != nullptr) {
        if (std::exchange(running_, active) != active) {
            stream->resume(position);
        }
        stream->pump(position, heard, spoken);
    }
}

void MediaTap::callEnded(const tspi::Call* call, const char* cause) {
    const auto ends = [call](const Stream* stream) {
        return call == nullptr || stream->isOf(call);
    };
    // One at a time: whoever hears of an end may close another.
    for (auto at = streams_.begin();
         (at = std::find_if(streams_.begin(), streams_.end(), ends)) != streams_.end();) {
        Stream* stream = *at;
        streams_.erase(at);
        stream->end(cause);
    }
}

}  // namespace tipring::analog
