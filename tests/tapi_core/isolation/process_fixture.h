// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tapi_core/manager_fixture.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/tapi_core/isolation/isolated_provider.h"

namespace tipring::test {

/// The villain in a host process, and beside it a provider in this one. Real time: it waits for
/// what happens, never for a span.
class ProcessFixture : public testing::Test {
protected:
    ProcessFixture() : loop(*hal::EpollLoop::create()) {
        hal::setLogSink([this](hal::LogLevel, std::string_view, std::string_view text) {
            logLines.emplace_back(text);
        });
        options.program = TIPRING_HOST_PROGRAM;
        options.restart.firstDelay = 5ms;
        options.restart.longestDelay = 20ms;
        options.restart.callLimit = 20s;  // a busy machine is no fault
        options.restart.startLimit = 20s;
        options.restart.pingLimit = 20s;
    }
    ~ProcessFixture() override {
        application.reset();
        manager.reset();
        hal::setLogSink({});
    }

    void start() {
        auto loaded = isolation::loadProvider(TIPRING_VILLAIN, options);
        ASSERT_TRUE(loaded) << loaded.error().text();
        isolated = std::move(*loaded);
        manager = std::make_unique<core::LineManager>(*loop);
        ASSERT_TRUE(manager->addProvider(isolated->table(), {}));
        ASSERT_TRUE(manager->addProvider(fake.table, {}));
        application = std::make_unique<Application>(*manager, "test");
        for (const auto& address : application->tapi->addresses()) {
            registered =
                application->tapi->registerCallNotifications(address, {}).has_value() && registered;
        }
    }

    /// Runs until it holds.
    [[nodiscard]] bool until(const std::function<bool()>& done) {
        bool met = false;
        hal::Timer look(*loop, [&] {
            met = done();
            met ? loop->stop() : look.arm(1ms);
        });
        hal::Timer limit(*loop, [&] { loop->stop(); });
        look.arm(0ms);
        limit.arm(30s);
        loop->run();
        return met;
    }

    [[nodiscard]] std::shared_ptr<tapi::Address> lineOf(const std::string& provider) const {
        for (const auto& address : application->tapi->addresses()) {
            if (address->providerName() == provider) {
                return address;
            }
        }
        return nullptr;
    }
    [[nodiscard]] bool inService() const {
        const auto line = lineOf("villain");
        return line != nullptr && line->state() == tapi::AddressState::InService;
    }
    void tell(const std::string& what, tapi::Reply reply = {}) {
        const auto asked = lineOf("villain")->devSpecific(what, std::move(reply));
        static_cast<void>(asked);
    }
    [[nodiscard]] std::size_t idles() const {
        const auto states = application->events.states();
        return static_cast<std::size_t>(
            std::count(states.begin(), states.end(), tapi::LineCallState::Idle));
    }
    [[nodiscard]] bool reached(tapi::LineCallState state) const {
        const auto states = application->events.states();
        return std::find(states.begin(), states.end(), state) != states.end();
    }
    [[nodiscard]] bool logged(std::string_view text) const {
        return std::any_of(logLines.begin(), logLines.end(), [text](const std::string& line) {
            return line.find(text) != std::string::npos;
        });
    }

    /// How long a function took says more of the machine here.
    [[nodiscard]] std::size_t breachesButTime() const {
        const auto all = manager->breaches();
        return static_cast<std::size_t>(
            std::count_if(all.begin(), all.end(), [](const core::ContractBreach& breach) {
                return breach.rule != core::ContractRule::BlockedLoop;
            }));
    }

    std::vector<std::string> logLines;
    std::unique_ptr<hal::EpollLoop> loop;
    isolation::Options options;
    FakeProvider fake;
    std::unique_ptr<isolation::IsolatedProvider> isolated;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<Application> application;
    bool registered = true;  ///< on all lines
};

}  // namespace tipring::test
