// SPDX-License-Identifier: Apache-2.0
// The driver against the simulated modem of every family, which shares no code with it.
#include <gtest/gtest.h>

#include <cmath>

#include "simulated_modem.h"

namespace tipring::at_modem {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Power of one frequency against all of it, 0..1.
double share(std::span<const std::int16_t> samples, double hertz) {
    double re = 0, im = 0, all = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double phase = 2 * M_PI * hertz * static_cast<double>(i) / 8000;
        re += samples[i] * std::cos(phase);
        im += samples[i] * std::sin(phase);
        all += double(samples[i]) * samples[i];
    }
    return all > 0 ? 2 * (re * re + im * im) / (all * static_cast<double>(samples.size())) : 0;
}

std::vector<std::int16_t> tone(double hertz, std::size_t count) {
    std::vector<std::int16_t> samples(count);
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = static_cast<std::int16_t>(
            8000 * std::sin(2 * M_PI * hertz * static_cast<double>(i) / 8000));
    }
    return samples;
}

class SimulatedModemTest : public SimulatedModem, public testing::WithParamInterface<const char*> {
protected:
    SimulatedModemTest() : SimulatedModem(GetParam()) {}
};

class SimulatedVoiceTest : public SimulatedModemTest {};

TEST_P(SimulatedModemTest, GetsReadyAndReportsACallWithItsCallerId) {
    ready();
    called();
    ASSERT_TRUE(rig.until("callinfo 8000", seconds{10}));
    EXPECT_STREQ(rig.info().callerId.number, "5551234");
    simulation->farEnd().hangUp();
    EXPECT_TRUE(rig.until("state idle", seconds{20}));
    EXPECT_EQ(rig.states(), "offering disconnected:40 idle");
}

TEST_P(SimulatedVoiceTest, IsRecognised) {
    ready();
    const std::string info = rig.caps().providerInfo;
    const std::map<std::string, std::string> profiles{
        {"v253", "v253-voice"}, {"rockwell", "rockwell"},    {"conexant", "conexant-cx930xx"},
        {"usr", "usr-56xx"},    {"si24xx", "silabs-si24xx"}, {"lucent", "agere-lucent"}};
    EXPECT_EQ(info, "AT modem, profile " + profiles.at(GetParam()));
}

TEST_P(SimulatedVoiceTest, AnswersAndHangsUpAndIsReadyForTheNextCall) {
    for (int i = 0; i < 2; ++i) {
        answered();
        EXPECT_EQ(simulation->line().state(), sim::Line::State::Connected);
        const DRV_REQUESTID id = rig.nextId();
        rig.table->lineDrop(id, rig.call);
        EXPECT_EQ(rig.finish(id), 0);
        EXPECT_EQ(rig.states(), "offering connected:1 disconnected:1 idle");
        EXPECT_FALSE(simulation->line().isOffHook());
        rig.table->lineCloseCall(rig.call);
        simulation->farEnd().hangUp();
        rig.advance(seconds{5});
        rig.events = {"inservice"};
    }
}

TEST_P(SimulatedVoiceTest, PlaysAToneThatIsHeard) {
    answered();
    std::vector<std::int16_t> heard;
    sim::FarEnd::Listener listener;
    listener.onSound = [&](sim::HeardBlock block) {
        heard.insert(heard.end(), block.begin(), block.end());
    };
    simulation->farEnd().setListener(listener);
    HDRVMEDIA media = openMedia();
    ASSERT_EQ(start(media, TSPI_MEDIA_PLAY), 0);
    rig.advance(seconds{2});
    EXPECT_EQ(start(media, TSPI_MEDIA_RECORD), LINEERR_INUSE);
    EXPECT_NEAR(static_cast<double>(sound.pulled), 8000 * 2.3, 1600);
    ASSERT_EQ(stop(media, TSPI_MEDIA_PLAY, TSPI_MEDIASTOP_DRAIN), 0);
    ASSERT_GT(heard.size(), 16000U);
    EXPECT_GT(share(std::span(heard).subspan(4000, 8000), 600), 0.8);
    rig.table->mediaClose(media);
    EXPECT_EQ(rig.states(), "offering connected:1");
}

