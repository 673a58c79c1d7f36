// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <set>

#include "tipring/hal/sim/telephone.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

struct MagicJackFaults {
    unsigned staleEvery = 0;  ///< every nth register read gives that of 0x14; 0: never
    bool hookStuck = false;   ///< 0x14 never shows the hook
};

/// magicJack, 06e6:c200: TigerJet 780/880 with an ARM and its own line circuit (MJ). Registers by
/// 64-byte HID feature reports on interface 4, sound on interfaces 2 and 3 (alternate setting 2:
/// 8 kHz). Mass storage (interface 0) and the audio controls refuse everything. Audio class
/// descriptors are left out of the configuration (guess: of 0x011B bytes the endpoints are known).
class MagicJack final : public UsbModel {
public:
    /// `telephone` outlives the adapter.
    MagicJack(hal::EventLoop& loop, Telephone& telephone);
    ~MagicJack() override;

    void setLineFaults(const MagicJackFaults& faults);
    [[nodiscard]] std::string text(std::uint8_t index) const override;
    /// For tests.
    [[nodiscard]] std::uint32_t chipRegister(std::uint8_t reg) const;
    /// The first bytes of all feature reports that came: 0x00 and 0x20 are harmless, 0x80 is the
    /// memory's.
    [[nodiscard]] const std::set<std::uint8_t>& orders() const;

private:
    UsbHandshake onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                             std::size_t& size) override;
    UsbHandshake onControlOut(const hal::UsbSetup& setup, std::span<const std::byte> data) override;
    UsbHandshake onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) override;
    UsbHandshake onOut(std::uint8_t address, std::span<const std::byte> data) override;
    [[nodiscard]] std::span<const std::byte> interfaceDescriptor(std::uint8_t number,
                                                                 std::uint8_t type) const override;
    void onFrame() override;
    [[nodiscard]] bool wantsFrames() const override;
    void onPower() override;

    struct Board;
    std::unique_ptr<Board> board_;
};

}  // namespace tipring::sim
