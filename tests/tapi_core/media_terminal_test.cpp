// SPDX-License-Identifier: Apache-2.0
// Terminals on a call, and the figures of its stream.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

#include "tapi_core/sound_call.h"

namespace tipring::test {
namespace {

namespace fs = std::filesystem;
using State = tapi::FileTerminalEvent::State;
using Cause = tapi::FileTerminalEvent::Cause;
using tapi::StopMode;
using tapi::TerminalDirection;
using Samples = std::vector<std::int16_t>;
using How = Behaviour::How;

class TerminalTest : public SoundCallTest {
protected:
    void SetUp() override {
        fake.caps.media.fullDuplex = 1;
        begin();
    }
    Samples pull(std::size_t count = 160) {
        auto samples = fake.tick(fake.lastMedia(), count, 1000);
        settle();
        return samples;
    }
};

class HalfDuplexTerminalTest : public SoundCallTest {
protected:
    void SetUp() override { begin(); }
};

TEST_F(TerminalTest, SeveralRecordersTakeTheSameSound) {
    run(tapi::FileRecordTerminal{path("a.wav")});
    pull();
    const auto second = run(tapi::FileRecordTerminal{path("b.flac")});
    EXPECT_EQ(answer.count, 2);
    EXPECT_EQ(fake.count("mediaStart"), 1U);  // one for all
    pull();
    ASSERT_TRUE(call->stopTerminal(second, StopMode::Drain, answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 3);
    EXPECT_NE(running() & TSPI_MEDIA_RECORD, 0U);  // the first goes on
    pull();
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(contentOf(path("a.wav")), Samples(480, 1000));
    EXPECT_EQ(contentOf(path("b.flac")), Samples(160, 1000));
}

TEST_F(TerminalTest, PlayersAreMixed) {
    run(tapi::FilePlayTerminal{{soundFile("a.wav", 320, 500)}});
    run(tapi::FilePlayTerminal{{soundFile("b.wav", 160, 200)}});
    EXPECT_EQ(pull(), Samples(160, 700));
    EXPECT_EQ(pull(), Samples(160, 500));
    EXPECT_TRUE(pull().empty());
    ASSERT_EQ(files().size(), 4U);
    EXPECT_EQ(files()[2].path, path("b.wav"));
    EXPECT_EQ(files()[3].path, path("a.wav"));
    EXPECT_EQ(files()[3].cause, Cause::EndOfFile);
    EXPECT_EQ(fake.count("drain"), 1U);  // of the last one
}

TEST_F(TerminalTest, APlayListSaysWhichFileBegins) {
    const auto list =
        run(tapi::FilePlayTerminal{{soundFile("a.wav", 100, 1), soundFile("b.wav", 100, 2)}});
    const Samples heard = pull(160);
    EXPECT_EQ(std::count(heard.begin(), heard.end(), 2), 60);
    pull(160);
    ASSERT_EQ(files().size(), 3U);
    EXPECT_EQ(files()[0].path, path("a.wav"));
    EXPECT_EQ(files()[1].path, path("b.wav"));
    EXPECT_EQ(files()[1].state, State::Active);
    EXPECT_EQ(files()[2].cause, Cause::EndOfFile);
    EXPECT_EQ(files()[2].terminal, list);
    EXPECT_EQ(call->mediaStatus().terminals.size(), 1U);  // it stays, and can be started again
    ASSERT_TRUE(call->startTerminal(list, {}));
    settle();
    EXPECT_EQ(pull(50), Samples(50, 1));
}

TEST_F(TerminalTest, AFileThatCannotBeOpenedInItsTurnIsSaid) {
    run(tapi::FilePlayTerminal{{soundFile("a.wav", 100, 1), path("missing.wav")}});
    pull(160);
    ASSERT_EQ(files().size(), 2U);
    EXPECT_EQ(files()[1].cause, Cause::EndOfFile);
    EXPECT_NE(files()[1].error.find("missing.wav"), std::string::npos);
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
}

TEST_F(TerminalTest, PauseHoldsThePlaceAndTheTimeOfARecording) {
    const auto player = run(tapi::FilePlayTerminal{{soundFile("a.wav", 320, 500)}});
    const auto recorder = run(tapi::FileRecordTerminal{path("r.wav")});
    pull();
    ASSERT_TRUE(call->pauseTerminal(player));
    ASSERT_TRUE(call->pauseTerminal(recorder));
    ASSERT_TRUE(call->pauseTerminal(player));  // it is paused: nothing
    settle();
    EXPECT_EQ(files().back().state, State::Paused);
    EXPECT_TRUE(pull().empty());
    EXPECT_EQ(call->mediaStatus().play.silent, 160U);
    ASSERT_TRUE(call->startTerminal(player, answer.reply()));
    ASSERT_TRUE(call->startTerminal(recorder, answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 4);
    EXPECT_EQ(files().back().state, State::Active);
    EXPECT_EQ(pull(), Samples(160, 500));
    ASSERT_TRUE(call->stopTerminal(recorder, StopMode::Drain, {}));
    settle();
    EXPECT_EQ(contentOf(path("r.wav")).size(), 320U);
}

TEST_F(TerminalTest, ARecordingHasItsNameOnlyWhenItIsWhole) {
    ASSERT_TRUE(call->record(path("r.wav"), {}));
    settle();
    pull();
    EXPECT_FALSE(fs::exists(path("r.wav")));
    EXPECT_TRUE(fs::exists(path("r.wav.part")));
    ASSERT_TRUE(call->stopRecording({}));
    settle();
    EXPECT_TRUE(fs::exists(path("r.wav")));
    EXPECT_FALSE(fs::exists(path("r.wav.part")));
    EXPECT_TRUE(call->mediaStatus().terminals.empty());
}

TEST_F(TerminalTest, EveryFormatIsRecorded) {
    const std::array<std::pair<const char*, tapi::FileFormat>, 3> kFiles{
        {{"a.flac", tapi::FileFormat::ByName},
         {"b.opus", tapi::FileFormat::ByName},
         {"c.bin", tapi::FileFormat::Flac}}};
    for (const auto& [name, format] : kFiles) {
        run(tapi::FileRecordTerminal{path(name), format});
    }
    const Sound sound = tone(700, 0, -13, 8000);
    say(sound);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(contentOf(path("a.flac")), sound);
    EXPECT_EQ(contentOf(path("c.bin")), sound);
    EXPECT_NEAR(double(contentOf(path("b.opus")).size()), 8000, 400);
}

TEST_F(TerminalTest, ADescriptorTakesTheSound) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const hal::FileDescriptor reader(ends[0]);
    run(tapi::DescriptorTerminal{"monitor", hal::FileDescriptor(ends[1]),
                                 TerminalDirection::Render});
    pull();
    Samples heard(400);
    EXPECT_EQ(::read(reader.get(), heard.data(), 800), 320);
    EXPECT_EQ(heard[159], 1000);
    EXPECT_EQ(files().at(0).path, "monitor");
}

TEST_F(TerminalTest, AReaderThatIsGoneEndsItsTerminalAlone) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    run(tapi::DescriptorTerminal{"monitor", hal::FileDescriptor(ends[1]),
                                 TerminalDirection::Render});
    run(tapi::FileRecordTerminal{path("r.wav")});
    ::close(ends[0]);
    pull();
    pull();
    EXPECT_EQ(files().back().path, "monitor");
    EXPECT_EQ(files().back().cause, Cause::WriteError);
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(contentOf(path("r.wav")).size(), 320U);
}

TEST_F(TerminalTest, AReaderThatIsSlowLosesTheOldestAndIsCounted) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const hal::FileDescriptor reader(ends[0]);
    run(tapi::DescriptorTerminal{"slow", hal::FileDescriptor(ends[1]), TerminalDirection::Render});
    for (int i = 0; i < 500; ++i) {  // 10 s: the pipe has 4, the queue 1
        fake.tick(fake.lastMedia(), 160, 1);
    }
    const auto status = call->mediaStatus().terminals.at(0);
    EXPECT_EQ(status.rendered, 80000U);
    EXPECT_GT(status.dropped, 30000U);
    EXPECT_LT(status.dropped, 80000U);
}

TEST_F(TerminalTest, TonesAreMadeByTheCoreAndTheirEndIsTold) {
    const auto id = run(tapi::ToneTerminal{{{1000, 0, -10, 40ms}, {0, 0, 0, 20ms}}, 2});
    Samples heard;
    for (int i = 0; i < 7; ++i) {
        const auto more = pull();
        heard.insert(heard.end(), more.begin(), more.end());
    }
    EXPECT_EQ(heard.size(), 2U * 60 * 8);
    EXPECT_GT(*std::max_element(heard.begin(), heard.begin() + 320), 5000);
    EXPECT_EQ(*std::max_element(heard.begin() + 320, heard.begin() + 480), 0);
    const auto ends = app->events.all<tapi::ToneTerminalEvent>();
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(ends[0].terminal, id);
    EXPECT_FALSE(ends[0].stopped);
    ASSERT_TRUE(call->startTerminal(id, {}));
    settle();
    ASSERT_TRUE(call->stopTerminal(id, StopMode::Discard, {}));
    settle();
    EXPECT_TRUE(app->events.all<tapi::ToneTerminalEvent>().back().stopped);
}

TEST_F(TerminalTest, ASoundDeviceThatIsNotThereIsRefusedAndOneThatIsTakesSound) {
    const auto none = add(tapi::SoundDeviceTerminal{"no_such_device", TerminalDirection::Render});
    EXPECT_EQ(call->startTerminal(none, {}).error().code, ErrorCode::NoDevice);
    EXPECT_EQ(call->mediaStatus().terminals.at(0).state, tapi::TerminalState::Idle);
    run(tapi::SoundDeviceTerminal{"null", TerminalDirection::Render});
    pull();
    EXPECT_EQ(call->mediaStatus().terminals.at(1).rendered, 160U);
}

TEST_F(TerminalTest, WhatIsWrongIsRefusedInWords) {
    EXPECT_EQ(call->addTerminal(tapi::FilePlayTerminal{}).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(call->addTerminal(tapi::FilePlayTerminal{{path("none.wav")}}).error().code,
              ErrorCode::NoDevice);
    EXPECT_EQ(call->addTerminal(tapi::ToneTerminal{{{5000, 0, -10, 40ms}}}).error().code,
              ErrorCode::InvalTone);
    EXPECT_EQ(call->addTerminal(tapi::ToneTerminal{{{500, 0, -10, -1ms}}}).error().code,
              ErrorCode::InvalTone);
    EXPECT_EQ(call->startTerminal(tapi::TerminalId{77}, {}).error().code,
              ErrorCode::InvalTerminalId);
    const auto id = add(tapi::NullTerminal{});
    EXPECT_EQ(call->pauseTerminal(id).error().code, ErrorCode::InvalCallState);
    EXPECT_EQ(call->stopTerminal(id, StopMode::Drain, {}).error().code, ErrorCode::InvalCallState);
    ASSERT_TRUE(call->startTerminal(id, {}));
    settle();
    EXPECT_EQ(call->startTerminal(id, {}).error().code, ErrorCode::InvalCallState);
    EXPECT_EQ(call->removeTerminal(id).error().code, ErrorCode::InUse);
    ASSERT_TRUE(call->stopTerminal(id, StopMode::Drain, {}));
    settle();
    EXPECT_TRUE(call->removeTerminal(id));
    EXPECT_EQ(call->removeTerminal(id).error().code, ErrorCode::InvalTerminalId);
}

TEST_F(TerminalTest, AMonitorHearsOfThemAndHasNoSayInThem) {
    Application other(*manager, "other");
    other.watch({.owner = false, .monitor = true});
    const auto theirs = other.address()->calls().at(0);
    const auto id = run(tapi::FileRecordTerminal{path("r.wav")});
    EXPECT_EQ(other.events.all<tapi::FileTerminalEvent>().size(), 1U);
    EXPECT_EQ(theirs->mediaStatus().terminals.size(), 1U);
    EXPECT_EQ(theirs->addTerminal(tapi::NullTerminal{}).error().code, ErrorCode::NotOwner);
    EXPECT_EQ(theirs->stopTerminal(id, StopMode::Drain, {}).error().code, ErrorCode::NotOwner);
    EXPECT_EQ(theirs->pauseTerminal(id).error().code, ErrorCode::NotOwner);
}

TEST_F(TerminalTest, FileEventsPassTheFilter) {
    ASSERT_TRUE(call->setEventFilter(tapi::EventClass::FileTerminal,
                                     static_cast<std::int32_t>(State::Active), false));
    run(tapi::FilePlayTerminal{{soundFile("a.wav", 100, 1)}});
    pull();
    ASSERT_EQ(files().size(), 1U);
    EXPECT_EQ(files()[0].state, State::Idle);
}

TEST_F(TerminalTest, AFullDiskEndsTheRecordingAloneAndWhatWasRecordedStays) {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    run(tapi::FileRecordTerminal{path("r.wav")});
    run(tapi::NullTerminal{TerminalDirection::Render});
    const rlimit tight{10000, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tight);
    for (int i = 0; i < 50; ++i) {
        pull();
    }
    ::setrlimit(RLIMIT_FSIZE, &old);
    ASSERT_EQ(files().size(), 2U);
    EXPECT_EQ(files()[1].cause, Cause::WriteError);
    EXPECT_NE(files()[1].error.find("File too large"), std::string::npos) << files()[1].error;
    EXPECT_NE(files()[1].error.find("0.6 s were kept"), std::string::npos) << files()[1].error;
    EXPECT_EQ(contentOf(path("r.wav")).size(), (10000U - 44) / 2);
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    EXPECT_NE(running() & TSPI_MEDIA_RECORD, 0U);
    ASSERT_TRUE(call->record(path("again.wav"), {}));  // there is room again
    settle();
    pull();
    EXPECT_TRUE(call->stopRecording({}));
}

TEST_F(TerminalTest, AFileThatIsCutShortWhileItPlaysIsSaid) {
    const auto file = soundFile("a.wav", 80000, 100);
    run(tapi::FilePlayTerminal{{file}});
    pull();
    fs::resize_file(file, 4000);
    for (int i = 0; i < 600 && files().size() < 2; ++i) {
        pull();
    }
    ASSERT_EQ(files().size(), 2U);
    EXPECT_EQ(files()[1].state, State::Idle);
    EXPECT_NE(files()[1].error.find("cut off"), std::string::npos) << files()[1].error;
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
}

TEST_F(TerminalTest, AFileThatIsDeletedWhileItPlaysIsPlayedToItsEnd) {
    const auto file = soundFile("a.wav", 8000, 100);
    run(tapi::FilePlayTerminal{{file}});
    std::size_t heard = pull().size();
    fs::remove(file);
    for (int i = 0; i < 60; ++i) {
        heard += pull().size();
    }
    EXPECT_EQ(heard, 8000U);
    EXPECT_EQ(files().back().cause, Cause::EndOfFile);
}

TEST_F(TerminalTest, AKilledProcessLeavesWhatWasRecordedUpToTheLastSecond) {
    call.reset();
    app.reset();
    manager.reset();
    const pid_t child = ::fork();
    if (child == 0) {
        begin();
        static_cast<void>(call->record(path("k.wav"), {}));
        settle();
        for (int i = 0; i < 125; ++i) {  // 2.5 s
            fake.tick(fake.lastMedia(), 160, 1000);
        }
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_GE(contentOf(path("k.wav.part")).size(), 12000U);
}

TEST_F(TerminalTest, TheFiguresTellOfGapsAndOfWhatCameTwice) {
    run(tapi::FileRecordTerminal{path("r.wav")});
    auto& media = fake.lastMedia();
    pull();
    media.recorded += 320;
    pull();
    media.recorded -= 160;
    pull();
    media.callbacks.event(media.handle, TSPI_MEDIAEVENT_OVERRUN, 0, nullptr);
    settle();
    const auto status = call->mediaStatus();
    EXPECT_TRUE(status.open);
    EXPECT_TRUE(status.record.running);
    EXPECT_FALSE(status.play.running);
    EXPECT_EQ(status.record.moved, 320U);
    EXPECT_EQ(status.record.lost, 320U);
    EXPECT_EQ(status.record.concealed, 320U);
    EXPECT_EQ(status.record.gaps, 1U);
    EXPECT_EQ(status.record.late, 160U);
    EXPECT_EQ(status.record.alarms, 1U);
    EXPECT_EQ(status.terminals.at(0).rendered, 640U);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    const auto after = call->mediaStatus();
    EXPECT_FALSE(after.open);
    EXPECT_EQ(after.record.lost, 320U);
    EXPECT_EQ(contentOf(path("r.wav")).size(), 640U);
}

TEST_F(TerminalTest, TheDriftOfTheDeviceIsMeasured) {
    run(tapi::NullTerminal{TerminalDirection::Render});
    EXPECT_FALSE(call->mediaStatus().record.drift);
    for (int i = 0; i < 30 * 50; ++i) {  // a device that is 200 ppm slow
        loop.advance(20ms + 4us);
        fake.tick(fake.lastMedia(), 160, 0);
    }
    const auto drift = call->mediaStatus().record.drift;
    ASSERT_TRUE(drift);
    EXPECT_NEAR(*drift, -200, 10);
}

TEST_F(TerminalTest, ADeviceOnAThreadOfItsOwnIsMeasuredToo) {
    run(tapi::FileRecordTerminal{path("r.wav")});
    for (int second = 0; second < 20; ++second) {
        std::thread device([&] {
            for (int i = 0; i < 50; ++i) {
                fake.tick(fake.lastMedia(), 160, 1);
            }
        });
        device.join();
        loop.advance(1s);
    }
    ASSERT_TRUE(call->mediaStatus().record.drift);
    EXPECT_NEAR(*call->mediaStatus().record.drift, 0, 1);
    EXPECT_EQ(call->mediaStatus().record.moved, 20U * 8000);
}

TEST_F(TerminalTest, TheEndOfTheCallEndsThemAllOnce) {
    run(tapi::FilePlayTerminal{{soundFile("a.wav", 8000, 1)}});
    run(tapi::FileRecordTerminal{path("r.wav")});
    const auto idle = add(tapi::NullTerminal{TerminalDirection::Render});
    pull();
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    const auto all = files();
    EXPECT_EQ(std::count_if(all.begin(), all.end(),
                            [](const auto& each) { return each.state == State::Idle; }),
              2);
    EXPECT_TRUE(fs::exists(path("r.wav")));
    EXPECT_EQ(call->startTerminal(idle, {}).error().code, ErrorCode::InvalCallState);
    EXPECT_EQ(breaches(), 0U);
}

TEST_F(HalfDuplexTerminalTest, AStartThatNeverCompletesIsAnsweredWhenTheCallEnds) {
    fake.behave = [](const std::string&) { return Behaviour{How::Never}; };
    ASSERT_TRUE(call->record(path("r.wav"), answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 0);
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(answer.result->error().code, ErrorCode::Disconnected);
    EXPECT_FALSE(fs::exists(path("r.wav")));
    EXPECT_FALSE(fs::exists(path("r.wav.part")));
    EXPECT_TRUE(files().empty());
}

TEST_F(HalfDuplexTerminalTest, OneDirectionServesManyAndTheOtherIsRefusedInWords) {
    run(tapi::FileRecordTerminal{path("a.wav")});
    run(tapi::FileRecordTerminal{path("b.wav")});
    const auto player = add(tapi::FilePlayTerminal{{soundFile("p.wav", 100, 1)}});
    const auto refused = call->startTerminal(player, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InUse);
    EXPECT_NE(refused.error().cause.find("one thing at a time"), std::string::npos);
    const auto both = add(tapi::SoundDeviceTerminal{"null", TerminalDirection::Both});
    EXPECT_EQ(call->startTerminal(both, {}).error().code, ErrorCode::OperationUnavail);
    EXPECT_FALSE(call->mediaStatus().fullDuplex);
    EXPECT_TRUE(call->mediaStatus().play.possible);
    EXPECT_FALSE(app->address()->capabilities().fullDuplex);
}

TEST_F(HalfDuplexTerminalTest, TheOtherDirectionBeginsWhenTheDeviceHasDrained) {
    fake.behave = [](const std::string& function) {
        return function == "mediaStop" ? Behaviour{How::Later, 0, "", 300ms} : Behaviour{};
    };
    ASSERT_TRUE(call->play(soundFile("p.wav", 100, 1), {}));
    settle();
    fake.tick(fake.lastMedia(), 160);
    settle();
    ASSERT_TRUE(call->record(path("r.wav"), answer.reply()));  // while the device drains
    EXPECT_EQ(answer.count, 0);
    loop.advance(1s);
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
    EXPECT_EQ(files().back().path, path("r.wav"));
}

TEST_F(HalfDuplexTerminalTest, ADeviceThatRefusesLeavesNoFile) {
    fake.behave = [](const std::string&) {
        return Behaviour{How::Inside, LINEERR_OPERATIONFAILED, "+VRX failed"};
    };
    ASSERT_TRUE(call->record(path("r.wav"), answer.reply()));
    settle();
    EXPECT_EQ(answer.result->error().cause, "+VRX failed");
    EXPECT_FALSE(fs::exists(path("r.wav")));
    EXPECT_FALSE(fs::exists(path("r.wav.part")));
    fake.behave = nullptr;
    EXPECT_TRUE(call->record(path("r.wav"), {}));
}

}  // namespace
}  // namespace tipring::test
