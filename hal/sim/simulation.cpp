// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/simulation.h"

#include <fmt/format.h>

#include <optional>

#include "tipring/hal/sim/control_server.h"
#include "tipring/hal/sim/pty_outlet.h"
#include "tipring/hal/sim/sim_port.h"

namespace tipring::sim {

struct Simulation::Impl {
    Impl(hal::EventLoop& ownLoop, const SimulationOptions& options, const Personality& personality)
        : loop(ownLoop),
          exchange(loop, ExchangeOptions{options.country, options.utcOffset}),
          line(exchange.addLine(options.number)),
          modem(loop, line, personality),
          farEnd(exchange),
          control(exchange, line, farEnd, &modem),
          server(loop, control, [this] {
              if (onQuit) {
                  onQuit();
              }
          }) {
        if (!options.portName.empty()) {
            port.emplace(options.portName, modem, options.paced);
        }
    }

    hal::EventLoop& loop;
    std::function<void()> onQuit;
    Exchange exchange;
    Line& line;
    AtModem modem;
    FarEnd farEnd;
    Control control;
    ControlServer server;
    std::optional<SimPortName> port;
    std::unique_ptr<PtyOutlet> pty;
};

hal::Result<std::unique_ptr<Simulation>> Simulation::create(hal::EventLoop& loop,
                                                            const SimulationOptions& options) {
    const Personality* personality = findPersonality(options.modem);
    if (personality == nullptr) {
        std::string known;
        for (const Personality& each : personalities()) {
            known += known.empty() ? "" : ", ";
            known += each.name;
        }
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("no modem {}; there are {}", options.modem, known));
    }
    if (findCountry(options.country) == nullptr) {
        std::string known;
        for (const Country& each : countries()) {
            known += known.empty() ? "" : " ";
            known += each.code;
        }
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("no country {}; there are {}", options.country, known));
    }
    return std::unique_ptr<Simulation>{
        new Simulation{std::make_unique<Impl>(loop, options, *personality)}};
}

Simulation::Simulation(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Simulation::~Simulation() = default;

Exchange& Simulation::exchange() {
    return impl_->exchange;
}
Line& Simulation::line() {
    return impl_->line;
}
AtModem& Simulation::modem() {
    return impl_->modem;
}
FarEnd& Simulation::farEnd() {
    return impl_->farEnd;
}
Control& Simulation::control() {
    return impl_->control;
}

hal::Result<std::string> Simulation::openPty(const std::string& link) {
    impl_->port.reset();  // first: it takes the modem's outlet away
    impl_->pty.reset();
    auto pty = PtyOutlet::create(impl_->loop, impl_->modem, link);
    if (!pty) {
        return tl::unexpected(pty.error());
    }
    impl_->pty = std::move(*pty);
    return link.empty() ? impl_->pty->path() : link;
}

hal::Result<void> Simulation::listen(const std::string& path) {
    return impl_->server.listen(path);
}

hal::Result<void> Simulation::attach(int input, int output) {
    return impl_->server.attach(input, output);
}

void Simulation::onQuit(std::function<void()> task) {
    impl_->onQuit = std::move(task);
}

}  // namespace tipring::sim
