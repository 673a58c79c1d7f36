// SPDX-License-Identifier: Apache-2.0
#include "u100_port.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "tipring/hal/dsp/codec.h"

namespace tipring::sangoma_u100 {
namespace {

using namespace chips::si3050;
using Kind = chips::ScriptStep::Kind;

constexpr std::uint8_t kAfterReset2 = 0x03;   // register 2 of a DAA that is there
constexpr std::uint8_t kOutOfFrame = 0x02;    // of register 5: the sample is worth nothing
constexpr std::uint64_t kHookSettles = 50;    // ms until the adapter tells what was written
constexpr std::uint64_t kSlotsEvery = 256;    // ms: a DAA that lost its registers need not say so
constexpr std::uint64_t kCurrentEvery = 100;  // ms
constexpr unsigned kMostAttempts = 2;

constexpr std::array<std::uint8_t, 4> kWatched{kDaaControl1, kLineVoltage, kTxSlotLow,
                                               kInterruptSource};

chips::ScriptStep readOnce(std::uint8_t reg) {
    return {.kind = Kind::UntilAtLeast, .reg = reg, .value = 0, .fails = "a register has no value"};
}

}  // namespace

U100Port::U100Port(hal::EventLoop& loop, Messages& messages, unsigned module,
                   const chips::Si3050Settings& settings)
    : messages_(messages),
      owner_(module == 0 ? Owner::Daa0 : Owner::Daa1),
      bus_(messages, owner_),
      script_(loop, bus_),
      settings_(settings) {
    settings_.txSlot = settings_.rxSlot = static_cast<std::uint16_t>(module * 8 + 1);
}

U100Port::~U100Port() = default;

void U100Port::startUp(chips::RegisterScript::Done done) {
    started_ = std::move(done);
    attempts_ = 0;
    steps_ = {{.reg = kControl1, .value = 0x80},
              {.kind = Kind::Until,
               .reg = kControl2,
               .value = kAfterReset2,
               .mask = 0xFF,
               .fails = "there is no DAA"}};
    const auto start = chips::si3050StartUp(settings_);
    steps_.insert(steps_.end(), start.begin(), start.end());
    for (const std::uint8_t reg : kWatched) {
        steps_.push_back(readOnce(reg));
    }
    runScript();
}

void U100Port::runScript() {
    ++attempts_;
    script_.run(steps_, [this](const hal::Result<void>& result) {
        if (!result && attempts_ < kMostAttempts) {
            runScript();
            return;
        }
        works_ = result.has_value();
        std::exchange(started_, {})(result);
    });
}

void U100Port::onRegister(std::uint8_t reg, std::uint8_t value) {
    if (reg < registers_.size()) {
        registers_[reg] = value;
    }
}

void U100Port::refresh() {
    for (const std::uint8_t reg : kWatched) {
        // onRegister() has the value; where there is none the old one stands.
        messages_.read(owner_, reg, [](const hal::Result<std::uint16_t>&) {});
    }
}

void U100Port::gone(const hal::Error& why) {
    script_.cancel();
    gone_ = true;
    if (auto* listener = std::exchange(listener_, nullptr)) {
        listener->onGone(why);
    }
}

// ---- the wires

void U100Port::look(std::uint64_t ms) {
    now_ = ms;
    if (!works_ || gone_ || script_.running()) {
        return;
    }
    if (registers_[kTxSlotLow] == 0) {
        recover();
        return;
    }
    askWhenDue(kTxSlotLow, slotsAsked_, kSlotsEvery);
    const std::uint8_t control = registers_[kDaaControl1];
    if ((control & kOutOfFrame) == 0 && (control & kOnHookMonitor) != 0) {
        lookForRing(ms);
        lookAtElectrics();
    }
    lookAtHook(ms);
}

/// Each line by its own time: whose turn comes while the other line's question is out asks at the
/// next look. (By the adapter's time the second line, a millisecond later, would never ask.)
void U100Port::askWhenDue(std::uint8_t reg, std::uint64_t& asked, std::uint64_t every) {
    if (now_ - asked >= every && messages_.idle()) {
        asked = now_;
        messages_.read(owner_, reg, [](const hal::Result<std::uint16_t>&) {});
    }
}

void U100Port::lookForRing(std::uint64_t ms) {
    const std::uint8_t control = offHook_ ? 0 : registers_[kDaaControl1];
    const bool ring = sense_.see(control, ms);
    if (std::exchange(ring_, ring) != ring && listener_ != nullptr) {
        listener_->onRing(ring);
    }
}

void U100Port::lookAtElectrics() {
    if (offHook_) {
        askWhenDue(kLoopCurrent, currentAsked_, kCurrentEvery);
    }
    const chips::Si3050Line line =
        chips::readSi3050Line(registers_[kDaaControl1], registers_[kLineVoltage],
                              registers_[kLoopCurrent], registers_[kLineSideId]);
    if (line.battery() && !normalNegative_) {
        normalNegative_ = line.reversed();
    }
    analog::FxoElectrics now;
    now.battery = line.battery();
    now.reversed =
        line.battery() ? line.reversed() != normalNegative_.value_or(false) : electrics_.reversed;
    now.volts = static_cast<float>(std::abs(line.volts));
    now.milliamps = offHook_ ? line.milliamps : 0;
    if (now == electrics_) {
        return;
    }
    electrics_ = now;
    if (listener_ != nullptr) {
        listener_->onElectrics(now);
    }
}

void U100Port::lookAtHook(std::uint64_t ms) {
    if (ms >= hookSettles_ && chips::si3050HookLost(registers_[kDaaControl1], offHook_)) {
        writeHook();
    }
}

/// The DAA lost its registers: its supply dropped. The line stays as it is for who uses it.
void U100Port::recover() {
    settings_.quick = true;
    steps_ = chips::si3050StartUp(settings_);
    for (const std::uint8_t reg : kWatched) {
        steps_.push_back(readOnce(reg));
    }
    script_.run(steps_, [this](const hal::Result<void>& result) {
        if (result) {
            writeHook();
        }
        // Else the next look tries it again.
    });
}

// ---- FxoPort

void U100Port::writeHook() {
    const std::uint8_t value = chips::si3050Hook(offHook_);
    hookSettles_ = now_ + kHookSettles;
    auto& shadow = registers_[kDaaControl1];
    shadow = static_cast<std::uint8_t>((shadow & (kRingPositive | kRingNegative)) | value);
    messages_.write(owner_, kDaaControl1, value, {}, true);
}

hal::Result<void> U100Port::setHook(bool offHook) {
    if (gone_) {
        return hal::fail(hal::ErrorCode::NoDevice, "the adapter is gone");
    }
    if (std::exchange(offHook_, offHook) != offHook) {
        registers_[kLoopCurrent] = 0;
        writeHook();
    }
    return {};
}

hal::Result<void> U100Port::setSound(bool on) {
    if (gone_) {
        return hal::fail(hal::ErrorCode::NoDevice, "the adapter is gone");
    }
    if (on && !sound_) {
        position_ = 0;
    }
    sound_ = on;
    return {};
}

void U100Port::skip(std::uint64_t frames) {
    if (sound_) {
        position_ += frames * kSamples;
    }
}

void U100Port::exchange(std::span<const std::byte, kSamples> fromLine,
                        std::span<std::byte, kSamples> toLine) {
    if (!sound_ || listener_ == nullptr) {
        return;
    }
    std::array<std::int16_t, kSamples> heard{}, spoken{};
    dsp::decodeMuLaw(fromLine, heard);
    listener_->onSound(std::exchange(position_, position_ + kSamples), heard, spoken);
    dsp::encodeMuLaw(spoken, toLine);
}

}  // namespace tipring::sangoma_u100
