// SPDX-License-Identifier: Apache-2.0
#include "simulate_scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "temp_dir.h"

namespace tipring::tools {
namespace {

using ::testing::HasSubstr;

TEST(UsbipPlace, IsLoopbackUnlessSaidOtherwise) {
    for (const char* text : {"", ":", "127.0.0.1", ":3240", "127.0.0.1:"}) {
        const auto place = readUsbipPlace(text);
        ASSERT_TRUE(place) << text;
        EXPECT_EQ(place->address, "127.0.0.1") << text;
        EXPECT_EQ(place->port, 3240) << text;
    }
    const auto other = readUsbipPlace("192.0.2.1:3241");
    ASSERT_TRUE(other);
    EXPECT_EQ(other->address, "192.0.2.1");
    EXPECT_EQ(other->port, 3241);
}

TEST(UsbipPlace, TellsWhatItIsWhenItIsWrong) {
    for (const char* text : {"localhost", "1.2.3", ":70000", ":x", "127.0.0.1:3240x", "::1"}) {
        const auto place = readUsbipPlace(text);
        ASSERT_FALSE(place) << text;
        EXPECT_THAT(place.error().cause, HasSubstr("give ADDRESS:PORT"));
    }
}

SimulateOptions withUsb(std::vector<std::string> models) {
    SimulateOptions options;
    options.usb = std::move(models);
    return options;
}

TEST(SimulationPlan, GivesEachJackALine) {
    SimulateOptions options = withUsb({"sangoma-u100", "open-usb-fxs", "cx93010"});
    options.modem = "usr";
    const auto plan = planSimulation(options, "DE");
    ASSERT_TRUE(plan) << plan.error().cause;
    ASSERT_TRUE(plan->usbip) << "--usb needs no --usbip";
    const sim::Scenario& scenario = plan->scenario;
    EXPECT_EQ(scenario.country, "DE");
    ASSERT_EQ(scenario.lines.size(), 3U);
    EXPECT_EQ(scenario.lines[0].device, "none");
    EXPECT_EQ(scenario.lines[2].number, "5550102");
    EXPECT_EQ(scenario.lines[2].device, "usr");
    ASSERT_EQ(scenario.devices.size(), 3U);
    EXPECT_EQ(scenario.devices[0].lines, (std::vector<std::string>{"5550100", "5550101"}));
    EXPECT_EQ(scenario.devices[2].bus, "1-3");
}

TEST(SimulationPlan, KeepsTheModemOnAPtyWhereNoDeviceHasALine) {
    const auto plan = planSimulation(withUsb({"magic-jack"}), {});
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->scenario.lines.size(), 1U);
    EXPECT_EQ(plan->scenario.lines[0].outlet, sim::Scenario::Line::Outlet::Pty);
    EXPECT_FALSE(planSimulation(SimulateOptions{}, {})->usbip);
}

TEST(SimulationPlan, RefusesWhatDoesNotGoTogether) {
    SimulateOptions fast = withUsb({"cx93010"});
    fast.fast = true;
    EXPECT_THAT(planSimulation(fast, {}).error().cause, HasSubstr("simulated time"));
    const TempDir dir;
    SimulateOptions file = withUsb({"cx93010"});
    file.scenario = dir.file("s.toml");
    EXPECT_THAT(planSimulation(file, {}).error().cause, HasSubstr("[[device]]"));
    SimulateOptions full = withUsb({"sangoma-u100"});
    full.number = "9";
    EXPECT_THAT(planSimulation(full, {}).error().cause, HasSubstr("more lines than it has digits"));
    EXPECT_THAT(planSimulation(withUsb({"toaster"}), {}).error().cause, HasSubstr("--list"));
}

TEST(SimulationPlan, ReadsTheScenarioOfTheExamples) {
    for (const char* name : {"office.toml", "usb.toml"}) {
        SimulateOptions options;
        options.scenario = std::string(TIPRING_SOURCE_DIR "/examples/scenarios/") + name;
        options.usbip = ":";
        const auto plan = planSimulation(options, {});
        ASSERT_TRUE(plan) << plan.error().cause;
        EXPECT_TRUE(plan->usbip);
    }
}

}  // namespace
}  // namespace tipring::tools
