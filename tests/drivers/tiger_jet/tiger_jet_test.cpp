// SPDX-License-Identifier: Apache-2.0
// The driver with the simulated device and a telephone in it.
#include <gtest/gtest.h>

#include "../adapters/ports_rig.h"
#include "tipring/drivers/tiger_jet/tiger_jet.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/tiger_jet.h"

namespace tipring::tiger_jet {
namespace {

using namespace std::chrono_literals;
using adapters::testing::FxsNotes;
using adapters::testing::PortsRig;
using analog::FxsFeed;
using Lines = std::vector<std::string>;

class TigerJetDeviceTest : public testing::Test {
protected:
    bool bringUp() {
        rig.start();
        return loop.advanceUntil([this] { return !rig.here.empty(); }, 30s);
    }
    analog::FxsPort& port() {
        rig.here.at(0).fxs->setListener(&notes);
        return *rig.here.at(0).fxs;
    }
    hal::VirtualLoop loop;
    sim::Telephone phone{loop};
    sim::TigerJet560 model{loop, phone};
    sim::SimUsbName name{"tiger", model};
    FxsNotes notes;
    PortsRig rig{loop, models(), makeAdapter, "sim:tiger"};
};

TEST_F(TigerJetDeviceTest, ComesUpHearsTheHookAndRings) {
    ASSERT_TRUE(bringUp());
    EXPECT_EQ(rig.here[0].name, "Digium Wildcard S100U");
    port();
    loop.advance(500ms);
    phone.lift();
    loop.advance(500ms);
    phone.flash(300ms);
    loop.advance(1s);
    phone.hangUp();
    loop.advance(500ms);
    EXPECT_EQ(notes.notes, (Lines{"off hook", "on hook", "off hook", "on hook"}));
    ASSERT_TRUE(rig.here[0].fxs->setFeed(FxsFeed::Ringing));
    loop.advance(500ms);
    EXPECT_TRUE(phone.isRinging());
    EXPECT_EQ(model.slicRegister(74), 0x3F);
    phone.lift();
    loop.advance(500ms);
    EXPECT_FALSE(phone.isRinging());
}

TEST_F(TigerJetDeviceTest, SoundGoesBothWays) {
    ASSERT_TRUE(bringUp());
    std::vector<std::int16_t> inHandset;
    sim::Telephone::Listener listener;
    listener.onSound = [&](std::span<const std::int16_t> samples) {
        inHandset.insert(inHandset.end(), samples.begin(), samples.end());
    };
    phone.setListener(listener);
    notes.says = 5000;
    phone.lift();
    loop.advance(100ms);
    ASSERT_TRUE(port().setSound(true));
    phone.say(std::vector<std::int16_t>(8000, 4000));
    loop.advance(1s);
    EXPECT_NEAR(double(notes.heard.size()), 8000, 200);
    EXPECT_EQ(notes.gaps, 0U);
    EXPECT_NEAR(adapters::testing::level(std::span(notes.heard).subspan(2000, 4000)), 4000, 900);
    ASSERT_GT(inHandset.size(), 7000U);
    EXPECT_NEAR(adapters::testing::level(std::span(inHandset).last(2000)), 5000, 1200);
}

TEST_F(TigerJetDeviceTest, TheEepromIsNeverWritten) {
    ASSERT_TRUE(bringUp());
    ASSERT_TRUE(port().setFeed(FxsFeed::Ringing));
    loop.advance(2s);
    phone.lift();
    loop.advance(2s);
    model.unplug();
    loop.advance(1s);
    model.plugIn();
    EXPECT_TRUE(loop.advanceUntil([this] { return !rig.here.empty(); }, 60s));
    EXPECT_TRUE(model.written().test(0x29)) << "the model notes what comes";
    EXPECT_FALSE(model.written().test(0x16));
}

TEST_F(TigerJetDeviceTest, PulledOutInACallAndPluggedInAgain) {
    ASSERT_TRUE(bringUp());
    phone.lift();
    ASSERT_TRUE(port().setSound(true));
    loop.advance(1s);
    model.unplug();
    loop.advance(100ms);
    EXPECT_EQ(notes.notes.back(), "gone");
    EXPECT_TRUE(rig.here.empty());
    model.plugIn();
    EXPECT_TRUE(loop.advanceUntil([this] { return !rig.here.empty(); }, 60s));
}

TEST_F(TigerJetDeviceTest, FaultsKeepItOutOfServiceUntilTheyEnd) {
    model.setFaults({.stalledControl = true});
    rig.start();
    loop.advance(20s);
    EXPECT_TRUE(rig.here.empty());
    model.setFaults({.silentControl = true});
    loop.advance(60s);
    EXPECT_TRUE(rig.here.empty());
    model.setFaults({});
    model.setLineFaults({.calibrationFails = true});
    loop.advance(60s);
    EXPECT_TRUE(rig.here.empty());
    model.setLineFaults({});
    EXPECT_TRUE(loop.advanceUntil([this] { return !rig.here.empty(); }, 120s));
    port();
    model.setFaults({.shortBy = 2});
    loop.advance(1s);
    EXPECT_TRUE(rig.here.empty());
    EXPECT_EQ(notes.notes, Lines{"gone"});
}

}  // namespace
}  // namespace tipring::tiger_jet
