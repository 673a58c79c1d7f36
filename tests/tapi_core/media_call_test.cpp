// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tapi_core/manager_fixture.h"
#include "tipring/tapi_core/media/file_playback.h"
#include "tipring/tapi_core/media/file_recording.h"

namespace tipring::test {
namespace {

namespace fs = std::filesystem;
using How = Behaviour::How;
using tapi::FileTerminalEvent;
using tapi::StopMode;

class MediaCallTest : public ManagerFixture {
protected:
    MediaCallTest()
        : directory(testing::TempDir() + "media_call_test_" + std::to_string(getpid())) {
        fs::remove_all(directory);
        fs::create_directories(directory);
    }
    ~MediaCallTest() override { fs::remove_all(directory); }
    void SetUp() override {
        start();
        app = std::make_unique<Application>(*manager, "app");
        call = connected(*app);
    }
    void TearDown() override { app.reset(); }
    std::string path(const std::string& name) const { return directory + "/" + name; }
    std::string sound(std::size_t samples, std::int16_t value = 500) {
        const std::string file = path("sound" + std::to_string(samples) + ".wav");
        auto recording = media::FileRecording::create(file);
        EXPECT_TRUE(recording->write(std::vector<std::int16_t>(samples, value)));
        return file;
    }
    static std::size_t lengthOf(const std::string& file) {
        std::vector<std::int16_t> samples(1 << 20);
        return media::FilePlayback::open(file).value().read(samples).value();
    }
    std::vector<FileTerminalEvent> files() const { return app->events.all<FileTerminalEvent>(); }
    std::string directory;
    std::unique_ptr<Application> app;
    std::shared_ptr<tapi::Call> call;
    Answer answer;
};

TEST_F(MediaCallTest, AFileIsPlayedToItsEndAndDrained) {
    const auto file = sound(1000);
    ASSERT_TRUE(call->play(file, answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
    ASSERT_EQ(files().size(), 1u);
    EXPECT_EQ(files()[0].state, FileTerminalEvent::State::Active);
    std::size_t heard = 0;
    for (int i = 0; i < 10; ++i) {
        const auto samples = fake.tick(fake.lastMedia(), 160);
        EXPECT_TRUE(std::all_of(samples.begin(), samples.end(),
                                [](std::int16_t value) { return value == 500; }));
        heard += samples.size();
        settle();
    }
    EXPECT_EQ(heard, 1000u);
    ASSERT_EQ(files().size(), 2u);
    EXPECT_EQ(files()[1].state, FileTerminalEvent::State::Idle);
    EXPECT_EQ(files()[1].cause, FileTerminalEvent::Cause::EndOfFile);
    EXPECT_EQ(files()[1].path, file);
    EXPECT_EQ(fake.count("drain"), 1u);
    ASSERT_TRUE(call->play(file, answer.reply()));  // and again, on the same stream
    EXPECT_EQ(fake.mediaCount(), 1u);
}

TEST_F(MediaCallTest, AFileShorterThanTheStartEndsProperly) {
    fake.behave = [](const std::string&) { return Behaviour{How::Later, 0, "", 1s}; };
    ASSERT_TRUE(call->play(sound(10), answer.reply()));
    fake.tick(fake.lastMedia(), 160);
    settle();
    EXPECT_TRUE(files().empty());
    loop.advance(3s);
    ASSERT_EQ(files().size(), 2u);
    EXPECT_EQ(files()[1].cause, FileTerminalEvent::Cause::EndOfFile);
}

TEST_F(MediaCallTest, PlayingCanBeCutOff) {
    EXPECT_EQ(call->stopPlaying(StopMode::Drain, {}).error().code, ErrorCode::InvalCallState);
    ASSERT_TRUE(call->play(sound(8000), {}));
    settle();
    ASSERT_TRUE(call->stopPlaying(StopMode::Discard, answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(fake.count("discard"), 1u);
    EXPECT_EQ(files().back().cause, FileTerminalEvent::Cause::Normal);
}

TEST_F(MediaCallTest, ARecordingHoldsWhatWasHeardAndGapsAreSilence) {
    const auto file = path("r.wav");
    ASSERT_TRUE(call->record(file, answer.reply()));
    settle();
    auto& media = fake.lastMedia();
    fake.tick(media, 160);
    media.recorded += 320;  // lost
    fake.tick(media, 160);
    ASSERT_TRUE(call->stopRecording(answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 2);
    EXPECT_EQ(files().back().state, FileTerminalEvent::State::Idle);
    EXPECT_EQ(lengthOf(file), 640u);
}

TEST_F(MediaCallTest, AHalfDuplexDeviceDoesOneThingAtATime) {
    ASSERT_TRUE(call->play(sound(8000), {}));
    settle();
    const auto recorded = call->record(path("r.wav"), {});
    ASSERT_FALSE(recorded);
    EXPECT_EQ(recorded.error().code, ErrorCode::InUse);
    EXPECT_NE(recorded.error().cause.find("one thing at a time"), std::string::npos);
    EXPECT_FALSE(fs::exists(path("r.wav")));
    EXPECT_EQ(call->play(sound(10), {}).error().code, ErrorCode::InUse);
}

TEST_F(MediaCallTest, AFullDuplexDeviceDoesBoth) {
    fake.caps.media.fullDuplex = 1;
    ASSERT_TRUE(call->play(sound(8000), {}));
    ASSERT_TRUE(call->record(path("r.wav"), {}));
    settle();
    EXPECT_EQ(fake.lastMedia().running, TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD);
}

TEST_F(MediaCallTest, BadFilesAreRefusedBeforeTheDeviceHears) {
    std::ofstream(path("letter.wav")) << "Dear all,\n";
    const auto played = call->play(path("letter.wav"), {});
    ASSERT_FALSE(played);
    EXPECT_NE(played.error().cause.find("text"), std::string::npos);
    EXPECT_EQ(call->record(path("letter.wav"), {}).error().code, ErrorCode::InUse);
    EXPECT_EQ(fake.count("mediaStart"), 0u);
}

TEST_F(MediaCallTest, ADeviceThatRefusesToStartLeavesTheCallFree) {
    fake.behave = [](const std::string&) { return Behaviour{How::Refuse, LINEERR_INUSE, "busy"}; };
    EXPECT_EQ(call->play(sound(10), {}).error().cause, "busy");
    fake.behave = [](const std::string&) {
        return Behaviour{How::Inside, LINEERR_OPERATIONFAILED, "+VTX failed"};
    };
    ASSERT_TRUE(call->play(sound(20), answer.reply()));
    settle();
    EXPECT_EQ(answer.result->error().cause, "+VTX failed");
    EXPECT_TRUE(files().empty());
    fake.behave = nullptr;
    EXPECT_TRUE(call->play(sound(30), {}));
}

TEST_F(MediaCallTest, ALineWithoutSoundSaysSo) {
    Application other(*manager, "other");
    fake.caps.media.directions = 0;
    fake.arrive("two");
    settle();
    auto quiet = other.address(1)->createCall("1", tapi::MediaMode::AutomatedVoice).value();
    ASSERT_TRUE(quiet->connect({}));
    settle();
    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED);
    settle();
    EXPECT_EQ(quiet->play(sound(10), {}).error().code, ErrorCode::OperationUnavail);
    EXPECT_EQ(quiet->record(path("r.wav"), {}).error().code, ErrorCode::OperationUnavail);
}

TEST_F(MediaCallTest, HangUpClosesTheFileBeforeTheCallIsIdle) {
    const auto file = path("r.wav");
    ASSERT_TRUE(call->record(file, answer.reply()));
    settle();
    auto& media = fake.lastMedia();
    fake.tick(media, 4000);
    media.callbacks.event(media.handle, TSPI_MEDIAEVENT_ENDED, TSPI_MEDIA_RECORD, "<DLE>b");
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_TRUE(media.closed);
    EXPECT_EQ(lengthOf(file), 4000u);
    EXPECT_EQ(files().back().error, "<DLE>b");
    EXPECT_EQ(app->events.states().back(), LineCallState::Idle);
    media.callbacks.receive(media.handle, 4000, nullptr, 0);  // too late
    EXPECT_EQ(breaches(), 1u);
    EXPECT_EQ(call->stopRecording({}).error().code, ErrorCode::InvalCallState);
}

TEST_F(MediaCallTest, UnplugDuringRecordingLeavesAFileThatPlays) {
    const auto file = path("r.wav");
    ASSERT_TRUE(call->record(file, answer.reply()));
    settle();
    fake.tick(fake.lastMedia(), 4000);
    fake.remove(fake.line());
    settle();
    EXPECT_EQ(lengthOf(file), 4000u);
    EXPECT_EQ(files().back().state, FileTerminalEvent::State::Idle);
    const auto& log = fake.log();
    const auto at = [&](const char* name) {
        return std::find(log.begin(), log.end(), name) - log.begin();
    };
    EXPECT_LT(at("mediaClose"), at("lineCloseCall"));
    EXPECT_LT(at("lineCloseCall"), at("lineClose"));
}

TEST_F(MediaCallTest, SilenceAndOddEventsAreTold) {
    ASSERT_TRUE(call->record(path("r.wav"), {}));
    settle();
    auto& media = fake.lastMedia();
    for (const std::uint32_t event :
         {TSPI_MEDIAEVENT_SILENCE, TSPI_MEDIAEVENT_UNDERRUN, TSPI_MEDIAEVENT_OVERRUN, 99U}) {
        media.callbacks.event(media.handle, event, 0, nullptr);
    }
    settle();
    EXPECT_EQ(app->events.all<tapi::CallMediaEvent>().back().kind,
              tapi::CallMediaEvent::Kind::Silence);
    EXPECT_EQ(breaches(), 1u);
}

}  // namespace
}  // namespace tipring::test
