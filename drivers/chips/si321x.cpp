// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/si321x.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tipring::chips {
namespace {

using namespace si321x;
using std::chrono::milliseconds;
using Kind = ScriptStep::Kind;

constexpr unsigned kMostAttempts = 3;
constexpr milliseconds kBetweenAttempts{2000};
constexpr std::uint16_t kSixtyVolts = 160, kCharged = 6;  // of 0.376 V

constexpr std::uint16_t kFirst[] = {
    0x55C2, 0x51E6, 0x4B85, 0x4937, 0x3333, 0x0202, 0x0202, 0x0198, 0x0198, 0x0611, 0x0202,
    0x00E5, 0x0A1C, 0x7B30, 0x0063, 0x0000, 0x7870, 0x007D, 0x0000, 0x0000, 0x7EF0, 0x0160,
    0x0000, 0x2000, 0x2000, 0x0000, 0x2000, 0x4000, 0x1000, 0x3600, 0x1000, 0x0200, 0x0FF0,
    0x7F80, 0x0FF0, 0x8000, 0x8000, 0x8000, 0x8000, 0x8000, 0x0000, 0x0C00};
constexpr std::uint8_t kLoopCloseLow = 43;

/// Register 24 to key.
constexpr std::string_view kDigits = "D1234567890*#ABC";

ScriptStep write(std::uint8_t reg, std::uint16_t value) {
    return {.reg = reg, .value = value};
}
ScriptStep verify(std::uint8_t reg, std::uint16_t value) {
    return {.kind = Kind::Verify,
            .reg = reg,
            .value = value,
            .mask = 0xFF,
            .fails = "a register of the ProSLIC does not keep its value"};
}
ScriptStep indirect(std::uint8_t reg, std::uint16_t value) {
    return {.kind = Kind::WriteIndirect, .reg = reg, .value = value};
}
ScriptStep wait(milliseconds time) {
    return {.kind = Kind::Wait, .wait = time};
}
ScriptStep voltage(std::uint16_t tries, milliseconds apart) {
    return {.kind = Kind::UntilAtLeast,
            .reg = kBatteryVolts,
            .value = kSixtyVolts,
            .tries = tries,
            .wait = apart,
            .fails = "the DC-DC converter does not reach 60 V"};
}
ScriptStep calibrated() {
    return {.kind = Kind::Until,
            .reg = kCalibration1,
            .value = 0,
            .mask = 0xFF,
            .tries = 10,
            .wait = milliseconds{200},
            .fails = "the calibration of the ProSLIC does not end"};
}
std::vector<IndirectValue> indirectValues() {
    std::vector<IndirectValue> all;
    for (std::size_t i = 0; i < std::size(kFirst); ++i) {
        all.push_back({static_cast<std::uint8_t>(i), kFirst[i]});
    }
    all.push_back({kLoopCloseLow, 0x1000});
    return all;
}

}  // namespace

ScriptStep si321xBalance(std::uint8_t bias, std::uint8_t measured) {
    return {.kind = Kind::Sweep,
            .reg = bias,
            .value = 0x1F,
            .second = measured,
            .wait = milliseconds{40},
            .fails = "a transistor of the linefeed cannot be balanced"};
}

/// What is lost within half a second is worth a warning in the reference driver; what is lost at
/// once would take the feed away from the telephone.
std::vector<ScriptStep> si321xLeakTest() {
    return {write(kPowerDown, 0x10),
            wait(milliseconds{100}),
            {.kind = Kind::UntilAtLeast,
             .reg = kBatteryVolts,
             .value = kCharged,
             .fails = "the DC-DC converter leaks: its charge is gone at once"},
            wait(milliseconds{400}),
            verify(kPowerDown, 0x00),
            wait(milliseconds{100})};
}

std::span<const IndirectValue> si321xIndirectValues() noexcept {
    static const std::vector<IndirectValue> kAll = indirectValues();
    return kAll;
}

Si321xStartUp::Si321xStartUp(hal::EventLoop& loop, RegisterBus& bus, const Si321xSettings& settings)
    : bus_(bus), settings_(settings), script_(loop, bus) {}
Si321xStartUp::~Si321xStartUp() = default;

void Si321xStartUp::start(Done done) {
    done_ = std::move(done);
    attempts_ = 0;
    alive_ = std::make_shared<int>(0);
    power();
}

void Si321xStartUp::finish(const hal::Result<void>& result) {
    const Done done = std::exchange(done_, {});
    alive_.reset();
    done(result);
}

/// The converter off, all settings, then on; 60 V must come twice.
void Si321xStartUp::power() {
    ++attempts_;
    steps_ = {{.kind = Kind::Until,
               .reg = kAlive,
               .value = 0x33,
               .mask = 0xFF,
               .tries = 10,
               .wait = milliseconds{100},
               .fails = "there is no ProSLIC that answers"},
              verify(kPowerDown, 0x10),
              verify(kLinefeed, 0)};
    for (const IndirectValue& each : si321xIndirectValues()) {
        steps_.push_back(indirect(each.reg, each.value));
    }
    const bool low = settings_.lowFrequencyCoil;
    steps_.insert(steps_.end(),
                  {verify(kLoopback, 0), verify(kEnhance, 0xEB), write(kBattery, 0x01),
                   verify(kDcDcPeriod, low ? 0xE6 : 0xCA), verify(kDcDcOff, low ? 0x19 : 0x0C),
                   verify(kVbatHigh, 44), verify(kVbatLow, 40), verify(kLoopCurrent, 0),
                   verify(kPowerDown, 0x00), voltage(10, milliseconds{8})});
    const auto leakTest = si321xLeakTest();
    steps_.insert(steps_.end(), leakTest.begin(), leakTest.end());
    steps_.push_back(voltage(1, {}));
    script_.run(steps_, [this](const hal::Result<void>& result) { powered(result); });
}

