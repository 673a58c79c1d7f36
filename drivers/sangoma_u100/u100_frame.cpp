// SPDX-License-Identifier: Apache-2.0
#include "u100_frame.h"

#include <algorithm>

namespace tipring::sangoma_u100 {
namespace {

constexpr unsigned kNibble = 0x0F, kSlotStart = 0x10, kFrameStart = 0x20;
constexpr unsigned kSyncMarks = kSlotStart | kFrameStart;
constexpr std::size_t kSlot = 4;  // bytes: one sample of each channel
constexpr std::size_t kHearsUsAt = 1;
constexpr std::size_t kLongestMessage = 3;

unsigned at(std::span<const std::byte> bytes, std::size_t i) {
    return std::to_integer<unsigned>(bytes[i]);
}

std::uint8_t controlOf(std::span<const std::byte> slot) {
    unsigned control = 0;
    for (std::size_t i = 0; i < kSlot; ++i) {
        control = control << 2 | at(slot, i) >> 6;
    }
    return static_cast<std::uint8_t>(control);
}

/// Type bits of control byte 0 and kind; reads have two bytes to the adapter, all else three.
struct KindRow {
    Message::Kind kind;
    std::uint8_t type;
    bool hasModule, hasValue;
};
constexpr KindRow kKinds[] = {
    {Message::Kind::ReadFxo, 1 << 2, true, false},  {Message::Kind::WriteFxo, 2 << 2, true, true},
    {Message::Kind::Event, 3 << 2, true, true},     {Message::Kind::ReadCpu, 4 << 2, false, false},
    {Message::Kind::WriteCpu, 5 << 2, false, true},
};
constexpr std::uint8_t kModuleBit = 0x01;

}  // namespace

void encodeFrame(const Frame& frame, std::span<std::byte, kFrameSize> bytes) noexcept {
    for (std::size_t x = 0; x < kFrameSize; ++x) {
        const std::size_t slot = x / kSlot, part = x % kSlot;
        const auto code = std::to_integer<unsigned>(frame.codes[x % kChannels][slot]);
        unsigned value = part / kChannels == 0 ? code & kNibble : code >> 4;
        value |= part == 0 ? kSlotStart : 0;
        value |= x == 0 ? kFrameStart : 0;
        value |= (frame.controls[slot] >> (6 - 2 * part) & 3U) << 6;
        bytes[x] = static_cast<std::byte>(value);
    }
}

std::size_t FrameReader::take(std::span<const std::byte> bytes) noexcept {
    if (whole_) {
        whole_ = false;
        held_ = 0;
    }
    std::size_t taken = 0;
    while (taken < bytes.size() && !whole_) {
        bytes_[held_++] = bytes[taken++];
        search();
        whole_ = held_ == kFrameSize;
    }
    if (whole_) {
        decode();
    }
    return taken;
}

/// Holds the head of what is kept against the marks, and drops what is no head.
void FrameReader::search() noexcept {
    while (held_ > 0) {
        const bool marked = (at(bytes_, 0) & kSyncMarks) == kSyncMarks;
        if (marked && held_ < kSlot) {
            return;
        }
        if (marked && controlOf(bytes_) == kIdle) {
            inSync_ = true;
            return;
        }
        losses_ += inSync_ ? 1 : 0;
        drop(marked && !inSync_ ? kSlot : 1);
        inSync_ = false;
    }
}

void FrameReader::drop(std::size_t count) noexcept {
    const std::size_t dropped = std::min(count, held_);
    std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(dropped),
              bytes_.begin() + static_cast<std::ptrdiff_t>(held_), bytes_.begin());
    held_ -= dropped;
}

void FrameReader::decode() noexcept {
    for (std::size_t slot = 0; slot < kSamples; ++slot) {
        const auto four = std::span<const std::byte>(bytes_).subspan(slot * kSlot, kSlot);
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            const unsigned low = at(four, channel) & kNibble;
            const unsigned high = at(four, channel + kChannels) & kNibble;
            frame_.codes[channel][slot] = static_cast<std::byte>(high << 4 | low);
        }
        frame_.controls[slot] = controlOf(four);
    }
    frame_.hearsUs = (at(bytes_, kHearsUsAt) & kFrameStart) != 0;
}

void writeMessage(const Message& message, Frame& frame) noexcept {
    for (const KindRow& row : kKinds) {
        if (row.kind == message.kind) {
            frame.controls[1] = static_cast<std::uint8_t>(
                row.type | (row.hasModule ? message.module & kModuleBit : 0));
            frame.controls[2] = message.reg;
            frame.controls[3] = row.hasValue ? message.value : kIdle;
        }
    }
}

Message readMessage(const Frame& frame) noexcept {
    // Control 7 is never looked at, and nothing goes on in the next frame.
    const auto begin = frame.controls.begin() + 1;
    const auto end = std::find(begin, frame.controls.end() - 1, kIdle);
    if (static_cast<std::size_t>(end - begin) < kLongestMessage) {
        return {};
    }
    for (const KindRow& row : kKinds) {
        if ((begin[0] & ~kModuleBit) == row.type) {
            const auto module =
                static_cast<std::uint8_t>(row.hasModule ? begin[0] & kModuleBit : 0);
            return {row.kind, module, begin[1], begin[2]};
        }
    }
    return {};
}

}  // namespace tipring::sangoma_u100
