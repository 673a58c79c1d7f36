// SPDX-License-Identifier: Apache-2.0
// What providers report of calls, held against the contract and passed on.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr std::size_t kMaxHeld = 64;
constexpr hal::Duration kFirstStateLimit = std::chrono::seconds(10);

ContractRule ruleAfterIdle(const ProviderItem& item) {
    if (item.number != LINE_CALLSTATE) {
        return ContractRule::EventAfterIdle;
    }
    return item.p1 == LINECALLSTATE_IDLE ? ContractRule::IdleTwice : ContractRule::LeftIdle;
}

std::string_view text(HTAPICALL call, bool stale) {
    if (call == nullptr) {
        return "zero";
    }
    return stale ? "of a call that is closed" : "unknown";
}

}  // namespace

void Core::onNewCall(const LinePtr& line, const ProviderItem& item) {
    ProviderRecord& provider = *line->provider;
    if (item.call == nullptr) {
        if (item.p1 == 0 || item.p2 == 0) {
            provider.breach(ContractRule::ZeroCallHandle, "LINE_NEWCALL", line->name,
                            "came without a handle");
        } else {
            kLog.warning("line {}: no room for a new call", line->name);
        }
        return;
    }
    const auto driverCall = reinterpret_cast<HDRVCALL>(item.p1);
    if (!provider.addCall(driverCall)) {
        provider.breach(ContractRule::DuplicateCall, "LINE_NEWCALL", line->name,
                        "came twice for one call");
        provider.queue()->calls.remove(item.call);
        return;
    }
    auto call = std::make_shared<CallRecord>();
    call->id = nextCallId_++;
    call->line = line;
    call->inbound = true;
    call->phase = CallRecord::Phase::Alive;
    call->handle = item.call;
    call->driverCall = driverCall;
    provider.queue()->calls.set(call->handle, call);
    line->calls.push_back(call);
    armFirstState(call);
    lineServices_.checkCallAddress(call);
}

/// A call that never gets a state would hold its line open for ever.
void Core::armFirstState(const CallPtr& call) {
    call->firstState.emplace(loop_, [this, weak = std::weak_ptr<CallRecord>(call)] {
        if (const CallPtr mute = weak.lock(); mute && !mute->state) {
            mute->line->provider->breach(ContractRule::NoFirstState, "LINE_NEWCALL",
                                         mute->line->name, "no state of the call followed");
            forceIdle(mute, "the provider announced a call and said nothing more of it");
        }
    });
    call->firstState->arm(kFirstStateLimit);
}

std::shared_ptr<CallRecord> Core::findCall(const LinePtr& line, ProviderRecord& provider,
                                           const ProviderItem& item) {
    // An analog line has a call or two: that is quicker than the table with its lock.
    for (const CallPtr& each : line->calls) {
        if (each->handle == item.call && item.call != nullptr) {
            return each;
        }
    }
    const CallPtr call = provider.queue()->calls.find(item.call);
    if (call && call->line == line) {
        return call;
    }
    const bool stale = !call && provider.queue()->calls.stale(item.call);
    provider.breach(item.call == nullptr ? ContractRule::ZeroCallHandle
                    : stale              ? ContractRule::EventAfterCallClose
                                         : ContractRule::UnknownCallHandle,
                    messageName(item.number), line->name,
                    fmt::format("the call handle is {}", text(item.call, stale)));
    return nullptr;
}

void Core::onCallEvent(const LinePtr& line, const CallPtr& call, ProviderItem& item) {
    if (call->phase == CallRecord::Phase::Asked) {
        if (call->held.size() < kMaxHeld) {
            call->held.push_back(std::move(item));
        } else {
            line->provider->breach(ContractRule::EarlyFlood, "lineMakeCall", line->name,
                                   "sent a flood of events before its request was completed");
        }
        return;
    }
    if (call->phase == CallRecord::Phase::Ended) {
        if (call->endedByProvider) {
            line->provider->breach(ruleAfterIdle(item), messageName(item.number), line->name,
                                   "came for a call after its idle");
        }
        return;
    }
    if (!call->state && call->inbound && item.number != LINE_CALLSTATE &&
        !std::exchange(call->orderReported, true)) {
        line->provider->breach(ContractRule::NoFirstState, messageName(item.number), line->name,
                               "came for a new call before its first state");
    }
    if (item.kind == ProviderItem::Kind::InterfaceEvent) {
        return interfaces_.onEvent(*line->provider, item, line, call);
    }
    switch (item.number) {
    case LINE_CALLSTATE: return onCallState(line, call, item);
    case LINE_CALLINFO: return onCallInfo(call, static_cast<std::uint32_t>(item.p1));
    case LINE_MONITORDIGITS: return listening_.onDigit(*call, item);
    case LINE_GENERATE: return onGenerated(call, item);
    case LINE_MONITORMEDIA: return listening_.onMedia(*call, item);
    case LINE_MONITORTONE: return listening_.onTone(*call, item);
    case LINE_GATHERDIGITS: return listening_.onGathered(*call, item);
    case LINE_HANGUPSIGN: return onHangUpSign(call, item);
    case LINE_CALLDEVSPECIFIC:
    case LINE_CALLDEVSPECIFICFEATURE: return lineServices_.onCallDevSpecific(call, item);
    default:
        line->provider->breach(ContractRule::UnknownMessage, messageName(item.number), line->name,
                               "is not one of the contract");
    }
}

