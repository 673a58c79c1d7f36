// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/sim_usb.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>

#include "tipring/hal/base/log.h"
#include "usb/sim_usb_device.h"

namespace tipring::sim {

namespace {

const hal::LogCategory kLog{"sim.usb"};

struct Entry {
    std::uint64_t id;
    UsbModel* model;
    SimUsbDevice* open;
};

/// All names of this process; the scheme is there while a name is.
struct Names {
    std::map<std::string, Entry, std::less<>> all;
    std::optional<hal::UsbScheme> scheme;
    std::uint64_t lastId = 0;
};

Names& names() {
    static Names instance;
    return instance;
}

void closed(const std::string& name, std::uint64_t id) {
    const auto at = names().all.find(name);
    if (at != names().all.end() && at->second.id == id) {
        at->second.open = nullptr;
    }
}

hal::Result<std::unique_ptr<hal::UsbDevice>> openSimUsb(hal::EventLoop& loop,
                                                        std::string_view rest) {
    const auto at = names().all.find(rest);
    if (at == names().all.end() || !at->second.model->plugged()) {
        return hal::fail(hal::ErrorCode::NoDevice,
                         fmt::format("sim:{}: no simulated device has that name, or it is "
                                     "unplugged; make a SimUsbName first",
                                     rest));
    }
    if (at->second.model->hasHost()) {
        return hal::fail(hal::ErrorCode::Allocated,
                         fmt::format("sim:{}: open already; close it first", rest));
    }
    const std::string name(rest);
    const std::uint64_t id = at->second.id;
    auto device = std::make_unique<SimUsbDevice>(loop, *at->second.model, "sim:" + name,
                                                 [name, id] { closed(name, id); });
    at->second.open = device.get();
    return device;
}

}  // namespace

SimUsbName::SimUsbName(std::string_view name, UsbModel& model)
    : name_(name), id_(++names().lastId) {
    if (!names().scheme) {
        names().scheme = hal::addUsbScheme("sim", openSimUsb);
    }
    const auto old = names().all.find(name);
    if (old != names().all.end() && old->second.open != nullptr) {
        old->second.open->vanish();
    }
    names().all.insert_or_assign(name_, Entry{id_, &model, nullptr});
    kLog.debug("sim:{} is on the bus", name_);
}

SimUsbName::~SimUsbName() {
    const auto at = names().all.find(name_);
    if (at != names().all.end() && at->second.id == id_) {
        if (at->second.open != nullptr) {
            at->second.open->vanish();
        }
        names().all.erase(at);
    }
    if (names().all.empty()) {
        names().scheme.reset();
    }
}

}  // namespace tipring::sim
