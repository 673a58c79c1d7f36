// SPDX-License-Identifier: Apache-2.0
// A telephone on an FXS port as an application sees it: line, phone, and the routing of its calls.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "scripted_fxs_port.h"
#include "sim_fxo_port.h"
#include "tipring/hal/dsp/tone.h"
#include "tipring/tapi_core/manager/line_manager.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::analog {
namespace {

using namespace std::chrono_literals;
using tapi::LineCallState;

struct Events final : tapi::EventSink {
    void onEvent(const tapi::Event& event) override {
        if (const auto* call = std::get_if<tapi::CallNotificationEvent>(&event)) {
            calls.push_back(call->call);
        } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            states.push_back(state->lineState);
        } else if (const auto* phone = std::get_if<tapi::PhoneEvent>(&event)) {
            if (phone->kind == tapi::PhoneEvent::Kind::HookSwitch) {
                hooks.push_back(phone->value);
            } else if (phone->kind == tapi::PhoneEvent::Kind::Button) {
                buttons.push_back(phone->buttonId);
            }
        } else if (const auto* mine = std::get_if<tapi::PrivateEvent>(&event)) {
            privates.push_back(mine->event);
        }
    }
    [[nodiscard]] std::size_t count(LineCallState state) const {
        return static_cast<std::size_t>(std::count(states.begin(), states.end(), state));
    }
    std::vector<std::shared_ptr<tapi::Call>> calls;
    std::vector<LineCallState> states;
    std::vector<std::uint32_t> hooks, buttons;
    std::vector<std::string> privates;
};

class FxsCallTest : public testing::Test {
protected:
    FxsCallTest() {
        ports.plug({.key = "fxs/1", .name = "phone 1", .adapter = "scripted", .fxs = &port});
        manager = std::make_unique<core::LineManager>(loop);
        EXPECT_TRUE(manager->addProvider(*tspi::providerTable<TestPorts>("analog"),
                                         {{"dialPlan", "xxxx"}}));
        app = manager->createApplication("app");
        app->setEventSink(&events);
        app->setEventFilter(tapi::kAllEvents);
        address = app->addresses().at(0);
        tapi::CallNotification wanted;
        wanted.mediaModes = tapi::MediaMode::AutomatedVoice | tapi::MediaMode::InteractiveVoice;
        EXPECT_TRUE(app->registerCallNotifications(address, wanted));
        phone = app->phones().at(0);
        EXPECT_TRUE(phone->open(tapi::PhonePrivilege::Owner));
        loop.advance(100ms);
    }
    ~FxsCallTest() override {
        events.calls.clear();
        call.reset();
        phone.reset();
        address.reset();
        app.reset();
        for (const auto& breach : manager->breaches()) {
            ADD_FAILURE() << breach.function << ": " << breach.text;
        }
        manager.reset();
    }
    void dialTones(std::string_view keys) {
        std::vector<std::int16_t> samples(keys.size() * 1600 + 800);
        dsp::DtmfGenerator generator(800, 800, -12);
        ASSERT_TRUE(generator.push(keys));
        generator.mix(samples);
        port.say(samples);
        loop.advance(std::chrono::milliseconds{samples.size() / 8 + 100});
    }
    void liftAndDial() {
        port.hook(true);
        loop.advance(500ms);
        ASSERT_EQ(events.calls.size(), 1U);
        call = events.calls.at(0);
        EXPECT_EQ(call->lineState(), LineCallState::DialTone);
        dialTones("1234");
        EXPECT_EQ(call->lineState(), LineCallState::Proceeding);
        EXPECT_EQ(call->info().called.number, "1234");
    }
    void ask(const char* method, std::vector<tapi::Value> arguments = {}) {
        const auto routing = call->queryInterface("org.tipring.FxsCall", 1);
        ASSERT_TRUE(routing) << routing.error().text();
        std::optional<bool> done;
        ASSERT_TRUE((*routing)->call(
            method, std::move(arguments),
            [&](const tapi::Result<std::vector<tapi::Value>>& got) { done = got.has_value(); }));
        loop.advance(10ms);
        EXPECT_EQ(done, true) << method;
    }

    hal::VirtualLoop loop;
    ScriptedFxsPort port{loop};
    TestPorts ports;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> app;
    Events events;
    std::shared_ptr<tapi::Address> address;
    std::shared_ptr<tapi::Phone> phone;
    std::shared_ptr<tapi::Call> call;
};

