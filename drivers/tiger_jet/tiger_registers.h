// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>

#include "tipring/drivers/chips/register_bus.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::tiger_jet {

/// The registers of the TigerJet itself, by vendor request 4 (Tiger560B data sheet).
class TigerRegisters final : public chips::RegisterBus {
public:
    explicit TigerRegisters(hal::UsbDevice& device) : device_(device) {}
    void write(std::uint8_t reg, std::uint8_t value, Written done) override;
    void read(std::uint8_t reg, Read done) override;
    /// Several bytes from one register on.
    void writeBytes(std::uint8_t reg, std::span<const std::byte> bytes, Written done);

private:
    hal::UsbDevice& device_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

/// The registers of the Si3210 behind the TigerJet's SPI (registers 0x26, 0x27). One operation at a
/// time; indirect ones go by the chip's direct registers 28 to 31.
class SlicRegisters final : public chips::RegisterBus {
public:
    explicit SlicRegisters(TigerRegisters& tiger) : tiger_(tiger) {}
    void write(std::uint8_t reg, std::uint8_t value, Written done) override;
    void read(std::uint8_t reg, Read done) override;
    void writeIndirect(std::uint8_t reg, std::uint16_t value, Written done) override;

private:
    struct Operation {
        bool isRead = false, indirect = false;
        std::uint8_t reg = 0;
        std::uint16_t value = 0;
        Written written{};
        Read done{};
        unsigned step = 0;
    };
    void put(Operation operation);
    void begin();
    void spiWrite(std::uint8_t reg, std::uint8_t value);
    void onStep(const hal::Result<void>& result);
    void finish(const hal::Result<std::uint16_t>& result);

    TigerRegisters& tiger_;
    std::deque<Operation> queue_;  ///< the first is under way
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace tipring::tiger_jet
