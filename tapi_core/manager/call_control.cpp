// SPDX-License-Identifier: Apache-2.0
// What applications ask of calls, and how calls end.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "call_features.h"
#include "core.h"
#include "dial_string.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr hal::Duration kRequestLimit = std::chrono::seconds(30);
constexpr hal::Duration kIdleLimit = std::chrono::seconds(10);

}  // namespace

hal::Result<void> Core::check(const CallView& view, Operation operation) const {
    return checkOperation(view, operation);
}

void Core::onMakeCallDone(const CallPtr& call, const hal::Result<void>& result) {
    if (call->phase != CallRecord::Phase::Asked) {
        return;  // it was ended meanwhile
    }
    call->phase = CallRecord::Phase::Alive;
    if (!result) {
        call->held.clear();
        call->cause = result.error().cause;
        endCall(call);
        return;
    }
    beginCall(call);
}

/// The call is valid: monitors hear of it, and events that came early come now.
void Core::beginCall(const CallPtr& call) {
    announce(call);
    dialNext(call);
    auto held = std::exchange(call->held, {});
    for (ProviderItem& item : held) {
        onCallEvent(call->line, call, item);
    }
}

/// Dials the next piece of a number that was too long for one command.
void Core::dialNext(const CallPtr& call) {
    if (call->toDial.empty() || call->phase != CallRecord::Phase::Alive) {
        return;
    }
    const std::string piece = std::move(call->toDial.front());
    call->toDial.erase(call->toDial.begin());
    ProviderRecord& provider = *call->line->provider;
    const auto function = provider.table().lineDial;
    PendingRequest pending;
    pending.function = "lineDial";
    pending.line = call->line;
    pending.call = call;
    pending.limit = kRequestLimit;
    pending.done = [this, call](const hal::Result<void>& result) {
        if (!result) {
            dropCall(call, "the rest of the number was not dialled: " + result.error().text());
            return;
        }
        dialNext(call);
    };
    hal::Result<tapi::RequestId> asked = 0;
    if (function == nullptr) {
        asked = tl::unexpected(provider.missing("lineDial").error());
    } else {
        asked = request(provider, std::move(pending), [&](tapi::RequestId id) {
            return function(id, call->driverCall, piece.c_str());
        });
    }
    if (!asked) {
        dropCall(call, "the rest of the number was not dialled: " + asked.error().text());
    }
}

hal::Result<tapi::RequestId> Core::callRequest(const CallPtr& call, const char* function,
                                               PendingRequest::Done done, const AskForCall& ask) {
    PendingRequest pending;
    pending.function = function;
    pending.line = call->line;
    pending.call = call;
    pending.limit = kRequestLimit;
    pending.done = std::move(done);
    return request(*call->line->provider, std::move(pending), ask);
}

hal::Result<tapi::RequestId> Core::callRequest(const CallPtr& call, const char* function,
                                               TSPI_RESULT (*pointer)(DRV_REQUESTID, HDRVCALL),
                                               PendingRequest::Done done) {
    if (pointer == nullptr) {
        return tl::unexpected(call->line->provider->missing(function).error());
    }
    return callRequest(call, function, std::move(done),
                       [&](tapi::RequestId id) { return pointer(id, call->driverCall); });
}

