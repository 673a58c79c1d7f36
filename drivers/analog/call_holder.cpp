// SPDX-License-Identifier: Apache-2.0
#include "call_holder.h"

#include <algorithm>
#include <utility>

namespace tipring::analog {

hal::Result<std::unique_ptr<tspi::MediaStream>> CallHolder::openMedia(
    AnalogCall& call, const tspi::MediaEvents& events, TspiMediaCaps& caps) {
    if (silent_) {
        return hal::fail(hal::ErrorCode::OperationUnavail, "the adapter has no sound of this line");
    }
    return call.media.open(events, caps);
}

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
    if (silent_) {
        return hal::fail(hal::ErrorCode::OperationUnavail, "the adapter has no sound of this line");
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

CallGroup::All CallHolder::liveCalls() const {
    return callGroup_ != nullptr ? callGroup_->all() : CallGroup::All{call_};
}

AnalogCall& CallHolder::keepCall(std::uint32_t origin) {
    calls_.push_back(std::make_unique<AnalogCall>(*this, events_, callGroup_, origin));
    return *calls_.back();
}

AnalogCall& CallHolder::newCall(std::uint32_t origin) {
    call_ = &keepCall(origin);
    generating_ = false;
    return *call_;
}

AnalogCall* CallHolder::announce(std::uint32_t origin, bool waits) {
    AnalogCall& call = waits ? keepCall(origin) : newCall(origin);
    call.handle = events_.newCall(call);
    if (call.handle == nullptr) {
        call_ = waits ? call_ : nullptr;
        calls_.pop_back();
        return nullptr;
    }
    call.announced = true;
    return &call;
}

void CallHolder::endSound(const LineCall* call, std::string_view cause) {
    tones_.stop();
    generated(LINEGENERATETERM_CANCEL);
    for (const auto& each : calls_) {
        if (call == nullptr ? !each->is(kCallIsOver) : each.get() == call) {
            each->media.callEnded(std::string(cause).c_str());
        }
    }
}

void CallHolder::endCall(std::uint32_t mode, std::string_view cause) {
    if (!live()) {
        return;
    }
    endSound(nullptr, cause);
    for (LineCall* call : liveCalls()) {
        if (call != nullptr && !call->is(kCallIsOver)) {
            call->making.succeed();
            call->announced = true;
            call->enter(LINECALLSTATE_DISCONNECTED, mode, cause);
        }
    }
}

void CallHolder::idleCall() {
    const CallGroup::All all = callGroup_ != nullptr ? callGroup_->takeAll() : liveCalls();
    call_ = nullptr;
    for (LineCall* call : all) {
        if (call != nullptr) {
            call->dropping.succeed();
        }
    }
    for (LineCall* call : all) {
        if (call != nullptr) {
            call->enter(LINECALLSTATE_IDLE, 0, {});
        }
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
    if (was) {
        tones_.stop();
        generating_ = false;
        call_ = nullptr;
    }
    call.media.callEnded("the call was closed");
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
        if (std::exchange(pumped_, call_) != call_) {
            call_->media.resume(position);
        }
        call_->media.pump(position, heard, spoken);
    }
    if (tones_.mix(spoken)) {
        generated(LINEGENERATETERM_DONE);
    }
}

}  // namespace tipring::analog
