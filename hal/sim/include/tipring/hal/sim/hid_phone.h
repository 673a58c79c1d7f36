// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tipring/hal/sim/line.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

struct HidPhoneFaults {
    bool neverOffHook = false;      ///< takes the order and stays on hook
    bool threeByteReports = false;  ///< a report of another length than its descriptor says
};

/// HID "dual mode phone" on an exchange line; profile Eight Amps Maple, 335e:8a01 (MAP): loop,
/// ring, hook and state in two bytes on interface 2, orders in one. The sound goes by an audio
/// device of its own that nobody has described, and is not here. DFU and the other two HID
/// interfaces are in the configuration and do nothing.
class HidPhone final : public UsbModel {
public:
    /// `line` outlives the device; null is an open jack.
    HidPhone(hal::EventLoop& loop, Line* line);
    ~HidPhone() override;

    void setLineFaults(const HidPhoneFaults& faults);
    [[nodiscard]] std::string text(std::uint8_t index) const override;

private:
    UsbHandshake onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                             std::size_t& size) override;
    UsbHandshake onControlOut(const hal::UsbSetup& setup, std::span<const std::byte> data) override;
    UsbHandshake onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) override;
    UsbHandshake onOut(std::uint8_t address, std::span<const std::byte> data) override;
    [[nodiscard]] std::span<const std::byte> interfaceDescriptor(std::uint8_t number,
                                                                 std::uint8_t type) const override;
    void onSettings() override;
    void onPower() override;

    struct Board;
    std::unique_ptr<Board> board_;
};

}  // namespace tipring::sim
