// SPDX-License-Identifier: Apache-2.0
#include "daemon.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <system_error>
#include <utility>

#include "tipring/drivers/at_modem/provider.h"
#include "tipring/drivers/hid_phone/hid_phone.h"
#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/drivers/tiger_jet/tiger_jet.h"
#include "tipring/hal/base/log.h"
#include "tipring/tapi_core/manager/dial_rules.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using hal::Result;

const hal::LogCategory kLog{"tipringd"};

/// The rule for udev makes these links: they keep their names.
constexpr const char* kModemFolder = "/dev/tipring";

using Table = const TspiProvider* (*)();
constexpr Table kAdapters[] = {tipring_hid_phone_provider, tipring_open_usb_fxs_provider,
                               tipring_sangoma_u100_provider, tipring_tiger_jet_provider};

std::vector<std::string> discoveredModems() {
    std::vector<std::string> ports;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(kModemFolder, error)) {
        if (entry.path().filename().string().starts_with("modem-")) {
            ports.push_back("serial:" + entry.path().string());
        }
    }
    std::sort(ports.begin(), ports.end());
    return ports;
}

Result<sim::Scenario> scenarioOf(const std::string& file) {
    if (file.empty()) {
        sim::Scenario scenario;
        sim::Scenario::Line line;
        line.number = "5550100";
        line.outlet = sim::Scenario::Line::Outlet::Process;
        scenario.lines.push_back(std::move(line));
        return scenario;
    }
    std::ifstream stream(file);
    if (!stream) {
        return hal::fail(ErrorCode::NoDevice, fmt::format("cannot read the scenario {}", file));
    }
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    auto scenario = sim::readScenario(text, file);
    if (scenario) {
        for (sim::Scenario::Line& line : scenario->lines) {
            line.outlet = sim::Scenario::Line::Outlet::Process;
        }
    }
    return scenario;
}

}  // namespace

Daemon::Daemon(hal::EventLoop& loop, DaemonOptions options)
    : loop_(loop), options_(std::move(options)), notify_(loop) {}

Daemon::~Daemon() {
    metrics_.reset();
    counts_.reset();
    server_.reset();
    manager_.reset();
    network_.reset();
}

Result<void> Daemon::configure() {
    auto settings = loadDaemonSettings(
        options_.config.empty() ? kDaemonSettingsFile : options_.config, !options_.config.empty());
    if (!settings) {
        return tl::unexpected(std::move(settings.error()));
    }
    settings_ = std::move(*settings);
    if (!options_.log.empty()) {
        settings_.log = options_.log;
    }
    if (!options_.stateDirectory.empty()) {
        settings_.stateDirectory = options_.stateDirectory;
    }
    settings_.listen.insert(settings_.listen.end(), options_.listen.begin(), options_.listen.end());
    if (options_.sessionBus) {
        settings_.bus = "session";
    } else if (options_.systemBus) {
        settings_.bus = "system";
    } else if (!options_.address.empty()) {
        settings_.bus = options_.address;
    } else if (!options_.listen.empty() && options_.config.empty()) {
        settings_.bus = "none";
    }
    return hal::configureLog(settings_.log);
}

Result<void> Daemon::start() {
    if (auto done = configure(); !done) {
        return done;
    }
    if (auto done = watchSignals(); !done) {
        return done;
    }
    manager_ = std::make_unique<core::LineManager>(
        loop_, options_.simulate ? options_.stateDirectory : settings_.stateDirectory);
    auto rules = core::DialRules::open(
        {settings_.dialRules, "/etc/tipring/dial-rules.d", settings_.country});
    if (!rules) {
        return tl::unexpected(std::move(rules.error()));
    }
    manager_->setDialRules(std::move(*rules));
    if (auto done = options_.simulate ? startSimulation() : addProviders(); !done) {
        return done;
    }
    if (auto done = serve(); !done) {
        return done;
    }
    if (auto done = offerMetrics(); !done) {
        return done;
    }
    kLog.info("ready: {}", summary());
    notify_.ready(summary());
    return {};
}

Result<void> Daemon::startSimulation() {
    auto scenario = scenarioOf(options_.scenario);
    if (!scenario) {
        return tl::unexpected(std::move(scenario.error()));
    }
    auto network = sim::Network::create(loop_, *scenario);
    if (!network) {
        return tl::unexpected(std::move(network.error()));
    }
    network_ = std::move(*network);
    settings_.ports.clear();
    for (const sim::NetworkLine& line : network_->lines()) {
        if (line.place.starts_with("sim:")) {
            settings_.ports.push_back(line.place);
        }
    }
    settings_.discover = false;
    addModems();
    network_->start();
    return {};
}

Result<void> Daemon::addProviders() {
    addModems();
    if (settings_.adapters) {
        for (const Table table : kAdapters) {
            core::ProviderConfig config;
            if (!settings_.country.empty()) {
                config["country"] = settings_.country;
            }
            if (auto added = manager_->addProvider(*table(), std::move(config)); !added) {
                kLog.warning("{}", added.error().cause);
            }
        }
    }
    for (const DaemonSettings::Provider& one : settings_.providers) {
        auto loaded = addLibrary(one);
        if (!loaded) {
            return tl::unexpected(std::move(loaded.error()));
        }
        libraries_.insert(one.library);
    }
    return {};
}

Result<void> Daemon::addLibrary(const DaemonSettings::Provider& one) {
    if (!one.isolated.value_or(isolation::isolatedByDefault(one.library))) {
        return manager_->loadProvider(one.library, one.config);
    }
    isolation::Options options;
    options.config = one.config;
    auto loaded = isolation::loadProvider(one.library, std::move(options));
    if (!loaded) {
        return tl::unexpected(std::move(loaded.error()));
    }
    isolated_.push_back(std::move(*loaded));
    return manager_->addProvider(isolated_.back()->table(), one.config);
}

