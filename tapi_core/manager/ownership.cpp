// SPDX-License-Identifier: Apache-2.0
#include "ownership.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "application.h"
#include "core.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};

using tapi::CallPrivilege;
using tapi::MediaMode;
using Item = tapi::CallInfoChangeEvent::Item;

/// Whom a call of unknown media is offered to when nobody registered for the unknown itself.
constexpr MediaMode kChain[] = {MediaMode::AutomatedVoice, MediaMode::InteractiveVoice,
                                MediaMode::DataModem, MediaMode::G3Fax, MediaMode::Tdd};

bool isOwner(const std::shared_ptr<CallView>& view) {
    return view->rights == CallPrivilege::Owner;
}

std::optional<MediaMode> otherVoice(MediaMode mode) {
    switch (mode) {
    case MediaMode::InteractiveVoice: return MediaMode::AutomatedVoice;
    case MediaMode::AutomatedVoice: return MediaMode::InteractiveVoice;
    default: return std::nullopt;
    }
}

std::shared_ptr<CallView> viewOf(const CallRecord& call, const ApplicationRecord& application) {
    const auto found = std::find_if(call.views.begin(), call.views.end(), [&](const auto& view) {
        return view->application.get() == &application;
    });
    return found == call.views.end() ? nullptr : *found;
}

/// The modes for which owners of a call are looked for, in this order.
std::vector<MediaMode> modesOf(std::uint32_t bits) {
    if (bits != 0 && (bits & LINEMEDIAMODE_UNKNOWN) == 0 && std::has_single_bit(bits)) {
        return {static_cast<MediaMode>(bits)};
    }
    std::vector<MediaMode> modes{MediaMode::Unknown};
    std::copy(std::begin(kChain), std::end(kChain), std::back_inserter(modes));
    // Those that the provider thinks possible come before those that it does not name.
    std::stable_partition(modes.begin() + 1, modes.end(), [bits](MediaMode mode) {
        return (bits & static_cast<std::uint32_t>(mode)) != 0;
    });
    return modes;
}

}  // namespace

/// Smaller comes first: by rank for the mode; of those with a normal one, who registered for it
/// before those that stand in with the other kind of voice, and these by their rank for that.
struct Ownership::Standing {
    Priorities::Rank rank;
    bool standsIn;
    Priorities::Rank otherRank;

    bool operator<(const Standing& other) const {
        return std::tie(rank, standsIn, otherRank) <
               std::tie(other.rank, other.standsIn, other.otherRank);
    }
};

const Registration* Ownership::best(const LineRecord& line, MediaMode mode, bool standIns) const {
    const Registration* found = nullptr;
    Standing first{};
    const auto other = otherVoice(mode);
    for (const Registration& each : line.registrations) {
        const bool exact = each.wanted.mediaModes.has(mode);
        const bool in = !exact && standIns && other && each.wanted.mediaModes.has(*other);
        if (!each.wanted.owner || each.application->closed || !(exact || in)) {
            continue;
        }
        const std::string& name = each.application->name;
        const Standing standing{priorities_.rank(name, mode), in,
                                in ? priorities_.rank(name, *other) : Priorities::Rank{}};
        if (found == nullptr || standing < first) {
            found = &each;
            first = standing;
        }
    }
    return found;
}

const Registration* Ownership::ownerFor(const CallRecord& call) const {
    for (const MediaMode mode : modesOf(call.mediaModes)) {
        if (const Registration* owner = best(*call.line, mode, true)) {
            return owner;
        }
    }
    return nullptr;
}

void Ownership::announce(const std::shared_ptr<CallRecord>& call) {
    const Registration* owner = call->inbound ? ownerFor(*call) : nullptr;
    std::vector<std::shared_ptr<CallView>> told;
    const auto tell = [&](const Registration& registration, CallPrivilege privilege) {
        if (!viewOf(*call, *registration.application)) {
            told.push_back(addView(call, registration, privilege));
        }
    };
    if (owner != nullptr) {
        tell(*owner, CallPrivilege::Owner);
    } else if (call->inbound) {
        kLog.info("line {}: nobody takes the call", call->line->name);
    }
    for (const Registration& registration : call->line->registrations) {
        if (registration.wanted.monitor &&
            mediaMatches(registration.wanted.mediaModes, call->mediaModes)) {
            tell(registration, CallPrivilege::Monitor);
        }
    }
    call->info.owners =
        static_cast<std::uint32_t>(std::count_if(call->views.begin(), call->views.end(), &isOwner));
    call->info.monitors = static_cast<std::uint32_t>(call->views.size()) - call->info.owners;
    for (const auto& view : told) {
        outbox_->event(view->application,
                       tapi::CallNotificationEvent{view, view->rights, view->callbackInstance},
                       view->cookie);
    }
}

void Ownership::begin(const std::shared_ptr<CallView>& view) {
    view->heard = true;
    view->call->views.push_back(view);
    view->call->info.owners = 1;
    view->call->info.appName = view->application->name;
}

std::shared_ptr<CallView> Ownership::join(const std::shared_ptr<CallRecord>& call,
                                          const Registration& registration) {
    auto view = addView(call, registration, CallPrivilege::Monitor);
    tellCounts(*call, view.get());
    return view;
}

