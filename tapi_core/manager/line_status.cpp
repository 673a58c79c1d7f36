// SPDX-License-Identifier: Apache-2.0
// How a line is now, and which line would do.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core.h"
#include "line_services.h"

namespace tipring::core {
namespace {

constexpr std::uint32_t kOnHold = LINECALLSTATE_ONHOLD;
constexpr std::uint32_t kPending = LINECALLSTATE_ONHOLDPENDCONF | LINECALLSTATE_ONHOLDPENDTRANSFER;

std::uint32_t stateOf(const CallRecord& call) {
    return static_cast<std::uint32_t>(call.state.value_or(tapi::LineCallState::Unknown));
}

/// A line may tell nothing of its features, in words or in caps: then what its table has counts.
bool mayEver(std::uint32_t features, std::uint32_t bit, bool otherwise) {
    return features == 0 ? otherwise : (features & bit) != 0;
}

void addOnce(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
    }
}

std::vector<std::string> openersOf(const LineRecord& line) {
    std::vector<std::string> names;
    for (const bool owners : {true, false}) {
        for (const Registration& each : line.registrations) {
            if (each.wanted.owner == owners) {
                addOnce(names, each.application->name);
            }
        }
    }
    for (const auto& call : line.calls) {
        for (const auto& view : call->views) {
            addOnce(names, view->application->name);
        }
    }
    return names;
}

/// Why a line cannot make such a call; empty: it can.
std::string lackOf(const LineRecord& line, const tapi::CallParams& wanted) {
    const std::uint32_t bearers =
        line.caps.bearerModes == 0 ? LINEBEARERMODE_VOICE : line.caps.bearerModes;
    const std::uint32_t address = line.addressCaps.addressCapFlags;
    const std::size_t most =
        std::max({line.addressCaps.maxActiveCalls, line.caps.maxActiveCalls, 1U});
    if (line.provider == nullptr || line.state != tapi::AddressState::InService) {
        return line.stateCause.empty() ? "is out of service" : line.stateCause;
    }
    if ((wanted.mediaModes.bits() & ~(line.caps.mediaModes | LINEMEDIAMODE_UNKNOWN)) != 0) {
        return "has not the media mode";
    }
    if ((static_cast<std::uint32_t>(wanted.bearerMode) & bearers) == 0) {
        return "has not the bearer mode";
    }
    if (wanted.minRate > line.caps.maxRate) {
        return "is not as fast";
    }
    if (wanted.flags.has(tapi::CallParamFlag::BlockId) &&
        (address & LINEADDRCAPFLAGS_BLOCKIDOVERRIDE) == 0 &&
        (address & LINEADDRCAPFLAGS_BLOCKIDDEFAULT) == 0) {
        return "cannot hide its number";
    }
    if (wanted.flags.has(tapi::CallParamFlag::Secure) && (address & LINEADDRCAPFLAGS_SECURE) == 0) {
        return "cannot secure a call";
    }
    return line.calls.size() >= most ? "is in a call" : "";
}

}  // namespace

std::uint32_t LineServices::lineFeatures(const LineRecord& line, std::uint32_t provider) const {
    if (line.provider == nullptr || line.state != tapi::AddressState::InService) {
        return 0;
    }
    const TspiProvider& table = line.provider->table();
    const std::uint32_t ever = line.caps.lineFeatures;
    const std::size_t most =
        std::max({line.addressCaps.maxActiveCalls, line.caps.maxActiveCalls, 1U});
    struct Row {
        std::uint32_t bit;
        bool there;   // the function, and what the core asks besides
        bool untold;  // what counts where the caps say nothing
    };
    const bool room = line.calls.size() < most;
    const Row rows[] = {
        {LINEFEATURE_MAKECALL, table.lineMakeCall != nullptr && room, true},
        {LINEFEATURE_DEVSPECIFIC, table.lineDevSpecific != nullptr, true},
        {LINEFEATURE_DEVSPECIFICFEAT, table.lineDevSpecificFeature != nullptr, false},
        {LINEFEATURE_SETDEVSTATUS,
         table.lineSetLineDevStatus != nullptr && line.caps.settableDevStatus != 0, true},
        {LINEFEATURE_FORWARD, table.lineForward != nullptr && line.addressCaps.forwardModes != 0,
         true},
        {LINEFEATURE_FORWARDFWD, table.lineForward != nullptr && line.addressCaps.forwardModes != 0,
         false},
    };
    std::uint32_t features = 0;
    for (const Row& row : rows) {
        const bool now = provider == 0 || (provider & row.bit) != 0;
        if (row.there && now && mayEver(ever, row.bit, row.untold)) {
            features |= row.bit;
        }
    }
    return features;
}

