// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>

#include "daemon.h"
#include "tipring/hal/base/epoll_loop.h"

namespace {

int fail(const tipring::hal::Error& error) {
    fmt::print(stderr, "tipringd: {}\n", error.cause);
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace tipring;
    std::signal(SIGPIPE, SIG_IGN);
    tools::DaemonOptions options;
    CLI::App app{"The telephony service: lines and calls of this machine for all its programs"};
    app.add_option("--config", options.config, "Configuration (default /etc/tipring/tipringd.toml)")
        ->type_name("FILE");
    auto* session = app.add_flag("--session-bus", options.sessionBus, "Serve on the session bus");
    auto* system = app.add_flag("--system-bus", options.systemBus, "Serve on the system bus");
    app.add_option("--address", options.address, "Serve on the bus daemon at this address")
        ->type_name("ADDRESS")
        ->excludes(session)
        ->excludes(system);
    app.add_option("--listen", options.listen, "Serve at unix:path=FILE without a bus daemon")
        ->type_name("ADDRESS");
    app.add_option("--log", options.log, "Log levels: info, rpc=debug, ...")->type_name("LEVELS");
    app.add_option("--state-directory", options.stateDirectory, "Where line ids are kept")
        ->type_name("FOLDER");
    auto* simulate = app.add_option("--simulate", options.scenario,
                                    "Simulated lines of a scenario file, or one with a modem");
    simulate->expected(0, 1)->type_name("[SCENARIO]");
    app.set_version_flag("--version", TIPRING_VERSION);
    session->excludes(system);
    CLI11_PARSE(app, argc, argv);
    options.simulate = simulate->count() > 0;

    auto loop = hal::EpollLoop::create();
    if (!loop) {
        return fail(loop.error());
    }
    tools::Daemon daemon(**loop, std::move(options));
    if (auto started = daemon.start(); !started) {
        return fail(started.error());
    }
    return daemon.run();
}
