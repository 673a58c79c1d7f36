// SPDX-License-Identifier: Apache-2.0
#include "hid_line.h"

#include "../adapters/hex_bytes.h"
#include "../adapters/ports_rig.h"
#include "hal/usb/fake_usb_device.h"

namespace tipring::hid_phone {
namespace {

using namespace std::chrono_literals;
using adapters::testing::FxoNotes;
using adapters::testing::hexBytes;
using adapters::testing::HostNotes;
using hal::testing::Bytes;
using hal::testing::bytes;
using hal::testing::FakeUsbDevice;
using hal::testing::operator+;

/// The report descriptor of the Eight Amps Maple's telephone interface.
const Bytes kMaple = hexBytes(
    "05 0B 0A 4B 01 A1 01 09 F0 09 2D 09 2D 09 20 09 29 15 00 25 01 75 01 95 05 81 02 75 03 95 01 "
    "81 "
    "01 06 8A FF 09 A0 15 00 25 06 75 08 95 01 81 02 05 0B 09 F1 09 F3 15 00 25 01 75 01 95 02 92 "
    "02 "
    "00 75 06 95 01 92 01 00 05 06 09 2A A1 02 09 2D 09 2E 09 2F 95 03 75 08 15 00 25 FF B2 03 00 "
    "C0 "
    "C0");

Bytes mapleDescriptors() {
    using namespace hal::testing;
    return deviceDescriptor(0x335E, 0x8A01, 1) +
           configurationDescriptor(
               1, 2,
               interfaceDescriptor(1, 0, 1, 3) + endpointDescriptor(0x82, 3, 9, 8) +
                   interfaceDescriptor(2, 0, 2, 3) + endpointDescriptor(0x81, 3, 2, 1) +
                   endpointDescriptor(0x01, 3, 1, 1));
}

class HidLineTest : public testing::Test {
protected:
    HidLineTest() {
        auto owned = std::make_unique<FakeUsbDevice>(loop, mapleDescriptors());
        device = owned.get();
        line = std::make_unique<HidLine>(loop, std::move(owned), host);
        line->setListener(&notes);
    }
    void expectDescriptors(const hal::testing::FakeUsbDevice::Reply& telephone) {
        // A keyboard first: passed over.
        device->expectControlIn({0x81, 6, 0x2200, 1}, 4096, hexBytes("05 01 09 06 A1 01 C0 "));
        device->expectControlIn({0x81, 6, 0x2200, 2}, 4096, telephone);
    }
    void start() {
        expectDescriptors(kMaple);
        device->expectWrite(0x01, bytes({0x01}));
        line->start();
        loop.settle();
        ASSERT_EQ(host.ports.size(), 1U);
    }
    /// The report is asked for after 2 s; a device that refuses is not asked again.
    void expectQuestion(const hal::testing::FakeUsbDevice::Reply& reply) {
        device->expectControlIn({0xA1, 1, 0x0100, 2}, 64, reply);
    }
    void expectRefusal() {
        expectQuestion(hal::Result<Bytes>(
            tl::unexpected(hal::Error{hal::ErrorCode::OperationUnavail, "stalled"})));
    }
    void report(int flags, int state = 1) { device->deliver(0x81, {{bytes({flags, state})}}); }

