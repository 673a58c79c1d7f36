// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/tspi/provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tipring::tspi {
namespace {

auto unavailable(const char* what) {
    return hal::fail(hal::ErrorCode::OperationUnavail,
                     fmt::format("this provider cannot {}", what));
}

}  // namespace

hal::Result<void> Call::dial(Request&&, std::string_view) {
    return unavailable("dial more digits");
}
hal::Result<void> Call::accept(Request&&) {
    return unavailable("accept a call");
}
hal::Result<void> Call::answer(Request&&) {
    return unavailable("answer a call");
}
hal::Result<void> Call::drop(Request&&) {
    return unavailable("drop a call");
}
hal::Result<void> Call::info(TspiCallInfo&) {
    return unavailable("tell the facts of a call");
}
hal::Result<void> Call::status(TspiCallStatus&) {
    return unavailable("tell the status of a call");
}
hal::Result<void> Call::setMediaMode(std::uint32_t) {
    return unavailable("set the media mode of a call");
}
hal::Result<void> Call::generateDigits(std::uint32_t, std::uint32_t, std::string_view,
                                       std::uint32_t) {
    return unavailable("send digits on a call");
}
hal::Result<void> Call::generateTone(std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t) {
    return unavailable("send tones on a call");
}
hal::Result<void> Call::monitorDigits(std::uint32_t) {
    return unavailable("hear digits on a call");
}
hal::Result<std::unique_ptr<MediaStream>> Call::openMedia(const MediaEvents&, TspiMediaCaps&) {
    return unavailable("give the sound of a call");
}

hal::Result<void> Line::setDefaultMediaDetection(std::uint32_t) {
    return unavailable("choose by media type");
}
hal::Result<Call*> Line::makeCall(Request&&, HTAPICALL, std::string_view, const TspiCallParams&) {
    return unavailable("make calls");
}
hal::Result<void> Line::devSpecific(Request&&, Call*, std::span<const std::byte>) {
    return unavailable("take requests of its own");
}
hal::Result<std::string> Line::deviceId(std::string_view deviceClass) {
    return hal::fail(hal::ErrorCode::OperationUnavail,
                     fmt::format("no device of class \"{}\" stands behind this line", deviceClass));
}

void copyText(char* field, std::size_t capacity, std::string_view text) noexcept {
    if (capacity == 0) {
        return;
    }
    std::size_t length = std::min(text.size(), capacity - 1);
    const auto continues = [&](std::size_t at) {
        return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
    };
    while (length > 0 && continues(length)) {
        --length;
    }
    std::memcpy(field, text.data(), length);
    field[length] = '\0';
}

}  // namespace tipring::tspi