TEST_P(SimulatedVoiceTest, RecordsWhatTheFarEndSays) {
    answered();
    HDRVMEDIA media = openMedia();
    ASSERT_EQ(start(media, TSPI_MEDIA_RECORD), 0);
    simulation->farEnd().say(tone(700, 24000));
    rig.advance(seconds{2});
    ASSERT_EQ(stop(media, TSPI_MEDIA_RECORD, TSPI_MEDIASTOP_DISCARD), 0);
    EXPECT_NEAR(static_cast<double>(sound.recorded.size()), 16000, 1600);
    EXPECT_FALSE(sound.gap);
    ASSERT_GT(sound.recorded.size(), 12000U);
    EXPECT_GT(share(std::span(sound.recorded).subspan(4000, 8000), 700), 0.8);
    ASSERT_EQ(start(media, TSPI_MEDIA_PLAY), 0);
    ASSERT_EQ(stop(media, TSPI_MEDIA_PLAY, TSPI_MEDIASTOP_DISCARD), 0);
    rig.table->mediaClose(media);
}

TEST_P(SimulatedVoiceTest, HearsKeysWhileRecording) {
    answered();
    rig.table->lineMonitorDigits(rig.call, LINEDIGITMODE_DTMF);
    HDRVMEDIA media = openMedia();
    ASSERT_EQ(start(media, TSPI_MEDIA_RECORD), 0);
    ASSERT_TRUE(simulation->farEnd().pressKeys("12#"));
    rig.advance(seconds{3});
    EXPECT_EQ(rig.count("digit 1"), 1);
    EXPECT_EQ(rig.count("digit 2"), 1);
    EXPECT_EQ(rig.count("digit #"), 1);
    ASSERT_EQ(stop(media, TSPI_MEDIA_RECORD, TSPI_MEDIASTOP_DISCARD), 0);
    rig.table->mediaClose(media);
}

TEST_P(SimulatedVoiceTest, PressesKeysThatTheFarEndHears) {
    answered();
    EXPECT_EQ(rig.table->lineGenerateDigits(rig.call, 1, LINEDIGITMODE_DTMF, "147#", 0), 0);
    ASSERT_TRUE(rig.until("generated 1 1", seconds{10}));
    rig.advance(seconds{1});
    EXPECT_EQ(simulation->farEnd().heardKeys(), "147#");
}

TEST_P(SimulatedVoiceTest, NoticesWhileRecordingThatTheFarEndHungUp) {
    answered();
    HDRVMEDIA media = openMedia();
    ASSERT_EQ(start(media, TSPI_MEDIA_RECORD), 0);
    rig.advance(seconds{2});
    simulation->farEnd().hangUp();
    EXPECT_TRUE(rig.until("state idle", seconds{60})) << rig.states();
    EXPECT_EQ(rig.states(), "offering connected:1 disconnected:1 idle");
    EXPECT_EQ(sound.events.back(), TSPI_MEDIAEVENT_ENDED);
    EXPECT_FALSE(simulation->line().isOffHook());
    rig.table->mediaClose(media);
}

TEST_P(SimulatedVoiceTest, DropWhilePlayingEndsTheSoundFirst) {
    answered();
    HDRVMEDIA media = openMedia();
    ASSERT_EQ(start(media, TSPI_MEDIA_PLAY), 0);
    rig.advance(seconds{1});
    const DRV_REQUESTID id = rig.nextId();
    rig.table->lineDrop(id, rig.call);
    EXPECT_EQ(rig.finish(id), 0);
    EXPECT_EQ(rig.states(), "offering connected:1 disconnected:1 idle");
    EXPECT_FALSE(simulation->line().isOffHook());
    rig.table->mediaClose(media);
}

TEST_P(SimulatedVoiceTest, DialsANumberThatAnswers) {
    ready();
    sim::Route route;
    route.outcome = sim::Route::Outcome::Answer;
    route.rings = 1;
    route.farEnd = &simulation->farEnd();
    simulation->exchange().setRoute("5559999", route);
    ASSERT_GT(rig.makeCall("5559999"), 0);
    EXPECT_TRUE(rig.until("state connected:1", seconds{60})) << rig.states();
    EXPECT_EQ(simulation->line().dialled(), "5559999");
}

