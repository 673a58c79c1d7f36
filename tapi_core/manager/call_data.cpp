// SPDX-License-Identifier: Apache-2.0
// Claims on a call, and what it carries for the applications that have it.
#include <fmt/format.h>

#include <utility>

#include "call_params.h"
#include "core.h"

namespace tipring::core {
namespace {

using Item = tapi::CallInfoChangeEvent::Item;

tl::unexpected<hal::Error> givenBack() {
    return hal::fail(hal::ErrorCode::InvalCallHandle, "the application gave the call back");
}

}  // namespace

hal::Result<tapi::RequestId> Core::accept(CallView& view, tapi::Reply reply) {
    if (auto allowed = check(view, Operation::Accept); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return callRequest(view.call, "lineAccept", view.call->line->provider->table().lineAccept,
                       replyTo(view.application, std::move(reply)));
}

hal::Result<tapi::RequestId> Core::secure(CallView& view, tapi::Reply reply) {
    if (auto allowed = check(view, Operation::Secure); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return callRequest(view.call, "lineSecureCall",
                       view.call->line->provider->table().lineSecureCall,
                       replyTo(view.application, std::move(reply)));
}

hal::Result<void> Core::setMediaMode(CallView& view, tapi::MediaModes modes) {
    if (auto allowed = check(view, Operation::SetMediaMode); !allowed) {
        return allowed;
    }
    const CallPtr& call = view.call;
    if (auto valid = checkMediaModes(*call->line, modes); !valid) {
        return valid;
    }
    ProviderRecord& provider = *call->line->provider;
    const auto set = provider.table().lineSetMediaMode;
    // To a provider that does not tell media apart it says nothing.
    if (set != nullptr && call->phase == CallRecord::Phase::Alive) {
        auto told = provider.call("lineSetMediaMode", set, call->driverCall, modes.bits());
        if (!told && told.error().code != hal::ErrorCode::OperationUnavail) {
            return told;
        }
    }
    call->mediaModes = modes.bits();
    call->info.mediaMode = mediaModeOf(call->mediaModes);
    ownership_.tellOthers(*call, Item::MediaMode, &view);
    return {};
}

hal::Result<void> Core::setAppSpecific(CallView& view, std::uint32_t value) {
    if (auto allowed = check(view, Operation::SetAppSpecific); !allowed) {
        return allowed;
    }
    view.call->info.appSpecific = value;
    ownership_.tellOthers(*view.call, Item::AppSpecific, &view);
    return {};
}

hal::Result<tapi::RequestId> Core::setCallData(CallView& view, std::vector<std::byte> data,
                                               tapi::Reply reply) {
    if (auto allowed = check(view, Operation::SetCallData); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    const CallPtr& call = view.call;
    const std::uint32_t most = call->line->capabilities.maxCallDataSize;
    if (data.size() > most) {
        return hal::fail(
            hal::ErrorCode::InvalParam,
            fmt::format("a call carries at most {} bytes, these are {}", most, data.size()));
    }
    PendingRequest pending;
    pending.function = "lineSetCallData";
    pending.line = call->line;
    pending.call = call;
    pending.limit = std::chrono::seconds(1);
    pending.done = replyTo(view.application, std::move(reply));
    // The core does it, and so it is done when the request is made.
    auto asked = request(*call->line->provider, std::move(pending),
                         [](tapi::RequestId id) { return static_cast<TSPI_RESULT>(id); });
    if (asked) {
        call->info.callData = std::move(data);
        ownership_.tellOthers(*call, Item::CallData, &view);
        requests_.finish(*asked, {});
    }
    return asked;
}

hal::Result<void> Core::setPrivilege(CallView& view, tapi::CallPrivilege privilege) {
    return view.deallocated ? givenBack() : ownership_.setPrivilege(view, privilege);
}

hal::Result<void> Core::handoff(CallView& view, std::string_view applicationName) {
    auto allowed = check(view, Operation::Handoff);
    return allowed ? ownership_.handoff(view, applicationName) : allowed;
}

hal::Result<void> Core::handoff(CallView& view, tapi::MediaMode mediaMode) {
    auto allowed = check(view, Operation::Handoff);
    return allowed ? ownership_.handoff(view, mediaMode) : allowed;
}

hal::Result<void> Core::deallocate(CallView& view) {
    if (std::exchange(view.deallocated, true)) {
        return givenBack();
    }
    listening_.leave(view);
    ownership_.leave(view.call, *view.application);
    return {};
}

}  // namespace tipring::core
