// SPDX-License-Identifier: Apache-2.0
// The same provider in process and over the wire: an application cannot tell the two apart.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "tapi_core/manager_fixture.h"
#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/sim/sim_port.h"
#include "tipring/hal/sim/simulation.h"
#include "tipring/tapi_core/media/file_playback.h"
#include "tipring/tapi_core/media/file_recording.h"
#include "wire_peer.h"

namespace tipring::test {
namespace {

/// One line for each event: when, of what kind, and a call's state with its mode and cause.
std::string lineOf(const tapi::Event& event, hal::Duration when) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(when).count();
    std::string text = fmt::format("{} {}.{}", ms, event.index(), tapi::subEventOf(event));
    if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
        text +=
            fmt::format(" {} {:x} \"{}\"", tapi::name(state->lineState), state->mode, state->cause);
    }
    return text;
}

/// A day in the life of a modem: an incoming call that is answered, keys, the far end hangs up; an
/// outgoing one that is dropped; the device is unplugged.
std::vector<std::string> modemScenario(bool isolated) {
    hal::VirtualLoop loop;
    sim::SimulationOptions options;
    options.modem = "v253";
    options.number = "5550100";
    options.portName = "";
    auto simulation = std::move(*sim::Simulation::create(loop, options));
    auto port = std::make_unique<sim::SimPortName>("isolation", simulation->modem());
    sim::Route route;
    route.outcome = sim::Route::Outcome::Answer;
    route.rings = 2;
    route.farEnd = &simulation->farEnd();
    simulation->exchange().setRoute("1234", route);

    const core::ProviderConfig config{{"ports", "sim:isolation"}};
    std::unique_ptr<isolation::IsolatedProvider> wire;
    isolation::Options wireOptions;
    wireOptions.config = config;
    if (isolated) {
        wire = *isolation::IsolatedProvider::create(
            wireLauncher(loop, *tipring_at_modem_provider()), std::move(wireOptions));
    }
    core::LineManager manager(loop);
    EXPECT_TRUE(
        manager.addProvider(isolated ? wire->table() : *tipring_at_modem_provider(), config));
    Application application(manager, "scenario");
    std::vector<std::string> trace;
    application.events.then = [&](const tapi::Event& event) {
        trace.push_back(lineOf(event, loop.now().time_since_epoch()));
    };
    application.watch();
    loop.advance(10s);
    EXPECT_TRUE(simulation->farEnd().call("5550100", {}));
    loop.advance(8s);
    const auto calls = application.address()->calls();
    EXPECT_EQ(calls.size(), 1u);
    if (!calls.empty()) {
        EXPECT_TRUE(calls.front()->answer({}));
        loop.advance(3s);
        EXPECT_TRUE(simulation->farEnd().pressKeys("42#"));
        loop.advance(5s);
    }
    simulation->farEnd().hangUp();
    loop.advance(60s);
    const auto call = *application.address()->createCall("1234", tapi::MediaMode::AutomatedVoice);
    EXPECT_TRUE(call->connect({}));
    loop.advance(30s);
    EXPECT_TRUE(call->disconnect({}));
    loop.advance(10s);
    port.reset();
    loop.advance(10s);
    EXPECT_TRUE(manager.breaches().empty());
    return trace;
}

/// Time over the wire is the same but for the turns of the loop.
TEST(Isolation, AModemsDayIsTheSameAsInProcess) {
    hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
    const auto inProcess = modemScenario(false);
    const auto overTheWire = modemScenario(true);
    hal::setLogSink({});
    EXPECT_GT(inProcess.size(), 15u);
    EXPECT_EQ(overTheWire, inProcess);
}

/// The fake, over the wire.
class IsolatedFakeTest : public ManagerFixture {
protected:
    IsolatedFakeTest() {
        isolated = *isolation::IsolatedProvider::create(wireLauncher(loop, fake.table), {});
        manager = std::make_unique<core::LineManager>(loop);
        EXPECT_TRUE(manager->addProvider(isolated->table(), {}));
        application = std::make_unique<Application>(*manager, "test");
        application->watch();
    }
    ~IsolatedFakeTest() override {
        application.reset();
        manager.reset();
    }
    std::unique_ptr<isolation::IsolatedProvider> isolated;
    std::unique_ptr<Application> application;
};