TEST_P(SimulatedVoiceTest, DialsABusyNumber) {
    ready();
    sim::Route route;
    route.outcome = sim::Route::Outcome::Busy;
    simulation->exchange().setRoute("5559999", route);
    ASSERT_GT(rig.makeCall("5559999"), 0);
    EXPECT_TRUE(rig.until("state idle", seconds{60})) << rig.states();
    EXPECT_TRUE(rig.has("state busy")) << rig.states();
}

TEST_P(SimulatedVoiceTest, SurvivesTheLossOfTheModemInEachState) {
    for (const char* command : {"+FCLASS", "#CLS", "+VLS", "A", "+VTX", "#VTX", "H"}) {
        rig.events.clear();
        simulation->farEnd().hangUp();
        ASSERT_TRUE(simulation->modem().faults().vanishAt.empty());
        const bool was = rig.caps().media.directions != 0;
        if (!was) {
            ASSERT_TRUE(rig.untilReady());
        }
        rig.advance(seconds{20});
        rig.events.clear();
        called();
        sim::ModemFaults faults;
        faults.vanishAt = command;
        simulation->modem().setFaults(faults);
        const DRV_REQUESTID id = rig.nextId();
        rig.table->lineAnswer(id, rig.call);
        EXPECT_NE(rig.finish(id), TSPIERR_TIMEOUT) << command;
        const DRV_REQUESTID dropped = rig.nextId();
        if (rig.table->lineDrop(dropped, rig.call) > 0) {
            rig.finish(dropped);
        }
        EXPECT_TRUE(rig.until("state idle", seconds{60})) << command << " " << rig.states();
        EXPECT_EQ(rig.count("state idle"), 1);
        rig.table->lineCloseCall(rig.call);
        simulation->modem().setFaults({});
        simulation->farEnd().hangUp();
        rig.advance(seconds{40});
    }
}

TEST_P(SimulatedVoiceTest, SurvivesLateDoubleAndMissingAnswers) {
    struct Fault {
        const char* name;
        sim::ModemFaults faults;
    };
    std::vector<Fault> all(5);
    all[0].name = "late";
    all[0].faults.answerDelay = milliseconds{300};
    all[1].name = "twice";
    all[1].faults.answerTwice = "+VSM";
    all[2].name = "never";
    all[2].faults.neverAnswer = "+VLS";
    all[3].name = "garbage";
    all[3].faults.garbage = "\x01\xFFgarbage";
    all[4].name = "no echo";
    all[4].faults.dropEcho = true;
    ready();
    for (const Fault& fault : all) {
        rig.events.clear();
        called();
        simulation->modem().setFaults(fault.faults);
        const DRV_REQUESTID id = rig.nextId();
        rig.table->lineAnswer(id, rig.call);
        rig.finish(id);
        EXPECT_TRUE(rig.completed(id)) << fault.name;
        simulation->modem().setFaults({});
        const DRV_REQUESTID dropped = rig.nextId();
        if (rig.table->lineDrop(dropped, rig.call) > 0) {
            rig.finish(dropped);
        }
        EXPECT_TRUE(rig.until("state idle", seconds{60})) << fault.name << " " << rig.states();
        EXPECT_EQ(rig.count("state idle"), 1) << fault.name;
        rig.table->lineCloseCall(rig.call);
        simulation->farEnd().hangUp();
        rig.advance(seconds{60});
    }
}

INSTANTIATE_TEST_SUITE_P(Families, SimulatedModemTest,
                         testing::Values("data", "v253", "rockwell", "conexant", "usr", "si24xx",
                                         "lucent"),
                         [](const auto& made) { return std::string(made.param); });
INSTANTIATE_TEST_SUITE_P(Families, SimulatedVoiceTest,
                         testing::Values("v253", "rockwell", "conexant", "usr", "si24xx", "lucent"),
                         [](const auto& made) { return std::string(made.param); });

}  // namespace
}  // namespace tipring::at_modem
