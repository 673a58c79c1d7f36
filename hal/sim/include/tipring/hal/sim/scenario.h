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
    /// A USB device.
    struct Device {
        enum class Outlet : std::uint8_t { Usbip, Process, None };
        std::string model;  ///< a kind of usbModelKinds()
        std::string bus;    ///< its bus id, "1-1"; one for each device
        Outlet outlet = Outlet::Usbip;
        std::string path;                ///< the name after `sim:`; empty: the bus id
        std::vector<std::string> lines;  ///< on its jacks, in order; empty: an open jack
        std::optional<Script> script;    ///< of who sits at its telephone
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
    std::vector<Device> devices;
    std::vector<FarEnd> farEnds;
    std::vector<Call> calls;
    std::vector<Number> routes;
};

/// "5550199" and 1: "5550200". Empty where that has more digits.
[[nodiscard]] std::string countUp(std::string number, std::int64_t by);

/// Reads a scenario. Total and bounded: 1 MiB, 1000 lines and far ends, 100 devices,
/// 10000 calls. The cause of
/// an error is "FILE:LINE:COLUMN: what is wrong; what was expected". Unknown keys are errors.
[[nodiscard]] hal::Result<Scenario> readScenario(std::string_view text, const std::string& file);

}  // namespace tipring::sim
