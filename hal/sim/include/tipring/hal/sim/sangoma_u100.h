// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <memory>

#include "tipring/hal/sim/fxo_faults.h"
#include "tipring/hal/sim/line.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

struct SangomaU100Settings {
    std::uint8_t hardware = 0x01, firmware = 0x20;  ///< from 0x20 on it tells that it hears us
    std::chrono::milliseconds boot{5000};           ///< after power: its boot loader's time (guess)
    bool echoWrites = false;                        ///< without being asked by the debug register
};

/// What goes wrong in its stream on purpose.
struct SangomaU100Faults {
    bool wrongSync = false;   ///< the frame's first control byte is never 0x7E
    unsigned slipEvery = 0;   ///< ms: every so often a byte is missing; 0: never
    bool deaf = false;        ///< never hears the host
    bool neverBoots = false;  ///< stays in its boot loader: no stream at all
};

/// Sangoma U100 "USBfxo", 10c4:8461: two FXO ports behind a CP210x bridge (WPU, WPR, WPT): frames
/// of 32 bytes every millisecond with two companded channels and a control channel in each.
/// Endpoints 0x81/0x01 of 64 bytes are a guess (those of a CP2102).
class SangomaU100 final : public UsbModel {
public:
    /// The lines outlive the adapter; null is an open jack.
    SangomaU100(hal::EventLoop& loop, Line* first, Line* second,
                const SangomaU100Settings& settings = {});
    ~SangomaU100() override;

    void setLineFaults(unsigned port, const FxoFaults& faults);
    void setStreamFaults(const SangomaU100Faults& faults);
    /// A brown-out: the DAAs lose their registers, the stream starts anew.
    void brownOut();
    [[nodiscard]] std::string text(std::uint8_t index) const override;
    /// Which registers of the processor were ever written, and which bits of its control register
    /// were ever set; 0x0A and 0x40 are the firmware update's.
    [[nodiscard]] const std::bitset<256>& written() const;
    [[nodiscard]] std::uint8_t controlsSet() const;

private:
    UsbHandshake onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                             std::size_t& size) override;
    UsbHandshake onControlOut(const hal::UsbSetup& setup, std::span<const std::byte> data) override;
    UsbHandshake onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) override;
    UsbHandshake onOut(std::uint8_t address, std::span<const std::byte> data) override;
    void onSettings() override;
    void onFrame() override;
    [[nodiscard]] bool wantsFrames() const override;
    void onPower() override;

    struct Board;
    std::unique_ptr<Board> board_;
};

}  // namespace tipring::sim
