// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/magic_jack.h"

#include "usb_rig.h"

namespace tipring::sim {
namespace {

struct MagicJackTest : testing::Test {
    hal::VirtualLoop loop;
    Telephone phone{loop};
    MagicJack jack{loop, phone};
    UsbRig rig{loop, jack};
    Collector collector;
    std::unique_ptr<hal::UsbInStream> in;

    static Bytes report(std::string_view head) {
        Bytes all = hex(head);
        all.resize(64);
        return all;
    }
    void send(const Bytes& report) { ASSERT_TRUE(rig.controlOut({0x21, 9, 0x0300, 4}, report)); }
    void write(int reg, std::uint32_t value) {
        Bytes all = bytes({0x20, reg, 0, 1, int(value & 255U), int((value >> 8U) & 255U),
                           int((value >> 16U) & 255U), int(value >> 24U)});
        all.resize(64);
        send(all);
    }
    std::uint32_t read(int reg) {
        Bytes all = bytes({0, 0, reg, 0});
        all.resize(64);
        send(all);
        const Bytes got = rig.controlIn({0xA1, 1, 0x0300, 4}, 64).value();
        std::uint32_t value = 0;
        for (std::size_t i = 4; i-- > 0;) {
            value = (value << 8U) | std::to_integer<std::uint32_t>(got[i]);
        }
        return value;
    }
    void stream() {
        ASSERT_TRUE(rig.claim(2));
        ASSERT_TRUE(rig.alternate(2, 1));
        hal::UsbStreamOptions options;
        options.endpoint = 0x83;
        options.packets = 4;
        in = std::move(*rig.device->openInStream(options, collector));
        ASSERT_TRUE(in->start());
    }
};

TEST_F(MagicJackTest, HasItsNamesAndReportDescriptor) {
    EXPECT_EQ(rig.device->identity().product, 0xC200);
    EXPECT_EQ(rig.device->identity().release, 0x0008);
    EXPECT_EQ(jack.text(32), "USB Internet Phone by TigerJet");
    const Bytes report = rig.controlIn({0x81, 6, 0x2200, 4}, 255).value();
    EXPECT_EQ(report.size(), 111U);
    EXPECT_EQ(rig.device->descriptors().configurations.at(0).interfaces.size(), 5U);
}

TEST_F(MagicJackTest, ReadsAndWritesRegistersByFeatureReports) {
    EXPECT_EQ(read(0x04), 0x256A32A0U);
    EXPECT_EQ(read(0x5C), 0x7D20AFEDU);
    send(report("20 18 00 01 78 56 34 12"));
    EXPECT_EQ(read(0x18), 0x12345678U);
    write(0x38, 3);
    EXPECT_EQ(read(0x38), 7U);
    EXPECT_EQ(rig.controlOut({0x21, 9, 0x0300, 4}, hex("20 00")).error().code,
              hal::ErrorCode::OperationUnavail);
}

TEST_F(MagicJackTest, StaleReadsGiveTheStateRegister) {
    MagicJackFaults faults;
    faults.staleEvery = 3;
    jack.setLineFaults(faults);
    std::vector<std::uint32_t> got;
    for (int i = 0; i < 6; ++i) {
        got.push_back(read(0x04));
    }
    const std::uint32_t good = 0x256A32A0, stale = 0x0A000104;
    EXPECT_EQ(got, (std::vector{good, good, stale, good, good, stale}));
}

TEST_F(MagicJackTest, RingsAndShowsTheHook) {
    write(0x00, 1);
    EXPECT_GT(phone.feed().volts, 40);
    write(0x00, 0x301);
    EXPECT_TRUE(phone.isRinging());
    write(0x00, 0x001);
    EXPECT_FALSE(phone.isRinging());
    write(0x00, 0x10001);
    EXPECT_LT(phone.feed().volts, 0);
    phone.lift();
    EXPECT_EQ(read(0x14), 0x8A000104U);
    MagicJackFaults faults;
    faults.hookStuck = true;
    jack.setLineFaults(faults);
    phone.hangUp();
    phone.lift();
    EXPECT_EQ(read(0x14), 0x0A000104U);
}

TEST_F(MagicJackTest, TellsTheHookByItsInterrupt) {
    write(0x00, 1);
    stream();
    phone.lift();
    EXPECT_EQ(*rig.read(0x85, 64), hex("00 80"));
    phone.hangUp();
    EXPECT_EQ(*rig.read(0x85, 64), hex("00 00"));
}

TEST_F(MagicJackTest, HearsDigitsAndPlaysItsOwnDialTone) {
    write(0x00, 1);
    stream();
    std::int16_t loudest = 0;
    phone.setListener({{}, {}, [&](auto samples) {
                           for (const std::int16_t one : samples) {
                               loudest = std::max(loudest, one);
                           }
                       }});
    phone.lift();
    loop.advance(100ms);
    EXPECT_GT(loudest, 3000);
    ASSERT_TRUE(phone.pressKeys("0"));
    loop.advance(80ms);
    EXPECT_EQ(read(0x14) & 0x0F010000U, 0x0A010000U);
    loop.advance(200ms);
    EXPECT_EQ(read(0x14) & 0x00010000U, 0U);
    loudest = 0;
    loop.advance(100ms);
    EXPECT_EQ(loudest, 0) << "the first digit ends it";
}

TEST_F(MagicJackTest, RegistersSurviveAResetButNotUnplugging) {
    write(0x18, 5);
    std::optional<hal::Result<void>> got;
    rig.device->reset([&](auto result) { got = result; });
    ASSERT_TRUE(rig.wait(got));
    EXPECT_EQ(read(0x18), 5U);
    jack.plugIn();
    EXPECT_EQ(jack.chipRegister(0x18), 0x01400199U);
}

TEST_F(MagicJackTest, TakesSixteenAndEightKilohertz) {
    write(0x00, 1);
    write(0x40, 0x010044D0);  // loop-back
    stream();
    ASSERT_TRUE(rig.claim(3));
    for (const std::uint8_t setting : {std::uint8_t{1}, std::uint8_t{2}}) {
        ASSERT_TRUE(rig.alternate(3, setting));
        const std::size_t size = setting == 1 ? 32 : 16;
        Feeder feeder([size](std::uint64_t) { return Bytes(size, std::byte{0x11}); });
        hal::UsbStreamOptions options;
        options.endpoint = 0x04;
        options.packets = 4;
        auto out = rig.device->openOutStream(options, feeder);
        ASSERT_TRUE(out && (*out)->start());
        loop.advance(40ms);
        EXPECT_EQ(collector.packets.back(), Bytes(16, std::byte{0x11}));
        (*out)->stop();
        loop.advance(20ms);
        EXPECT_EQ(collector.packets.back(), Bytes(16));
    }
}

}  // namespace
}  // namespace tipring::sim
