// SPDX-License-Identifier: Apache-2.0
// Faults of the wires in a call: both directions, and while it goes on.
#include "line_rig.h"
#include "modem_rig.h"
#include "tipring/hal/dsp/caller_id_receiver.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

/// A call in which Anna says 700 Hz and the line 1300 Hz.
struct CopperRig : LineRig {
    CopperRig() {
        FarEnd::Listener listener;
        listener.onSound = [this](HeardBlock block) {
            annaHears.insert(annaHears.end(), block.begin(), block.end());
        };
        anna.setListener(std::move(listener));
        line.listen(true);
        callTo("5550201");
    }
    /// A second of it with these wires.
    void talk(const CopperSettings& settings, bool annaSays = true, bool lineSays = true) {
        line.setCopper(settings);
        tap.toSay.resize(tap.said);
        if (annaSays) {
            anna.say(sine(700, 8000, 4000));
        }
        if (lineSays) {
            tap.say(sine(1300, 8000, 4000));
        }
        advance(200ms);
        tap.heard.clear();
        annaHears.clear();
        advance(700ms);
        heardByLine = tap.heard;
        heardByAnna = annaHears;
        advance(200ms);
    }
    [[nodiscard]] static double rms(const Sound& sound) {
        double power = 0;
        for (const std::int16_t sample : sound) {
            power += double(sample) * sample / double(sound.size());
        }
        return std::sqrt(power);
    }
    Sound annaHears, heardByLine, heardByAnna;
};

TEST(LineCopper, WeakensBothDirectionsFromOneBlockToTheNext) {
    CopperRig rig;
    rig.talk({});
    EXPECT_NEAR(amplitudeAt(rig.heardByLine, 700), 4000, 40);
    EXPECT_NEAR(amplitudeAt(rig.heardByAnna, 1300), 4000, 40);
    rig.talk({.attenuation = 12});
    EXPECT_NEAR(amplitudeAt(rig.heardByLine, 700), 1005, 20);
    EXPECT_NEAR(amplitudeAt(rig.heardByAnna, 1300), 1005, 20);
    rig.talk({});
    EXPECT_NEAR(amplitudeAt(rig.heardByLine, 700), 4000, 40);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
}

TEST(LineCopper, HasNoiseOfItsOwnInEachDirection) {
    CopperRig rig;
    rig.talk({.whiteNoise = -30.0F}, false, false);
    EXPECT_NEAR(rig.rms(rig.heardByLine), 510, 60);  // -30 dBm0
    EXPECT_NEAR(rig.rms(rig.heardByAnna), 510, 60);
    EXPECT_NE(rig.heardByLine, rig.heardByAnna);
}

TEST(LineCopper, HumsClicksAndClips) {
    CopperRig rig;
    rig.talk({.hum = -20.0F, .humHertz = 60}, false, false);
    EXPECT_NEAR(amplitudeAt(rig.heardByLine, 60), 2282, 200);
    rig.talk({.impulses = -6.0F, .impulseRate = 20}, false, false);
    EXPECT_GT(*std::max_element(rig.heardByLine.begin(), rig.heardByLine.end()), 8000);
    rig.talk({.clipping = -20.0F});
    const auto most = *std::max_element(rig.heardByLine.begin(), rig.heardByLine.end());
    EXPECT_NEAR(most, 2282, 5);
}

TEST(LineCopper, SendsBackWhatIsSaid) {
    CopperRig rig;
    rig.talk({.echoLoss = 10.0F, .echoDelay = 8}, false, true);
    EXPECT_NEAR(amplitudeAt(rig.heardByLine, 1300), 4000 * 0.316, 40);
    rig.talk({.echoLoss = 10.0F, .echoDelay = 8}, true, false);
    EXPECT_NEAR(amplitudeAt(rig.heardByAnna, 700), 4000 * 0.316, 40);
}

TEST(LineCopper, DropsOutAndIsCut) {
    CopperRig rig;
    rig.talk({.dropoutRate = 5, .dropoutLength = 80});
    const auto silent = std::count(rig.heardByLine.begin(), rig.heardByLine.end(), 0);
    EXPECT_GT(silent, 500);
    rig.talk({.cut = true});
    EXPECT_EQ(rig.rms(rig.heardByLine), 0);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
}

TEST(LineCopper, TakesTheCallerIdAwayWhenItIsBadEnough) {
    for (const bool bad : {false, true}) {
        LineRig rig;
        rig.line.setCopper({.whiteNoise = bad ? -10.0F : -45.0F});
        rig.line.listen(true);
        rig.callFrom(rig.anna, "5551234");
        rig.advance(6s);
        unsigned good = 0;
        dsp::CallerIdReceiver receiver(*dsp::callerIdStandard("bell"));
        receiver.process(rig.tap.heard, [&](const dsp::CallerIdEvent& event) {
            good += event.id.checksumValid ? 1 : 0;
        });
        EXPECT_EQ(good, bad ? 0U : 1U);
    }
}

}  // namespace
}  // namespace tipring::sim
