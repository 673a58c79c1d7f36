// SPDX-License-Identifier: Apache-2.0
// Adapters that come and go, as udev tells it (umockdev), with the kernel's side of their nodes.
#include "tipring/drivers/adapters/adapter_ports.h"

#include <gmock/gmock.h>

#include "hal/umockdev/test_bed.h"
#include "hal/usb/fake_usbfs.h"
#include "ports_rig.h"

namespace tipring::adapters {
namespace {

using namespace std::chrono_literals;
using hal::testing::adapterDescriptors;
using hal::testing::FakeUsbfs;
using hal::testing::TestBed;
using ::testing::ElementsAre;

constexpr UsbModelRow kRows[] = {
    {0x1209, 0x4D43, "Test adapter", "no chip", "test", AdapterKind::Fxo, 0}};

/// Is up at once, and fails when it is told to.
class QuickAdapter final : public UsbAdapter {
public:
    QuickAdapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device, AdapterHost& host)
        : UsbAdapter(loop, std::move(device), host) {}
    void breakDown() { fail(hal::ErrorCode::OperationFailed, "it broke"); }

private:
    void onStart() override { ready({{.name = {}, .number = 1}}, "1.0"); }
    void onFailure(const hal::Error&) override {}
};

class AdapterHotplugTest : public ::testing::Test, private analog::PortSourceListener {
protected:
    void start(std::vector<std::string> devices = {}) {
        ports = std::make_unique<AdapterPorts>(
            loop, kRows,
            [this](hal::EventLoop& on, std::unique_ptr<hal::UsbDevice> device, const UsbModelRow&,
                   AdapterHost& host) {
                auto made = std::make_unique<QuickAdapter>(on, std::move(device), host);
                last = made.get();
                return made;
            },
            AdapterPortsOptions{std::move(devices)});
        ports->start(*this);
        loop.advance(200ms);
    }
    /// On port 1-1, with a kernel that serves its node.
    void plug(const std::string& serial, std::uint16_t product = 0x4D43) {
        kernel = std::make_unique<FakeUsbfs>(adapterDescriptors(0x1209, product));
        kernel->serve("/dev/bus/usb/001/002");
        bed.plugUsb(1, adapterDescriptors(0x1209, product), serial);
        bed.announce(TestBed::path(1), "add");
        loop.advance(200ms);
    }
    void pull() {
        bed.unplug(TestBed::path(1));
        loop.advance(10ms);
    }
    void onPortArrived(const analog::PortInfo& port) override {
        notes.push_back("+" + port.key);
        info = port;
    }
    void onPortLeft(std::string_view key) override { notes.push_back("-" + std::string(key)); }

    TestBed bed;
    hal::VirtualLoop loop;
    std::unique_ptr<FakeUsbfs> kernel;
    std::vector<std::string> notes;
    analog::PortInfo info;
    QuickAdapter* last = nullptr;
    std::unique_ptr<AdapterPorts> ports;
};

TEST_F(AdapterHotplugTest, WhatIsThereAlreadyIsStarted) {
    plug("SN1");
    start();
    EXPECT_THAT(notes, ElementsAre("+1209:4d43:SN1/1"));
    EXPECT_EQ(info.name, "Test adapter");
    EXPECT_EQ(info.adapter, "no chip, 1.0");
}

TEST_F(AdapterHotplugTest, ComesGoesAndComesBackUnderOneKey) {
    start();
    EXPECT_TRUE(notes.empty());
    plug("SN1");
    EXPECT_THAT(notes, ElementsAre("+1209:4d43:SN1/1"));
    pull();
    EXPECT_THAT(notes, ElementsAre("+1209:4d43:SN1/1", "-1209:4d43:SN1/1"));
    plug("SN1");
    EXPECT_EQ(notes.back(), "+1209:4d43:SN1/1");
    EXPECT_EQ(notes.size(), 3U);
}

TEST_F(AdapterHotplugTest, WithoutASerialNumberTheBusPathIsTheKey) {
    start();
    plug("");
    EXPECT_THAT(notes, ElementsAre("+1209:4d43:1-1/1"));
}

TEST_F(AdapterHotplugTest, OneThatBreaksIsTriedAgainWhileItIsPluggedIn) {
    start();
    plug("SN1");
    last->breakDown();
    loop.advance(10ms);
    kernel = std::make_unique<FakeUsbfs>(adapterDescriptors());
    kernel->serve("/dev/bus/usb/001/002");
    EXPECT_THAT(notes, ElementsAre("+1209:4d43:SN1/1", "-1209:4d43:SN1/1"));
    loop.advance(2s);
    EXPECT_EQ(notes.back(), "+1209:4d43:SN1/1");
    pull();
    const auto after = notes;
    loop.advance(2min);
    EXPECT_EQ(notes, after) << "what is gone is not tried";
}

TEST_F(AdapterHotplugTest, ANamedDeviceThatIsAwayIsTriedWhenSomethingIsPluggedIn) {
    start({"usb:1209:4d43:SN1"});
    loop.advance(90s);  // by now the pause between two tries is 30 s
    EXPECT_TRUE(notes.empty());
    plug("SN1");  // 200 ms
    EXPECT_THAT(notes, ElementsAre("+1209:4d43:SN1/1"));
}

TEST_F(AdapterHotplugTest, OfSeveralDevicesTheNamedOneIsTaken) {
    start({"usb:1209:4d43:OTHER"});
    plug("SN1");
    loop.advance(2min);
    EXPECT_TRUE(notes.empty());
}

}  // namespace
}  // namespace tipring::adapters
