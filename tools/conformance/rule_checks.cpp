// SPDX-License-Identifier: Apache-2.0
// Judged by what the other checks saw: the claims of the caps, and the rules of the contract.
#include <fmt/format.h>

#include <algorithm>

#include "kit_session.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::conformance {
namespace {

using core::ContractRule;

std::string_view bitName(tapi::LineCallState bit) {
    return tapi::name(bit);
}
std::string_view modeText(tapi::LineCallState state, std::uint32_t bit) {
    return tapi::modeName(state, bit);
}

Outcome statesClaimed(Bench&, Evidence& evidence) {
    if (!evidence.calls) {
        return skipped("no call came to a state");
    }
    for (const auto& [line, seen] : evidence.states) {
        const std::uint32_t claimed = evidence.caps[line].callStates;
        for (std::uint32_t bit = 1; bit != 0 && claimed != 0; bit <<= 1) {
            if ((seen & bit & ~claimed) != 0) {
                return failed(fmt::format("calls are {}, which the caps do not say",
                                          bitName(static_cast<tapi::LineCallState>(bit))));
            }
        }
    }
    return passed();
}

Outcome modesClaimed(Bench&, Evidence& evidence) {
    if (!evidence.calls) {
        return skipped("no call came to a state");
    }
    using S = tapi::LineCallState;
    for (const auto& [line, caps] : evidence.caps) {
        // UNKNOWN is the core's own, where a device is gone.
        const std::uint32_t ends = evidence.disconnectModes[line] & ~caps.disconnectModes &
                                   ~std::uint32_t{LINEDISCONNECTMODE_UNKNOWN};
        const std::uint32_t talks = evidence.connectedModes[line] & ~caps.connectedModes;
        if (caps.disconnectModes != 0 && ends != 0) {
            return failed(fmt::format("calls end by {:#x} ({}), which the caps do not say", ends,
                                      modeText(S::Disconnected, ends)));
        }
        if (caps.connectedModes != 0 && talks != 0) {
            return failed(
                fmt::format("calls are connected by {:#x} ({}), which the caps do not say", talks,
                            modeText(S::Connected, talks)));
        }
    }
    return passed();
}

Outcome noBreach(const Evidence& evidence, std::initializer_list<ContractRule> rules) {
    if (!evidence.sessions) {
        return skipped("no other check ran");
    }
    std::string words;
    for (const core::ContractBreach& breach : evidence.breaches) {
        if (std::find(rules.begin(), rules.end(), breach.rule) == rules.end() ||
            words.find(breach.text) != std::string::npos) {
            continue;
        }
        words += fmt::format("{}{} ({}): {}", words.empty() ? "" : "; ", breach.function,
                             core::name(breach.rule), breach.text);
    }
    return judged(std::move(words));
}

template <ContractRule... Rules>
Outcome kept(Bench&, Evidence& evidence) {
    return noBreach(evidence, {Rules...});
}

using R = ContractRule;
const Check kChecks[] = {
    {{"caps.states", "Calls have no state that the caps do not claim", "call states of the caps"},
     &statesClaimed},
    {{"caps.modes", "Calls are connected and end in no mode that the caps do not claim",
      "disconnect and connected modes of the caps"},
     &modesClaimed},
    {{"rule.completion", "Each accepted request is completed once, with its own id",
      "tspi.h: Requests"},
     &kept<R::DoubleCompletion, R::MissingCompletion, R::UnknownRequest, R::ForeignRequest,
           R::PositiveCompletion, R::CompletionAfterShutdown>},
    {{"rule.result", "Functions return the request id, 0, or an error", "tspi.h: Requests"},
     &kept<R::WrongRequestId, R::ZeroResult, R::PositiveResult>},
    {{"rule.handles", "Handles are those of the core and of the provider itself",
      "tspi.h: Handles"},
     &kept<R::MissingHandle, R::ZeroDeviceHandle, R::UnknownDeviceHandle, R::ForeignDeviceHandle,
           R::ZeroCallHandle, R::UnknownCallHandle, R::DuplicateCall>},
    {{"rule.silence", "Nothing comes after idle, or after lineCloseCall and lineClose",
      "tspi.h: Events"},
     &kept<R::EventAfterClose, R::EventAfterCallClose, R::StaleStream, R::EventAfterIdle,
           R::IdleTwice, R::LeftIdle>},
    {{"rule.states", "States follow each other as they can, the first right after LINE_NEWCALL",
      "tspi.h: Calls"},
     &kept<R::IllegalMove, R::NoFirstState, R::EarlyFlood>},
    {{"rule.idle", "Each call that is dropped or disconnected comes to idle", "tspi.h: Calls"},
     &kept<R::NoIdle>},
    {{"rule.values", "Messages and values are those of the contract", "line.h, phone.h"},
     &kept<R::UnknownMessage, R::BadValue, R::UnknownGeneration, R::UnterminatedText,
           R::InterfaceValues, R::Other>},
    {{"rule.structs", "Structs are filled within their size", "tspi.h: Handles"},
     &kept<R::StructSize, R::StructOverrun>},
    {{"rule.loop", "No function keeps the loop, no routine is called within a routine",
      "tspi.h: Events"},
     &kept<R::BlockedLoop, R::ReEntry>},
    {{"rule.devices", "Devices come and go once each, and nothing is left behind", "hot-plug"},
     &kept<R::DuplicateDevice, R::UnknownDevice, R::LeftBehind>},
};

}  // namespace

std::span<const Check> ruleChecks() {
    return kChecks;
}

}  // namespace tipring::conformance
