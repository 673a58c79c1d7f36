// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tipring::sangoma_u100 {

/// The frames of the adapter (sdladrv_usb.c): 32 bytes a millisecond each way, without a gap. Each
/// byte has a nibble of sound, two marks and two bits of a control byte.
inline constexpr std::size_t kFrameSize = 32, kChannels = 2, kSamples = 8, kControls = 8;
/// Of a control byte: nothing to say; the first of a frame is always this.
inline constexpr std::uint8_t kIdle = 0x7E;

struct Frame {
    std::array<std::array<std::byte, kSamples>, kChannels> codes{};  ///< G.711
    std::array<std::uint8_t, kControls> controls{kIdle, kIdle, kIdle, kIdle,
                                                 kIdle, kIdle, kIdle, kIdle};
    bool hearsUs = false;  ///< from the adapter, firmware 0x20 and later: it is in step with us
    bool operator==(const Frame&) const = default;
};
void encodeFrame(const Frame& frame, std::span<std::byte, kFrameSize> bytes) noexcept;

/// Finds frames in the adapter's stream, whatever packets it comes in. Total; no allocation.
class FrameReader {
public:
    /// Takes bytes until a frame is whole or there are no more; returns how many it took. After
    /// each call: ask whole().
    std::size_t take(std::span<const std::byte> bytes) noexcept;
    /// A frame was completed by the last take().
    [[nodiscard]] bool whole() const noexcept { return whole_; }
    [[nodiscard]] const Frame& frame() const noexcept { return frame_; }
    [[nodiscard]] bool inSync() const noexcept { return inSync_; }
    [[nodiscard]] std::uint64_t syncLosses() const noexcept { return losses_; }
    void reset() noexcept { *this = FrameReader{}; }

private:
    void search() noexcept;
    void drop(std::size_t count) noexcept;
    void decode() noexcept;

    std::array<std::byte, kFrameSize> bytes_{};
    std::size_t held_ = 0;
    bool inSync_ = false, whole_ = false;
    std::uint64_t losses_ = 0;
    Frame frame_;
};

/// What the control bytes of a frame say: one message at most, of two or three bytes, ended by
/// kIdle.
struct Message {
    enum class Kind : std::uint8_t { None, ReadFxo, WriteFxo, Event, ReadCpu, WriteCpu };
    Kind kind = Kind::None;
    std::uint8_t module = 0, reg = 0, value = 0;
    bool operator==(const Message&) const = default;
};
/// To the adapter: into controls 1 to 3.
void writeMessage(const Message& message, Frame& frame) noexcept;
/// From the adapter; None for idle, and for what is shorter than three bytes or of no known kind:
/// a value of 0x7E ends the message before its time, so such a one never arrives.
[[nodiscard]] Message readMessage(const Frame& frame) noexcept;

}  // namespace tipring::sangoma_u100
