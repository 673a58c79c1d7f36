// SPDX-License-Identifier: Apache-2.0
// Interfaces of providers, called over the bus.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include "client/remote.h"
#include "wire/values.h"

namespace tipring::rpc {
namespace {

using hal::ErrorCode;
using tapi::Result;
using tapi::Value;

/// `number` as a T, where T can hold it.
template <class T>
std::optional<Value> asNumber(const Value& number) {
    return std::visit(
        [](const auto& from) -> std::optional<Value> {
            using From = std::remove_cvref_t<decltype(from)>;
            if constexpr (std::is_same_v<From, T>) {
                return Value(from);
            } else if constexpr (std::is_arithmetic_v<From> && !std::is_same_v<From, bool>) {
                const T to = static_cast<T>(from);
                const bool same = static_cast<From>(to) == from && (to < T{}) == (from < From{});
                return same ? std::optional<Value>(to) : std::nullopt;
            } else {
                return std::nullopt;
            }
        },
        number);
}

std::optional<Value> asType(char type, const Value& value) {
    switch (type) {
    case 'i': return asNumber<std::int32_t>(value);
    case 'u': return asNumber<std::uint32_t>(value);
    case 'x': return asNumber<std::int64_t>(value);
    case 't': return asNumber<std::uint64_t>(value);
    case 'd': return asNumber<double>(value);
    default: return tapi::typeOf(value) == type ? std::optional<Value>(value) : std::nullopt;
    }
}

class RemoteInterface final : public tapi::ProviderInterface {
public:
    RemoteInterface(ObjectsPtr objects, std::string path, tapi::InterfaceDescription description)
        : objects_(std::move(objects)),
          path_(std::move(path)),
          description_(std::move(description)) {}

    [[nodiscard]] const tapi::InterfaceDescription& description() const override {
        return description_;
    }
    Result<tapi::RequestId> call(std::string_view method, std::vector<Value> arguments,
                                 tapi::ValuesReply reply) override {
        const auto at = std::find_if(description_.methods.begin(), description_.methods.end(),
                                     [&](const auto& one) { return one.name == method; });
        if (at == description_.methods.end()) {
            return hal::fail(ErrorCode::InvalFeature,
                             fmt::format("{} has no method {}", description_.name, method));
        }
        if (auto fitting = fit(*at, arguments); !fitting) {
            return tl::unexpected(std::move(fitting.error()));
        }
        Message message =
            objects_->link().newCall(path_, description_.name.c_str(), at->name.c_str());
        if (!message || putValues(message.get(), arguments) < 0) {
            return hal::fail(ErrorCode::ResourceUnavail, "the telephony service is not there");
        }
        return objects_->link().begin(
            message.get(),
            [answer = std::move(reply)](const Result<void>& result, sd_bus_message* given) {
                std::vector<Value> values;
                if (!result) {
                    answer(tl::unexpected(result.error()));
                } else if (getValues(given, values) < 0) {
                    answer(hal::fail(ErrorCode::OperationFailed, "the results do not fit"));
                } else {
                    answer(std::move(values));
                }
            },
            nullptr);
    }

private:
    Result<void> fit(const tapi::InterfaceMethod& method, std::vector<Value>& arguments) const {
        const auto wrong = [&] {
            return hal::fail(ErrorCode::InvalParam,
                             fmt::format("the arguments of {}.{} are not as described",
                                         description_.name, method.name));
        };
        if (arguments.size() != method.in.size()) {
            return wrong();
        }
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            auto fitting = asType(method.in[i].type, arguments[i]);
            if (!fitting) {
                return wrong();
            }
            arguments[i] = std::move(*fitting);
        }
        return {};
    }

    const ObjectsPtr objects_;
    const std::string path_;
    const tapi::InterfaceDescription description_;
};

}  // namespace

std::vector<tapi::InterfaceDescription> fromWire(const Result<std::vector<WireInterface>>& all) {
    std::vector<tapi::InterfaceDescription> out;
    for (const WireInterface& one : all.value_or(std::vector<WireInterface>{})) {
        out.push_back(fromWire(one));
    }
    return out;
}

Result<std::shared_ptr<tapi::ProviderInterface>> makeInterface(
    const ObjectsPtr& objects, const std::string& path,
    const std::vector<tapi::InterfaceDescription>& all, std::string_view name,
    std::uint32_t version) {
    const tapi::InterfaceDescription* best = nullptr;
    for (const tapi::InterfaceDescription& one : all) {
        if (one.name == name && one.version >= version &&
            (best == nullptr || one.version > best->version)) {
            best = &one;
        }
    }
    if (best == nullptr) {
        return hal::fail(
            ErrorCode::InvalFeature,
            fmt::format("there is no interface {} in version {} on this object", name, version));
    }
    return std::make_shared<RemoteInterface>(objects, path, *best);
}

}  // namespace tipring::rpc
