// SPDX-License-Identifier: Apache-2.0
#include "at_reader.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace tipring::at_modem {

namespace {

constexpr char kDle = 0x10;

enum class Kind : std::uint8_t { Text, Separator, Nul, Dle };

constexpr auto kKinds = [] {
    std::array<Kind, 256> kinds{};
    kinds['\r'] = Kind::Separator;
    kinds['\n'] = Kind::Separator;
    kinds[0] = Kind::Nul;
    kinds[static_cast<unsigned char>(kDle)] = Kind::Dle;
    return kinds;
}();

Kind kindOf(char byte) {
    return kKinds[static_cast<unsigned char>(byte)];
}

bool isSeparator(char byte) {
    return byte == '\r' || byte == '\n';
}

/// The first byte that is not text, or `end`. Eight at a time: every byte that matters is a control
/// character, and (x - 20..20) & ~x has the top bit of each byte below 20 set, exactly up to the
/// first of them.
const char* endOfText(const char* at, const char* end) {
    if constexpr (std::endian::native == std::endian::little) {
        constexpr std::uint64_t kBlanks = 0x2020202020202020;
        constexpr std::uint64_t kTops = 0x8080808080808080;
        while (end - at >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            const std::uint64_t controls = (word - kBlanks) & ~word & kTops;
            if (controls == 0) {
                at += 8;
                continue;
            }
            at += std::countr_zero(controls) / 8;
            if (kindOf(*at) != Kind::Text) {
                return at;
            }
            ++at;  // a tab, or another control character that is text to us
        }
    }
    while (at < end && kindOf(*at) == Kind::Text) {
        ++at;
    }
    return at;
}

}  // namespace

std::size_t AtReader::feed(std::span<const std::byte> bytes, AtReaderSink& sink) {
    const char* const begin = reinterpret_cast<const char*>(bytes.data());
    const char* const end = begin + bytes.size();
    const char* text = begin;  // start of what is not handed over yet
    const char* at = begin;
    const auto textUpTo = [&](const char* to) {
        return std::string_view(text, static_cast<std::size_t>(to - text));
    };
    while (at < end) {
        if (afterDle_) {
            afterDle_ = false;
            const char code = *at++;
            text = at;
            if ((code == 'X' || code == '.') && !endLine({}, sink)) {
                return static_cast<std::size_t>(at - begin);
            }
            sink.onDle(code);
            continue;
        }
        if (size_ == 0 && !overlong_) {
            while (at < end && isSeparator(*at)) {
                ++at;
            }
            text = at;
        }
        at = endOfText(at, end);
        if (at == end) {
            break;
        }
        if (isSeparator(*at)) {
            const std::string_view line = textUpTo(at);
            const bool whole = size_ == 0 && line.size() <= kLongestLine;
            if (!(whole ? sink.onLine(line) : endLine(line, sink))) {
                at += *at == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1;
                return static_cast<std::size_t>(at - begin);
            }
            text = ++at;
            continue;
        }
        keep(textUpTo(at), sink);
        afterDle_ = kindOf(*at) == Kind::Dle;
        text = ++at;
    }
    keep(textUpTo(end), sink);
    return bytes.size();
}

bool AtReader::endLine(std::string_view tail, AtReaderSink& sink) {
    keep(tail, sink);
    const std::string_view line(kept_.data(), size_);
    const bool whole = !overlong_;
    reset();
    return !whole || line.empty() || sink.onLine(line);
}

void AtReader::keep(std::string_view text, AtReaderSink& sink) {
    if (overlong_ || text.empty()) {
        return;
    }
    const std::size_t room = std::min(text.size(), kLongestLine - size_);
    std::copy_n(text.data(), room, kept_.data() + size_);
    size_ += room;
    if (room < text.size()) {
        overlong_ = true;
        sink.onOverlong({kept_.data(), size_});
    }
}

void AtReader::flush(AtReaderSink& sink) {
    endLine({}, sink);
}

void AtReader::reset() {
    size_ = 0;
    overlong_ = false;
}

}  // namespace tipring::at_modem
