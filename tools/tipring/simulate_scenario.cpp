// SPDX-License-Identifier: Apache-2.0
#include "simulate_scenario.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

#include "tipring/hal/sim/usb_catalog.h"

namespace tipring::tools {
namespace {

using hal::Result;

/// A file, whole; up to 2 MiB, of which a scenario may be half.
Result<std::string> readFile(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text(2U << 20, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad()) {
        return hal::fail(hal::ErrorCode::NoDevice,
                         fmt::format("{}: {}; name a scenario file, see examples/scenarios", path,
                                     std::strerror(errno)));
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

/// A device of the command line, and a line of its own for each of its jacks.
Result<void> addDevice(sim::Scenario& scenario, const SimulateOptions& options,
                       const std::string& model) {
    const sim::UsbModelKind* kind = sim::findUsbModelKind(model);
    if (kind == nullptr) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("--usb {}: there is no such model; see --list", model));
    }
    sim::Scenario::Device device;
    device.model = model;
    device.bus = fmt::format("1-{}", scenario.devices.size() + 1);
    const bool modem = kind->jack == sim::UsbModelKind::Jack::Modem;
    const bool lines = kind->jack != sim::UsbModelKind::Jack::Telephone;
    for (unsigned jack = 0; lines && jack < kind->jacks; ++jack) {
        sim::Scenario::Line line;
        line.number =
            sim::countUp(options.number, static_cast<std::int64_t>(scenario.lines.size()));
        if (line.number.empty()) {
            return hal::fail(
                hal::ErrorCode::InvalParam,
                fmt::format("--number {}: more lines than it has digits for", options.number));
        }
        line.device = modem ? options.modem : "none";
        line.outlet = sim::Scenario::Line::Outlet::None;
        device.lines.push_back(line.number);
        scenario.lines.push_back(std::move(line));
    }
    scenario.devices.push_back(std::move(device));
    return {};
}

Result<sim::Scenario> scenarioOfOptions(const SimulateOptions& options) {
    sim::Scenario scenario;
    scenario.country = options.country;
    for (const std::string& model : options.usb) {
        if (auto added = addDevice(scenario, options, model); !added) {
            return tl::unexpected(added.error());
        }
    }
    if (scenario.lines.empty()) {
        sim::Scenario::Line line;
        line.number = options.number;
        line.device = options.modem;
        line.path = options.pty;
        scenario.lines.push_back(std::move(line));
    }
    return scenario;
}

Result<sim::Scenario> scenarioOf(const SimulateOptions& options) {
    if (options.scenario.empty()) {
        return scenarioOfOptions(options);
    }
    if (!options.usb.empty()) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         "--usb is for a network without a scenario; there, write [[device]]");
    }
    auto text = readFile(options.scenario);
    return text ? sim::readScenario(*text, options.scenario) : tl::unexpected(text.error());
}

}  // namespace

Result<SimulatePlan> planSimulation(const SimulateOptions& options, const std::string& country) {
    SimulatePlan plan;
    auto scenario = scenarioOf(options);
    if (!scenario) {
        return tl::unexpected(scenario.error());
    }
    plan.scenario = std::move(*scenario);
    if (!country.empty()) {
        plan.scenario.country = country;
    }
    if (options.usbip.empty() && options.usb.empty()) {
        return plan;
    }
    if (options.fast) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         "--fast is simulated time, and a kernel's is real: leave --usbip away");
    }
    auto place = readUsbipPlace(options.usbip);
    if (!place) {
        return tl::unexpected(place.error());
    }
    plan.usbip = std::move(*place);
    return plan;
}

Result<sim::UsbipOptions> readUsbipPlace(std::string_view text) {
    sim::UsbipOptions place;
    const auto wrong = [text] {
        return hal::fail(
            hal::ErrorCode::InvalParam,
            fmt::format("--usbip={}: give ADDRESS:PORT, for example 127.0.0.1:3240", text));
    };
    const std::size_t colon = text.find(':');
    const std::string address{text.substr(0, colon)};
    in_addr parsed{};
    if (!address.empty() && ::inet_pton(AF_INET, address.c_str(), &parsed) != 1) {
        return wrong();
    }
    place.address = address.empty() ? place.address : address;
    const std::string_view port =
        colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    if (!port.empty()) {
        const auto [end, problem] =
            std::from_chars(port.data(), port.data() + port.size(), place.port);
        if (problem != std::errc{} || end != port.data() + port.size()) {
            return wrong();
        }
    }
    return place;
}

}  // namespace tipring::tools
