// SPDX-License-Identifier: Apache-2.0
// Calls with sound from the exchange to the application: simulated modem, driver, manager.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "hal/dsp/speech.h"
#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/simulation.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/manager/line_manager.h"
#include "tipring/tapi_core/media/file_playback.h"
#include "tipring/tapi_core/media/file_recording.h"

namespace tipring {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using tapi::HangUpSign;
using tapi::LineCallState;

struct Ear final : tapi::EventSink {
    void onEvent(const tapi::Event& event) override {
        events.push_back(event);
        if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
            call = fresh->call;
        }
    }
    template <class E>
    [[nodiscard]] std::vector<E> all() const {
        std::vector<E> out;
        for (const auto& event : events) {
            if (const E* one = std::get_if<E>(&event)) {
                out.push_back(*one);
            }
        }
        return out;
    }
    [[nodiscard]] const tapi::CallStateEvent* disconnected() const {
        for (const auto& event : events) {
            const auto* state = std::get_if<tapi::CallStateEvent>(&event);
            if (state != nullptr && state->lineState == LineCallState::Disconnected) {
                return state;
            }
        }
        return nullptr;
    }
    std::vector<tapi::Event> events;
    std::shared_ptr<tapi::Call> call;
};

class SoundCall : public testing::Test {
protected:
    SoundCall()
        : directory(testing::TempDir() + "sound_call_" + std::to_string(getpid()) + "_" +
                    testing::UnitTest::GetInstance()->current_test_info()->name()) {
        fs::remove_all(directory);
        fs::create_directories(directory);
    }
    ~SoundCall() override {
        ear.call.reset();
        ear.events.clear();
        application.reset();
        manager.reset();
        fs::remove_all(directory);
    }
    void answered(const char* modem, const char* country) {
        sim::SimulationOptions options;
        options.modem = modem;
        options.country = country;
        options.portName = "sound_call";
        simulation = std::move(*sim::Simulation::create(loop, options));
        manager = std::make_unique<core::LineManager>(loop);
        ASSERT_TRUE(manager->addProvider(*tipring_at_modem_provider(),
                                         {{"ports", "sim:sound_call"}, {"country", country}}));
        application = manager->createApplication("sound call");
        application->setEventSink(&ear);
        application->setEventFilter(tapi::kAllEvents);
        ASSERT_TRUE(application->registerCallNotifications(application->addresses().front(), {}));
        loop.advance(20s);
        ASSERT_TRUE(simulation->farEnd().call(options.number, {}));
        ASSERT_TRUE(loop.advanceUntil([&] { return ear.call != nullptr; }, 20s));
        ASSERT_TRUE(ear.call->answer({}));
        ASSERT_TRUE(loop.advanceUntil(
            [&] { return ear.call->lineState() == LineCallState::Connected; }, 20s));
        loop.advance(1s);
    }
    void recording() {
        ASSERT_TRUE(ear.call->record(path("r.wav"), {}));
        loop.advance(2s);
        ASSERT_TRUE(ear.call->mediaStatus().record.running);
    }
    [[nodiscard]] bool over(std::chrono::seconds limit) {
        return loop.advanceUntil([&] { return ear.call->lineState() == LineCallState::Idle; },
                                 limit);
    }
    [[nodiscard]] bool has(HangUpSign sign) const {
        const auto& reasons = ear.disconnected()->reasons;
        return std::any_of(reasons.begin(), reasons.end(),
                           [sign](const auto& each) { return each.sign == sign; });
    }
    [[nodiscard]] std::string path(const std::string& name) const { return directory + "/" + name; }
    static std::size_t lengthOf(const std::string& file) {
        std::vector<std::int16_t> samples(1 << 22);
        auto playback = media::FilePlayback::open(file);
        EXPECT_TRUE(playback) << playback.error().text();
        return playback ? playback->read(samples).value() : 0;
    }

    std::string directory;
    hal::VirtualLoop loop;
    std::unique_ptr<sim::Simulation> simulation;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> application;
    Ear ear;
};

TEST_F(SoundCall, BusyToneOnlyEndsTheCallAndIsNamed) {
    answered("usr", "DE");
    recording();
    simulation->farEnd().say(test::speak("Good bye."));
    loop.advance(4s);
    simulation->farEnd().hangUp();
    ASSERT_TRUE(over(30s));
    ASSERT_NE(ear.disconnected(), nullptr);
    EXPECT_TRUE(has(HangUpSign::BusyTone)) << ear.disconnected()->cause;
    EXPECT_EQ(ear.disconnected()->mode, static_cast<std::uint32_t>(tapi::DisconnectMode::Normal));
    EXPECT_GT(lengthOf(path("r.wav")), 5U * 8000);
    EXPECT_FALSE(simulation->line().isOffHook());
}

TEST_F(SoundCall, SilenceOnlyEndsTheCallAndIsNamed) {
    answered("usr", "US");
    recording();
    simulation->farEnd().say(test::speak("Hello?"));
    ASSERT_TRUE(over(90s));
    ASSERT_NE(ear.disconnected(), nullptr);
    ASSERT_EQ(ear.disconnected()->reasons.size(), 1U);
    EXPECT_TRUE(has(HangUpSign::Silence));
    EXPECT_GE(ear.disconnected()->reasons[0].lasted, 59s);
    EXPECT_NE(ear.disconnected()->cause.find("silence"), std::string::npos);
    EXPECT_FALSE(simulation->line().isOffHook());
}

