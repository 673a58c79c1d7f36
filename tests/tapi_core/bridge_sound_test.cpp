// SPDX-License-Identifier: Apache-2.0
// What the parties of a conference, a transfer and a room hear, measured on the samples that go to
// their lines: each says a tone of its own.
#include <filesystem>
#include <numbers>

#include "tapi_core/bridge_fixture.h"
#include "tipring/tapi_core/media/file_playback.h"
#include "tipring/tapi_core/media/file_recording.h"

namespace tipring::test {
namespace {

using media::amplitudeAt;
using media::decibels;
using Samples = std::vector<std::int16_t>;
constexpr double kHertz[] = {700, 1000, 1300, 1600, 1900};  // no tones of a network
constexpr std::size_t kBlock = 160;

class BridgeSoundTest : public BridgeFixture {
protected:
    /// All lines talk and listen for a time; what each hears is kept.
    void talk(std::chrono::milliseconds time, double amplitude = 3000) {
        heard.assign(kLines, {});
        for (auto rest = time; rest.count() > 0; rest -= 20ms) {
            for (std::size_t line = 0; line < std::size(kHertz); ++line) {
                if (FakeProvider::Media* media = mediaOn(line)) {
                    turn(*media, line, line == silent ? 0 : amplitude);
                }
            }
            loop.advance(20ms);
        }
    }
    void turn(FakeProvider::Media& media, std::size_t line, double amplitude) {
        if ((media.running & TSPI_MEDIA_RECORD) != 0) {
            std::int16_t said[kBlock];
            for (std::size_t i = 0; i < kBlock; ++i) {
                const auto angle =
                    2 * std::numbers::pi * kHertz[line] * double(media.recorded + i) / 8000;
                said[i] = std::int16_t(std::lrint(amplitude * std::sin(angle)));
                if (echoes && line == 0) {  // its hybrid, 10 dB down; nobody speaks there
                    const Samples& all = heard[line];
                    const std::size_t back = kBlock + 16;
                    said[i] = all.size() < back
                                  ? std::int16_t{0}
                                  : std::int16_t(all[all.size() - back + i] * 316 / 1000);
                }
            }
            media.callbacks.receive(media.handle, media.recorded, said, kBlock);
            media.recorded += kBlock;
        }
        if ((media.running & TSPI_MEDIA_PLAY) != 0) {
            Samples got(kBlock, 0);
            media.callbacks.send(media.handle, media.played, got.data(), kBlock);
            media.played += kBlock;
            heard[line].insert(heard[line].end(), got.begin(), got.end());
        }
    }
    /// A key of the telephone at the other end, 100 ms and as much silence.
    void press(std::size_t line, int digit) {
        constexpr double kLow = 697;
        const double high = digit == 1 ? 1209 : 1336;
        FakeProvider::Media& media = *mediaOn(line);
        for (int block = 0; block < 10; ++block) {
            std::int16_t said[kBlock] = {};
            for (std::size_t i = 0; i < kBlock && block < 5; ++i) {
                const double time = 2 * std::numbers::pi * double(media.recorded + i) / 8000;
                said[i] = std::int16_t(4000 * (std::sin(kLow * time) + std::sin(high * time)));
            }
            media.callbacks.receive(media.handle, media.recorded, said, kBlock);
            media.recorded += kBlock;
            Samples got(kBlock, 0);
            media.callbacks.send(media.handle, media.played, got.data(), kBlock);
            media.played += kBlock;
            loop.advance(20ms);
        }
    }
    /// dB of what `line` hears of `talker`, against what that one says.
    [[nodiscard]] double level(std::size_t line, std::size_t talker, double amplitude = 3000) {
        const Samples& all = heard[line];
        return all.size() < 4000
                   ? -200
                   : decibels(amplitudeAt(std::span(all).last(4000), kHertz[talker]) / amplitude);
    }
    void expectAllHearAll(std::size_t count, double amplitude = 3000, double near = 0.2) {
        for (std::size_t line = 0; line < count; ++line) {
            for (std::size_t talker = 0; talker < count; ++talker) {
                if (line == talker) {
                    EXPECT_LT(level(line, talker, amplitude), -50) << line << " hears itself";
                } else {
                    EXPECT_NEAR(level(line, talker, amplitude), 0, near)
                        << line << " of " << talker;
                }
            }
        }
    }
    std::string file(const std::string& name) {
        const std::string path = testing::TempDir() + "bridge_" + name;
        std::filesystem::remove(path);
        return path;
    }

