// SPDX-License-Identifier: Apache-2.0
// Consultations in TAPI 3's words, with calls of any line: conference, transfer, finish. The
// exchange does what is on one line and in its power, the core's mixer the rest.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "call_features.h"
#include "call_params.h"
#include "core.h"
#include "dial_string.h"

namespace tipring::core {
namespace {

constexpr std::uint32_t kAlive = LINECALLSTATE_CONNECTED | LINECALLSTATE_PROCEEDING |
                                 LINECALLSTATE_RINGBACK | LINECALLSTATE_DIALTONE |
                                 LINECALLSTATE_DIALING | LINECALLSTATE_ONHOLD;

/// A call of this application that can be made, or was, for another one.
hal::Result<std::shared_ptr<CallView>> consultationIn(const CallView& view,
                                                      const tapi::Call* other) {
    auto* found = static_cast<CallView*>(const_cast<tapi::Call*>(other));
    if (found == nullptr || found == &view || found->deallocated ||
        found->application != view.application || found->call == view.call ||
        found->call->conference) {
        return hal::fail(hal::ErrorCode::InvalConsultCallHandle,
                         "the consultation is no call of this application");
    }
    if (found->rights != tapi::CallPrivilege::Owner) {
        return hal::fail(hal::ErrorCode::NotOwner,
                         "this application only monitors the consultation");
    }
    const CallRecord& call = *found->call;
    const bool fresh = call.phase == CallRecord::Phase::Prepared;
    const auto state =
        static_cast<std::uint32_t>(call.state.value_or(tapi::LineCallState::Unknown));
    const bool there = call.phase == CallRecord::Phase::Alive && (state & kAlive) != 0;
    if (!(fresh || there) || call.bridge) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         fmt::format("the consultation is {}", tapi::name(found->lineState())));
    }
    return found->shared_from_this();
}

std::shared_ptr<CallView> viewOf(const CallRecord& call, const ApplicationRecord& application) {
    const auto found = std::find_if(call.views.begin(), call.views.end(), [&](const auto& view) {
        return view->application.get() == &application;
    });
    return found == call.views.end() ? nullptr : *found;
}

/// The conference that a call is, or is in.
std::shared_ptr<CallRecord> conferenceWith(const std::shared_ptr<CallRecord>& call) {
    if (call->conference) {
        return call;
    }
    if (call->bridge) {
        return call->bridge->conference;
    }
    if (call->state != tapi::LineCallState::Conferenced || !call->hub) {
        return nullptr;
    }
    const auto& all = call->hub->calls;
    const auto found =
        std::find_if(all.begin(), all.end(), [](const auto& each) { return each->conference; });
    return found == all.end() ? nullptr : *found;
}

/// The provider can make the consultation itself: on its own line, and not begun.
bool byProvider(const CallView& view, const CallView& other, Operation operation) {
    return !view.call->bridge && view.call->line == other.call->line &&
           other.call->phase == CallRecord::Phase::Prepared &&
           !other.call->params.flags.has(tapi::CallParamFlag::NoHoldConference) &&
           providerCan(*view.call->line, operation);
}

}  // namespace

/// A consultation that the provider makes is dialled as soon as it is there.
void Core::queueNumber(CallView& consultation) {
    CallRecord& call = *consultation.call;
    call.toDial = call.destination.empty()
                      ? std::vector<std::string>{}
                      : cutDialString(call.destination, call.line->caps.maxDialString);
}

/// Begins the consultation where it was not; `go` comes once that is asked, with its result.
hal::Result<void> Core::beginConsultation(CallView& other, const PendingRequest::Done& go) {
    if (other.call->phase != CallRecord::Phase::Prepared) {
        go({});
        return {};
    }
    auto asked = connectWith(other, go);
    return asked ? hal::Result<void>{} : tl::unexpected(std::move(asked.error()));
}

