// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tapi_core/rpc/test_bus.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/tapi_core/rpc/client.h"

namespace tipring::test {

using namespace std::chrono_literals;

/// tipringd as a process on a bus of the test's own, and a client of it.
class Tipringd : public testing::Test {
protected:
    void start(std::vector<std::string> more = {"--simulate"}) {
        std::vector<std::string> arguments{TIPRINGD, "--address", bus.address(),
                                           "--state-directory", bus.folder()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        daemon.emplace(arguments);
        for (int i = 0; i < 1000 && !tapi; ++i) {
            auto made =
                rpc::connect(*loop, {{rpc::BusAddress::Kind::Bus, bus.address()}, "daemon test"});
            if (made) {
                tapi = std::move(*made);
            } else {
                loop->runOnce(20ms);
            }
        }
        ASSERT_TRUE(tapi) << daemon->errors();
    }
    /// Asks every 20 ms, for as long as a simulated modem may take to start on a busy machine.
    bool until(const std::function<bool()>& done) {
        const auto end = loop->now() + 30s;
        while (!done() && loop->now() < end) {
            for (const auto next = loop->now() + 20ms; loop->now() < next;) {
                loop->runOnce(next - loop->now());
            }
        }
        return done();
    }
    std::string busctl(std::vector<std::string> arguments) {
        std::vector<std::string> all{"/usr/bin/env", "busctl", "--address=" + bus.address()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        tools::Process process(all);
        process.finish();
        return process.output() + process.errors();
    }

    TestBus bus;
    std::optional<tools::Process> daemon;
    std::unique_ptr<hal::EpollLoop> loop = hal::EpollLoop::create().value();
    std::unique_ptr<tapi::Tapi> tapi;
};

}  // namespace tipring::test
