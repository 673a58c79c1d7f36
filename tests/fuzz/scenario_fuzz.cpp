// SPDX-License-Identifier: Apache-2.0
// A scenario file, and a script in one line. Whatever they hold, an error says where and what, and
// what is read can be built and played for a while.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/network.h"

namespace {

void need(bool condition) {
    if (!condition) {
        std::abort();
    }
}

/// What would touch files is left out.
bool staysInMemory(const tipring::sim::Scenario& scenario) {
    const auto touches = [](const tipring::sim::Script& script) {
        for (const auto& step : script.steps) {
            if (step.verb == tipring::sim::Step::Verb::Play ||
                step.verb == tipring::sim::Step::Verb::Record) {
                return true;
            }
        }
        return false;
    };
    for (const auto& line : scenario.lines) {
        if (!line.record.empty() || (line.script && touches(*line.script))) {
            return false;
        }
    }
    for (const auto& end : scenario.farEnds) {
        if (touches(*end.script)) {
            return false;
        }
    }
    return scenario.lines.size() <= 20;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tipring;
    static const bool quiet = hal::configureLog("off").has_value();
    if (!quiet || size > 16384) {
        return 0;
    }
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto script = sim::parseScriptLine(text);
    if (const auto* error = std::get_if<sim::ScriptError>(&script)) {
        need(!error->cause.empty());
    }
    const auto scenario = sim::readScenario(text, "x");
    if (!scenario) {
        need(scenario.error().cause.starts_with("x:"));
        return 0;
    }
    if (!staysInMemory(*scenario)) {
        return 0;
    }
    hal::VirtualLoop loop;
    sim::NetworkOptions options;
    options.outlets = false;
    auto network = sim::Network::create(loop, *scenario, options);
    need(network.has_value());
    (*network)->start();
    loop.advance(std::chrono::seconds{20});
    return 0;
}