std::uint32_t LineServices::addressFeatures(const LineRecord& line, std::uint32_t provider) const {
    constexpr std::pair<std::uint32_t, std::uint32_t> kSame[] = {
        {LINEADDRFEATURE_MAKECALL, LINEFEATURE_MAKECALL},
        {LINEADDRFEATURE_FORWARD, LINEFEATURE_FORWARD},
        {LINEADDRFEATURE_FORWARDFWD, LINEFEATURE_FORWARDFWD},
    };
    const std::uint32_t ofLine = lineFeatures(line, 0);
    std::uint32_t features = 0;
    for (const auto& [address, same] : kSame) {
        const bool now = provider == 0 || (provider & address) != 0;
        if ((ofLine & same) != 0 && now &&
            mayEver(line.addressCaps.addressFeatures, address, true)) {
            features |= address;
        }
    }
    // Whether a call rings elsewhere, only the provider can know.
    constexpr std::uint32_t kPickup = LINEADDRFEATURE_PICKUP | LINEADDRFEATURE_PICKUPHELD |
                                      LINEADDRFEATURE_PICKUPGROUP | LINEADDRFEATURE_PICKUPDIRECT |
                                      LINEADDRFEATURE_PICKUPWAITING;
    const bool picksUp = line.provider != nullptr && line.provider->table().linePickup != nullptr;
    return picksUp ? features | (provider & line.addressCaps.addressFeatures & kPickup) : features;
}

tapi::AddressStatus LineServices::status(const LinePtr& line) const {
    tapi::AddressStatus out;
    out.open = line->isOpen();
    out.openers = openersOf(*line);
    out.cause = line->stateCause;
    out.inService = line->state == tapi::AddressState::InService;
    std::uint32_t modes = 0;
    for (const Registration& each : line->registrations) {
        modes |= each.wanted.mediaModes.bits();
    }
    out.openMediaModes = tapi::MediaModes::fromBits(modes);
    for (const auto& call : line->calls) {
        const std::uint32_t state = stateOf(*call);
        ++((state & kOnHold) != 0    ? out.onHoldCalls
           : (state & kPending) != 0 ? out.onHoldPendingCalls
                                     : out.activeCalls);
    }
    out.inUse = !line->calls.empty();
    for (const auto& wish : line->ringWishes) {
        const auto application = wish.application.lock();
        if (application && !application->closed) {
            out.ringsBeforeAnswer = std::max(out.ringsBeforeAnswer, wish.rings);
        }
    }
    std::uint32_t lineNow = 0, addressNow = 0;
    if (out.open && line->provider != nullptr) {
        ProviderRecord& provider = *line->provider;
        Filled<TspiLineStatus> live;
        if (provider.fill("lineGetLineDevStatus", provider.table().lineGetLineDevStatus, live,
                          line->driverLine)) {
            out.connected = live->connected != 0;
            out.inService = out.connected && live->inService != 0;
            out.messageWaiting = live->messageWaiting != 0;
            out.locked = live->locked != 0;
            out.ringMode = live->ringMode;
            out.cause = out.inService ? std::string() : fieldText(live->cause);
            lineNow = live->lineFeatures;
        }
        Filled<TspiAddressStatus> address;
        const auto get = provider.table().lineGetAddressStatus;
        if (get != nullptr &&
            provider.fill("lineGetAddressStatus", get, address, line->driverLine, 0U)) {
            out.inUse = out.inUse || address->inUse != 0;
            out.forwardModes = address->forwardModes;
            out.forwardAddress = fieldText(address->forwardAddress);
            addressNow = address->addressFeatures;
        }
    }
    if (out.inService && !(out.locked && lineNow == 0)) {
        out.lineFeatures = lineFeatures(*line, lineNow);
        out.addressFeatures = addressFeatures(*line, addressNow);
    }
    return out;
}

hal::Result<void> LineServices::setRingsBeforeAnswer(const LinePtr& line,
                                                     const ApplicationPtr& application,
                                                     std::uint32_t rings) {
    constexpr std::uint32_t kMost = 100;
    if (rings > kMost) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("nobody waits for {} rings; {} at most", rings, kMost));
    }
    auto& all = line->ringWishes;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const LineRecord::RingWish& each) {
                                 const auto who = each.application.lock();
                                 return !who || who->closed || who == application;
                             }),
              all.end());
    if (rings > 0) {
        all.push_back({application, rings});
    }
    return {};
}

hal::Result<std::shared_ptr<LineRecord>> LineServices::find(const tapi::CallParams& wanted) const {
    std::string lacks;
    for (const LinePtr& line : core_.lines()) {
        const std::string lack = lackOf(*line, wanted);
        if (lack.empty()) {
            return line;
        }
        lacks += fmt::format("{}{}: {}", lacks.empty() ? "" : "; ", line->name, lack);
    }
    return hal::fail(hal::ErrorCode::LineMapperFailed,
                     lacks.empty() ? "there are no lines" : "no line fits: " + lacks);
}

}  // namespace tipring::core
