// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "console.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/network.h"

namespace tipring::tools {

/// Shows what happens in a simulated network: to a trace file, one JSON object a line, and to
/// people: a table on a terminal, a line for each event elsewhere. Scripts that fail are told on
/// standard error in any case.
class NetworkView {
public:
    struct Options {
        bool watch = false;
        std::string trace;  ///< file; empty: none
    };

    /// Listens to the network, which outlives it. Fails where the trace cannot be written.
    static hal::Result<std::unique_ptr<NetworkView>> create(hal::EventLoop& loop, Console& console,
                                                            sim::Network& network,
                                                            const Options& options);
    ~NetworkView();

    /// Scripts that failed so far.
    [[nodiscard]] unsigned failures() const { return failures_; }

private:
    NetworkView(hal::EventLoop& loop, Console& console, sim::Network& network, bool watch);
    void onEvent(const sim::NetworkEvent& event);
    void draw();

    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    hal::EventLoop& loop_;
    Console& console_;
    sim::Network& network_;
    bool watch_;
    std::unique_ptr<std::FILE, Closer> trace_;
    std::optional<hal::Timer> redraw_;
    std::size_t drawn_ = 0;  ///< lines of the table on the screen
    unsigned failures_ = 0;
};

}  // namespace tipring::tools
