// SPDX-License-Identifier: Apache-2.0
// What lines report of themselves, and who hears it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core.h"
#include "line_services.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
using Kind = tapi::AddressEvent::Kind;

constexpr std::uint32_t kServiceStates = LINEDEVSTATE_CONNECTED | LINEDEVSTATE_DISCONNECTED |
                                         LINEDEVSTATE_INSERVICE | LINEDEVSTATE_OUTOFSERVICE |
                                         LINEDEVSTATE_MAINTENANCE;
/// What the core itself lives by, whoever else listens.
constexpr std::uint32_t kOwnStates =
    kServiceStates | LINEDEVSTATE_RINGING | LINEDEVSTATE_CAPSCHANGE | LINEDEVSTATE_REMOVED;
constexpr std::uint32_t kAllStates =
    kOwnStates | LINEDEVSTATE_OTHER | LINEDEVSTATE_MSGWAITON | LINEDEVSTATE_MSGWAITOFF |
    LINEDEVSTATE_OPEN | LINEDEVSTATE_CLOSE | LINEDEVSTATE_NUMCALLS | LINEDEVSTATE_NUMCOMPLETIONS |
    LINEDEVSTATE_TERMINALS | LINEDEVSTATE_DEVSPECIFIC | LINEDEVSTATE_REINIT | LINEDEVSTATE_LOCK |
    LINEDEVSTATE_CONFIGCHANGE | LINEDEVSTATE_TRANSLATECHANGE | LINEDEVSTATE_COMPLCANCEL;
constexpr std::uint32_t kAllAddressStates =
    LINEADDRESSSTATE_OTHER | LINEADDRESSSTATE_DEVSPECIFIC | LINEADDRESSSTATE_INUSEZERO |
    LINEADDRESSSTATE_INUSEONE | LINEADDRESSSTATE_INUSEMANY | LINEADDRESSSTATE_NUMCALLS |
    LINEADDRESSSTATE_FORWARD | LINEADDRESSSTATE_TERMINALS | LINEADDRESSSTATE_CAPSCHANGE;

struct Told {
    std::uint32_t states;
    Kind kind;
};
/// Changes that are told as they are; the others need more.
constexpr Told kLineTold[] = {
    {LINEDEVSTATE_MSGWAITON, Kind::MessageWaitOn},
    {LINEDEVSTATE_MSGWAITOFF, Kind::MessageWaitOff},
    {LINEDEVSTATE_NUMCALLS, Kind::InUse},
    {LINEDEVSTATE_LOCK, Kind::Locked},
    {LINEDEVSTATE_CONFIGCHANGE, Kind::ConfigChange},
    {LINEDEVSTATE_OTHER | LINEDEVSTATE_DEVSPECIFIC | LINEDEVSTATE_TERMINALS |
         LINEDEVSTATE_NUMCOMPLETIONS | LINEDEVSTATE_COMPLCANCEL,
     Kind::DevState},
};
constexpr Told kAddressTold[] = {
    {LINEADDRESSSTATE_INUSEZERO | LINEADDRESSSTATE_INUSEONE | LINEADDRESSSTATE_INUSEMANY |
         LINEADDRESSSTATE_NUMCALLS,
     Kind::InUse},
    {LINEADDRESSSTATE_FORWARD, Kind::Forward},
    {LINEADDRESSSTATE_OTHER | LINEADDRESSSTATE_DEVSPECIFIC | LINEADDRESSSTATE_TERMINALS,
     Kind::DevState},
};

}  // namespace

void LineServices::onOpened(const LinePtr& line) {
    line->extVersion = 0;
    line->statusMessages = 0;
    selectExtVersion(*line);
    checkAddresses(*line);
    updateStatusMessages(line);
    core_.hubs().tellProvider(*line);
}

void LineServices::onClosed(LineRecord& line) {
    line.extVersion = line.extAgreed = 0;
}

/// An analog line has one address, 0. A provider that counts otherwise must agree with itself.
void LineServices::checkAddresses(LineRecord& line) {
    ProviderRecord& provider = *line.provider;
    const TspiProvider& table = provider.table();
    const std::uint32_t claimed = std::max(line.caps.addressCount, 1U);
    line.addressCount = claimed;
    std::uint32_t count = 0;
    if (table.lineGetNumAddressIDs != nullptr &&
        provider.call("lineGetNumAddressIDs", table.lineGetNumAddressIDs, line.driverLine,
                      &count) &&
        count != claimed) {
        provider.breach(ContractRule::BadValue, "lineGetNumAddressIDs", line.name,
                        fmt::format("there are {} addresses; the caps say {}", count, claimed));
    }
    const std::string number = fieldText(line.addressCaps.address);
    std::uint32_t id = 0;
    if (!number.empty() && table.lineGetAddressID != nullptr &&
        provider.call("lineGetAddressID", table.lineGetAddressID, line.driverLine, &id,
                      number.c_str()) &&
        id != 0) {
        provider.breach(ContractRule::BadValue, "lineGetAddressID", line.name,
                        fmt::format("the number of address 0 is said to be of address {}", id));
    }
}

void LineServices::checkCallAddress(const std::shared_ptr<CallRecord>& call) {
    LineRecord& line = *call->line;
    ProviderRecord& provider = *line.provider;
    std::uint32_t id = 0;
    const auto get = provider.table().lineGetCallAddressID;
    if (get != nullptr && provider.call("lineGetCallAddressID", get, call->driverCall, &id) &&
        id >= line.addressCount) {
        provider.breach(ContractRule::BadValue, "lineGetCallAddressID", line.name,
                        fmt::format("address {} of {}", id, line.addressCount));
    }
}

