// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "port_check.h"
#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/log.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using hal::ErrorCode;
using hal::Result;

/// A modem that was just plugged in needs some seconds; a probe through all speeds more.
constexpr auto kOpenLimit = 20s;

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
    if (!common.ports.empty()) {
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
    if (settings_.ports.empty()) {
        return hal::fail(ErrorCode::NoDevice,
                         "no port given; use --port /dev/ttyACM0, or `ports` in the configuration "
                         "file. `tipring devices` lists what is there, `tipring demo` needs none");
    }
    if (auto usable = dropUnusablePorts(); !usable) {
        return usable;
    }
    if (auto done = watchSignals(); !done) {
        return done;
    }
    journal_.prepare();
    manager_ = std::make_unique<core::LineManager>(loop_, settings_.stateDirectory);
    auto added = manager_->addProvider(*tipring_at_modem_provider(), providerConfig(settings_));
    if (!added) {
        return added;
    }
    tapi_ = manager_->createApplication("tipring");
    tapi_->setEventSink(this);
    tapi_->setEventFilter(tapi::kAllEvents);
    const auto lines = tapi_->addresses();
    for (const auto& line : lines) {
        addLine(line);
        if (!needs_.allLines) {
            break;
        }
    }
    if (waiting_.empty() && !needs_.allLines) {
        return hal::fail(ErrorCode::NoDevice,
                         fmt::format("no line at {}", fmt::join(settings_.ports, ", ")));
    }
    openLimit_.arm(kOpenLimit);
    return {};
}

/// Before anything is opened: the driver tries a port again and again, a person wants to know now.
Result<void> Session::dropUnusablePorts() {
    Result<void> worst;
    std::vector<std::string> usable;
    for (const std::string& name : settings_.ports) {
        if (auto checked = checkPortName(name); checked) {
            usable.push_back(name);
        } else if (worst) {
            worst = std::move(checked);
        } else {
            console_.problem(checked.error().cause);
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

void Session::considerReady(const std::shared_ptr<tapi::Address>& line) {
    const auto found = std::find(waiting_.begin(), waiting_.end(), line);
    if (exit_ || found == waiting_.end() || line->state() != tapi::AddressState::InService) {
        return;
    }
    waiting_.erase(found);
    if (waiting_.empty()) {
        openLimit_.cancel();
    }
    user_.onReady(line);
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
    user_.onLinesGivenUp();
}

void Session::onEvent(const tapi::Event& event) {
    journal_.onEvent(event);
    if (const auto* line = std::get_if<tapi::AddressEvent>(&event)) {
        considerReady(line->address);
    } else if (const auto* object = std::get_if<tapi::TapiObjectEvent>(&event)) {
        if (object->kind == tapi::TapiObjectEvent::Kind::AddressCreate && needs_.allLines) {
            addLine(object->address);
        }
    }
    if (!exit_) {
        user_.onEvent(event);
    }
    if (console_.broken()) {
        finish(ExitCode::Ok);
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
