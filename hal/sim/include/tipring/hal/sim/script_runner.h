// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/script.h"
#include "tipring/hal/sim/script_actor.h"

namespace tipring::sim {

/// What a script is played with.
struct ScriptSetting {
    std::string number{};        ///< the caller ID of its calls
    std::string line{};          ///< what `dial line` dials
    std::string country = "US";  ///< whose tones are played and heard
    std::uint32_t seed = 1;      ///< of speech: the same seed, the same samples
    std::string folder{};        ///< that names of sound files start from; empty: the process's
};

/// Plays a script. It is bounded: 1000 steps at one instant or 100000 steps in all are a fault of
/// the script, and each wait has a limit. At its end the call is hung up. A script that serves
/// begins anew when it is over. Thread: the loop's.
class ScriptRunner {
public:
    enum class State : std::uint8_t { Idle, Running, Done, HungUp, Failed };
    /// For a trace: "step" with the step as written, "call" with the state of the call, "heard"
    /// with a key, tone, speech or beep, and at the end "done", "hung-up", or "failed" with why.
    using Events = std::function<void(std::string_view what, std::string_view detail)>;

    /// `actor` is borrowed.
    ScriptRunner(hal::EventLoop& loop, ScriptActor& actor, Script script, ScriptSetting setting);
    ~ScriptRunner();
    void onEvent(Events events);

    /// From the first step; a script that runs already begins anew.
    void start();
    /// Ends it, and its call.
    void stop();
    [[nodiscard]] State state() const;
    /// It serves, and waits for the next call.
    [[nodiscard]] bool isFree() const;
    /// Why it failed, in words.
    [[nodiscard]] const std::string& reason() const;
    /// Index of the present step.
    [[nodiscard]] std::size_t step() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// "running", "done", "hung-up", ...
[[nodiscard]] std::string_view scriptStateName(ScriptRunner::State state);

}  // namespace tipring::sim
