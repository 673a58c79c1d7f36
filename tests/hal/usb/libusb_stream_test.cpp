// SPDX-License-Identifier: Apache-2.0
#include "usb_fixture.h"

namespace tipring::hal::testing {
namespace {

class LibusbStreamTest : public UsbFixture {
protected:
    void SetUp() override { openReady(); }
    ~LibusbStreamTest() override {
        inStream.reset();
        outStream.reset();
    }

    void openIn(const UsbStreamOptions& options) {
        auto opened = device->openInStream(options, in);
        ASSERT_TRUE(opened) << opened.error().text();
        inStream = std::move(*opened);
    }
    void openOut(const UsbStreamOptions& options) {
        auto opened = device->openOutStream(options, out);
        ASSERT_TRUE(opened) << opened.error().text();
        outStream = std::move(*opened);
    }
    /// An isochronous transfer of `count` packets with the bytes `first`, `first`+1, ...
    static std::vector<FakeUsbfs::IsoPacket> isoPackets(int first, int count) {
        std::vector<FakeUsbfs::IsoPacket> packets;
        for (int i = 0; i < count; ++i) {
            packets.push_back({0, Bytes(16, std::byte(first + i))});
        }
        return packets;
    }

    static constexpr UsbStreamOptions kIsoIn{.endpoint = 0x82, .packets = 4, .transfers = 16};
    static constexpr UsbStreamOptions kIsoOut{.endpoint = 0x02, .packets = 4, .transfers = 4};
    InRecorder in;
    OutRecorder out;
    std::unique_ptr<UsbInStream> inStream;
    std::unique_ptr<UsbOutStream> outStream;
};

TEST_F(LibusbStreamTest, keepsItsTransfersInFlight) {
    openIn(kIsoIn);
    EXPECT_EQ(kernel.pending(0x82), 0U);
    ASSERT_TRUE(inStream->start());
    EXPECT_TRUE(inStream->running());
    EXPECT_EQ(inStream->start().error().code, ErrorCode::InUse);
    EXPECT_EQ(kernel.pending(0x82), 16U);
    for (int i = 0; i < 40; ++i) {
        kernel.completeIsoIn(0x82, isoPackets(i, 4));
        ASSERT_TRUE(runUntil([&] { return in.packets.size() == std::size_t(i + 1) * 4; }));
        EXPECT_EQ(kernel.pending(0x82), 16U);
    }
    for (std::size_t i = 0; i < in.packets.size(); ++i) {
        EXPECT_EQ(in.packets[i].number, i);
        EXPECT_EQ(in.packets[i].data, Bytes(16, std::byte(i / 4 + i % 4)));
    }
    EXPECT_EQ(inStream->statistics().packets, 160U);
    EXPECT_EQ(inStream->statistics().transfers, 40U);
    EXPECT_EQ(inStream->statistics().bytes, 160U * 16);
    EXPECT_EQ(inStream->statistics().dryQueues, 0U);
}

TEST_F(LibusbStreamTest, tellsTheStatusOfEveryPacket) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    auto packets = isoPackets(1, 4);
    packets[1] = {-EPROTO, {}};
    packets[2] = {-EOVERFLOW, bytes({1})};
    packets[3] = {0, bytes({7, 8})};
    kernel.completeIsoIn(0x82, packets);
    ASSERT_TRUE(runUntil([&] { return in.packets.size() == 4; }));
    EXPECT_EQ(in.packets[0].status, UsbPacketStatus::Ok);
    EXPECT_EQ(in.packets[1], (Packet{{}, UsbPacketStatus::Lost, 1}));
    EXPECT_EQ(in.packets[2], (Packet{{}, UsbPacketStatus::Babble, 2}));
    EXPECT_EQ(in.packets[3], (Packet{bytes({7, 8}), UsbPacketStatus::Ok, 3}));
    EXPECT_EQ(inStream->statistics().lostPackets, 2U);
    EXPECT_EQ(inStream->statistics().shortPackets, 1U);
    EXPECT_EQ(inStream->statistics().bytes, 18U);
    EXPECT_TRUE(inStream->running());
}

TEST_F(LibusbStreamTest, countsAQueueThatRanDry) {
    openIn({.endpoint = 0x82, .packets = 2, .transfers = 3});
    ASSERT_TRUE(inStream->start());
    for (int i = 0; i < 3; ++i) {
        kernel.completeIsoIn(0x82, isoPackets(i, 2));
    }
    ASSERT_TRUE(runUntil([&] { return in.packets.size() == 6; }));
    EXPECT_EQ(inStream->statistics().dryQueues, 1U);
    kernel.completeIsoIn(0x82, isoPackets(0, 2));
    kernel.completeIsoIn(0x82, isoPackets(0, 2));
    ASSERT_TRUE(runUntil([&] { return in.packets.size() == 10; }));
    EXPECT_EQ(inStream->statistics().dryQueues, 1U);
}

TEST_F(LibusbStreamTest, stopsWithAllTransfersBack) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    kernel.completeIsoIn(0x82, isoPackets(1, 4));
    inStream->stop();
    inStream->stop();
    EXPECT_TRUE(inStream->running());
    EXPECT_TRUE(in.ends.empty());
    ASSERT_TRUE(runUntil([&] { return in.ends.size() == 1; }));
    EXPECT_FALSE(in.ends[0]);
    EXPECT_FALSE(inStream->running());
    EXPECT_EQ(in.packets.size(), 4U);  // what had come is not lost
    EXPECT_EQ(inStream->statistics().transfers, 1U);
    EXPECT_EQ(kernel.pending(0x82), 0U);
    EXPECT_EQ(kernel.submitted(), kernel.reaped());
    settle();
    EXPECT_EQ(in.ends.size(), 1U);
}

