// SPDX-License-Identifier: Apache-2.0
#include "flash_lines.h"

#include "sim_fxo_port.h"
#include "tipring/drivers/at_modem/provider.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/simulation.h"

namespace tipring::drivers {
namespace {

constexpr const char* kNumber = "5550100";

class ModemLine final : public FlashLine {
public:
    ModemLine(hal::EventLoop& loop, const char* country, const char* modem) {
        options_.country = country;
        options_.portName = "flash";
        options_.modem = modem;
        simulation_ = std::move(*sim::Simulation::create(loop, options_));
    }
    sim::Exchange& exchange() override { return simulation_->exchange(); }
    sim::Line& wire() override { return simulation_->line(); }
    sim::FarEnd& anna() override { return simulation_->farEnd(); }
    [[nodiscard]] std::string number() const override { return options_.number; }
    bool addProvider(core::LineManager& manager, const char* hookFlash) override {
        return manager
            .addProvider(*tipring_at_modem_provider(),
                         {{"ports", "sim:flash"}, {"hookFlash", hookFlash}})
            .has_value();
    }
    void unplug() override { simulation_.reset(); }

private:
    sim::SimulationOptions options_;
    std::unique_ptr<sim::Simulation> simulation_;
};

/// What lines over FXO ports have in common.
class FxoFlashLine : public FlashLine {
public:
    FxoFlashLine(hal::EventLoop& loop, const char* country)
        : country_(country), exchange_(loop, {.country = country}) {}
    sim::Exchange& exchange() override { return exchange_; }
    sim::Line& wire() override { return line_; }
    sim::FarEnd& anna() override { return anna_; }
    [[nodiscard]] std::string number() const override { return kNumber; }

protected:
    const char* const country_;

private:
    sim::Exchange exchange_;
    sim::Line& line_ = exchange_.addLine(kNumber);
    sim::FarEnd anna_{exchange_};
};

class PortLine final : public FxoFlashLine {
public:
    PortLine(hal::EventLoop& loop, const char* country, const char*)
        : FxoFlashLine(loop, country), port_(std::make_unique<analog::SimFxoPort>(wire())) {
        ports_.plug({.key = "sim/1", .name = "line 1", .adapter = "simulated", .fxo = port_.get()});
    }
    bool addProvider(core::LineManager& manager, const char* hookFlash) override {
        return manager
            .addProvider(*tspi::providerTable<analog::TestPorts>("analog"),
                         {{"country", country_}, {"hookFlash", hookFlash}})
            .has_value();
    }
    void unplug() override {
        ports_.unplug("sim/1");
        port_.reset();
    }

private:
    analog::TestPorts ports_;
    std::unique_ptr<analog::SimFxoPort> port_;
};

class U100Line final : public FxoFlashLine {
public:
    U100Line(hal::EventLoop& loop, const char* country, const char*)
        : FxoFlashLine(loop, country), board_(loop, &wire(), nullptr), name_("flash", board_) {}
    bool addProvider(core::LineManager& manager, const char* hookFlash) override {
        return manager
            .addProvider(*tipring_sangoma_u100_provider(),
                         {{"device", "sim:flash"}, {"country", country_}, {"hookFlash", hookFlash}})
            .has_value();
    }
    void unplug() override { board_.unplug(); }

private:
    sim::SangomaU100 board_;
    sim::SimUsbName name_;
};

template <class Line>
std::unique_ptr<FlashLine> make(hal::EventLoop& loop, const char* country, const char* modem) {
    return std::make_unique<Line>(loop, country, modem);
}

}  // namespace

const FlashDevice kModemV253{"modem", make<ModemLine>, false, "v253"};
const FlashDevice kFxoPort{"port", make<PortLine>, true};
const FlashDevice kSangomaU100{"u100", make<U100Line>, true};

}  // namespace tipring::drivers
