// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::magic_jack {

inline constexpr std::size_t kReportSize = 64;
using JackReport = std::array<std::byte, kReportSize>;

/// The two feature reports that are ever sent. Others exist, and some of them write its flash
/// (order 0x80): nothing here can make one.
[[nodiscard]] JackReport writeReport(std::uint8_t reg, std::uint32_t value) noexcept;
[[nodiscard]] JackReport askReport(std::uint8_t reg) noexcept;
/// Nothing for an answer of less than 4 bytes.
[[nodiscard]] std::optional<std::uint32_t> readReport(std::span<const std::byte> report) noexcept;

/// The registers of the TigerJet 780/880, 32 bits each, by feature reports of its HID interface.
/// One operation at a time. Dies before its device; `done` never comes after that. Thread: the
/// loop's.
class JackRegisters {
public:
    using Written = std::function<void(const hal::Result<void>&)>;
    using Read = std::function<void(const hal::Result<std::uint32_t>&)>;

    static constexpr std::uint8_t kState = 0x14;  ///< hook and keys
    static constexpr unsigned kMostReads = 6;     ///< of one register, until two agree

    JackRegisters(hal::EventLoop& loop, hal::UsbDevice& device);

    /// Of the HID interface. Before anything else.
    void setInterface(std::uint8_t number) { interface_ = number; }
    void write(std::uint8_t reg, std::uint32_t value, Written done);
    /// A read sometimes gives the content of kState instead: any other register is read until two
    /// values in a row agree and are not that. OperationFailed where they never do.
    void read(std::uint8_t reg, Read done);
    /// Nothing more is sent or told.
    void cancel();

private:
    struct Operation {
        std::uint8_t reg = 0;
        std::optional<std::uint32_t> value;  ///< to be written
        Written written{};
        Read read{};
        unsigned reads = 0;
        std::optional<std::uint32_t> before{};  ///< what the last read gave
    };
    void put(Operation operation);
    void begin();
    void send(const JackReport& report, void (JackRegisters::*next)());
    void onWritten();
    void onAsked();
    void fetch();
    void onValue(std::uint32_t value);
    void finish(const hal::Result<std::uint32_t>& result);

    hal::UsbDevice& device_;
    std::uint8_t interface_ = 0;
    std::uint32_t state_ = 0;  ///< the last content of kState
    std::deque<Operation> queue_;
    hal::Timer pause_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace tipring::magic_jack