TEST_F(LibusbStreamTest, mayStartAgain) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    in.inStopped = [&] {
        in.inStopped = nullptr;
        EXPECT_TRUE(inStream->start());
    };
    kernel.completeIsoIn(0x82, isoPackets(1, 4));
    ASSERT_TRUE(runUntil([&] { return in.packets.size() == 4; }));
    inStream->stop();
    ASSERT_TRUE(runUntil([&] { return in.ends.size() == 1; }));
    EXPECT_TRUE(inStream->running());
    kernel.completeIsoIn(0x82, isoPackets(9, 4));
    ASSERT_TRUE(runUntil([&] { return in.packets.size() == 8; }));
    EXPECT_EQ(in.packets[4].number, 0U);
    EXPECT_EQ(inStream->statistics().packets, 4U);
}

TEST_F(LibusbStreamTest, mayDieWithTransfersInFlight) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    kernel.completeIsoIn(0x82, isoPackets(1, 4));
    inStream.reset();
    EXPECT_EQ(kernel.pending(0x82), 0U);
    EXPECT_EQ(kernel.submitted(), kernel.reaped());
    settle();
    EXPECT_TRUE(in.packets.empty());
    EXPECT_TRUE(in.ends.empty());
}

TEST_F(LibusbStreamTest, mayDieInItsCallbacks) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    in.inPackets = [&] { inStream.reset(); };
    kernel.completeIsoIn(0x82, isoPackets(1, 4));
    kernel.completeIsoIn(0x82, isoPackets(2, 4));
    ASSERT_TRUE(runUntil([&] { return !in.packets.empty(); }));
    settle();
    EXPECT_EQ(in.packets.size(), 4U);
    openIn(kIsoIn);
    in.inStopped = [&] { inStream.reset(); };
    ASSERT_TRUE(inStream->start());
    inStream->stop();
    ASSERT_TRUE(runUntil([&] { return in.ends.size() == 1; }));
    EXPECT_EQ(kernel.submitted(), kernel.reaped());
}

TEST_F(LibusbStreamTest, mayTakeTheDeviceWithItInACallback) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    in.inPackets = [&] {
        inStream.reset();
        device.reset();
    };
    kernel.completeIsoIn(0x82, isoPackets(1, 4));
    ASSERT_TRUE(runUntil([&] { return !in.packets.empty(); }));
    settle();
    EXPECT_FALSE(kernel.nodeIsOpen());
}

