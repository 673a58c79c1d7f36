// SPDX-License-Identifier: Apache-2.0
#include "tapi_core/property_application.h"

#include <algorithm>
#include <utility>

namespace tipring::test {
namespace {

std::shared_ptr<tapi::Call> callOf(const tapi::Event& event) {
    return std::visit(
        [](const auto& each) -> std::shared_ptr<tapi::Call> {
            if constexpr (requires { each.call; }) {
                return each.call;
            } else {
                return nullptr;
            }
        },
        event);
}

bool isBookkeeping(const tapi::Event& event) {
    const auto* change = std::get_if<tapi::CallInfoChangeEvent>(&event);
    using Item = tapi::CallInfoChangeEvent::Item;
    return change != nullptr && (change->item == Item::Owners || change->item == Item::Monitors ||
                                 change->item == Item::Privilege);
}

}  // namespace

PropertyApplication::PropertyApplication(core::LineManager& manager, PropertyLedger& ledger,
                                         std::string label)
    : name(std::move(label)), tapi(manager.createApplication(name)), ledger_(ledger) {
    tapi->setEventSink(this);
    tapi->setEventFilter(tapi::kAllEvents);
}

PropertyApplication::~PropertyApplication() = default;

PropertyApplication::Known& PropertyApplication::know(const std::shared_ptr<tapi::Call>& call) {
    const auto found = std::find_if(calls.begin(), calls.end(),
                                    [&](const auto& each) { return each->call == call; });
    if (found != calls.end()) {
        return **found;
    }
    calls.push_back(std::make_unique<Known>());
    calls.back()->call = call;
    return *calls.back();
}

tapi::Reply PropertyApplication::reply(std::size_t& index) {
    index = requests_.size();
    auto request = std::make_shared<Asked>();
    requests_.push_back(request);
    return [request](const tapi::Result<void>&) { ++request->replies; };
}

void PropertyApplication::registered(tapi::RegistrationCookie cookie, std::uint32_t instance) {
    registrations.push_back({cookie, instance});
}

void PropertyApplication::unregistered(std::size_t index) {
    ended_.push_back(registrations[index].instance);
    registrations.erase(registrations.begin() + static_cast<std::ptrdiff_t>(index));
}

void PropertyApplication::onEvent(const tapi::Event& event) {
    if (!alive()) {
        ledger_.fault(name + " hears an event after its end");
        return;
    }
    const auto call = callOf(event);
    if (!call) {
        return;
    }
    Known& known = know(call);
    check(event, known);
    if (react) {
        react(known);
    }
}

void PropertyApplication::check(const tapi::Event& event, Known& known) {
    const std::string which = name + ", call " + std::to_string(known.call->id()) + ": ";
    if (known.deallocated) {
        ledger_.fault(which + "an event after it was given back");
    }
    if (known.idles > 0 && !isBookkeeping(event)) {
        ledger_.fault(which + "an event of kind " + std::to_string(event.index()) + " after idle");
    }
    if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
        known.begun = true;
        if (fresh->privilege == tapi::CallPrivilege::Owner) {
            ++ledger_.ownerNotifications[known.call->id()];
        }
        if (std::count(ended_.begin(), ended_.end(), fresh->callbackInstance) > 0) {
            ledger_.fault(which + "a notification for a registration that is gone");
        }
    }
    if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
        known.begun = true;
        known.idles += state->lineState == tapi::LineCallState::Idle ? 1 : 0;
    }
}

void PropertyApplication::die() {
    tapi.reset();
    for (const auto& request : requests_) {
        request->accepted = request->accepted && request->replies > 0;
    }
}

void PropertyApplication::checkEnd() {
    for (const auto& request : requests_) {
        const unsigned expected = request->accepted ? 1 : 0;
        const bool good = alive() ? request->replies == expected : request->replies <= 1;
        if (!good) {
            ledger_.fault(name + ": a request that was " +
                          (request->accepted ? "accepted" : "refused") + " has " +
                          std::to_string(request->replies) + " replies");
        }
    }
    for (const auto& known : calls) {
        const std::string which = name + ", call " + std::to_string(known->call->id()) + ": ";
        if (known->call->lineState() != tapi::LineCallState::Idle) {
            ledger_.fault(which + "not idle at the end");
        }
        if (alive() && known->begun && !known->deallocated && known->idles != 1) {
            ledger_.fault(which + "told idle " + std::to_string(known->idles) + " times");
        }
    }
}

}  // namespace tipring::test
