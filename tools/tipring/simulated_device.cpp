// SPDX-License-Identifier: Apache-2.0
#include "simulated_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tipring/hal/base/log.h"
#include "tipring/hal/sim/country.h"
#include "tipring/hal/sim/hid_phone.h"
#include "tipring/hal/sim/magic_jack.h"
#include "tipring/hal/sim/network.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/personality.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/telephone.h"
#include "tipring/hal/sim/tiger_jet.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using ModelPtr = std::unique_ptr<sim::UsbModel>;

const hal::LogCategory kLog{"sim"};

ModelPtr makeU100(hal::EventLoop& loop, sim::Line* first, sim::Line* second) {
    sim::SangomaU100Settings settings;
    settings.boot = 500ms;  // it was plugged in a while ago
    return std::make_unique<sim::SangomaU100>(loop, first, second, settings);
}
ModelPtr makeHidPhone(hal::EventLoop& loop, sim::Line* line, sim::Line*) {
    return std::make_unique<sim::HidPhone>(loop, line);
}
template <class Model>
ModelPtr makeForPhone(hal::EventLoop& loop, sim::Telephone& telephone) {
    return std::make_unique<Model>(loop, telephone);
}

/// One of the two makers is set.
struct Kind {
    std::string_view name, family;
    ModelPtr (*onLines)(hal::EventLoop&, sim::Line*, sim::Line*) = nullptr;
    ModelPtr (*forPhone)(hal::EventLoop&, sim::Telephone&) = nullptr;
};
constexpr Kind kKinds[] = {
    {"sangoma-u100", "sangoma_u100", makeU100, nullptr},
    {"hid-phone", "hid_phone", makeHidPhone, nullptr},
    {"open-usb-fxs", "open_usb_fxs", nullptr, makeForPhone<sim::OpenUsbFxs>},
    {"magic-jack", "magic_jack", nullptr, makeForPhone<sim::MagicJack>},
    {"tiger-jet", "tiger_jet", nullptr, makeForPhone<sim::TigerJet560>},
};

const Kind* findKind(std::string_view name) {
    const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                     [name](const Kind& kind) { return kind.name == name; });
    return found == std::end(kKinds) ? nullptr : found;
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
        const sim::Scenario scenario = kind == nullptr ? scenarioFor(country, name, name, 1)
                                                       : scenarioFor(country, "none", {}, 2);
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
            const auto lines = network_->lines();
            model_ = kind->onLines(loop, lines.at(0).line, lines.at(1).line);
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
          model_(kind.forPhone(loop, phone_)),
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
    if (kind != nullptr && kind->forPhone != nullptr) {
        return std::make_unique<WithPhone>(loop, *kind);
    }
    if (kind == nullptr && sim::findPersonality(name) == nullptr) {
        return nullptr;
    }
    return OnLines::create(loop, name, kind, country);
}

std::vector<std::string> simulatedDeviceNames() {
    std::vector<std::string> names;
    for (const Kind& kind : kKinds) {
        names.emplace_back(kind.name);
    }
    for (const sim::Personality& each : sim::personalities()) {
        names.emplace_back(each.name);
    }
    return names;
}

const AdapterDriver* simulatedAdapterDriver(std::string_view name) {
    const Kind* kind = findKind(name);
    return kind == nullptr ? nullptr : findAdapterDriver(kind->family);
}

}  // namespace tipring::tools