TEST_F(LibusbStreamTest, endsOnceWhenUnplugged) {
    openIn(kIsoIn);
    out.fill = [](std::uint64_t, std::size_t size) { return Bytes(size); };
    openOut(kIsoOut);
    ASSERT_TRUE(inStream->start());
    ASSERT_TRUE(outStream->start());
    std::vector<std::string> events;
    in.inStopped = [&] { events.emplace_back("in"); };
    out.inStopped = [&] { events.emplace_back("out"); };
    seen.inGone = [&] { events.emplace_back("gone"); };
    kernel.completeIsoIn(0x82, isoPackets(1, 4));
    kernel.unplug();
    ASSERT_TRUE(runUntil([&] { return events.size() == 3; }));
    settle();
    EXPECT_EQ(events.size(), 3U);
    EXPECT_EQ(events.back(), "gone");
    EXPECT_EQ(in.packets.size(), 4U);
    ASSERT_TRUE(in.ends.at(0) && out.ends.at(0));
    EXPECT_EQ(in.ends[0]->code, ErrorCode::NoDevice);
    EXPECT_EQ(out.ends[0]->code, ErrorCode::NoDevice);
    EXPECT_EQ(inStream->start().error().code, ErrorCode::NoDevice);
    EXPECT_EQ(inStream->statistics().dryQueues, 0U);
}

TEST_F(LibusbStreamTest, endsWhenUnpluggedWithoutReapingToo) {
    kernel.capabilities &= ~std::uint32_t(USBDEVFS_CAP_REAP_AFTER_DISCONNECT);
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    kernel.unplug();
    ASSERT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    ASSERT_EQ(in.ends.size(), 1U);
    EXPECT_EQ(in.ends[0]->code, ErrorCode::NoDevice);
}

TEST_F(LibusbStreamTest, endsWhenUnpluggedWhileItStops) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    kernel.keepsCancelled = true;
    inStream->stop();
    kernel.unplug();
    ASSERT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    EXPECT_EQ(in.ends.size(), 1U);
}

TEST_F(LibusbStreamTest, endsWhenAnUnpluggedDeviceTakesNoTransfer) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    kernel.completeIsoIn(0x82, isoPackets(1, 4));
    kernel.unplug(false);
    ASSERT_TRUE(runUntil([&] { return in.ends.size() == 1 && seen.gone.size() == 1; }));
    EXPECT_EQ(in.ends[0]->code, ErrorCode::NoDevice);
    inStream.reset();
    device.reset();
}

TEST_F(LibusbStreamTest, receivesBulkAndInterrupt) {
    openIn({.endpoint = 0x81, .packetSize = 256, .transfers = 4});
    ASSERT_TRUE(inStream->start());
    EXPECT_EQ(kernel.pending(0x81), 4U);
    EXPECT_EQ(kernel.lengthOf(0x81), 256U);
    kernel.completeIn(0x81, Bytes(256, std::byte(1)));
    kernel.completeIn(0x81, bytes({2, 3}));
    kernel.completeIn(0x81, {});
    ASSERT_TRUE(runUntil([&] { return in.packets.size() == 3; }));
    EXPECT_EQ(in.packets[0].data.size(), 256U);
    EXPECT_EQ(in.packets[1], (Packet{bytes({2, 3}), UsbPacketStatus::Ok, 1}));
    EXPECT_TRUE(in.packets[2].data.empty());
    EXPECT_EQ(inStream->statistics().shortPackets, 2U);
    inStream.reset();
    openIn({.endpoint = 0x83, .transfers = 2});
    ASSERT_TRUE(inStream->start());
    kernel.completeIn(0x83, bytes({0x20, 1}));
    ASSERT_TRUE(runUntil([&] { return in.packets.size() == 4; }));
    EXPECT_EQ(in.packets[3].data, bytes({0x20, 1}));
}

TEST_F(LibusbStreamTest, endsAtAHalt) {
    openIn({.endpoint = 0x81, .transfers = 4});
    ASSERT_TRUE(inStream->start());
    kernel.completeIn(0x81, {}, -EPIPE);
    ASSERT_TRUE(runUntil([&] { return in.ends.size() == 1; }));
    ASSERT_EQ(in.packets.size(), 1U);
    EXPECT_EQ(in.packets[0].status, UsbPacketStatus::Stalled);
    ASSERT_TRUE(in.ends[0]);
    EXPECT_EQ(in.ends[0]->code, ErrorCode::OperationFailed);
    EXPECT_NE(in.ends[0]->cause.find("0x81"), std::string::npos) << in.ends[0]->cause;
    ASSERT_TRUE(setUp([&](UsbDone done) { device->clearHalt(0x81, done); }));
    EXPECT_TRUE(inStream->start());
}

