// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "port_check.h"
#include "service_lines.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/log.h"
#include "tipring/tapi_core/api/address.h"
#include "tipring/tapi_core/api/phone.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using hal::ErrorCode;
using hal::Result;

/// A modem that was just plugged in needs some seconds; a probe through all speeds more, and some
/// adapters 15 s.
constexpr auto kOpenLimit = 25s;

}  // namespace

core::ProviderConfig providerConfig(const Settings& settings) {
    core::ProviderConfig config(settings.provider.begin(), settings.provider.end());
    config["ports"] = fmt::format("{}", fmt::join(settings.ports, "\n"));
    if (!settings.profile.empty()) {
        config["profile"] = settings.profile;
    }
    if (!settings.country.empty()) {
        config["country"] = settings.country;
    }
    return config;
}

Result<Settings> settingsFor(const CommonOptions& common) {
    auto settings = loadSettings(common.config);
    if (!settings) {
        return settings;
    }
    // The devices of the file are then the service's.
    settings->bus = common.bus;
    if (!common.ports.empty() || !common.bus.empty()) {
        settings->ports = common.ports;
    }
    for (const auto& [given, setting] :
         {std::pair{&common.profile, &settings->profile},
          std::pair{&common.country, &settings->country}, std::pair{&common.log, &settings->log},
          std::pair{&common.callLog, &settings->callLog}}) {
        if (!given->empty()) {
            *setting = *given;
        }
    }
    if (common.noCallLog) {
        settings->callLog.clear();
    }
    // People see what went wrong from the command itself; the log is for who asks for it.
    if (auto done = hal::configureLog(settings->log.empty() ? "warning" : settings->log); !done) {
        return tl::unexpected(done.error());
    }
    const char* levels = std::getenv("TIPRING_LOG");
    if (settings->log.empty() && levels != nullptr && *levels != '\0') {
        if (auto done = hal::configureLogFromEnvironment(); !done) {
            return tl::unexpected(done.error());
        }
    }
    return settings;
}

ExitCode runOnLoop(Console& console, const CommonOptions& common,
                   const std::function<ExitCode(hal::EventLoop&, const Settings&)>& command) {
    const auto settings = settingsFor(common);
    if (!settings) {
        console.problem(settings.error().cause);
        return exitCodeFor(settings.error().code);
    }
    const auto loop = hal::EpollLoop::create();
    if (!loop) {
        console.problem("cannot start", loop.error());
        return ExitCode::Failed;
    }
    return command(**loop, *settings);
}

Session::Session(hal::EventLoop& loop, Console& console, const Settings& settings, Needs needs,
                 User& user)
    : loop_(loop),
      console_(console),
      settings_(settings),
      needs_(needs),
      user_(user),
      journal_(loop, needs.journal ? settings.callLog : std::string(),
               [this](const hal::Error& error) {
                   console_.problem("calls are not logged for now", error);
               }),
      openLimit_(loop, [this] { onOpenLimit(); }) {}

Session::~Session() = default;

ExitCode Session::run() {
    if (auto opened = open(); !opened) {
        console_.problem(opened.error().cause);
        return exitCodeFor(opened.error().code);
    }
    loop_.run();
    if (!exit_) {
        console_.problem("nothing can happen any more (the simulated line came to rest)");
    }
    tapi_->setEventSink(nullptr);
    tapi_.reset();
    manager_.reset();
    if (auto written = journal_.flush(); !written) {
        console_.problem("the last calls are not in the log", written.error());
    }
    return exit_.value_or(ExitCode::Failed);
}

Result<void> Session::watchSignals() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        auto watch = hal::SignalWatch::create(loop_, number, [this] { onSignal(); });
        if (!watch) {
            return tl::unexpected(watch.error());
        }
        signals_.push_back(std::move(*watch));
    }
    return {};
}

