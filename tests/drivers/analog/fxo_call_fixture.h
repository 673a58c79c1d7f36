// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "sim_fxo_port.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::analog {

using namespace std::chrono_literals;
using tapi::LineCallState;

struct CallEvents final : tapi::EventSink {
    void onEvent(const tapi::Event& event) override {
        if (const auto* call = std::get_if<tapi::CallNotificationEvent>(&event)) {
            calls.push_back(call->call);
        } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            states.push_back(state->lineState);
        }
    }
    [[nodiscard]] std::size_t count(LineCallState state) const {
        return static_cast<std::size_t>(std::count(states.begin(), states.end(), state));
    }
    std::vector<std::shared_ptr<tapi::Call>> calls;
    std::vector<LineCallState> states;
};

/// A line with an application, and somebody far away.
class FxoCallTest : public testing::Test {
protected:
    void begin(const char* country) {
        sim::ExchangeOptions options;
        options.country = country;
        exchange = std::make_unique<sim::Exchange>(loop, options);
        line = &exchange->addLine("5550100");
        farEnd = std::make_unique<sim::FarEnd>(*exchange);
        port = std::make_unique<SimFxoPort>(*line);
        ports.plug({.key = "sim/1", .name = "line 1", .adapter = "simulated", .fxo = port.get()});
        manager = std::make_unique<core::LineManager>(loop);
        ASSERT_TRUE(manager->addProvider(*tspi::providerTable<TestPorts>("analog"),
                                         {{"country", country}}));
        app = manager->createApplication("app");
        app->setEventSink(&events);
        app->setEventFilter(tapi::kAllEvents);
        address = app->addresses().at(0);
        tapi::CallNotification wanted;
        wanted.mediaModes = tapi::MediaMode::AutomatedVoice | tapi::MediaMode::InteractiveVoice;
        ASSERT_TRUE(app->registerCallNotifications(address, wanted));
        loop.advance(1s);
    }
    ~FxoCallTest() override {
        events.calls.clear();
        call.reset();
        address.reset();
        app.reset();
        if (manager) {
            for (const auto& breach : manager->breaches()) {
                ADD_FAILURE() << breach.function << ": " << breach.text;
            }
        }
        manager.reset();
        port.reset();
    }
    bool reaches(LineCallState state, hal::Duration limit = 30s) {
        const bool there = loop.advanceUntil([&] { return call->lineState() == state; }, limit);
        loop.advance(1ms);  // its event comes behind
        return there;
    }
    void ringing() {
        sim::CallerId id;
        id.number = "5551234567";
        id.name = "JANE DOE";
        ASSERT_TRUE(farEnd->call("5550100", id));
        ASSERT_TRUE(loop.advanceUntil([&] { return !events.calls.empty(); }, 20s));
        call = events.calls.at(0);
    }
    void dial(const char* number) {
        const auto made = address->createCall(number, tapi::MediaMode::InteractiveVoice);
        ASSERT_TRUE(made);
        call = *made;
        ASSERT_TRUE(call->connect([&](const tapi::Result<void>& result) { reply = result; }));
        loop.advance(100ms);
        ASSERT_TRUE(reply && reply->has_value());
    }
    void expectIdleOnce() {
        EXPECT_TRUE(reaches(LineCallState::Idle));
        loop.advance(5s);
        EXPECT_EQ(events.count(LineCallState::Idle), 1U);
        EXPECT_EQ(line->state(), sim::Line::State::Idle);
    }

    hal::VirtualLoop loop;
    TestPorts ports;
    std::unique_ptr<sim::Exchange> exchange;
    sim::Line* line = nullptr;
    std::unique_ptr<sim::FarEnd> farEnd;
    std::unique_ptr<SimFxoPort> port;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> app;
    CallEvents events;
    std::shared_ptr<tapi::Address> address;
    std::shared_ptr<tapi::Call> call;
    std::optional<tapi::Result<void>> reply;
};

}  // namespace tipring::analog
