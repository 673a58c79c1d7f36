// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/conference_room.h"

#include <algorithm>
#include <filesystem>

#include "mixer_lines.h"
#include "sound_directory.h"
#include "tipring/hal/dsp/tone.h"
#include "tipring/tapi_core/media/file_terminals.h"
#include "tipring/tapi_core/media/stream.h"
#include "tipring/tapi_core/media/tone_terminal.h"

namespace tipring::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Event = RoomEventKind;

/// A call of a line whose device moves 20 ms at a time.
struct Caller {
    std::shared_ptr<RoomTerminal> terminal;
    std::unique_ptr<Stream> stream = std::make_unique<Stream>();
    MixedLine::Sound sound = {};
    dsp::DtmfGenerator keys = dsp::DtmfGenerator();
    Samples heard = {};
    std::uint64_t position = 0;
    std::string ended = {};

    void turn() {
        Samples block(160);
        for (std::size_t i = 0; i < block.size(); ++i) {
            block[i] = std::int16_t(std::lrint(sound ? sound(position + i) : 0));
        }
        keys.mix(block);
        stream->receive(position, block);
        std::fill(block.begin(), block.end(), std::int16_t{0});
        stream->send(position, block);
        position += block.size();
        heard.insert(heard.end(), block.begin(), block.end());
    }
    [[nodiscard]] double level(double hertz, std::size_t count = 4000) const {
        return amplitudeAt(std::span<const std::int16_t>(heard).last(count), hertz);
    }
};

class ConferenceRoomTest : public SoundDirectory {
protected:
    void open(RoomSettings settings = {}) {
        auto made = ConferenceRoom::create(std::move(settings));
        ASSERT_TRUE(made) << made.error().text();
        room = std::move(*made);
        room->listen([this](const RoomEvent& event) { events.push_back(event); });
    }
    Caller& call(const std::string& name, MixedLine::Sound sound = {}) {
        callers.push_back(std::make_unique<Caller>());
        Caller& caller = *callers.back();
        auto terminal = room->seat(name);
        EXPECT_TRUE(terminal) << terminal.error().text();
        caller.terminal = std::move(*terminal);
        caller.sound = std::move(sound);
        caller.terminal->listen([&caller](const TerminalEvent& event) {
            caller.ended = event.state == TerminalState::Idle ? event.text : "";
        });
        EXPECT_TRUE(caller.stream->attach(caller.terminal));
        EXPECT_TRUE(caller.stream->startTerminal(*caller.terminal));
        caller.stream->start(StreamDirection::Play);
        caller.stream->start(StreamDirection::Record);
        return caller;
    }
    void run(std::size_t ticks) {
        for (std::size_t i = 0; i < ticks; ++i) {
            for (const auto& caller : callers) {
                caller->turn();
            }
            room->tick();
        }
    }
    [[nodiscard]] std::size_t count(Event kind) const {
        return std::size_t(std::count_if(events.begin(), events.end(), [&](const RoomEvent& event) {
            return event.kind == kind;
        }));
    }
    static RoomSettings withPin(const std::string& pin) {
        RoomSettings settings;
        settings.pin = pin;
        return settings;
    }
    static RoomSettings quiet() {
        RoomSettings settings;
        settings.tellComings = false;
        return settings;
    }

    std::vector<RoomEvent> events;  // outlives those who tell them
    std::shared_ptr<ConferenceRoom> room;
    std::vector<std::unique_ptr<Caller>> callers;
};

TEST_F(ConferenceRoomTest, CallersOfAnyLinesHearEachOther) {
    open(quiet());
    Caller& first = call("line 1", tone(500, 5000));
    Caller& second = call("line 2", tone(700, 5000));
    Caller& third = call("line 3");
    run(100);
    EXPECT_NEAR(decibels(first.level(700) / 5000), 0, 0.5);
    EXPECT_LT(decibels(first.level(500) / 5000), -60);
    EXPECT_NEAR(decibels(second.level(500) / 5000), 0, 0.5);
    EXPECT_LT(decibels(second.level(700) / 5000), -60);
    EXPECT_NEAR(decibels(third.level(500) / 5000), 0, 0.5);
    EXPECT_EQ(count(Event::Joined), 3U);
    EXPECT_EQ(count(Event::Talking), 2U);
    ASSERT_TRUE(second.stream->stopTerminal(*second.terminal));
    run(100);
    EXPECT_LT(first.level(700), 1);
    EXPECT_EQ(count(Event::Left), 1U);
    EXPECT_EQ(room->seats()[1].state, SeatState::Away);
}