void Core::onCallState(const LinePtr& line, const CallPtr& call, const ProviderItem& item) {
    if (!isCallState(item.p1)) {
        line->provider->breach(ContractRule::BadValue, "LINE_CALLSTATE", line->name,
                               fmt::format("{:#x} is no call state", item.p1));
        return;
    }
    const auto next = static_cast<tapi::LineCallState>(item.p1);
    auto mode = static_cast<std::uint32_t>(item.p2);
    if (!isModeOf(next, item.p2)) {
        line->provider->breach(
            ContractRule::BadValue, "LINE_CALLSTATE", line->name,
            fmt::format("{:#x} is no mode of the state {}", item.p2, tapi::name(next)));
        mode = unknownModeOf(next);
    }
    const auto now = deviceStateOf(*call);
    if (!legalMove(now, next, call->inbound, call->conference)) {
        line->provider->breach(
            ContractRule::IllegalMove, "LINE_CALLSTATE", line->name,
            fmt::format("a call cannot go from {} to {}", now ? tapi::name(*now) : "its beginning",
                        tapi::name(next)));
        return;
    }
    const bool decided = call->endedByCore && next == tapi::LineCallState::Disconnected;
    const std::uint32_t modeNow = call->beneath ? call->beneath->mode : call->mode;
    if ((now == next && modeNow == mode) || decided) {
        return;
    }
    if (item.p3 != 0) {
        call->mediaModes = static_cast<std::uint32_t>(item.p3);
    }
    readCause(call);
    if (next == tapi::LineCallState::Idle) {
        call->endedByProvider = true;
        endCall(call);
    } else if (call->beneath && next != tapi::LineCallState::Disconnected) {
        bridges_.onDeviceState(call, next, mode);
    } else {
        enterState(call, next, mode);
    }
}

void Core::enterState(const CallPtr& call, tapi::LineCallState state, std::uint32_t mode) {
    const bool other = call->state != state;  // else it is another mode of the same
    if (state == tapi::LineCallState::Disconnected) {
        call->beneath.reset();
    }
    call->firstState.reset();
    call->state = state;
    call->mode = mode;
    call->entered = loop_.wallNow();
    if (other) {
        watchForHangUp(call);
    }
    if (!call->announced) {
        announce(call);
    }
    tellState(call);
    watchForAnswer(call);
    if (state == tapi::LineCallState::Disconnected) {
        media_.close(call, "the call was disconnected");
        armWatchdog(call, "the provider left a disconnected call without idle");
        bridges_.onGone(call);
    } else if (other) {
        media_.onChange(call);
        bridges_.onState(call);
    }
}

void Core::tellState(const CallPtr& call) {
    // Events are queued, so nobody can change the list meanwhile.
    const tapi::LineCallState state = lineStateOf(*call);
    const tapi::CallState folded = foldedStateOf(*call);
    for (const auto& view : call->views) {
        tapi::CallStateEvent event{view, folded, state, call->mode, {}, view->callbackInstance};
        if (!call->cause.empty()) {
            event.cause = call->cause;
        }
        if (state == tapi::LineCallState::Disconnected && !call->reasons.empty()) {
            event.reasons = call->reasons;
        }
        outbox_->event(view->application, std::move(event), view->cookie);
    }
}

/// Tells the registrations of the line of a call, once.
void Core::announce(const CallPtr& call) {
    if (!std::exchange(call->announced, true)) {
        readInfo(call);
        ownership_.announce(call);
        hubs_.onIds(call);
    }
}

/// What the provider knows of the call; what the core keeps of it stays.
void Core::readInfo(const CallPtr& call) {
    if (call->driverCall == nullptr) {
        return;  // a conference of the core's own
    }
    Filled<TspiCallInfo> info;
    info->networkHour = 0xFF;
    ProviderRecord& provider = *call->line->provider;
    if (!provider.fill("lineGetCallInfo", provider.table().lineGetCallInfo, info,
                       call->driverCall)) {
        return;
    }
    tapi::CallInfo& kept = call->info;
    tapi::CallInfo fresh = callInfoOf(info.value());
    fresh.dialParams = kept.dialParams;
    fresh.owners = kept.owners;
    fresh.monitors = kept.monitors;
    fresh.appSpecific = kept.appSpecific;
    fresh.callData = std::move(kept.callData);
    fresh.appName = std::move(kept.appName);
    fresh.displayableAddress = std::move(kept.displayableAddress);
    fresh.calledParty = std::move(kept.calledParty);
    fresh.comment = std::move(kept.comment);
    if (fresh.relatedCallId == 0) {
        fresh.relatedCallId = kept.relatedCallId;
    }
    if (call->conference) {
        fresh.origin = tapi::CallOrigin::Conference;
    }
    const bool untold = fresh.caller.numberStatus == tapi::PartyStatus::Unavail ||
                        fresh.caller.numberStatus == tapi::PartyStatus::Unknown;
    if (call->heardCaller && untold) {
        fresh.caller = call->heardCaller->party;
        fresh.networkTime = call->heardCaller->time;
    }
    call->switchRelation = info->relatedCallId;
    kept = std::move(fresh);
    if (call->mediaModes == 0) {
        call->mediaModes = info->mediaMode;
    }
}

