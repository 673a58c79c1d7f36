// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"

namespace tipring::chips {

/// A chip's registers behind whatever carries them: USB control or bulk transfers, a frame's spare
/// bytes. Thread: the loop's. `done` comes once, later or from inside, unless the bus died before;
/// operations are done in the order in which they were asked for.
class RegisterBus {
public:
    using Written = std::function<void(const hal::Result<void>&)>;
    using Read = std::function<void(const hal::Result<std::uint16_t>&)>;

    virtual ~RegisterBus() = default;
    virtual void write(std::uint8_t reg, std::uint8_t value, Written done) = 0;
    virtual void read(std::uint8_t reg, Read done) = 0;
    /// Indirect registers, 16 bits; OperationUnavail by default.
    virtual void writeIndirect(std::uint8_t reg, std::uint16_t value, Written done);
    virtual void readIndirect(std::uint8_t reg, Read done);

protected:
    RegisterBus() = default;
    RegisterBus(const RegisterBus&) = delete;
    RegisterBus& operator=(const RegisterBus&) = delete;
};

/// One step of a chip's start-up.
struct ScriptStep {
    enum class Kind : std::uint8_t {
        Write,
        WriteIndirect,
        Verify,        ///< write, read back, compare
        Wait,          ///< `wait`
        Until,         ///< read until (value & mask) == value, `tries` times, `wait` apart
        UntilNot,      ///< as Until, but unequal
        UntilAtLeast,  ///< as Until, but value or more
        Sweep,         ///< write value, value - 1 ... `wait` apart until register `second` reads 0
    };
    Kind kind = Kind::Write;
    std::uint8_t reg = 0;
    std::uint16_t value = 0;
    std::uint16_t mask = 0xFFFF;
    std::uint8_t second = 0;
    std::uint16_t tries = 1;
    std::chrono::milliseconds wait{0};
    std::string_view fails{};  ///< the cause in words when Verify, Until or Sweep fails
};

/// Runs a table of steps over a bus. One at a time; dies with its owner, and nothing comes then.
class RegisterScript {
public:
    using Done = std::function<void(const hal::Result<void>&)>;

    RegisterScript(hal::EventLoop& loop, RegisterBus& bus);
    ~RegisterScript();
    /// The steps are borrowed. What runs is given up without a word.
    void run(std::span<const ScriptStep> steps, Done done);
    void cancel();
    [[nodiscard]] bool running() const { return static_cast<bool>(done_); }

private:
    void next();
    void start(const ScriptStep& step);
    void check(const ScriptStep& step, std::uint16_t got);
    void onTimer();
    void finish(const hal::Result<void>& result);
    void fail(const ScriptStep& step, std::uint16_t got);
    RegisterBus::Written written(bool verify = false);
    RegisterBus::Read readBack();

    RegisterBus& bus_;
    hal::Timer timer_;
    std::span<const ScriptStep> steps_;
    std::size_t at_ = 0;
    unsigned tries_ = 0;
    Done done_;
    std::shared_ptr<int> run_;  ///< weak copies of it wait in the bus
};

}  // namespace tipring::chips