TEST_F(ConferenceRoomTest, ThirtyTwoMayComeAndNoMore) {
    open(quiet());
    for (int i = 0; i < 32; ++i) {
        call("line", tone(200.0 + 100 * i, 900));
    }
    const auto refused = room->seat("one more");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text(),
              "CONFERENCEFULL: all 32 seats of the room conference are "
              "taken");
    run(100);
    for (int i = 0; i < 32; ++i) {
        EXPECT_NEAR(decibels(callers[0]->level(200.0 + 100 * i, 8000) / 900), i == 0 ? -100 : 0,
                    i == 0 ? 40 : 0.5);
    }
    callers.pop_back();
    EXPECT_TRUE(room->seat("one more"));
    EXPECT_EQ(room->seats().size(), 31U);
}

TEST_F(ConferenceRoomTest, ThePinOpensTheDoorAndUntilThenNothingGoesThrough) {
    open(withPin("2580"));
    Caller& first = call("line 1", tone(500, 5000));
    Caller& second = call("line 2", tone(700, 5000));
    run(15);
    EXPECT_GT(second.level(600, 1000) + second.level(800, 1000), 100);  // it is asked
    run(50);
    EXPECT_EQ(count(Event::AtDoor), 2U);
    first.sound = {};
    second.sound = {};
    ASSERT_TRUE(first.keys.push("2580"));
    run(60);
    EXPECT_EQ(count(Event::Joined), 1U);
    EXPECT_EQ(room->seats()[0].state, SeatState::Present);
    first.sound = tone(500, 5000);
    run(100);
    EXPECT_LT(second.level(500), 1);
    ASSERT_TRUE(second.keys.push("1*2580#"));  // begun anew
    run(200);
    EXPECT_NEAR(second.level(500), 5000, 100);
    EXPECT_EQ(count(Event::Joined), 2U);
    EXPECT_EQ(count(Event::WrongPin), 0U);
}

TEST_F(ConferenceRoomTest, AWrongPinMayBeTriedAgainAndThenTheCallerIsRefused) {
    open(withPin("2580"));
    Caller& caller = call("line 1");
    ASSERT_TRUE(caller.keys.push("1111"));
    run(60);
    EXPECT_EQ(count(Event::WrongPin), 1U);
    ASSERT_TRUE(caller.keys.push("25#"));
    run(60);
    EXPECT_EQ(count(Event::WrongPin), 2U);
    EXPECT_EQ(caller.terminal->state(), TerminalState::Active);
    ASSERT_TRUE(caller.keys.push("9999"));
    run(60);
    EXPECT_EQ(count(Event::Refused), 1U);
    EXPECT_EQ(caller.terminal->state(), TerminalState::Idle);
    EXPECT_EQ(caller.ended, "refused: 3 wrong PINs");
    EXPECT_EQ(count(Event::Joined), 0U);
    ASSERT_TRUE(caller.stream->startTerminal(*caller.terminal));  // a new call
    ASSERT_TRUE(caller.keys.push("2580"));
    run(60);
    EXPECT_EQ(count(Event::Joined), 1U);
}

TEST_F(ConferenceRoomTest, WhoTypesNothingIsRefusedInTime) {
    RoomSettings settings = withPin("1");
    settings.pinTime = seconds(5);
    open(settings);
    Caller& caller = call("line 1");
    run(249);
    EXPECT_EQ(caller.terminal->state(), TerminalState::Active);
    run(3);
    EXPECT_EQ(caller.ended, "refused: no PIN within 5 s");
}

TEST_F(ConferenceRoomTest, ComingsAreHeardByThoseWhoAreThere) {
    RoomSettings settings;
    settings.joinFile = wav("join.wav", sine(4000, 900));
    settings.leaveFile = wav("leave.wav", sine(4000, 1100));
    open(settings);
    Caller& first = call("line 1");
    run(50);
    Caller& second = call("line 2");
    run(26);
    EXPECT_NEAR(first.level(900, 2000), 8000, 200);
    run(50);
    EXPECT_LT(first.level(900, 2000), 1);
    ASSERT_TRUE(second.stream->stopTerminal(*second.terminal));
    run(26);
    EXPECT_NEAR(first.level(1100, 2000), 8000, 200);
}

