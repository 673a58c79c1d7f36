// SPDX-License-Identifier: Apache-2.0
// Holding, transfer and conference. The core checks who asks, and in which state; what becomes of
// the calls the provider tells by their states. Source: TAPI, "Supplementary line functions".
#include <fmt/format.h>

#include <functional>
#include <type_traits>
#include <utility>

#include "call_features.h"
#include "call_params.h"
#include "core.h"
#include "dial_string.h"

namespace tipring::core {
namespace {

constexpr std::uint32_t kHeld =
    LINECALLSTATE_ONHOLD | LINECALLSTATE_ONHOLDPENDCONF | LINECALLSTATE_ONHOLDPENDTRANSFER;
constexpr std::uint32_t kOnItsWay =
    LINECALLSTATE_CONNECTED | LINECALLSTATE_PROCEEDING | LINECALLSTATE_RINGBACK;

/// The other call of an operation: of the same line, application and privilege, in one of `states`.
hal::Result<CallView*> partner(const CallView& view, const tapi::Call* other, std::uint32_t states,
                               hal::ErrorCode wrongHandle, const char* what) {
    // Every call of this core is one of its views.
    auto* found = static_cast<CallView*>(const_cast<tapi::Call*>(other));
    const bool anyLine = view.call->bridge != nullptr;  // the core joins across lines
    if (found == nullptr || found == &view || found->deallocated ||
        found->application != view.application ||
        (found->call->line != view.call->line && !anyLine)) {
        return hal::fail(wrongHandle, fmt::format("{} is not a call of this application{}", what,
                                                  anyLine ? "" : " on the line"));
    }
    if (found->rights != tapi::CallPrivilege::Owner) {
        return hal::fail(hal::ErrorCode::NotOwner,
                         fmt::format("this application only monitors {}", what));
    }
    const CallRecord& call = *found->call;
    const bool fits = call.phase == CallRecord::Phase::Alive && call.state &&
                      (static_cast<std::uint32_t>(*call.state) & states) != 0;
    if (!fits) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         fmt::format("{} is {}", what, tapi::name(found->lineState())));
    }
    return found;
}

hal::Result<void> checkConference(const CallView& view) {
    return view.call->conference
               ? hal::Result<void>{}
               : hal::fail(hal::ErrorCode::InvalConfCallHandle, "this call is no conference");
}

const TspiProvider& tableOf(const CallView& view) {
    return view.call->line->provider->table();
}

/// The core makes no consultation by itself: an analog line has room for one call.
tl::unexpected<hal::Error> noRoomFor(const CallView& view) {
    return hal::fail(hal::ErrorCode::CallUnavail,
                     fmt::format("line {} has no room for a consultation: make one on any line, "
                                 "and conference() or transfer() it",
                                 view.call->line->name));
}

/// Calls of applications come here.
template <class Member, class... Arguments>
auto inCore(CallView& view, Member member, Arguments&&... arguments)
    -> std::invoke_result_t<Member, Core&, CallView&, Arguments...> {
    auto core = coreOf(*view.application);
    return core ? std::invoke(member, **core, view, std::forward<Arguments>(arguments)...)
                : tl::unexpected(std::move(core.error()));
}

}  // namespace

/// An id for what the core has done itself.
hal::Result<tapi::RequestId> Core::byCore(hal::Result<void> asked) {
    return asked ? hal::Result<tapi::RequestId>{requests_.reserve()}
                 : tl::unexpected(std::move(asked.error()));
}

