// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "tipring/drivers/chips/register_bus.h"

namespace tipring::chips {
namespace {

using hal::ErrorCode;
using Kind = ScriptStep::Kind;

bool holds(const ScriptStep& step, std::uint16_t got) {
    const auto masked = static_cast<std::uint16_t>(got & step.mask);
    switch (step.kind) {
    case Kind::UntilNot: return masked != step.value;
    case Kind::UntilAtLeast: return masked >= step.value;
    case Kind::Sweep: return got == 0;
    default: return masked == step.value;
    }
}

hal::Error unavailable() {
    return {ErrorCode::OperationUnavail, "this chip has no indirect registers"};
}

}  // namespace

void RegisterBus::writeIndirect(std::uint8_t, std::uint16_t, Written done) {
    done(tl::unexpected(unavailable()));
}

void RegisterBus::readIndirect(std::uint8_t, Read done) {
    done(tl::unexpected(unavailable()));
}

RegisterScript::RegisterScript(hal::EventLoop& loop, RegisterBus& bus)
    : bus_(bus), timer_(loop, [this] { onTimer(); }) {}
RegisterScript::~RegisterScript() = default;

void RegisterScript::run(std::span<const ScriptStep> steps, Done done) {
    cancel();
    steps_ = steps;
    done_ = std::move(done);
    run_ = std::make_shared<int>(0);
    timer_.arm({});  // never from inside
}

void RegisterScript::cancel() {
    timer_.cancel();
    run_.reset();
    done_ = {};
    at_ = 0;
    tries_ = 0;
}

void RegisterScript::finish(const hal::Result<void>& result) {
    const Done done = std::exchange(done_, {});
    cancel();
    done(result);
}

void RegisterScript::fail(const ScriptStep& step, std::uint16_t got) {
    finish(hal::fail(ErrorCode::OperationFailed,
                     fmt::format("{} (register {} reads 0x{:02X})", step.fails,
                                 step.kind == Kind::Sweep ? step.second : step.reg, got)));
}

void RegisterScript::next() {
    ++at_;
    tries_ = 0;
    // Through the timer: a bus that answers at once must not let the stack grow.
    timer_.arm({});
}

/// The next step is due, or the same one again.
void RegisterScript::onTimer() {
    if (at_ == steps_.size()) {
        finish({});
        return;
    }
    const ScriptStep& step = steps_[at_];
    if (step.kind == Kind::Wait && tries_ == 0) {
        ++tries_;
        timer_.arm(step.wait);
    } else if (step.kind == Kind::Wait) {
        next();
    } else if (step.kind == Kind::Sweep && tries_ % 2 == 1) {
        bus_.read(step.second, readBack());  // it had its time
    } else {
        start(step);
    }
}

RegisterBus::Written RegisterScript::written(bool verify) {
    return [this, alive = std::weak_ptr(run_), verify](const hal::Result<void>& result) {
        if (alive.expired()) {
            return;
        }
        const ScriptStep& step = steps_[at_];
        if (!result) {
            finish(result);
        } else if (verify) {
            bus_.read(step.reg, readBack());
        } else if (step.kind == Kind::Sweep) {
            ++tries_;
            timer_.arm(step.wait);
        } else {
            next();
        }
    };
}

RegisterBus::Read RegisterScript::readBack() {
    return [this, alive = std::weak_ptr(run_)](const hal::Result<std::uint16_t>& got) {
        if (alive.expired()) {
            return;
        }
        if (!got) {
            finish(tl::unexpected(got.error()));
        } else {
            check(steps_[at_], *got);
        }
    };
}

void RegisterScript::start(const ScriptStep& step) {
    const auto value = static_cast<std::uint8_t>(step.value);
    switch (step.kind) {
    case Kind::Write: bus_.write(step.reg, value, written()); break;
    case Kind::Verify: bus_.write(step.reg, value, written(true)); break;
    case Kind::WriteIndirect: bus_.writeIndirect(step.reg, step.value, written()); break;
    case Kind::Sweep:
        bus_.write(step.reg, static_cast<std::uint8_t>(value - tries_ / 2), written());
        break;
    default: bus_.read(step.reg, readBack()); break;
    }
}

void RegisterScript::check(const ScriptStep& step, std::uint16_t got) {
    if (holds(step, got)) {
        next();
        return;
    }
    ++tries_;
    const bool sweepLeft = step.kind == Kind::Sweep && tries_ / 2 <= step.value;
    const bool triesLeft =
        step.kind != Kind::Sweep && step.kind != Kind::Verify && tries_ < step.tries;
    if (sweepLeft) {
        timer_.arm({});
    } else if (triesLeft) {
        timer_.arm(step.wait);
    } else {
        fail(step, got);
    }
}

}  // namespace tipring::chips