TEST_F(ConferenceRoomTest, AnAnnouncementIsHeardByAllAndItsEndIsTold) {
    open(quiet());
    Caller& first = call("line 1", tone(500, 4000));
    Caller& second = call("line 2");
    auto file = FilePlayTerminal::open({wav("news.wav", sine(16000, 1200))});
    ASSERT_TRUE(file);
    ASSERT_TRUE(room->announce(std::move(*file)));
    run(80);
    EXPECT_NEAR(first.level(1200), 8000, 100);
    EXPECT_NEAR(second.level(1200), 8000, 100);
    EXPECT_NEAR(second.level(500), 4000, 50);
    EXPECT_EQ(count(Event::AnnouncementEnded), 0U);
    run(40);
    EXPECT_EQ(count(Event::AnnouncementEnded), 1U);
    for (int i = 0; i < 8; ++i) {
        ASSERT_TRUE(room->announce(std::move(*ToneTerminal::create({{400, 0, -20, 800}}, 0))));
    }
    const auto more = room->announce(std::move(*ToneTerminal::create({{400, 0, -20, 800}}, 0)));
    EXPECT_EQ(more.error().text(), "INUSE: 8 announcements are waiting");
    EXPECT_FALSE(room->announce(nullptr));
    run(50);
    EXPECT_GT(second.level(400), 100);
    room->stopAnnouncements();
    EXPECT_EQ(count(Event::AnnouncementEnded), 9U);
    run(50);
    EXPECT_LT(second.level(400), 1);
}

TEST_F(ConferenceRoomTest, ARecordingHasEverybody) {
    open(quiet());
    call("line 1", tone(500, 4000));
    call("line 2", tone(700, 4000));
    EXPECT_EQ(room->stopRecording().error().code, hal::ErrorCode::InvalCallState);
    auto file = FileRecordTerminal::create(path("room.wav"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(room->record(std::move(*file)));
    auto second = FileRecordTerminal::create(path("other.wav"));
    EXPECT_EQ(room->record(std::move(*second)).error().code, hal::ErrorCode::InUse);
    EXPECT_FALSE(std::filesystem::exists(path("other.wav")));
    run(150);
    ASSERT_TRUE(room->stopRecording());
    EXPECT_EQ(count(Event::RecordingEnded), 1U);
    const Samples recorded = read(path("room.wav"));
    ASSERT_EQ(recorded.size(), 150U * 160);
    const auto end = std::span<const std::int16_t>(recorded).last(8000);
    EXPECT_NEAR(amplitudeAt(end, 500), 4000, 10);
    EXPECT_NEAR(amplitudeAt(end, 700), 4000, 10);
}

TEST_F(ConferenceRoomTest, SeatsAreMutedTurnedUpAndRemoved) {
    open(quiet());
    Caller& talker = call("line 1", tone(500, 4000));
    Caller& listener = call("line 2");
    const SeatId seat = talker.terminal->seat();
    ASSERT_TRUE(room->setMuted(seat, true));
    run(100);
    EXPECT_LT(listener.level(500), 1);
    EXPECT_TRUE(room->seats()[0].sound.muted);
    EXPECT_TRUE(room->seats()[0].sound.talking);  // so that it can be told that nobody hears it
    ASSERT_TRUE(room->setMuted(seat, false));
    ASSERT_TRUE(room->setGain(seat, 6));
    run(100);
    EXPECT_NEAR(decibels(listener.level(500) / 4000), 6, 0.1);
    EXPECT_FALSE(room->setGain(seat, 60));
    ASSERT_TRUE(room->remove(seat));
    run(100);
    EXPECT_EQ(talker.ended, "removed from the room");
    EXPECT_LT(listener.level(500), 1);
    EXPECT_EQ(room->remove(SeatId{99}).error().text(), "INVALPARAM: the room has no seat 99");
}

TEST_F(ConferenceRoomTest, SettingsThatCannotBeAreRefusedInWords) {
    const auto refused = [](RoomSettings settings) {
        const auto made = ConferenceRoom::create(std::move(settings));
        return made ? std::string("none") : made.error().text();
    };
    EXPECT_EQ(refused(withPin("12a")), "INVALPARAM: a PIN is up to 16 digits, 0 to 9");
    RoomSettings settings;
    settings.pinAttempts = 0;
    EXPECT_EQ(refused(settings), "INVALPARAM: 0 attempts at a PIN are not 1 to 10");
    settings = {};
    settings.pinTime = seconds(0);
    EXPECT_EQ(refused(settings), "INVALPARAM: 0 s for a key are not 1 to 300");
    settings = {};
    settings.joinFile = path("nothing.wav");
    EXPECT_NE(refused(settings).find("nothing.wav"), std::string::npos);
    settings = {};
    settings.mostParties = 1025;
    EXPECT_EQ(refused(settings), "INVALPARAM: a mix of 1025 parties: it has room for 2 to 1024");
}

TEST_F(ConferenceRoomTest, ItKeepsTimeWithTheClockThatItIsTold) {
    open();
    EXPECT_EQ(room->run(milliseconds(1000)), 1U);
    EXPECT_EQ(room->run(milliseconds(1019)), 0U);
    EXPECT_EQ(room->run(milliseconds(1061)), 3U);
    EXPECT_EQ(room->run(seconds(3600)), 1U);  // the machine slept
}

}  // namespace
}  // namespace tipring::media
