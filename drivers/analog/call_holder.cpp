// SPDX-License-Identifier: Apache-2.0
#include "call_holder.h"

#include <utility>

namespace tipring::analog {

hal::Result<void> CallHolder::swapHold(AnalogCall&, tspi::Request&&, AnalogCall&) {
    return hal::fail(hal::ErrorCode::OperationUnavail, "the line has one call at a time");
}

void CallHolder::interrupted(bool on, const char* cause) {
    if (live()) {
        call_->media.setInterrupted(on, cause);
    }
}

hal::Result<void> CallHolder::generateTone(AnalogCall& call, std::uint32_t endToEndId,
                                           std::uint32_t mode, std::uint32_t duration,
                                           std::span<const TspiGenerateTone> tones) {
    if (&call != call_) {
        return hal::fail(hal::ErrorCode::InvalCallState, "the call is over");
    }
    if (mode == 0) {
        tones_.stop();
        generated(LINEGENERATETERM_CANCEL);
        return {};
    }
    if (generating_) {
        generated(LINEGENERATETERM_CANCEL);
    }
    if (auto started = tones_.start(profile_, mode, duration, tones); !started) {
        return started;
    }
    generation_ = endToEndId;
    generating_ = true;
    interrupted(true, "a tone is sent");
    return {};
}

void CallHolder::generated(std::uint32_t how) {
    if (std::exchange(generating_, false) && live()) {
        interrupted(false, nullptr);
        events_.generated(call_->handle, how, generation_);
    }
}

AnalogCall& CallHolder::addCall(std::uint32_t origin) {
    calls_.push_back(std::make_unique<AnalogCall>(*this, events_, origin));
    return *calls_.back();
}

AnalogCall& CallHolder::newCall(std::uint32_t origin) {
    call_ = &addCall(origin);
    generating_ = false;
    return *call_;
}

AnalogCall* CallHolder::announce(std::uint32_t origin, bool waits) {
    AnalogCall& call = waits ? addCall(origin) : newCall(origin);
    call.handle = events_.newCall(call);
    if (call.handle == nullptr) {
        call_ = waits ? call_ : nullptr;
        calls_.pop_back();
        return nullptr;
    }
    call.announced = true;
    return &call;
}

void CallHolder::endCall(std::uint32_t mode, std::string_view cause) {
    if (!live()) {
        return;
    }
    tones_.stop();
    generated(LINEGENERATETERM_CANCEL);
    call_->media.callEnded(std::string(cause).c_str());
    call_->making.succeed();
    call_->announced = true;
    call_->enter(LINECALLSTATE_DISCONNECTED, mode, cause);
}

void CallHolder::idleCall() {
    if (live()) {
        call_->dropping.succeed();
        std::exchange(call_, nullptr)->enter(LINECALLSTATE_IDLE, 0, {});
    }
}

void CallHolder::endAside(AnalogCall& call, std::uint32_t mode, std::string_view cause) {
    call.media.callEnded(std::string(cause).c_str());
    call.enter(LINECALLSTATE_DISCONNECTED, mode, cause);
    call.dropping.succeed();
    call.enter(LINECALLSTATE_IDLE, 0, {});
}

bool CallHolder::forget(AnalogCall& call) {
    call.announced = false;
    call.failRequests({hal::ErrorCode::InvalCallHandle, "the call was closed"});
    const bool was = &call == call_;
    call.media.callEnded("the call was closed");
    if (was) {
        tones_.stop();
        generating_ = false;
        call_ = nullptr;
    }
    std::erase_if(calls_, [&](const auto& other) { return other.get() == &call; });
    return was;
}

void CallHolder::abandonCalls(const hal::Error& why) {
    events_ = {};
    call_ = nullptr;
    for (const auto& call : calls_) {
        call->announced = false;
        call->failRequests(why);
    }
}

void CallHolder::pump(std::uint64_t position, std::span<const std::int16_t> heard,
                      std::span<std::int16_t> spoken) {
    if (live()) {
        call_->media.pump(position, heard, spoken);
    }
    if (tones_.mix(spoken)) {
        generated(LINEGENERATETERM_DONE);
    }
}

}  // namespace tipring::analog