TEST_F(SoundCall, SilenceThatTheModemHearsIsNamedToo) {
    answered("v253", "US");
    recording();
    ASSERT_TRUE(over(90s));
    EXPECT_TRUE(has(HangUpSign::Silence)) << ear.disconnected()->cause;
}

TEST_F(SoundCall, ALoopBreakEndsTheCallAndIsNamed) {
    answered("v253", "US");
    recording();
    simulation->farEnd().hangUp();
    ASSERT_TRUE(over(10s));
    EXPECT_TRUE(has(HangUpSign::ModemHangupCode)) << ear.disconnected()->cause;
    EXPECT_NE(ear.disconnected()->cause.find("loop current"), std::string::npos);
}

TEST_F(SoundCall, AFullDiskEndsTheRecordingAndNotTheCall) {
    ::signal(SIGXFSZ, SIG_IGN);
    answered("v253", "US");
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    const rlimit tight{40000, old.rlim_max};
    ASSERT_TRUE(ear.call->record(path("r.wav"), {}));
    ::setrlimit(RLIMIT_FSIZE, &tight);
    simulation->farEnd().say(test::speak("This is a message that is longer than the disk."));
    loop.advance(5s);
    ::setrlimit(RLIMIT_FSIZE, &old);
    const auto files = ear.all<tapi::FileTerminalEvent>();
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[1].cause, tapi::FileTerminalEvent::Cause::WriteError);
    EXPECT_NE(files[1].error.find("were kept"), std::string::npos) << files[1].error;
    EXPECT_EQ(ear.call->lineState(), LineCallState::Connected);
    EXPECT_EQ(lengthOf(path("r.wav")), (40000U - 44) / 2);
    ASSERT_TRUE(ear.call->record(path("again.wav"), {}));
    loop.advance(2s);
    EXPECT_TRUE(ear.call->mediaStatus().record.running);
    ASSERT_TRUE(ear.call->disconnect({}));
    ASSERT_TRUE(over(10s));
    EXPECT_GT(lengthOf(path("again.wav")), 8000U);
}

TEST_F(SoundCall, TheCoreHearsATonesListBetweenWhatIsPlayed) {
    answered("v253", "US");
    const auto& caps = ear.call->address()->capabilities();
    EXPECT_TRUE(caps.coreDetects.has(tapi::Detection::Tones));
    EXPECT_TRUE(caps.deviceDetects.has(tapi::Detection::Digits));
    const tapi::MonitoredTone tones[] = {{5, 200ms, {1400, 0, 0}}};
    ASSERT_TRUE(ear.call->monitorTones(tones));
    ASSERT_TRUE(ear.call->monitorDigits(tapi::DigitMode::Dtmf));
    loop.advance(1s);
    EXPECT_TRUE(ear.call->mediaStatus().record.running);
    {
        auto file = media::FileRecording::create(path("p.wav"));
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write(test::speak("Please leave a message after the beep.")));
    }
    ASSERT_TRUE(ear.call->play(path("p.wav"), {}));
    ASSERT_TRUE(loop.advanceUntil(
        [&] {
            const auto files = ear.all<tapi::FileTerminalEvent>();
            return !files.empty() && files.back().state == tapi::FileTerminalEvent::State::Idle;
        },
        30s));
    EXPECT_EQ(ear.all<tapi::FileTerminalEvent>().back().cause,
              tapi::FileTerminalEvent::Cause::EndOfFile);
    ASSERT_TRUE(ear.call->generateTone(1000, 400ms));
    loop.advance(3s);
    ASSERT_EQ(ear.all<tapi::GenerateEvent>().size(), 1U);
    EXPECT_FALSE(ear.all<tapi::GenerateEvent>()[0].cancelled);
    EXPECT_TRUE(ear.call->mediaStatus().record.running);  // it listens again
    simulation->farEnd().say(test::tone(1400, 0, -13, 4000));
    loop.advance(1s);
    ASSERT_TRUE(simulation->farEnd().pressKeys("5"));
    loop.advance(2s);
    EXPECT_EQ(ear.all<tapi::ToneEvent>().size(), 1U);
    EXPECT_EQ(ear.all<tapi::DigitEvent>().size(), 1U);  // the modem's, once
}

TEST_F(SoundCall, SeveralRecordersAndFiguresOnAModem) {
    answered("v253", "US");
    const auto one = ear.call->addTerminal(tapi::FileRecordTerminal{path("one.wav")});
    const auto two = ear.call->addTerminal(tapi::FileRecordTerminal{path("two.flac")});
    ASSERT_TRUE(one && two);
    ASSERT_TRUE(ear.call->startTerminal(*one, {}));
    ASSERT_TRUE(ear.call->startTerminal(*two, {}));
    simulation->farEnd().say(test::speak("One message for two files, and a little more of it."));
    loop.advance(3s);
    const auto player = ear.call->addTerminal(tapi::ToneTerminal{{{1000, 0, -10, 400ms}}, 1});
    ASSERT_TRUE(player);
    const auto refused = ear.call->startTerminal(*player, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, tapi::ErrorCode::InUse);
    const auto status = ear.call->mediaStatus();
    EXPECT_FALSE(status.fullDuplex);
    EXPECT_GT(status.record.moved, 2U * 8000);
    EXPECT_EQ(status.record.lost, 0U);
    ASSERT_TRUE(ear.call->disconnect({}));
    ASSERT_TRUE(over(10s));
    EXPECT_EQ(lengthOf(path("one.wav")), lengthOf(path("two.flac")));
    EXPECT_GT(lengthOf(path("one.wav")), 2U * 8000);
}

}  // namespace
}  // namespace tipring