hal::Result<tapi::RequestId> Core::hold(CallView& view, tapi::Reply reply) {
    if (auto allowed = check(view, Operation::Hold); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return callRequest(view.call, "lineHold", tableOf(view).lineHold,
                       replyTo(view.application, std::move(reply)));
}

hal::Result<tapi::RequestId> Core::unhold(CallView& view, tapi::Reply reply) {
    if (auto allowed = check(view, Operation::Unhold); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (Bridges::does(*view.call, Operation::Unhold)) {
        return byCore(bridges_.unhold(view, replyTo(view.application, std::move(reply))));
    }
    return callRequest(view.call, "lineUnhold", tableOf(view).lineUnhold,
                       replyTo(view.application, std::move(reply)));
}

hal::Result<tapi::RequestId> Core::swapHold(CallView& view, const tapi::Call* held,
                                            tapi::Reply reply) {
    if (auto allowed = check(view, Operation::SwapHold); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    const auto other =
        partner(view, held, kHeld, hal::ErrorCode::InvalCallHandle, "the call to swap with");
    if (!other) {
        return tl::unexpected(other.error());
    }
    return callRequest(view.call, "lineSwapHold", replyTo(view.application, std::move(reply)),
                       [&](tapi::RequestId id) {
                           return tableOf(view).lineSwapHold(id, view.call->driverCall,
                                                             (*other)->call->driverCall);
                       });
}

hal::Result<tapi::RequestId> Core::blindTransfer(CallView& view, std::string_view destination,
                                                 tapi::Reply reply) {
    if (auto allowed = check(view, Operation::BlindTransfer); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    const LineRecord& line = *view.call->line;
    auto dialable = scanDialString(destination, line.caps.devCapFlags);
    if (!dialable) {
        return tl::unexpected(std::move(dialable.error()));
    }
    const std::uint32_t most = line.caps.maxDialString;
    if (dialable->empty() || (most != 0 && dialable->size() > most)) {
        return hal::fail(hal::ErrorCode::InvalAddress,
                         fmt::format("a number of {} characters: the device takes 1 to {}",
                                     dialable->size(), most));
    }
    return callRequest(view.call, "lineBlindTransfer", replyTo(view.application, std::move(reply)),
                       [&](tapi::RequestId id) {
                           return tableOf(view).lineBlindTransfer(id, view.call->driverCall,
                                                                  dialable->c_str());
                       });
}

/// A call that is made for `view`: not begun.
hal::Result<std::shared_ptr<CallView>> Core::consultationOf(const CallView& view,
                                                            const tapi::CallParams& wanted) {
    tapi::CallParams asked = wanted;
    if (asked.mediaModes.bits() == 0) {
        asked.mediaModes = tapi::MediaModes::fromBits(view.call->mediaModes);
    }
    auto made = prepareCall(view.call->line, view.application, "", asked);
    if (!made) {
        return tl::unexpected(std::move(made.error()));
    }
    auto consultation = std::static_pointer_cast<CallView>(*made);
    consultation->call->info.relatedCallId = static_cast<std::uint32_t>(view.call->id);
    consultation->callbackInstance = view.callbackInstance;
    return consultation;
}

hal::Result<std::shared_ptr<tapi::Call>> Core::setupTransfer(CallView& view,
                                                             const tapi::CallParams& params,
                                                             tapi::Reply reply) {
    if (auto allowed = check(view, Operation::SetupTransfer); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (Bridges::does(*view.call, Operation::SetupTransfer)) {
        return noRoomFor(view);
    }
    auto consultation = consultationOf(view, params);
    if (!consultation) {
        return tl::unexpected(std::move(consultation.error()));
    }
    auto asked =
        setupTransferWith(view, *consultation, replyTo(view.application, std::move(reply)));
    return asked ? hal::Result<std::shared_ptr<tapi::Call>>(*consultation)
                 : tl::unexpected(std::move(asked.error()));
}

hal::Result<tapi::RequestId> Core::setupTransferWith(CallView& view,
                                                     const std::shared_ptr<CallView>& consultation,
                                                     PendingRequest::Done done) {
    CallRecord& made = *consultation->call;
    made.consultFor = view.call;
    const TspiCallParams toAsk = toProvider(made.params, made.mediaModes);
    return begin({consultation}, "lineSetupTransfer", std::move(done), [&](auto id) {
        return tableOf(view).lineSetupTransfer(id, view.call->driverCall, made.handle,
                                               &made.driverCall, &toAsk);
    });
}

hal::Result<tapi::RequestId> Core::completeTransfer(CallView& view, const tapi::Call* consultation,
                                                    tapi::Reply reply) {
    if (auto allowed = check(view, Operation::CompleteTransfer); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    const auto other = partner(view, consultation, kOnItsWay | LINECALLSTATE_BUSY,
                               hal::ErrorCode::InvalConsultCallHandle, "the consultation call");
    if (!other) {
        return tl::unexpected(other.error());
    }
    if (Bridges::does(*view.call, Operation::CompleteTransfer)) {
        return byCore(
            bridges_.completeTransfer(view, **other, replyTo(view.application, std::move(reply))));
    }
    return callRequest(view.call, "lineCompleteTransfer",
                       replyTo(view.application, std::move(reply)), [&](tapi::RequestId id) {
                           return tableOf(view).lineCompleteTransfer(
                               id, view.call->driverCall, (*other)->call->driverCall, nullptr,
                               nullptr, LINETRANSFERMODE_TRANSFER);
                       });
}

hal::Result<std::shared_ptr<tapi::Call>> Core::completeAsConference(CallView& view,
                                                                    const tapi::Call* consultation,
                                                                    tapi::Reply reply) {
    if (auto allowed = check(view, Operation::CompleteTransfer); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    const auto other = partner(view, consultation, LINECALLSTATE_CONNECTED,
                               hal::ErrorCode::InvalConsultCallHandle, "the consultation call");
    if (!other) {
        return tl::unexpected(other.error());
    }
    const auto conference = conferenceOf(view);
    if (Bridges::does(*view.call, Operation::CompleteTransfer)) {
        auto made = bridges_.completeAsConference(view, **other, conference,
                                                  replyTo(view.application, std::move(reply)));
        return made ? hal::Result<std::shared_ptr<tapi::Call>>(conference)
                    : tl::unexpected(std::move(made.error()));
    }
    CallRecord& made = *conference->call;
    auto done = joining(view.call, {conference->call, (*other)->call},
                        replyTo(view.application, std::move(reply)));
    auto asked = begin({conference}, "lineCompleteTransfer", std::move(done), [&](auto id) {
        return tableOf(view).lineCompleteTransfer(id, view.call->driverCall,
                                                  (*other)->call->driverCall, made.handle,
                                                  &made.driverCall, LINETRANSFERMODE_CONFERENCE);
    });
    return asked ? hal::Result<std::shared_ptr<tapi::Call>>(conference)
                 : tl::unexpected(std::move(asked.error()));
}

/// Where it succeeds, `calls` belong to the hub of `call`.
PendingRequest::Done Core::joining(const CallPtr& call, std::vector<CallPtr> calls,
                                   PendingRequest::Done answer) {
    return [this, call, calls = std::move(calls),
            answer = std::move(answer)](const hal::Result<void>& result) {
        answer(result);
        for (const CallPtr& each : calls) {
            if (result && each->phase != CallRecord::Phase::Ended) {
                hubs_.join(each, call);
            }
        }
    };
}

/// The call that stands for a conference which `view` is to be a member of: not begun.
std::shared_ptr<CallView> Core::conferenceOf(const CallView& view) {
    auto call = std::make_shared<CallRecord>();
    call->id = nextCallId_++;
    call->line = view.call->line;
    call->conference = true;
    call->mediaModes = view.call->mediaModes;
    call->info.origin = tapi::CallOrigin::Conference;
    call->info.reason = tapi::CallReason::Direct;
    call->info.mediaMode = mediaModeOf(call->mediaModes);
    call->info.bearerMode = view.call->info.bearerMode;
    call->info.relatedCallId = static_cast<std::uint32_t>(view.call->id);
    auto conference =
        std::make_shared<CallView>(std::move(call), view.application, view.addressView);
    conference->callbackInstance = view.callbackInstance;
    return conference;
}

hal::Result<tapi::ConferenceCalls> Core::setupConference(CallView& view, std::uint32_t parties,
                                                         const tapi::CallParams& params,
                                                         tapi::Reply reply) {
    if (auto allowed = check(view, Operation::SetupConference); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    const LineRecord& line = *view.call->line;
    if (Bridges::does(*view.call, Operation::SetupConference)) {
        const auto conference = conferenceOf(view);
        auto made = bridges_.setUp(view.shared_from_this(), conference, parties,
                                   replyTo(view.application, std::move(reply)));
        return made ? hal::Result<tapi::ConferenceCalls>{{conference, nullptr}}
                    : tl::unexpected(std::move(made.error()));
    }
    const std::uint32_t most = line.addressCaps.maxConference;  // 0: the provider does not say
    if (most != 0 && parties > most) {
        return hal::fail(
            hal::ErrorCode::InvalParam,
            fmt::format("a conference of {} parties: line {} joins {}", parties, line.name, most));
    }
    auto consultation = consultationOf(view, params);
    if (!consultation) {
        return tl::unexpected(std::move(consultation.error()));
    }
    return askForConference(view.call, conferenceOf(view), *consultation, parties,
                            replyTo(view.application, std::move(reply)));
}

hal::Result<tapi::RequestId> Core::setupConferenceWith(
    CallView& view, const std::shared_ptr<CallView>& consultation, std::uint32_t parties,
    PendingRequest::Done done) {
    auto asked =
        askForConference(view.call, conferenceOf(view), consultation, parties, std::move(done));
    return asked ? hal::Result<tapi::RequestId>{requests_.reserve()}
                 : tl::unexpected(std::move(asked.error()));
}

/// Asks the provider for a conference, with `first` in it or nobody.
hal::Result<tapi::ConferenceCalls> Core::askForConference(
    const CallPtr& first, const std::shared_ptr<CallView>& conference,
    const std::shared_ptr<CallView>& consultation, std::uint32_t parties,
    PendingRequest::Done done) {
    CallRecord& whole = *conference->call;
    CallRecord& next = *consultation->call;
    next.consultFor = conference->call;
    const LineRecord& line = *whole.line;
    const TspiCallParams toAsk = toProvider(next.params, next.mediaModes);
    const auto function = line.provider->table().lineSetupConference;
    auto answer = first ? joining(first, {conference->call}, std::move(done)) : std::move(done);
    auto asked =
        begin({conference, consultation}, "lineSetupConference", std::move(answer), [&](auto id) {
            return function(id, first ? first->driverCall : nullptr, line.driverLine, whole.handle,
                            &whole.driverCall, next.handle, &next.driverCall, parties, &toAsk);
        });
    if (!asked) {
        return tl::unexpected(std::move(asked.error()));
    }
    return tapi::ConferenceCalls{conference, consultation};
}

hal::Result<std::shared_ptr<tapi::Call>> Core::prepareAddToConference(
    CallView& view, const tapi::CallParams& params, tapi::Reply reply) {
    if (auto allowed = check(view, Operation::PrepareAddToConference); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (auto whole = checkConference(view); !whole) {
        return tl::unexpected(std::move(whole.error()));
    }
    if (Bridges::does(*view.call, Operation::PrepareAddToConference)) {
        return noRoomFor(view);
    }
    auto consultation = consultationOf(view, params);
    if (!consultation) {
        return tl::unexpected(std::move(consultation.error()));
    }
    auto asked = prepareAddWith(view, *consultation, replyTo(view.application, std::move(reply)));
    return asked ? hal::Result<std::shared_ptr<tapi::Call>>(*consultation)
                 : tl::unexpected(std::move(asked.error()));
}

hal::Result<tapi::RequestId> Core::prepareAddWith(CallView& conference,
                                                  const std::shared_ptr<CallView>& consultation,
                                                  PendingRequest::Done done) {
    CallRecord& made = *consultation->call;
    made.consultFor = conference.call;
    const TspiCallParams toAsk = toProvider(made.params, made.mediaModes);
    return begin({consultation}, "linePrepareAddToConference", std::move(done), [&](auto id) {
        return tableOf(conference)
            .linePrepareAddToConference(id, conference.call->driverCall, made.handle,
                                        &made.driverCall, &toAsk);
    });
}

hal::Result<tapi::RequestId> Core::addToConference(CallView& view, const tapi::Call* consultation,
                                                   tapi::Reply reply) {
    if (auto allowed = check(view, Operation::AddToConference); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (auto whole = checkConference(view); !whole) {
        return tl::unexpected(std::move(whole.error()));
    }
    const auto other = partner(view, consultation, kOnItsWay | LINECALLSTATE_ONHOLD,
                               hal::ErrorCode::InvalConsultCallHandle, "the call to add");
    if (!other) {
        return tl::unexpected(other.error());
    }
    if (Bridges::does(*view.call, Operation::AddToConference)) {
        return byCore(bridges_.add(view, **other, replyTo(view.application, std::move(reply))));
    }
    auto done = joining(view.call, {(*other)->call}, replyTo(view.application, std::move(reply)));
    return callRequest(view.call, "lineAddToConference", std::move(done), [&](tapi::RequestId id) {
        return tableOf(view).lineAddToConference(id, view.call->driverCall,
                                                 (*other)->call->driverCall);
    });
}

hal::Result<tapi::RequestId> Core::removeFromConference(CallView& view, tapi::Reply reply) {
    if (auto allowed = check(view, Operation::RemoveFromConference); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (Bridges::does(*view.call, Operation::RemoveFromConference)) {
        return byCore(bridges_.remove(view, replyTo(view.application, std::move(reply))));
    }
    auto done = [this, call = view.call, answer = replyTo(view.application, std::move(reply))](
                    const hal::Result<void>& result) {
        answer(result);
        if (result) {
            hubs_.leave(call);
        }
    };
    return callRequest(view.call, "lineRemoveFromConference",
                       tableOf(view).lineRemoveFromConference, std::move(done));
}

tapi::Result<tapi::RequestId> CallView::hold(tapi::Reply reply) {
    return inCore(*this, &Core::hold, std::move(reply));
}
tapi::Result<tapi::RequestId> CallView::unhold(tapi::Reply reply) {
    return inCore(*this, &Core::unhold, std::move(reply));
}
tapi::Result<tapi::RequestId> CallView::swapHold(const std::shared_ptr<tapi::Call>& held,
                                                 tapi::Reply reply) {
    return inCore(*this, &Core::swapHold, held.get(), std::move(reply));
}
tapi::Result<tapi::RequestId> CallView::blindTransfer(std::string_view destination,
                                                      tapi::Reply reply) {
    return inCore(*this, &Core::blindTransfer, destination, std::move(reply));
}
tapi::Result<std::shared_ptr<tapi::Call>> CallView::setupTransfer(const tapi::CallParams& params,
                                                                  tapi::Reply reply) {
    return inCore(*this, &Core::setupTransfer, params, std::move(reply));
}
tapi::Result<tapi::RequestId> CallView::completeTransfer(
    const std::shared_ptr<tapi::Call>& consultation, tapi::Reply reply) {
    return inCore(*this, &Core::completeTransfer, consultation.get(), std::move(reply));
}
tapi::Result<std::shared_ptr<tapi::Call>> CallView::completeAsConference(
    const std::shared_ptr<tapi::Call>& consultation, tapi::Reply reply) {
    return inCore(*this, &Core::completeAsConference, consultation.get(), std::move(reply));
}
tapi::Result<tapi::ConferenceCalls> CallView::setupConference(std::uint32_t parties,
                                                              const tapi::CallParams& params,
                                                              tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->setupConference(*this, parties, params, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}
tapi::Result<std::shared_ptr<tapi::Call>> CallView::prepareAddToConference(
    const tapi::CallParams& params, tapi::Reply reply) {
    return inCore(*this, &Core::prepareAddToConference, params, std::move(reply));
}
tapi::Result<tapi::RequestId> CallView::addToConference(
    const std::shared_ptr<tapi::Call>& consultation, tapi::Reply reply) {
    return inCore(*this, &Core::addToConference, consultation.get(), std::move(reply));
}
tapi::Result<tapi::RequestId> CallView::removeFromConference(tapi::Reply reply) {
    return inCore(*this, &Core::removeFromConference, std::move(reply));
}

}  // namespace tipring::core
