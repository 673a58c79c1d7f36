// SPDX-License-Identifier: Apache-2.0
#include "scenario/network_device.h"

#include <fmt/format.h>

#include "control_words.h"
#include "usb/usb_bytes.h"

namespace tipring::sim {

namespace {

using Jack = UsbModelKind::Jack;

std::unique_ptr<Telephone> telephoneFor(const UsbModelKind& kind, hal::EventLoop& loop) {
    return kind.jack == Jack::Telephone ? std::make_unique<Telephone>(loop) : nullptr;
}

}  // namespace

NetworkUsb::NetworkUsb(const Scenario::Device& plan, UsbParts parts, const Tell& tell)
    : kind_(*findUsbModelKind(plan.model)),
      bus_(plan.bus),
      numbers_(plan.lines),
      tell_(tell),
      loop_(parts.loop),
      at_(plan.at),
      telephone_(telephoneFor(kind_, parts.loop)) {
    parts.telephone = telephone_.get();
    model_ = kind_.make(parts);
}

NetworkUsb::~NetworkUsb() {
    if (server_ != nullptr) {
        server_->remove(bus_);
    }
}

void NetworkUsb::offer(const Scenario::Device& plan, UsbipServer* server) {
    if (plan.outlet == Scenario::Device::Outlet::Process) {
        const std::string name = plan.path.empty() ? plan.bus : plan.path;
        name_.emplace(name, *model_);
        place_ = "sim:" + name;
    } else if (plan.outlet == Scenario::Device::Outlet::Usbip && server != nullptr) {
        server_ = server;
        server_->add(bus_, *model_);
        place_ = "usbip " + bus_;
    }
}

void NetworkUsb::addScript(const Scenario::Device& plan, const ScriptSetting& setting) {
    if (telephone_ == nullptr || !plan.script) {
        return;
    }
    person_ = std::make_unique<ScriptHandset>(loop_, *telephone_);
    runner_ = std::make_unique<ScriptRunner>(loop_, *person_, *plan.script, setting);
    runner_->onEvent([this](std::string_view what, std::string_view detail) {
        tell_("device", bus_, what, detail);
    });
    begin_ = std::make_unique<hal::Timer>(loop_, [this] {
        begun_ = true;
        runner_->start();
    });
}

void NetworkUsb::start() {
    if (begin_ != nullptr) {
        begin_->arm(at_);
    }
}

bool NetworkUsb::isOver() const {
    return runner_ == nullptr ||
           (begun_ && (runner_->isFree() || runner_->state() != ScriptRunner::State::Running));
}

NetworkDevice NetworkUsb::describe() const {
    NetworkDevice device;
    const auto bytes = model_->descriptors();
    device.model = kind_.name;
    device.description = kind_.description;
    device.bus = bus_;
    device.place = place_;
    device.lines = numbers_;
    device.vendor = word(bytes, 8);
    device.product = word(bytes, 10);
    device.attached = model_->hasHost();
    device.plugged = model_->plugged();
    return device;
}

std::string NetworkUsb::run(std::string_view command) {
    const auto words = splitWords(command);
    const std::string verb = words && !words->empty() ? words->front() : std::string{};
    if (verb == "unplug") {
        model_->unplug();
        return "ok";
    }
    if (verb == "plug") {
        model_->plugIn();
        return "ok";
    }
    if (telephone_ != nullptr && person_ == nullptr && !verb.empty()) {
        return runTelephone(*words);
    }
    return error(person_ != nullptr ? "unplug and plug are for this device; a script has its "
                                      "telephone"
                                    : "unplug and plug are for this device");
}

std::string NetworkUsb::runTelephone(const std::vector<std::string>& words) {
    const std::string& verb = words.front();
    if (verb == "lift") {
        telephone_->lift();
        return "ok";
    }
    if (verb == "hangup") {
        telephone_->hangUp();
        return "ok";
    }
    if (verb == "flash") {
        telephone_->flash();
        return "ok";
    }
    if (verb == "keys" && words.size() == 2) {
        return telephone_->pressKeys(words[1])
                   ? "ok"
                   : error("keys are 0-9 * # A-D and a comma, on a telephone that is lifted");
    }
    return error("unplug, plug, lift, hangup, flash and keys 123 are for this device");
}

}  // namespace tipring::sim
