// SPDX-License-Identifier: Apache-2.0
#include "usb_fixture.h"

namespace tipring::hal::testing {
namespace {

struct InAnswer {
    int times = 0;
    std::optional<Error> error;
    Bytes data;
    UsbInDone take() {
        return [this](Result<std::span<const std::byte>> got) {
            ++times;
            error = got ? std::nullopt : std::optional(got.error());
            data = got ? Bytes(got->begin(), got->end()) : Bytes{};
        };
    }
};

struct OutAnswer {
    int times = 0;
    std::optional<Error> error;
    std::size_t size = 0;
    UsbOutDone take() {
        return [this](Result<std::size_t> sent) {
            ++times;
            error = sent ? std::nullopt : std::optional(sent.error());
            size = sent.value_or(0);
        };
    }
};

class LibusbDeviceTest : public UsbFixture {
protected:
    void SetUp() override { openReady(); }

    static constexpr UsbSetup kVendor{0x40, 4, 0, 0x1A};
    InAnswer in;
    OutAnswer out;
};

TEST_F(LibusbDeviceTest, knowsItsIdentityAndDescriptors) {
    EXPECT_EQ(device->identity(), (UsbIdentity{0x1209, 0x4D43, 0x0201, "", "1-2"}));
    EXPECT_EQ(device->speed(), UsbSpeed::Full);
    EXPECT_EQ(device->configuration(), 1);
    EXPECT_EQ(device->descriptors().configurations.size(), 2U);
    EXPECT_EQ(device->name(), "usb:@1-2");
}

TEST_F(LibusbDeviceTest, asksAndTellsByControlRequests) {
    std::vector<FakeUsbfs::Setup> setups;
    Bytes taken;
    kernel.setControlModel([&](const FakeUsbfs::Setup& setup, const Bytes& data) {
        setups.push_back(setup);
        taken = data;
        return FakeUsbfs::Answer{0, bytes({0x55, 0x66})};
    });
    device->controlIn(kVendor, 8, milliseconds(500), in.take());
    EXPECT_EQ(in.times, 0);
    EXPECT_TRUE(runUntil([&] { return in.times == 1; }));
    EXPECT_EQ(in.data, bytes({0x55, 0x66}));
    device->controlOut(kVendor, bytes({1, 2, 3}), milliseconds(500), out.take());
    EXPECT_TRUE(runUntil([&] { return out.times == 1; }));
    EXPECT_EQ(out.size, 3U);
    EXPECT_EQ(taken, bytes({1, 2, 3}));
    ASSERT_EQ(setups.size(), 2U);
    EXPECT_EQ(setups[0].requestType, 0xC0);
    EXPECT_EQ(setups[0].length, 8);
    EXPECT_EQ(setups[1].requestType, 0x40);
    EXPECT_EQ(setups[1].request, 4);
    EXPECT_EQ(setups[1].index, 0x1A);
}

TEST_F(LibusbDeviceTest, callsAStallOfAControlRequestUnavailable) {
    kernel.setControlModel([](const FakeUsbfs::Setup&, const Bytes&) {
        return FakeUsbfs::Answer{-EPIPE, {}};
    });
    device->controlIn(kVendor, 8, milliseconds(500), in.take());
    ASSERT_TRUE(runUntil([&] { return in.times == 1; }));
    ASSERT_TRUE(in.error);
    EXPECT_EQ(in.error->code, ErrorCode::OperationUnavail) << in.error->cause;
    EXPECT_NE(in.error->cause.find("usb:@1-2"), std::string::npos);
}

TEST_F(LibusbDeviceTest, endsATransferAtItsLimit) {
    device->controlIn(kVendor, 8, milliseconds(1), in.take());
    ASSERT_TRUE(runUntil([&] { return in.times == 1; }));
    EXPECT_EQ(in.error->code, ErrorCode::Timeout);
    device->read(0x81, 64, milliseconds(1), in.take());
    ASSERT_TRUE(runUntil([&] { return in.times == 2; }));
    EXPECT_EQ(in.error->code, ErrorCode::Timeout);
    EXPECT_EQ(kernel.pending(0x81), 0U);
}

TEST_F(LibusbDeviceTest, readsAndWritesBulkAndInterrupt) {
    device->write(0x01, bytes({0x60, 0}), milliseconds(1000), out.take());
    EXPECT_EQ(kernel.completeOut(0x01), bytes({0x60, 0}));
    device->read(0x81, 64, milliseconds(1000), in.take());
    kernel.completeIn(0x81, bytes({0x60, 0, 1, 0x2E, 0x0F}));
    ASSERT_TRUE(runUntil([&] { return in.times == 1 && out.times == 1; }));
    EXPECT_EQ(out.size, 2U);
    EXPECT_EQ(in.data, bytes({0x60, 0, 1, 0x2E, 0x0F}));
    device->read(0x83, 8, {}, in.take());
    kernel.completeIn(0x83, bytes({7}));
    ASSERT_TRUE(runUntil([&] { return in.times == 2; }));
    EXPECT_EQ(in.data, bytes({7}));
}

TEST_F(LibusbDeviceTest, hasManyTransfersInFlight) {
    std::vector<int> order;
    for (int i = 0; i < 20; ++i) {
        device->read(0x81, 64, {}, [&, i](Result<std::span<const std::byte>> got) {
            ASSERT_TRUE(got);
            EXPECT_EQ(Bytes(got->begin(), got->end()), bytes({i}));
            order.push_back(i);
        });
    }
    EXPECT_EQ(kernel.pending(0x81), 20U);
    for (int i = 0; i < 20; ++i) {
        kernel.completeIn(0x81, bytes({i}));
    }
    ASSERT_TRUE(runUntil([&] { return order.size() == 20; }));
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(LibusbDeviceTest, reportsHaltBabbleAndProtocolErrors) {
    struct Case {
        int status;
        const char* word;
    };
    for (const Case& one :
         {Case{-EPIPE, "halted"}, Case{-EOVERFLOW, "babble"}, Case{-EPROTO, "protocol error"}}) {
        const int before = in.times;
        device->read(0x81, 64, {}, in.take());
        kernel.completeIn(0x81, {}, one.status);
        ASSERT_TRUE(runUntil([&] { return in.times == before + 1; }));
        EXPECT_EQ(in.error->code, ErrorCode::OperationFailed);
        EXPECT_NE(in.error->cause.find(one.word), std::string::npos) << in.error->cause;
    }
    EXPECT_TRUE(setUp([&](UsbDone done) { device->clearHalt(0x81, done); }));
    EXPECT_EQ(kernel.calls().back(), "clear halt 129");
}

TEST_F(LibusbDeviceTest, refusesWhatTheDescriptorsDoNotHave) {
    const auto refusal = [&](std::uint8_t endpoint, std::size_t length) {
        const int before = in.times;
        device->read(endpoint, length, {}, in.take());
        EXPECT_EQ(in.times, before) << "answered from inside the call";
        EXPECT_TRUE(runUntil([&] { return in.times == before + 1; }));
        return in.error ? in.error->code : ErrorCode{};
    };
    EXPECT_EQ(refusal(0x84, 64), ErrorCode::InvalParam);  // no such endpoint
    EXPECT_EQ(refusal(0x01, 64), ErrorCode::InvalParam);  // goes the other way
    EXPECT_EQ(refusal(0x82, 16), ErrorCode::InvalParam);  // isochronous
    EXPECT_EQ(refusal(0x81, 0), ErrorCode::InvalParam);
    EXPECT_EQ(refusal(0x81, 65537), ErrorCode::InvalParam);
    device->controlIn(kVendor, 4097, {}, in.take());
    EXPECT_TRUE(runUntil([&] { return in.times == 6; }));
    EXPECT_EQ(in.error->code, ErrorCode::InvalParam);
}

TEST_F(LibusbDeviceTest, saysWhatTheKernelRefuses) {
    kernel.failures[USBDEVFS_SUBMITURB] = ENOMEM;
    device->read(0x81, 64, {}, in.take());
    ASSERT_TRUE(runUntil([&] { return in.times == 1; }));
    EXPECT_EQ(in.error->code, ErrorCode::NoMem);
    EXPECT_NE(in.error->cause.find("usbfs_memory_mb"), std::string::npos) << in.error->cause;
}

TEST_F(LibusbDeviceTest, answersEveryTransferOnceWhenUnplugged) {
    device->read(0x81, 64, {}, in.take());
    device->write(0x01, bytes({1}), {}, out.take());
    InAnswer control;
    device->controlIn(kVendor, 8, milliseconds(500), control.take());
    kernel.unplug();
    ASSERT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    EXPECT_EQ(in.times, 1);
    EXPECT_EQ(out.times, 1);
    EXPECT_EQ(control.times, 1);
    EXPECT_EQ(in.error->code, ErrorCode::NoDevice);
    EXPECT_EQ(out.error->code, ErrorCode::NoDevice);
    settle();
    EXPECT_EQ(seen.gone.size(), 1U);
    EXPECT_EQ(seen.gone[0].code, ErrorCode::NoDevice);
    EXPECT_EQ(in.times + out.times + control.times, 3);
    device->read(0x81, 64, {}, in.take());
    ASSERT_TRUE(runUntil([&] { return in.times == 2; }));
    EXPECT_EQ(in.error->code, ErrorCode::NoDevice);
    EXPECT_EQ(setUp([&](UsbDone done) { device->reset(done); }).error().code, ErrorCode::NoDevice);
}

TEST_F(LibusbDeviceTest, isToldGoneByAKernelThatGivesNothingBack) {
    kernel.capabilities &= ~std::uint32_t(USBDEVFS_CAP_REAP_AFTER_DISCONNECT);
    device->read(0x81, 64, {}, in.take());
    kernel.unplug();
    ASSERT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    EXPECT_EQ(in.times, 1);
    EXPECT_EQ(in.error->code, ErrorCode::NoDevice);
}

TEST_F(LibusbDeviceTest, isToldGoneWhenIdle) {
    kernel.unplug();
    ASSERT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    EXPECT_EQ(seen.gone[0].code, ErrorCode::NoDevice);
}

TEST_F(LibusbDeviceTest, findsItGoneBeforeThePollDoes) {
    kernel.unplug(false);
    device->read(0x81, 64, {}, in.take());
    ASSERT_TRUE(runUntil([&] { return in.times == 1 && seen.gone.size() == 1; }));
    EXPECT_EQ(in.error->code, ErrorCode::NoDevice);
    kernel.announce();
    settle();
    EXPECT_EQ(seen.gone.size(), 1U);
}

TEST_F(LibusbDeviceTest, tellsALateObserverThatItIsGone) {
    device->setObserver(nullptr);
    kernel.unplug();
    settle();
    device->setObserver(&seen);
    EXPECT_TRUE(seen.gone.empty());
    EXPECT_TRUE(runUntil([&] { return seen.gone.size() == 1; }));
}

TEST_F(LibusbDeviceTest, mayDieInItsObserver) {
    seen.inGone = [&] { device.reset(); };
    kernel.unplug();
    ASSERT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    EXPECT_FALSE(kernel.nodeIsOpen());
}

TEST_F(LibusbDeviceTest, mayDieInAnAnswer) {
    int answers = 0;
    for (int i = 0; i < 3; ++i) {
        device->read(0x81, 64, {}, [&](Result<std::span<const std::byte>>) {
            ++answers;
            device.reset();
        });
    }
    kernel.completeIn(0x81, bytes({1}));
    kernel.completeIn(0x81, bytes({2}));
    ASSERT_TRUE(runUntil([&] { return answers > 0; }));
    settle();
    EXPECT_EQ(answers, 1);
    EXPECT_FALSE(kernel.nodeIsOpen());
}

TEST_F(LibusbDeviceTest, answersNothingAfterItsDeath) {
    device->read(0x81, 64, {}, in.take());
    device->controlIn(kVendor, 8, milliseconds(1), in.take());
    device->read(0x84, 64, {}, in.take());  // refused, and not told yet
    device.reset();
    EXPECT_FALSE(kernel.nodeIsOpen());
    settle();
    EXPECT_EQ(in.times, 0);
}

TEST_F(LibusbDeviceTest, leavesTheOthersAloneWhenItDies) {
    FakeUsbfs otherKernel{adapterDescriptors()};
    auto other = LibusbDevice::create(*loop, otherKernel.takeNode(), {}, "usb:@1-3");
    ASSERT_TRUE(other);
    otherKernel.setControlModel([](const FakeUsbfs::Setup&, const Bytes&) {
        return FakeUsbfs::Answer{0, bytes({9})};
    });
    (*other)->controlIn(kVendor, 8, {}, in.take());
    device->read(0x81, 64, {}, out.times == 0 ? in.take() : nullptr);
    device.reset();  // takes completions of both from libusb
    EXPECT_EQ(in.times, 0);
    ASSERT_TRUE(runUntil([&] { return in.times == 1; }));
    EXPECT_EQ(in.data, bytes({9}));
}

TEST_F(LibusbDeviceTest, neverWakesTheLoopWhenIdle) {
    device->read(0x81, 64, {}, in.take());
    settle();
    const auto before = loop->wakeups();
    loop->runOnce(milliseconds(30));
    EXPECT_EQ(loop->wakeups(), before + 1);  // the end of that wait alone
}

TEST(LibusbDeviceOpening, refusesWhatIsNoUsbNode) {
    auto loop = std::move(*EpollLoop::create());
    FakeUsbfs kernel{bytes({1, 2, 3})};
    const auto device = LibusbDevice::create(*loop, kernel.takeNode(), {}, "usb:@1-2");
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, ErrorCode::InvalParam);
    EXPECT_NE(device.error().cause.find("usb:@1-2"), std::string::npos);
}

}  // namespace
}  // namespace tipring::hal::testing
