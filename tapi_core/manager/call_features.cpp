// SPDX-License-Identifier: Apache-2.0
#include "call_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "call_record.h"
#include "line_record.h"
#include "provider_record.h"

namespace tipring::core {
namespace {

/// What an operation takes of the provider and of the line.
struct Need {
    Operation operation;
    const char* function;                    // null: the core does it by itself
    bool (*has)(const TspiProvider& table);  // the function
    bool (*able)(const TspiLineCaps& caps);
    bool live;  // the provider's LINECALLFEATURE_* of the moment have a say
};

bool always(const TspiProvider&) {
    return true;
}
bool never(const TspiProvider&) {
    return false;
}
bool whatever(const TspiLineCaps&) {
    return true;
}
bool hearsDigits(const TspiLineCaps& caps) {
    return caps.monitorDigitModes != 0;
}

// Of a call that is to be hung up no provider has a say: it must end. What the core does by itself
// is not here: it can always be done.
constexpr Need kNeeds[] = {
    {Operation::Accept, "lineAccept", [](const auto& table) { return table.lineAccept != nullptr; },
     &whatever, true},
    {Operation::Answer, "lineAnswer", [](const auto& table) { return table.lineAnswer != nullptr; },
     &whatever, true},
    {Operation::Drop, "lineDrop", [](const auto& table) { return table.lineDrop != nullptr; },
     &whatever, false},
    {Operation::Dial, "lineDial", [](const auto& table) { return table.lineDial != nullptr; },
     &whatever, true},
    {Operation::Secure, "lineSecureCall",
     [](const auto& table) { return table.lineSecureCall != nullptr; }, &whatever, true},
    {Operation::SetCallParams, "lineSetCallParams",
     [](const auto& table) { return table.lineSetCallParams != nullptr; }, &whatever, true},
    {Operation::TakeDescriptor, "lineGetDescriptor",
     [](const auto& table) { return table.lineGetDescriptor != nullptr; },
     [](const TspiLineCaps& caps) { return (caps.bearerModes & LINEBEARERMODE_PASSTHROUGH) != 0; },
     false},
    {Operation::GenerateDigits, "lineGenerateDigits",
     [](const auto& table) { return table.lineGenerateDigits != nullptr; },
     [](const TspiLineCaps& caps) { return caps.generateDigitModes != 0; }, true},
    {Operation::GenerateTone, "lineGenerateTone",
     [](const auto& table) { return table.lineGenerateTone != nullptr; },
     [](const TspiLineCaps& caps) { return caps.generateToneModes != 0; }, true},
    {Operation::MonitorDigits, "lineMonitorDigits",
     [](const auto& table) { return table.lineMonitorDigits != nullptr; }, &hearsDigits, true},
    {Operation::MonitorTones, "lineMonitorTones",
     [](const auto& table) { return table.lineMonitorTones != nullptr; },
     [](const TspiLineCaps& caps) { return caps.monitorToneMaxEntries != 0; }, true},
    {Operation::MonitorMedia, "lineMonitorMedia",
     [](const auto& table) { return table.lineMonitorMedia != nullptr; }, &whatever, true},
    {Operation::GatherDigits, "lineMonitorDigits",
     [](const auto& table) {
         return table.lineMonitorDigits != nullptr || table.lineGatherDigits != nullptr;
     },
     &hearsDigits, false},
    {Operation::DevSpecific, "lineDevSpecific",
     [](const auto& table) { return table.lineDevSpecific != nullptr; }, &whatever, false},
    {Operation::SetTreatment, "treatment of held calls", &never, &whatever, true},
    {Operation::Hold, "lineHold", [](const auto& table) { return table.lineHold != nullptr; },
     &whatever, true},
    {Operation::Unhold, "lineUnhold", [](const auto& table) { return table.lineUnhold != nullptr; },
     &whatever, true},
    {Operation::SwapHold, "lineSwapHold",
     [](const auto& table) { return table.lineSwapHold != nullptr; }, &whatever, true},
    {Operation::SetupTransfer, "lineSetupTransfer",
     [](const auto& table) { return table.lineSetupTransfer != nullptr; }, &whatever, true},
    {Operation::CompleteTransfer, "lineCompleteTransfer",
     [](const auto& table) { return table.lineCompleteTransfer != nullptr; }, &whatever, true},
    {Operation::BlindTransfer, "lineBlindTransfer",
     [](const auto& table) { return table.lineBlindTransfer != nullptr; }, &whatever, true},
    {Operation::SetupConference, "lineSetupConference",
     [](const auto& table) { return table.lineSetupConference != nullptr; }, &whatever, true},
    {Operation::PrepareAddToConference, "linePrepareAddToConference",
     [](const auto& table) { return table.linePrepareAddToConference != nullptr; }, &whatever,
     true},
    {Operation::AddToConference, "lineAddToConference",
     [](const auto& table) { return table.lineAddToConference != nullptr; }, &whatever, true},
    {Operation::RemoveFromConference, "lineRemoveFromConference",
     [](const auto& table) { return table.lineRemoveFromConference != nullptr; }, &whatever, true},
};
constexpr Need kNothing{Operation::Connect, nullptr, &always, &whatever, false};

const Need& needOf(Operation operation) {
    const auto* found = std::find_if(std::begin(kNeeds), std::end(kNeeds),
                                     [&](const Need& need) { return need.operation == operation; });
    return found == std::end(kNeeds) ? kNothing : *found;
}

/// True where the core hears in the device's place: the provider has no say then.
bool coreHears(const LineRecord& line, Operation operation) {
    const tapi::Detections core = line.capabilities.coreDetects;
    switch (operation) {
    case Operation::MonitorDigits:
    case Operation::GatherDigits: return core.has(tapi::Detection::Digits);
    case Operation::MonitorTones: return core.has(tapi::Detection::Tones);
    case Operation::MonitorMedia: return core.has(tapi::Detection::Media);
    default: return false;
    }
}

/// What the core's own mixer can do on the line.
bool coreJoins(const LineRecord& line, Operation operation) {
    constexpr Operation kJoins[] = {
        Operation::SetupTransfer,          Operation::CompleteTransfer,
        Operation::SetupConference,        Operation::AddToConference,
        Operation::PrepareAddToConference, Operation::RemoveFromConference};
    return Bridges::canJoin(line) &&
           std::find(std::begin(kJoins), std::end(kJoins), operation) != std::end(kJoins);
}

/// To a conference of the core's own a call is added without further ado.
bool stands(const CallRecord& call, Operation operation) {
    return operation == Operation::AddToConference && call.role == BridgeRole::Conference &&
           call.state == tapi::LineCallState::Connected;
}

/// What would put a call into another place than the one that it is on its way to.
bool moves(Operation operation) {
    constexpr Operation kMoves[] = {Operation::Hold,          Operation::SwapHold,
                                    Operation::SetupTransfer, Operation::CompleteTransfer,
                                    Operation::BlindTransfer, Operation::SetupConference};
    return std::find(std::begin(kMoves), std::end(kMoves), operation) != std::end(kMoves);
}

/// Privilege, state and ability.
hal::Result<void> checkStanding(const CallView& view, Operation operation) {
    if (view.deallocated) {
        return hal::fail(
            hal::ErrorCode::InvalCallHandle,
            fmt::format("cannot {}: the application gave the call back", name(operation)));
    }
    if (auto allowed = checkPrivilege(operation, view.rights); !allowed) {
        return allowed;
    }
    const CallRecord& call = *view.call;
    if (call.phase == CallRecord::Phase::Prepared) {
        return checkState(operation, std::nullopt);
    }
    if (call.phase == CallRecord::Phase::Asked) {
        return checkEarly(operation);
    }
    // While the provider has not yet said anything of a call, its state is unknown.
    const auto state = call.state.value_or(tapi::LineCallState::Unknown);
    if (auto allowed = checkState(operation, state, call.mode);
        !allowed && !stands(call, operation)) {
        return allowed;
    }
    if (call.seating && moves(operation)) {
        return hal::fail(
            hal::ErrorCode::InvalCallState,
            fmt::format("cannot {}: the call is on its way into a mix", name(operation)));
    }
    if (Bridges::does(call, operation)) {
        return {};
    }
    if (call.role == BridgeRole::Conference && needOf(operation).function != nullptr) {
        return hal::fail(
            hal::ErrorCode::OperationUnavail,
            fmt::format("cannot {}: the conference is the core's own", name(operation)));
    }
    return checkProvider(*call.line, operation);
}

/// LINECALLFEATURE_* that the provider says are possible now; all where it says nothing.
std::uint32_t liveFeatures(const CallRecord& call) {
    constexpr std::uint32_t kAll = 0xFFFFFFFF;
    if (call.phase != CallRecord::Phase::Alive || call.line->provider == nullptr ||
        call.driverCall == nullptr) {
        return kAll;
    }
    ProviderRecord& provider = *call.line->provider;
    const auto get = provider.table().lineGetCallStatus;
    Filled<TspiCallStatus> status;
    if (get == nullptr || !provider.fill("lineGetCallStatus", get, status, call.driverCall)) {
        return kAll;
    }
    return status->features == 0 ? kAll : status->features;
}

bool livesIn(std::uint32_t live, Operation operation) {
    return !needOf(operation).live || (live & featureOf(operation)) != 0;
}

}  // namespace

hal::Result<void> checkAbility(const LineRecord& line, Operation operation) {
    return coreJoins(line, operation) ? hal::Result<void>{} : checkProvider(line, operation);
}

bool providerCan(const LineRecord& line, Operation operation) {
    return checkProvider(line, operation).has_value();
}

hal::Result<void> checkProvider(const LineRecord& line, Operation operation) {
    const Need& need = needOf(operation);
    if (line.provider == nullptr || need.function == nullptr || coreHears(line, operation)) {
        return {};  // a line without a provider has no calls to ask
    }
    if (!need.has(line.provider->table())) {
        return line.provider->missing(need.function);
    }
    const std::uint32_t told = line.hasAddressCaps ? line.addressCaps.callFeatures : 0;
    const bool excluded = told != 0 && need.live && (told & featureOf(operation)) == 0;
    if (excluded || !need.able(line.caps)) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("line {} cannot {}", line.name, name(operation)));
    }
    return {};
}

