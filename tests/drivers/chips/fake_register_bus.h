// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tipring/drivers/chips/register_bus.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::chips {

/// A register file that answers a millisecond later; a test may stand in for single registers.
class FakeRegisterBus final : public RegisterBus {
public:
    explicit FakeRegisterBus(hal::EventLoop& loop) : loop_(loop) {}

    std::array<std::uint8_t, 256> registers{};
    std::map<std::uint8_t, std::function<std::uint16_t()>> reads;
    std::map<std::uint8_t, std::function<void(std::uint8_t)>> writes;
    std::vector<std::string> log;  ///< "r1=80", "i20=7EF0": writes, in order
    bool gone = false;

    void write(std::uint8_t reg, std::uint8_t value, Written done) override {
        later([this, reg, value, done = std::move(done)] {
            if (gone) {
                done(hal::fail(hal::ErrorCode::NoDevice, "unplugged"));
                return;
            }
            log.push_back(fmt::format("r{}={:02X}", reg, value));
            registers[reg] = value;
            if (writes.contains(reg)) {
                writes[reg](value);
            }
            done({});
        });
    }
    void read(std::uint8_t reg, Read done) override {
        later([this, reg, done = std::move(done)] {
            if (gone) {
                done(hal::fail(hal::ErrorCode::NoDevice, "unplugged"));
            } else {
                done(reads.contains(reg) ? reads[reg]() : std::uint16_t{registers[reg]});
            }
        });
    }
    void writeIndirect(std::uint8_t reg, std::uint16_t value, Written done) override {
        later([this, reg, value, done = std::move(done)] {
            log.push_back(fmt::format("i{}={:04X}", reg, value));
            done({});
        });
    }

private:
    void later(std::function<void()> task) {
        timers_.push_back(std::make_unique<hal::Timer>(loop_, std::move(task)));
        timers_.back()->arm(std::chrono::milliseconds{1});
    }
    hal::EventLoop& loop_;
    std::vector<std::unique_ptr<hal::Timer>> timers_;
};

}  // namespace tipring::chips
