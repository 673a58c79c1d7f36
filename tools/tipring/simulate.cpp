// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "console.h"
#include "json_line.h"
#include "network_view.h"
#include "simulate_scenario.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/control_server.h"
#include "tipring/hal/sim/network.h"
#include "tipring/hal/sim/personality.h"
#include "tipring/hal/sim/usb_catalog.h"

namespace tipring::tools {
namespace {

using hal::Result;
using namespace std::chrono_literals;

/// A person at the prompt: whole lines from a terminal, each answered at once.
class Prompt {
public:
    Prompt(hal::EventLoop& loop, sim::CommandReceiver& control) : loop_(loop), control_(control) {}

    Result<void> start() {
        auto watch = hal::Watch::create(loop_, STDIN_FILENO, hal::Io::Read,
                                        [this](hal::Io) { onReadable(); });
        if (!watch) {
            return tl::unexpected(watch.error());
        }
        watch_ = std::move(*watch);
        show("Commands: call number=5551234 name=\"J DOE\", state?, hangup, help, quit.\n> ");
        return {};
    }

private:
    void onReadable() {
        std::array<char, 1024> buffer{};
        const auto got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (got <= 0) {
            if (got == 0 || errno != EINTR) {
                watch_.reset();  // Ctrl-D: the modem stays, the prompt goes
                show("\n(no more commands from here; Ctrl-C ends the simulation)\n");
            }
            return;
        }
        pending_.append(buffer.data(), static_cast<std::size_t>(got));
        for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
            const std::string line = pending_.substr(0, end);
            pending_.erase(0, end + 1);
            if (line.find_first_not_of(" \t\r") != std::string::npos) {
                show(control_.run(line) + "\n");
            }
            if (control_.quitAsked()) {
                loop_.stop();
                return;
            }
            show("> ");
        }
    }

    static void show(std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    }

    hal::EventLoop& loop_;
    sim::CommandReceiver& control_;
    hal::Watch watch_;
    std::string pending_;
};

ExitCode listModems(Console& console) {
    for (const sim::Personality& personality : sim::personalities()) {
        console.result(fmt::format("{:<14} {}", personality.name, personality.description));
        JsonLine line;
        console.object(
            line.set("modem", personality.name).set("description", personality.description));
    }
    for (const sim::UsbModelKind& kind : sim::usbModelKinds()) {
        console.result(fmt::format("{:<14} {}", kind.name, kind.description));
        JsonLine line;
        console.object(line.set("usb", kind.name).set("description", kind.description));
    }
    return ExitCode::Ok;
}

/// "sim:5550100", "usbip 1-1", "/dev/pts/5".
std::string_view placeKey(std::string_view place) {
    return place.starts_with("sim:") ? "port" : place.starts_with("usbip") ? "usb" : "pty";
}

void tellReady(Console& console, const SimulateOptions& options, const std::string& country,
               const sim::NetworkLine& line) {
    const bool modem = line.modem != nullptr;
    console.result(fmt::format(
        "{} on a simulated line, country {}, number {}{}{}",
        modem ? fmt::format("A modem ({})", line.device) : fmt::format("Device: {},", line.device),
        country, line.line->number(), line.place.empty() ? "" : ": ", line.place));
    JsonLine object;
    object.set("event", "ready").set(modem ? "modem" : "device", line.device);
    object.set("country", country).set("number", line.line->number());
    object.setUnlessEmpty(placeKey(line.place), line.place);
    object.setUnlessEmpty("control", options.control);
    console.object(object);
}

/// What is on the bus, and how a kernel gets it.
void tellUsb(Console& console, const sim::Network& network, const sim::UsbipOptions& usbip) {
    for (const sim::NetworkDevice& device : network.devices()) {
        std::vector<std::string> lines = device.lines;
        std::replace(lines.begin(), lines.end(), std::string{}, std::string{"(open)"});
        console.result(fmt::format("USB device {}: {}, {}{}{}", device.bus, device.model,
                                   device.description, lines.empty() ? "" : ", lines ",
                                   fmt::join(lines, " ")));
        JsonLine object;
        object.set("event", "usb").set("bus", device.bus).set("model", device.model);
        object.set("usb", fmt::format("{:04x}:{:04x}", device.vendor, device.product));
        object.set("lines", device.lines).setUnlessEmpty("place", device.place);
        console.object(object);
    }
    if (!network.usbipPort()) {
        return;
    }
    const std::uint32_t port = *network.usbipPort();
    const std::string tcp = port == 3240 ? "" : fmt::format(" --tcp-port {}", port);
    std::string example = "BUS";
    for (const sim::NetworkDevice& device : network.devices()) {
        example = device.place.starts_with("usbip") && example == "BUS" ? device.bus : example;
    }
    console.result(
        fmt::format("USB/IP on {}:{}; as root: modprobe vhci-hcd; usbip{} attach -r {} "
                    "-b {}",
                    usbip.address, port, tcp, usbip.address, example));
    JsonLine object;
    console.object(object.set("event", "usbip").set("address", usbip.address).set("port", port));
}

/// "5550100=call.wav".
Result<void> startRecording(sim::Network& network, const std::string& what) {
    const std::size_t equals = what.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == what.size()) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("--record {}: give NUMBER=FILE.wav, for example "
                                     "5550100=call.wav",
                                     what));
    }
    return network.record(what.substr(0, equals), what.substr(equals + 1));
}

