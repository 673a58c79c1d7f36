// SPDX-License-Identifier: Apache-2.0
#include "hal/base/allocation_count.h"
#include "usb_fixture.h"

namespace tipring::hal::testing {
namespace {

using test::allocationCount;

/// Counts what comes and keeps nothing.
struct InCounter : UsbInStreamObserver {
    void onPackets(std::span<const UsbPacket> all) override { packets += all.size(); }
    void onStopped(const Error* /*why*/) override {}
    std::size_t packets = 0;
};

struct OutCounter : UsbOutStreamObserver {
    std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t /*number*/) override {
        return packet.size();
    }
    void onPacketsSent(std::span<const UsbPacket> all) override { packets += all.size(); }
    void onStopped(const Error* /*why*/) override {}
    std::size_t packets = 0;
};

class UsbInSteadyState : public UsbFixture {
protected:
    void SetUp() override { openReady(); }

    /// What one round allocates, once the first has taken what it needs.
    std::uint64_t allocationsOf(const std::function<void()>& round) {
        round();
        const auto before = allocationCount();
        for (int i = 0; i < 1000; ++i) {
            round();
        }
        return allocationCount() - before;
    }
    void runOnce() { loop->runOnce(milliseconds(100)); }
};

// The fake kernel completes URBs as they are submitted: a turn of the loop delivers some of them.
TEST_F(UsbInSteadyState, streamsAllocateNothing) {
    kernel.immediate = {0x82, 0x02, 0x81};
    InCounter iso;
    InCounter bulk;
    OutCounter out;
    const auto isoIn = device->openInStream({.endpoint = 0x82, .packets = 8}, iso);
    const auto isoOut = device->openOutStream({.endpoint = 0x02, .packets = 8}, out);
    const auto bulkIn = device->openInStream({.endpoint = 0x81, .packetSize = 256}, bulk);
    ASSERT_TRUE(isoIn && isoOut && bulkIn);
    ASSERT_TRUE((*isoIn)->start() && (*isoOut)->start() && (*bulkIn)->start());
    const std::size_t before = iso.packets;
    EXPECT_EQ(allocationsOf([&] { runOnce(); }), 0U);
    EXPECT_GT(iso.packets, before + 1000);
    EXPECT_GT(out.packets, 1000U);
    EXPECT_GT(bulk.packets, 1000U);
}

TEST_F(UsbInSteadyState, requestsAllocateNothing) {
    kernel.immediate = {0x00, 0x81, 0x01};
    int answers = 0;
    const Bytes data(16);
    const auto round = [&] {
        device->controlIn({}, 64, milliseconds(500), [&](const auto&) { ++answers; });
        device->controlOut({}, data, milliseconds(500), [&](const auto&) { ++answers; });
        device->read(0x81, 64, milliseconds(500), [&](const auto&) { ++answers; });
        device->write(0x01, data, milliseconds(500), [&](const auto&) { ++answers; });
        const int wanted = answers + 4;
        while (answers < wanted) {
            runOnce();
        }
    };
    EXPECT_EQ(allocationsOf(round), 0U);
    EXPECT_EQ(answers, 4004);
}

}  // namespace
}  // namespace tipring::hal::testing
