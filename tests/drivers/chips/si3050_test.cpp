// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/si3050.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "fake_register_bus.h"

namespace tipring::chips {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class Si3050Test : public testing::Test {
protected:
    hal::Result<void> start(const Si3050Settings& settings) {
        steps = si3050StartUp(settings);
        std::optional<hal::Result<void>> end;
        script.run(steps, [&](const hal::Result<void>& result) { end = result; });
        loop.advanceUntil([&] { return end.has_value(); }, 10s);
        return end.value_or(hal::fail(hal::ErrorCode::Timeout, "it does not end"));
    }
    hal::VirtualLoop loop;
    FakeRegisterBus bus{loop};
    RegisterScript script{loop, bus};
    std::vector<ScriptStep> steps;
};

TEST_F(Si3050Test, StartsUpWithTheWritesInTheirOrder) {
    unsigned polls = 0;
    bus.reads[11] = [&] { return std::uint16_t(++polls < 4 ? 0x03 : 0x33); };
    Si3050Settings settings;
    settings.txSlot = settings.rxSlot = 9;
    ASSERT_TRUE(start(settings));
    EXPECT_EQ(bus.log, (Lines{"r1=80", "r33=28", "r16=01", "r26=C0", "r30=00", "r31=A3", "r34=09",
                              "r35=00", "r36=09", "r37=00", "r6=00", "r5=08", "r3=00", "r2=07"}));
    EXPECT_EQ(polls, 4U);
}

TEST_F(Si3050Test, TakesTheCountrysTerminationAndGains) {
    bus.registers[11] = 0x33;
    Si3050Settings settings;
    settings.country = si3050Country("GB");
    settings.aLaw = true;
    settings.txGain = -35;
    settings.rxGain = 12;
    ASSERT_TRUE(start(settings));
    EXPECT_EQ(bus.log, (Lines{"r1=80", "r33=20", "r16=00", "r26=C2", "r30=05", "r31=AB", "r34=01",
                              "r35=00", "r36=01", "r37=00", "r6=00", "r5=08", "r3=00", "r2=07",
                              "r38=13", "r40=15", "r39=01", "r41=02"}));
    bus.log.clear();
    settings = {};
    settings.country = si3050Country("NZ");
    ASSERT_TRUE(start(settings));
    EXPECT_EQ(bus.log.back(), "r38=07");
}

TEST_F(Si3050Test, ALineSideThatIsSilentIsAFault) {
    const auto result = start({});
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().cause.find("line side"), std::string::npos);
    EXPECT_GE(loop.now().time_since_epoch(), hal::Duration{2s});
}

TEST_F(Si3050Test, AnUnplugEndsIt) {
    bus.gone = true;
    const auto result = start({});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, hal::ErrorCode::NoDevice);
}

TEST_F(Si3050Test, ACancelledScriptIsSilent) {
    steps = si3050StartUp({});
    bool told = false;
    script.run(steps, [&](const hal::Result<void>&) { told = true; });
    loop.advance(50ms);
    script.cancel();
    loop.advance(10s);
    EXPECT_FALSE(told);
}

struct Termination {
    const char* code;
    std::uint8_t r16, r26, r30, r31;
};
class Si3050CountryTest : public testing::TestWithParam<Termination> {};
TEST_P(Si3050CountryTest, HasTheTermination) {
    const Si3050Country* country = si3050Country(GetParam().code);
    ASSERT_NE(country, nullptr);
    EXPECT_EQ(country->international1, GetParam().r16);
    EXPECT_EQ(country->dcTermination, GetParam().r26);
    EXPECT_EQ(country->acTermination, GetParam().r30);
    EXPECT_EQ(country->international3, GetParam().r31);
}
INSTANTIATE_TEST_SUITE_P(Countries, Si3050CountryTest,
                         testing::Values(Termination{"US", 0x00, 0xC0, 0x00, 0x20},
                                         Termination{"AU", 0x40, 0x30, 0x03, 0x20},
                                         Termination{"DE", 0x00, 0xC2, 0x03, 0x28},
                                         Termination{"FR", 0x00, 0xC2, 0x02, 0x28},
                                         Termination{"JP", 0x00, 0x30, 0x00, 0x20},
                                         Termination{"CN", 0x00, 0x30, 0x0F, 0x20},
                                         Termination{"PL", 0x03, 0xC0, 0x00, 0x20},
                                         Termination{"ZA", 0x42, 0xC0, 0x03, 0x20},
                                         Termination{"CZ", 0x00, 0xC2, 0x02, 0x20}));

TEST(Si3050TableTest, HasEachCountryOnce) {
    std::set<std::string_view> codes;
    for (const Si3050Country& country : si3050Countries()) {
        EXPECT_TRUE(codes.insert(country.code).second) << country.code;
        EXPECT_EQ(country.code.size(), 2U);
    }
    EXPECT_EQ(codes.size(), 71U);  // of 73 names, without FCC and TBR21
    EXPECT_EQ(si3050Country("XX"), nullptr);
}

TEST(Si3050LineTest, ReadsTheWires) {
    Si3050Line line = readSi3050Line(0x48, 0xD0, 0, 0x33);
    EXPECT_TRUE(line.ring());
    EXPECT_TRUE(line.ringNegative);
    EXPECT_EQ(line.volts, -48);
    EXPECT_TRUE(line.battery());
    EXPECT_TRUE(line.reversed());
    EXPECT_TRUE(line.linked);
    line = readSi3050Line(0x09, 2, 25, 0x03);
    EXPECT_FALSE(line.ring());
    EXPECT_FALSE(line.battery());
    EXPECT_FALSE(line.linked);
    EXPECT_NEAR(line.milliamps, 27.5, 0.01);
}

TEST(Si3050LineTest, TheHookIsWrittenAgainWhenItWasLost) {
    EXPECT_EQ(si3050Hook(true), 0x09);
    EXPECT_EQ(si3050Hook(false), 0x08);
    EXPECT_FALSE(si3050HookLost(0x6C, false));  // ring bits and ring detect mean nothing
    EXPECT_TRUE(si3050HookLost(0x00, false));
    EXPECT_TRUE(si3050HookLost(0x08, true));
}

TEST(Si3050RingSenseTest, ARingHasBothHalvesANeonLampOne) {
    Si3050RingSense ring;
    bool seen = false;
    std::uint64_t ms = 0;
    for (; ms < 400; ++ms) {  // 25 Hz
        seen |= ring.see(ms / 20 % 2 == 0 ? 0x28 : 0x48, ms);
    }
    EXPECT_TRUE(seen);
    for (; ms < 600; ++ms) {
        ring.see(0x08, ms);
    }
    EXPECT_FALSE(ring.see(0x08, ms));
    Si3050RingSense neon;
    for (ms = 0; ms < 2000; ++ms) {
        EXPECT_FALSE(neon.see(ms / 20 % 2 == 0 ? 0x28 : 0x08, ms));
    }
}

}  // namespace
}  // namespace tipring::chips
