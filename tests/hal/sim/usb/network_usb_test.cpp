// SPDX-License-Identifier: Apache-2.0
// USB devices in scenario files, and in networks made of them.
#include <fmt/format.h>

#include "tipring/hal/sim/network.h"
#include "usb_rig.h"

namespace tipring::sim {
namespace {

struct BadDevice {
    const char* name;
    const char* text;  ///< behind the lines
    const char* error;
};
void PrintTo(const BadDevice& bad, std::ostream* out) {
    *out << bad.name;
}

constexpr const char* kLines = R"([[line]]
number = "1"
[[line]]
number = "2"
device = "usr"
[[line]]
number = "3"
outlet = "pty"
[[line]]
number = "4"
device = "telephone"
[[device]]
)";

const BadDevice kBad[] = {
    {"NoModel", "bus = \"1-1\"\n", "x.toml:12:1: a [[device]] has a model"},
    {"Model", "model = \"toaster\"\n",
     "x.toml:13:9: model is one of cx93010, sangoma-u100, hid-phone, open-usb-fxs, tiger-jet, "
     "magic-jack"},
    {"Key", "model = \"magic-jack\"\ncolour = 1\n",
     "x.toml:14:1: there is no key colour in [[device]]; there are model, bus"},
    {"Bus", "model = \"magic-jack\"\nbus = \"one\"\n",
     "x.toml:14:7: bus is a bus id such as \"1-1\""},
    {"BusDots", "model = \"magic-jack\"\nbus = \"1-.2\"\n", "x.toml:14:7: bus is a bus id"},
    {"BusTwice",
     "model = \"magic-jack\"\nbus = \"1-1\"\n[[device]]\nmodel = \"magic-jack\"\nbus = \"1-1\"\n",
     "x.toml:17:7: the bus id 1-1 is given in line 12 already"},
    {"Outlet", "model = \"magic-jack\"\noutlet = \"wall\"\n",
     "x.toml:14:10: outlet is usbip, process or none"},
    {"NoLine", "model = \"sangoma-u100\"\nlines = [\"1\", \"9\"]\n",
     "x.toml:14:15: there is no [[line]] 9"},
    {"LineTwice", "model = \"sangoma-u100\"\nlines = [\"1\", \"1\"]\n",
     "x.toml:14:15: line 1 is on the device of line 14 already"},
    {"LineType", "model = \"sangoma-u100\"\nlines = [1]\n",
     "x.toml:14:10: an entry of lines is a number of 1 to 20 digits in quotes"},
    {"TooMany", "model = \"hid-phone\"\nlines = [\"1\", \"2\"]\n",
     "x.toml:14:9: hid-phone has up to 1 line"},
    {"ModemWithoutLine", "model = \"cx93010\"\n", "x.toml:12:1: cx93010 has exactly 1 line"},
    {"ModemOpenJack", "model = \"cx93010\"\nlines = [\"\"]\n",
     "x.toml:12:1: the modem's line has a number"},
    {"ModemOnTelephone", "model = \"cx93010\"\nlines = [\"4\"]\n",
     "x.toml:14:10: line 4 needs a modem, for cx93010 to have it"},
    {"LineHasModem", "model = \"sangoma-u100\"\nlines = [\"2\"]\n",
     "x.toml:14:10: line 2 has a device already, usr; leave `device` away there"},
    {"LineHasOutlet", "model = \"cx93010\"\nlines = [\"3\"]\n",
     "x.toml:14:10: line 3 has an outlet of its own; leave `outlet` away there"},
    {"TelephoneLine", "model = \"magic-jack\"\nlines = [\"1\"]\n",
     "x.toml:14:9: a telephone is on the jack of magic-jack, not a line"},
    {"Script", "model = \"sangoma-u100\"\nscript = [\"answer\"]\n",
     "x.toml:14:10: a script is for a device with a telephone; sangoma-u100 has none"},
    {"Step", "model = \"magic-jack\"\nscript = [\n\"answer\",\n\"shout\",\n]\n",
     "x.toml:16:1: no step shout"},
};

class DeviceMistake : public testing::TestWithParam<BadDevice> {};

TEST_P(DeviceMistake, IsToldWithFileLineAndColumn) {
    const auto read = readScenario(std::string(kLines) + GetParam().text, "x.toml");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().cause.substr(0, std::string_view{GetParam().error}.size()),
              GetParam().error)
        << read.error().cause;
}
INSTANTIATE_TEST_SUITE_P(Files, DeviceMistake, testing::ValuesIn(kBad),
                         [](const auto& row) { return std::string{row.param.name}; });