TEST_F(LibusbStreamTest, bearsFailuresUntilTheyAreMany) {
    openIn({.endpoint = 0x81, .transfers = 4});
    ASSERT_TRUE(inStream->start());
    for (int i = 0; i < 7; ++i) {
        kernel.completeIn(0x81, {}, i == 3 ? -EOVERFLOW : -EPROTO);
        ASSERT_TRUE(runUntil([&] { return in.packets.size() == std::size_t(i) + 1; }));
    }
    kernel.completeIn(0x81, bytes({1}));
    ASSERT_TRUE(runUntil([&] { return in.packets.size() == 8; }));
    EXPECT_TRUE(inStream->running());
    for (std::size_t i = 0; i < 8; ++i) {
        kernel.completeIn(0x81, {}, -EPROTO);
        ASSERT_TRUE(runUntil([&] { return in.packets.size() == 9 + i; }));
    }
    ASSERT_TRUE(runUntil([&] { return in.ends.size() == 1; }));
    EXPECT_EQ(in.ends[0]->code, ErrorCode::OperationFailed);
    EXPECT_EQ(inStream->statistics().lostPackets, 15U);
}

TEST_F(LibusbStreamTest, doesNotStartWhereTheKernelRefuses) {
    openIn(kIsoIn);
    kernel.failures[USBDEVFS_SUBMITURB] = ENOSPC;
    const auto started = inStream->start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().cause.find("bandwidth"), std::string::npos) << started.error().cause;
    settle();
    EXPECT_TRUE(in.ends.empty());
    EXPECT_FALSE(inStream->running());
    kernel.failures.clear();
    EXPECT_TRUE(inStream->start());
}

TEST_F(LibusbStreamTest, endsWhereTheKernelRefusesLater) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    kernel.failures[USBDEVFS_SUBMITURB] = ENOMEM;
    kernel.completeIsoIn(0x82, isoPackets(1, 4));
    ASSERT_TRUE(runUntil([&] { return in.ends.size() == 1; }));
    EXPECT_EQ(in.packets.size(), 4U);
    EXPECT_EQ(in.ends[0]->code, ErrorCode::OperationFailed);
    EXPECT_TRUE(seen.gone.empty());
}

TEST_F(LibusbStreamTest, sendsWhatItIsGiven) {
    out.fill = [](std::uint64_t number, std::size_t) { return Bytes(8, std::byte(number)); };
    openOut(kIsoOut);
    ASSERT_TRUE(outStream->start());
    EXPECT_EQ(out.asked.size(), 16U);
    EXPECT_EQ(kernel.pending(0x02), 4U);
    const auto first = kernel.completeIsoOut(0x02);
    ASSERT_EQ(first.size(), 4U);
    EXPECT_EQ(first[0], Bytes(8, std::byte(0)));
    EXPECT_EQ(first[3], Bytes(8, std::byte(3)));
    ASSERT_TRUE(runUntil([&] { return out.sent.size() == 4; }));
    EXPECT_EQ(out.sent[3].number, 3U);
    EXPECT_EQ(out.asked.back(), 19U);
    EXPECT_EQ(kernel.pending(0x02), 4U);
    EXPECT_EQ(outStream->statistics().underruns, 0U);
}

TEST_F(LibusbStreamTest, sendsEmptyIsochronousPacketsAndCountsThem) {
    out.fill = [](std::uint64_t number, std::size_t) {
        return number % 2 == 0 ? bytes({1, 2}) : Bytes{};
    };
    openOut({.endpoint = 0x02, .packets = 4, .transfers = 1});
    ASSERT_TRUE(outStream->start());
    const auto sent = kernel.completeIsoOut(0x02);
    EXPECT_EQ(sent, (std::vector<Bytes>{bytes({1, 2}), {}, bytes({1, 2}), {}}));
    EXPECT_EQ(outStream->statistics().underruns, 2U);
}

