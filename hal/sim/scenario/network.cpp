// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/network.h"

#include <fmt/format.h>

#include <algorithm>

#include "control_words.h"
#include "scenario/network_device.h"
#include "scenario/network_parts.h"
#include "tipring/hal/sim/magic_numbers.h"

namespace tipring::sim {

namespace {

constexpr std::uint32_t kSeedStep = 7919;  // between one script and the next

std::string_view stateName(Line::State state) {
    switch (state) {
    case Line::State::Idle: return "idle";
    case Line::State::Ringing: return "ringing";
    case Line::State::OffHook: return "offhook";
    case Line::State::Connected: return "connected";
    }
    return "idle";
}

/// A call of a scenario, as somebody with a script.
Script scriptOf(const Scenario::Call& call) {
    const std::string dial =
        fmt::format("dial {}{}{} else=over", call.to,
                    call.name.empty() ? "" : fmt::format(" name=\"{}\"", call.name),
                    call.rings == 0 ? "" : fmt::format(" rings={}", call.rings));
    const std::vector<std::string> steps{dial, "wait answer within=3600 else=over",
                                         "wait hangup within=3600 else=over", "label over"};
    auto parsed = parseScript(steps);
    return std::holds_alternative<Script>(parsed) ? std::get<Script>(std::move(parsed)) : Script{};
}

}  // namespace

struct Network::Impl {
    Impl(hal::EventLoop& ownLoop, const Scenario& scenario, NetworkOptions ownOptions)
        : loop(ownLoop), options(std::move(ownOptions)), exchange(loop, optionsOf(scenario)) {
        tell = [this](std::string_view where, std::string_view number, std::string_view what,
                      std::string_view detail) {
            if (task) {
                task({loop.now() - started, where, number, what, detail});
            }
        };
    }

    static ExchangeOptions optionsOf(const Scenario& scenario) {
        ExchangeOptions result;
        result.country = scenario.country;
        result.seed = scenario.seed;
        return result;
    }

    [[nodiscard]] ScriptSetting settingFor(const Scenario& scenario, const std::string& number) {
        ScriptSetting setting;
        setting.number = number;
        setting.line = scenario.lines.front().number;
        setting.country = scenario.country;
        setting.seed = scenario.seed + kSeedStep * scripts++;
        setting.folder = options.folder;
        return setting;
    }

    hal::Result<void> build(const Scenario& scenario) {
        for (const Scenario::Line& plan : scenario.lines) {
            auto station = std::make_unique<NetworkStation>(exchange, plan, tell);
            if (options.outlets) {
                if (auto opened = station->openOutlet(loop, plan); !opened) {
                    return opened;
                }
            }
            station->addScript(plan, settingFor(scenario, plan.number));
            stations.push_back(std::move(station));
            if (!plan.record.empty()) {
                const bool whole = options.folder.empty() || plan.record.starts_with('/');
                auto taped = stations.back()->record(whole ? plan.record
                                                           : options.folder + "/" + plan.record);
                if (!taped) {
                    return taped;
                }
            }
        }
        if (auto made = buildDevices(scenario); !made) {
            return made;
        }
        for (const Scenario::Number& number : scenario.routes) {
            exchange.setRoute(number.number, number.route);
        }
        if (!scenario.magic.empty()) {
            magic = std::make_unique<MagicNumbers>(exchange, scenario.magic, scenario.seed);
            magic->onEvent(
                [this](std::string_view number, std::string_view what, std::string_view detail) {
                    tell("far-end", number, what, detail);
                });
        }
        for (const Scenario::FarEnd& plan : scenario.farEnds) {
            FarEnd& end = add(*plan.script, settingFor(scenario, plan.number), plan.at);
            Route route;
            route.outcome = Route::Outcome::Answer;
            route.rings = Route::kByHand;
            route.farEnd = &end;
            exchange.setRoute(plan.number, route);
        }
        for (const Scenario::Call& plan : scenario.calls) {
            add(scriptOf(plan), settingFor(scenario, plan.from), plan.at);
        }
        return {};
    }

    hal::Result<void> buildDevices(const Scenario& scenario) {
        if (options.usbip) {
            auto created = UsbipServer::create(loop, *options.usbip);
            if (!created) {
                return tl::unexpected(created.error());
            }
            server = std::move(*created);
        }
        for (const Scenario::Device& plan : scenario.devices) {
            std::vector<Line*> lines;
            AtModem* modem = nullptr;
            for (const std::string& number : plan.lines) {
                NetworkStation* const station = find(number);
                lines.push_back(station == nullptr ? nullptr : &station->line());
                modem = station == nullptr ? modem : station->modem();
            }
            const UsbParts parts{loop, lines, modem, nullptr};
            auto device = std::make_unique<NetworkUsb>(plan, parts, tell);
            if (options.outlets) {
                device->offer(plan, server.get());
            }
            device->addScript(plan, settingFor(scenario, plan.bus));
            nameLines(plan, *device);
            devices.push_back(std::move(device));
        }
        return {};
    }

    /// What is on a line, for people.
    void nameLines(const Scenario::Device& plan, const NetworkUsb& device) {
        for (const std::string& number : plan.lines) {
            if (NetworkStation* const station = find(number)) {
                station->plugInto(exchange, plan.model, device.describe().place);
            }
        }
    }

    NetworkUsb* findDevice(std::string_view bus) {
        const auto at = std::find_if(devices.begin(), devices.end(),
                                     [bus](const auto& each) { return each->bus() == bus; });
        return at == devices.end() ? nullptr : at->get();
    }

    [[nodiscard]] std::string on(std::string_view command, const std::vector<std::string>& words);

