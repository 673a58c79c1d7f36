// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "tapi_core/fake_provider.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/tapi_core/manager/line_manager.h"
#include "tipring/tapi_core/rpc/server.h"

namespace tipring::test {

/// A line manager with a fake provider and its server, on a loop and a thread of their own: what
/// a client meets is another process to it.
class ServiceThread {
public:
    struct Options {
        std::string bus{};   ///< empty: none
        std::string peer{};  ///< empty: none
        std::size_t lines = 1;
        rpc::ClientLimits limits{};
        std::function<void(FakeProvider&)> prepare{};  ///< before it is added
    };
    explicit ServiceThread(Options options);
    ~ServiceThread();
    ServiceThread(const ServiceThread&) = delete;
    ServiceThread& operator=(const ServiceThread&) = delete;

    struct Parts {
        hal::EpollLoop& loop;
        FakeProvider& fake;
        core::LineManager& manager;
        rpc::Server& server;
    };
    /// Runs it on the service's thread and waits.
    void run(const std::function<void(Parts&)>& task);
    /// Lets everything happen there that is due.
    void settle();

private:
    void work();

    Options options_;
    std::unique_ptr<hal::EpollLoop> loop_;
    std::unique_ptr<FakeProvider> fake_;
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<rpc::Server> server_;
    std::thread thread_;
};

}  // namespace tipring::test
