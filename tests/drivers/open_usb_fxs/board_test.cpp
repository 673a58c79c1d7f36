// SPDX-License-Identifier: Apache-2.0
// The driver with the simulated board and a telephone in it: two programs that share the notes on
// the hardware and nothing else.
#include <gtest/gtest.h>

#include "../adapters/ports_rig.h"
#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"
#include "tipring/hal/dsp/tone.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/sim_usb.h"

namespace tipring::open_usb_fxs {
namespace {

using namespace std::chrono_literals;
using adapters::testing::FxsNotes;
using adapters::testing::PortsRig;
using analog::FxsFeed;
using Lines = std::vector<std::string>;

class OpenUsbFxsBoardTest : public testing::Test {
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
    sim::OpenUsbFxs board{loop, phone};
    sim::SimUsbName name{"board", board};
    FxsNotes notes;
    PortsRig rig{loop, models(), makeAdapter, "sim:board"};
};

TEST_F(OpenUsbFxsBoardTest, ComesUpAndFeedsTheTelephone) {
    ASSERT_TRUE(bringUp());
    EXPECT_EQ(rig.here[0].key.substr(0, 10), "04d8:fcf1:");
    EXPECT_EQ(rig.here[0].name, "Open USB FXS");
    EXPECT_NE(rig.here[0].adapter.find("firmware 1.46.15"), std::string::npos)
        << rig.here[0].adapter;
    loop.advance(200ms);
    EXPECT_GT(std::fabs(phone.feed().volts), 40);
}

TEST_F(OpenUsbFxsBoardTest, OrdersOfTheBootLoaderAndTheEepromAreNeverSent) {
    ASSERT_TRUE(bringUp());
    ASSERT_TRUE(port().setFeed(FxsFeed::Ringing));
    loop.advance(2s);
    phone.lift();
    ASSERT_TRUE(rig.here.at(0).fxs->setSound(true));
    loop.advance(2s);
    board.unplug();
    loop.advance(1s);
    board.plugIn();
    EXPECT_TRUE(loop.advanceUntil([this] { return !rig.here.empty(); }, 60s));
    EXPECT_TRUE(board.commands().test(0x60)) << "the model notes what comes";
    for (const std::size_t order : {0x61U, 0x62U, 0xFFU}) {
        EXPECT_FALSE(board.commands().test(order)) << order;
    }
}

TEST_F(OpenUsbFxsBoardTest, HearsHookFlashAndKeys) {
    ASSERT_TRUE(bringUp());
    port();
    phone.lift();
    loop.advance(300ms);
    EXPECT_TRUE(rig.here[0].fxs->offHook());
    phone.pressKeys("42#");
    loop.advance(1s);
    phone.flash(300ms);
    loop.advance(1s);
    phone.hangUp();
    loop.advance(300ms);
    EXPECT_EQ(notes.notes, (Lines{"off hook", "digit 4", "digit 2", "digit #", "on hook",
                                  "off hook", "on hook"}));
}

TEST_F(OpenUsbFxsBoardTest, RingsUntilItIsLifted) {
    ASSERT_TRUE(bringUp());
    ASSERT_TRUE(port().setFeed(FxsFeed::Ringing));
    loop.advance(500ms);
    EXPECT_TRUE(phone.isRinging());
    phone.lift();
    loop.advance(500ms);
    EXPECT_FALSE(phone.isRinging());
    EXPECT_TRUE(rig.here[0].fxs->offHook());
    EXPECT_EQ(notes.notes, Lines{"off hook"});
    ASSERT_TRUE(rig.here[0].fxs->setFeed(FxsFeed::Reverse));
    loop.advance(100ms);
    EXPECT_EQ(notes.notes, Lines{"off hook"});
}

TEST_F(OpenUsbFxsBoardTest, SoundGoesBothWays) {
    ASSERT_TRUE(bringUp());
    std::vector<std::int16_t> inHandset;
    phone.setListener({.onSound = [&](std::span<const std::int16_t> samples) {
        inHandset.insert(inHandset.end(), samples.begin(), samples.end());
    }});
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

TEST_F(OpenUsbFxsBoardTest, PulledOutInACallAndPluggedInAgain) {
    ASSERT_TRUE(bringUp());
    const std::string key = rig.here[0].key;
    phone.lift();
    ASSERT_TRUE(port().setSound(true));
    loop.advance(1s);
    board.unplug();
    loop.advance(100ms);
    EXPECT_EQ(notes.notes.back(), "gone");
    EXPECT_TRUE(rig.here.empty());
    loop.advance(5s);
    board.plugIn();
    ASSERT_TRUE(loop.advanceUntil([this] { return !rig.here.empty(); }, 60s));
    EXPECT_EQ(rig.here[0].key, key);
}

TEST_F(OpenUsbFxsBoardTest, AHaltThatNeverEndsKeepsItOutOfServiceUntilItDoes) {
    board.setFaults({.stalledEndpoint = 0x81});
    rig.start();
    loop.advance(60s);
    EXPECT_TRUE(rig.here.empty());
    board.setFaults({});
    EXPECT_TRUE(loop.advanceUntil([this] { return !rig.here.empty(); }, 60s));
}

TEST_F(OpenUsbFxsBoardTest, LostPacketsAreFilledUp) {
    ASSERT_TRUE(bringUp());
    phone.lift();
    ASSERT_TRUE(port().setSound(true));
    board.setFaults({.loseEvery = 7});
    loop.advance(1s);
    EXPECT_NEAR(double(notes.heard.size()), 8000, 200);
    EXPECT_EQ(notes.gaps, 0U);
    EXPECT_EQ(rig.arrivals, 1U);
}

TEST_F(OpenUsbFxsBoardTest, ShortPacketsEndTheService) {
    ASSERT_TRUE(bringUp());
    port();
    board.setFaults({.shortBy = 3});
    loop.advance(1s);
    EXPECT_TRUE(rig.here.empty());
    EXPECT_EQ(notes.notes, Lines{"gone"});
    board.setFaults({});
    EXPECT_TRUE(loop.advanceUntil([this] { return !rig.here.empty(); }, 60s));
}

TEST_F(OpenUsbFxsBoardTest, DescriptorsThatLieAreRefused) {
    const auto truth = board.descriptors();
    std::vector<std::byte> lie(truth.begin(), truth.begin() + 18 + 9 + 9);
    board.setFaults({.descriptors = lie});
    rig.start();
    loop.advance(30s);
    EXPECT_TRUE(rig.here.empty());
}

}  // namespace
}  // namespace tipring::open_usb_fxs
