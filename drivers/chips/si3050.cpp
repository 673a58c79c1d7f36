// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/si3050.h"

#include <algorithm>
#include <iterator>

namespace tipring::chips {
namespace {

using namespace si3050;
using std::chrono::milliseconds;
using Kind = ScriptStep::Kind;

constexpr std::uint8_t kOhs2 = 0x08;
constexpr std::uint64_t kWindow = 128;  // ms
constexpr unsigned kTurns = 2;

struct Group {
    std::string_view codes;  // a space after each
    Si3050Country settings;
};
constexpr Group kGroups[] = {
    {"AR CA CL CO EC SV GU HK HU ID KZ KW MO MX PE RO SA SG KR AE YE ",
     {{}, 0x00, 0xC0, 0x00, 0x20, 0}},
    {"US ", {{}, 0x00, 0xC0, 0x00, 0x20, 0}},
    {"BH HR CY CZ IL LV LB MT MA NG ", {{}, 0x00, 0xC2, 0x02, 0x20, 0}},
    {"AU ", {{}, 0x40, 0x30, 0x03, 0x20, 0}},
    {"AT DE ", {{}, 0x00, 0xC2, 0x03, 0x28, 0}},
    {"BE DK FI FR GR IS IE IT LU NL NO PT ES SE CH ", {{}, 0x00, 0xC2, 0x02, 0x28, 0}},
    {"BR EG JP JO MY OM PK PH RU SY TW TH ", {{}, 0x00, 0x30, 0x00, 0x20, 0}},
    {"BG ", {{}, 0x00, 0xC2, 0x03, 0x20, 0}},
    {"CN ", {{}, 0x00, 0x30, 0x0F, 0x20, 0}},
    {"IN ", {{}, 0x00, 0xC0, 0x04, 0x20, 0}},
    {"NZ ", {{}, 0x00, 0xC0, 0x04, 0x20, 7}},
    {"PL ", {{}, 0x03, 0xC0, 0x00, 0x20, 0}},
    {"SK ", {{}, 0x00, 0xC0, 0x03, 0x20, 0}},
    {"SI ", {{}, 0x00, 0xC0, 0x02, 0x20, 0}},
    {"ZA ", {{}, 0x42, 0xC0, 0x03, 0x20, 0}},
    {"GB ", {{}, 0x00, 0xC2, 0x05, 0x28, 0}},
};

std::vector<Si3050Country> spread() {
    std::vector<Si3050Country> all;
    for (const Group& group : kGroups) {
        for (std::size_t at = 0; at + 2 < group.codes.size(); at += 3) {
            all.push_back(group.settings);
            all.back().code = group.codes.substr(at, 2);
        }
    }
    return all;
}

std::uint8_t low(std::uint16_t value) {
    return static_cast<std::uint8_t>(value & 0xFF);
}

/// A gain in whole dB and in tenths: bit 4 says that it weakens.
void addGain(std::vector<ScriptStep>& steps, std::uint8_t whole, std::uint8_t tenths, int gain) {
    const int size = std::min(gain < 0 ? -gain : gain, gain < 0 ? 150 : 120);
    const int sign = gain < 0 ? 16 : 0;
    if (size / 10 != 0) {
        steps.push_back({.reg = whole, .value = static_cast<std::uint16_t>(sign + size / 10)});
    }
    if (size % 10 != 0) {
        steps.push_back({.reg = tenths, .value = static_cast<std::uint16_t>(sign + size % 10)});
    }
}

}  // namespace

const Si3050Country kSi3050Fcc{"", 0x01, 0xC0, 0x00, 0x20, 0};

std::span<const Si3050Country> si3050Countries() noexcept {
    static const std::vector<Si3050Country> kAll = spread();
    return kAll;
}

const Si3050Country* si3050Country(std::string_view code) noexcept {
    const auto all = si3050Countries();
    const auto found = std::find_if(all.begin(), all.end(), [code](const Si3050Country& country) {
        return country.code == code;
    });
    return found == all.end() ? nullptr : &*found;
}

std::vector<ScriptStep> si3050StartUp(const Si3050Settings& settings) {
    const Si3050Country& country = settings.country != nullptr ? *settings.country : kSi3050Fcc;
    const auto base31 =
        static_cast<std::uint8_t>((settings.base31 & ~kOhs2) | (country.international3 & kOhs2));
    std::vector<ScriptStep> steps{
        {.reg = kControl1, .value = 0x80},
        {.kind = Kind::Wait, .wait = milliseconds{settings.quick ? 10 : 100}},
        {.reg = kPcmMode, .value = static_cast<std::uint16_t>(settings.aLaw ? 0x20 : 0x28)},
        {.reg = kInternational1, .value = country.international1},
        {.reg = kDcTermination, .value = country.dcTermination},
        {.reg = kAcTermination, .value = country.acTermination},
        {.reg = kDaaControl5, .value = base31},
        {.reg = kTxSlotLow, .value = low(settings.txSlot)},
        {.reg = kTxSlotHigh, .value = low(static_cast<std::uint16_t>(settings.txSlot >> 8))},
        {.reg = kRxSlotLow, .value = low(settings.rxSlot)},
        {.reg = kRxSlotHigh, .value = low(static_cast<std::uint16_t>(settings.rxSlot >> 8))},
        {.reg = kDaaControl2, .value = 0x00},
        {.kind = Kind::UntilNot,
         .reg = kLineSideId,
         .value = 0,
         .mask = 0xF0,
         .tries = 20,
         .wait = milliseconds{100},
         .fails = "the line side of the DAA does not answer"},
        {.reg = kDaaControl1, .value = si3050Hook(false)},
        {.reg = kInterruptMask, .value = 0x00},
        {.reg = kControl2, .value = 0x07},
    };
    addGain(steps, kTxGain, kTxGainTenths, settings.txGain + 10 * country.txGain);
    addGain(steps, kRxGain, kRxGainTenths, settings.rxGain);
    return steps;
}

Si3050Line readSi3050Line(std::uint8_t daaControl1, std::uint8_t lineVoltage,
                          std::uint8_t loopCurrent, std::uint8_t lineSideId) noexcept {
    Si3050Line line;
    line.ringPositive = (daaControl1 & kRingPositive) != 0;
    line.ringNegative = (daaControl1 & kRingNegative) != 0;
    line.volts = static_cast<std::int8_t>(lineVoltage);
    line.milliamps = static_cast<float>(loopCurrent) * 1.1F;
    line.linked = (lineSideId & 0xF0) != 0;
    return line;
}

bool Si3050RingSense::see(std::uint8_t daaControl1, std::uint64_t ms) {
    const auto half = static_cast<std::uint8_t>(daaControl1 & (kRingPositive | kRingNegative));
    if (half != 0) {
        lastSeen_ = ms;
    }
    if (half == kRingPositive || half == kRingNegative) {
        if (ms - windowBegan_ > kWindow) {
            windowBegan_ = ms;
            turns_ = 0;
        }
        turns_ += last_ != 0 && half != last_ ? 1 : 0;
        last_ = half;
        ring_ |= turns_ > kTurns;
    }
    if (ms - lastSeen_ >= kWindow) {
        ring_ = false;
        turns_ = 0;
        last_ = 0;
    }
    return ring_;
}

}  // namespace tipring::chips
