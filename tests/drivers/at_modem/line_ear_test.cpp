// SPDX-License-Identifier: Apache-2.0
// Caller ID heard on the line, by the monitor of a simulated CX93010 whose own caller ID stays off.
#include "line_ear.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "provider_rig.h"
#include "tipring/hal/sim/conexant_modem.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/simulation.h"

namespace tipring::at_modem {
namespace {

using std::chrono::seconds;

class LineEarTest : public testing::Test {
protected:
    void start(ProviderRig::Config config, std::uint8_t configuration = 2) {
        config["ports"] = "sim:modem";
        config["profileDirectory"] = makeProfiles();
        config["profile"] = "silent";
        rig = std::make_unique<ProviderRig>(std::move(config));
        simulation = std::move(*sim::Simulation::create(rig->loop, {.modem = "conexant"}));
        dongle = std::make_unique<sim::ConexantModem>(
            rig->loop, simulation->modem(), simulation->line(),
            sim::ConexantModemSettings{.hasPort = false, .configuration = configuration});
        name = std::make_unique<sim::SimUsbName>("monitor", *dongle);
        rig->open();
        ASSERT_TRUE(rig->untilReady());
        rig->advance(seconds{3});
    }
    void TearDown() override {
        rig->close();
        EXPECT_EQ(rig->breaches, std::vector<std::string>{});
        name.reset();
        dongle.reset();
        simulation.reset();
    }
    /// A modem whose own caller ID cannot be switched on.
    static std::string makeProfiles() {
        const std::string folder = testing::TempDir() + "/line_ear_profiles";
        std::filesystem::create_directories(folder);
        std::ofstream(folder + "/silent.toml")
            << "name = 'silent'\ndescription = 'no caller ID'\ninherits = 'generic-v250'\n"
               "[[caller_id]]\nenable = 'AT+XNONE=1'\n";
        return folder;
    }
    void call(const sim::CallerId& id) {
        ASSERT_TRUE(simulation->farEnd().call("5550100", id));
        ASSERT_TRUE(rig->until("newcall", seconds{10}));
        rig->advance(seconds{5});
    }

    std::unique_ptr<ProviderRig> rig;
    std::unique_ptr<sim::Simulation> simulation;
    std::unique_ptr<sim::ConexantModem> dongle;
    std::unique_ptr<sim::SimUsbName> name;
};

TEST_F(LineEarTest, NamesACallerThatTheModemDoesNotTell) {
    start({{"lineMonitor", "sim:monitor"}});
    sim::CallerId id;
    id.number = "5551234";
    id.name = "J DOE";
    call(id);
    EXPECT_TRUE(rig->has("callinfo 8000"));
    const TspiCallInfo info = rig->info();
    EXPECT_STREQ(info.callerId.number, "5551234");
    EXPECT_STREQ(info.callerId.name, "J DOE");
}

TEST_F(LineEarTest, NamesNobodyWhereItIsNotAskedFor) {
    start({});
    sim::CallerId id;
    id.number = "5551234";
    call(id);
    EXPECT_FALSE(rig->has("callinfo 8000"));
    EXPECT_STREQ(rig->info().callerId.number, "");
}

TEST_F(LineEarTest, AModemInTheOtherConfigurationWorksWithoutIt) {
    start({{"lineMonitor", "sim:monitor"}}, 1);
    sim::CallerId id;
    id.number = "5551234";
    call(id);
    EXPECT_FALSE(rig->has("callinfo 8000"));
}

TEST(LineEarFacts, AMessageWithAWrongSumIsNotTold) {
    dsp::CallerId heard;
    heard.number.assign("5551234");
    heard.numberStatus = dsp::CallerIdStatus::Present;
    heard.time = dsp::CallerIdTime{3, 7, 9, 5};
    const auto id = callerIdOf(heard);
    ASSERT_TRUE(id);
    EXPECT_EQ(id->number.view(), "5551234");
    EXPECT_EQ(id->numberStatus, FieldStatus::Ok);
    EXPECT_EQ(id->date, (CallerId::Date{3, 7}));
    heard.numberStatus = dsp::CallerIdStatus::Private;
    EXPECT_EQ(callerIdOf(heard)->numberStatus, FieldStatus::Private);
    heard.checksumValid = false;
    EXPECT_FALSE(callerIdOf(heard));
}

}  // namespace
}  // namespace tipring::at_modem
