// SPDX-License-Identifier: Apache-2.0
// The same scenario and seed give the same events and the same samples: twice in a program, and
// with every compiler and optimisation. The sums below are what g++ 12 and clang 14 give, with -O1
// and -O2; a change of any sample changes them.
#include <cinttypes>

#include "line_rig.h"
#include "sound/key_player.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

/// FNV-1a of the bytes.
class Sum {
public:
    void add(std::span<const std::int16_t> samples) {
        for (const std::int16_t sample : samples) {
            byte(static_cast<std::uint16_t>(sample) & 0xFF);
            byte(static_cast<std::uint16_t>(sample) >> 8);
        }
    }
    void add(std::string_view text) {
        for (const char c : text) {
            byte(static_cast<unsigned char>(c));
        }
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }

private:
    void byte(unsigned value) { value_ = (value_ ^ value) * 0x100000001B3ULL; }
    std::uint64_t value_ = 0xCBF29CE484222325ULL;
};

Sound keys(std::string_view which) {
    KeyPlayer player;
    EXPECT_TRUE(player.push(which));
    Sound sound;
    while (player.active()) {
        sound.resize(sound.size() + kBlock);
        player.mix(std::span{sound}.last(kBlock));
    }
    return sound;
}

struct Scenario {
    const char* name;
    const char* country;
    CopperSettings copper;
    std::uint64_t sum;
};
void PrintTo(const Scenario& scenario, std::ostream* out) {
    *out << scenario.name;
}

/// All kinds of sound on one line: a message on hook, dialling by sound and by pulses, a call with
/// keys both ways, a second call, an announcement, tones that end in silence.
std::uint64_t run(const Scenario& scenario, std::uint32_t seed, unsigned idleLines = 0) {
    LineRig rig{{.country = scenario.country, .seed = seed}};
    for (unsigned i = 0; i < idleLines; ++i) {
        rig.exchange.addLine("77" + std::to_string(i));
    }
    rig.exchange.setRoute("5550900", {Route::Outcome::Changed, 0, nullptr, "5550901"});
    rig.change([](LineSettings& s) { s.callWaiting = true; });
    rig.line.setCopper(scenario.copper);
    Sound annaHears;
    FarEnd::Listener listener;
    listener.onSound = [&](HeardBlock block) {
        annaHears.insert(annaHears.end(), block.begin(), block.end());
    };
    rig.anna.setListener(std::move(listener));
    rig.line.listen(true);
    rig.callFrom(rig.anna, "0123456789", "SMITH JOHN");
    rig.advance(7s);
    rig.line.closeLoop();
    rig.tap.say(keys("147*2580369#ABCD"));
    EXPECT_TRUE(rig.anna.pressKeys("0987654321"));
    rig.advance(4s);
    rig.callFrom(rig.bert, "9876543210");
    rig.advance(2s);
    CopperSettings worse = scenario.copper;
    worse.dropoutRate = 3;
    rig.line.setCopper(worse);
    rig.line.flash();
    rig.advance(1s);
    rig.line.openLoop();
    rig.advance(3s);
    rig.line.setExtension(true);
    rig.line.setExtension(false);
    rig.line.setCopper(scenario.copper);
    rig.bert.hangUp();
    rig.anna.hangUp();
    rig.line.setMessageWaiting(1);
    rig.advance(3s);
    rig.line.closeLoop();
    rig.advance(1s);
    rig.tap.toSay.resize(rig.tap.said);
    rig.tap.say(keys("5550900"));
    rig.advance(9s);
    rig.line.openLoop();
    rig.advance(2s);
    Sum sum;
    sum.add(rig.tap.heard);
    sum.add(annaHears);
    sum.add(rig.tap.events);
    EXPECT_EQ(rig.line.dialled(), "5550900") << scenario.country;
    return sum.value();
}

constexpr CopperSettings kBad{.attenuation = 3,
                              .slope = 4,
                              .whiteNoise = -45.0F,
                              .impulses = -25.0F,
                              .impulseRate = 2,
                              .hum = -40.0F,
                              .humHertz = 60,
                              .echoLoss = 14.0F,
                              .echoDelay = 6,
                              .clipping = -2.0F};

const Scenario kScenarios[] = {
    {"America", "US", {}, 0x9CBCFDCB40D15C02},
    {"AmericaBadLine", "US", kBad, 0xF9FF375E32F3A9FD},
    {"Britain", "GB", kBad, 0x5E3633648689C6BB},
    {"Germany", "DE", kBad, 0x833709ECFC4DAA73},
    {"Sweden", "SE", kBad, 0x2FBD0419F6DEAEE8},
    {"Japan", "JP", {}, 0x53185C81EC90F95B},
    {"SouthAfrica", "ZA", kBad, 0x35235848D3F1ED75},
};

class Determinism : public testing::TestWithParam<Scenario> {};

TEST_P(Determinism, GivesTheSumThatEveryCompilerGives) {
    const std::uint64_t sum = run(GetParam(), 1);
    char text[32];
    std::snprintf(text, sizeof text, "0x%016" PRIX64, sum);
    EXPECT_EQ(sum, GetParam().sum) << text;
}

TEST_P(Determinism, IsTheSameAgainAndAmongOtherLines) {
    EXPECT_EQ(run(GetParam(), 5), run(GetParam(), 5));
    EXPECT_EQ(run(GetParam(), 5), run(GetParam(), 5, 200));
}

INSTANTIATE_TEST_SUITE_P(Scenario, Determinism, testing::ValuesIn(kScenarios),
                         [](const auto& row) { return std::string{row.param.name}; });

TEST(Seed, IsFollowedByTheNoiseAlone) {
    EXPECT_NE(run(kScenarios[1], 1), run(kScenarios[1], 2));
    EXPECT_EQ(run(kScenarios[0], 1), run(kScenarios[0], 2));  // no noise, nothing random
}

}  // namespace
}  // namespace tipring::sim
