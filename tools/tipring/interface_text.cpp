// SPDX-License-Identifier: Apache-2.0
#include "interface_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <limits>
#include <optional>
#include <type_traits>

namespace tipring::tools {
namespace {

using hal::ErrorCode;

template <class Number>
std::optional<tapi::Value> numberOf(std::string_view word) {
    Number number{};
    const auto* end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data(), end, number);
    return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional<tapi::Value>(number)
                                                         : std::nullopt;
}

std::optional<tapi::Value> flagOf(std::string_view word) {
    if (word == "true" || word == "1") {
        return true;
    }
    return word == "false" || word == "0" ? std::optional<tapi::Value>(false) : std::nullopt;
}

std::optional<tapi::Value> bytesOf(std::string_view word) {
    std::vector<std::byte> bytes;
    for (std::size_t at = 0; at + 1 < word.size(); at += 2) {
        unsigned value = 0;
        const auto* begin = word.data() + at;
        const auto parsed = std::from_chars(begin, begin + 2, value, 16);
        if (parsed.ec != std::errc{} || parsed.ptr != begin + 2) {
            return std::nullopt;
        }
        bytes.push_back(static_cast<std::byte>(value));
    }
    return word.size() % 2 == 0 ? std::optional<tapi::Value>(std::move(bytes)) : std::nullopt;
}

std::optional<tapi::Value> valueOf(char type, std::string_view word) {
    switch (type) {
    case 'b': return flagOf(word);
    case 'i': return numberOf<std::int32_t>(word);
    case 'u': return numberOf<std::uint32_t>(word);
    case 'x': return numberOf<std::int64_t>(word);
    case 't': return numberOf<std::uint64_t>(word);
    case 'd': return numberOf<double>(word);
    case 's': return std::string(word);
    case 'y': return bytesOf(word);
    default: return std::nullopt;
    }
}

const char* typeWords(char type) {
    switch (type) {
    case 'b': return "true or false";
    case 'u':
    case 't': return "a number from 0";
    case 'd': return "a number";
    case 'y': return "pairs of hexadecimal digits";
    default: return "a whole number";
    }
}

std::string hexOf(std::span<const std::byte> bytes) {
    std::string text;
    for (const std::byte byte : bytes) {
        text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    }
    return text;
}

}  // namespace

hal::Result<tapi::Value> parseValue(char type, std::string_view word) {
    auto value = valueOf(type, word);
    if (!value) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("\"{}\" is not {}, or too large", word, typeWords(type)));
    }
    return std::move(*value);
}

hal::Result<std::vector<tapi::Value>> parseValues(
    std::span<const tapi::InterfaceArgument> arguments, std::span<const std::string> words) {
    if (arguments.size() != words.size()) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("it takes ({}), {} values were given",
                                     fmt::join(argumentTexts(arguments), ", "), words.size()));
    }
    std::vector<tapi::Value> values;
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto value = parseValue(arguments[i].type, words[i]);
        if (!value) {
            return hal::fail(ErrorCode::InvalParam,
                             fmt::format("{}: {}", arguments[i].name, value.error().cause));
        }
        values.push_back(std::move(*value));
    }
    return values;
}

std::string valueText(const tapi::Value& value) {
    return std::visit(
        [](const auto& each) -> std::string {
            if constexpr (std::is_same_v<std::decay_t<decltype(each)>, std::vector<std::byte>>) {
                return hexOf(each);
            } else {
                return fmt::format("{}", each);
            }
        },
        value);
}

void setValue(JsonLine& json, const std::string& key, const tapi::Value& value) {
    std::visit(
        [&](const auto& each) {
            using T = std::decay_t<decltype(each)>;
            if constexpr (std::is_same_v<T, std::vector<std::byte>>) {
                json.set(key, hexOf(each));
            } else if constexpr (std::is_same_v<T, std::uint64_t>) {
                // JSON's readers lose what does not fit into a signed number.
                if (each > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
                    json.set(key, fmt::format("{}", each));
                } else {
                    json.set(key, static_cast<std::int64_t>(each));
                }
            } else {
                json.set(key, each);
            }
        },
        value);
}

std::vector<std::string> argumentTexts(std::span<const tapi::InterfaceArgument> arguments) {
    std::vector<std::string> texts;
    for (const tapi::InterfaceArgument& argument : arguments) {
        const std::string type = argument.type == 'y' ? "ay" : std::string(1, argument.type);
        texts.push_back(type + " " + argument.name);
    }
    return texts;
}

std::string methodText(const tapi::InterfaceMethod& method) {
    return fmt::format("{}({}) -> ({})", method.name, fmt::join(argumentTexts(method.in), ", "),
                       fmt::join(argumentTexts(method.out), ", "));
}

std::string eventText(const tapi::InterfaceEvent& event) {
    return fmt::format("{}({})", event.name, fmt::join(argumentTexts(event.arguments), ", "));
}

const char* objectText(tapi::ObjectKind kind) {
    constexpr const char* kWords[] = {"?", "provider", "address", "terminal", "call", "call hub"};
    const auto index = static_cast<std::size_t>(kind);
    return kWords[index < std::size(kWords) ? index : 0];
}

}  // namespace tipring::tools
