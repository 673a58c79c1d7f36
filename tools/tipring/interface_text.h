// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json_line.h"
#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/api/interfaces.h"

namespace tipring::tools {

/// A word of the command line as a value: true or false, a number, text as it is, bytes as pairs of
/// hexadecimal digits. INVALPARAM.
[[nodiscard]] hal::Result<tapi::Value> parseValue(char type, std::string_view word);
[[nodiscard]] hal::Result<std::vector<tapi::Value>> parseValues(
    std::span<const tapi::InterfaceArgument> arguments, std::span<const std::string> words);

/// The value for people; parseValue() reads it back.
[[nodiscard]] std::string valueText(const tapi::Value& value);
/// Booleans and numbers as such, text as text, bytes as hexadecimal digits.
void setValue(JsonLine& json, const std::string& key, const tapi::Value& value);

/// "s line, ay data"
[[nodiscard]] std::vector<std::string> argumentTexts(
    std::span<const tapi::InterfaceArgument> arguments);
/// "Command(s line) -> (s response)"
[[nodiscard]] std::string methodText(const tapi::InterfaceMethod& method);
[[nodiscard]] std::string eventText(const tapi::InterfaceEvent& event);
[[nodiscard]] const char* objectText(tapi::ObjectKind kind);  ///< "address"

}  // namespace tipring::tools
