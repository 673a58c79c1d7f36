// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "commands.h"
#include "console.h"
#include "json_line.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/sim/country.h"
#include "tipring/hal/sim/personality.h"
#include "tipring/hal/sim/simulation.h"

namespace tipring::tools {
namespace {

using hal::Result;

/// A person at the prompt: whole lines from a terminal, each answered at once.
class Prompt {
public:
    Prompt(hal::EventLoop& loop, sim::Control& control) : loop_(loop), control_(control) {}

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
    sim::Control& control_;
    hal::Watch watch_;
    std::string pending_;
};

ExitCode listModems(Console& console) {
    for (const sim::Personality& personality : sim::personalities()) {
        console.result(fmt::format("{:<10} {}", personality.name, personality.description));
        JsonLine line;
        console.object(
            line.set("modem", personality.name).set("description", personality.description));
    }
    return ExitCode::Ok;
}

void tellReady(Console& console, const SimulateOptions& options, const std::string& path) {
    console.result(fmt::format("A modem ({}) on a simulated line, country {}, number {}: {}",
                               options.modem, options.country, options.number, path));
    if (!options.control.empty()) {
        console.note(fmt::format("Control socket: {}", options.control));
    }
    JsonLine line;
    line.set("event", "ready").set("modem", options.modem).set("country", options.country);
    line.set("number", options.number).set("pty", path).setUnlessEmpty("control", options.control);
    console.object(line);
}

Result<std::unique_ptr<sim::Simulation>> makeSimulation(hal::EventLoop& loop,
                                                        const SimulateOptions& options,
                                                        std::string& path) {
    auto simulation = sim::Simulation::create(
        loop, {.modem = options.modem, .country = options.country, .number = options.number});
    if (!simulation) {
        return simulation;
    }
    auto opened = (*simulation)->openPty(options.pty);
    if (!opened) {
        return tl::unexpected(opened.error());
    }
    path = *opened;
    if (!options.control.empty()) {
        if (auto listening = (*simulation)->listen(options.control); !listening) {
            return tl::unexpected(listening.error());
        }
    }
    return simulation;
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

}  // namespace

ExitCode runSimulate(Console& console, const CommonOptions& common, const SimulateOptions& given) {
    if (given.list) {
        return listModems(console);
    }
    if (auto done = hal::configureLog(common.log.empty() ? "error" : common.log); !done) {
        return failure(console, done.error());
    }
    auto loop = hal::EpollLoop::create();
    if (!loop) {
        return failure(console, loop.error());
    }
    SimulateOptions options = given;
    if (!common.country.empty()) {
        options.country = common.country;
    }
    std::string path;
    auto simulation = makeSimulation(**loop, options, path);
    if (!simulation) {
        return failure(console, simulation.error());
    }
    (*simulation)->onQuit([&loop] { (*loop)->stop(); });
    std::vector<hal::SignalWatch> signals;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        auto watch = hal::SignalWatch::create(**loop, number, [&loop] { (*loop)->stop(); });
        if (!watch) {
            return failure(console, watch.error());
        }
        signals.push_back(std::move(*watch));
    }
    tellReady(console, options, path);
    Prompt prompt(**loop, (*simulation)->control());
    const bool person = ::isatty(STDIN_FILENO) == 1 && console.interactive();
    Result<void> reading;
    if (person) {
        reading = prompt.start();
    } else if (inputSpeaks()) {
        reading = (*simulation)->attach(STDIN_FILENO, STDOUT_FILENO);
    }
    if (!reading) {
        return failure(console, reading.error());
    }
    (*loop)->run();
    return ExitCode::Ok;
}

}  // namespace tipring::tools
