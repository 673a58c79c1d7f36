// SPDX-License-Identifier: Apache-2.0
#include "log_text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::hal {
namespace {

thread_local bool gReveal = false;

// The names of ASCII (ECMA-6); but form feed goes by its number, as <FF> is the byte FF.
constexpr std::string_view kControlNames[] = {
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS",  "HT",  "LF",
    "VT",  "0C",  "CR",  "SO",  "SI",  "DLE", "DC1", "DC2", "DC3", "DC4", "NAK",
    "SYN", "ETB", "CAN", "EM",  "SUB", "ESC", "FS",  "GS",  "RS",  "US"};

bool isContinuation(char c) {
    return (std::uint8_t(c) & 0xC0U) == 0x80U;
}

std::size_t sequenceLength(std::uint8_t lead) {
    if (lead >= 0x20 && lead < 0x7F) {
        return 1;
    }
    if (lead >= 0xC2 && lead < 0xE0) {
        return 2;
    }
    if (lead >= 0xE0 && lead < 0xF0) {
        return 3;
    }
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

// What the second byte may be, beyond 80 to BF (Unicode 15, Table 3-7); C1 controls are excluded.
bool secondByteFits(std::uint8_t lead, std::uint8_t second) {
    switch (lead) {
    case 0xC2: return second >= 0xA0;
    case 0xE0: return second >= 0xA0;
    case 0xED: return second < 0xA0;
    case 0xF0: return second >= 0x90;
    case 0xF4: return second < 0x90;
    default: return true;
    }
}

// Bytes of the printable character at the start of `text`; 0 where there is none.
std::size_t printableLength(std::string_view text) {
    const auto lead = std::uint8_t(text.front());
    const std::size_t length = sequenceLength(lead);
    if (length < 2) {
        return length;
    }
    if (text.size() < length || !secondByteFits(lead, std::uint8_t(text[1]))) {
        return 0;
    }
    const auto tail = text.substr(1, length - 1);
    return std::all_of(tail.begin(), tail.end(), isContinuation) ? length : 0;
}

void appendText(std::string_view text, fmt::memory_buffer& out) {
    out.append(text.data(), text.data() + text.size());
}

void appendEscaped(char c, fmt::memory_buffer& out) {
    switch (c) {
    case '\r': appendText("\\r", out); break;
    case '\n': appendText("\\n", out); break;
    case '\t': appendText("\\t", out); break;
    default: fmt::format_to(std::back_inserter(out), "\\x{:02X}", std::uint8_t(c));
    }
}

}  // namespace

bool isPlain(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = printableLength(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

void escapeControls(std::string_view text, fmt::memory_buffer& out) {
    while (!text.empty()) {
        const std::size_t length = printableLength(text);
        if (length == 0) {
            appendEscaped(text.front(), out);
            text.remove_prefix(1);
        } else {
            appendText(text.substr(0, length), out);
            text.remove_prefix(length);
        }
    }
}

void appendTraffic(std::span<const std::byte> bytes, fmt::memory_buffer& out) {
    const auto shown = bytes.first(std::min(bytes.size(), kTrafficLimit));
    for (const std::byte byte : shown) {
        const auto value = std::to_integer<std::uint8_t>(byte);
        if (value < std::size(kControlNames)) {
            fmt::format_to(std::back_inserter(out), "<{}>", kControlNames[value]);
        } else if (value >= 0x7F || value == '<') {
            fmt::format_to(std::back_inserter(out), "<{:02X}>", value);
        } else {
            out.push_back(char(value));
        }
    }
    if (shown.size() < bytes.size()) {
        fmt::format_to(std::back_inserter(out), " ... and {} more bytes",
                       bytes.size() - shown.size());
    }
}

std::string_view visibleTail(std::string_view text) {
    const auto characters =
        text.size() - std::size_t(std::count_if(text.begin(), text.end(), isContinuation));
    if (characters <= 4) {
        return {};
    }
    std::size_t begin = text.size();
    for (int left = 2; left > 0; --left) {
        do {
            --begin;
        } while (isContinuation(text[begin]));
    }
    const auto tail = text.substr(begin);
    // Two characters take 8 bytes at most; more is no text, and would show what must be hidden.
    return tail.size() <= 8 ? tail : std::string_view{};
}

RevealPrivate::RevealPrivate(bool reveal) : former_(std::exchange(gReveal, reveal)) {}
RevealPrivate::~RevealPrivate() {
    gReveal = former_;
}

}  // namespace tipring::hal

fmt::format_context::iterator fmt::formatter<tipring::hal::Private>::format(
    const tipring::hal::Private& value, fmt::format_context& context) const {
    using Text = fmt::formatter<std::string_view>;
    if (tipring::hal::gReveal) {
        return Text::format(value.text, context);
    }
    return Text::format("***" + std::string{tipring::hal::visibleTail(value.text)}, context);
}
