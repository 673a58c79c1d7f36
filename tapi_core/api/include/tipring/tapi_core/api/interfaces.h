// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tipring/tapi_core/api/types.h"

/// Provider-specific interfaces on the standard objects: a program lists and calls them without
/// having known them before.
namespace tipring::tapi {

/// A value of a method or event. Letters are those of D-Bus signatures: b i u x t d s ay.
using Value = std::variant<bool, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, double,
                           std::string, std::vector<std::byte>>;
/// 'b', 'i', 'u', 'x', 't', 'd', 's' or 'y' (bytes).
[[nodiscard]] char typeOf(const Value& value) noexcept;

/// Which standard object an interface stands on.
enum class ObjectKind : std::uint8_t { Tapi = 1, Address, Terminal, Call, CallHub };

struct InterfaceArgument {
    std::string name;
    char type = 's';
};
struct InterfaceMethod {
    std::string name;
    std::string text;  ///< one sentence for people
    std::vector<InterfaceArgument> in, out;
};
struct InterfaceEvent {
    std::string name;
    std::string text;
    std::vector<InterfaceArgument> arguments;
};
struct InterfaceDescription {
    std::string name;  ///< "org.example.Modem"
    std::uint32_t version = 1;
    ObjectKind object = ObjectKind::Address;
    std::string provider;
    std::string text;
    std::vector<InterfaceMethod> methods;
    std::vector<InterfaceEvent> events;
};

/// Reply of a method: its results, once, on the loop's thread.
using ValuesReply = std::function<void(const Result<std::vector<Value>>& results)>;

/// An interface of one object. Kept as long as wanted; calls fail once the object is gone.
class ProviderInterface {
public:
    virtual ~ProviderInterface() = default;
    [[nodiscard]] virtual const InterfaceDescription& description() const = 0;
    /// INVALFEATURE: no such method. INVALPARAM: other arguments than the description has (a number
    /// fits every number type that can hold it).
    virtual Result<RequestId> call(std::string_view method, std::vector<Value> arguments,
                                   ValuesReply reply) = 0;
};

}  // namespace tipring::tapi