std::shared_ptr<CallView> Ownership::addView(const std::shared_ptr<CallRecord>& call,
                                             const Registration& registration,
                                             CallPrivilege privilege) {
    const auto core = registration.application->core.lock();
    auto view = std::make_shared<CallView>(call, registration.application,
                                           core->addressFor(registration.application, call->line));
    view->rights = privilege;
    view->cookie = registration.cookie;
    view->callbackInstance = registration.wanted.callbackInstance;
    call->views.push_back(view);
    return view;
}

hal::Result<void> Ownership::setPrivilege(CallView& view, CallPrivilege privilege) {
    if (privilege != CallPrivilege::Owner && privilege != CallPrivilege::Monitor) {
        return hal::fail(hal::ErrorCode::InvalCallPrivilege,
                         "an application owns a call or monitors it");
    }
    CallRecord& call = *view.call;
    const bool over = call.phase == CallRecord::Phase::Ended;
    const auto owners = std::count_if(call.views.begin(), call.views.end(), &isOwner);
    const bool sole = view.rights == CallPrivilege::Owner && owners <= 1;
    if (privilege == CallPrivilege::Monitor && sole && !over) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "the sole owner of a call cannot become a monitor before it is idle");
    }
    view.rights = privilege;
    if (!over) {
        tellCounts(call, &view);
    }
    return {};
}

hal::Result<void> Ownership::handoff(CallView& view, std::string_view applicationName) {
    bool self = false;
    for (const Registration& each : view.call->line->registrations) {
        if (!each.wanted.owner || each.application->closed ||
            each.application->name != applicationName) {
            continue;
        }
        if (each.application != view.application) {
            give(view, each);
            return {};
        }
        self = true;
    }
    if (self || view.application->name == applicationName) {
        return hal::fail(hal::ErrorCode::TargetSelf, "an application cannot hand a call to itself");
    }
    return hal::fail(hal::ErrorCode::TargetNotFound,
                     fmt::format("no application \"{}\" has line {} open as owner",
                                 applicationName.substr(0, 255), view.call->line->name));
}

hal::Result<void> Ownership::handoff(CallView& view, MediaMode mode) {
    if (tapi::name(mode) == "?") {
        return hal::fail(
            hal::ErrorCode::InvalMediaMode,
            fmt::format("{:#x} is not exactly one media mode", static_cast<std::uint32_t>(mode)));
    }
    const Registration* taker = best(*view.call->line, mode, false);
    if (taker == nullptr) {
        return hal::fail(hal::ErrorCode::TargetNotFound,
                         fmt::format("no application has line {} open as owner for {}",
                                     view.call->line->name, tapi::name(mode)));
    }
    if (taker->application == view.application) {
        return hal::fail(
            hal::ErrorCode::TargetSelf,
            fmt::format("this application comes first itself for {}", tapi::name(mode)));
    }
    give(view, *taker);
    return {};
}

void Ownership::give(CallView& giver, const Registration& taker) {
    const auto call = giver.call;
    auto view = viewOf(*call, *taker.application);
    if (view) {
        const bool raised =
            std::exchange(view->rights, CallPrivilege::Owner) != CallPrivilege::Owner;
        if (raised) {
            outbox_->event(view->application,
                           tapi::CallInfoChangeEvent{view, Item::Privilege, view->callbackInstance},
                           view->cookie);
        }
    } else {
        view = addView(call, taker, CallPrivilege::Owner);
    }
    call->info.appName = taker.application->name;
    outbox_->event(
        view->application,
        tapi::CallNotificationEvent{view, CallPrivilege::Owner, taker.wanted.callbackInstance},
        taker.cookie);
    outbox_->event(view->application,
                   tapi::CallStateEvent{view, view->state(), view->lineState(), call->mode,
                                        call->cause, view->callbackInstance},
                   view->cookie);
    tellCounts(*call, &giver, view.get());
}

void Ownership::leave(const std::shared_ptr<CallRecord>& call,
                      const ApplicationRecord& application) {
    auto& views = call->views;
    const auto view = viewOf(*call, application);
    if (!view) {
        return;
    }
    views.erase(std::remove(views.begin(), views.end(), view), views.end());
    tellCounts(*call, view.get());
    if (isOwner(view) && std::none_of(views.begin(), views.end(), &isOwner)) {
        drop_(call, "the application that owned it ended or gave it back");
    }
}

void Ownership::forget(const std::shared_ptr<CallView>& view) {
    if (view->heard) {
        return;
    }
    auto& views = view->call->views;
    views.erase(std::remove(views.begin(), views.end(), view), views.end());
    tellCounts(*view->call, view.get());
}

void Ownership::tellCounts(CallRecord& call, const CallView* cause, const CallView* informed) {
    const auto owners =
        static_cast<std::uint32_t>(std::count_if(call.views.begin(), call.views.end(), &isOwner));
    const auto monitors = static_cast<std::uint32_t>(call.views.size()) - owners;
    const bool ownersChanged = std::exchange(call.info.owners, owners) != owners;
    const bool monitorsChanged = std::exchange(call.info.monitors, monitors) != monitors;
    if (ownersChanged) {
        tellOthers(call, Item::Owners, cause, informed);
    }
    if (monitorsChanged) {
        tellOthers(call, Item::Monitors, cause, informed);
    }
}

void Ownership::tellOthers(const CallRecord& call, Item item, const CallView* but,
                           const CallView* norHim) {
    for (const auto& view : call.views) {
        if (view.get() != but && view.get() != norHim) {
            outbox_->event(view->application,
                           tapi::CallInfoChangeEvent{view, item, view->callbackInstance},
                           view->cookie);
        }
    }
}

}  // namespace tipring::core
