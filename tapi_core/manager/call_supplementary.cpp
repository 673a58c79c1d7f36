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
    if (found == nullptr || found == &view || found->deallocated ||
        found->application != view.application || found->call->line != view.call->line) {
        return hal::fail(wrongHandle,
                         fmt::format("{} is not a call of this application on the line", what));
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

/// Calls of applications come here.
template <class Member, class... Arguments>
auto inCore(CallView& view, Member member, Arguments&&... arguments)
    -> std::invoke_result_t<Member, Core&, CallView&, Arguments...> {
    auto core = coreOf(*view.application);
    return core ? std::invoke(member, **core, view, std::forward<Arguments>(arguments)...)
                : tl::unexpected(std::move(core.error()));
}

}  // namespace

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
    auto consultation = consultationOf(view, params);
    if (!consultation) {
        return tl::unexpected(std::move(consultation.error()));
    }
    CallRecord& made = *(*consultation)->call;
    const TspiCallParams toAsk = toProvider(made.params, made.mediaModes);
    auto asked = begin({*consultation}, "lineSetupTransfer", std::move(reply), [&](auto id) {
        return tableOf(view).lineSetupTransfer(id, view.call->driverCall, made.handle,
                                               &made.driverCall, &toAsk);
    });
    return asked ? hal::Result<std::shared_ptr<tapi::Call>>(*consultation)
                 : tl::unexpected(std::move(asked.error()));
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
    CallRecord& made = *conference->call;
    auto asked = begin({conference}, "lineCompleteTransfer", std::move(reply), [&](auto id) {
        return tableOf(view).lineCompleteTransfer(id, view.call->driverCall,
                                                  (*other)->call->driverCall, made.handle,
                                                  &made.driverCall, LINETRANSFERMODE_CONFERENCE);
    });
    return asked ? hal::Result<std::shared_ptr<tapi::Call>>(conference)
                 : tl::unexpected(std::move(asked.error()));
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
    const auto conference = conferenceOf(view);
    CallRecord& whole = *conference->call;
    CallRecord& next = *(*consultation)->call;
    const TspiCallParams toAsk = toProvider(next.params, next.mediaModes);
    auto asked =
        begin({conference, *consultation}, "lineSetupConference", std::move(reply), [&](auto id) {
            return tableOf(view).lineSetupConference(id, view.call->driverCall, line.driverLine,
                                                     whole.handle, &whole.driverCall, next.handle,
                                                     &next.driverCall, parties, &toAsk);
        });
    if (!asked) {
        return tl::unexpected(std::move(asked.error()));
    }
    return tapi::ConferenceCalls{conference, *consultation};
}

hal::Result<std::shared_ptr<tapi::Call>> Core::prepareAddToConference(
    CallView& view, const tapi::CallParams& params, tapi::Reply reply) {
    if (auto allowed = check(view, Operation::PrepareAddToConference); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (auto whole = checkConference(view); !whole) {
        return tl::unexpected(std::move(whole.error()));
    }
    auto consultation = consultationOf(view, params);
    if (!consultation) {
        return tl::unexpected(std::move(consultation.error()));
    }
    CallRecord& made = *(*consultation)->call;
    const TspiCallParams toAsk = toProvider(made.params, made.mediaModes);
    auto asked =
        begin({*consultation}, "linePrepareAddToConference", std::move(reply), [&](auto id) {
            return tableOf(view).linePrepareAddToConference(id, view.call->driverCall, made.handle,
                                                            &made.driverCall, &toAsk);
        });
    return asked ? hal::Result<std::shared_ptr<tapi::Call>>(*consultation)
                 : tl::unexpected(std::move(asked.error()));
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
    return callRequest(view.call, "lineAddToConference",
                       replyTo(view.application, std::move(reply)), [&](tapi::RequestId id) {
                           return tableOf(view).lineAddToConference(id, view.call->driverCall,
                                                                    (*other)->call->driverCall);
                       });
}

hal::Result<tapi::RequestId> Core::removeFromConference(CallView& view, tapi::Reply reply) {
    if (auto allowed = check(view, Operation::RemoveFromConference); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return callRequest(view.call, "lineRemoveFromConference",
                       tableOf(view).lineRemoveFromConference,
                       replyTo(view.application, std::move(reply)));
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
    return inCore(*this, &Core::setupConference, parties, params, std::move(reply));
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