    std::vector<Samples> heard;
    std::size_t silent = 99;
    bool echoes = false;
};

TEST_F(BridgeSoundTest, EachHearsAllOthersAndNotItself) {
    confer(5);
    talk(1s);
    expectAllHearAll(5);
}

TEST_F(BridgeSoundTest, LoudTalkersAreTurnedDownAndNeverClipped) {
    confer(4);
    talk(1500ms, 14000);
    for (std::size_t line = 0; line < 4; ++line) {
        int most = 0;
        double own = -200;
        for (const std::int16_t sample : heard[line]) {
            most = std::max(most, std::abs(int(sample)));
        }
        EXPECT_LE(most, 31000) << line;
        EXPECT_GT(most, 25000) << line;
        for (std::size_t talker = 0; talker < 4; ++talker) {
            const double decibel = level(line, talker, 14000);
            EXPECT_TRUE(line == talker ? decibel < -40 : decibel > -4 && decibel < -1)
                << line << " of " << talker << ": " << decibel;
            own = std::max(own, decibel);
        }
        EXPECT_GT(calls[line]->memberStatus()->reduction, 1) << own;
    }
}

TEST_F(BridgeSoundTest, NobodyHearsItselfByTheEchoOfAnotherLine) {
    confer(3);
    echoes = true;
    talk(3s);
    EXPECT_LT(level(1, 1), -30);
    EXPECT_LT(level(2, 2), -30);
    EXPECT_NEAR(level(1, 2), 0, 1);
    EXPECT_NEAR(level(2, 1), 0, 1);
}

TEST_F(BridgeSoundTest, MuteAndGainAreWhatTheOthersHear) {
    confer(3);
    ASSERT_TRUE(calls[0]->setMember({.gain = -6}));
    ASSERT_TRUE(calls[1]->setMember({.muted = true}));
    talk(1s);
    EXPECT_NEAR(level(2, 0), -6, 0.2);
    EXPECT_LT(level(2, 1), -50);
    EXPECT_LT(level(0, 1), -50);
    EXPECT_NEAR(level(1, 2), 0, 0.2) << "who is muted hears";
    EXPECT_TRUE(calls[1]->memberStatus()->talking) << "and is seen to talk";
    silent = 2;
    talk(1s);
    EXPECT_FALSE(calls[2]->memberStatus()->talking);
}

TEST_F(BridgeSoundTest, ASupervisorIsNotHeard) {
    confer(2);
    tapi::CallParams quiet;
    quiet.flags = tapi::CallParamFlag::NoHoldConference;
    const Call supervisor = made(2, "9", quiet);
    ok(conference->conference(supervisor, reply()));
    talk(1s);
    EXPECT_NEAR(level(0, 1), 0, 0.2) << "they go on talking while it is called";
    state(2, LINECALLSTATE_CONNECTED);
    talk(1s);
    EXPECT_NEAR(level(2, 0), 0, 0.2);
    EXPECT_NEAR(level(2, 1), 0, 0.2);
    EXPECT_LT(level(0, 2), -50);
    EXPECT_LT(level(1, 2), -50);
}

TEST_F(BridgeSoundTest, WhoLeavesHearsNothingAndIsNotHeard) {
    confer(3);
    ok(calls[2]->removeFromConference(reply()));
    talk(1s);
    EXPECT_NEAR(level(0, 1), 0, 0.2);
    EXPECT_LT(level(0, 2), -50);
    EXPECT_LT(level(2, 0), -50);
}

TEST_F(BridgeSoundTest, ATransferCarriesBothWays) {
    calls = {connected(0), made(1)};
    ok(calls[0]->transfer(calls[1], reply()));
    state(1, LINECALLSTATE_CONNECTED);
    ok(calls[1]->finish(tapi::FinishMode::AsTransfer, reply()));
    app->events.events.clear();
    talk(1s);
    expectAllHearAll(2);
    for (const auto& event : app->events.all<tapi::CallStateEvent>()) {
        ADD_FAILURE() << "an event for a call that is over: " << tapi::name(event.lineState);
    }
    hangUp(1);
    EXPECT_EQ(drops(0), 1u);
}

TEST_F(BridgeSoundTest, AConferenceIsRecordedAndAnnouncedTo) {
    confer(2);
    const std::string tone = file("tone.wav");
    {
        auto recording = media::FileRecording::create(tone);
        Samples samples(16000);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            samples[i] =
                std::int16_t(2000 * std::sin(2 * std::numbers::pi * 2200 * double(i) / 8000));
        }
        ASSERT_TRUE(recording->write(samples));
    }
    const std::string record = file("all.wav");
    ok(conference->record(record, reply()));
    EXPECT_EQ(conference->record(file("second.wav"), {}).error().code, ErrorCode::InUse);
    ok(conference->play(tone, reply()));
    talk(1s);
    EXPECT_NEAR(decibels(amplitudeAt(std::span(heard[0]).last(4000), 2200) / 2000), 0, 0.3);
    ok(conference->stopRecording(reply()));
    Samples samples(1 << 16);
    auto playback = media::FilePlayback::open(record);
    ASSERT_TRUE(playback);
    samples.resize(playback->read(samples).value());
    ASSERT_GT(samples.size(), 7000u);
    for (const double hertz : {700.0, 1000.0}) {
        EXPECT_NEAR(decibels(amplitudeAt(std::span(samples).last(4000), hertz) / 3000), 0, 0.3);
    }
    const auto files = app->events.all<tapi::FileTerminalEvent>();
    ASSERT_FALSE(files.empty());
    EXPECT_EQ(files.back().path, record);
    EXPECT_EQ(files.back().state, tapi::FileTerminalEvent::State::Idle);
    EXPECT_EQ(conference->stopRecording({}).error().code, ErrorCode::InvalCallState);
    EXPECT_EQ(conference->addTerminal(tapi::NullTerminal{}).error().code,
              ErrorCode::OperationUnavail);
}

TEST_F(BridgeSoundTest, OrdinaryCallsMeetInARoom) {
    tapi::RoomSettings settings;
    settings.mostCalls = 3;
    settings.tellComings = false;
    const auto room = app->tapi->createRoom(settings).value();
    for (std::size_t line = 0; line < 3; ++line) {
        calls.push_back(connected(line));
        ok(room->admit(calls[line], reply()));
        EXPECT_EQ(calls[line]->lineState(), S::Connected) << "an ordinary call";
    }
    talk(1s);
    expectAllHearAll(3);
    const auto guests = room->guests();
    ASSERT_EQ(guests.size(), 3u);
    EXPECT_TRUE(guests[1].sound.talking);
    EXPECT_FALSE(guests[1].atDoor);
    EXPECT_EQ(calls[0]->hub()->calls().size(), 3u);
    EXPECT_EQ(calls[0]->conference(calls[1], {}).error().code, ErrorCode::InvalCallState);
    EXPECT_EQ(room->admit(calls[0], {}).error().code, ErrorCode::InvalCallState);
    const Call late = connected(3);
    EXPECT_EQ(room->admit(late, {}).error().code, ErrorCode::ConferenceFull);
    EXPECT_EQ(room->dismiss(late).error().code, ErrorCode::InvalCallHandle);
    ASSERT_TRUE(room->dismiss(calls[2]));
    settle();
    EXPECT_EQ(calls[2]->lineState(), S::Connected);
    ok(room->admit(late, reply()));
    hangUp(0);
    EXPECT_EQ(room->guests().size(), 2u);
    std::vector<tapi::RoomEvent::Kind> kinds;
    for (const auto& event : app->events.all<tapi::RoomEvent>()) {
        if (event.kind != tapi::RoomEvent::Kind::Talking &&
            event.kind != tapi::RoomEvent::Kind::Quiet) {
            kinds.push_back(event.kind);
        }
    }
    using Kind = tapi::RoomEvent::Kind;
    EXPECT_EQ(kinds, (std::vector{Kind::Joined, Kind::Joined, Kind::Joined, Kind::Left,
                                  Kind::Joined, Kind::Left}));
}

TEST_F(BridgeSoundTest, ARoomWithAPinRefusesWhoDoesNotKnowIt) {
    tapi::RoomSettings settings;
    settings.pin = "12";
    settings.pinTime = 5s;
    const auto room = app->tapi->createRoom(settings).value();
    calls.push_back(connected(0));
    ok(room->admit(calls[0], reply()));
    EXPECT_TRUE(room->guests().at(0).atDoor);
    silent = 0;
    talk(6s);
    settle();
    EXPECT_TRUE(room->guests().empty());
    const auto events = app->events.all<tapi::RoomEvent>();
    ASSERT_GE(events.size(), 2u);
    EXPECT_EQ(events.front().kind, tapi::RoomEvent::Kind::AtDoor);
    EXPECT_EQ(events.back().kind, tapi::RoomEvent::Kind::Refused);
    EXPECT_EQ(events.back().call, calls[0]);
    EXPECT_EQ(calls[0]->lineState(), S::Connected) << "what becomes of it the application says";
    settings.mostCalls = 1;
    EXPECT_EQ(app->tapi->createRoom(settings).error().code, ErrorCode::InvalParam);
}

TEST_F(BridgeSoundTest, TheRightPinLetsACallIn) {
    tapi::RoomSettings settings;
    settings.pin = "12";
    settings.tellComings = false;
    const auto room = app->tapi->createRoom(settings).value();
    calls = {connected(0), connected(1)};
    for (std::size_t line = 0; line < 2; ++line) {
        ok(room->admit(calls[line], reply()));
        EXPECT_TRUE(room->guests().at(line).atDoor);
        press(line, 1);
        press(line, 2);
        settle();
        EXPECT_FALSE(room->guests().at(line).atDoor);
    }
    talk(1s);
    expectAllHearAll(2);
    for (const auto& event : app->events.all<tapi::RoomEvent>()) {
        EXPECT_NE(event.kind, tapi::RoomEvent::Kind::Refused);
    }
}

TEST_F(BridgeSoundTest, ARoomThatIsGivenUpLeavesItsCalls) {
    auto room = app->tapi->createRoom({}).value();
    calls.push_back(connected(0));
    ok(room->admit(calls[0], reply()));
    room.reset();
    app->events.events.clear();
    talk(1s);
    EXPECT_EQ(calls[0]->lineState(), S::Connected);
    EXPECT_EQ(calls[0]->hub(), nullptr);
}

}  // namespace
}  // namespace tipring::test