Result<void> Session::open() {
    if (auto opened = inService() ? openService() : openDevices(); !opened) {
        return opened;
    }
    if (auto done = watchSignals(); !done) {
        return done;
    }
    journal_.prepare();
    tapi_->setEventSink(this);
    tapi_->setEventFilter(tapi::kAllEvents);
    missing_ = choice_.adapters;
    for (const auto& line : tapi_->addresses()) {
        considerLine(line);
    }
    for (const auto& phone : tapi_->phones()) {
        watchPhone(phone);
    }
    if (!isWaiting() && !needs_.allLines) {
        return hal::fail(ErrorCode::NoDevice, noLineText());
    }
    if (inService() && !isWaiting()) {
        console_.problem(noLineText());
        openLimit_.arm(0s);  // it has opened its devices long ago: none is to come
    } else {
        openLimit_.arm(kOpenLimit);
    }
    return {};
}

Result<void> Session::openDevices() {
    if (auto chosen = choosePorts(); !chosen) {
        return chosen;
    }
    manager_ = std::make_unique<core::LineManager>(loop_, settings_.stateDirectory);
    if (auto added = addProviders(*manager_, choice_, settings_); !added) {
        return added;
    }
    tapi_ = manager_->createApplication("tipring");
    return {};
}

Result<void> Session::openService() {
    auto tapi = connectToService(loop_, settings_.bus);
    if (!tapi) {
        return tl::unexpected(std::move(tapi.error()));
    }
    tapi_ = std::move(*tapi);
    return {};
}

bool Session::isWanted(const tapi::Address& line) const {
    return inService() ? isNamed(line, settings_.ports)
                       : isChosen(choice_, line.providerName(), line.capabilities().permanentId);
}

std::string Session::noLineText() const {
    return inService() && settings_.ports.empty()
               ? std::string("the service has no line")
               : fmt::format("no line at {}", fmt::join(settings_.ports, ", "));
}

/// Before anything is opened: drivers try a port again and again, a person wants to know now.
Result<void> Session::choosePorts() {
    DevicesThere there;
    const bool looks = settings_.ports.empty() ||
                       std::any_of(settings_.ports.begin(), settings_.ports.end(),
                                   [](const auto& name) { return name.starts_with("usb:"); });
    if (looks) {
        there = devicesThere();
    }
    if (settings_.ports.empty()) {
        auto only = onlyDevice(there);
        if (!only) {
            return tl::unexpected(only.error());
        }
        console_.note(fmt::format("Using {}, the only device that is there.", *only));
        settings_.ports = {*only};
    }
    Result<void> worst;
    std::vector<std::string> usable;
    for (const std::string& name : settings_.ports) {
        auto taken = takePort(name, there);
        if (taken) {
            usable.push_back(name);
        } else if (worst) {
            worst = std::move(taken);
        } else {
            console_.problem(taken.error().cause);
        }
    }
    if (usable.empty()) {
        return worst;
    }
    if (!worst) {
        console_.problem(worst.error().cause);
    }
    settings_.ports = std::move(usable);
    return {};
}

Result<void> Session::takePort(const std::string& name, const DevicesThere& there) {
    if (auto simulated = simulate(name); !simulated) {
        return simulated;
    }
    auto adapter = adapterPortOf(name, there);
    if (!adapter) {
        return tl::unexpected(adapter.error());
    }
    if (*adapter) {
        choice_.adapters.push_back(std::move(**adapter));
        return {};
    }
    if (auto checked = checkPortName(name); !checked) {
        return checked;
    }
    choice_.modems.push_back(name);
    return {};
}

Result<void> Session::simulate(const std::string& name) {
    constexpr std::string_view kScheme = "sim:";
    if (!name.starts_with(kScheme) || name.substr(kScheme.size()) == kDemoPort) {
        return {};
    }
    const std::string device = name.substr(kScheme.size(), name.find('/') - kScheme.size());
    auto made = SimulatedDevice::create(loop_, device, settings_.country);
    if (!made) {
        return hal::fail(ErrorCode::NoDevice,
                         fmt::format("there is no simulated device {}; there are {}", device,
                                     fmt::join(simulatedDeviceNames(), ", ")));
    }
    simulated_.push_back(std::move(made));
    return {};
}

