// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/stream.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "hal/base/allocation_count.h"
#include "sound_directory.h"
#include "tipring/tapi_core/media/file_terminals.h"
#include "tipring/tapi_core/media/sample_queue.h"
#include "tipring/tapi_core/media/tone_terminal.h"

namespace tipring::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Gives one number, as often as it is told; keeps what it is given.
class Probe final : public Terminal {
public:
    explicit Probe(std::int16_t value = 0, std::size_t left = 0)
        : Terminal("probe", TerminalClass::Dynamic, TerminalDirection::Both),
          value_(value),
          left_(left) {
        taken.reserve(100000);
    }
    Samples taken;

private:
    std::size_t onCapture(std::span<std::int16_t> samples) override {
        const std::size_t count = std::min(left_, samples.size());
        std::fill_n(samples.begin(), count, value_);
        left_ -= count;
        return count;
    }
    void onRender(std::span<const std::int16_t> samples) override {
        taken.insert(taken.end(), samples.begin(), samples.end());
    }
    const std::int16_t value_;
    std::size_t left_;
};

class StreamTest : public ::testing::Test {
protected:
    std::shared_ptr<Probe> probe(std::int16_t value = 0, std::size_t left = 0) {
        auto made = std::make_shared<Probe>(value, left);
        EXPECT_TRUE(stream.attach(made));
        EXPECT_TRUE(stream.startTerminal(*made));
        return made;
    }
    [[nodiscard]] StreamCounters record() const { return stream.counters(StreamDirection::Record); }
    Stream stream;
};

TEST_F(StreamTest, AllTerminalsGetWhatComesFromTheLine) {
    const auto first = probe();
    const auto second = probe();
    const Samples samples(160, 7);
    stream.receive(0, samples);  // not started: nobody gets it
    stream.start(StreamDirection::Record);
    stream.receive(1000, samples);
    stream.receive(1160, samples);
    EXPECT_EQ(first->taken.size(), 320U);
    EXPECT_EQ(second->taken, first->taken);
    EXPECT_EQ(record().moved, 320U);
    EXPECT_EQ(record().gaps, 0U);
}

TEST_F(StreamTest, AShortGapIsConcealedAndEverythingKeepsItsTime) {
    const auto heard = probe();
    stream.start(StreamDirection::Record);
    const Samples sound = sine(8000, 200);  // a period of 40 samples
    stream.receive(0, std::span{sound}.first(1600));
    stream.receive(1800, std::span{sound}.subspan(1800, 1600));
    ASSERT_EQ(heard->taken.size(), 3400U);
    EXPECT_EQ(record().lost, 200U);
    EXPECT_EQ(record().concealed, 200U);
    EXPECT_EQ(record().gaps, 1U);
    int largest = 0;
    for (std::size_t i = 1600; i < 1680; ++i) {  // before it fades
        largest = std::max(largest, std::abs(heard->taken[i] - sound[i]));
    }
    EXPECT_LT(largest, 400);
    int jump = 0;
    for (std::size_t i = 1590; i < 1900; ++i) {
        jump = std::max(jump, std::abs(heard->taken[i] - heard->taken[i - 1]));
    }
    EXPECT_LT(jump, 3000);  // the sine itself moves by 1255
    EXPECT_EQ(heard->taken[2000], sound[2000]);
}

TEST_F(StreamTest, ALongGapFadesIntoSilence) {
    const auto heard = probe();
    stream.start(StreamDirection::Record);
    const Samples sound = sine(1600, 200);
    stream.receive(0, sound);
    stream.receive(1600 + 4000, sound);
    ASSERT_EQ(heard->taken.size(), 1600U + 4000 + 1600);
    EXPECT_EQ(record().lost, 4000U);
    EXPECT_EQ(record().concealed, Concealment::kLongest);
    EXPECT_TRUE(std::all_of(heard->taken.begin() + 1600 + 480, heard->taken.begin() + 5600,
                            [](int sample) { return sample == 0; }));
}

TEST_F(StreamTest, WhatComesTwiceOrLateIsThrownAway) {
    const auto heard = probe();
    stream.start(StreamDirection::Record);
    stream.receive(0, Samples(160, 1));
    stream.receive(80, Samples(160, 2));  // half of it is old
    stream.receive(0, Samples(160, 3));   // all of it
    stream.receive(240, Samples(160, 4));
    EXPECT_EQ(heard->taken.size(), 400U);
    EXPECT_EQ(std::count(heard->taken.begin(), heard->taken.end(), 2), 80);
    EXPECT_EQ(std::count(heard->taken.begin(), heard->taken.end(), 3), 0);
    EXPECT_EQ(record().late, 240U);
    EXPECT_EQ(record().lost, 0U);
}

