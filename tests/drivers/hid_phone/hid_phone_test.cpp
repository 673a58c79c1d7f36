// SPDX-License-Identifier: Apache-2.0
// The driver with the simulated device on a line of the simulated exchange.
#include <gtest/gtest.h>

#include "../adapters/ports_rig.h"
#include "tipring/drivers/hid_phone/hid_phone.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/hid_phone.h"
#include "tipring/hal/sim/sim_usb.h"

namespace tipring::hid_phone {
namespace {

using namespace std::chrono_literals;

TEST(HidPhoneDevice, RingsIsAnsweredAndComesBack) {
    hal::VirtualLoop loop;
    sim::Exchange exchange{loop};
    sim::Line& line = exchange.addLine("5550100");
    sim::FarEnd caller{exchange};
    sim::HidPhone model{loop, &line};
    const sim::SimUsbName name{"maple", model};
    adapters::testing::FxoNotes notes;
    adapters::testing::PortsRig rig{loop, models(), makeAdapter, "sim:maple"};
    rig.start();
    ASSERT_TRUE(loop.advanceUntil([&] { return !rig.here.empty(); }, 10s));
    rig.here[0].fxo->setListener(&notes);
    loop.advance(100ms);
    EXPECT_TRUE(rig.here[0].fxo->electrics().battery);
    ASSERT_TRUE(caller.call("5550100", {}));
    ASSERT_TRUE(loop.advanceUntil([&] { return notes.ring; }, 10s));
    ASSERT_TRUE(rig.here[0].fxo->setHook(true));
    loop.advance(1s);
    EXPECT_EQ(line.state(), sim::Line::State::Connected);
    model.unplug();
    loop.advance(100ms);
    EXPECT_TRUE(notes.gone);
    EXPECT_TRUE(rig.here.empty());
    model.plugIn();
    EXPECT_TRUE(loop.advanceUntil([&] { return !rig.here.empty(); }, 60s));
}

TEST(HidPhoneDevice, ADeadEndpointIsNoticedByTheFirstRing) {
    hal::VirtualLoop loop;
    sim::Exchange exchange{loop};
    sim::Line& line = exchange.addLine("5550100");
    sim::FarEnd caller{exchange};
    sim::HidPhone model{loop, &line};
    const sim::SimUsbName name{"maple", model};
    adapters::testing::FxoNotes notes;
    adapters::testing::PortsRig rig{loop, models(), makeAdapter, "sim:maple"};
    rig.start();
    ASSERT_TRUE(loop.advanceUntil([&] { return !rig.here.empty(); }, 10s));
    rig.here[0].fxo->setListener(&notes);
    loop.advance(1min);
    EXPECT_FALSE(notes.gone);
    sim::UsbFaults dead;
    dead.silentEndpoint = 0x81;
    model.setFaults(dead);
    loop.advance(1min);
    EXPECT_FALSE(notes.gone) << "nothing happened that it could have told";
    ASSERT_TRUE(caller.call("5550100", {}));
    loop.advance(8s);
    EXPECT_EQ(notes.rings, 1U);
    EXPECT_TRUE(notes.gone);
    EXPECT_NE(notes.reason.find("endpoint is silent"), std::string::npos);
    caller.hangUp();
    model.setFaults({});
    EXPECT_TRUE(loop.advanceUntil([&] { return !rig.here.empty(); }, 60s));
}

}  // namespace
}  // namespace tipring::hid_phone