hal::Result<tapi::RequestId> Core::transfer(CallView& view, const tapi::Call* consultation,
                                            tapi::Reply reply) {
    if (auto allowed = check(view, Operation::SetupTransfer); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (view.call->role == BridgeRole::Conference) {
        return hal::fail(hal::ErrorCode::InvalCallHandle, "a conference cannot be transferred");
    }
    auto other = consultationIn(view, consultation);
    if (!other) {
        return tl::unexpected(std::move(other.error()));
    }
    auto done = replyTo(view.application, std::move(reply));
    if (byProvider(view, **other, Operation::SetupTransfer)) {
        queueNumber(**other);
        return setupTransferWith(view, *other, std::move(done));
    }
    const CallPtr first = view.call;
    const CallPtr second = (*other)->call;
    if (auto free = Bridges::checkFree(*first, nullptr); !free) {
        return tl::unexpected(std::move(free.error()));
    }
    if (auto free = Bridges::checkFree(*second, nullptr); !free) {
        return tl::unexpected(std::move(free.error()));
    }
    const auto self = view.shared_from_this();
    auto begun = beginConsultation(**other, [this, self, second, done](const auto& result) {
        const hal::Result<void> held = result ? check(*self, Operation::SetupTransfer) : result;
        if (!held) {
            return done(held);
        }
        if (auto set = bridges_.hold(*self, done); set) {
            bridges_.consult(self->call->bridge, second);
        } else {
            done(set);
        }
    });
    return begun ? hal::Result<tapi::RequestId>{requests_.reserve()}
                 : tl::unexpected(std::move(begun.error()));
}

hal::Result<tapi::RequestId> Core::conference(CallView& view, const tapi::Call* consultation,
                                              tapi::Reply reply) {
    const CallPtr whole = conferenceWith(view.call);
    const auto wholeView = whole ? viewOf(*whole, *view.application) : nullptr;
    const Operation operation =
        whole ? Operation::PrepareAddToConference : Operation::SetupConference;
    if (whole && !wholeView) {
        return hal::fail(hal::ErrorCode::NotOwner, "another application has the conference");
    }
    if (auto allowed = checkPrivilege(operation, view.rights); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (auto allowed = check(whole ? *wholeView : view, operation); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    auto other = consultationIn(view, consultation);
    if (!other) {
        return tl::unexpected(std::move(other.error()));
    }
    auto done = replyTo(view.application, std::move(reply));
    if (byProvider(whole ? *wholeView : view, **other, operation)) {
        queueNumber(**other);
        return whole ? prepareAddWith(*wholeView, *other, std::move(done))
                     : setupConferenceWith(view, *other, 0, std::move(done));
    }
    if (whole && whole->role != BridgeRole::Conference) {
        return hal::fail(hal::ErrorCode::InvalConsultCallHandle,
                         "the exchange's conference takes calls of its own line");
    }
    return conferenceByCore(whole ? *wholeView : view, *other, std::move(done));
}

/// `view` is a conference of the core's own, or a plain call that becomes a member of one.
hal::Result<tapi::RequestId> Core::conferenceByCore(CallView& view,
                                                    const std::shared_ptr<CallView>& other,
                                                    PendingRequest::Done done) {
    const CallPtr second = other->call;
    if (auto free = Bridges::checkFree(*second, nullptr); !free) {
        return tl::unexpected(std::move(free.error()));
    }
    if (!view.call->conference) {
        if (auto free = Bridges::checkFree(*view.call, nullptr); !free) {
            return tl::unexpected(std::move(free.error()));
        }
    } else if (auto room = Bridges::checkRoomFor(*view.call->bridge); !room) {
        return tl::unexpected(std::move(room.error()));
    }
    const auto self = view.shared_from_this();
    const auto whole = view.call->conference ? self : conferenceOf(view);
    const bool silent = second->params.flags.has(tapi::CallParamFlag::NoHoldConference);
    auto begun = beginConsultation(
        *other, [this, self, whole, other, silent, done](const hal::Result<void>& result) {
            const auto operation = self->call->conference ? Operation::PrepareAddToConference
                                                          : Operation::SetupConference;
            const hal::Result<void> still = result ? check(*self, operation) : result;
            if (!still) {
                return done(still);
            }
            if (silent) {
                auto joins = bridges_.joinSilently(self, whole, *other, done);
                return joins ? void() : done(joins);
            }
            const auto set = [this, whole, other, done](const hal::Result<void>& prepared) {
                done(prepared);
                if (prepared && whole->call->bridge && !other->call->bridge &&
                    other->call->phase != CallRecord::Phase::Ended) {
                    bridges_.consult(whole->call->bridge, other->call);
                }
            };
            auto asked = self->call->conference ? bridges_.prepareAdd(*whole, set)
                                                : bridges_.setUp(self, whole, 0, set);
            if (!asked) {
                done(asked);
            }
        });
    return begun ? hal::Result<tapi::RequestId>{requests_.reserve()}
                 : tl::unexpected(std::move(begun.error()));
}

hal::Result<tapi::RequestId> Core::finish(CallView& view, tapi::FinishMode mode,
                                          tapi::Reply reply) {
    const CallPtr first = view.call->consultFor.lock();
    const auto parent = first ? viewOf(*first, *view.application) : nullptr;
    if (!parent) {
        return hal::fail(hal::ErrorCode::InvalConsultCallHandle, "this call is no consultation");
    }
    if (mode == tapi::FinishMode::AsTransfer) {
        return completeTransfer(*parent, &view, std::move(reply));
    }
    const CallPtr whole = conferenceWith(first);
    const auto conference = whole ? viewOf(*whole, *view.application) : nullptr;
    if (conference) {
        return addToConference(*conference, &view, std::move(reply));
    }
    auto made = completeAsConference(*parent, &view, std::move(reply));
    return made ? hal::Result<tapi::RequestId>{requests_.reserve()}
                : tl::unexpected(std::move(made.error()));
}

hal::Result<tapi::ConferenceCalls> Core::setupConference(const LinePtr& line,
                                                         const ApplicationPtr& application,
                                                         std::uint32_t parties,
                                                         const tapi::CallParams& params,
                                                         tapi::Reply reply) {
    auto prepared = prepareCall(line, application, "", params);
    if (!prepared) {
        return tl::unexpected(std::move(prepared.error()));
    }
    auto consultation = std::static_pointer_cast<CallView>(*prepared);
    auto done = replyTo(application, std::move(reply));
    const auto conference = conferenceOf(*consultation);
    conference->call->info.relatedCallId = 0;
    const bool provider = (line->addressCaps.addressCapFlags & LINEADDRCAPFLAGS_SETUPCONFNULL) != 0;
    if (provider && providerCan(*line, Operation::SetupConference)) {
        if (auto opened = openLine(line); !opened) {
            return tl::unexpected(std::move(opened.error()));
        }
        return askForConference(nullptr, conference, consultation, parties, std::move(done));
    }
    if (!Bridges::canJoin(*line)) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("line {} cannot set up a conference", line->name));
    }
    auto made = bridges_.setUp(nullptr, conference, parties, std::move(done));
    return made ? hal::Result<tapi::ConferenceCalls>{{conference, nullptr}}
                : tl::unexpected(std::move(made.error()));
}

hal::Result<void> Core::setMember(CallView& view, const tapi::MemberSettings& settings) {
    if (view.deallocated) {
        return hal::fail(hal::ErrorCode::InvalCallHandle, "the application gave the call back");
    }
    auto allowed = checkPrivilege(Operation::RemoveFromConference, view.rights);
    return allowed ? bridges_.setMember(view, settings) : allowed;
}

/// A call goes on without its applications: to them it is over. What it is from now on, the new
/// record says; the provider does not notice.
std::shared_ptr<CallRecord> Core::handOver(const CallPtr& call) {
    auto next = std::make_shared<CallRecord>();
    next->id = nextCallId_++;
    next->line = call->line;
    next->handle = call->handle;
    next->driverCall = std::exchange(call->driverCall, nullptr);
    next->phase = CallRecord::Phase::Alive;
    next->inbound = call->inbound;
    next->announced = true;
    const bool beneath = call->beneath.has_value();
    next->state = deviceStateOf(*call);
    next->mode = beneath ? call->beneath->mode : call->mode;
    next->mediaModes = call->mediaModes;
    next->entered = loop_.wallNow();
    next->info = call->info;
    next->info.owners = next->info.monitors = 0;
    next->endedIds = call->endedIds;
    next->hangUpWatch = call->hangUpWatch;
    media_.handOver(call, next);
    auto& calls = call->line->calls;
    std::replace(calls.begin(), calls.end(), call, next);
    call->line->provider->queue()->calls.set(next->handle, next);
    call->handle = nullptr;
    call->bridge.reset();
    call->role = BridgeRole::None;
    call->cause = "transferred";
    endCall(call);
    watchForHangUp(next);
    return next;
}

tapi::Result<tapi::RequestId> CallView::conference(const std::shared_ptr<tapi::Call>& other,
                                                   tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->conference(*this, other.get(), std::move(reply))
                : tl::unexpected(std::move(core.error()));
}
tapi::Result<tapi::RequestId> CallView::transfer(const std::shared_ptr<tapi::Call>& other,
                                                 tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->transfer(*this, other.get(), std::move(reply))
                : tl::unexpected(std::move(core.error()));
}
tapi::Result<tapi::RequestId> CallView::finish(tapi::FinishMode mode, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->finish(*this, mode, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}
tapi::Result<void> CallView::setMember(const tapi::MemberSettings& settings) {
    auto core = coreOf(*application);
    return core ? (*core)->setMember(*this, settings) : tl::unexpected(std::move(core.error()));
}
tapi::Result<tapi::MemberStatus> CallView::memberStatus() const {
    auto core = coreOf(*application);
    return core ? (*core)->memberStatus(*this) : tl::unexpected(std::move(core.error()));
}

}  // namespace tipring::core
