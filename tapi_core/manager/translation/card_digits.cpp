// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdint>

#include "rule_book.h"

namespace tipring::core {
namespace {

constexpr std::string_view kMark = "obscured:";
constexpr std::string_view kHex = "0123456789abcdef";

/// A byte stream that depends on the card only, so that equal digits do not look equal.
class Stream {
public:
    explicit Stream(tapi::CardId id)
        : state_(0x9E3779B97F4A7C15u + static_cast<std::uint32_t>(id)) {}
    std::uint8_t next() {  // xorshift64
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::uint8_t>(state_ >> 32);
    }

private:
    std::uint64_t state_;
};

}  // namespace

std::string obscure(const tapi::SecretText& digits, tapi::CardId id) {
    std::string text(kMark);
    Stream stream(id);
    for (const char c : digits.reveal()) {
        const auto byte = static_cast<std::uint8_t>(static_cast<std::uint8_t>(c) ^ stream.next());
        text += kHex[byte >> 4];
        text += kHex[byte & 15];
    }
    return text;
}

tapi::Result<tapi::SecretText> clear(std::string_view text, tapi::CardId id) {
    if (!text.starts_with(kMark)) {
        return tapi::SecretText(std::string(text));
    }
    text.remove_prefix(kMark.size());
    Stream stream(id);
    std::string digits;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        std::uint8_t byte = 0;
        const char* end = text.data() + std::min(at + 2, text.size());
        const auto parsed = std::from_chars(text.data() + at, end, byte, 16);
        if (parsed.ptr != text.data() + at + 2) {
            return hal::fail(hal::ErrorCode::InvalParam,
                             "number is obscured, and not as this card's number would be");
        }
        digits += static_cast<char>(byte ^ stream.next());
    }
    return tapi::SecretText(std::move(digits));
}

}  // namespace tipring::core
