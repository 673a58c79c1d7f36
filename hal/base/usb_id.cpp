// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/usb_id.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace tipring::hal {
namespace {

std::optional<std::uint16_t> parseHex4(std::string_view text) {
    std::uint16_t value = 0;
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value, 16);
    return text.size() == 4 && error == std::errc{} && end == last ? std::optional(value)
                                                                   : std::nullopt;
}

}  // namespace

Result<UsbId> parseUsbId(std::string_view text) {
    const auto vendor = parseHex4(text.substr(0, 4));
    const auto product = text.size() >= 9 ? parseHex4(text.substr(5, 4)) : std::nullopt;
    const bool shaped = text.size() >= 9 && text[4] == ':' &&
                        (text.size() == 9 || (text[9] == ':' && text.size() > 10));
    if (!vendor || !product || !shaped) {
        return fail(ErrorCode::InvalAddress,
                    fmt::format("\"{}\" is no USB identity; write VID:PID or VID:PID:SERIAL with "
                                "four hexadecimal digits each, such as 0572:1340",
                                text));
    }
    return UsbId{*vendor, *product, std::string(text.size() > 9 ? text.substr(10) : "")};
}

}  // namespace tipring::hal