TEST_F(LibusbStreamTest, letsBulkWaitForResume) {
    std::vector<Bytes> queue{bytes({1})};
    out.fill = [&](std::uint64_t, std::size_t) {
        const Bytes front = queue.empty() ? Bytes{} : queue.front();
        queue.erase(queue.begin(), queue.begin() + (queue.empty() ? 0 : 1));
        return front;
    };
    openOut({.endpoint = 0x01, .packetSize = 32, .transfers = 3});
    ASSERT_TRUE(outStream->start());
    EXPECT_EQ(kernel.pending(0x01), 1U);
    EXPECT_EQ(outStream->statistics().underruns, 0U);
    EXPECT_EQ(kernel.completeOut(0x01), bytes({1}));
    ASSERT_TRUE(runUntil([&] { return out.sent.size() == 1; }));
    EXPECT_EQ(kernel.pending(0x01), 0U);
    EXPECT_EQ(outStream->statistics().underruns, 1U);
    queue = {bytes({2}), bytes({3, 3}), bytes({4}), bytes({5})};
    outStream->resume();
    EXPECT_EQ(kernel.pending(0x01), 3U);
    for (const Bytes& expected : {bytes({2}), bytes({3, 3}), bytes({4})}) {
        EXPECT_EQ(kernel.completeOut(0x01), expected);
    }
    ASSERT_TRUE(runUntil([&] { return out.sent.size() == 4; }));
    EXPECT_EQ(kernel.completeOut(0x01), bytes({5}));
    ASSERT_TRUE(runUntil([&] { return out.sent.size() == 5; }));
    EXPECT_EQ(out.sent.back().number, 4U);
    EXPECT_EQ(outStream->statistics().packets, 5U);
    outStream->stop();  // nothing is in flight
    EXPECT_TRUE(out.ends.empty());
    EXPECT_TRUE(runUntil([&] { return out.ends.size() == 1; }));
}

TEST_F(LibusbStreamTest, mayStopOrResumeWhileItFills) {
    out.fill = [](std::uint64_t, std::size_t) { return bytes({1}); };
    out.inFill = [&] {
        outStream->resume();
        if (out.asked.size() == 3) {
            outStream->stop();
        }
    };
    openOut({.endpoint = 0x01, .packetSize = 32, .transfers = 4});
    ASSERT_TRUE(outStream->start());
    ASSERT_TRUE(runUntil([&] { return out.ends.size() == 1; }));
    EXPECT_EQ(out.asked.size(), 3U);
    EXPECT_EQ(kernel.pending(0x01), 0U);
    EXPECT_EQ(kernel.submitted(), 2U);
}

TEST_F(LibusbStreamTest, isRefusedWhereOptionsAndEndpointDoNotFit) {
    const auto refusal = [&](const UsbStreamOptions& options) {
        const auto opened = device->openInStream(options, in);
        return opened ? ErrorCode{} : opened.error().code;
    };
    const ErrorCode invalid = ErrorCode::InvalParam;
    EXPECT_EQ(refusal({.endpoint = 0x84}), invalid);
    EXPECT_EQ(refusal({.endpoint = 0x02}), invalid);
    EXPECT_EQ(refusal({.endpoint = 0x82, .packetSize = 17}), invalid);
    EXPECT_EQ(refusal({.endpoint = 0x82, .packets = 129}), invalid);
    EXPECT_EQ(refusal({.endpoint = 0x82, .packets = 0}), invalid);
    EXPECT_EQ(refusal({.endpoint = 0x82, .transfers = 65}), invalid);
    EXPECT_EQ(refusal({.endpoint = 0x81, .packetSize = 100}), invalid);
    EXPECT_EQ(refusal({.endpoint = 0x81, .packets = 2}), invalid);
    EXPECT_EQ(refusal({.endpoint = 0x81, .packetSize = 131072}), invalid);
    EXPECT_EQ(device->openOutStream({.endpoint = 0x82}, out).error().code, invalid);
}

TEST_F(LibusbStreamTest, keepsTheInterfaceWhileItRuns) {
    openIn(kIsoIn);
    ASSERT_TRUE(inStream->start());
    EXPECT_EQ(setUp([&](UsbDone done) { device->releaseInterface(1, done); }).error().code,
              ErrorCode::InUse);
    EXPECT_EQ(setUp([&](UsbDone done) { device->selectAlternate(1, 0, done); }).error().code,
              ErrorCode::InUse);
    EXPECT_TRUE(setUp([&](UsbDone done) { device->releaseInterface(0, done); }));
    inStream->stop();
    ASSERT_TRUE(runUntil([&] { return in.ends.size() == 1; }));
    EXPECT_TRUE(setUp([&](UsbDone done) { device->releaseInterface(1, done); }));
}

}  // namespace
}  // namespace tipring::hal::testing
