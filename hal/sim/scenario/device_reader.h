// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>

#include "scenario/scenario_values.h"
#include "tipring/hal/sim/scenario.h"

namespace tipring::sim {

/// Reads the [[device]] tables of a scenario, after its lines. A line has one device.
class DeviceReader {
public:
    /// What the lines said for themselves.
    struct Said {
        std::set<std::string, std::less<>> device;  ///< lines that name a device of their own
        std::set<std::string, std::less<>> outlet;  ///< lines that name an outlet
    };
    DeviceReader(Scenario& scenario, const Said& said) : scenario_(scenario), said_(said) {}

    void read(const toml::table& table);
    /// After the last: those without a bus id get the free ones, "1-1" and up.
    void numberTheRest();

private:
    void plug(const Scenario::Device& device, std::size_t jack, const toml::node& node);

    Scenario& scenario_;
    const Said& said_;
    std::map<std::string, unsigned, std::less<>> lines_, buses_;  ///< and where they were taken
};

}  // namespace tipring::sim
