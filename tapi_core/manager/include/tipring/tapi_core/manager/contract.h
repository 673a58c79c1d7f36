// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

namespace tipring::core {

/// The rules of the provider contract (tspi.h) that the core watches over. A breach is reported,
/// contained, and never reaches another line.
enum class ContractRule : std::uint8_t {
    // Requests
    DoubleCompletion,         ///< completed twice, or after it was refused
    MissingCompletion,        ///< not in its time, or not before lineClose, lineCloseCall returned
    UnknownRequest,           ///< an id that was never given
    ForeignRequest,           ///< an id that another provider got
    PositiveCompletion,       ///< a result that is neither 0 nor an error
    CompletionAfterShutdown,  ///< after providerShutdown returned
    WrongRequestId,           ///< an asynchronous function returned another positive number
    ZeroResult,               ///< an asynchronous function returned 0
    PositiveResult,           ///< a synchronous function returned neither 0 nor an error
    // Handles
    MissingHandle,        ///< success without the handle that was to be filled
    ZeroDeviceHandle,       ///< an event for line or phone handle 0
    UnknownDeviceHandle,    ///< an event for a line or phone handle that nobody gave
    ForeignDeviceHandle,    ///< an event for a line or phone of another provider
    EventAfterClose,      ///< an event for a line or phone after it was closed
    ZeroCallHandle,       ///< an event for call handle 0, or LINE_NEWCALL without a handle
    UnknownCallHandle,    ///< an event for a call handle that nobody gave, or of another line
    EventAfterCallClose,  ///< an event for a call after lineCloseCall returned
    DuplicateCall,        ///< two LINE_NEWCALL with one handle
    StaleStream,          ///< sound for a stream that is closed or unknown
    // Calls
    EventAfterIdle,     ///< an event for a call after its idle
    IdleTwice,          ///< a second idle
    LeftIdle,           ///< another state after idle
    IllegalMove,        ///< a state that cannot follow the one before
    NoFirstState,       ///< LINE_NEWCALL that no LINE_CALLSTATE follows next, or in time
    EarlyFlood,         ///< more events than can be held before lineMakeCall was completed
    NoIdle,             ///< a call that was dropped or disconnected without an idle in time
    UnknownGeneration,  ///< the end of a generation or gathering that is not under way
    // Values
    UnknownMessage,    ///< a message that is not one of the contract
    BadValue,          ///< a parameter that is none of its constants
    StructSize,        ///< the size member of a struct of the core was changed
    StructOverrun,     ///< bytes behind the size of a struct were written
    UnterminatedText,  ///< a text field without terminating zero
    InterfaceValues,   ///< values of an interface with other number or types than it describes
    // Behaviour
    BlockedLoop,      ///< a function that kept the loop for over 50 ms
    ReEntry,          ///< a routine called from within a routine
    DuplicateDevice,  ///< a device that is there already
    UnknownDevice,    ///< removal of a device that is none of its own
    LeftBehind,       ///< timers or watches after providerShutdown
    Other,            ///< said in the text
};
inline constexpr std::size_t kContractRules = static_cast<std::size_t>(ContractRule::Other) + 1;

/// The rule in a few words: "double completion".
[[nodiscard]] const char* name(ContractRule rule) noexcept;

/// One breach. Where `provider` is "?", nothing tells whose code it was.
struct ContractBreach {
    ContractRule rule = ContractRule::Other;
    std::string provider;
    std::string function;     ///< the function or message that it came with: "lineDrop"
    std::string line;         ///< the line's name; empty where it is of no line
    std::string text;         ///< what happened, in words
    std::uint64_t count = 0;  ///< of this rule by this provider, this one too
};
using BreachObserver = std::function<void(const ContractBreach& breach)>;

}  // namespace tipring::core