void Core::readCause(const CallPtr& call) {
    ProviderRecord& provider = *call->line->provider;
    const auto get = provider.table().lineGetCallStatus;
    call->cause.clear();
    if (get != nullptr) {
        Filled<TspiCallStatus> status;
        if (provider.fill("lineGetCallStatus", get, status, call->driverCall)) {
            call->cause = fieldText(status->cause);
        }
    }
}

void Core::onCallInfo(const CallPtr& call, std::uint32_t reported) {
    using Item = tapi::CallInfoChangeEvent::Item;
    constexpr std::pair<std::uint32_t, Item> kItems[] = {
        {LINECALLINFOSTATE_CALLERID, Item::Caller},
        {LINECALLINFOSTATE_CALLEDID, Item::Called},
        {LINECALLINFOSTATE_REDIRECTINGID, Item::Redirecting},
        {LINECALLINFOSTATE_MEDIAMODE, Item::MediaMode},
        {LINECALLINFOSTATE_RATE, Item::Rate},
        {LINECALLINFOSTATE_CONNECTEDID, Item::Connected},
        {LINECALLINFOSTATE_REDIRECTIONID, Item::Redirection},
        {LINECALLINFOSTATE_BEARERMODE, Item::BearerMode},
        {LINECALLINFOSTATE_CALLID, Item::CallId},
        {LINECALLINFOSTATE_RELATEDCALLID, Item::RelatedCallId},
        {LINECALLINFOSTATE_ORIGIN, Item::Origin},
        {LINECALLINFOSTATE_REASON, Item::Reason},
        {LINECALLINFOSTATE_DIALPARAMS, Item::DialParams},
        {LINECALLINFOSTATE_MONITORMODES, Item::MonitorModes},
        {LINECALLINFOSTATE_TREATMENT, Item::Treatment},
        {LINECALLINFOSTATE_TERMINAL, Item::Terminal},
        {LINECALLINFOSTATE_DEVSPECIFIC, Item::DevSpecific},
    };
    // What the core keeps itself, a provider has no word in.
    constexpr std::uint32_t kOwn = LINECALLINFOSTATE_NUMOWNERINCR | LINECALLINFOSTATE_NUMOWNERDECR |
                                   LINECALLINFOSTATE_NUMMONITORS | LINECALLINFOSTATE_APPSPECIFIC |
                                   LINECALLINFOSTATE_CALLDATA;
    const std::uint32_t changed = reported & ~kOwn;
    if ((changed & LINECALLINFOSTATE_MEDIAMODE) != 0) {
        call->mediaModes = 0;  // as the provider says now
    }
    readInfo(call);
    std::uint32_t rest = changed;
    const auto tell = [&](Item item) {
        for (const auto& view : call->views) {
            outbox_->event(view->application,
                           tapi::CallInfoChangeEvent{view, item, view->callbackInstance},
                           view->cookie);
        }
    };
    for (const auto& [bit, item] : kItems) {
        if ((changed & bit) != 0) {
            tell(item);
        }
        rest &= ~bit;
    }
    if (rest != 0) {
        tell(Item::Other);
    }
    if ((changed & (LINECALLINFOSTATE_CALLID | LINECALLINFOSTATE_RELATEDCALLID)) != 0) {
        hubs_.onIds(call);
    }
}

void Core::onGenerated(const CallPtr& call, const ProviderItem& item) {
    auto& all = call->generations;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& each) { return each.endToEndId == item.p2; });
    if (found == all.end() && call->endedIds.take(item.p2)) {
        return;
    }
    if (found == all.end()) {
        call->line->provider->breach(ContractRule::UnknownGeneration, "LINE_GENERATE",
                                     call->line->name,
                                     fmt::format("no generation {} is under way", item.p2));
        return;
    }
    if (item.p1 != LINEGENERATETERM_DONE && item.p1 != LINEGENERATETERM_CANCEL) {
        call->line->provider->breach(ContractRule::BadValue, "LINE_GENERATE", call->line->name,
                                     fmt::format("{:#x} is no end of a generation", item.p1));
    }
    endGeneration(call, item.p1 != LINEGENERATETERM_DONE);
    media_.onChange(call);
}

}  // namespace tipring::core
