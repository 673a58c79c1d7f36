// SPDX-License-Identifier: Apache-2.0
#include "at_reader.h"

#include <algorithm>
#include <cstdint>

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
        while (at < end && kindOf(*at) == Kind::Text) {
            ++at;
        }
        if (at == end) {
            break;
        }
        const Kind kind = kindOf(*at);
        if (kind == Kind::Separator) {
            const char separator = *at;
            const bool goOn = endLine(textUpTo(at), sink);
            text = ++at;
            if (!goOn) {
                at += separator == '\r' && at < end && *at == '\n' ? 1 : 0;
                return static_cast<std::size_t>(at - begin);
            }
            continue;
        }
        keep(textUpTo(at), sink);
        afterDle_ = kind == Kind::Dle;
        text = ++at;
    }
    keep(textUpTo(end), sink);
    return bytes.size();
}

bool AtReader::endLine(std::string_view tail, AtReaderSink& sink) {
    if (size_ == 0 && !overlong_ && tail.size() <= kLongestLine) {
        return tail.empty() || sink.onLine(tail);
    }
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