/// A line that is there: is it one of those that were asked for?
void Session::considerLine(const std::shared_ptr<tapi::Address>& line) {
    const auto& caps = line->capabilities();
    if (!isWanted(*line)) {
        return;
    }
    std::erase_if(missing_, [&](const AdapterPort& port) {
        return port.driver->family == line->providerName();
    });
    const bool callable = (caps.callStates & LINECALLSTATE_OFFERING) != 0;
    if (needs_.ownCalls && !callable) {
        console_.problem(
            fmt::format("{} is for a telephone: nobody calls it from outside. `tipring monitor` "
                        "shows what the telephone does",
                        line->name()));
        if (!hasLine_ && !isWaiting()) {
            finish(ExitCode::NotFound);
        }
        return;
    }
    if (needs_.allLines || !hasLine_) {
        hasLine_ = true;
        addLine(line);
    }
}

void Session::addLine(const std::shared_ptr<tapi::Address>& line) {
    tapi::CallNotification wanted;
    wanted.owner = needs_.ownCalls;
    wanted.monitor = !needs_.ownCalls;
    wanted.mediaModes = line->capabilities().mediaModes | tapi::MediaMode::AutomatedVoice;
    if (auto done = tapi_->registerCallNotifications(line, wanted); !done) {
        console_.problem(fmt::format("cannot open {}", line->name()), done.error());
        if (!needs_.allLines) {
            finish(exitCodeFor(done.error().code));
        }
        return;
    }
    waiting_.push_back(line);
    loop_.post([this, line] { considerReady(line); });
}

/// The hook and the keys of a telephone on an adapter; lines alone do not tell them.
void Session::watchPhone(const std::shared_ptr<tapi::Phone>& phone) {
    if (!needs_.allLines || !needs_.journal) {
        return;  // what is heard of it is not told
    }
    if (auto opened = phone->open(tapi::PhonePrivilege::Monitor); !opened) {
        console_.problem(fmt::format("cannot watch {}", phone->name()), opened.error());
    }
}

void Session::considerReady(const std::shared_ptr<tapi::Address>& line) {
    const auto found = std::find(waiting_.begin(), waiting_.end(), line);
    if (exit_ || found == waiting_.end() || line->state() != tapi::AddressState::InService) {
        return;
    }
    waiting_.erase(found);
    if (!isWaiting()) {
        openLimit_.cancel();
    }
    user_.onReady(line);
    // Simulated people begin; in calls of one's own nobody else may get in between.
    if ((needs_.ownCalls || needs_.allLines) && !std::exchange(begun_, true)) {
        for (const auto& device : simulated_) {
            device->begin();
        }
    }
}

void Session::onOpenLimit() {
    for (const auto& line : std::exchange(waiting_, {})) {
        const std::string cause = line->stateCause();
        console_.problem(fmt::format("{} is not ready: {}", line->name(),
                                     cause.empty() ? "it does not answer" : cause));
        if (!needs_.allLines) {
            finish(ExitCode::NotFound);
        }
    }
    tellMissing();
    user_.onLinesGivenUp();
}

/// What is wrong with an adapter its driver has said in the log.
void Session::tellMissing() {
    for (const AdapterPort& port : std::exchange(missing_, {})) {
        console_.problem(
            fmt::format("{} does not come into service; `tipring doctor` looks why", port.name));
        if (!needs_.allLines && !hasLine_) {
            finish(ExitCode::NotFound);
        }
    }
}

void Session::onEvent(const tapi::Event& event) {
    journal_.onEvent(event);
    if (const auto* line = std::get_if<tapi::AddressEvent>(&event)) {
        considerReady(line->address);
    } else if (const auto* object = std::get_if<tapi::TapiObjectEvent>(&event)) {
        onObject(*object);
    }
    if (!exit_) {
        user_.onEvent(event);
    }
    if (console_.broken()) {
        finish(ExitCode::Ok);
    }
}

void Session::onObject(const tapi::TapiObjectEvent& event) {
    if (event.kind == tapi::TapiObjectEvent::Kind::AddressCreate) {
        considerLine(event.address);
    } else if (event.kind == tapi::TapiObjectEvent::Kind::PhoneCreate) {
        watchPhone(event.phone);
    }
}

void Session::onSignal() {
    if (std::exchange(interrupted_, true)) {
        finish(ExitCode::Interrupted);
    } else {
        user_.onInterrupt();
    }
}

void Session::finish(ExitCode code) {
    if (!exit_) {
        exit_ = code;
        loop_.stop();
    }
}

}  // namespace tipring::tools