hal::Result<tapi::RequestId> Core::devSpecific(CallView& view, std::string_view data,
                                               tapi::Reply reply) {
    if (auto allowed = check(view, Operation::DevSpecific); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    const LineRecord& line = *view.call->line;
    return callRequest(view.call, "lineDevSpecific", replyTo(view.application, std::move(reply)),
                       [&](tapi::RequestId id) {
                           return line.provider->table().lineDevSpecific(id, line.driverLine,
                                                                         view.call->driverCall,
                                                                         data.data(), data.size());
                       });
}

hal::Result<tapi::RequestId> Core::answer(CallView& view, tapi::Reply reply) {
    if (auto allowed = check(view, Operation::Answer); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    view.call->info.appName = view.application->name;
    return callRequest(view.call, "lineAnswer", view.call->line->provider->table().lineAnswer,
                       replyTo(view.application, std::move(reply)));
}

hal::Result<tapi::RequestId> Core::drop(CallView& view, tapi::Reply reply) {
    const CallPtr call = view.call;
    if (auto allowed = check(view, Operation::Drop); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (Bridges::does(*call, Operation::Drop)) {
        replyTo(view.application, std::move(reply))({});
        bridges_.drop(call);
        return requests_.reserve();
    }
    if (call->driverCall == nullptr) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "cannot disconnect: the provider has not begun the call");
    }
    return callRequest(call, "lineDrop", call->line->provider->table().lineDrop,
                       [this, call, answer = replyTo(view.application, std::move(reply))](
                           const hal::Result<void>& result) {
                           answer(result);
                           if (result) {
                               armWatchdog(call, "the provider dropped the call without idle");
                           } else if (result.error().code == hal::ErrorCode::Timeout) {
                               forceIdle(call, "the provider does not drop the call");
                           }
                       });
}

hal::Result<tapi::RequestId> Core::dial(CallView& view, std::string_view digits,
                                        tapi::Reply reply) {
    const CallPtr call = view.call;
    if (auto allowed = check(view, Operation::Dial); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    ProviderRecord& provider = *call->line->provider;
    const auto function = provider.table().lineDial;
    if (function == nullptr) {
        return tl::unexpected(provider.missing("lineDial").error());
    }
    auto dialable = scanDialString(digits, call->line->caps.devCapFlags);
    if (!dialable) {
        return tl::unexpected(std::move(dialable.error()));
    }
    if (call->phase == CallRecord::Phase::Asked || !call->toDial.empty()) {
        return hal::fail(hal::ErrorCode::InUse, "the call is still dialling");
    }
    auto pieces = cutDialString(*dialable, call->line->caps.maxDialString);
    PendingRequest pending;
    pending.function = "lineDial";
    pending.line = call->line;
    pending.call = call;
    pending.limit = kRequestLimit;
    pending.done = [this, call, answer = replyTo(view.application, std::move(reply))](
                       const hal::Result<void>& result) {
        answer(result);
        if (result) {
            dialNext(call);
        } else {
            call->toDial.clear();
        }
    };
    auto asked = request(provider, std::move(pending), [&](tapi::RequestId id) {
        return function(id, call->driverCall, pieces.front().c_str());
    });
    if (asked) {
        call->toDial.assign(std::make_move_iterator(pieces.begin() + 1),
                            std::make_move_iterator(pieces.end()));
    }
    return asked;
}

/// The time that a caller is willing to wait, on devices that have no such timer.
void Core::watchForAnswer(const CallPtr& call) {
    constexpr hal::Duration kGrace = std::chrono::seconds(2);
    const auto state = deviceStateOf(*call);
    const bool waits =
        state == tapi::LineCallState::Proceeding || state == tapi::LineCallState::Ringback;
    if (!waits) {
        call->noAnswer.reset();
        return;
    }
    const std::chrono::seconds limit = call->params.noAnswerTimeout;
    if (call->noAnswer || limit.count() == 0 || call->line->addressCaps.maxNoAnswerTimeout != 0) {
        return;
    }
    call->noAnswer.emplace(loop_, [this, limit, weak = std::weak_ptr<CallRecord>(call)] {
        if (const CallPtr late = weak.lock()) {
            dropCall(late, fmt::format("nobody answered within {} s", limit.count()));
        }
    });
    // A provider that tells nothing of its address may have the timer; then that comes first.
    call->noAnswer->arm(limit + (call->line->hasAddressCaps ? hal::Duration{} : kGrace));
}

void Core::dropCall(const CallPtr& call, const std::string& why) {
    if (call->phase == CallRecord::Phase::Ended || call->phase == CallRecord::Phase::Prepared) {
        return;
    }
    kLog.info("line {}: the call is dropped: {}", call->line->name, why);
    if (call->role == BridgeRole::Conference) {
        return bridges_.drop(call);
    }
    if (call->watchdog && call->state != tapi::LineCallState::Disconnected) {
        return;  // that was asked already
    }
    call->toDial.clear();
    armWatchdog(call, why);
    if (call->driverCall == nullptr || call->phase == CallRecord::Phase::Asked) {
        forceIdle(call, why);
        return;
    }
    auto asked = callRequest(call, "lineDrop", call->line->provider->table().lineDrop,
                             [](const hal::Result<void>&) {});
    if (!asked) {
        forceIdle(call, why);
    }
}

hal::Result<void> Core::clearHub(const HubRecord& hub, const ApplicationRecord& application) {
    if (hub.idle) {
        return hal::fail(hal::ErrorCode::InvalCallState, "the hub is idle");
    }
    for (const CallPtr& call : hub.calls) {
        const bool owned =
            std::any_of(call->views.begin(), call->views.end(), [&](const auto& view) {
                return view->application.get() == &application && !view->deallocated &&
                       view->rights == tapi::CallPrivilege::Owner;
            });
        if (!owned) {
            return hal::fail(
                hal::ErrorCode::NotOwner,
                fmt::format("call {} of the hub is not this application's to hang up", call->id));
        }
    }
    for (const CallPtr& call : std::vector(hub.calls)) {
        dropCall(call, "its hub is cleared");
    }
    return {};
}

void Core::armWatchdog(const CallPtr& call, std::string why) {
    if (call->phase == CallRecord::Phase::Ended || call->watchdog) {
        return;
    }
    call->watchdog.emplace(
        loop_, [this, weak = std::weak_ptr<CallRecord>(call), why = std::move(why)] {
            if (const CallPtr late = weak.lock()) {
                kLog.warning("line {}: idle is forced: {}", late->line->name, why);
                late->line->provider->breach(ContractRule::NoIdle, "LINE_CALLSTATE",
                                             late->line->name, why);
                forceIdle(late, why);
            }
        });
    call->watchdog->arm(kIdleLimit);
}

void Core::forceIdle(const CallPtr& call, const std::string& cause) {
    if (call->phase == CallRecord::Phase::Ended || call->phase == CallRecord::Phase::Prepared) {
        return;
    }
    call->cause = cause;
    if (call->phase == CallRecord::Phase::Alive && call->state &&
        *call->state != tapi::LineCallState::Disconnected) {
        enterState(call, tapi::LineCallState::Disconnected, LINEDISCONNECTMODE_UNKNOWN);
    }
    endCall(call);
}

void Core::endCall(const CallPtr& call) {
    const LinePtr line = call->line;
    call->judge.reset();
    call->beneath.reset();
    media_.close(call, "the call ended");
    call->phase = CallRecord::Phase::Ended;
    call->state = tapi::LineCallState::Idle;
    call->entered = loop_.wallNow();
    call->mode = 0;
    call->watchdog.reset();
    call->firstState.reset();
    call->noAnswer.reset();
    call->held.clear();
    call->toDial.clear();
    endGeneration(call, true);
    listening_.end(*call);
    tellState(call);
    hubs_.leave(call);
    call->views.clear();
    line->calls.erase(std::remove(line->calls.begin(), line->calls.end(), call), line->calls.end());
    bridges_.onGone(call);
    if (call->handle == nullptr) {  // a conference of the core's own: no provider has to close it
        loop_.post([weak = weak_from_this(), line] {
            if (const auto self = weak.lock()) {
                self->releaseLine(line);
            }
        });
        return;
    }
    ProviderRecord& provider = *line->provider;
    if (call->driverCall != nullptr) {
        provider.removeCall(call->driverCall);  // it may give the handle to its next call
        const auto close = provider.table().lineCloseCall;
        if (auto closed = provider.call("lineCloseCall", close, call->driverCall);
            !closed && close != nullptr) {
            kLog.warning("line {}: {}", line->name, closed.error().text());
        }
    }
    ProviderItem marker;
    marker.kind = ProviderItem::Kind::CallClosed;
    marker.call = call->handle;
    provider.queue()->push(std::move(marker));
}

}  // namespace tipring::core
