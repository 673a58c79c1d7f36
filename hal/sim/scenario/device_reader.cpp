// SPDX-License-Identifier: Apache-2.0
#include "scenario/device_reader.h"

#include <algorithm>

#include "tipring/hal/sim/personality.h"
#include "tipring/hal/sim/usb_catalog.h"

namespace tipring::sim {

namespace {

using Jack = UsbModelKind::Jack;
using Device = Scenario::Device;

constexpr std::size_t kLongestBus = 31;

void readModel(Device& to, const toml::node& node, std::string_view key) {
    to.model = textOf(node, key);
    if (findUsbModelKind(to.model) == nullptr) {
        std::string known;
        for (const UsbModelKind& each : usbModelKinds()) {
            known += (known.empty() ? "" : ", ") + std::string{each.name};
        }
        reject(node, fmt::format("{} is one of {}", key, known));
    }
}

/// "1-4" or, behind hubs, "1-4.2.1".
bool isBusId(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos || text.size() > kLongestBus) {
        return false;
    }
    char before = '-';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        const bool parts = i == dash || (i > dash && text[i] == '.');
        if (!(digit || (parts && before >= '0' && before <= '9'))) {
            return false;
        }
        before = text[i];
    }
    return before != '-' && before != '.';
}

void readBus(Device& to, const toml::node& node, std::string_view key) {
    to.bus = textOf(node, key);
    if (!isBusId(to.bus)) {
        reject(node, fmt::format("{} is a bus id such as \"1-1\"", key));
    }
}

void readOutlet(Device& to, const toml::node& node, std::string_view key) {
    static const std::map<std::string, Device::Outlet, std::less<>> kOutlets{
        {"usbip", Device::Outlet::Usbip},
        {"process", Device::Outlet::Process},
        {"none", Device::Outlet::None}};
    const auto at = kOutlets.find(textOf(node, key));
    if (at == kOutlets.end()) {
        reject(node, fmt::format("{} is usbip, process or none", key));
    }
    to.outlet = at->second;
}

void readLines(Device& to, const toml::node& node, std::string_view key) {
    for (const toml::node& entry : listOf(node, key, 2)) {
        const bool open = entry.is_string() && entry.as_string()->get().empty();
        to.lines.push_back(open ? std::string{} : numberOf(entry, "an entry of lines"));
    }
}

constexpr Key<Device> kKeys[] = {
    {"model", readModel},
    {"bus", readBus},
    {"outlet", readOutlet},
    {"path", [](auto& to, auto& node, auto key) { to.path = textOf(node, key); }},
    {"lines", readLines},
    {"script", [](auto& to, auto& node, auto key) { to.script = scriptOf(node, key); }},
    {"at", [](auto& to, auto& node, auto key) { to.at = secondsOf(node, key); }},
};

void checkJacks(const Device& device, const UsbModelKind& kind, const toml::table& table) {
    const bool telephone = kind.jack == Jack::Telephone;
    if (device.script && !telephone) {
        reject(*table.get("script"),
               fmt::format("a script is for a device with a telephone; {} has none", kind.name));
    }
    const unsigned most = telephone ? 0 : kind.jacks;
    const bool modem = kind.jack == Jack::Modem;
    if (device.lines.size() > most || (modem && device.lines.size() != 1)) {
        const toml::node* lines = table.get("lines");
        reject(lines != nullptr ? *lines : table,
               telephone ? fmt::format("a telephone is on the jack of {}, not a line", kind.name)
                         : fmt::format("{} has {} {} line{}", kind.name,
                                       modem ? "exactly" : "up to", most, most == 1 ? "" : "s"));
    }
}

}  // namespace

void DeviceReader::read(const toml::table& table) {
    Device device;
    takeKeys(device, table, "[[device]]", kKeys);
    need(!device.model.empty(), table, "a [[device]] has a model");
    checkJacks(device, *findUsbModelKind(device.model), table);
    if (!device.bus.empty()) {
        const auto [at, fresh] = buses_.emplace(device.bus, table.source().begin.line);
        need(fresh, *table.get("bus"),
             fmt::format("the bus id {} is given in line {} already", device.bus, at->second));
    }
    for (std::size_t i = 0; i < device.lines.size(); ++i) {
        if (!device.lines[i].empty()) {
            plug(device, i, *(*table.get("lines")->as_array()).get(i));
        }
    }
    need(findUsbModelKind(device.model)->jack != Jack::Modem || !device.lines.front().empty(),
         table, "the modem's line has a number");
    scenario_.devices.push_back(std::move(device));
}

/// The line has this device from now on.
void DeviceReader::plug(const Device& device, std::size_t jack, const toml::node& node) {
    const std::string& number = device.lines[jack];
    const auto line =
        std::find_if(scenario_.lines.begin(), scenario_.lines.end(),
                     [&number](const Scenario::Line& one) { return one.number == number; });
    need(line != scenario_.lines.end(), node, fmt::format("there is no [[line]] {}", number));
    const auto [at, fresh] = lines_.emplace(number, node.source().begin.line);
    need(fresh, node,
         fmt::format("line {} is on the device of line {} already", number, at->second));
    need(!said_.outlet.contains(number), node,
         fmt::format("line {} has an outlet of its own; leave `outlet` away there", number));
    if (findUsbModelKind(device.model)->jack == Jack::Modem) {
        need(findPersonality(line->device) != nullptr, node,
             fmt::format("line {} needs a modem, for {} to have it", number, device.model));
    } else {
        need(!said_.device.contains(number), node,
             fmt::format("line {} has a device already, {}; leave `device` away there", number,
                         line->device));
        line->device = "none";
    }
    line->outlet = Scenario::Line::Outlet::None;
}

void DeviceReader::numberTheRest() {
    unsigned next = 1;
    for (Device& device : scenario_.devices) {
        while (device.bus.empty()) {
            std::string bus = fmt::format("1-{}", next++);
            if (!buses_.contains(bus)) {
                device.bus = std::move(bus);
            }
        }
    }
}

}  // namespace tipring::sim
