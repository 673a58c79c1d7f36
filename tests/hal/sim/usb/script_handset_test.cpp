// SPDX-License-Identifier: Apache-2.0
#include "usb/script_handset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <variant>
#include <vector>

#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/sim/script_runner.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

/// A telephone with a script, on a port that a test plays: 8 samples a millisecond.
struct HandsetRig : testing::Test {
    void play(std::string_view steps) {
        auto parsed = parseScriptLine(steps);
        ASSERT_TRUE(std::holds_alternative<Script>(parsed));
        runner = std::make_unique<ScriptRunner>(loop, handset, std::get<Script>(std::move(parsed)),
                                                ScriptSetting{});
        runner->start();
        pass(1ms);
    }
    void pass(std::chrono::milliseconds time) {
        for (auto left = time; left > 0ms; left -= 1ms) {
            std::array<std::int16_t, 8> said{};
            phone.exchange(heard, said);
            spoken.insert(spoken.end(), said.begin(), said.end());
            loop.advance(1ms);
        }
    }
    void ring(bool on) {
        phone.setFeed(on ? PhoneFeed{-48, 20, 70, 20} : PhoneFeed{-48, 20, 0, 0});
    }
    std::string keys() {
        dsp::DtmfDetector detector;
        std::string found;
        detector.process(spoken, [&found](const dsp::DtmfEvent& event) {
            found += event.kind == dsp::DtmfEvent::Kind::Start ? std::string(1, event.key) : "";
        });
        return found;
    }

    hal::VirtualLoop loop;
    Telephone phone{loop};
    ScriptHandset handset{loop, phone};
    std::unique_ptr<ScriptRunner> runner;
    std::array<std::int16_t, 8> heard{};
    std::vector<std::int16_t> spoken;
};

TEST_F(HandsetRig, AnswersAfterSoManyRings) {
    play("answer rings=2; speech 1; hangup");
    for (int bursts = 0; bursts < 2; ++bursts) {
        EXPECT_FALSE(phone.isOffHook()) << bursts;
        ring(true);
        pass(2s);
        ring(false);
        pass(500ms);
    }
    EXPECT_TRUE(phone.isOffHook());
    pass(3s);
    EXPECT_FALSE(phone.isOffHook());
    EXPECT_TRUE(runner->isFree()) << "for the next call";
    EXPECT_GT(std::count_if(spoken.begin(), spoken.end(), [](auto one) { return one != 0; }), 3000);
}

TEST_F(HandsetRig, DialsAndIsConnectedOnceTheKeysAreOut) {
    ring(false);
    play("dial 0123*#; wait answer; wait 2; hangup");
    EXPECT_TRUE(phone.isOffHook());
    EXPECT_EQ(handset.state(), ScriptActor::State::Calling);
    pass(2s);
    EXPECT_EQ(handset.state(), ScriptActor::State::Connected);
    EXPECT_EQ(keys(), "0123*#");
    pass(3s);
    EXPECT_FALSE(phone.isOffHook());
    EXPECT_EQ(runner->state(), ScriptRunner::State::Done);
}

TEST_F(HandsetRig, HangsUpWhenTheBatteryGoes) {
    ring(false);
    play("dial 1; wait answer; wait hangup within=60");
    pass(2s);
    phone.setFeed({});
    pass(10ms);
    EXPECT_FALSE(phone.isOffHook());
    EXPECT_EQ(runner->state(), ScriptRunner::State::Done);
}

TEST_F(HandsetRig, StopsRingingWhenTheCallerGivesUp) {
    play("wait call; wait rings=5 within=60 else=gone; stop; label gone; note \"gone\"");
    ring(true);
    pass(2s);
    ring(false);
    EXPECT_EQ(handset.state(), ScriptActor::State::Called);
    pass(9s);
    EXPECT_EQ(handset.state(), ScriptActor::State::Idle);
    EXPECT_EQ(handset.answer().error().code, hal::ErrorCode::InvalCallState);
}

}  // namespace
}  // namespace tipring::sim
