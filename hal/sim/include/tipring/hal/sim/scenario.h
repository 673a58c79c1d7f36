// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/script.h"

namespace tipring::sim {

/// A whole telephone network, as data. See docs/guides/simulator.md for the file.
struct Scenario {
    struct Line {
        enum class Outlet : std::uint8_t { Pty, Process, None };
        std::string number;
        std::string device = "v253";  ///< a personality, "telephone", or "none"
        Outlet outlet = Outlet::Pty;
        std::string path;     ///< the link to the PTY, or the name after `sim:`
        std::string country;  ///< empty: as the exchange
        LineSettings settings;
        CopperSettings copper;
        std::vector<std::pair<std::string, unsigned>> numbers;  ///< more numbers, with their rings
        std::vector<std::pair<Forward, std::string>> forwards;
        unsigned messages = 0;
        std::string record;            ///< a WAV file: left to the device, right from it
        std::optional<Script> script;  ///< of a telephone
        std::chrono::milliseconds at{0};
    };
    struct FarEnd {
        std::string number;
        std::optional<Script> script;
        std::chrono::milliseconds at{0};
    };
    struct Call {
        std::chrono::milliseconds at{0};
        std::string from, name, to;
        unsigned rings = 0;
    };
    struct Number {
        std::string number;
        Route route;
    };

    std::string country = "US";
    std::uint32_t seed = 1;
    std::string magic = "5559";          ///< prefix of the magic numbers; empty: none
    std::chrono::milliseconds limit{0};  ///< after which it is over; 0: none
    std::vector<Line> lines;
    std::vector<FarEnd> farEnds;
    std::vector<Call> calls;
    std::vector<Number> routes;
};

/// Reads a scenario. Total and bounded: 1 MiB, 1000 lines and far ends, 10000 calls. The cause of
/// an error is "FILE:LINE:COLUMN: what is wrong; what was expected". Unknown keys are errors.
[[nodiscard]] hal::Result<Scenario> readScenario(std::string_view text, const std::string& file);

}  // namespace tipring::sim
