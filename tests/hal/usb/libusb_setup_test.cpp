// SPDX-License-Identifier: Apache-2.0
#include "usb_fixture.h"

namespace tipring::hal::testing {
namespace {

using Calls = std::vector<std::string>;

class LibusbSetup : public UsbFixture {
protected:
    void SetUp() override { open(); }
    Result<void> claim(std::uint8_t number, KernelDriver driver) {
        return setUp([&](UsbDone done) { device->claimInterface(number, driver, done); });
    }
};

TEST_F(LibusbSetup, takesKernelDriversOffAndGivesThemBack) {
    kernel.drivers = {{0, "cdc_acm"}};
    ASSERT_TRUE(claim(0, KernelDriver::Detach));
    ASSERT_TRUE(claim(1, KernelDriver::Detach));  // had none
    EXPECT_EQ(kernel.calls(), (Calls{"detach 0", "claim 0", "claim 1"}));
    ASSERT_TRUE(setUp([&](UsbDone done) { device->releaseInterface(0, done); }));
    EXPECT_EQ(kernel.claimed(), (std::set<int>{1}));
    EXPECT_TRUE(kernel.drivers.contains(0));
    device.reset();
    EXPECT_EQ(kernel.calls(),
              (Calls{"detach 0", "claim 0", "claim 1", "release 0", "attach 0", "release 1"}));
}

TEST_F(LibusbSetup, givesThemBackWhenTheDeviceIsDestroyed) {
    kernel.drivers = {{1, "snd-usb-audio"}};
    ASSERT_TRUE(claim(1, KernelDriver::Detach));
    device.reset();
    EXPECT_EQ(kernel.calls().back(), "attach 1");
}

TEST_F(LibusbSetup, namesTheKernelDriverThatWasToBeKept) {
    kernel.drivers = {{0, "cdc_acm"}};
    const auto result = claim(0, KernelDriver::Keep);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InUse);
    EXPECT_NE(result.error().cause.find("cdc_acm"), std::string::npos) << result.error().cause;
    EXPECT_TRUE(kernel.calls().empty());
}

// The other end of the fake's pipe makes this process the one that has the node open twice.
TEST_F(LibusbSetup, saysWhoHasTheInterface) {
    kernel.heldElsewhere = {0};
    const auto result = claim(0, KernelDriver::Detach);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InUse);
    EXPECT_NE(result.error().cause.find("usb:@1-2, interface 0, is held by this process"),
              std::string::npos)
        << result.error().cause;
}

