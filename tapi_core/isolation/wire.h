// SPDX-License-Identifier: Apache-2.0
// What goes over the socket: one message a packet, at most kMaxMessage bytes, in the byte order
// and the struct layout of this machine. Both ends are of one build; the hello proves it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::isolation {

inline constexpr std::uint32_t kProtocol = 1;
inline constexpr std::size_t kMaxMessage = 65536;
inline constexpr std::size_t kMaxSamples = 8000;  ///< in one message: a second
/// A request of the stub's own, whose completion nobody waits for.
inline constexpr DRV_REQUESTID kOwnRequest = 0x7FFFFFFF;

enum class MessageKind : std::uint8_t {
    // To the core
    Hello,            ///< protocol, layout, version, name, functions
    Refusal,          ///< code, text: the library cannot be used
    InitAnswer,       ///< result, explanation, interfaces
    Answer,           ///< sequence, result, explanation, what the function filled
    Completion,       ///< request, result, cause
    LineEvent,        ///< line, call, message, p1, p2, p3, text of a gathering
    PhoneEvent,       ///< phone, message, p1, p2, p3
    LineCreate,       ///< key
    LineRemove,       ///< device id
    PhoneCreate,      ///< key
    PhoneRemove,      ///< device id
    InterfaceResult,  ///< request, values
    InterfaceEvent,   ///< line, call, interface, event, values
    MediaReceive,     ///< media, position, samples
    MediaPull,        ///< media, position, capacity
    MediaEvent,       ///< media, event, parameter, cause
    Log,              ///< level, category, text
    Pong,             ///< number
    // To the host
    Init,          ///< version, configuration
    Call,          ///< sequence (0: no answer), function, arguments
    MediaSamples,  ///< media, samples to send
    Ping,          ///< number
};
inline constexpr std::size_t kMessageKinds = static_cast<std::size_t>(MessageKind::Ping) + 1;
struct MessageRow {
    const char* name;
    bool toCore;
};
[[nodiscard]] const MessageRow& rowOf(MessageKind kind);

/// Differs where two builds lay out the contract's structs differently.
[[nodiscard]] std::uint64_t layoutOfContract();

/// Appends to a message. What does not fit is dropped, and fits() tells.
class Writer {
public:
    explicit Writer(MessageKind kind) { number(kind); }

    template <class T>
    void number(T value) {
        static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
        raw(&value, sizeof value);
    }
    void raw(const void* bytes, std::size_t size) {
        if (size > kMaxMessage - size_) {
            fits_ = false;
            return;
        }
        if (size > 0) {
            std::memcpy(bytes_.data() + size_, bytes, size);
            size_ += size;
        }
    }
    /// With its length before it; null is kept apart from empty.
    void text(const char* value);
    void text(std::string_view value);
    void bytes(const void* data, std::size_t size);

    [[nodiscard]] bool fits() const { return fits_; }
    [[nodiscard]] std::span<const std::byte> message() const { return {bytes_.data(), size_}; }

private:
    std::array<std::byte, kMaxMessage> bytes_;  // not cleared: only what was written is sent
    std::size_t size_ = 0;
    bool fits_ = true;
};

/// Reads a message. Total: beyond its end, and after the first fault, everything is zero or empty,
/// and ok() is false. Views point into the message.
class Reader {
public:
    explicit Reader(std::span<const std::byte> message) : rest_(message) {}

    template <class T>
    [[nodiscard]] T number() {
        static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
        T value{};
        raw(&value, sizeof value);
        return value;
    }
    bool raw(void* to, std::size_t size) {
        const auto from = take(size);
        if (size > 0 && ok_) {
            std::memcpy(to, from.data(), size);
        }
        return ok_;
    }
    [[nodiscard]] std::span<const std::byte> take(std::size_t size);
    struct Text {
        bool there = false;
        std::string_view value{};
    };
    [[nodiscard]] Text text();
    [[nodiscard]] std::span<const std::byte> bytes();

    void refuse() { ok_ = false; }
    [[nodiscard]] bool ok() const { return ok_; }
    /// Everything was read, and nothing is left over.
    [[nodiscard]] bool complete() const { return ok_ && rest_.empty(); }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }

private:
    std::span<const std::byte> rest_;
    bool ok_ = true;
};

}  // namespace tipring::isolation
