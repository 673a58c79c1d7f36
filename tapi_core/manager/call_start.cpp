// SPDX-License-Identifier: Apache-2.0
// How calls of applications begin: made, or taken from elsewhere.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "call_features.h"
#include "call_params.h"
#include "core.h"
#include "dial_string.h"

namespace tipring::core {
namespace {

constexpr hal::Duration kMakeCallLimit = std::chrono::seconds(120);

}  // namespace

hal::Result<std::shared_ptr<tapi::Call>> Core::prepareCall(const LinePtr& line,
                                                           const ApplicationPtr& application,
                                                           std::string_view destination,
                                                           const tapi::CallParams& wanted) {
    auto dialable = scanDialString(destination, line->caps.devCapFlags);
    if (!dialable) {
        return tl::unexpected(std::move(dialable.error()));
    }
    auto params = checkCallParams(*line, wanted);
    if (!params) {
        return tl::unexpected(std::move(params.error()));
    }
    if (params->bearerMode == tapi::BearerMode::PassThrough && !dialable->empty()) {
        return hal::fail(hal::ErrorCode::InvalCallParams,
                         "a pass-through call has no number: the program dials by itself");
    }
    auto call = std::make_shared<CallRecord>();
    call->id = nextCallId_++;
    call->line = line;
    call->destination = std::move(*dialable);
    call->mediaModes = params->mediaModes.bits();
    call->info.origin = tapi::CallOrigin::Outbound;
    call->info.mediaMode = mediaModeOf(call->mediaModes);
    call->info.reason = tapi::CallReason::Direct;
    call->info.bearerMode = params->bearerMode;
    call->info.dialParams = params->dialParams;
    call->info.displayableAddress = params->displayableAddress;
    call->info.calledParty = params->calledParty;
    call->info.comment = params->comment;
    call->params = std::move(*params);
    return std::make_shared<CallView>(std::move(call), application, addressFor(application, line));
}

/// CALLUNAVAIL where the line has no appearance left, or where the call wants the line for itself.
hal::Result<void> Core::checkAppearance(const LineRecord& line,
                                        const tapi::CallParams& params) const {
    constexpr std::uint32_t kNotActive =
        LINECALLSTATE_ONHOLD | LINECALLSTATE_ONHOLDPENDCONF | LINECALLSTATE_ONHOLDPENDTRANSFER;
    const auto active = std::count_if(line.calls.begin(), line.calls.end(), [](const auto& call) {
        return call->role != BridgeRole::Conference &&
               (static_cast<std::uint32_t>(
                    deviceStateOf(*call).value_or(tapi::LineCallState::Unknown)) &
                kNotActive) == 0;
    });
    const std::uint32_t most = line.caps.maxActiveCalls;  // 0: the provider does not say
    if (most != 0 && active >= static_cast<std::ptrdiff_t>(most)) {
        return hal::fail(
            hal::ErrorCode::CallUnavail,
            fmt::format("line {} has {} of at most {} calls already", line.name, active, most));
    }
    if (!params.flags.has(tapi::CallParamFlag::Idle)) {
        return {};
    }
    Filled<TspiAddressStatus> status;
    ProviderRecord& provider = *line.provider;
    const auto get = provider.table().lineGetAddressStatus;
    const bool told =
        get != nullptr && provider.fill("lineGetAddressStatus", get, status, line.driverLine, 0U);
    if (!line.calls.empty() || (told && status->inUse != 0)) {
        return hal::fail(hal::ErrorCode::CallUnavail, fmt::format("line {} is in use", line.name));
    }
    return {};
}

hal::Result<tapi::RequestId> Core::connect(CallView& view, tapi::Reply reply) {
    return connectWith(view, replyTo(view.application, std::move(reply)));
}

hal::Result<tapi::RequestId> Core::connectWith(CallView& view, PendingRequest::Done done) {
    const CallPtr call = view.call;
    if (auto allowed = check(view, Operation::Connect); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    const LinePtr& line = call->line;
    if (auto opened = openLine(line); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    ProviderRecord& provider = *line->provider;
    if (auto free = checkAppearance(*line, call->params); !free) {
        releaseLine(line);
        return tl::unexpected(std::move(free.error()));
    }
    if (provider.table().lineMakeCall == nullptr) {
        releaseLine(line);
        return tl::unexpected(provider.missing("lineMakeCall").error());
    }
    auto pieces = cutDialString(call->destination, line->caps.maxDialString);
    const TspiCallParams params = toProvider(call->params, call->mediaModes);
    auto asked =
        begin({view.shared_from_this()}, "lineMakeCall", std::move(done), [&](tapi::RequestId id) {
            return provider.table().lineMakeCall(id, line->driverLine, call->handle,
                                                 pieces.front().c_str(), &params,
                                                 &call->driverCall);
        });
    if (asked) {
        call->toDial.assign(std::make_move_iterator(pieces.begin() + 1),
                            std::make_move_iterator(pieces.end()));
    }
    return asked;
}

/// INVALADDRESS for a group that cannot be dialled, or in one piece.
hal::Result<std::shared_ptr<tapi::Call>> Core::pickup(const LinePtr& line,
                                                      const ApplicationPtr& application,
                                                      std::string_view group, tapi::Reply reply) {
    auto dialable = scanDialString(group, line->caps.devCapFlags);
    if (!dialable) {
        return tl::unexpected(std::move(dialable.error()));
    }
    const std::uint32_t most = line->caps.maxDialString;
    if (most != 0 && dialable->size() > most) {
        return hal::fail(hal::ErrorCode::InvalAddress,
                         fmt::format("a pickup group of {} characters: the device takes {} at most",
                                     dialable->size(), most));
    }
    if (auto opened = openLine(line); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    ProviderRecord& provider = *line->provider;
    if (provider.table().linePickup == nullptr) {
        releaseLine(line);
        return tl::unexpected(provider.missing("linePickup").error());
    }
    auto call = std::make_shared<CallRecord>();
    call->id = nextCallId_++;
    call->line = line;
    call->info.origin = tapi::CallOrigin::Inbound;
    call->info.reason = tapi::CallReason::PickUp;
    auto view = std::make_shared<CallView>(call, application, addressFor(application, line));
    auto done = replyTo(application, std::move(reply));
    auto asked = begin({view}, "linePickup", std::move(done), [&](tapi::RequestId id) {
        return provider.table().linePickup(id, line->driverLine, 0, call->handle, &call->driverCall,
                                           dialable->c_str());
    });
    return asked ? hal::Result<std::shared_ptr<tapi::Call>>(std::move(view))
                 : tl::unexpected(std::move(asked.error()));
}

/// Asks the provider, by `ask`, for the calls of `views` on their open line; the request must fill
/// in the handle of each. One that is refused leaves the calls as they were: they may be tried
/// again.
hal::Result<tapi::RequestId> Core::begin(const CallViews& views, const char* function,
                                         PendingRequest::Done done, const AskForCall& ask) {
    const LinePtr line = views.front()->call->line;
    ProviderRecord& provider = *line->provider;
    for (const auto& view : views) {
        const CallPtr& call = view->call;
        call->handle = provider.queue()->calls.add(call);
        call->phase = CallRecord::Phase::Asked;
        call->entered = loop_.wallNow();
        ownership_.begin(view);
        line->calls.push_back(call);
    }
    PendingRequest pending;
    pending.function = function;
    pending.line = line;
    pending.call = views.front()->call;
    pending.limit = kMakeCallLimit;
    pending.done = [this, views, answer = std::move(done)](const hal::Result<void>& result) {
        const bool noHandle = result && std::any_of(views.begin(), views.end(), [](auto& view) {
                                  return view->call->driverCall == nullptr;
                              });
        const hal::Result<void> outcome = noHandle ? hal::fail(hal::ErrorCode::OperationFailed,
                                                               "the provider gave no call handle")
                                                   : result;
        answer(outcome);
        for (const auto& view : views) {
            onMakeCallDone(view->call, outcome);
        }
    };
    auto asked = request(provider, std::move(pending), ask);
    for (const auto& view : views) {
        const CallPtr& call = view->call;
        if (!asked) {
            provider.queue()->calls.remove(std::exchange(call->handle, nullptr));
            call->driverCall = nullptr;
            call->phase = CallRecord::Phase::Prepared;
            call->entered = {};
            call->views.clear();
            line->calls.erase(std::find(line->calls.begin(), line->calls.end(), call));
        } else if (call->driverCall == nullptr) {
            provider.breach(ContractRule::MissingHandle, function, line->name,
                            "accepted a request without a call handle");
        } else {
            static_cast<void>(provider.addCall(call->driverCall));
        }
    }
    if (!asked) {
        releaseLine(line);
    }
    return asked;
}

}  // namespace tipring::core
