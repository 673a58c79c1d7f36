// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tipring/drivers/chips/register_bus.h"

namespace tipring::chips {

/// Commanded linefeed, register 64 bits 2:0.
enum class Linefeed : std::uint8_t {
    Open,
    Forward,
    ForwardOnHook,  ///< on-hook transmission
    TipOpen,
    Ringing,
    Reverse,
    ReverseOnHook,
    RingOpen,
};

/// Registers used here (Si3210 data sheet); indirect ones have names with Ir.
namespace si321x {
inline constexpr std::uint8_t kRevision = 0, kPcmMode = 1, kTxSlotLow = 2, kRxSlotLow = 4,
                              kLoopback = 8, kGain = 9, kAlive = 11, kPowerDown = 14,
                              kInterrupt1 = 18, kInterrupt2 = 19, kInterrupt3 = 20, kEnable1 = 21,
                              kEnable2 = 22, kEnable3 = 23, kDtmf = 24, kIndirectBusy = 31,
                              kLinefeed = 64, kBattery = 66, kAutomatic = 67, kLoopStatus = 68,
                              kLoopDebounce = 69, kRingTripDebounce = 70, kLoopCurrent = 71,
                              kVbatHigh = 74, kVbatLow = 75, kQ5 = 88, kQ6 = 89, kBatteryVolts = 82,
                              kDcDcPeriod = 92, kDcDcOff = 93, kCalibration1 = 96,
                              kCalibration2 = 97, kQ5Bias = 98, kQ6Bias = 99, kDcDcResult = 107,
                              kEnhance = 108;
inline constexpr std::uint8_t kIrRingFrequency = 20, kIrRingAmplitude = 21;
inline constexpr float kVoltsPerStep = 0.376F;  ///< of registers 80 to 83
}  // namespace si321x

struct Si321xSettings {
    bool aLaw = false;
    bool lowFrequencyCoil = false;  ///< the board's DC-DC converter
    unsigned milliamps = 20;        ///< of the loop, 20..41
    std::uint8_t txSlot = 1, rxSlot = 1;
};

/// Brings a Si3210 up: DC-DC converter, its voltage, calibration, balance of the two transistors,
/// PCM; then the telephone is fed. A converter that does not come up is tried three times.
/// Thread: the loop's. Dies with its owner, and nothing comes then.
class Si321xStartUp {
public:
    using Done = std::function<void(const hal::Result<void>&)>;

    Si321xStartUp(hal::EventLoop& loop, RegisterBus& bus, const Si321xSettings& settings);
    ~Si321xStartUp();
    void start(Done done);
    [[nodiscard]] bool running() const { return static_cast<bool>(done_); }

private:
    void power();
    void powered(const hal::Result<void>& result);
    void calibrate();
    void checkConverter();
    void configure();
    void finish(const hal::Result<void>& result);

    RegisterBus& bus_;
    Si321xSettings settings_;
    RegisterScript script_;
    std::vector<ScriptStep> steps_;
    unsigned attempts_ = 0;
    Done done_;
    std::shared_ptr<int> alive_;
};

/// The transistor of that bias register, tuned until it draws no more (manual calibration).
[[nodiscard]] ScriptStep si321xBalance(std::uint8_t bias, std::uint8_t measured);

/// Switches the converter off, looks for what is left after 100 ms, and switches it on again; below
/// 2.26 V (6 steps) then, something draws from it.
[[nodiscard]] std::vector<ScriptStep> si321xLeakTest();

/// The indirect registers 0 to 43 of the start-up: DTMF, oscillators, thresholds, filters.
struct IndirectValue {
    std::uint8_t reg;
    std::uint16_t value;
};
[[nodiscard]] std::span<const IndirectValue> si321xIndirectValues() noexcept;

/// Loop closed or ring trip, register 68.
[[nodiscard]] constexpr bool si321xOffHook(std::uint8_t loopStatus) {
    return (loopStatus & 0x03) != 0;
}
/// The key in register 24; nothing while it is not valid.
[[nodiscard]] std::optional<char> si321xDigit(std::uint8_t dtmf) noexcept;

/// Why register 64 reads 0 when something else was written.
enum class Si321xLoss : std::uint8_t { None, Reset, PowerAlarm };
[[nodiscard]] constexpr Si321xLoss si321xLoss(std::uint8_t linefeed, std::uint8_t loopback,
                                              Linefeed wanted) {
    if (wanted == Linefeed::Open || (linefeed & 0x07) != 0) {
        return Si321xLoss::None;
    }
    return loopback != 0 ? Si321xLoss::Reset : Si321xLoss::PowerAlarm;
}

/// Indirect registers 20 and 21 for a sine of that frequency and peak voltage.
struct RingOscillator {
    std::uint16_t frequency, amplitude;
};
[[nodiscard]] RingOscillator si321xRing(double hertz, double peakVolts) noexcept;

}  // namespace tipring::chips
