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
            endPair(*at++, sink);
            continue;
        }
        const std::byte* const dle = findDle(at, end);
        if (dle > at) {
            sink.onVoice({at, dle});
        }
        afterDle_ = dle < end;
        at = dle < end ? dle + 1 : end;
    }
    return static_cast<std::size_t>(at - bytes.data());
}

void DleDecoder::endPair(std::byte code, DleSink& sink) {
    if (code == kDle) {
        sink.onVoice(std::span(kTwoDles).first(1));
    } else if (code == kSub) {
        sink.onVoice(kTwoDles);
    } else if (code == kEtx) {
        ended_ = true;
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