TEST_F(FxsCallTest, TheTelephoneDialsAndTheApplicationConnectsIt) {
    liftAndDial();
    ask("Ringback");
    EXPECT_EQ(call->lineState(), LineCallState::Ringback);
    ask("Connect");
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    port.breakFor(500ms);
    loop.advance(100ms);
    EXPECT_EQ(events.privates, (std::vector<std::string>{"Flash"}));
    port.hook(false);
    loop.advance(3s);
    EXPECT_EQ(call->lineState(), LineCallState::Idle);
    EXPECT_EQ(events.count(LineCallState::Idle), 1U);
    EXPECT_EQ(events.hooks, (std::vector<std::uint32_t>{PHONEHOOKSWITCHMODE_MICSPEAKER,
                                                        PHONEHOOKSWITCHMODE_ONHOOK}));
    const std::vector<std::uint32_t> buttons{1, 1, 2, 2, 3, 3, 4, 4, 12, 12};
    EXPECT_EQ(events.buttons, buttons);
}

TEST_F(FxsCallTest, ARefusedTelephoneHearsBusyAndIsIdleOnceItIsPutDown) {
    liftAndDial();
    ask("Refuse", {tapi::Value{false}});
    EXPECT_EQ(call->lineState(), LineCallState::Busy);
    port.hook(false);
    loop.advance(3s);
    EXPECT_EQ(events.count(LineCallState::Idle), 1U);
}

TEST_F(FxsCallTest, ACallToTheTelephoneRingsItWithCallerId) {
    const auto made = address->createCall("5551234", tapi::MediaMode::InteractiveVoice);
    ASSERT_TRUE(made);
    call = *made;
    ASSERT_TRUE(call->connect({}));
    loop.advance(1s);
    EXPECT_EQ(call->lineState(), LineCallState::Ringback);
    EXPECT_EQ(port.feed, FxsFeed::Ringing);
    loop.advance(6s);
    port.hook(true);
    loop.advance(200ms);
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    EXPECT_TRUE(call->connectionConfirmed());
    std::optional<bool> dropped;
    ASSERT_TRUE(call->disconnect([&](const tapi::Result<void>& got) { dropped = !!got; }));
    loop.advance(1s);
    EXPECT_EQ(dropped, true);
    EXPECT_EQ(events.count(LineCallState::Idle), 1U);
    port.hook(false);
    loop.advance(3s);
    EXPECT_TRUE(events.calls.empty());
}

TEST_F(FxsCallTest, NobodyLiftsTheTelephone) {
    tapi::CallParams params;
    params.mediaModes = tapi::MediaMode::InteractiveVoice;
    params.noAnswerTimeout = 20s;
    const auto made = address->createCall("5551234", params);
    ASSERT_TRUE(made);
    call = *made;
    ASSERT_TRUE(call->connect({}));
    loop.advance(19s);
    EXPECT_EQ(call->lineState(), LineCallState::Ringback);
    loop.advance(2s);
    EXPECT_EQ(call->lineState(), LineCallState::Idle);
    EXPECT_EQ(events.count(LineCallState::Disconnected), 1U);
    EXPECT_EQ(port.feed, FxsFeed::Forward);
}

TEST_F(FxsCallTest, ThePhoneRingsAndLightsItsLamp) {
    ASSERT_TRUE(phone->setRing(2, 0xFFFF, {}));
    loop.advance(100ms);
    EXPECT_EQ(port.feed, FxsFeed::Ringing);
    EXPECT_EQ(phone->status()->ringMode, 2U);
    ASSERT_TRUE(phone->setRing(0, 0xFFFF, {}));
    loop.advance(100ms);
    EXPECT_EQ(port.feed, FxsFeed::Forward);
    ASSERT_TRUE(phone->setLamp(13, PHONELAMPMODE_STEADY, {}));
    loop.advance(100ms);
    EXPECT_EQ(phone->lamp(13), PHONELAMPMODE_STEADY);
}

TEST_F(FxsCallTest, UnplugEndsTheCallAndTheTelephoneComesBack) {
    liftAndDial();
    port.unplug();
    ports.unplug("fxs/1");
    loop.advance(1s);
    EXPECT_EQ(events.count(LineCallState::Idle), 1U);
    EXPECT_NE(address->state(), tapi::AddressState::InService);
    port.hook(false);
    ports.plug({.key = "fxs/1", .name = "phone 1", .adapter = "scripted", .fxs = &port});
    loop.advance(1s);
    EXPECT_EQ(address->state(), tapi::AddressState::InService);
    events.calls.clear();
    liftAndDial();
}

}  // namespace
}  // namespace tipring::analog
