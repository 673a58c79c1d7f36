// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tipring/tapi_core/api/media.h"

/// Where the objects stand.
namespace tipring::rpc {

[[nodiscard]] std::string addressPath(std::uint32_t id);
[[nodiscard]] std::string phonePath(std::uint32_t id);
[[nodiscard]] std::string callPath(std::uint64_t id);
[[nodiscard]] std::string hubPath(std::uint64_t id);
[[nodiscard]] std::string terminalPath(std::uint64_t callId, tapi::TerminalId id);
/// "/" is nobody.
inline constexpr const char* kNoPath = "/";

/// Ids in a path; false where it is not exactly of that form.
[[nodiscard]] bool parseAddress(std::string_view path, std::uint32_t& id);
[[nodiscard]] bool parsePhone(std::string_view path, std::uint32_t& id);
[[nodiscard]] bool parseCall(std::string_view path, std::uint64_t& id);
[[nodiscard]] bool parseHub(std::string_view path, std::uint64_t& id);
[[nodiscard]] bool parseTerminal(std::string_view path, std::uint64_t& callId, std::uint32_t& id);

}  // namespace tipring::rpc
