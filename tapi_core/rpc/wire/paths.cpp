// SPDX-License-Identifier: Apache-2.0
#include "wire/paths.h"

#include <fmt/format.h>

#include <charconv>

namespace tipring::rpc {
namespace {

constexpr std::string_view kAddress = "/org/tipring/Tipring1/address/";
constexpr std::string_view kPhone = "/org/tipring/Tipring1/phone/";
constexpr std::string_view kCall = "/org/tipring/Tipring1/call/";
constexpr std::string_view kHub = "/org/tipring/Tipring1/hub/";
constexpr std::string_view kTerminal = "/terminal/";

/// A number in its shortest form and nothing else.
template <class T>
bool parseNumber(std::string_view text, T& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() &&
           (text.size() == 1 || text.front() != '0');
}

template <class T>
bool parseBelow(std::string_view prefix, std::string_view path, T& id) {
    return path.starts_with(prefix) && parseNumber(path.substr(prefix.size()), id);
}

}  // namespace

std::string addressPath(std::uint32_t id) {
    return fmt::format("{}{}", kAddress, id);
}
std::string phonePath(std::uint32_t id) {
    return fmt::format("{}{}", kPhone, id);
}
std::string callPath(std::uint64_t id) {
    return fmt::format("{}{}", kCall, id);
}
std::string hubPath(std::uint64_t id) {
    return fmt::format("{}{}", kHub, id);
}
std::string terminalPath(std::uint64_t callId, tapi::TerminalId id) {
    return fmt::format("{}{}{}{}", kCall, callId, kTerminal, static_cast<std::uint32_t>(id));
}

bool parseAddress(std::string_view path, std::uint32_t& id) {
    return parseBelow(kAddress, path, id);
}
bool parsePhone(std::string_view path, std::uint32_t& id) {
    return parseBelow(kPhone, path, id);
}
bool parseCall(std::string_view path, std::uint64_t& id) {
    return parseBelow(kCall, path, id);
}
bool parseHub(std::string_view path, std::uint64_t& id) {
    return parseBelow(kHub, path, id);
}
bool parseTerminal(std::string_view path, std::uint64_t& callId, std::uint32_t& id) {
    const std::size_t at = path.find(kTerminal);
    return at != std::string_view::npos && parseCall(path.substr(0, at), callId) &&
           parseNumber(path.substr(at + kTerminal.size()), id);
}

}  // namespace tipring::rpc
