// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::sim {

/// What a USB/IP peer asks (Linux, Documentation/usb/usbip_protocol.rst, version 1.1.1). All
/// numbers are big-endian on the wire.
struct UsbipList {};
struct UsbipImport {
    std::string busId;
};
struct UsbipIsoPacket {
    std::uint32_t offset = 0, length = 0;
};
struct UsbipSubmit {
    std::uint32_t sequence = 0;
    bool in = false;
    std::uint8_t endpoint = 0;  ///< number, 0..15
    bool shortNotOk = false;
    std::uint32_t length = 0;
    hal::UsbSetup setup;
    std::uint16_t setupLength = 0;
    bool isochronous = false;
    // Valid until the next call.
    std::span<const std::byte> data{};  ///< to the device
    std::span<const UsbipIsoPacket> packets{};
};
struct UsbipUnlink {
    std::uint32_t sequence = 0, victim = 0;
};
using UsbipMessage = std::variant<UsbipList, UsbipImport, UsbipSubmit, UsbipUnlink>;

/// Takes the peer's bytes apart. Total and bounded: what cannot be meant is an error in words,
/// after which nothing more is read.
class UsbipReader {
public:
    static constexpr std::uint32_t kMaxTransfer = 256 * 1024;
    static constexpr std::uint32_t kMaxPackets = 1024;

    /// Appends what came.
    void add(std::span<const std::byte> bytes);
    /// The next message, or none yet.
    hal::Result<std::optional<UsbipMessage>> next();
    /// A device was imported: transfers from now on.
    void imported() { imported_ = true; }

private:
    hal::Result<std::optional<UsbipMessage>> nextOperation();
    hal::Result<std::optional<UsbipMessage>> nextCommand();
    hal::Result<std::optional<UsbipMessage>> submit(std::span<const std::byte> bytes);
    [[nodiscard]] std::span<const std::byte> rest() const;
    void take(std::size_t size) { taken_ += size; }

    std::vector<std::byte> bytes_;
    std::vector<UsbipIsoPacket> packets_;  ///< of the last submit; keeps its room
    std::size_t taken_ = 0;
    bool imported_ = false, broken_ = false;
};

/// Writes big-endian numbers behind one another.
class UsbipWriter {
public:
    explicit UsbipWriter(std::vector<std::byte>& out) : out_(out) {}
    UsbipWriter& u8(unsigned value);
    UsbipWriter& u16(unsigned value);
    UsbipWriter& u32(std::uint32_t value);
    UsbipWriter& text(std::string_view value, std::size_t size);
    UsbipWriter& bytes(std::span<const std::byte> value);
    UsbipWriter& zeros(std::size_t count);

private:
    std::vector<std::byte>& out_;
};

}  // namespace tipring::sim
