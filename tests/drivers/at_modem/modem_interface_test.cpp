// SPDX-License-Identifier: Apache-2.0
// org.tipring.AtModem as an application sees it: through the manager, on simulated modems.
#include <gtest/gtest.h>

#include <optional>

#include "fake_modem.h"
#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/simulation.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::at_modem {
namespace {

using hal::ErrorCode;
using std::chrono::seconds;
using Values = std::vector<tapi::Value>;

constexpr const char* kName = "org.tipring.AtModem";

struct PrivateEvents final : tapi::EventSink {
    void onEvent(const tapi::Event& event) override {
        if (const auto* mine = std::get_if<tapi::PrivateEvent>(&event)) {
            heard.push_back(*mine);
        } else if (const auto* call = std::get_if<tapi::CallNotificationEvent>(&event)) {
            calls.push_back(call->call);
        }
    }
    std::vector<tapi::PrivateEvent> heard;
    std::vector<std::shared_ptr<tapi::Call>> calls;
};

/// A line manager with one modem and one application.
class ModemInterfaceRig {
public:
    void begin(const std::string& port) {
        manager = std::make_unique<core::LineManager>(loop);
        ASSERT_TRUE(manager->addProvider(*tipring_at_modem_provider(), {{"ports", port}}));
        tapi = manager->createApplication("app");
        tapi->setEventSink(&events);
        tapi->setEventFilter(tapi::kAllEvents);
        modem = tapi->addresses().at(0)->queryInterface(kName, 1).value();
    }
    /// Opens the line and waits for the modem.
    void ready() {
        line = tapi->addresses().at(0);
        tapi::CallNotification wanted;
        wanted.mediaModes = tapi::MediaMode::AutomatedVoice | tapi::MediaMode::DataModem;
        ASSERT_TRUE(tapi->registerCallNotifications(line, wanted));
        ASSERT_TRUE(loop.advanceUntil(
            [&] {
                return line->state() == tapi::AddressState::InService &&
                       !line->capabilities().providerInfo.empty() && reachable();
            },
            seconds{60}));
        loop.advance(seconds{3});
    }
    bool reachable() {
        return line->capabilities().providerInfo.find("not identified") == std::string::npos;
    }
    tapi::Result<Values> call(const char* method, Values arguments = {}) {
        std::optional<tapi::Result<Values>> outcome;
        const auto asked = modem->call(method, std::move(arguments),
                                       [&](const tapi::Result<Values>& got) { outcome = got; });
        if (!asked) {
            return tl::unexpected(asked.error());
        }
        loop.advanceUntil([&] { return outcome.has_value(); }, seconds{120});
        return outcome ? *outcome : hal::fail(ErrorCode::Timeout, "no reply at all");
    }
    std::string text(const char* method, Values arguments = {}) {
        const auto got = call(method, std::move(arguments));
        return got ? std::get<std::string>(got->at(0)) : "failed: " + got.error().text();
    }
    ErrorCode error(const char* method, Values arguments = {}) {
        const auto got = call(method, std::move(arguments));
        return got ? ErrorCode{} : got.error().code;
    }
    [[nodiscard]] std::size_t heard(const std::string& event, const tapi::Value& value) const {
        std::size_t count = 0;
        for (const auto& each : events.heard) {
            count += each.event == event && each.values == Values{value} ? 1 : 0;
        }
        return count;
    }

