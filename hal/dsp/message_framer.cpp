// SPDX-License-Identifier: Apache-2.0
#include "message_framer.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace tipring::dsp {

namespace {

constexpr std::uint8_t kCallSetup = 0x04, kMessageWaiting = 0x06;
// Message types that networks send (GR-30-CORE, ETSI EN 300 659-3 clause 5.2).
constexpr std::array<std::uint8_t, 7> kTypes{kCallSetup, kMessageWaiting, 0x80, 0x82, 0x84, 0x86,
                                             0x89};
constexpr std::uint8_t kShortMessage = 0x89;  // has a content of its own

/// How long a parameter may be (GR-30-CORE, ETSI EN 300 659-3 clause 5.3).
struct ParameterLength {
    std::uint8_t id, least, most;
};
constexpr std::array<ParameterLength, 29> kParameters{{
    {0x01, 8, 8},  {0x02, 1, 24}, {0x03, 1, 24},  {0x04, 1, 1},   {0x05, 1, 2},   {0x06, 1, 2},
    {0x07, 1, 50}, {0x08, 1, 1},  {0x09, 1, 24},  {0x0B, 1, 1},   {0x0D, 1, 3},   {0x0E, 1, 24},
    {0x0F, 8, 10}, {0x10, 1, 24}, {0x11, 1, 1},   {0x12, 1, 24},  {0x13, 1, 1},   {0x15, 1, 1},
    {0x16, 1, 1},  {0x1A, 1, 24}, {0x20, 1, 24},  {0x21, 1, 24},  {0x23, 6, 6},   {0x30, 1, 20},
    {0x31, 1, 20}, {0x40, 1, 21}, {0x50, 1, 253}, {0x55, 1, 253}, {0xE0, 1, 253},
}};

constexpr std::uint8_t kSoh = 0x01, kStx = 0x02, kEtx = 0x03, kDle = 0x10;
constexpr std::uint8_t kParity = 0x80;
constexpr std::uint8_t kDleEven = kDle | kParity;

std::uint16_t crcOf(std::uint16_t crc, std::uint8_t byte) {
    crc = static_cast<std::uint16_t>(crc ^ byte);
    for (int i = 0; i < 8; ++i) {
        crc = static_cast<std::uint16_t>((crc & 1) != 0 ? crc >> 1 ^ 0x8408 : crc >> 1);
    }
    return crc;
}

}  // namespace

std::uint16_t nttCrc(std::span<const std::uint8_t> bytes) noexcept {
    std::uint16_t crc = 0;
    for (const std::uint8_t byte : bytes) {
        crc = crcOf(crc, byte);
    }
    return crc;
}

bool MessageFramer::begins(FskFraming framing, std::uint8_t byte) noexcept {
    if (framing == FskFraming::Ntt) {
        return byte == kDleEven;
    }
    return std::find(kTypes.begin(), kTypes.end(), byte) != kTypes.end();
}

void MessageFramer::start(FskFraming framing) noexcept {
    framing_ = framing;
    size_ = 0;
    crc_ = 0;
    place_ = 0;
    valid_ = escaped_ = content_ = false;
    parityValid_ = true;
}

MessageFramer::Step MessageFramer::push(std::uint8_t byte) noexcept {
    return framing_ == FskFraming::Ntt ? pushNtt(byte) : pushCounted(byte);
}

std::span<const std::uint8_t> MessageFramer::message() const noexcept {
    return {bytes_.data(), framing_ == FskFraming::Ntt ? size_ : size_ - 1};
}

/// Whether the newest byte may stand there. Only what lengths say, not what the content is: a
/// message with a wrong bit is still a message.
bool MessageFramer::plausible() noexcept {
    const std::uint8_t byte = bytes_[size_ - 1];
    if (size_ < 2) {
        return true;
    }
    const std::uint8_t type = bytes_[0];
    const std::size_t length = bytes_[1];
    if (size_ == 2) {
        parameterEnd_ = 2;
        return type == kCallSetup        ? length >= 9 && length <= 32
               : type == kMessageWaiting ? length >= 1 && length <= 8
                                         : length >= 3;
    }
    if (type < 0x80 || type == kShortMessage || size_ > length + 2) {
        return true;
    }
    if (size_ == parameterEnd_ + 1) {
        return size_ > 3 || std::any_of(kParameters.begin(), kParameters.end(),
                                        [byte](const auto& known) { return known.id == byte; });
    }
    if (size_ != parameterEnd_ + 2) {
        return true;
    }
    const std::uint8_t id = bytes_[size_ - 2];
    const auto* known = std::find_if(kParameters.begin(), kParameters.end(),
                                     [id](const auto& each) { return each.id == id; });
    parameterEnd_ = size_ + byte;
    return parameterEnd_ <= length + 2 &&
           (known == kParameters.end() || (byte >= known->least && byte <= known->most));
}

MessageFramer::Step MessageFramer::pushCounted(std::uint8_t byte) noexcept {
    bytes_[size_++] = byte;
    if (!plausible()) {
        return Step::Wrong;
    }
    if (size_ < 2 || size_ < std::size_t{bytes_[1]} + 3) {
        return Step::More;
    }
    valid_ =
        std::accumulate(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_), 0U) %
            256 ==
        0;
    return Step::Complete;
}

MessageFramer::Step MessageFramer::pushNtt(std::uint8_t byte) noexcept {
    constexpr std::array<std::uint8_t, 5> kHead{kDle, kSoh, 0x07, kDle, kStx};
    constexpr std::uint8_t kTail = 2;
    if (place_ < kHead.size()) {
        crc_ = place_ < 2 ? std::uint16_t{0} : crcOf(crc_, byte);
        const bool right = (byte & ~kParity) == kHead[place_++];
        content_ = place_ == kHead.size();
        return right ? Step::More : Step::Wrong;
    }
    if (!content_) {
        crc_ = crcOf(crc_, byte);
        valid_ = crc_ == 0 && parityValid_;
        return ++place_ == kHead.size() + kTail ? Step::Complete : Step::More;
    }
    crc_ = crcOf(crc_, byte);
    parityValid_ = parityValid_ && std::popcount(byte) % 2 == 0;
    const auto low = static_cast<std::uint8_t>(byte & ~kParity);
    if (!escaped_ && low == kDle) {
        escaped_ = true;
        return Step::More;
    }
    if (escaped_ && low == kEtx) {
        content_ = false;
        return Step::More;
    }
    escaped_ = false;
    if (size_ == kRoom) {
        return Step::Wrong;
    }
    bytes_[size_++] = low;
    return Step::More;
}

}  // namespace tipring::dsp
