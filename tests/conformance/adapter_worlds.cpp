// SPDX-License-Identifier: Apache-2.0
#include "conformance/adapter_worlds.h"

#include "conformance/far_end_voice.h"
#include "tipring/drivers/hid_phone/hid_phone.h"
#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/drivers/tiger_jet/tiger_jet.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/hid_phone.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/tiger_jet.h"

namespace tipring::conformance {
namespace {

using Table = const TspiProvider* (*)();

/// An exchange with a far end, and an adapter's FXO port on its line.
template <class Model, Table kTable>
class FxoAdapterWorld final : public World {
public:
    explicit FxoAdapterWorld(hal::EventLoop& loop)
        : exchange_(loop),
          line_(exchange_.addLine("5550100")),
          farEnd_(exchange_),
          model_(make(loop, line_)),
          name_("conformance", *model_) {
        sim::Route route;
        route.outcome = sim::Route::Outcome::Answer;
        route.rings = 50;  // until answer()
        route.farEnd = &farEnd_;
        exchange_.setRoute("1234", route);
    }
    const TspiProvider& table() override { return *kTable(); }
    core::ProviderConfig config() override {
        return {{"device", "sim:conformance"}, {"country", "US"}};
    }
    void ring(tapi::Address&) override { static_cast<void>(farEnd_.call("5550100", {})); }
    void answer(tapi::Address&) override {
        static_cast<void>(farEnd_.answer());
        farEnd_.say(farEndVoice());
    }
    void hangUp(tapi::Address&) override { farEnd_.hangUp(); }
    bool unplug() override {
        model_->unplug();
        return true;
    }

private:
    static std::unique_ptr<Model> make(hal::EventLoop& loop, sim::Line& line) {
        if constexpr (std::is_same_v<Model, sim::SangomaU100>) {
            return std::make_unique<Model>(loop, &line, nullptr);
        } else {
            return std::make_unique<Model>(loop, &line);
        }
    }

    sim::Exchange exchange_;
    sim::Line& line_;
    sim::FarEnd farEnd_;
    std::unique_ptr<Model> model_;
    sim::SimUsbName name_;
};

/// A telephone in an adapter's FXS port: who makes a call rings it.
template <class Model, Table kTable>
class FxsAdapterWorld final : public World {
public:
    explicit FxsAdapterWorld(hal::EventLoop& loop)
        : phone_(loop), model_(loop, phone_), name_("conformance", model_) {}
    const TspiProvider& table() override { return *kTable(); }
    core::ProviderConfig config() override {
        return {{"device", "sim:conformance"}, {"country", "US"}};
    }
    void ring(tapi::Address&) override {}  // no call is offered by a telephone
    void answer(tapi::Address&) override { phone_.lift(); }
    void hangUp(tapi::Address&) override { phone_.hangUp(); }
    bool unplug() override {
        model_.unplug();
        return true;
    }

private:
    sim::Telephone phone_;
    Model model_;
    sim::SimUsbName name_;
};

template <class World>
std::unique_ptr<conformance::World> make(hal::EventLoop& loop) {
    return std::make_unique<World>(loop);
}

}  // namespace

std::vector<Factory> adapterFactories() {
    const std::vector<std::string> neverOffered{"call.incoming", "call.answered", "call.nonsense",
                                                "call.detections", "call.hang-up-signs"};
    return {
        {"sangoma_u100", make<FxoAdapterWorld<sim::SangomaU100, &tipring_sangoma_u100_provider>>},
        {"hid_phone", make<FxoAdapterWorld<sim::HidPhone, &tipring_hid_phone_provider>>},
        {"open_usb_fxs", make<FxsAdapterWorld<sim::OpenUsbFxs, &tipring_open_usb_fxs_provider>>,
         neverOffered},
        {"tiger_jet", make<FxsAdapterWorld<sim::TigerJet560, &tipring_tiger_jet_provider>>,
         neverOffered},
    };
}

}  // namespace tipring::conformance