Scenario scenarioOf(const std::string& text) {
    auto read = readScenario(text, "scenario.toml");
    EXPECT_TRUE(read) << (read ? "" : read.error().cause);
    return read ? std::move(*read) : Scenario{};
}

TEST(DeviceInScenario, IsReadInFull) {
    const Scenario read = scenarioOf(std::string(kLines) + R"(
model = "sangoma-u100"
lines = ["", "1"]
[[device]]
model = "cx93010"
bus = "1-1"
outlet = "process"
path = "dongle"
lines = ["2"]
[[device]]
model = "open-usb-fxs"
outlet = "none"
at = 1.5
script = ["answer"]
)");
    ASSERT_EQ(read.devices.size(), 3U);
    EXPECT_EQ(read.devices[0].bus, "1-2") << "1-1 is taken";
    EXPECT_EQ(read.devices[0].lines, (std::vector<std::string>{"", "1"}));
    EXPECT_EQ(read.devices[0].outlet, Scenario::Device::Outlet::Usbip);
    EXPECT_EQ(read.devices[1].path, "dongle");
    EXPECT_EQ(read.devices[1].outlet, Scenario::Device::Outlet::Process);
    EXPECT_EQ(read.devices[2].bus, "1-3");
    EXPECT_EQ(read.devices[2].at, 1500ms);
    EXPECT_TRUE(read.devices[2].script);
    EXPECT_EQ(read.lines[0].device, "none");
    EXPECT_EQ(read.lines[1].device, "usr");
    EXPECT_EQ(read.lines[1].outlet, Scenario::Line::Outlet::None);
}

/// A network whose lines have no PTYs.
struct NetworkUsbTest : testing::Test {
    void build(const std::string& text, bool usbip = false) {
        NetworkOptions options;
        if (usbip) {
            options.usbip = UsbipOptions{"127.0.0.1", 0};
        }
        auto created = Network::create(loop, scenarioOf(text), options);
        ASSERT_TRUE(created) << created.error().text();
        network = std::move(*created);
        network->onEvent([this](const NetworkEvent& event) {
            trace +=
                fmt::format("{} {} {} {}\n", event.where, event.number, event.what, event.detail);
        });
        network->start();
    }
    std::string run(std::string_view command) { return network->run(command); }

    hal::VirtualLoop loop;
    std::unique_ptr<Network> network;
    std::string trace;
};

constexpr const char* kModem = R"(
[[line]]
number = "5550100"
device = "usr"
[[device]]
model = "cx93010"
outlet = "process"
path = "dongle"
lines = ["5550100"]
)";

TEST_F(NetworkUsbTest, PutsAModemBehindCdcAcm) {
    build(kModem);
    EXPECT_EQ(network->lines().front().place, "sim:dongle");
    EXPECT_EQ(run("devices?"), "ok 1-1=cx93010,free");
    auto opened = hal::openUsbDevice(loop, "sim:dongle");
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ((*opened)->identity().vendor, 0x0572);
    EXPECT_EQ(run("devices?"), "ok 1-1=cx93010,attached");
    std::string got;
    const std::string_view ask = "AT+FMM\r";
    (*opened)->write(0x02, std::as_bytes(std::span(ask)), 500ms, [](const auto&) {});
    loop.advance(500ms);
    (*opened)->read(0x82, 512, 500ms, [&got](const auto& bytes) {
        for (const std::byte one : *bytes) {
            got += char(one);
        }
    });
    loop.advance(100ms);
    EXPECT_NE(got.find("OK"), std::string::npos) << got;
    EXPECT_EQ(run("call number=5551234"), "ok");
    loop.advance(1s);
    EXPECT_EQ(run("rings?"), "ok 1");
}

