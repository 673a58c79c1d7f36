// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tipring/hal/usb/usb_device.h"

namespace tipring::chips {

/// Control requests of the CP210x USB-UART bridge (Silicon Labs AN571), for devices that hide one.
/// `interface` is the number of the bridge's interface.
namespace cp210x {
/// UART on or off; no data.
[[nodiscard]] hal::UsbSetup enable(bool on, std::uint16_t interface = 0) noexcept;
/// Divisor of 3,686,400: 500,000 baud is 7. InvalParam for rates that no divisor of 1..65535 gives
/// within 6 per cent, as with the 526,629 of that one.
[[nodiscard]] hal::Result<hal::UsbSetup> baudDivisor(std::uint32_t rate,
                                                     std::uint16_t interface = 0);
/// Gives two bytes, low first: stop bits in 3:0, parity in 7:4, data bits in 15:8.
[[nodiscard]] hal::UsbSetup getLineControl(std::uint16_t interface = 0) noexcept;
inline constexpr std::size_t kLineControlSize = 2;
[[nodiscard]] std::uint16_t lineControlOf(std::span<const std::byte> bytes) noexcept;
/// `before` with eight data bits.
[[nodiscard]] hal::UsbSetup setEightBits(std::uint16_t before,
                                         std::uint16_t interface = 0) noexcept;
}  // namespace cp210x

/// The set-up of a bridge: UART on, rate, eight data bits. Thread: the loop's.
class Cp210xSetup {
public:
    using Done = std::function<void(const hal::Result<void>&)>;

    Cp210xSetup(hal::UsbDevice& device, std::uint32_t rate) : device_(device), rate_(rate) {}
    /// Once. `done` comes once, unless this died before.
    void start(Done done);

private:
    void out(const hal::UsbSetup& setup, void (Cp210xSetup::*next)());
    void setRate();
    void readFormat();
    void setFormat(std::uint16_t before);
    void finished();

    hal::UsbDevice& device_;
    std::uint32_t rate_;
    Done done_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace tipring::chips
