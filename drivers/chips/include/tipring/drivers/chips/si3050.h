// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tipring/drivers/chips/register_bus.h"

namespace tipring::chips {

/// How a DAA of the Si3050 family presents itself to the lines of a country: registers 16, 26, 30
/// and 31 (data sheet, "Termination settings by country"; 31 here with its reset value as base).
struct Si3050Country {
    std::string_view code;  ///< ISO 3166-1
    std::uint8_t international1, dcTermination, acTermination, international3;
    std::uint8_t txGain;  ///< register 38: 1 dB steps
};
/// Countries with settings of their own; null for others (kSi3050Fcc suits most of them).
[[nodiscard]] const Si3050Country* si3050Country(std::string_view code) noexcept;
[[nodiscard]] std::span<const Si3050Country> si3050Countries() noexcept;
extern const Si3050Country kSi3050Fcc;

/// Registers used here (Si3050 data sheet).
namespace si3050 {
inline constexpr std::uint8_t kControl1 = 1, kControl2 = 2, kInterruptMask = 3,
                              kInterruptSource = 4, kDaaControl1 = 5, kDaaControl2 = 6,
                              kLineSideId = 11, kLineSideStatus = 12, kInternational1 = 16,
                              kRingValidation3 = 24, kDcTermination = 26, kLoopCurrent = 28,
                              kLineVoltage = 29, kAcTermination = 30, kDaaControl5 = 31,
                              kPcmMode = 33, kTxSlotLow = 34, kTxSlotHigh = 35, kRxSlotLow = 36,
                              kRxSlotHigh = 37, kTxGain = 38, kRxGain = 39, kTxGainTenths = 40,
                              kRxGainTenths = 41;
inline constexpr std::uint8_t kOffHook = 0x01, kRingDetected = 0x04, kOnHookMonitor = 0x08,
                              kRingPositive = 0x20, kRingNegative = 0x40;
}  // namespace si3050

struct Si3050Settings {
    const Si3050Country* country = nullptr;  ///< null: kSi3050Fcc
    bool aLaw = false;
    std::uint16_t txSlot = 1, rxSlot = 1;  ///< first bit on the PCM bus
    int txGain = 0, rxGain = 0;            ///< tenths of dB, -150..120
    std::uint8_t base31 = 0xA3;            ///< of register 31; only OHS2 comes from the country
    bool quick = false;                    ///< again, after its registers were lost: 10 ms reset
};
/// The start-up: reset, termination, PCM, the isolation link, on hook with the line monitored.
[[nodiscard]] std::vector<ScriptStep> si3050StartUp(const Si3050Settings& settings);

/// The wires as the registers show them.
struct Si3050Line {
    bool ringPositive = false, ringNegative = false;
    int volts = 0;        ///< signed, 1 V steps; 0 for less than 3
    float milliamps = 0;  ///< off hook
    bool linked = false;  ///< the line side answers

    [[nodiscard]] bool ring() const { return ringPositive || ringNegative; }
    /// At or above 3 V; below, the exchange does not feed the line.
    [[nodiscard]] bool battery() const { return volts >= 3 || volts <= -3; }
    [[nodiscard]] bool reversed() const { return volts < 0; }
};
[[nodiscard]] Si3050Line readSi3050Line(std::uint8_t daaControl1, std::uint8_t lineVoltage,
                                        std::uint8_t loopCurrent, std::uint8_t lineSideId) noexcept;

/// What register 5 must be for a hook state; the monitor stays on.
[[nodiscard]] constexpr std::uint8_t si3050Hook(bool offHook) {
    return static_cast<std::uint8_t>(si3050::kOnHookMonitor | (offHook ? si3050::kOffHook : 0));
}
/// Register 5 was changed by something else than ring bits: it must be written again.
[[nodiscard]] constexpr bool si3050HookLost(std::uint8_t daaControl1, bool offHook) {
    return (daaControl1 & 0x9B) != si3050Hook(offHook);
}

/// Tells a ring from the voltage of a neon lamp, which shows one half wave only: both halves must
/// come in turn, more than twice within 128 ms. Fed with register 5 and the time in ms.
class Si3050RingSense {
public:
    /// True while there is ring voltage.
    bool see(std::uint8_t daaControl1, std::uint64_t ms);

private:
    std::uint8_t last_ = 0;
    unsigned turns_ = 0;
    std::uint64_t windowBegan_ = 0, lastSeen_ = 0;
    bool ring_ = false;
};

}  // namespace tipring::chips