constexpr const char* kAdapter = R"(
[[line]]
number = "5550100"
[[line]]
number = "5550101"
[[device]]
model = "sangoma-u100"
outlet = "process"
lines = ["5550101"]
)";

TEST_F(NetworkUsbTest, PutsLinesOnTheJacksOfAnAdapter) {
    build(kAdapter);
    const auto devices = network->devices();
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].vendor, 0x10C4);
    EXPECT_EQ(devices[0].product, 0x8461);
    EXPECT_EQ(devices[0].place, "sim:1-1");
    EXPECT_EQ(network->lines()[1].device, "sangoma-u100");
    EXPECT_TRUE(hal::openUsbDevice(loop, "sim:1-1"));
    EXPECT_EQ(run("on 5550101 call number=5551234 rings=2"), "ok");
    loop.advance(3s);
    EXPECT_EQ(run("on 5550101 state?").substr(0, 28), "ok line=ringing modem=none c");
    loop.advance(10s);
    EXPECT_EQ(run("lines?"), "ok 5550100=idle 5550101=idle");
}

TEST_F(NetworkUsbTest, PullsAndPutsInTheCable) {
    build(kAdapter);
    auto opened = hal::openUsbDevice(loop, "sim:1-1");
    ASSERT_TRUE(opened);
    struct Watcher final : hal::UsbDeviceObserver {
        void onGone(const hal::Error& /*why*/) override { gone = true; }
        bool gone = false;
    } watcher;
    (*opened)->setObserver(&watcher);
    EXPECT_EQ(run("on 1-1 unplug"), "ok");
    loop.advance(10ms);
    EXPECT_TRUE(watcher.gone);
    EXPECT_EQ(run("devices?"), "ok 1-1=sangoma-u100,unplugged");
    EXPECT_FALSE(hal::openUsbDevice(loop, "sim:1-1"));
    opened->reset();
    EXPECT_EQ(run("on 1-1 plug"), "ok");
    EXPECT_TRUE(hal::openUsbDevice(loop, "sim:1-1"));
    EXPECT_EQ(run("on 1-1 lift"), "error unplug and plug are for this device");
    EXPECT_EQ(run("on 1-1"),
              "error on needs the number of a line, or the bus id of a device, and a command");
}

TEST_F(NetworkUsbTest, LetsAPersonUseTheTelephoneOfAnAdapter) {
    build("[[line]]\nnumber = \"1\"\ndevice = \"none\"\n[[device]]\nmodel = \"open-usb-fxs\"\n");
    EXPECT_EQ(run("on 1-1 keys 1").substr(0, 5), "error") << "it is on hook";
    EXPECT_EQ(run("on 1-1 lift"), "ok");
    EXPECT_EQ(run("on 1-1 keys 12#"), "ok");
    EXPECT_EQ(run("on 1-1 keys 1x").substr(0, 5), "error");
    EXPECT_EQ(run("on 1-1 flash"), "ok");
    EXPECT_EQ(run("on 1-1 hangup"), "ok");
    EXPECT_EQ(run("on 1-1 sing").substr(0, 31), "error unplug, plug, lift, hangu");
}

TEST_F(NetworkUsbTest, ShowsDevicesBehindUsbIpWhenAsked) {
    const std::string text =
        "[[line]]\nnumber = \"1\"\ndevice = \"none\"\n[[device]]\n"
        "model = \"hid-phone\"\nlines = [\"1\"]\n";
    build(text);
    EXPECT_FALSE(network->usbipPort());
    EXPECT_EQ(network->devices().front().place, "");
    build(text, true);
    ASSERT_TRUE(network->usbipPort());
    EXPECT_GT(*network->usbipPort(), 0);
    EXPECT_EQ(network->devices().front().place, "usbip 1-1");
    NetworkOptions same;
    same.usbip = UsbipOptions{"127.0.0.1", *network->usbipPort()};
    const auto second = Network::create(loop, scenarioOf(text), same);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, hal::ErrorCode::InUse);
}

}  // namespace
}  // namespace tipring::sim
