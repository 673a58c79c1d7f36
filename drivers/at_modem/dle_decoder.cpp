// SPDX-License-Identifier: Apache-2.0
#include "dle_decoder.h"

#include <array>
#include <cassert>
#include <cstring>

namespace tipring::at_modem {

namespace {

constexpr std::byte kDle{0x10};
constexpr std::byte kEtx{0x03};
constexpr std::byte kSub{0x1A};
constexpr std::array kTwoDles{kDle, kDle};
constexpr std::array kXon{std::byte{0x11}};
constexpr std::array kXoff{std::byte{0x13}};
constexpr std::size_t kBufferCountSize = 9;  // ZBBC= and four hex digits

bool isReportText(std::byte byte) {
    const auto c = static_cast<char>(byte);
    return (c >= ' ' && c <= '~') || c == '\r' || c == '\n' || c == '\t';
}

const std::byte* findDle(const std::byte* from, const std::byte* end) {
    const auto* found = static_cast<const std::byte*>(
        std::memchr(from, static_cast<int>(kDle), static_cast<std::size_t>(end - from)));
    return found == nullptr ? end : found;
}

}  // namespace

std::size_t DleDecoder::feed(std::span<const std::byte> bytes, DleSink& sink) {
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    while (at < end && !ended_) {
        if (afterDle_) {
            afterDle_ = false;
            if (endsBufferCount(*at)) {
                inReport_ = false;
                continue;
            }
            endPair(*at++, sink);
            continue;
        }
        const std::byte* const dle = findDle(at, end);
        if (inReport_) {
            at = skipReport(at, dle);
        }
        if (dle > at) {
            sink.onVoice({at, dle});
        }
        afterDle_ = dle < end;
        at = dle < end ? dle + 1 : end;
    }
    return static_cast<std::size_t>(at - bytes.data());
}

/// Up to where the report's text ends; it also ends where it cannot be one.
const std::byte* DleDecoder::skipReport(const std::byte* at, const std::byte* end) {
    for (; at < end; ++at, ++reportSize_) {
        if (!isReportText(*at) || reportSize_ == kLongestReport) {
            inReport_ = false;
            break;
        }
        bufferCount_ = reportSize_ == 0 ? *at == std::byte{'Z'} : bufferCount_;
    }
    return at;
}

/// Rockwell 1048P closes the buffer count with a lone DLE: `code` is sound already.
bool DleDecoder::endsBufferCount(std::byte code) const {
    return inReport_ && bufferCount_ && reportSize_ == kBufferCountSize && code != std::byte{'.'};
}

void DleDecoder::endPair(std::byte code, DleSink& sink) {
    inReport_ = code == std::byte{'X'} || (inReport_ && code != std::byte{'.'} && code != kDle &&
                                           code != kSub && code != kEtx);
    if (code == std::byte{'X'}) {
        reportSize_ = 0;
        bufferCount_ = false;
    }
    if (code == kDle) {
        sink.onVoice(std::span(kTwoDles).first(1));
    } else if (code == kSub) {
        sink.onVoice(kTwoDles);
    } else if (code == kEtx) {
        ended_ = true;
    } else if (code == std::byte{'Q'}) {
        sink.onVoice(kXon);
    } else if (code == std::byte{'S'}) {
        sink.onVoice(kXoff);
    } else {
        sink.onDle(static_cast<char>(code));
    }
}

std::size_t dleShield(std::span<const std::byte> in, std::span<std::byte> out) {
    assert(out.size() >= 2 * in.size());
    const std::byte* at = in.data();
    const std::byte* const end = at + in.size();
    std::byte* to = out.data();
    while (at < end) {
        const std::byte* const dle = findDle(at, end);
        const auto run = static_cast<std::size_t>(dle - at);
        std::memcpy(to, at, run);
        to += run;
        at = dle;
        if (dle < end) {
            *to++ = kDle;
            *to++ = kDle;
            ++at;
        }
    }
    return static_cast<std::size_t>(to - out.data());
}

}  // namespace tipring::at_modem