    hal::VirtualLoop loop;
    PrivateEvents events;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> tapi;
    std::shared_ptr<tapi::ProviderInterface> modem;
    std::shared_ptr<tapi::Address> line;
};

// ---- on the simulated modem of every family

class SimulatedModemInterfaceTest : public testing::TestWithParam<const char*>,
                                    protected ModemInterfaceRig {
protected:
    SimulatedModemInterfaceTest() {
        sim::SimulationOptions options;
        options.modem = GetParam();
        simulation = std::move(*sim::Simulation::create(loop, options));
        begin("sim:modem");
    }
    ~SimulatedModemInterfaceTest() override {
        modem.reset();
        line.reset();
        events.calls.clear();
        events.heard.clear();
        tapi.reset();
        manager.reset();
    }
    std::shared_ptr<tapi::Call> ringing() {
        EXPECT_TRUE(simulation->farEnd().call("5550100", {}));
        EXPECT_TRUE(loop.advanceUntil([&] { return !events.calls.empty(); }, seconds{20}));
        return events.calls.at(0);
    }
    std::shared_ptr<tapi::Call> answered() {
        auto call = ringing();
        EXPECT_TRUE(call->answer({}));
        EXPECT_TRUE(loop.advanceUntil(
            [&] { return call->lineState() == tapi::LineCallState::Connected; }, seconds{30}));
        return call;
    }
    std::unique_ptr<sim::Simulation> simulation;
};

TEST_P(SimulatedModemInterfaceTest, IsListedOnTheLineAndOpensItForACall) {
    const auto listed = tapi->addresses().at(0)->interfaces();
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0].name, kName);
    EXPECT_EQ(listed[0].methods.size(), 5u);
    EXPECT_EQ(listed[0].events.size(), 2u);
    // Nobody has the line open: it is opened, the modem started up and asked, and closed again.
    const auto identity = call("Identify");
    ASSERT_TRUE(identity) << identity.error().text();
    EXPECT_EQ(identity->size(), 4u);
    EXPECT_FALSE(std::get<std::string>(identity->at(3)).empty());
}

TEST_P(SimulatedModemInterfaceTest, ARawCommandGivesItsAnswer) {
    ready();
    const std::string product = text("Command", {std::string("I3")});
    EXPECT_EQ(product.find("failed"), std::string::npos) << product;
    EXPECT_FALSE(product.empty());
    EXPECT_EQ(text("Command", {std::string("S0=0")}), "") << "OK alone is no line of the answer";
}

TEST_P(SimulatedModemInterfaceTest, AnErrorCarriesTheModemsWords) {
    ready();
    const auto refused = call("Command", {std::string("+NOSUCH=1")});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::OperationFailed);
    EXPECT_NE(refused.error().cause.find("ERROR"), std::string::npos) << refused.error().cause;
    EXPECT_TRUE(call("Command", {std::string("E0")})) << "the modem goes on";
}

TEST_P(SimulatedModemInterfaceTest, WhatIsNoAtLineIsNotSent) {
    ready();
    for (const std::string& wrong :
         {std::string(), std::string("I0\rATD1"), std::string("I\n"), std::string("I\0", 2),
          std::string("\x10!"), std::string(201, 'I')}) {
        EXPECT_EQ(error("Command", {wrong}), ErrorCode::InvalParam) << wrong;
    }
    EXPECT_EQ(error("Command", {std::int32_t{1}}), ErrorCode::InvalParam);
    EXPECT_EQ(error("Command"), ErrorCode::InvalParam);
    EXPECT_EQ(error("command", {std::string("I0")}), ErrorCode::InvalFeature);
}

TEST_P(SimulatedModemInterfaceTest, TheSpeakerHasFourLevels) {
    ready();
    const auto first = call("SpeakerLevel");
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(first->at(0), tapi::Value(std::uint32_t{0})) << "the profile switches it off";
    for (const std::uint32_t level : {3U, 1U, 0U}) {
        ASSERT_TRUE(call("SetSpeakerLevel", {level}));
        EXPECT_EQ(call("SpeakerLevel")->at(0), tapi::Value(level));
    }
    EXPECT_EQ(error("SetSpeakerLevel", {std::uint32_t{4}}), ErrorCode::InvalParam);
    EXPECT_EQ(error("SetSpeakerLevel", {std::int32_t{-1}}), ErrorCode::InvalParam);
    EXPECT_TRUE(call("SetSpeakerLevel", {2.0})) << "a number that fits";
}

TEST_P(SimulatedModemInterfaceTest, DuringACallNoAtLineIsTaken) {
    ready();
    const bool data = std::string(GetParam()) == "data";  // no voice to answer with
    const auto running = data ? ringing() : answered();
    EXPECT_EQ(error("Command", {std::string("E0")}), ErrorCode::InUse);
    EXPECT_EQ(error("SetSpeakerLevel", {std::uint32_t{1}}), ErrorCode::InUse);
    EXPECT_TRUE(call("Identify"));
    EXPECT_TRUE(call("SpeakerLevel"));
    simulation->farEnd().hangUp();
    if (!data) {
        ASSERT_TRUE(running->disconnect({}));
    }
    ASSERT_TRUE(loop.advanceUntil([&] { return running->lineState() == tapi::LineCallState::Idle; },
                                  seconds{30}));
    loop.advance(seconds{10});
    EXPECT_TRUE(call("Command", {std::string("E0")})) << "and afterwards again";
}

