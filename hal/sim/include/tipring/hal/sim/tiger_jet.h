// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <memory>

#include "tipring/hal/sim/fxs_faults.h"
#include "tipring/hal/sim/telephone.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

struct TigerJetSettings {
    std::uint16_t product = 0x831C;  ///< S100U; 0x831E is the S110U
    bool hasSlic = true;             ///< false: a key-pad telephone (06e6:b210), nothing on the SPI
};

/// TigerJet 560B with an Si3210, 06e6:xxxx (T560, TJC, WCU): registers by vendor request 4, the
/// SLIC behind registers 0x26 to 0x29, sound as 16 bytes a millisecond. Interfaces: 0 HID, 1 audio
/// control, 2 and 3 streaming, alternate settings 1; which of them carries what, and the audio
/// class descriptors, are a guess: the sources name no more than 2, 3, 0x86, 0x07 and 0x85.
class TigerJet560 final : public UsbModel {
public:
    /// `telephone` outlives the adapter.
    TigerJet560(hal::EventLoop& loop, Telephone& telephone, const TigerJetSettings& settings = {});
    ~TigerJet560() override;

    void setLineFaults(const FxsFaults& faults);
    [[nodiscard]] std::string text(std::uint8_t index) const override;
    [[nodiscard]] std::uint8_t slicRegister(std::uint8_t direct);
    /// Which registers were ever written; 0x16 is the EEPROM's.
    [[nodiscard]] const std::bitset<256>& written() const;

private:
    UsbHandshake onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                             std::size_t& size) override;
    UsbHandshake onControlOut(const hal::UsbSetup& setup, std::span<const std::byte> data) override;
    UsbHandshake onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) override;
    UsbHandshake onOut(std::uint8_t address, std::span<const std::byte> data) override;
    void onFrame() override;
    [[nodiscard]] bool wantsFrames() const override;
    void onPower() override;

    struct Board;
    std::unique_ptr<Board> board_;
};

}  // namespace tipring::sim
