// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon_settings.h"
#include "metrics.h"
#include "notify.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/network.h"
#include "tipring/tapi_core/isolation/isolated_provider.h"
#include "tipring/tapi_core/manager/line_manager.h"
#include "tipring/tapi_core/rpc/server.h"

namespace tipring::tools {

struct DaemonOptions {
    std::string config;  ///< empty: the default file, if it is there
    bool sessionBus = false;
    bool systemBus = false;
    std::string address;              ///< of a bus daemon
    std::vector<std::string> listen;  ///< besides those of the configuration
    std::string log;
    std::string stateDirectory;
    bool simulate = false;  ///< simulated lines, and no others
    std::string scenario;   ///< a file; empty: one line with a modem
};

/// The service: lines of the configuration, and the bus that offers them. Thread: the loop's.
class Daemon {
public:
    Daemon(hal::EventLoop& loop, DaemonOptions options);
    ~Daemon();

    /// Everything that must be there before it is ready.
    hal::Result<void> start();
    /// Until SIGTERM or SIGINT; 0, or 1 where the bus was lost.
    int run();

private:
    hal::Result<void> configure();
    hal::Result<void> startSimulation();
    hal::Result<void> addProviders();
    hal::Result<void> addLibrary(const DaemonSettings::Provider& one);
    void addModems();
    hal::Result<void> serve();
    void applyRights();
    hal::Result<void> offerMetrics();
    void reload();
    hal::Result<void> watchSignals();
    [[nodiscard]] std::string summary() const;

    hal::EventLoop& loop_;
    const DaemonOptions options_;
    DaemonSettings settings_;
    Notify notify_;
    int exitCode_ = 0;
    std::set<std::string> ports_;  ///< that a provider has already
    std::set<std::string> libraries_;
    std::unique_ptr<sim::Network> network_;
    std::vector<std::unique_ptr<isolation::IsolatedProvider>> isolated_;  ///< outlive the manager
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<rpc::Server> server_;
    std::unique_ptr<CallCounts> counts_;
    std::unique_ptr<MetricsServer> metrics_;
    std::vector<hal::SignalWatch> signals_;
};

}  // namespace tipring::tools