TEST_F(LibusbSetup, claimsOnceAndOnlyWhatIsThere) {
    ASSERT_TRUE(claim(0, KernelDriver::Keep));
    ASSERT_TRUE(claim(0, KernelDriver::Keep));
    EXPECT_EQ(kernel.calls(), (Calls{"claim 0"}));
    EXPECT_EQ(claim(7, KernelDriver::Keep).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(setUp([&](UsbDone done) { device->releaseInterface(1, done); }).error().code,
              ErrorCode::InvalParam);
    EXPECT_EQ(setUp([&](UsbDone done) { device->selectAlternate(1, 1, done); }).error().code,
              ErrorCode::InvalParam);
}

TEST_F(LibusbSetup, runsInTheOrderOfAsking) {
    std::vector<int> order;
    const auto noted = [&](int number) {
        return [&order, number](Result<void> result) {
            EXPECT_TRUE(result) << result.error().text();
            order.push_back(number);
        };
    };
    device->claimInterface(1, KernelDriver::Keep, noted(1));
    device->selectAlternate(1, 1, noted(2));
    device->clearHalt(0x82, noted(3));
    device->releaseInterface(1, noted(4));
    EXPECT_TRUE(runUntil([&] { return order.size() == 4; }));
    EXPECT_EQ(order, (std::vector{1, 2, 3, 4}));
    EXPECT_EQ(kernel.calls(), (Calls{"claim 1", "alternate 1 1", "clear halt 130", "release 1"}));
}

TEST_F(LibusbSetup, changesTheConfigurationAndBringsDriversBackWhenThatFails) {
    kernel.drivers = {{0, "cdc_acm"}, {1, "cdc_acm"}};
    EXPECT_EQ(setUp([&](UsbDone done) { device->setConfiguration(2, KernelDriver::Keep, done); })
                  .error()
                  .code,
              ErrorCode::InUse);
    kernel.failures[USBDEVFS_SETCONFIGURATION] = EIO;
    EXPECT_FALSE(
        setUp([&](UsbDone done) { device->setConfiguration(2, KernelDriver::Detach, done); }));
    EXPECT_EQ(kernel.calls(), (Calls{"detach 0", "detach 1", "attach 0", "attach 1"}));
    EXPECT_EQ(device->configuration(), 1);
    kernel.failures.clear();
    EXPECT_TRUE(
        setUp([&](UsbDone done) { device->setConfiguration(2, KernelDriver::Detach, done); }));
    EXPECT_EQ(device->configuration(), 2);
    EXPECT_EQ(kernel.calls().back(), "configuration 2");
    EXPECT_TRUE(claim(0, KernelDriver::Keep));
    EXPECT_EQ(claim(1, KernelDriver::Keep).error().code, ErrorCode::InvalParam);
}

TEST_F(LibusbSetup, sendsNoConfigurationThatIsActive) {
    EXPECT_TRUE(
        setUp([&](UsbDone done) { device->setConfiguration(1, KernelDriver::Detach, done); }));
    EXPECT_TRUE(kernel.calls().empty());
    EXPECT_EQ(setUp([&](UsbDone done) { device->setConfiguration(9, KernelDriver::Keep, done); })
                  .error()
                  .code,
              ErrorCode::InvalParam);
}

TEST_F(LibusbSetup, keepsTheConfigurationWhileSomethingIsClaimedOrPending) {
    ASSERT_TRUE(claim(0, KernelDriver::Keep));
    const auto change = [&](UsbDone done) {
        device->setConfiguration(2, KernelDriver::Keep, std::move(done));
    };
    EXPECT_EQ(setUp(change).error().code, ErrorCode::InUse);
    device->read(0x81, 64, {}, [](auto) {});
    EXPECT_EQ(setUp([&](UsbDone done) { device->reset(done); }).error().code, ErrorCode::InUse);
    EXPECT_EQ(kernel.calls(), (Calls{"claim 0"}));
}

TEST_F(LibusbSetup, resetsAndClaimsAgain) {
    ASSERT_TRUE(claim(1, KernelDriver::Keep));
    ASSERT_TRUE(setUp([&](UsbDone done) { device->selectAlternate(1, 1, done); }));
    ASSERT_TRUE(setUp([&](UsbDone done) { device->reset(done); }));
    EXPECT_EQ(kernel.calls(), (Calls{"claim 1", "alternate 1 1", "release 1", "reset", "claim 1"}));
    InRecorder observer;
    EXPECT_EQ(device->openInStream({.endpoint = 0x82}, observer).error().code,
              ErrorCode::InvalParam);  // the setting is 0 again
}

TEST_F(LibusbSetup, sendsNothingDuringAReset) {
    bool reset = false;
    std::optional<Error> refused;
    device->reset([&](Result<void>) { reset = true; });
    device->controlIn({}, 8, {},
                      [&](Result<std::span<const std::byte>> got) { refused = got.error(); });
    EXPECT_TRUE(runUntil([&] { return reset && refused; }));
    EXPECT_EQ(refused->code, ErrorCode::InUse);
    EXPECT_EQ(kernel.submitted(), 0U);
}

TEST_F(LibusbSetup, mayBeAskedForInAnAnswer) {
    kernel.setControlModel(
        [](const FakeUsbfs::Setup&, const Bytes&) { return FakeUsbfs::Answer{}; });
    std::optional<Result<void>> result;
    device->controlIn({}, 8, {}, [&](Result<std::span<const std::byte>>) {
        device->reset([&](Result<void> answer) { result = std::move(answer); });
    });
    ASSERT_TRUE(runUntil([&] { return result.has_value(); }));
    EXPECT_TRUE(*result) << result->error().text();
}

TEST_F(LibusbSetup, thatBringsAnotherDeviceIsTheEnd) {
    kernel.failures[USBDEVFS_RESET] = ENODEV;
    EXPECT_EQ(setUp([&](UsbDone done) { device->reset(done); }).error().code, ErrorCode::NoDevice);
    EXPECT_TRUE(runUntil([&] { return seen.gone.size() == 1; }));
}

TEST_F(LibusbSetup, mayEndWithItsDevice) {
    int answers = 0;
    kernel.drivers = {{0, "cdc_acm"}};
    device->claimInterface(0, KernelDriver::Detach, [&](Result<void>) { ++answers; });
    device->claimInterface(1, KernelDriver::Keep, [&](Result<void>) { ++answers; });
    device.reset();
    EXPECT_EQ(kernel.calls(), (Calls{"detach 0", "claim 0", "release 0", "attach 0"}));
    settle();
    EXPECT_EQ(answers, 0);
    EXPECT_FALSE(kernel.nodeIsOpen());
}

TEST_F(LibusbSetup, mayDestroyItsDeviceInTheAnswer) {
    bool answered = false;
    device->claimInterface(0, KernelDriver::Keep, [&](Result<void>) {
        answered = true;
        device.reset();
    });
    device->claimInterface(1, KernelDriver::Keep, [&](Result<void>) { ADD_FAILURE(); });
    EXPECT_TRUE(runUntil([&] { return answered; }));
    settle();
}

TEST_F(LibusbSetup, isAnsweredBeforeTheDeviceIsToldGone) {
    std::vector<std::string> events;
    seen.inGone = [&] { events.emplace_back("gone"); };
    device->claimInterface(0, KernelDriver::Keep,
                           [&](Result<void>) { events.emplace_back("claim"); });
    kernel.unplug();
    EXPECT_TRUE(runUntil([&] { return events.size() == 2; }));
    EXPECT_EQ(events, (std::vector<std::string>{"claim", "gone"}));
}

}  // namespace
}  // namespace tipring::hal::testing
