// SPDX-License-Identifier: Apache-2.0
#include "interface_values.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include "provider_queue.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};

/// Well-formed after RFC 3629: no overlong forms, no surrogates.
bool isUtf8(std::string_view text) {
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    while (at < text.size()) {
        const unsigned char lead = byte(at);
        const std::size_t more = lead < 0x80   ? 0
                                 : lead < 0xC2 ? 4
                                 : lead < 0xE0 ? 1
                                 : lead < 0xF0 ? 2
                                 : lead < 0xF5 ? 3
                                               : 4;
        if (more == 4 || more >= text.size() - at) {
            return false;
        }
        for (std::size_t i = 1; i <= more; ++i) {
            if ((byte(at + i) & 0xC0) != 0x80) {
                return false;
            }
        }
        const bool overlong =
            (lead == 0xE0 && byte(at + 1) < 0xA0) || (lead == 0xF0 && byte(at + 1) < 0x90);
        const bool beyond =
            (lead == 0xED && byte(at + 1) >= 0xA0) || (lead == 0xF4 && byte(at + 1) >= 0x90);
        if (overlong || beyond) {
            return false;
        }
        at += more + 1;
    }
    return true;
}

std::size_t bytesOf(const tapi::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return text->size();
    }
    const auto* bytes = std::get_if<std::vector<std::byte>>(&value);
    return bytes == nullptr ? 0 : bytes->size();
}

std::string_view textOf(const TspiValue& value) {
    return {static_cast<const char*>(value.as.data), value.size};
}

/// One value; none where it is no value of its type.
std::optional<tapi::Value> valueOf(const TspiValue& value) {
    const std::int64_t number = value.as.integer;
    const std::uint64_t natural = value.as.unsignedInteger;
    switch (value.type) {
    case TSPI_TYPE_BOOLEAN:
        return number == 0 || number == 1 ? std::optional<tapi::Value>(number == 1) : std::nullopt;
    case TSPI_TYPE_INT32: return convert(number, 'i');
    case TSPI_TYPE_UINT32: return convert(natural, 'u');
    case TSPI_TYPE_INT64: return number;
    case TSPI_TYPE_UINT64: return natural;
    case TSPI_TYPE_DOUBLE: return value.as.real;
    case TSPI_TYPE_STRING:
        return isUtf8(textOf(value)) ? std::optional<tapi::Value>(std::string(textOf(value)))
                                     : std::nullopt;
    case TSPI_TYPE_BYTES: {
        const auto* data = static_cast<const std::byte*>(value.as.data);
        return std::vector<std::byte>(data, data + value.size);
    }
    default: return std::nullopt;
    }
}

template <class To, class From>
std::optional<tapi::Value> exactly(From number) {
    // What comes back unchanged, with its sign, was held.
    if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
        const double high = std::ldexp(1.0, std::numeric_limits<To>::digits);
        const double low = std::is_signed_v<To> ? -high : 0.0;
        if (!(number >= low && number < high) || std::trunc(number) != number) {
            return std::nullopt;
        }
        return static_cast<To>(number);
    } else if constexpr (std::is_integral_v<From> && std::is_floating_point_v<To>) {
        constexpr auto kExact = std::int64_t{1} << 53;
        const bool held = std::in_range<std::int64_t>(number) &&
                          static_cast<std::int64_t>(number) <= kExact &&
                          static_cast<std::int64_t>(number) >= -kExact;
        return held ? std::optional<tapi::Value>(static_cast<To>(number)) : std::nullopt;
    } else if constexpr (std::is_integral_v<From>) {
        return std::in_range<To>(number) ? std::optional<tapi::Value>(static_cast<To>(number))
                                         : std::nullopt;
    } else {
        return number;
    }
}

template <class Number>
std::optional<tapi::Value> convertNumber(Number number, char type) {
    switch (type) {
    case TSPI_TYPE_INT32: return exactly<std::int32_t>(number);
    case TSPI_TYPE_UINT32: return exactly<std::uint32_t>(number);
    case TSPI_TYPE_INT64: return exactly<std::int64_t>(number);
    case TSPI_TYPE_UINT64: return exactly<std::uint64_t>(number);
    case TSPI_TYPE_DOUBLE: return exactly<double>(number);
    default: return std::nullopt;
    }
}

hal::Result<void> checkBounds(const std::string& what, const std::vector<tapi::Value>& values) {
    std::size_t bytes = 0;
    for (const tapi::Value& value : values) {
        bytes += bytesOf(value);
        const auto* text = std::get_if<std::string>(&value);
        if (text != nullptr && !isUtf8(*text)) {
            return hal::fail(hal::ErrorCode::InvalParam,
                             fmt::format("a text for {} is not UTF-8", what));
        }
    }
    if (values.size() > kMaxInterfaceValues || bytes > kMaxInterfaceBytes) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{} takes at most {} values of together {} bytes", what,
                                     kMaxInterfaceValues, kMaxInterfaceBytes));
    }
    return {};
}