/// Commands can come from standard input: not under a service manager, where it is /dev/null.
bool inputSpeaks() {
    struct stat input {};
    return ::fstat(STDIN_FILENO, &input) == 0 &&
           (!S_ISCHR(input.st_mode) || ::isatty(STDIN_FILENO) == 1);
}

ExitCode failure(Console& console, const hal::Error& error) {
    console.problem("cannot simulate", error);
    return exitCodeFor(error.code);
}

/// All of one run: the network on a loop, what is shown of it, and who gives it commands.
class Run {
public:
    Run(Console& console, const SimulateOptions& options, SimulatePlan plan)
        : console_(console),
          options_(options),
          scenario_(std::move(plan.scenario)),
          usbip_(std::move(plan.usbip)) {}

    Result<void> build(hal::EventLoop& loop) {
        sim::NetworkOptions how;
        how.outlets = !options_.fast;
        how.usbip = usbip_;
        auto network = sim::Network::create(loop, scenario_, how);
        if (!network) {
            return tl::unexpected(network.error());
        }
        network_ = std::move(*network);
        for (const std::string& what : options_.records) {
            if (auto recording = startRecording(*network_, what); !recording) {
                return recording;
            }
        }
        auto view =
            NetworkView::create(loop, console_, *network_, {options_.watch, options_.trace});
        if (!view) {
            return tl::unexpected(view.error());
        }
        view_ = std::move(*view);
        return {};
    }

    /// On virtual time, to its end or its limit, an hour when it has none.
    ExitCode runFast(hal::VirtualLoop& loop) {
        const hal::Duration limit = scenario_.limit.count() != 0 ? scenario_.limit : 1h;
        network_->start();
        const bool over = loop.advanceUntil([this] { return network_->isOver(); }, limit);
        console_.note(fmt::format(
            "{} after {:.3f} s of simulated time", over ? "Over" : "Stopped at its limit",
            std::chrono::duration<double>(loop.now().time_since_epoch()).count()));
        return view_->failures() == 0 ? ExitCode::Ok : ExitCode::Failed;
    }

    Result<void> runLive(hal::EventLoop& loop);

private:
    Result<void> takeCommands(hal::EventLoop& loop);

    Console& console_;
    const SimulateOptions& options_;
    sim::Scenario scenario_;
    std::optional<sim::UsbipOptions> usbip_;
    std::unique_ptr<sim::Network> network_;
    std::unique_ptr<NetworkView> view_;
    std::unique_ptr<sim::ControlServer> server_;
    std::unique_ptr<Prompt> prompt_;
    std::vector<hal::SignalWatch> signals_;
};

Result<void> Run::takeCommands(hal::EventLoop& loop) {
    if (!options_.control.empty()) {
        if (auto listening = server_->listen(options_.control); !listening) {
            return listening;
        }
    }
    for (const sim::NetworkLine& line : network_->lines()) {
        tellReady(console_, options_, scenario_.country, line);
    }
    tellUsb(console_, *network_, usbip_.value_or(sim::UsbipOptions{}));
    if (!usbip_ && !scenario_.devices.empty()) {
        console_.note("Give --usbip for a kernel to have the USB devices.");
    }
    if (!options_.control.empty()) {
        console_.note(fmt::format("Control socket: {}", options_.control));
    }
    if (options_.watch) {
        return {};  // the table has the terminal
    }
    if (::isatty(STDIN_FILENO) == 1 && console_.interactive()) {
        prompt_ = std::make_unique<Prompt>(loop, *network_);
        return prompt_->start();
    }
    return inputSpeaks() ? server_->attach(STDIN_FILENO, STDOUT_FILENO) : Result<void>{};
}

Result<void> Run::runLive(hal::EventLoop& loop) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        auto watch = hal::SignalWatch::create(loop, number, [&loop] { loop.stop(); });
        if (!watch) {
            return tl::unexpected(watch.error());
        }
        signals_.push_back(std::move(*watch));
    }
    server_ = std::make_unique<sim::ControlServer>(loop, *network_, [&loop] { loop.stop(); });
    if (auto taking = takeCommands(loop); !taking) {
        return taking;
    }
    hal::Timer limit{loop, [&loop] { loop.stop(); }};
    if (scenario_.limit.count() != 0) {
        limit.arm(scenario_.limit);
    }
    network_->start();
    loop.run();
    return {};
}

}  // namespace

ExitCode runSimulate(Console& console, const CommonOptions& common, const SimulateOptions& given) {
    if (given.list) {
        return listModems(console);
    }
    if (auto done = hal::configureLog(common.log.empty() ? "error" : common.log); !done) {
        return failure(console, done.error());
    }
    auto plan = planSimulation(given, common.country);
    if (!plan) {
        return failure(console, plan.error());
    }
    if (given.fast) {
        hal::VirtualLoop loop;
        Run run{console, given, std::move(*plan)};
        auto built = run.build(loop);
        return built ? run.runFast(loop) : failure(console, built.error());
    }
    auto loop = hal::EpollLoop::create();
    if (!loop) {
        return failure(console, loop.error());
    }
    Run run{console, given, std::move(*plan)};
    auto done = run.build(**loop);
    if (done) {
        done = run.runLive(**loop);
    }
    return done ? ExitCode::Ok : failure(console, done.error());
}

}  // namespace tipring::tools
