// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/fxo_faults.h"
#include "tipring/hal/sim/line.h"
#include "usb/line_sound.h"

namespace tipring::sim {

/// Si3050 with an Si3019 on a line, register by register (S3050; section 8 of the notes on
/// adapters). Registers that do nothing here keep what was written. Time is the loop's.
class Si3050 final : private LineDevice {
public:
    /// Plugs itself into the line, which outlives it. Null: an open jack.
    Si3050(hal::EventLoop& loop, Line* line);
    ~Si3050() override;

    void setFaults(const FxoFaults& faults) { faults_ = faults; }
    [[nodiscard]] const FxoFaults& faults() const { return faults_; }
    /// Register 1, bit 7; pin RESET does the same.
    void reset();
    [[nodiscard]] std::uint8_t read(std::uint8_t reg);
    void write(std::uint8_t reg, std::uint8_t value);
    [[nodiscard]] bool offHook() const { return (registers_[5] & 1U) != 0; }
    /// Codes of the law in r33, as many both ways.
    void exchange(std::span<const std::byte> toLine, std::span<std::byte> fromLine);

private:
    void onRing(bool) override {}  // seen in onElectrics
    void onElectrics(const LineElectrics& now) override;
    void onSound(HeardBlock heard, SpokenBlock spoken) override;

    [[nodiscard]] std::uint8_t ringBits();
    [[nodiscard]] std::uint8_t volts() const;
    [[nodiscard]] bool linkUp() const;
    void hook(bool off);
    void updateListening();

    hal::EventLoop& loop_;
    Line* line_;
    FxoFaults faults_;
    std::array<std::uint8_t, 64> registers_{};
    LineElectrics electrics_;
    LineSound sound_;
    bool listening_ = false;
    bool hooked_ = false;
    hal::TimePoint powered_{}, ringBegan_{}, ringSeen_{};
    bool rangOnce_ = false;
};

}  // namespace tipring::sim
