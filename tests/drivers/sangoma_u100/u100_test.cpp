// SPDX-License-Identifier: Apache-2.0
// The driver with the simulated adapter on two lines of the simulated exchange.
#include <gtest/gtest.h>

#include "../adapters/ports_rig.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/sim_usb.h"

namespace tipring::sangoma_u100 {
namespace {

using namespace std::chrono_literals;
using adapters::testing::FxoNotes;
using adapters::testing::PortsRig;

std::unique_ptr<adapters::UsbAdapter> make(hal::EventLoop& loop,
                                           std::unique_ptr<hal::UsbDevice> device,
                                           const adapters::UsbModelRow& /*row*/,
                                           adapters::AdapterHost& host) {
    return makeAdapter(loop, std::move(device), host, "US");
}

class SangomaU100AdapterTest : public testing::Test {
protected:
    bool bringUp(std::size_t ports = 2) {
        rig.start();
        return loop.advanceUntil([=, this] { return rig.here.size() == ports; }, 60s);
    }
    analog::FxoPort& port(std::size_t which) {
        rig.here.at(which).fxo->setListener(&notes.at(which));
        return *rig.here.at(which).fxo;
    }

    hal::VirtualLoop loop;
    sim::Exchange exchange{loop};
    sim::Line& first = exchange.addLine("5550100");
    sim::Line& second = exchange.addLine("5550101");
    sim::FarEnd caller{exchange};
    sim::SangomaU100 board{loop, &first, &second};
    sim::SimUsbName name{"u100", board};
    std::array<FxoNotes, 2> notes;
    PortsRig rig{loop, models(), make, "sim:u100"};
};

TEST_F(SangomaU100AdapterTest, ComesUpWithTwoLinesThatHaveBattery) {
    ASSERT_TRUE(bringUp());
    EXPECT_EQ(rig.here[0].name, "Sangoma U100 line 1");
    EXPECT_EQ(rig.here[1].key.substr(rig.here[1].key.size() - 2), "/2");
    EXPECT_NE(rig.here[0].adapter.find("firmware 0x20"), std::string::npos);
    loop.advance(100ms);
    for (const auto& info : rig.here) {
        EXPECT_TRUE(info.fxo->electrics().battery);
        EXPECT_FALSE(info.fxo->electrics().reversed);
        EXPECT_NEAR(info.fxo->electrics().volts, 48, 5);
    }
}

TEST_F(SangomaU100AdapterTest, TheFirmwareUpdateIsNeverEntered) {
    ASSERT_TRUE(bringUp());
    ASSERT_TRUE(port(0).setHook(true));
    loop.advance(2s);
    board.brownOut();
    loop.advance(30s);
    board.unplug();
    loop.advance(1s);
    board.plugIn();
    EXPECT_TRUE(loop.advanceUntil([this] { return rig.here.size() == 2; }, 60s));
    EXPECT_TRUE(board.written().test(0x03)) << "the model notes what comes";
    EXPECT_FALSE(board.written().test(0x0A));
    EXPECT_EQ(board.controlsSet() & 0x40, 0);
}

TEST_F(SangomaU100AdapterTest, HearsARingOnItsLineOnly) {
    ASSERT_TRUE(bringUp());
    port(0);
    port(1);
    ASSERT_TRUE(caller.call("5550101", {}));
    loop.advance(12s);
    EXPECT_EQ(notes[0].rings, 0U);
    EXPECT_GE(notes[1].rings, 2U);
    EXPECT_LE(notes[1].rings, 3U);
    caller.hangUp();
    loop.advance(3s);
    EXPECT_FALSE(notes[1].ring);
}

TEST_F(SangomaU100AdapterTest, AnswersAndHangsUp) {
    ASSERT_TRUE(bringUp());
    ASSERT_TRUE(caller.call("5550100", {}));
    loop.advance(1s);
    ASSERT_TRUE(port(0).setHook(true));
    loop.advance(500ms);
    EXPECT_EQ(first.state(), sim::Line::State::Connected);
    EXPECT_GT(rig.here[0].fxo->electrics().milliamps, 10);
    notes[0].says = 6000;
    ASSERT_TRUE(rig.here[0].fxo->setSound(true));
    std::vector<std::int16_t> heard;
    sim::FarEnd::Listener listener;
    listener.onSound = [&](sim::HeardBlock block) {
        heard.insert(heard.end(), block.begin(), block.end());
    };
    caller.setListener(listener);
    caller.say(std::vector<std::int16_t>(8000, 4000));
    loop.advance(1s);
    EXPECT_EQ(notes[0].heard.size(), 8000U);
    EXPECT_EQ(notes[0].gaps, 0U);
    EXPECT_GT(adapters::testing::level(std::span(notes[0].heard).subspan(2000, 4000)), 500);
    ASSERT_GT(heard.size(), 6000U);
    EXPECT_GT(adapters::testing::level(std::span(heard).last(1600)), 500);
    ASSERT_TRUE(rig.here[0].fxo->setHook(false));
    loop.advance(3s);
    EXPECT_EQ(first.state(), sim::Line::State::Idle);
    EXPECT_EQ(rig.here[0].fxo->electrics().milliamps, 0);
}

TEST_F(SangomaU100AdapterTest, BothLinesTellTheirCurrentAtOnce) {
    ASSERT_TRUE(bringUp());
    port(0);
    port(1);
    for (int round = 0; round < 5; ++round) {
        ASSERT_TRUE(rig.here[0].fxo->setHook(true));
        ASSERT_TRUE(rig.here[1].fxo->setHook(true));
        loop.advance(500ms);
        EXPECT_GT(rig.here[0].fxo->electrics().milliamps, 10);
        EXPECT_GT(rig.here[1].fxo->electrics().milliamps, 10);
        ASSERT_TRUE(rig.here[0].fxo->setHook(false));
        ASSERT_TRUE(rig.here[1].fxo->setHook(false));
        loop.advance(737ms);
    }
}

TEST_F(SangomaU100AdapterTest, APauseOfABusyHostIsAGapInTheSound) {
    ASSERT_TRUE(bringUp());
    ASSERT_TRUE(port(0).setHook(true));
    ASSERT_TRUE(rig.here[0].fxo->setSound(true));
    loop.advance(1s);
    sim::UsbFaults silence;
    silence.silentEndpoint = 0x81;
    board.setFaults(silence);
    loop.advance(500ms);
    board.setFaults({});
    loop.advance(1s);
    EXPECT_FALSE(notes[0].gone);
    EXPECT_GT(notes[0].gaps, 0U);
    EXPECT_GT(rig.here[0].fxo->electrics().milliamps, 10);
    board.setFaults(silence);
    loop.advance(1500ms);
    EXPECT_TRUE(notes[0].gone);
}

TEST_F(SangomaU100AdapterTest, HookIsQuickEnoughForDialPulses) {
    ASSERT_TRUE(bringUp());
    ASSERT_TRUE(port(0).setHook(true));
    loop.advance(2s);
    ASSERT_TRUE(first.isOffHook());
    for (int pulse = 0; pulse < 5; ++pulse) {
        ASSERT_TRUE(rig.here[0].fxo->setHook(false));
        loop.advance(60ms);
        ASSERT_TRUE(rig.here[0].fxo->setHook(true));
        loop.advance(40ms);
    }
    loop.advance(1s);
    EXPECT_EQ(first.dialled(), "5");
}

TEST_F(SangomaU100AdapterTest, ADaaThatIsMissingLeavesTheOtherLine) {
    board.setLineFaults(0, {.missing = true});
    ASSERT_TRUE(bringUp(1));
    EXPECT_EQ(rig.here[0].key.substr(rig.here[0].key.size() - 2), "/2");
}

TEST_F(SangomaU100AdapterTest, ARegisterThatNeverAnswersLeavesTheOtherLine) {
    board.setLineFaults(1, {.silentRegister = std::uint8_t{11}});
    ASSERT_TRUE(bringUp(1));
    EXPECT_EQ(rig.here[0].key.substr(rig.here[0].key.size() - 2), "/1");
}

TEST_F(SangomaU100AdapterTest, WithoutAnyDaaItIsOutOfServiceUntilItHasOne) {
    board.setLineFaults(0, {.linkNeverUp = true});
    board.setLineFaults(1, {.wrongRegister = true});
    rig.start();
    loop.advance(60s);
    EXPECT_TRUE(rig.here.empty());
    board.setLineFaults(0, {});
    board.setLineFaults(1, {});
    EXPECT_TRUE(loop.advanceUntil([this] { return rig.here.size() == 2; }, 120s));
}

TEST_F(SangomaU100AdapterTest, WithoutFramesItIsOutOfService) {
    board.setStreamFaults({.wrongSync = true});
    rig.start();
    loop.advance(60s);
    EXPECT_TRUE(rig.here.empty());
    board.setStreamFaults({});
    EXPECT_TRUE(loop.advanceUntil([this] { return rig.here.size() == 2; }, 120s));
}

TEST_F(SangomaU100AdapterTest, AnAdapterThatHearsNothingIsOutOfService) {
    board.setStreamFaults({.deaf = true});
    rig.start();
    loop.advance(60s);
    EXPECT_TRUE(rig.here.empty());
}

TEST_F(SangomaU100AdapterTest, LosesSyncInACallAndGoesOn) {
    ASSERT_TRUE(bringUp());
    ASSERT_TRUE(port(0).setHook(true));
    ASSERT_TRUE(rig.here[0].fxo->setSound(true));
    board.setStreamFaults({.slipEvery = 100});
    loop.advance(2s);
    EXPECT_FALSE(notes[0].gone) << notes[0].reason;
    EXPECT_TRUE(first.isOffHook());
    EXPECT_NEAR(double(notes[0].heard.size()), 16000, 400);
}

TEST_F(SangomaU100AdapterTest, HearsRingsAgainAfterABrownOut) {
    ASSERT_TRUE(bringUp());
    board.brownOut();
    loop.advance(60s);
    ASSERT_EQ(rig.here.size(), 2U);
    EXPECT_TRUE(rig.here.at(0).fxo->electrics().battery);
    port(0);
    ASSERT_TRUE(caller.call("5550100", {}));
    loop.advance(8s);
    EXPECT_GE(notes[0].rings, 1U);
    ASSERT_TRUE(rig.here[0].fxo->setHook(true));
    loop.advance(500ms);
    EXPECT_EQ(first.state(), sim::Line::State::Connected);
}

TEST_F(SangomaU100AdapterTest, PulledOutInACallAndPluggedInAgain) {
    ASSERT_TRUE(bringUp());
    const std::string key = rig.here[0].key;
    ASSERT_TRUE(port(0).setHook(true));
    ASSERT_TRUE(rig.here[0].fxo->setSound(true));
    loop.advance(1s);
    board.unplug();
    loop.advance(100ms);
    EXPECT_TRUE(notes[0].gone);
    EXPECT_TRUE(rig.here.empty());
    board.plugIn();
    ASSERT_TRUE(loop.advanceUntil([this] { return rig.here.size() == 2; }, 60s));
    EXPECT_EQ(rig.here[0].key, key);
}

TEST_F(SangomaU100AdapterTest, AStallThatNeverEndsIsOutOfServiceUntilItDoes) {
    board.setFaults({.stalledControl = true});
    rig.start();
    loop.advance(30s);
    EXPECT_TRUE(rig.here.empty());
    board.setFaults({.stalledEndpoint = 0x81});
    loop.advance(60s);
    EXPECT_TRUE(rig.here.empty());
    board.setFaults({});
    EXPECT_TRUE(loop.advanceUntil([this] { return rig.here.size() == 2; }, 120s));
}

}  // namespace
}  // namespace tipring::sangoma_u100
