// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tipring/hal/sim/exchange.h"

namespace tipring::sim {

/// A number that needs no script: its last three digits and who is there.
struct MagicNumber {
    std::string_view digits;       ///< "001"
    std::string_view name;         ///< "busy", for people and traces
    std::string_view description;  ///< of what happens when it is dialled
    Route::Outcome outcome = Route::Outcome::Answer;
    std::string_view script;  ///< of Answer
};
/// All of them, but 100 to 199: speech for so many seconds less 100, and silence after that.
[[nodiscard]] std::span<const MagicNumber> magicNumbers() noexcept;

/// Numbers of an exchange that do what people want to try: prefix and three digits. Each takes many
/// calls at a time. Thread: the loop's.
class MagicNumbers {
public:
    /// As ScriptRunner::Events, with the number.
    using Events = std::function<void(std::string_view number, std::string_view what,
                                      std::string_view detail)>;

    /// Sets the routes. `prefix`: up to 20 digits.
    MagicNumbers(Exchange& exchange, std::string prefix, std::uint32_t seed = 1);
    ~MagicNumbers();
    void onEvent(Events events);
    /// Nobody there is in a call, or about to call back.
    [[nodiscard]] bool isQuiet() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim
