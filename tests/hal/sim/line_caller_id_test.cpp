// SPDX-License-Identifier: Apache-2.0
// Caller ID as sound on an idle pair: what a chip on the line hears, in every country.
#include "line_rig.h"
#include "tipring/hal/dsp/caller_id_receiver.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

std::vector<dsp::CallerIdEvent> decoded(const Sound& sound, const dsp::CallerIdStandard& standard) {
    std::vector<dsp::CallerIdEvent> events;
    dsp::CallerIdReceiver receiver(standard);
    receiver.process(sound, [&](const dsp::CallerIdEvent& event) { events.push_back(event); });
    return events;
}

class CallerIdInEveryCountry : public testing::TestWithParam<const Country*> {};

TEST_P(CallerIdInEveryCountry, IsHeardOnHook) {
    const Country& country = *GetParam();
    const dsp::CallerIdStandard& standard = *dsp::callerIdStandard(country.callerId);
    LineRig rig{{.country = std::string{country.code}}};
    rig.line.listen(true);
    rig.advance(1s);
    rig.callFrom(rig.anna, "0123456789", "SMITH JOHN");
    rig.advance(10s);
    const auto events = decoded(rig.tap.heard, standard);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(events[0].id.checksumValid);
    EXPECT_EQ(events[0].id.number.view(), "0123456789");
    const bool named = standard.hasFsk() && standard.framing == dsp::FskFraming::Counted;
    EXPECT_EQ(events[0].id.name.view(), named ? "SMITH JOHN" : "");
    // The device is told the same, when the last bit or digit is on its way.
    ASSERT_EQ(rig.tap.callers.size(), 1U);
    EXPECT_EQ(rig.tap.callers[0].number, "0123456789");
    EXPECT_EQ(rig.tap.callers[0].name, named ? "SMITH JOHN" : "");
    const auto told = std::stol(rig.tap.events.substr(rig.tap.events.find("id 0123456789@") + 14));
    EXPECT_NEAR(double(events[0].ended) / 8, double(told), 160);
    const bool before = standard.alert != dsp::CallerIdAlert::FirstRing;
    EXPECT_EQ(rig.tap.events.starts_with("id"), before);
}

TEST_P(CallerIdInEveryCountry, KeepsTheTimesOfItsStandard) {
    const Country& country = *GetParam();
    const dsp::CallerIdStandard& standard = *dsp::callerIdStandard(country.callerId);
    LineRig rig{{.country = std::string{country.code}}};
    rig.line.listen(true);
    rig.callFrom(rig.anna, "0123456789", "SMITH JOHN");
    rig.advance(10s);
    const auto first = std::find_if(rig.tap.heard.begin(), rig.tap.heard.end(),
                                    [](std::int16_t sample) { return sample != 0; });
    const long soundAt = (first - rig.tap.heard.begin()) / 8;
    const bool reverses = standard.alert == dsp::CallerIdAlert::Reversal ||
                          standard.alert == dsp::CallerIdAlert::ReversalAndDualTone;
    const auto reversed = std::find_if(rig.tap.electrics.begin(), rig.tap.electrics.end(),
                                       [](const auto& row) { return row.second.volts < 0; });
    EXPECT_EQ(reversed != rig.tap.electrics.end(), reverses);
    if (reverses) {
        EXPECT_GE(soundAt - reversed->first, long(std::max(standard.quiet.least, 100U)));
    }
    // From the end of the message to the ring that follows.
    const std::string& log = rig.tap.events;
    const long told = std::stol(log.substr(log.find("id 0123456789@") + 14));
    const std::size_t ring = log.find("ring@", log.find("id 0123456789@"));
    ASSERT_NE(ring, std::string::npos) << log;
    EXPECT_GE(std::stol(log.substr(ring + 5)) - told, long(standard.dataToRing.least));
}

std::vector<const Country*> allCountries() {
    std::vector<const Country*> all;
    for (const Country& country : countries()) {
        all.push_back(&country);
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Country, CallerIdInEveryCountry, testing::ValuesIn(allCountries()),
                         [](const auto& row) { return std::string{row.param->code}; });

class CallerIdByStandard : public testing::TestWithParam<const char*> {};

TEST_P(CallerIdByStandard, IsHeardOnALineThatHasIt) {
    LineRig rig;
    rig.change([](LineSettings& s) { s.callerId = GetParam(); });
    rig.line.listen(true);
    rig.callFrom(rig.anna, "0123456789");
    rig.advance(10s);
    const auto events = decoded(rig.tap.heard, *dsp::callerIdStandard(GetParam()));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].id.number.view(), "0123456789");
}

INSTANTIATE_TEST_SUITE_P(All, CallerIdByStandard,
                         testing::Values("bell", "bt", "etsi-dtas", "etsi-rpas", "etsi-lr-dtas",
                                         "etsi-ring", "ntt", "dtmf-parts", "dtmf-parts-only",
                                         "dtmf-hash", "dtmf-d-to-c", "dtmf-digits"));

TEST(CallerIdOnTheLine, TellsWhyThereIsNone) {
    for (const char* standard : {"bell", "etsi-ring", "dtmf-parts-only", "dtmf-hash"}) {
        LineRig rig;
        rig.change([&](LineSettings& s) { s.callerId = standard; });
        rig.line.listen(true);
        CallerId id;
        id.numberAbsence = Absence::Private;
        ASSERT_TRUE(rig.anna.call("5550100", id));
        rig.advance(6s);
        const auto events = decoded(rig.tap.heard, *dsp::callerIdStandard(standard));
        ASSERT_EQ(events.size(), 1U) << standard;
        EXPECT_EQ(events[0].id.numberStatus, dsp::CallerIdStatus::Private) << standard;
    }
}

TEST(CallerIdOnTheLine, HasTheDateAndTheSingleForm) {
    LineRig rig;
    rig.change([](LineSettings& s) { s.singleMessage = true; });
    rig.line.listen(true);
    CallerId id;
    id.number = "5551234";
    id.name = "NOT SENT";
    id.month = 2;
    id.day = 29;
    id.hour = 23;
    id.minute = 5;
    ASSERT_TRUE(rig.anna.call("5550100", id));
    rig.advance(6s);
    const auto events = decoded(rig.tap.heard, *dsp::callerIdStandard("bell"));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].id.type, dsp::CallerIdType::SingleCallSetup);
    EXPECT_EQ(events[0].id.time, (dsp::CallerIdTime{2, 29, 23, 5}));
    EXPECT_EQ(rig.tap.callers.at(0).name, "");
}

TEST(CallerIdOnTheLine, WaitsWithTheNextRingForALongMessage) {
    LineRig rig{{.country = "NZ"}};  // 2 s of pause
    rig.callFrom(rig.anna, "012345678901234567", std::string(100, 'N'));
    rig.advance(8s);
    const std::string& log = rig.tap.events;
    const long told = std::stol(log.substr(log.find('@', log.find("id ")) + 1));
    const long next = std::stol(log.substr(log.find("ring@", log.find("id ")) + 5));
    EXPECT_GE(next - told, 200) << log;
    EXPECT_GT(next, 3000) << log;
}

TEST(CallerIdOnTheLine, IsNotThereWhereItIsNotSubscribedTo) {
    LineRig rig;
    rig.change([](LineSettings& s) { s.callerId = "none"; });
    rig.line.listen(true);
    rig.callFrom(rig.anna, "5551234");
    rig.advance(6s);
    EXPECT_TRUE(rig.tap.callers.empty());
    EXPECT_TRUE(std::all_of(rig.tap.heard.begin(), rig.tap.heard.end(),
                            [](std::int16_t sample) { return sample == 0; }));
}

TEST(CallerIdOnTheLine, IsCutOffByAnEarlyAnswer) {
    LineRig rig;
    rig.line.listen(true);
    rig.callFrom(rig.anna, "5551234", "SMITH JOHN");
    rig.advance(2900ms);
    rig.line.closeLoop();
    rig.advance(5s);
    EXPECT_TRUE(rig.tap.callers.empty());
    EXPECT_TRUE(decoded(rig.tap.heard, *dsp::callerIdStandard("bell")).empty());
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
}

TEST(CallerIdOnTheLine, IsFetchedOffHookInJapan) {
    LineRig rig{{.country = "JP"}};
    rig.tap.answersSignal = false;
    rig.line.listen(true);
    rig.callFrom(rig.anna, "0312345678");
    rig.advance(2300ms);  // two short rings, nobody reacts
    EXPECT_EQ(rig.tap.take(), "");
    ASSERT_EQ(rig.tap.electrics.size(), 5U);
    rig.line.closeLoop();
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Calling);
    for (int i = 0; i < 400 && rig.tap.callers.empty(); ++i) {
        rig.advance(10ms);
    }
    rig.line.openLoop();
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Calling);
    rig.advance(4s);
    const auto events = decoded(rig.tap.heard, *dsp::callerIdStandard("ntt"));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].id.number.view(), "0312345678");
    EXPECT_NE(rig.tap.events.find("ring@"), std::string::npos);
    EXPECT_EQ(rig.line.state(), Line::State::Ringing);
    rig.line.closeLoop();
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
}

TEST(CallerIdOnTheLine, IsGivenUpInJapanWhenNobodyFetchesIt) {
    LineRig rig{{.country = "JP"}};
    rig.tap.answersSignal = false;
    rig.callFrom(rig.anna, "0312345678");
    rig.advance(7s);
    EXPECT_TRUE(rig.tap.callers.empty());
    EXPECT_EQ(rig.tap.take(), "ring@6000 pause@7000");
}

}  // namespace
}  // namespace tipring::sim
