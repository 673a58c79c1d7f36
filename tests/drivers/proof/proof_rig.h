// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapter_models.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::proof {

using namespace std::chrono_literals;
using tapi::LineCallState;
using Call = std::shared_ptr<tapi::Call>;

/// An application over the manager, with adapters; what was said is kept.
class ProofRig : public testing::Test {
protected:
    struct Sink final : tapi::EventSink {
        void onEvent(const tapi::Event& event) override {
            if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
                calls.push_back(fresh->call);
            } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
                states[state->call->id()].push_back(state->lineState);
            } else if (const auto* mine = std::get_if<tapi::PrivateEvent>(&event)) {
                privates.push_back(mine->event);
            }
        }
        std::vector<Call> calls;
        std::map<std::uint64_t, std::vector<LineCallState>> states;
        std::vector<std::string> privates;
    };

    ProofRig() {
        hal::setLogSink([this](hal::LogLevel level, std::string_view, std::string_view text) {
            if (level >= hal::LogLevel::Warning) {
                warnings.emplace_back(text);
            }
        });
        manager = std::make_unique<core::LineManager>(loop);
        app = manager->createApplication("proof");
        app->setEventSink(&sink);
        app->setEventFilter(tapi::kAllEvents);
    }
    ~ProofRig() override {
        loop.advance(20ms);
        call.reset();
        sink.calls.clear();
        for (const auto& [id, states] : sink.states) {
            EXPECT_LE(std::count(states.begin(), states.end(), LineCallState::Idle), 1)
                << "call " << id << " was idle twice";
        }
        app.reset();
        for (const auto& breach : manager->breaches()) {
            ADD_FAILURE() << breach.function << ": " << breach.text;
        }
        manager.reset();
        models.clear();
        hal::setLogSink({});
    }
    /// An adapter on the bus under that name.
    AdapterModel& plug(const AdapterKind& kind, const char* country = "US",
                       const std::string& busName = "proof") {
        models.push_back(kind.make(loop, country, busName));
        return *models.back();
    }
    void serve(const AdapterKind& kind, core::ProviderConfig config = {},
               const std::string& devices = "sim:proof") {
        config["device"] = devices;
        config.emplace("country", "US");
        ASSERT_TRUE(manager->addProvider(*kind.provider(), config));
    }
    bool served(std::size_t lines, hal::Duration limit = 120s) {
        const bool there =
            loop.advanceUntil([&] { return app->addresses().size() >= lines; }, limit);
        loop.advance(100ms);
        return there;
    }
    [[nodiscard]] std::shared_ptr<tapi::Address> line(std::size_t which = 0) {
        return app->addresses().at(which);
    }
    void own(std::size_t which = 0) {
        tapi::CallNotification wanted;
        wanted.mediaModes = tapi::MediaMode::AutomatedVoice | tapi::MediaMode::InteractiveVoice;
        ASSERT_TRUE(app->registerCallNotifications(line(which), wanted));
        loop.advance(1s);
    }
    [[nodiscard]] bool inService(std::size_t which = 0) {
        return app->addresses().size() > which &&
               line(which)->state() == tapi::AddressState::InService;
    }
    bool comesBack(std::size_t which = 0, hal::Duration limit = 180s) {
        return loop.advanceUntil([&] { return inService(which); }, limit);
    }
    bool reaches(LineCallState state, hal::Duration limit = 60s) {
        const bool there = loop.advanceUntil([&] { return call->lineState() == state; }, limit);
        loop.advance(1ms);
        return there;
    }
    [[nodiscard]] auto times(const Call& of, LineCallState state) {
        const auto& all = sink.states[of->id()];
        return std::count(all.begin(), all.end(), state);
    }
    /// Somebody calls, or the telephone is called; both talk.
    void talk(AdapterModel& model, std::size_t which = 0) {
        if (model.phone() == nullptr) {
            sink.calls.clear();
            ASSERT_TRUE(model.farEnd()->call(kOurNumber, {}));
            ASSERT_TRUE(loop.advanceUntil([&] { return !sink.calls.empty(); }, 30s));
            call = sink.calls.front();
            loop.advance(1s);
            ASSERT_TRUE(call->answer({}));
        } else {
            dial("5551234", which);
            ASSERT_TRUE(reaches(LineCallState::Ringback));
            loop.advance(1s);
            model.phone()->lift();
        }
        ASSERT_TRUE(reaches(LineCallState::Connected));
        loop.advance(1s);
    }
    void dial(const char* number, std::size_t which = 0) {
        const auto made = line(which)->createCall(number, tapi::MediaMode::InteractiveVoice);
        ASSERT_TRUE(made) << made.error().text();
        call = *made;
        ASSERT_TRUE(call->connect({}));
        loop.advance(50ms);
    }
    /// Whoever is at the other end puts the telephone down.
    void putDown(AdapterModel& model) {
        if (model.phone() != nullptr) {
            model.phone()->hangUp();
        } else {
            model.farEnd()->hangUp();
        }
    }

    hal::VirtualLoop loop;
    std::vector<std::unique_ptr<AdapterModel>> models;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> app;
    Sink sink;
    Call call;
    std::vector<std::string> warnings;
};

}  // namespace tipring::proof
