// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/tiger_jet.h"

#include <algorithm>

#include "tipring/hal/dsp/codec.h"
#include "usb_rig.h"

namespace tipring::sim {
namespace {

struct TigerJet560Test : testing::Test {
    hal::VirtualLoop loop;
    Telephone phone{loop};
    TigerJet560 chip{loop, phone};
    UsbRig rig{loop, chip};

    void set(int reg, const Bytes& data, int request = 4) {
        ASSERT_TRUE(rig.controlOut({0x40, std::uint8_t(request), 0, std::uint16_t(reg)}, data));
    }
    Bytes get(int reg, std::size_t count = 1) {
        return rig.controlIn({0xC0, 4, 0, std::uint16_t(reg)}, count).value_or(Bytes{});
    }
    void slicWrite(int reg, int value) { set(0x26, bytes({reg & 0x7F, value, 0x00, 0x27})); }
    int slicRead(int reg) {
        set(0x26, bytes({reg | 0x80, 0x00, 0x00, 0x67}));
        const Bytes got = get(0x27);
        return got.empty() ? -1 : std::to_integer<int>(got[0]);
    }
    /// WCU: reset of the SLIC and its release, then a line that feeds.
    void power() {
        set(0x12, hex("00"));
        set(0x13, hex("40"));
        set(0x00, hex("50"));
        set(0x29, hex("20"));
        set(0x00, hex("51"));
        slicWrite(14, 0);
        loop.advance(50ms);
        slicWrite(1, 0x2A);
        slicWrite(64, 1);
    }
};

TEST_F(TigerJet560Test, HasTheEndpointsOfTheSources) {
    EXPECT_EQ(rig.device->identity().vendor, 0x06E6);
    EXPECT_EQ(rig.device->identity().product, 0x831C);
    const auto& faces = rig.device->descriptors().configurations.at(0).interfaces;
    ASSERT_EQ(faces.size(), 4U);
    EXPECT_EQ(faces[2].alternates.at(1).endpoints.at(0).address, 0x86);
    EXPECT_EQ(faces[3].alternates.at(1).endpoints.at(0).address, 0x07);
    TigerJetSettings relay;
    relay.product = 0x831E;
    TigerJet560 other(loop, phone, relay);
    EXPECT_EQ(std::to_integer<int>(other.descriptors()[10]), 0x1E);
}

TEST_F(TigerJet560Test, RegistersCountUpUnlessToldNotTo) {
    set(0x22, hex("00 F2 00 C9"));
    EXPECT_EQ(get(0x22, 4), hex("00 F2 00 C9"));
    EXPECT_EQ(get(0x25), hex("C9"));
    set(0x22, hex("01 02 03"), 5);
    EXPECT_EQ(get(0x22, 2), hex("03 F2"));
    EXPECT_EQ(rig.controlOut({0x40, 0x10, 0, 0}, hex("00")).error().code,
              hal::ErrorCode::OperationUnavail);
}

TEST_F(TigerJet560Test, ReachesTheSlicThroughItsSpi) {
    EXPECT_EQ(slicRead(11), 0xFF) << "held in reset";
    power();
    EXPECT_EQ(slicRead(11), 0x33);
    slicWrite(28, 0xC2);
    slicWrite(29, 0x55);
    slicWrite(30, 0);
    slicWrite(30, 0);
    EXPECT_EQ(slicRead(28), 0xC2);
    EXPECT_EQ(slicRead(29), 0x55);
    EXPECT_EQ(slicRead(31), 0);
    EXPECT_EQ(get(0x29)[0] & std::byte{1}, std::byte{}) << "done";
    TigerJetSettings keyPad;
    keyPad.hasSlic = false;
    Telephone none(loop);
    TigerJet560 bare(loop, none, keyPad);
    UsbRig other(loop, bare);
    EXPECT_TRUE(other.controlOut({0x40, 4, 0, 0x26}, hex("8B 00 00 67")));
    EXPECT_EQ(*other.controlIn({0xC0, 4, 0, 0x27}, 1), hex("FF"));
}

TEST_F(TigerJet560Test, RingsAndShowsTheHook) {
    power();
    slicWrite(28, 0xF0);
    slicWrite(29, 0x7E);
    slicWrite(30, 20);
    slicWrite(28, 0x60);
    slicWrite(29, 0x01);
    slicWrite(30, 21);
    slicWrite(64, 4);
    EXPECT_TRUE(phone.isRinging());
    phone.lift();
    loop.advance(100ms);
    EXPECT_EQ(slicRead(68) & 1, 1);
    EXPECT_EQ(slicRead(64), 0x11);
    EXPECT_EQ(get(0x12)[0], std::byte{0x20}) << "AUX5";
    phone.hangUp();
    loop.advance(100ms);
    EXPECT_EQ(slicRead(68) & 3, 0);
}

TEST_F(TigerJet560Test, CarriesSoundInBothDirections) {
    power();
    phone.lift();
    std::vector<std::int16_t> heard;
    phone.setListener(
        {{}, {}, [&](auto samples) { heard.insert(heard.end(), samples.begin(), samples.end()); }});
    for (const std::uint8_t face : {std::uint8_t{2}, std::uint8_t{3}}) {
        ASSERT_TRUE(rig.claim(face));
        ASSERT_TRUE(rig.alternate(face, 1));
    }
    Collector collector;
    Feeder feeder([](std::uint64_t number) {
        Bytes packet;
        for (int i = 0; i < 8; ++i) {
            packet.push_back(std::byte(number));
            packet.push_back(std::byte{0x10});
        }
        return packet;
    });
    hal::UsbStreamOptions options;
    options.packets = 4;
    options.endpoint = 0x86;
    auto in = rig.device->openInStream(options, collector);
    options.endpoint = 0x07;
    auto out = rig.device->openOutStream(options, feeder);
    heard.clear();  // the streams of the chip run since their setting
    ASSERT_TRUE(in && out && (*in)->start() && (*out)->start());
    phone.say(std::vector<std::int16_t>(80, 8031));
    loop.advance(40ms);
    ASSERT_EQ(heard.size(), 320U);
    EXPECT_EQ(heard[0], dsp::decodeMuLaw(dsp::encodeMuLaw(0x1000)));
    EXPECT_EQ(heard[319], dsp::decodeMuLaw(dsp::encodeMuLaw(0x1027)));
    ASSERT_EQ(collector.stream.size(), 640U);
    const auto code = dsp::decodeMuLaw(dsp::encodeMuLaw(8031));
    EXPECT_EQ(collector.stream[0], std::byte(code & 0xFF));
    EXPECT_EQ(collector.stream[159], std::byte(code >> 8));
    EXPECT_EQ(collector.stream[160], std::byte{0});
}

TEST_F(TigerJet560Test, FailsAsItsSlicDoes) {
    FxsFaults faults;
    faults.converterFails = true;
    faults.indirectStuck = true;
    faults.silentRegister = 8;
    chip.setLineFaults(faults);
    power();
    EXPECT_EQ(slicRead(82), 0);
    EXPECT_EQ(slicRead(31), 1);
    EXPECT_EQ(slicRead(8), 0xFF);
}

}  // namespace
}  // namespace tipring::sim
