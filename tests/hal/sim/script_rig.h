// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/script_runner.h"
#include "tipring/hal/sim/script_telephone.h"

namespace tipring::sim {

inline Script scriptOf(std::string_view line) {
    auto parsed = parseScriptLine(line);
    const auto* error = std::get_if<ScriptError>(&parsed);
    EXPECT_EQ(error, nullptr) << line << ": " << (error != nullptr ? error->cause : "");
    return error == nullptr ? std::get<Script>(std::move(parsed)) : Script{};
}

/// Somebody at a telephone on line 5550100, and somebody far away at 5550201, both by script.
struct ScriptRig {
    explicit ScriptRig(std::string country = "US", std::uint32_t ownSeed = 1)
        : seed(ownSeed), exchange(loop, options(country)), line(exchange.addLine("5550100")) {
        exchange.setRoute("5550201", {Route::Outcome::Answer, Route::kByHand, &end});
    }
    static ExchangeOptions options(const std::string& country) {
        ExchangeOptions result;
        result.country = country;
        return result;
    }

    void play(std::string_view home, std::string_view far) {
        homeRun = run(telephone, home, "home", "5550100");
        farRun = run(farActor, far, "far", "5550201");
    }
    void advance(std::chrono::milliseconds time) { loop.advance(time); }
    /// "far:heard key 5" ... in their order.
    [[nodiscard]] bool saw(std::string_view what) const {
        return std::find(events.begin(), events.end(), what) != events.end();
    }
    /// Milliseconds at which it was seen first, or -1.
    [[nodiscard]] long when(std::string_view what) const {
        const auto at = std::find(events.begin(), events.end(), what);
        return at == events.end() ? -1 : times[static_cast<std::size_t>(at - events.begin())];
    }
    [[nodiscard]] std::string all() const {
        std::string text;
        for (std::size_t i = 0; i < events.size(); ++i) {
            text += std::to_string(times[i]) + " " + events[i] + "\n";
        }
        return text;
    }

    std::uint32_t seed;
    std::string folder;  ///< of sound files
    hal::VirtualLoop loop;
    Exchange exchange;
    Line& line;
    FarEnd end{exchange};
    ScriptTelephone telephone{loop, line};
    FarEndActor farActor{end};
    std::vector<std::string> events;
    std::vector<long> times;
    std::unique_ptr<ScriptRunner> homeRun, farRun;

private:
    std::unique_ptr<ScriptRunner> run(ScriptActor& actor, std::string_view script,
                                      const std::string& who, const std::string& number) {
        if (script.empty()) {
            return nullptr;
        }
        auto runner = std::make_unique<ScriptRunner>(
            loop, actor, scriptOf(script),
            ScriptSetting{number, "5550100", exchange.options().country, seed, folder});
        runner->onEvent([this, who](std::string_view what, std::string_view detail) {
            events.push_back(who + ":" + std::string{what} + " " + std::string{detail});
            times.push_back(static_cast<long>(loop.now().time_since_epoch().count() / 1000000));
        });
        runner->start();
        return runner;
    }
};

}  // namespace tipring::sim
