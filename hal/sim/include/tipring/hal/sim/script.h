// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tipring::sim {

/// One step of a script, as data. Times are not negative; levels in dBm0.
struct Step {
    enum class Verb : std::uint8_t {
        Dial,
        Answer,
        HangUp,
        Wait,
        Play,
        Speech,
        Keys,
        Tone,
        Echo,
        Quiet,
        Record,
        Modem,
        Label,
        Goto,
        Repeat,
        End,
        Stop,
        Note,
    };
    /// What `wait` waits for.
    enum class Until : std::uint8_t {
        Time,
        Call,
        Rings,
        Answer,
        Key,
        Tone,
        Speech,
        Silence,
        Beep,
        HangUp,
    };
    static constexpr std::size_t kNowhere = ~std::size_t{0};

    Verb verb = Verb::Stop;
    Until until = Until::Time;
    std::string source{};     ///< as it was written
    std::string text{};       ///< number, file, keys, tone, label, note or greeting
    std::string name{};       ///< that goes with a call
    std::string otherwise{};  ///< label to go to when it does not come about
    std::chrono::milliseconds time{0}, within{60000}, on{100}, off{100};
    std::optional<float> level{};
    unsigned count = 0;      ///< rings or rounds
    char key = 0;            ///< 0: any
    bool meanwhile = false;  ///< the next step does not wait for the end of the sound
    std::size_t target = kNowhere, elseTarget = kNowhere;  ///< steps
};

/// What somebody at a telephone does, step by step. See docs/guides/simulator.md for the words.
struct Script {
    std::vector<Step> steps;

    /// It begins by waiting for a call, and begins anew with each one.
    [[nodiscard]] bool serves() const;
};

/// Why a text is no script.
struct ScriptError {
    std::size_t step = 0;  ///< index
    std::string cause;     ///< what was expected
};

inline constexpr std::size_t kMostSteps = 500;
inline constexpr std::size_t kLongestStep = 500;

/// Steps as people write them, "keys 123# level=-20". Total and bounded: at most kMostSteps of
/// kLongestStep characters, times up to an hour, at most 1000 rounds.
[[nodiscard]] std::variant<Script, ScriptError> parseScript(std::span<const std::string> steps);
/// The same from one line, with `;` between the steps (not inside quotes).
[[nodiscard]] std::variant<Script, ScriptError> parseScriptLine(std::string_view line);
/// One line on each word that there is, for `help`.
[[nodiscard]] std::vector<std::string> scriptHelp();

}  // namespace tipring::sim
