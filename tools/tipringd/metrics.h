// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/rpc/server.h"

namespace tipring::tools {

/// Hears what happens on all lines, as one more application that only monitors. No number and no
/// name comes into it. Thread: the loop's.
class CallCounts final : private tapi::EventSink {
public:
    explicit CallCounts(std::unique_ptr<tapi::Tapi> tapi);
    ~CallCounts() override;

    /// Appends its part of the page.
    void write(std::string& page) const;

private:
    void onEvent(const tapi::Event& event) override;
    void watchNewLines();

    std::unique_ptr<tapi::Tapi> tapi_;
    std::map<std::uint32_t, tapi::RegistrationCookie> watched_;
    std::map<std::string, std::uint64_t, std::less<>> states_;    ///< reached, by its name
    std::map<std::string, std::uint64_t, std::less<>> outcomes_;  ///< by the disconnect mode
    std::uint64_t events_ = 0;
};

/// Appends the counters of the server in Prometheus's text format 0.0.4.
void writeServerMetrics(const rpc::ServerCounters& counters, std::size_t clients,
                        std::string& page);

/// Answers GET /metrics with a page, over HTTP/1.0, on the loop: at most 8 connections, 4 KiB of
/// request, 5 s. Every other request is refused. Thread: the loop's.
class MetricsServer {
public:
    using Page = std::function<std::string()>;
    MetricsServer(hal::EventLoop& loop, Page page);
    ~MetricsServer();

    /// "127.0.0.1:9717", "[::1]:9717" or "unix:/run/tipring/metrics" (for the file's owner and
    /// group). INVALPARAM where it is neither: nothing else than this machine may ask.
    hal::Result<void> listen(const std::string& address);

private:
    struct Connection;
    struct Listener {
        std::string path{};  ///< of a Unix socket: removed at the end
        hal::FileDescriptor socket{};
        hal::Watch watch{};
    };
    void accept(int socket);
    void serve(Connection& connection);
    void end(Connection& connection);

    hal::EventLoop& loop_;
    Page page_;
    std::list<Listener> listeners_;
    std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace tipring::tools
