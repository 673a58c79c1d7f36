// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/hid_phone.h"

#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/far_end.h"
#include "usb_rig.h"

namespace tipring::sim {
namespace {

struct HidPhoneTest : testing::Test {
    hal::VirtualLoop loop;
    Exchange exchange{loop};
    Line& line = exchange.addLine("5550100");
    FarEnd caller{exchange};
    HidPhone phone{loop, &line};
    UsbRig rig{loop, phone};

    Bytes report() { return rig.read(0x81, 2, 10ms).value_or(Bytes{}); }
};

TEST_F(HidPhoneTest, HasTheDescriptorsOfTheMaple) {
    EXPECT_EQ(rig.controlIn({0x80, 6, 0x0200, 0}, 255)->size(), 0x74U);
    const Bytes report = rig.controlIn({0x81, 6, 0x2200, 2}, 255).value();
    ASSERT_EQ(report.size(), 97U);
    EXPECT_EQ(Bytes(report.begin(), report.begin() + 5), hex("05 0B 0A 4B 01"));
    EXPECT_EQ(rig.device->identity().release, 0x030B);
}

TEST_F(HidPhoneTest, TellsItsStateOnceForEachChange) {
    EXPECT_EQ(report(), hex("01 06")) << "no host yet";
    EXPECT_EQ(report(), Bytes{});
    EXPECT_TRUE(rig.write(0x01, hex("01")));
    EXPECT_EQ(report(), hex("01 01"));
    EXPECT_EQ(*rig.controlIn({0xA1, 1, 0x0100, 2}, 2), hex("01 01"));
    EXPECT_EQ(*rig.controlIn({0xA1, 1, 0x0300, 2}, 3), hex("03 00 0B"));
}

TEST_F(HidPhoneTest, AnswersACallAndHangsUp) {
    EXPECT_TRUE(rig.write(0x01, hex("01")));
    (void)report();
    ASSERT_TRUE(caller.call("5550100", {}));
    loop.advance(500ms);
    EXPECT_EQ(report(), hex("03 03"));
    EXPECT_TRUE(rig.write(0x01, hex("03")));
    EXPECT_EQ(report(), hex("09 02"));
    EXPECT_TRUE(line.isOffHook());
    EXPECT_EQ(caller.state(), FarEnd::State::Connected);
    EXPECT_TRUE(rig.controlOut({0x21, 9, 0x0200, 2}, hex("01")));
    loop.advance(3s);
    EXPECT_FALSE(line.isOffHook());
    EXPECT_EQ(report(), hex("01 01"));
}

TEST_F(HidPhoneTest, TellsACutLineAndAnExtension) {
    EXPECT_TRUE(rig.write(0x01, hex("01")));
    (void)report();
    line.setExtension(true);
    EXPECT_EQ(report(), hex("08 05"));
    line.setExtension(false);
    (void)report();
    CopperSettings cut;
    cut.cut = true;
    line.setCopper(cut);
    EXPECT_EQ(report(), hex("04 04"));
}

TEST_F(HidPhoneTest, ThreeOneByteOrdersTheLastCounts) {
    for (const char* one : {"00", "00", "03"}) {
        EXPECT_TRUE(rig.write(0x01, hex(one)));
    }
    EXPECT_TRUE(line.isOffHook());
}

TEST_F(HidPhoneTest, Fails) {
    HidPhoneFaults faults;
    faults.neverOffHook = true;
    phone.setLineFaults(faults);
    EXPECT_TRUE(rig.write(0x01, hex("03")));
    EXPECT_FALSE(line.isOffHook());
    faults = {};
    faults.threeByteReports = true;
    phone.setLineFaults(faults);
    EXPECT_EQ(rig.read(0x81, 2, 10ms).error().code, hal::ErrorCode::OperationFailed);
}

}  // namespace
}  // namespace tipring::sim