hal::Result<void> checkOperation(const CallView& view, Operation operation) {
    if (auto stands = checkStanding(view, operation); !stands) {
        return stands;
    }
    if (needOf(operation).live && !coreHears(*view.call->line, operation) &&
        !Bridges::does(*view.call, operation) && !livesIn(liveFeatures(*view.call), operation)) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         fmt::format("cannot {}: the provider says that it is not possible now",
                                     name(operation)));
    }
    return {};
}

tapi::CallFeatures featuresOf(const CallView& view) {
    const std::uint32_t live = liveFeatures(*view.call);
    std::uint32_t features = 0;
    for (std::size_t index = 0; index < kOperations; ++index) {
        const auto operation = static_cast<Operation>(index);
        const bool now = livesIn(live, operation) || coreHears(*view.call->line, operation) ||
                         Bridges::does(*view.call, operation);
        if (featureOf(operation) != 0 && now && checkStanding(view, operation)) {
            features |= featureOf(operation);
        }
    }
    return tapi::CallFeatures::fromBits(features);
}

std::uint32_t possibleFeatures(const LineRecord& line) {
    std::uint32_t features = 0;
    for (std::size_t index = 0; index < kOperations; ++index) {
        const auto operation = static_cast<Operation>(index);
        features |= checkAbility(line, operation) ? featureOf(operation) : 0U;
    }
    return features;
}

}  // namespace tipring::core