    FarEnd& add(const Script& script, const ScriptSetting& setting, std::chrono::milliseconds at) {
        people.push_back(std::make_unique<NetworkPerson>(exchange, script, setting, tell));
        begins.push_back(at);
        return people.back()->end;
    }

    NetworkStation* find(std::string_view number) {
        const auto at = std::find_if(stations.begin(), stations.end(), [&](const auto& each) {
            return each->line().number() == number;
        });
        return at == stations.end() ? nullptr : at->get();
    }

    hal::EventLoop& loop;
    NetworkOptions options;
    std::function<void(const NetworkEvent&)> task;
    Tell tell;
    hal::TimePoint started{};
    Exchange exchange;
    std::vector<std::unique_ptr<NetworkStation>> stations;
    std::unique_ptr<UsbipServer> server;
    std::vector<std::unique_ptr<NetworkUsb>> devices;
    std::unique_ptr<MagicNumbers> magic;
    std::vector<std::unique_ptr<NetworkPerson>> people;
    std::vector<std::chrono::milliseconds> begins;
    std::uint32_t scripts = 0;
    bool quit = false;
};

hal::Result<std::unique_ptr<Network>> Network::create(hal::EventLoop& loop,
                                                      const Scenario& scenario,
                                                      NetworkOptions options) {
    if (scenario.lines.empty()) {
        return hal::fail(hal::ErrorCode::InvalParam, "a network needs a line");
    }
    auto impl = std::make_unique<Impl>(loop, scenario, std::move(options));
    if (auto built = impl->build(scenario); !built) {
        return tl::unexpected(built.error());
    }
    return std::unique_ptr<Network>{new Network{std::move(impl)}};
}

Network::Network(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Network::~Network() {
    impl_->task = {};
}

void Network::onEvent(std::function<void(const NetworkEvent&)> task) {
    impl_->task = std::move(task);
}

hal::Result<void> Network::record(std::string_view number, const std::string& file) {
    NetworkStation* station = impl_->find(number);
    if (station == nullptr) {
        return hal::fail(hal::ErrorCode::InvalAddress,
                         fmt::format("there is no line {}; the first is {}", number,
                                     impl_->stations.front()->line().number()));
    }
    return station->record(file);
}

void Network::start() {
    impl_->started = impl_->loop.now();
    for (const auto& station : impl_->stations) {
        station->start();
    }
    for (const auto& device : impl_->devices) {
        device->start();
    }
    for (std::size_t i = 0; i < impl_->people.size(); ++i) {
        impl_->people[i]->begin.arm(impl_->begins[i]);
    }
}

Exchange& Network::exchange() {
    return impl_->exchange;
}

std::vector<NetworkLine> Network::lines() const {
    std::vector<NetworkLine> all;
    for (const auto& station : impl_->stations) {
        all.push_back(station->describe());
    }
    return all;
}

std::vector<NetworkDevice> Network::devices() const {
    std::vector<NetworkDevice> all;
    for (const auto& device : impl_->devices) {
        all.push_back(device->describe());
    }
    return all;
}

std::optional<std::uint16_t> Network::usbipPort() const {
    return impl_->server == nullptr ? std::nullopt : std::optional(impl_->server->port());
}

bool Network::isOver() const {
    const auto done = [](const auto& person) {
        return person->begun &&
               (person->runner.isFree() || person->runner.state() != ScriptRunner::State::Running);
    };
    return std::all_of(impl_->people.begin(), impl_->people.end(), done) &&
           (impl_->magic == nullptr || impl_->magic->isQuiet()) &&
           std::all_of(impl_->devices.begin(), impl_->devices.end(),
                       [](const auto& device) { return device->isOver(); }) &&
           std::all_of(impl_->stations.begin(), impl_->stations.end(),
                       [](const auto& station) { return station->isOver(); });
}

std::string Network::run(std::string_view command) {
    const auto words = splitWords(command);
    const std::string_view verb =
        words && !words->empty() ? std::string_view{words->front()} : std::string_view{};
    if (verb == "quit") {
        impl_->quit = true;
        return "ok";
    }
    if (verb == "lines?") {
        std::string text = "ok";
        for (const auto& station : impl_->stations) {
            text +=
                fmt::format(" {}={}", station->line().number(), stateName(station->line().state()));
        }
        return text;
    }
    if (verb == "devices?") {
        std::string text = "ok";
        for (const NetworkDevice& device : devices()) {
            const char* const state = !device.plugged   ? "unplugged"
                                      : device.attached ? "attached"
                                                        : "free";
            text += fmt::format(" {}={},{}", device.bus, device.model, state);
        }
        return text;
    }
    if (verb == "on") {
        return impl_->on(command, *words);
    }
    return impl_->stations.front()->run(impl_->exchange, command) +
           (verb == "help" ? " | lines? | on NUMBER COMMAND | devices? | on BUS unplug|plug" : "");
}

/// `on NUMBER COMMAND`, `on BUS COMMAND`.
std::string Network::Impl::on(std::string_view command, const std::vector<std::string>& words) {
    if (words.size() < 3) {
        return error("on needs the number of a line, or the bus id of a device, and a command");
    }
    const std::string& which = words[1];
    const std::string_view rest =
        command.substr(command.find(which, command.find("on") + 2) + which.size());
    if (NetworkStation* const station = find(which)) {
        return station->run(exchange, rest);
    }
    if (NetworkUsb* const device = findDevice(which)) {
        return device->run(rest);
    }
    return error(fmt::format("there is no line {}; lines? tells them all", escaped(which)));
}

bool Network::quitAsked() const {
    return impl_->quit;
}

}  // namespace tipring::sim
