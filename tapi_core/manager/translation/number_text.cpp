// SPDX-License-Identifier: Apache-2.0
#include "number_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tipring::core {
namespace {

using hal::ErrorCode;
using tapi::Result;

constexpr std::size_t kMostDigits = 15;  // E.164, clause 6.1
constexpr std::string_view kPunctuation = " -./()";
constexpr std::string_view kModifiers = "ABCD*#,!TPW@$?:;";

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isOneOf(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}
char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

auto invalid(std::string what) {
    return hal::fail(ErrorCode::InvalAddress, std::move(what));
}

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(' ');
    return from == std::string_view::npos
               ? std::string_view{}
               : text.substr(from, text.find_last_not_of(' ') - from + 1);
}

Result<void> checkBytes(std::string_view text) {
    bool inName = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            inName = false;
            ++i;
            continue;
        }
        inName = inName || byte == '^';
        if (byte < 0x20 || byte == 0x7F) {
            return invalid(
                fmt::format("character {} of the address is a control character", i + 1));
        }
        if (byte > 0x7F && !inName) {
            return invalid(fmt::format("character {} of the address is not ASCII", i + 1));
        }
    }
    return {};
}

/// Reads `CC (area) subscriber` and tail, the text between `+` and `|` or `^`.
class CanonicalReader {
public:
    explicit CanonicalReader(std::string_view text) : text_(text) {}

    Result<CanonicalText> read() {
        std::string leading = takeDigits();
        skipSpaces();
        if (leading.empty()) {
            return invalid("a canonical address has its country code right behind the `+`");
        }
        if (at_ < text_.size() && text_[at_] == '(') {
            return readArea(std::move(leading));
        }
        // Without a space no country code is set off: "+14255550100".
        const bool setOff = at_ > leading.size();
        if (setOff) {
            parts_.countryCode = std::move(leading);
        } else {
            at_ = 0;
        }
        return readSubscriber();
    }

private:
    std::string takeDigits() {
        const std::size_t from = at_;
        while (at_ < text_.size() && isDigit(text_[at_])) {
            ++at_;
        }
        return std::string(text_.substr(from, at_ - from));
    }
    void skipSpaces() {
        while (at_ < text_.size() && text_[at_] == ' ') {
            ++at_;
        }
    }

    Result<CanonicalText> readArea(std::string leading) {
        parts_.countryCode = std::move(leading);
        ++at_;
        for (; at_ < text_.size() && text_[at_] != ')'; ++at_) {
            if (isDigit(text_[at_])) {
                parts_.area += text_[at_];
            } else if (!isOneOf(text_[at_], " -")) {
                return invalid("the area code of a canonical address has digits only");
            }
        }
        if (at_ == text_.size() || parts_.area.empty()) {
            return invalid("the area code of a canonical address stands in a pair of brackets");
        }
        ++at_;
        return readSubscriber();
    }

    Result<CanonicalText> readSubscriber() {
        const std::size_t from = at_;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (isDigit(c)) {
                parts_.subscriber += c;
            } else if (isOneOf(upper(c), kModifiers)) {
                break;
            } else if (!isOneOf(c, kPunctuation)) {
                return invalid(fmt::format(
                    "character {} of the canonical address is neither digit, modifier nor "
                    "punctuation",
                    at_ + 2));
            }
        }
        parts_.shown = trimmed(text_.substr(from, at_ - from));
        if (auto tail = readTail(); !tail) {
            return tl::unexpected(tail.error());
        }
        const std::size_t count =
            parts_.countryCode.size() + parts_.area.size() + parts_.subscriber.size();
        if (parts_.subscriber.empty()) {
            return invalid("the canonical address has no subscriber number");
        }
        if (count > kMostDigits) {
            return invalid(fmt::format("the canonical address has {} digits; E.164 allows {}",
                                       count, kMostDigits));
        }
        return std::move(parts_);
    }

    Result<void> readTail() {
        const std::string_view rest = trimmed(text_.substr(at_));
        for (std::size_t i = 0; i < rest.size(); ++i) {
            const char c = upper(rest[i]);
            if (!isDigit(c) && !isOneOf(c, kModifiers) && !isOneOf(c, kPunctuation)) {
                return invalid(fmt::format(
                    "character {} of the canonical address is neither digit, modifier nor "
                    "punctuation",
                    at_ + i + 2));
            }
            if (c == ';' && i + 1 != rest.size()) {
                return invalid("`;` stands only at the end of an address");
            }
            if (!isOneOf(c, kPunctuation)) {
                parts_.tail += c;
            }
        }
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    CanonicalText parts_;
};

}  // namespace

Result<AddressText> readAddress(std::string_view text) {
    if (text.size() > tapi::AddressTranslation::kMaxAddress) {
        return invalid(fmt::format("the address has {} bytes; {} are allowed", text.size(),
                                   tapi::AddressTranslation::kMaxAddress));
    }
    if (auto checked = checkBytes(text); !checked) {
        return tl::unexpected(checked.error());
    }
    AddressText address;
    address.text = text.substr(0, text.find("\r\n"));
    if (!address.text.starts_with('+')) {
        return address;
    }
    const std::string_view whole = address.text;
    const std::string_view number = whole.substr(1, whole.find_first_of("|^", 1) - 1);
    auto parts = CanonicalReader(number).read();
    if (!parts) {
        return tl::unexpected(parts.error());
    }
    if (const auto at = whole.find('|'); at != std::string_view::npos && at < whole.find('^')) {
        parts->subaddress = trimmed(whole.substr(at + 1, whole.find('^', at) - at - 1));
    }
    if (const auto at = whole.find('^'); at != std::string_view::npos) {
        parts->name = trimmed(whole.substr(at + 1));
    }
    address.canonical = true;
    address.parts = std::move(*parts);
    return address;
}

bool isDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

std::string keysOf(std::string_view dialable) {
    std::string keys;
    std::copy_if(dialable.begin(), dialable.end(), std::back_inserter(keys),
                 [](char c) { return isDigit(c) || c == '*' || c == '#'; });
    return keys;
}

}  // namespace tipring::core