/// Ports that no provider has yet: at the start all, at a reload the new ones.
void Daemon::addModems() {
    std::vector<std::string> fresh;
    const auto found = settings_.discover ? discoveredModems() : std::vector<std::string>{};
    const std::vector<std::string>* const lists[] = {&settings_.ports, &found};
    for (const auto* list : lists) {
        for (const std::string& port : *list) {
            if (ports_.insert(port).second) {
                fresh.push_back(port);
            }
        }
    }
    if (fresh.empty()) {
        return;
    }
    core::ProviderConfig config(settings_.modem.begin(), settings_.modem.end());
    config["ports"] = fmt::format("{}", fmt::join(fresh, "\n"));
    if (!settings_.profile.empty()) {
        config["profile"] = settings_.profile;
    }
    if (!settings_.country.empty()) {
        config["country"] = settings_.country;
    }
    if (auto added = manager_->addProvider(*tipring_at_modem_provider(), std::move(config));
        !added) {
        kLog.warning("{}", added.error().cause);
    }
}

Result<void> Daemon::serve() {
    server_ = std::make_unique<rpc::Server>(
        loop_, [this](const std::string& name) { return manager_->createApplication(name); },
        TIPRING_VERSION, settings_.limits, settings_.soundDirectories);
    applyRights();
    server_->onBusLost([this] {
        kLog.error("the bus went away; a service manager starts this again");
        exitCode_ = 1;
        loop_.stop();
    });
    for (const std::string& address : settings_.listen) {
        if (auto done = server_->listen(address); !done) {
            return done;
        }
    }
    if (settings_.bus == "none") {
        return {};
    }
    using Kind = rpc::BusAddress::Kind;
    const Kind kind = settings_.bus == "system"    ? Kind::System
                      : settings_.bus == "session" ? Kind::Session
                                                   : Kind::Bus;
    return server_->join({kind, settings_.bus});
}

Result<void> Daemon::offerMetrics() {
    if (settings_.metrics.empty()) {
        return {};
    }
    counts_ = std::make_unique<CallCounts>(manager_->createApplication("tipringd metrics"));
    metrics_ = std::make_unique<MetricsServer>(loop_, [this, since = loop_.now()] {
        const std::chrono::duration<double> up = loop_.now() - since;
        std::string page = fmt::format(
            "# HELP tipring_uptime_seconds Since the service was ready.\n"
            "# TYPE tipring_uptime_seconds gauge\ntipring_uptime_seconds {}\n",
            up.count());
        counts_->write(page);
        writeServerMetrics(server_->counters(), server_->clients(), page);
        return page;
    });
    for (const std::string& address : settings_.metrics) {
        if (auto done = metrics_->listen(address); !done) {
            return done;
        }
    }
    return {};
}

void Daemon::applyRights() {
    rpc::Rights rights;
    const std::pair<rpc::Right, const std::vector<std::string>&> all[] = {
        {rpc::Right::Monitor, settings_.rights.monitor},
        {rpc::Right::Answer, settings_.rights.answer},
        {rpc::Right::Dial, settings_.rights.dial},
        {rpc::Right::Configure, settings_.rights.configure},
    };
    for (const auto& [right, names] : all) {
        for (const std::string& unknown : rights.grant(right, names)) {
            // The groups that the package makes are not there in a container or on a session bus.
            if (!unknown.starts_with("@tipring")) {
                kLog.warning("[rights] {}: this machine knows no {}", rpc::nameOf(right), unknown);
            }
        }
    }
    rights.polkit = settings_.rights.polkit && settings_.bus == "system";
    rights.file = options_.config.empty() ? kDaemonSettingsFile : options_.config;
    server_->setRights(std::move(rights));
    server_->setDialBarring(settings_.barring);
}

/// What can change while calls run; the rest waits for a restart.
void Daemon::reload() {
    notify_.reloading();
    const DaemonSettings before = settings_;
    if (auto done = configure(); !done) {
        settings_ = before;
        kLog.error("not reloaded: {}", done.error().cause);
        notify_.ready(summary());
        return;
    }
    applyRights();
    if (!options_.simulate) {
        addModems();
        for (const DaemonSettings::Provider& one : settings_.providers) {
            if (!libraries_.insert(one.library).second) {
                continue;
            }
            if (auto loaded = addLibrary(one); !loaded) {
                kLog.error("{}", loaded.error().cause);
            }
        }
    }
    kLog.info("reloaded: {}", summary());
    notify_.ready(summary());
}

Result<void> Daemon::watchSignals() {
    const std::pair<int, std::function<void()>> wanted[] = {
        {SIGTERM, [this] { loop_.stop(); }},
        {SIGINT, [this] { loop_.stop(); }},
        {SIGHUP, [this] { reload(); }},
    };
    for (const auto& [number, task] : wanted) {
        auto watch = hal::SignalWatch::create(loop_, number, task);
        if (!watch) {
            return tl::unexpected(std::move(watch.error()));
        }
        signals_.push_back(std::move(*watch));
    }
    return {};
}

int Daemon::run() {
    loop_.run();
    notify_.stopping();
    return exitCode_;
}

std::string Daemon::summary() const {
    return fmt::format("{} modem port{}{}", ports_.size(), ports_.size() == 1 ? "" : "s",
                       network_ ? ", simulated" : "");
}

}  // namespace tipring::tools
