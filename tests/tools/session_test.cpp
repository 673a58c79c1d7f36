// SPDX-License-Identifier: Apache-2.0
// Sessions on simulated devices, on simulated time.
#include "session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "event_text.h"
#include "temp_dir.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/personality.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Notes what a session tells, and runs what a test wants at the first line.
class Notes final : public Session::User {
public:
    void onReady(const std::shared_ptr<tapi::Address>& line) override {
        ready.push_back(line->name());
        if (first) {
            std::exchange(first, nullptr)();
        }
    }
    void onEvent(const tapi::Event& event) override {
        const std::string text = describe(event);
        if (!text.empty()) {
            events.push_back(text);
        }
        if (onEach) {
            onEach(text);
        }
    }
    void onLinesGivenUp() override { givenUp = true; }
    void onInterrupt() override {}

    std::vector<std::string> ready, events;
    std::function<void()> first;
    std::function<void(const std::string&)> onEach;
    bool givenUp = false;
};

class SessionTest : public ::testing::Test {
protected:
    Session& open(const std::string& port, Session::Needs needs) {
        Settings settings;
        settings.ports = {port};
        settings.stateDirectory = dir.path();
        session = std::make_unique<Session>(loop, console, settings, needs, notes);
        limit.arm(5min);
        return *session;
    }

    TempDir dir;
    hal::VirtualLoop loop;
    Console console{{.json = true, .quiet = true}};
    Notes notes;
    std::unique_ptr<Session> session;
    hal::Timer limit{loop, [this] { session->finish(ExitCode::Failed); }};
    hal::Timer timer{loop, [this] { session->finish(ExitCode::Ok); }};
};

TEST_F(SessionTest, LinesOfAnAdapterComeWhenItIsUp) {
    Session& one = open("sim:sangoma-u100", {.allLines = true, .journal = false});
    notes.first = [&] { timer.arm(1s); };
    EXPECT_EQ(one.run(), ExitCode::Ok);
    EXPECT_THAT(notes.ready, ElementsAre("Sangoma U100 line 1", "Sangoma U100 line 2"));
    EXPECT_FALSE(notes.givenUp);
}

TEST_F(SessionTest, OneLineOfAnAdapterCanBeNamed) {
    Session& one = open("sim:sangoma-u100/2", {.allLines = true, .journal = false});
    notes.first = [&] { timer.arm(1s); };
    EXPECT_EQ(one.run(), ExitCode::Ok);
    EXPECT_THAT(notes.ready, ElementsAre("Sangoma U100 line 2"));
}

TEST_F(SessionTest, ALineThatLeavesComesBack) {
    Session& one = open("sim:sangoma-u100", {.allLines = true, .journal = false});
    std::vector<std::string> states;
    std::shared_ptr<tapi::Address> line;
    hal::Timer pull(loop, [&] { one.simulated().at(0)->model()->unplug(); });
    hal::Timer plug(loop, [&] { one.simulated().at(0)->model()->plugIn(); });
    notes.first = [&] {
        line = one.tapi().addresses().at(0);
        pull.arm(1s);
        plug.arm(10s);
        timer.arm(90s);
    };
    notes.onEach = [&](const std::string&) {
        const std::string now =
            line && line->state() == tapi::AddressState::InService ? "in service" : "away";
        if (line && (states.empty() || states.back() != now)) {
            states.push_back(now);
        }
    };
    EXPECT_EQ(one.run(), ExitCode::Ok);
    EXPECT_EQ(notes.ready.size(), 2U) << "once for each line";
    EXPECT_THAT(states, ElementsAre("away", "in service"));
}

TEST_F(SessionTest, ATelephoneOnAnAdapterIsWatched) {
    Session& one = open("sim:open-usb-fxs", {.allLines = true});
    notes.first = [&] { timer.arm(20s); };
    EXPECT_EQ(one.run(), ExitCode::Ok);
    EXPECT_THAT(notes.events, Contains("telephone lifted"));
    EXPECT_THAT(notes.events, Contains("key 5"));
    EXPECT_THAT(notes.events, Contains("called number: 5550123"));
    EXPECT_THAT(notes.events, Contains("telephone put down"));
}

TEST_F(SessionTest, ATelephonePortCannotAnswer) {
    EXPECT_EQ(open("sim:tiger-jet", {.ownCalls = true, .journal = false}).run(),
              ExitCode::NotFound);
    EXPECT_TRUE(notes.ready.empty());
}

TEST_F(SessionTest, AModemOfTheSimulatorIsCalledToo) {
    Session& one = open("sim:v253", {.allLines = true, .journal = false});
    notes.first = [&] { timer.arm(10s); };
    EXPECT_EQ(one.run(), ExitCode::Ok);
    EXPECT_THAT(notes.events, Contains("ring 1"));
    EXPECT_THAT(notes.events, Contains(HasSubstr("2025550123, ADA LOVELACE")));
}

TEST(SimulatedDevices, EachAdapterHasItsDriver) {
    unsigned adapters = 0;
    for (const std::string& name : simulatedDeviceNames()) {
        const bool isModem = sim::findPersonality(name) != nullptr;
        EXPECT_EQ(simulatedAdapterDriver(name) == nullptr, isModem) << name;
        adapters += isModem ? 0 : 1;
    }
    EXPECT_EQ(adapters, adapterDrivers().size());
}

TEST_F(SessionTest, ASimulatedDeviceThatIsUnknownEndsIt) {
    EXPECT_EQ(open("sim:astribank", {}).run(), ExitCode::NotFound);
}

TEST_F(SessionTest, AnAdapterThatNeverStartsIsGivenUp) {
    Session& one = open("sim:tiger-jet", {.allLines = true, .journal = false});
    hal::Timer pull(loop, [&] { one.simulated().at(0)->model()->unplug(); });
    pull.arm(1ms);
    timer.arm(1min);
    EXPECT_EQ(one.run(), ExitCode::Ok);
    EXPECT_TRUE(notes.givenUp);
    EXPECT_TRUE(notes.ready.empty());
}

}  // namespace
}  // namespace tipring::tools
