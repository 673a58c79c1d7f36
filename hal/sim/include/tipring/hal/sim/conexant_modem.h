// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "tipring/hal/sim/at_modem.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

struct ConexantModemSettings {
    std::uint16_t vendor = 0x0572, product = 0x1329;
    bool hasMonitor = true;  ///< false: a dongle with configuration 1 alone
    /// false: its AT commands come another way (SimPortName), and only the monitor is here.
    bool hasPort = true;
    std::uint8_t configuration = 1;  ///< that a host finds active: udev's choice
};

struct ConexantModemFaults {
    bool monitorSilent = false;       ///< takes the order and never sends
    unsigned oddByteEvery = 0;        ///< every nth block of sound lacks its last byte; 0: none
    unsigned unknownEscapeEvery = 0;  ///< an escape that nobody knows before every nth block
};

/// Conexant CX93010, 0572:1329 (CXD, DGC, DCPD): an AT modem behind CDC-ACM, and in its second
/// configuration the line monitor on endpoints 0x83/0x03: 16 kHz, 16-bit, high byte first, with
/// escapes of 0x19. AT commands are the model's that it is given.
///
/// The monitor's volume follows ATM and ATL, and it is silent at 0 (guess from its purpose: it
/// stands for a loudspeaker).
class ConexantModem final : public UsbModel {
public:
    /// Both outlive the device. Takes the modem's outlet and its tap, and the line's monitor.
    ConexantModem(hal::EventLoop& loop, AtModem& modem, Line& line,
                  const ConexantModemSettings& settings = {});
    ~ConexantModem() override;

    void setLineFaults(const ConexantModemFaults& faults);
    [[nodiscard]] std::string text(std::uint8_t index) const override;
    [[nodiscard]] std::uint8_t usualConfiguration() const override;

private:
    UsbHandshake onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                             std::size_t& size) override;
    UsbHandshake onControlOut(const hal::UsbSetup& setup, std::span<const std::byte> data) override;
    UsbHandshake onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) override;
    UsbHandshake onOut(std::uint8_t address, std::span<const std::byte> data) override;
    void onSettings() override;
    void onPower() override;

    struct Board;
    std::unique_ptr<Board> board_;
};

}  // namespace tipring::sim