void LineServices::updateStatusMessages(const LinePtr& line) {
    if (!line->isOpen()) {
        return;
    }
    ProviderRecord& provider = *line->provider;
    const auto set = provider.table().lineSetStatusMessages;
    const bool heard = std::any_of(
        core_.applications_.begin(), core_.applications_.end(),
        [](const ApplicationPtr& each) { return each->wants(tapi::EventClass::Address); });
    const std::uint32_t states = heard ? kAllStates : kOwnStates;
    if (set == nullptr || states == line->statusMessages) {
        return;
    }
    line->statusMessages = states;
    const std::uint32_t addressStates = heard ? kAllAddressStates : LINEADDRESSSTATE_CAPSCHANGE;
    if (auto told =
            provider.call("lineSetStatusMessages", set, line->driverLine, states, addressStates);
        !told && told.error().code != hal::ErrorCode::OperationUnavail) {
        kLog.warning("line {}: {}", line->name, told.error().text());
    }
}

void LineServices::updateStatusMessages() {
    for (const LinePtr& line : core_.lines()) {
        updateStatusMessages(line);
    }
}

void LineServices::onLineState(const LinePtr& line, const ProviderItem& item) {
    const auto states = static_cast<std::uint32_t>(item.p1);
    if (states == 0 || (item.p1 & ~std::uintptr_t{kAllStates}) != 0) {
        line->provider->breach(ContractRule::BadValue, "LINE_LINEDEVSTATE", line->name,
                               fmt::format("{:#x} is no state of a line", item.p1));
    }
    if ((states & LINEDEVSTATE_RINGING) != 0) {
        core_.tellRinging(line, item);
    }
    if ((states & kServiceStates) != 0) {
        const auto state = line->state;
        const auto cause = line->stateCause;
        core_.readStatus(*line);
        if (line->state != state || line->stateCause != cause) {
            core_.tellAll(line, Kind::State);
        }
    }
    if ((states & (LINEDEVSTATE_CAPSCHANGE | LINEDEVSTATE_CONFIGCHANGE)) != 0 &&
        core_.describeLine(*line->provider, *line) && (states & LINEDEVSTATE_CAPSCHANGE) != 0) {
        core_.tellAll(line, Kind::CapsChange);
    }
    for (const Told& told : kLineTold) {
        if ((states & told.states) != 0) {
            core_.tellAll(line, told.kind);
        }
    }
    if ((states & LINEDEVSTATE_REMOVED) != 0) {
        core_.removeDevice(*line->provider, line->id);
    }
}

void LineServices::onAddressState(const LinePtr& line, const ProviderItem& item) {
    const auto states = static_cast<std::uint32_t>(item.p1);
    if (states == 0 || (item.p1 & ~std::uintptr_t{kAllAddressStates}) != 0) {
        line->provider->breach(ContractRule::BadValue, "LINE_ADDRESSSTATE", line->name,
                               fmt::format("{:#x} is no state of an address", item.p1));
    }
    if ((states & LINEADDRESSSTATE_CAPSCHANGE) != 0) {
        core_.readAddressCaps(*line->provider, *line);
        core_.tellAll(line, Kind::CapsChange);
    }
    for (const Told& told : kAddressTold) {
        if ((states & told.states) != 0) {
            core_.tellAll(line, told.kind);
        }
    }
}

void LineServices::forEachOpener(
    const LineRecord& line,
    const std::function<void(const ApplicationPtr&, tapi::RegistrationCookie, std::uint32_t)>& tell)
    const {
    const auto isIn = [](const auto& all, const ApplicationPtr& application) {
        return std::find(all.begin(), all.end(), application) != all.end();
    };
    std::vector<ApplicationPtr> told;
    for (const Registration& each : line.registrations) {
        if (!isIn(told, each.application)) {
            told.push_back(each.application);
            tell(each.application, each.cookie, each.wanted.callbackInstance);
        }
    }
    for (const auto& call : line.calls) {
        for (const auto& view : call->views) {
            if (!isIn(told, view->application)) {
                told.push_back(view->application);
                tell(view->application, 0, 0);
            }
        }
    }
}

void LineServices::onDevSpecific(const LinePtr& line, const ProviderItem& item) {
    forEachOpener(*line, [&](const ApplicationPtr& application, tapi::RegistrationCookie cookie,
                             std::uint32_t callbackInstance) {
        core_.outbox_->event(application,
                             tapi::AddressDevSpecificEvent{core_.addressFor(application, line),
                                                           nullptr,
                                                           {item.p1, item.p2, item.p3},
                                                           callbackInstance},
                             cookie);
    });
}

void LineServices::onCallDevSpecific(const std::shared_ptr<CallRecord>& call,
                                     const ProviderItem& item) {
    for (const auto& view : call->views) {
        core_.outbox_->event(
            view->application,
            tapi::AddressDevSpecificEvent{core_.addressFor(view->application, call->line),
                                          view,
                                          {item.p1, item.p2, item.p3},
                                          view->callbackInstance},
            view->cookie);
    }
}

void LineServices::onForcedClose(const LinePtr& line) {
    forEachOpener(*line, [&](const ApplicationPtr& application, tapi::RegistrationCookie cookie,
                             std::uint32_t callbackInstance) {
        core_.outbox_->event(
            application,
            tapi::TapiObjectEvent{tapi::TapiObjectEvent::Kind::AddressClose,
                                  core_.addressFor(application, line), nullptr, callbackInstance},
            cookie);
    });
}

}  // namespace tipring::core
