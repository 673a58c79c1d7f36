// SPDX-License-Identifier: Apache-2.0
#include "server/house.h"

#include <algorithm>
#include <utility>

namespace tipring::rpc {
namespace {

/// Of all such clients together; on an analog line one call is much.
constexpr std::size_t kMostCalls = 1024;

}  // namespace

House::House(tapi::Tapi& tapi) : tapi_(tapi) {
    tapi_.setEventSink(this);
    tapi_.setEventFilter(tapi::EventClass::CallState);
}

House::~House() {
    tapi_.setEventSink(nullptr);
}

tapi::Result<std::shared_ptr<tapi::Call>> House::dial(std::uint32_t addressId,
                                                      const std::string& destination,
                                                      tapi::Reply reply) {
    const auto all = tapi_.addresses();
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const auto& one) { return one->id() == addressId; });
    if (at == all.end()) {
        return hal::fail(hal::ErrorCode::NoDevice, "the line is gone");
    }
    // A client may have turned the events of such a call off.
    std::erase_if(calls_, [](const auto& entry) {
        return entry.second->lineState() == tapi::LineCallState::Idle &&
               entry.second->state() != tapi::CallState::Idle;
    });
    if (calls_.size() >= kMostCalls) {
        return hal::fail(hal::ErrorCode::ResourceUnavail, "the service owns too many calls");
    }
    auto call = (*at)->createCall(destination, tapi::MediaMode::InteractiveVoice);
    if (!call) {
        return call;
    }
    const std::uint64_t id = (*call)->id();
    auto dialled =
        (*call)->connect([this, id, answer = std::move(reply)](const tapi::Result<void>& result) {
            if (!result) {
                calls_.erase(id);
            }
            answer(result);
        });
    if (!dialled) {
        return tl::unexpected(std::move(dialled.error()));
    }
    calls_[id] = *call;
    return call;
}

std::shared_ptr<tapi::Call> House::call(std::uint64_t id) const {
    const auto found = calls_.find(id);
    return found == calls_.end() ? nullptr : found->second;
}

void House::onEvent(const tapi::Event& event) {
    if (const auto* state = std::get_if<tapi::CallStateEvent>(&event);
        state != nullptr && state->lineState == tapi::LineCallState::Idle) {
        calls_.erase(state->call->id());
    }
}

}  // namespace tipring::rpc