TEST_F(StreamTest, ADeviceThatCountsAnewIsNoGap) {
    const auto heard = probe();
    stream.start(StreamDirection::Record);
    stream.receive(1'000'000'000, Samples(160, 1));
    stream.receive(0, Samples(160, 2));
    stream.receive(~std::uint64_t{0} - 1000, Samples(160, 3));
    EXPECT_EQ(heard->taken.size(), 480U);
    EXPECT_EQ(record().lost + record().late + record().gaps, 0U);
}

TEST_F(StreamTest, TerminalsAreMixedAndTheRestIsSilence) {
    const auto first = probe(100, 200);
    const auto second = probe(20, 1000);
    const auto loud = probe(32767, 10);
    Samples block(480);
    EXPECT_EQ(stream.send(0, block), 0U);  // not started
    stream.start(StreamDirection::Play);
    EXPECT_EQ(stream.send(0, block), 480U);
    EXPECT_EQ(block[0], 32767);
    EXPECT_EQ(block[100], 120);
    EXPECT_EQ(block[300], 20);
    EXPECT_EQ(stream.send(480, block), 480U);
    EXPECT_EQ(stream.send(960, block), 40U);
    const auto counters = stream.counters(StreamDirection::Play);
    EXPECT_EQ(counters.moved, 1000U);
    EXPECT_EQ(counters.silent, 440U);
}

TEST_F(StreamTest, APausedDirectionIsStillListenedTo) {
    const auto both = probe(5, 10000);
    std::size_t received = 0;
    stream.listen(
        [&](std::uint64_t, std::span<const std::int16_t> s, char) { received += s.size(); });
    stream.start(StreamDirection::Record);
    stream.start(StreamDirection::Play);
    stream.pause(StreamDirection::Record);
    stream.pause(StreamDirection::Play);
    Samples block(160);
    stream.receive(0, block);
    EXPECT_EQ(stream.send(0, block), 0U);
    EXPECT_EQ(received, 160U);
    EXPECT_TRUE(both->taken.empty());
    stream.resume(StreamDirection::Record);
    stream.resume(StreamDirection::Play);
    stream.receive(160, block);
    EXPECT_EQ(stream.send(160, block), 160U);
    EXPECT_EQ(both->taken.size(), 160U);
    EXPECT_EQ(record().gaps, 0U);
    stream.stop(StreamDirection::Record);
    EXPECT_EQ(stream.state(StreamDirection::Record), StreamState::Stopped);
}

TEST_F(StreamTest, ATerminalIsAttachedOnceAndStoppedWhenItGoes) {
    const auto one = probe();
    EXPECT_EQ(stream.attach(one).error().code, hal::ErrorCode::InUse);
    EXPECT_EQ(stream.terminals().size(), 1U);
    EXPECT_TRUE(stream.pauseTerminal(*one));
    EXPECT_TRUE(stream.detach(*one));
    EXPECT_EQ(one->state(), TerminalState::Idle);
    EXPECT_TRUE(stream.detach(*one));
    const auto two = probe();
    stream.detachAll();
    EXPECT_EQ(two->state(), TerminalState::Idle);
    EXPECT_TRUE(stream.terminals().empty());
}

TEST_F(StreamTest, MovesSoundWithoutAllocating) {
    const auto first = probe(1, 100000);
    const auto second = probe(2, 100000);
    stream.start(StreamDirection::Record);
    stream.start(StreamDirection::Play);
    Samples block(160);
    const auto before = test::allocationCount();
    for (std::uint64_t at = 0; at < 16000; at += 320) {  // a gap each time
        stream.receive(at, block);
        stream.send(at, block);
        stream.tick(nanoseconds(at * 125000));
    }
    EXPECT_EQ(test::allocationCount(), before);
}

TEST_F(StreamTest, TellsTheDriftOfTheDevice) {
    stream.start(StreamDirection::Record);
    const Samples block(160);
    EXPECT_FALSE(stream.drift(StreamDirection::Record));
    for (std::uint64_t i = 0; i < 3000; ++i) {  // a minute, 50 ppm too fast, late by 0 to 15 ms
        stream.receive(i * 160, block);
        const double due = double(i + 1) * 0.02 / (1 + 50e-6);
        stream.tick(nanoseconds(std::int64_t((due + double(i * 7 % 16) / 1000) * 1e9)));
    }
    ASSERT_TRUE(stream.drift(StreamDirection::Record));
    EXPECT_NEAR(*stream.drift(StreamDirection::Record), 50, 5);
}

class CallSound : public SoundDirectory {};

TEST_F(CallSound, IsRecordedWhileAFileIsPlayedAndAToneMixedIn) {
    Stream stream;
    std::shared_ptr<FilePlayTerminal> play =
        FilePlayTerminal::open({wav("greeting.wav", Samples(4000, 1000))}).value();
    std::shared_ptr<ToneTerminal> tone = ToneTerminal::create({{440, 0, -20, 2000}}, 1).value();
    std::shared_ptr<FileRecordTerminal> record =
        FileRecordTerminal::create(path("call.wav")).value();
    for (const std::shared_ptr<Terminal>& terminal :
         {std::shared_ptr<Terminal>(play), std::shared_ptr<Terminal>(tone),
          std::shared_ptr<Terminal>(record)}) {
        ASSERT_TRUE(stream.attach(terminal));
        ASSERT_TRUE(stream.startTerminal(*terminal));
    }
    stream.start(StreamDirection::Play);
    stream.start(StreamDirection::Record);
    Samples block(160);
    std::size_t sent = 0;
    for (std::uint64_t at = 0; at < 8000; at += 160) {
        stream.receive(at, Samples(160, 7));
        sent += stream.send(at, block);
    }
    EXPECT_EQ(sent, 4000U);
    EXPECT_EQ(play->state(), TerminalState::Idle);
    EXPECT_EQ(tone->state(), TerminalState::Idle);
    EXPECT_EQ(record->state(), TerminalState::Active);
    stream.detachAll();
    EXPECT_EQ(read(path("call.wav")), Samples(8000, 7));
}

TEST_F(CallSound, MayBeControlledWhileTheDeviceRunsOnAThreadOfItsOwn) {
    Stream stream;
    std::atomic<bool> over{false};
    stream.start(StreamDirection::Play);
    stream.start(StreamDirection::Record);
    std::thread device([&] {
        Samples block(160);
        for (std::uint64_t at = 0; !over; at += 160) {
            stream.receive(at, block);
            stream.send(at, block);
        }
    });
    for (int i = 0; i < 200; ++i) {
        std::shared_ptr<ToneTerminal> tone = ToneTerminal::create({{440, 0, -20, 100}}).value();
        std::shared_ptr<FileRecordTerminal> record =
            FileRecordTerminal::create(path(std::to_string(i) + ".wav")).value();
        EXPECT_TRUE(stream.attach(tone));
        EXPECT_TRUE(stream.attach(record));
        EXPECT_TRUE(stream.startTerminal(*tone));
        EXPECT_TRUE(stream.startTerminal(*record));
        stream.pause(StreamDirection::Record);
        stream.resume(StreamDirection::Record);
        EXPECT_TRUE(stream.pauseTerminal(*tone));
        static_cast<void>(stream.counters(StreamDirection::Play));
        stream.tick(std::chrono::milliseconds(i));
        EXPECT_TRUE(stream.detach(*record));
        EXPECT_TRUE(stream.detach(*tone));
    }
    over = true;
    device.join();
    EXPECT_EQ(stream.counters(StreamDirection::Record).gaps, 0U);
}

TEST(SampleQueue, PushesOutTheOldest) {
    SampleQueue queue(5);
    EXPECT_EQ(queue.push(Samples{1, 2, 3}), 0U);
    EXPECT_EQ(queue.push(Samples{4, 5, 6}), 1U);
    Samples out(2);
    EXPECT_EQ(queue.pop(out), 2U);
    EXPECT_EQ(out, (Samples{2, 3}));
    EXPECT_EQ(queue.push(Samples{7, 8, 9, 10, 11, 12, 13}), 5U);
    out.resize(9);
    EXPECT_EQ(queue.pop(out), 5U);
    EXPECT_EQ(out[0], 9);
    EXPECT_EQ(out[4], 13);
    EXPECT_EQ(queue.pop(out), 0U);
}

TEST(ToneTerminal, PlaysItsCadenceAsOftenAsAsked) {
    auto tone = ToneTerminal::create({{480, 620, -13, 100}, {0, 0, 0, 50}}, 2).value();
    Heard heard;
    heard.to(*tone);
    ASSERT_TRUE(tone->start());
    Samples block(1000, 99);
    EXPECT_EQ(tone->capture(block), 300U);
    EXPECT_EQ(heard.causes.back(), TerminalCause::EndOfFile);
    EXPECT_TRUE(
        std::all_of(block.begin() + 101, block.begin() + 150, [](int s) { return s == 0; }));
    EXPECT_TRUE(std::equal(block.begin(), block.begin() + 150, block.begin() + 150));
    EXPECT_NE(block[20], 0);
    ASSERT_TRUE(tone->start());
    EXPECT_EQ(tone->capture(block), 300U);
}

TEST(ToneTerminal, RefusesWhatIsNoTone) {
    EXPECT_EQ(ToneTerminal::create({}).error().code, hal::ErrorCode::InvalTone);
    EXPECT_FALSE(ToneTerminal::create({{440, 0, -13, 0}}));
    EXPECT_FALSE(ToneTerminal::create({{5000, 0, -13, 10}}));
    EXPECT_FALSE(ToneTerminal::create({{440, 0, 10, 10}}));
    EXPECT_FALSE(ToneTerminal::create(std::vector<ToneStep>(65, {440, 0, -13, 10})));
}

TEST(NullTerminal, HoldsADirectionOpen) {
    NullTerminal null;
    ASSERT_TRUE(null.start());
    Samples block(160);
    EXPECT_EQ(null.capture(block), 0U);
    null.render(block);
    EXPECT_EQ(null.counters().missing, 160U);
    EXPECT_EQ(null.counters().rendered, 160U);
    EXPECT_EQ(stateName(null.state()), "active");
    EXPECT_EQ(causeName(TerminalCause::ReadError), "read error");
}

}  // namespace
}  // namespace tipring::media
