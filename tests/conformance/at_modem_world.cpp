// SPDX-License-Identifier: Apache-2.0
#include "conformance/at_modem_world.h"

#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/sim/sim_port.h"
#include "tipring/hal/sim/simulation.h"

namespace tipring::conformance {
namespace {

class AtModemWorld final : public World {
public:
    AtModemWorld(hal::EventLoop& loop, const char* modem) {
        sim::SimulationOptions options;
        options.modem = modem;
        options.number = "5550100";
        options.portName = "";
        simulation_ = std::move(*sim::Simulation::create(loop, options));
        port_ = std::make_unique<sim::SimPortName>("conformance", simulation_->modem());
        sim::Route route;
        route.outcome = sim::Route::Outcome::Answer;
        route.rings = 50;  // until answer()
        route.farEnd = &simulation_->farEnd();
        simulation_->exchange().setRoute("1234", route);
    }
    const TspiProvider& table() override { return *tipring_at_modem_provider(); }
    core::ProviderConfig config() override { return {{"ports", "sim:conformance"}}; }
    void ring(tapi::Address&) override {
        static_cast<void>(simulation_->farEnd().call("5550100", {}));
    }
    void answer(tapi::Address&) override { static_cast<void>(simulation_->farEnd().answer()); }
    void hangUp(tapi::Address&) override { simulation_->farEnd().hangUp(); }
    bool press(tapi::Address&, std::string_view keys) override {
        return simulation_->farEnd().pressKeys(keys).has_value();
    }
    bool unplug() override {
        port_.reset();
        return true;
    }

private:
    std::unique_ptr<sim::Simulation> simulation_;
    std::unique_ptr<sim::SimPortName> port_;
};

}  // namespace

std::unique_ptr<World> makeAtModemWorld(hal::EventLoop& loop, const char* modem) {
    return std::make_unique<AtModemWorld>(loop, modem);
}

}  // namespace tipring::conformance
