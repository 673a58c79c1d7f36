// SPDX-License-Identifier: Apache-2.0
#include "simulated_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tipring/hal/base/log.h"
#include "tipring/hal/sim/country.h"
#include "tipring/hal/sim/network.h"
#include "tipring/hal/sim/personality.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/telephone.h"
#include "tipring/hal/sim/usb_catalog.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using ModelPtr = std::unique_ptr<sim::UsbModel>;

const hal::LogCategory kLog{"sim"};

using Kind = sim::UsbModelKind;
using Jack = Kind::Jack;

/// An adapter; a modem on USB is opened by its serial port, which this process does not have.
const Kind* findKind(std::string_view name) {
    const Kind* kind = sim::findUsbModelKind(name);
    return kind != nullptr && kind->jack != Jack::Modem ? kind : nullptr;
}

/// Who has a caller: two seconds after the device is there the number is called, and after the
/// beep somebody speaks.
sim::Scenario scenarioFor(const std::string& country, const std::string& device,
                          const std::string& port, unsigned lines) {
    const bool known = sim::findCountry(country) != nullptr;
    std::string text = fmt::format("country = \"{}\"\n", known ? country : "US");
    for (unsigned i = 0; i < lines; ++i) {
        text += fmt::format("[[line]]\nnumber = \"555010{}\"\ndevice = \"{}\"\n", i, device);
        text += port.empty() ? "" : fmt::format("outlet = \"process\"\npath = \"{}\"\n", port);
    }
    text +=
        "[[far_end]]\nnumber = \"2025550123\"\nat = 2\n"
        "script = ['dial 5550100 name=\"ADA LOVELACE\" rings=8', 'wait answer within=60', "
        "'wait beep within=30 else=speak', 'label speak', 'speech 4', 'wait 700ms', 'hangup']\n";
    auto read = sim::readScenario(text, "sim");
    if (!read) {
        kLog.error("{}", read.error().cause);
    }
    return read.value_or(sim::Scenario{});
}

/// A modem or an adapter on lines.
class OnLines final : public SimulatedDevice {
public:
    /// A modem is its line's own device and has the port; `kind` null.
    static std::unique_ptr<SimulatedDevice> create(hal::EventLoop& loop, const std::string& name,
                                                   const Kind* kind, const std::string& country) {
        const sim::Scenario scenario = kind == nullptr
                                           ? scenarioFor(country, name, name, 1)
                                           : scenarioFor(country, "none", {}, kind->jacks);
        auto network = sim::Network::create(loop, scenario);
        if (!network) {
            kLog.error("{}", network.error().cause);
            return nullptr;
        }
        return std::unique_ptr<SimulatedDevice>(new OnLines(loop, name, kind, std::move(*network)));
    }
    void begin() override { network_->start(); }
    [[nodiscard]] sim::UsbModel* model() override { return model_.get(); }

private:
    OnLines(hal::EventLoop& loop, const std::string& name, const Kind* kind,
            std::unique_ptr<sim::Network> network)
        : network_(std::move(network)) {
        if (kind != nullptr) {
            std::vector<sim::Line*> lines;
            for (const sim::NetworkLine& each : network_->lines()) {
                lines.push_back(each.line);
            }
            model_ = kind->make({.loop = loop, .lines = lines});
            usb_.emplace(name, *model_);
        }
    }

    std::unique_ptr<sim::Network> network_;
    ModelPtr model_;
    std::optional<sim::SimUsbName> usb_;
};

/// An adapter for a telephone, and a person: dials once, and takes calls.
class WithPhone final : public SimulatedDevice {
public:
    WithPhone(hal::EventLoop& loop, const Kind& kind)
        : phone_(loop),
          model_(kind.make({.loop = loop, .lines = {}, .telephone = &phone_})),
          usb_(kind.name, *model_),
          timer_(loop, [this] { next(); }) {
        sim::Telephone::Listener listener;
        listener.onRing = [this](bool on) { onRing(on); };
        phone_.setListener(listener);
    }
    ~WithPhone() override { phone_.setListener({}); }
    void begin() override { play(kDials); }
    [[nodiscard]] sim::UsbModel* model() override { return model_.get(); }

private:
    struct Step {
        hal::Duration after;
        void (*act)(sim::Telephone&);
    };
    using Steps = std::array<Step, 3>;
    static void lift(sim::Telephone& phone) { phone.lift(); }
    static void hangUp(sim::Telephone& phone) { phone.hangUp(); }
    static void dial(sim::Telephone& phone) { phone.pressKeys("5550123"); }
    static void nothing(sim::Telephone&) {}
    static constexpr Steps kDials{{{2s, lift}, {1500ms, dial}, {5s, hangUp}}};
    static constexpr Steps kAnswers{{{500ms, lift}, {5s, hangUp}, {1s, nothing}}};

    void onRing(bool on) {
        bursts_ += on ? 1 : 0;
        if (on && bursts_ == 2) {
            play(kAnswers);
        }
    }
    void play(const Steps& steps) {
        steps_ = &steps;
        at_ = 0;
        timer_.arm(steps[0].after);
    }
    void next() {
        (*steps_)[at_].act(phone_);
        bursts_ = 0;
        if (++at_ < steps_->size()) {
            timer_.arm((*steps_)[at_].after);
        }
    }

    sim::Telephone phone_;
    ModelPtr model_;
    sim::SimUsbName usb_;
    hal::Timer timer_;
    const Steps* steps_ = nullptr;
    std::size_t at_ = 0;
    unsigned bursts_ = 0;
};

}  // namespace

std::unique_ptr<SimulatedDevice> SimulatedDevice::create(hal::EventLoop& loop,
                                                         const std::string& name,
                                                         const std::string& country) {
    const Kind* kind = findKind(name);
    if (kind != nullptr && kind->jack == Jack::Telephone) {
        return std::make_unique<WithPhone>(loop, *kind);
    }
    if (kind == nullptr && sim::findPersonality(name) == nullptr) {
        return nullptr;
    }
    return OnLines::create(loop, name, kind, country);
}

std::vector<std::string> simulatedDeviceNames() {
    std::vector<std::string> names;
    for (const Kind& kind : sim::usbModelKinds()) {
        if (findKind(kind.name) != nullptr) {
            names.emplace_back(kind.name);
        }
    }
    for (const sim::Personality& each : sim::personalities()) {
        names.emplace_back(each.name);
    }
    return names;
}

const AdapterDriver* simulatedAdapterDriver(std::string_view name) {
    std::string family(name);  // models are named as the drivers are
    std::replace(family.begin(), family.end(), '-', '_');
    return findKind(name) == nullptr ? nullptr : findAdapterDriver(family);
}

}  // namespace tipring::tools
