// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <memory>

#include "tipring/hal/sim/fxs_faults.h"
#include "tipring/hal/sim/telephone.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

/// Open USB FXS, 04d8:fcf1: PIC18F2550 and Si3210, one FXS port, as its firmware answers (OFW):
/// bulk commands 0x01/0x81 with their silences, isochronous frames 0x02/0x82 of 16 bytes with odd
/// and even headers, register writes inside the stream.
class OpenUsbFxs final : public UsbModel {
public:
    /// Four bytes of the serial number in the EEPROM. Blank shows as EEEEEEEE.
    static constexpr std::uint32_t kBlank = 0xFFFFFFFF;

    /// `telephone` outlives the adapter.
    OpenUsbFxs(hal::EventLoop& loop, Telephone& telephone, std::uint32_t serial = 0x00000123);
    ~OpenUsbFxs() override;

    void setLineFaults(const FxsFaults& faults);
    [[nodiscard]] std::string text(std::uint8_t index) const override;
    /// What stands in a direct register of the SLIC; for tests.
    [[nodiscard]] std::uint8_t slicRegister(std::uint8_t direct);
    [[nodiscard]] std::uint16_t slicIndirect(std::uint8_t address);
    /// Which commands ever came; 0x61 writes the EEPROM, 0x62 and 0xFF leave the firmware.
    [[nodiscard]] const std::bitset<256>& commands() const;

private:
    UsbHandshake onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) override;
    UsbHandshake onOut(std::uint8_t address, std::span<const std::byte> data) override;
    void onSettings() override;
    void onConfigured(std::uint8_t before) override;
    void onFrame() override;
    [[nodiscard]] bool wantsFrames() const override;
    void onPower() override;

    struct Board;
    std::unique_ptr<Board> board_;
};

}  // namespace tipring::sim