TEST_P(SimulatedModemInterfaceTest, AParallelTelephoneIsToldWhereTheModemCan) {
    const std::string family = GetParam();
    const bool mute = family == "data" || family == "rockwell" || family == "si24xx";
    ready();
    if (mute) {
        EXPECT_EQ(error("LineInUse"), ErrorCode::OperationUnavail);
        return;
    }
    EXPECT_EQ(call("LineInUse").value().at(0), tapi::Value(false));
    answered();
    simulation->modem().setExtension(true);
    loop.advance(seconds{1});
    EXPECT_EQ(heard("LineInUseChanged", true), 1u);
    EXPECT_EQ(call("LineInUse").value().at(0), tapi::Value(true));
    simulation->modem().setExtension(true);
    simulation->modem().setExtension(false);
    loop.advance(seconds{1});
    EXPECT_EQ(heard("LineInUseChanged", true), 1u) << "news only";
    EXPECT_EQ(heard("LineInUseChanged", false), 1u);
    EXPECT_EQ(call("LineInUse").value().at(0), tapi::Value(false));
    EXPECT_EQ(events.heard.at(0).address, line);
    EXPECT_EQ(events.heard.at(0).interfaceName, kName);
}

INSTANTIATE_TEST_SUITE_P(Families, SimulatedModemInterfaceTest,
                         testing::Values("data", "v253", "rockwell", "conexant", "usr", "si24xx",
                                         "lucent"),
                         [](const auto& made) { return std::string(made.param); });

// ---- on canned answers

class CannedModemInterfaceTest : public testing::Test, protected ModemInterfaceRig {
protected:
    ~CannedModemInterfaceTest() override {
        modem.reset();
        line.reset();
        events.heard.clear();
        tapi.reset();
        manager.reset();
    }
    FakeModem canned{loop, "m"};
};

TEST_F(CannedModemInterfaceTest, SeveralLinesKeepTheirOrderAndOddBytesAreShown) {
    canned.answer("AT&V", "\r\nACTIVE PROFILE:\r\nB1 E1\r\nnaive \xEF\r\n\r\nOK\r\n");
    begin("fake:m");
    ready();
    EXPECT_EQ(text("Command", {std::string("&V")}), "ACTIVE PROFILE:\nB1 E1\nnaive \\xEF");
}

TEST_F(CannedModemInterfaceTest, WhatTheDriverHasNoUseForIsAnEvent) {
    begin("fake:m");
    ready();
    canned.say("\r\nSURPRISE 7\r\n\r\nna\xEFve\r\n");
    loop.advance(seconds{1});
    EXPECT_EQ(heard("Unsolicited", std::string("SURPRISE 7")), 1u);
    EXPECT_EQ(heard("Unsolicited", std::string("na\\xEFve")), 1u);
    canned.say("\r\nRING\r\n");
    loop.advance(seconds{1});
    EXPECT_EQ(events.heard.size(), 2u) << "a ring is known";
}

TEST_F(CannedModemInterfaceTest, WithoutAModemAMethodFailsAtOnce) {
    canned.absent = true;
    begin("fake:m");
    const auto identity = call("Identify");
    ASSERT_FALSE(identity);
    EXPECT_EQ(identity.error().code, ErrorCode::NoDevice);
}

TEST_F(CannedModemInterfaceTest, AVanishingModemEndsWhatWaits) {
    canned.answer("AT&V", "");
    begin("fake:m");
    ready();
    std::optional<tapi::Result<Values>> outcome;
    ASSERT_TRUE(modem->call("Command", {std::string("&V")},
                            [&](const tapi::Result<Values>& got) { outcome = got; }));
    loop.advance(seconds{1});
    EXPECT_FALSE(outcome);
    canned.vanish();
    loop.advance(seconds{1});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().code, ErrorCode::NoDevice);
}

}  // namespace
}  // namespace tipring::at_modem
