// SPDX-License-Identifier: Apache-2.0
#include "conformance/analog_world.h"

#include "conformance/far_end_voice.h"
#include "drivers/analog/sim_fxo_port.h"
#include "tipring/hal/sim/far_end.h"

namespace tipring::conformance {
namespace {

class FxoWorld final : public World {
public:
    explicit FxoWorld(hal::EventLoop& loop)
        : exchange_(loop), line_(exchange_.addLine("5550100")), farEnd_(exchange_), port_(line_) {
        sim::Route route;
        route.outcome = sim::Route::Outcome::Answer;
        route.rings = 50;  // until answer()
        route.farEnd = &farEnd_;
        exchange_.setRoute("1234", route);
        ports_.plug({.key = "sim/1", .name = "line 1", .adapter = "simulated", .fxo = &port_});
    }
    const TspiProvider& table() override {
        return *tspi::providerTable<analog::TestPorts>("analog");
    }
    core::ProviderConfig config() override { return {{"country", "US"}}; }
    void ring(tapi::Address&) override { static_cast<void>(farEnd_.call("5550100", {})); }
    /// An analog line shows no answer: people say something.
    void answer(tapi::Address&) override {
        static_cast<void>(farEnd_.answer());
        farEnd_.say(farEndVoice());
    }
    void hangUp(tapi::Address&) override { farEnd_.hangUp(); }
    bool press(tapi::Address&, std::string_view keys) override {
        return farEnd_.pressKeys(keys).has_value();
    }
    bool unplug() override {
        ports_.unplug("sim/1");
        return true;
    }

private:
    sim::Exchange exchange_;
    sim::Line& line_;
    sim::FarEnd farEnd_;
    analog::SimFxoPort port_;
    analog::TestPorts ports_;
};

}  // namespace

std::unique_ptr<World> makeFxoWorld(hal::EventLoop& loop) {
    return std::make_unique<FxoWorld>(loop);
}

}  // namespace tipring::conformance