void Si321xStartUp::powered(const hal::Result<void>& result) {
    if (result) {
        calibrate();
    } else if (attempts_ < kMostAttempts && result.error().code != hal::ErrorCode::NoDevice) {
        steps_ = {write(kPowerDown, 0x10), wait(kBetweenAttempts)};
        script_.run(steps_, [this](const hal::Result<void>& off) {
            if (off) {
                power();
            } else {
                finish(off);
            }
        });
    } else {
        finish(result);
    }
}

void Si321xStartUp::calibrate() {
    steps_ = {verify(kEnable1, 0),
              verify(kEnable2, 0),
              verify(kEnable3, 0),
              verify(kLinefeed, 0),
              verify(kCalibration2, 0x1E),
              verify(kCalibration1, 0x47),
              calibrated(),
              si321xBalance(kQ5Bias, kQ5),
              si321xBalance(kQ6Bias, kQ6),
              write(kEnable3, 0x04),
              write(kLinefeed, 0x01),
              wait(milliseconds{1000}),
              // The board tells the hook from it: a register that does not answer is no telephone.
              {.kind = Kind::UntilNot,
               .reg = kLoopStatus,
               .value = 0xFF,
               .fails = "the loop status of the ProSLIC is silent"},
              write(kLinefeed, 0x00),
              write(kCalibration2, 0x01),
              write(kCalibration1, 0x40),
              calibrated(),
              write(kDcDcOff, settings_.lowFrequencyCoil ? 0x99 : 0x8C)};
    script_.run(steps_, [this](const hal::Result<void>& result) {
        if (result) {
            checkConverter();
        } else {
            finish(result);
        }
    });
}

/// What the converter's own calibration found must make sense.
void Si321xStartUp::checkConverter() {
    bus_.read(kDcDcResult,
              [this, alive = std::weak_ptr(alive_)](const hal::Result<std::uint16_t>& got) {
                  if (alive.expired()) {
                      return;
                  }
                  if (!got) {
                      finish(tl::unexpected(got.error()));
                      return;
                  }
                  steps_.clear();
                  if (*got < 2 || *got > 13) {
                      steps_.push_back(write(kDcDcResult, 0x08));
                  }
                  configure();
              });
}

void Si321xStartUp::configure() {
    for (unsigned reg = 88; reg <= 211; ++reg) {
        if (reg <= 95 || reg == 97 || reg >= 194) {
            steps_.push_back(indirect(static_cast<std::uint8_t>(reg), 0));
        }
    }
    const auto current =
        static_cast<std::uint16_t>((std::clamp(settings_.milliamps, 20U, 41U) - 20) / 3);
    steps_.insert(steps_.end(), {write(kInterrupt1, 0xFF),
                                 write(kInterrupt2, 0xFF),
                                 write(kInterrupt3, 0xFF),
                                 verify(kEnable1, 0x00),
                                 verify(kEnable2, 0xFF),
                                 verify(kEnable3, 0x01),
                                 write(kTxSlotLow, 0),
                                 write(kTxSlotLow + 1, 0),
                                 write(kRxSlotLow, 0),
                                 write(kRxSlotLow + 1, 0),
                                 verify(63, 0x54),
                                 verify(kAutomatic, 0x1F),
                                 verify(kLoopDebounce, 0x0A),
                                 verify(kRingTripDebounce, 0x0A),
                                 verify(kLoopCurrent, current),
                                 indirect(35, 0x8000),
                                 indirect(36, 0x0320),
                                 indirect(37, 0x0010),
                                 indirect(38, 0x0010),
                                 indirect(39, 0x0010),
                                 verify(kPcmMode, settings_.aLaw ? 0x20 : 0x28),
                                 verify(kTxSlotLow, settings_.txSlot),
                                 verify(kRxSlotLow, settings_.rxSlot),
                                 write(kLinefeed, static_cast<std::uint16_t>(Linefeed::Forward))});
    script_.run(steps_, [this](const hal::Result<void>& result) { finish(result); });
}

std::optional<char> si321xDigit(std::uint8_t dtmf) noexcept {
    if ((dtmf & 0x10) == 0) {
        return std::nullopt;
    }
    return kDigits[dtmf & 0x0F];
}

RingOscillator si321xRing(double hertz, double peakVolts) noexcept {
    constexpr double kPi = 3.14159265358979323846;
    const double coefficient = std::cos(2 * kPi * hertz / 1000);
    const double amplitude =
        0.25 * std::sqrt((1 - coefficient) / (1 + coefficient)) * 32768 * peakVolts / 96;
    return {static_cast<std::uint16_t>(std::lround(coefficient * 32768)),
            static_cast<std::uint16_t>(std::lround(amplitude))};
}

}  // namespace tipring::chips
