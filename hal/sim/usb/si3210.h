// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/sim/fxs_faults.h"
#include "tipring/hal/sim/telephone.h"

namespace tipring::sim {

/// Si3210 ProSLIC with the telephone on its pair, register by register (S3210; section 7 of the
/// notes on adapters). Registers that do nothing here keep what was written. Time is the loop's.
class Si3210 final : private Telephone::Port {
public:
    Si3210(hal::EventLoop& loop, Telephone& telephone);
    ~Si3210() override;

    void setFaults(const FxsFaults& faults);
    /// Pin RESET.
    void reset();
    [[nodiscard]] static bool exists(std::uint8_t direct);
    [[nodiscard]] std::uint8_t read(std::uint8_t direct);
    void write(std::uint8_t direct, std::uint8_t value);
    [[nodiscard]] std::uint16_t readIndirect(std::uint8_t address) const;
    void writeIndirect(std::uint8_t address, std::uint16_t value);
    /// Pin INT, as a level: an interrupt that is enabled waits.
    [[nodiscard]] bool interrupt() const;

    /// As many samples both ways, and as codes of the law in DR1 (ALaw or MuLaw).
    void exchange(std::span<const std::int16_t> toPhone, std::span<std::int16_t> fromPhone);
    void exchangeCodes(std::span<const std::byte> toPhone, std::span<std::byte> fromPhone);

private:
    void onLoop(bool closed) override;
    void setLinefeed(std::uint8_t state);
    void updateFeed();
    void debounce();
    void latch();
    void startConverter(bool on);
    [[nodiscard]] double battery() const;
    [[nodiscard]] bool speaks() const;
    [[nodiscard]] bool feeds() const;
    void hearDigits(std::span<const std::int16_t> samples);

    hal::EventLoop& loop_;
    Telephone& telephone_;
    FxsFaults faults_;
    std::array<std::uint8_t, 128> direct_{};
    std::array<std::uint16_t, 256> indirect_{};
    bool dataWritten_ = false;  // DR28/29: the next address starts a write
    double voltsBefore_ = 0;    // of the battery, when the converter was switched
    hal::TimePoint switched_{};
    dsp::DtmfDetector digits_;
    hal::Timer debounceTimer_, calibrationTimer_, converterTimer_;
};

}  // namespace tipring::sim