TEST_F(IsolatedFakeTest, AFunctionThatIsMissingIsMissingHere) {
    FakeProvider poor({"one"}, "poor");
    poor.table.lineForward = nullptr;
    poor.table.lineHold = nullptr;
    const auto thin = *isolation::IsolatedProvider::create(wireLauncher(loop, poor.table), {});
    EXPECT_EQ(thin->table().lineForward, nullptr);
    EXPECT_EQ(thin->table().lineHold, nullptr);
    EXPECT_NE(thin->table().lineAnswer, nullptr);
    EXPECT_STREQ(thin->table().name, "poor");
}

TEST_F(IsolatedFakeTest, ARefusalKeepsItsCodeAndItsWords) {
    fake.behave = [](const std::string&) {
        return Behaviour{Behaviour::How::Refuse, LINEERR_INUSE, "somebody else has it"};
    };
    Answer answer;
    const auto asked = application->address()->devSpecific("x", answer.reply());
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().code, ErrorCode::InUse);
    settle();
    EXPECT_EQ(answer.count, 0);
}

TEST_F(IsolatedFakeTest, BreachesAreSeenThroughTheWire) {
    fake.behave = [](const std::string&) { return Behaviour{Behaviour::How::Twice}; };
    Answer answer;
    ASSERT_TRUE(application->address()->devSpecific("x", answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
    ASSERT_EQ(manager->breaches().size(), 1u);
    EXPECT_EQ(manager->breaches()[0].rule, core::ContractRule::DoubleCompletion);
}

/// Sound of a call over the wire, and a folder for files.
class IsolatedSoundTest : public IsolatedFakeTest {
protected:
    IsolatedSoundTest()
        : file(testing::TempDir() + "isolated_" +
               testing::UnitTest::GetInstance()->current_test_info()->name() + ".wav") {}
    ~IsolatedSoundTest() override {
        call.reset();
        std::filesystem::remove(file);
    }
    void open() {
        call = dialled(*application, answer);
        fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
        settle();
    }
    tapi::TerminalId run(tapi::TerminalSpec spec) {
        const auto id = call->addTerminal(std::move(spec)).value();
        EXPECT_TRUE(call->startTerminal(id, {}));
        settle();
        return id;
    }
    std::string file;
    std::shared_ptr<tapi::Call> call;
    Answer answer;
};

TEST_F(IsolatedSoundTest, WhatTheLineSaysIsRecordedToTheLastSample) {
    open();
    const auto id = run(tapi::FileRecordTerminal{file});
    for (int block = 0; block < 50; ++block) {
        fake.tick(fake.lastMedia(), 160, static_cast<std::int16_t>(100 + block));
        loop.advance(20ms);
    }
    ASSERT_TRUE(call->stopTerminal(id, tapi::StopMode::Drain, {}));
    settle();
    auto playback = media::FilePlayback::open(file);
    ASSERT_TRUE(playback);
    std::vector<std::int16_t> samples(20000);
    samples.resize(playback->read(samples).value());
    ASSERT_EQ(samples.size(), 50u * 160u);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        ASSERT_EQ(samples[i], 100 + static_cast<int>(i / 160)) << i;
    }
}

TEST_F(IsolatedSoundTest, WhatIsPlayedComesOnePullLaterAndWhole) {
    constexpr std::size_t kLength = 3200;
    {
        auto recording = media::FileRecording::create(file);
        ASSERT_TRUE(recording->write(std::vector<std::int16_t>(kLength, 3000)));
    }
    open();
    run(tapi::FilePlayTerminal{{file}});
    std::vector<std::int16_t> heard;
    std::size_t empty = 0;
    for (int block = 0; block < 60; ++block) {
        const auto part = fake.tick(fake.lastMedia(), 160);
        empty += heard.empty() && part.empty() ? 1 : 0;
        heard.insert(heard.end(), part.begin(), part.end());
        loop.advance(20ms);
    }
    EXPECT_EQ(empty, 1u);  // the first question is answered at the second
    const auto played = std::count(heard.begin(), heard.end(), 3000);
    EXPECT_EQ(static_cast<std::size_t>(played), kLength);
}

TEST(IsolatedByDefault, WhatIsNotInstalledIsIsolated) {
    EXPECT_TRUE(
        isolation::isolatedByDefault("/home/me/libmy_tsp.so", "/usr/lib/tipring/providers"));
    EXPECT_FALSE(isolation::isolatedByDefault("/usr/lib/tipring/providers/a.so",
                                              "/usr/lib/tipring/providers"));
    EXPECT_TRUE(isolation::isolatedByDefault("/usr/lib/tipring/providers/../a.so",
                                             "/usr/lib/tipring/providers"));
    EXPECT_TRUE(isolation::isolatedByDefault("a.so", ""));
}

}  // namespace
}  // namespace tipring::test