TspiValue lendOne(const tapi::Value& value) {
    TspiValue out{};
    out.type = static_cast<unsigned char>(tapi::typeOf(value));
    std::visit(
        [&](const auto& each) {
            using T = std::decay_t<decltype(each)>;
            if constexpr (std::is_same_v<T, double>) {
                out.as.real = each;
            } else if constexpr (std::is_same_v<T, std::string> ||
                                 std::is_same_v<T, std::vector<std::byte>>) {
                out.as.data = each.data();
                out.size = each.size();
            } else if constexpr (std::is_unsigned_v<T> && !std::is_same_v<T, bool>) {
                out.as.unsignedInteger = each;
            } else {
                out.as.integer = each;
            }
        },
        value);
    return out;
}

}  // namespace

std::shared_ptr<InterfaceValuesIn> copyIn(const TspiValue* values, std::uint32_t count) {
    auto in = std::make_shared<InterfaceValuesIn>();
    const auto refuse = [&](std::string why) {
        in->values.clear();
        in->problem = std::move(why);
        return in;
    };
    if (count > kMaxInterfaceValues || (values == nullptr && count > 0)) {
        return refuse(fmt::format("gave {} values{}", count, values == nullptr ? " at NULL" : ""));
    }
    std::size_t bytes = 0;
    for (const TspiValue& value : std::span(values, count)) {
        const bool sized = value.type == TSPI_TYPE_STRING || value.type == TSPI_TYPE_BYTES;
        if (sized && value.size > 0 && value.as.data == nullptr) {
            return refuse(fmt::format("gave {} bytes at NULL", value.size));
        }
        if (sized && value.size > kMaxInterfaceBytes - bytes) {
            return refuse(fmt::format("gave more than {} bytes", kMaxInterfaceBytes));
        }
        bytes += sized ? value.size : 0;
        auto one = valueOf(value);
        if (!one) {
            return refuse(fmt::format("gave a value that is none of type {:#x}", value.type));
        }
        in->values.push_back(std::move(*one));
    }
    return in;
}

std::optional<tapi::Value> convert(const tapi::Value& value, char type) {
    if (tapi::typeOf(value) == type) {
        return value;
    }
    return std::visit(
        [type](const auto& each) -> std::optional<tapi::Value> {
            using T = std::decay_t<decltype(each)>;
            if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
                return convertNumber(each, type);
            } else {
                return std::nullopt;
            }
        },
        value);
}

hal::Result<std::vector<tapi::Value>> convertAll(const std::string& what,
                                                 std::span<const tapi::InterfaceArgument> arguments,
                                                 const std::vector<tapi::Value>& values) {
    if (auto bounded = checkBounds(what, values); !bounded) {
        return tl::unexpected(std::move(bounded.error()));
    }
    if (values.size() != arguments.size()) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{} takes ({}), {} values were given", what,
                                     signatureText(arguments), values.size()));
    }
    std::vector<tapi::Value> out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto fitting = convert(values[i], arguments[i].type);
        if (!fitting) {
            return hal::fail(
                hal::ErrorCode::InvalParam,
                fmt::format("{} wants type {} for {}; the value given is of type {} "
                            "and does not fit",
                            what, arguments[i].type, arguments[i].name, tapi::typeOf(values[i])));
        }
        out.push_back(std::move(*fitting));
    }
    return out;
}

std::string mismatch(std::span<const tapi::InterfaceArgument> arguments,
                     std::span<const tapi::Value> values) {
    std::string given;
    for (const tapi::Value& value : values) {
        given += tapi::typeOf(value);
    }
    std::string wanted;
    for (const tapi::InterfaceArgument& argument : arguments) {
        wanted += argument.type;
    }
    return given == wanted
               ? ""
               : fmt::format("gave values of types \"{}\", described are \"{}\"", given, wanted);
}

std::vector<TspiValue> lend(std::span<const tapi::Value> values) {
    std::vector<TspiValue> out;
    out.reserve(values.size());
    for (const tapi::Value& value : values) {
        out.push_back(lendOne(value));
    }
    return out;
}

std::string signatureText(std::span<const tapi::InterfaceArgument> arguments) {
    std::string text;
    for (const tapi::InterfaceArgument& argument : arguments) {
        text +=
            fmt::format("{}{} {}", text.empty() ? "" : ", ",
                        argument.type == 'y' ? "ay" : std::string(1, argument.type), argument.name);
    }
    return text;
}

void onInterfaceResult(void* context, DRV_REQUESTID requestId, const TspiValue* values,
                       std::uint32_t count) {
    const auto queue = ProviderQueue::of(context);
    if (!queue) {
        kLog.warning("contract breach: a provider gave results of request {} after its shutdown",
                     requestId);
        return;
    }
    ProviderItem item;
    item.kind = ProviderItem::Kind::InterfaceResult;
    item.number = requestId;
    item.setValues(copyIn(values, count));
    queue->push(std::move(item));
}

void onInterfaceEvent(void* context, HTAPILINE htLine, HTAPICALL htCall,
                      std::uint32_t interfaceIndex, std::uint32_t event, const TspiValue* values,
                      std::uint32_t count) {
    const auto queue = ProviderQueue::of(context);
    if (!queue) {
        kLog.warning("contract breach: a provider sent an interface's event after its shutdown");
        return;
    }
    ProviderItem item;
    item.kind = ProviderItem::Kind::InterfaceEvent;
    item.line = htLine;
    item.call = htCall;
    item.p1 = interfaceIndex;
    item.p2 = event;
    item.setValues(copyIn(values, count));
    queue->push(std::move(item));
}

}  // namespace tipring::core
