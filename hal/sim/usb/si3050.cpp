// SPDX-License-Identifier: Apache-2.0
#include "usb/si3050.h"

#include <algorithm>
#include <cmath>

#include "tipring/hal/dsp/codec.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t kLineSideId = 0x30;                   // Si3019
constexpr std::uint8_t kRevision = 0x05;                     // guess
constexpr auto kLinkTime = 150ms;                            // 100 to 500 ms
constexpr auto kRingDetectHolds = 5s;                        // r5 bit 2
constexpr float kLowThreshold = 15, kHighThreshold = 21.5F;  // effective; r16 bit 0
constexpr float kCurrentStep = 3.3F, kFineStep = 1.1F;       // mA, r12 and r28

}  // namespace

Si3050::Si3050(hal::EventLoop& loop, Line* line) : loop_(loop), line_(line) {
    reset();
    if (line_ != nullptr) {
        electrics_ = line_->electrics();
        line_->attach(this);
    }
}

Si3050::~Si3050() {
    if (line_ != nullptr) {
        hook(false);
        if (listening_) {
            line_->listen(false);
        }
        line_->attach(nullptr);
    }
}

void Si3050::reset() {
    registers_ = {};
    registers_[2] = 0x03;
    registers_[6] = 0x10;
    registers_[24] = 0x19;
    registers_[31] = 0x20;
    rangOnce_ = false;
    hook(false);
    updateListening();
}

bool Si3050::linkUp() const {
    return !faults_.linkNeverUp && (registers_[6] & 0x10U) == 0 &&
           loop_.now() - powered_ >= kLinkTime;
}

/// r29: signed, 1 V a bit; 0 within 3 V unless LVFD (r31 bit 0).
std::uint8_t Si3050::volts() const {
    if (!linkUp()) {
        return 0;
    }
    const bool fullScale = (registers_[31] & 1U) != 0;
    const float value = std::clamp(std::round(electrics_.volts), -128.0F, 127.0F);
    return std::abs(value) <= 3 && !fullScale ? std::uint8_t{0}
                                              : std::uint8_t(static_cast<std::int8_t>(value));
}

/// r5 bits 6:5: the half of the ring voltage that is on now, bit 2 for some time after.
std::uint8_t Si3050::ringBits() {
    if (!linkUp()) {
        return 0;
    }
    const float threshold = (registers_[16] & 1U) != 0 ? kHighThreshold : kLowThreshold;
    std::uint8_t bits = 0;
    if (!offHook() && electrics_.ringVolts >= threshold && electrics_.ringHertz > 0) {
        const double turns = std::chrono::duration<double>(loop_.now() - ringBegan_).count() *
                             static_cast<double>(electrics_.ringHertz);
        bits = turns - std::floor(turns) < 0.5 ? 0x20 : 0x40;
        ringSeen_ = loop_.now();
        rangOnce_ = true;
        registers_[4] |= 0x80U;
    }
    if (rangOnce_ && !offHook() && loop_.now() - ringSeen_ < kRingDetectHolds) {
        bits |= 0x04U;
    }
    return bits;
}

std::uint8_t Si3050::read(std::uint8_t reg) {
    if (faults_.missing) {
        return 0xFF;
    }
    const float milliamps = offHook() && linkUp() ? std::abs(electrics_.milliamps) : 0;
    switch (reg) {
    case 5: return std::uint8_t(registers_[5] | ringBits());
    case 11: return linkUp() ? kLineSideId | kRevision : kRevision;
    case 12:
        return std::uint8_t((linkUp() ? 0x40U : 0U) |
                            unsigned(std::min(milliamps / kCurrentStep, 31.0F)));
    case 28: return std::uint8_t(std::min(milliamps / kFineStep, 255.0F));
    case 29: return volts();
    default: return reg < registers_.size() ? registers_[reg] : std::uint8_t{0};
    }
}

void Si3050::write(std::uint8_t reg, std::uint8_t value) {
    const bool readOnly = reg == 11 || reg == 12 || reg == 13 || reg == 28 || reg == 29;
    if (faults_.missing || reg >= registers_.size() || readOnly) {
        return;
    }
    if (reg == 1 && (value & 0x80U) != 0) {
        return reset();
    }
    if (reg == 4) {  // 0 clears
        registers_[4] &= value;
        return;
    }
    if (reg == 6 && (registers_[6] & 0x10U) != 0 && (value & 0x10U) == 0) {
        powered_ = loop_.now();
    }
    registers_[reg] = reg == 5 ? value & 0x1BU : value;
    if (reg == 5) {
        hook((value & 1U) != 0);
    }
    if (reg == 5 || reg == 33) {
        updateListening();
    }
}

void Si3050::hook(bool off) {
    if (line_ != nullptr && hooked_ != off) {
        hooked_ = off;
        off ? line_->closeLoop() : line_->openLoop();
    }
}

/// Sound comes off hook, and on hook with the line monitor (r5 bit 3), once PCM is on.
void Si3050::updateListening() {
    const bool now = line_ != nullptr && (registers_[33] & 0x20U) != 0 && (registers_[5] & 9U) != 0;
    if (now != listening_) {
        listening_ = now;
        sound_.clear();
        line_->listen(now);
    }
}

void Si3050::onElectrics(const LineElectrics& now) {
    if (now.ringVolts > 0 && electrics_.ringVolts <= 0) {
        ringBegan_ = loop_.now();
    }
    if (now.volts * electrics_.volts < 0) {
        registers_[4] |= 0x01U;
    }
    if (hooked_ && now.milliamps <= 0 && electrics_.milliamps > 0) {
        registers_[4] |= 0x08U;
    }
    if (now.milliamps > 0 && electrics_.milliamps <= 0) {
        registers_[4] |= 0x04U;
    }
    electrics_ = now;
}

void Si3050::onSound(HeardBlock heard, SpokenBlock spoken) {
    sound_.onBlock(heard, spoken);
}

void Si3050::exchange(std::span<const std::byte> toLine, std::span<std::byte> fromLine) {
    if ((registers_[33] & 0x20U) == 0) {  // PCM off: nobody drives the bus
        std::fill(fromLine.begin(), fromLine.end(), std::byte{0xFF});
        return;
    }
    std::array<std::int16_t, 64> to{}, from{};
    const std::size_t count = std::min({toLine.size(), fromLine.size(), to.size()});
    const bool aLaw = (registers_[33] & 0x18U) == 0;
    const auto samples = std::span(to).first(count);
    aLaw ? dsp::decodeALaw(toLine.first(count), samples)
         : dsp::decodeMuLaw(toLine.first(count), samples);
    if (listening_ && linkUp()) {
        sound_.give(samples);
        sound_.take(std::span(from).first(count));
    }
    const auto heard = std::span<const std::int16_t>(from).first(count);
    aLaw ? dsp::encodeALaw(heard, fromLine.first(count))
         : dsp::encodeMuLaw(heard, fromLine.first(count));
}

}  // namespace tipring::sim