    hal::VirtualLoop loop;
    HostNotes host;
    FxoNotes notes;
    FakeUsbDevice* device = nullptr;
    std::unique_ptr<HidLine> line;
};

TEST_F(HidLineTest, FindsTheTelephoneAmongTheInterfaces) {
    start();
    EXPECT_TRUE(device->scriptIsDone());
    EXPECT_EQ(device->calls(),
              (std::vector<std::string>{"claim 1 detach", "release 1", "claim 2 detach"}));
    EXPECT_TRUE(line->abilities().battery);
    EXPECT_TRUE(line->abilities().polarity);
    EXPECT_FALSE(line->abilities().current);
    EXPECT_FALSE(line->setSound(true));
}

TEST_F(HidLineTest, FlagsByUsage) {
    start();
    report(0x01);
    EXPECT_TRUE(line->electrics().battery);
    report(0x03, 3);
    EXPECT_TRUE(notes.ring);
    report(0x01);
    EXPECT_FALSE(notes.ring);
    report(0x11);
    EXPECT_TRUE(notes.electrics.reversed);
    report(0x00, 4);
    EXPECT_FALSE(notes.electrics.battery);
    EXPECT_EQ(notes.rings, 1U);
}

TEST_F(HidLineTest, TakesAndLeavesTheLine) {
    start();
    report(0x01);
    device->expectWrite(0x01, bytes({0x03}));
    ASSERT_TRUE(line->setHook(true));
    loop.settle();
    report(0x09, 5);
    expectRefusal();
    loop.advance(10s);
    EXPECT_FALSE(host.failure);
    device->expectWrite(0x01, bytes({0x01}));
    ASSERT_TRUE(line->setHook(false));
    loop.settle();
    EXPECT_TRUE(device->scriptIsDone());
}

TEST_F(HidLineTest, ADeviceThatStaysOnHookIsOutOfService) {
    start();
    report(0x01);
    device->expectWrite(0x01, bytes({0x03}));
    expectRefusal();
    ASSERT_TRUE(line->setHook(true));
    loop.advance(4900ms);
    EXPECT_FALSE(host.failure);
    loop.advance(200ms);
    EXPECT_TRUE(host.failure);
    EXPECT_TRUE(notes.gone);
    EXPECT_FALSE(line->setHook(false));
}

TEST_F(HidLineTest, AnEndpointThatTellsNoChangesIsFoundByAsking) {
    start();
    report(0x01);
    expectQuestion(bytes({0x01, 1}));
    loop.advance(2100ms);
    expectQuestion(bytes({0x03, 3}));
    loop.advance(2s);
    EXPECT_TRUE(notes.ring);
    report(0x01);  // late, not silent
    EXPECT_FALSE(notes.ring);
    expectQuestion(bytes({0x03, 3}));
    loop.advance(2s);
    EXPECT_FALSE(host.failure);
    expectQuestion(bytes({0x01, 1}));
    loop.advance(2s);
    ASSERT_TRUE(host.failure);
    EXPECT_NE(host.failure->cause.find("endpoint is silent"), std::string::npos);
    EXPECT_TRUE(device->scriptIsDone());
}

TEST_F(HidLineTest, ReportsOfAnotherFormAreCountedAndThenTooMany) {
    start();
    for (int i = 0; i < 99; ++i) {
        device->deliver(0x81, {{bytes({0, 0xFF, 0xFF})}});
    }
    EXPECT_FALSE(host.failure);
    EXPECT_EQ(notes.rings, 0U);
    device->deliver(0x81, {{Bytes{}}});
    EXPECT_TRUE(host.failure);
}

TEST_F(HidLineTest, WithoutATelephoneItFailsInWords) {
    expectDescriptors(hexBytes("05 01 09 06 A1 01 C0 "));
    line->start();
    loop.settle();
    ASSERT_TRUE(host.failure);
    EXPECT_NE(host.failure->cause.find("telephone line"), std::string::npos);
}

TEST_F(HidLineTest, AStallOfTheDescriptorFails) {
    expectDescriptors(hal::Result<Bytes>(
        tl::unexpected(hal::Error{hal::ErrorCode::OperationUnavail, "stalled"})));
    line->start();
    loop.settle();
    EXPECT_TRUE(host.failure);
}

TEST_F(HidLineTest, UnpluggedItIsGoneOnce) {
    start();
    device->unplug();
    loop.settle();
    EXPECT_TRUE(host.failure);
    EXPECT_TRUE(notes.gone);
}

}  // namespace
}  // namespace tipring::hid_phone
