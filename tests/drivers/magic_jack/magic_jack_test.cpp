// SPDX-License-Identifier: Apache-2.0
// The driver with the simulated device and a telephone in it.
#include "tipring/drivers/magic_jack/magic_jack.h"

#include <gtest/gtest.h>

#include <set>

#include "../adapters/ports_rig.h"
#include "tipring/hal/sim/magic_jack.h"
#include "tipring/hal/sim/sim_usb.h"

namespace tipring::magic_jack {
namespace {

using namespace std::chrono_literals;
using adapters::testing::FxsNotes;
using adapters::testing::PortsRig;
using analog::FxsFeed;
using Lines = std::vector<std::string>;

class MagicJackDeviceTest : public testing::Test {
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
    sim::MagicJack model{loop, phone};
    sim::SimUsbName name{"jack", model};
    FxsNotes notes;
    PortsRig rig{loop, models(), makeAdapter, "sim:jack"};
};

TEST_F(MagicJackDeviceTest, ComesUpHearsTheHookAndRings) {
    ASSERT_TRUE(bringUp());
    EXPECT_EQ(rig.here[0].name, "magicJack");
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
    phone.lift();
    loop.advance(500ms);
    EXPECT_FALSE(phone.isRinging());
    EXPECT_EQ(model.chipRegister(0x00), 1U) << "the ring is over for the device as well";
}

TEST_F(MagicJackDeviceTest, TellsKeysOnceEach) {
    ASSERT_TRUE(bringUp());
    const auto able = port().abilities();
    EXPECT_TRUE(able.digits && able.dialTone);
    phone.lift();
    loop.advance(500ms);
    ASSERT_TRUE(phone.pressKeys("5*0#55"));
    loop.advance(3s);
    EXPECT_EQ(notes.notes, (Lines{"off hook", "digit 5", "digit *", "digit 0", "digit #", "digit 5",
                                  "digit 5"}));
}

TEST_F(MagicJackDeviceTest, SoundGoesBothWays) {
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
    phone.pressKeys("1");  // ends the device's own dial tone
    loop.advance(500ms);
    ASSERT_TRUE(port().setSound(true));
    phone.say(std::vector<std::int16_t>(8000, 4000));
    loop.advance(1s);
    EXPECT_NEAR(double(notes.heard.size()), 8000, 200);
    EXPECT_EQ(notes.gaps, 0U);
    EXPECT_NEAR(adapters::testing::level(std::span(notes.heard).subspan(2000, 4000)), 4000, 900);
    ASSERT_GT(inHandset.size(), 7000U);
    EXPECT_NEAR(adapters::testing::level(std::span(inHandset).last(2000)), 5000, 1200);
}

TEST_F(MagicJackDeviceTest, StaleReadsDoNotMatter) {
    model.setLineFaults({.staleEvery = 3});
    ASSERT_TRUE(bringUp());
    port();
    phone.lift();
    loop.advance(5s);
    phone.hangUp();
    loop.advance(5s);
    EXPECT_EQ(notes.notes, (Lines{"off hook", "on hook"}));
    EXPECT_EQ(rig.arrivals, 1U);
}

TEST_F(MagicJackDeviceTest, PulledOutInACallAndPluggedInAgain) {
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

TEST_F(MagicJackDeviceTest, FaultsKeepItOutOfServiceUntilTheyEnd) {
    model.setFaults({.stalledControl = true});
    rig.start();
    loop.advance(20s);
    EXPECT_TRUE(rig.here.empty());
    model.setFaults({.silentControl = true});
    loop.advance(60s);
    EXPECT_TRUE(rig.here.empty());
    model.setFaults({});
    model.setLineFaults({.staleEvery = 1});
    loop.advance(60s);
    EXPECT_TRUE(rig.here.empty()) << "a register that cannot be told from another one";
    model.setLineFaults({});
    EXPECT_TRUE(loop.advanceUntil([this] { return !rig.here.empty(); }, 120s));
    port();
    model.setFaults({.shortBy = 2});
    loop.advance(1s);
    EXPECT_TRUE(rig.here.empty());
    EXPECT_EQ(notes.notes, Lines{"gone"});
}

TEST_F(MagicJackDeviceTest, OrdersOfTheFlashAreNeverSent) {
    ASSERT_TRUE(bringUp());
    port();
    for (const FxsFeed feed : {FxsFeed::Open, FxsFeed::Reverse, FxsFeed::Ringing, FxsFeed::OnHook,
                               FxsFeed::OnHookReverse, FxsFeed::Forward}) {
        ASSERT_TRUE(rig.here.at(0).fxs->setFeed(feed));
        loop.advance(2s);
    }
    ASSERT_TRUE(rig.here.at(0).fxs->setSound(true));
    phone.lift();
    loop.advance(2s);
    model.unplug();
    loop.advance(1s);
    model.plugIn();
    EXPECT_TRUE(loop.advanceUntil([this] { return !rig.here.empty(); }, 60s));
    EXPECT_EQ(model.orders(), (std::set<std::uint8_t>{0x00, 0x20}));
}

}  // namespace
}  // namespace tipring::magic_jack
