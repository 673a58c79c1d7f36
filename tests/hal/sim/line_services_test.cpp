// SPDX-License-Identifier: Apache-2.0
// Two calls on one line: hold, consultation, three-way call, transfer, call waiting; and two
// telephones on one line.
#include "line_rig.h"
#include "modem_rig.h"
#include "sound/key_player.h"
#include "tipring/hal/dsp/call_waiting.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

/// What each far end hears, to tell who hears whom.
struct ServiceRig : LineRig {
    explicit ServiceRig(std::string country = "US") : LineRig({.country = std::move(country)}) {
        line.listen(true);
        for (const auto& [end, sound] : {std::pair{&anna, &annaHears}, {&bert, &bertHears}}) {
            FarEnd::Listener listener;
            listener.onSound = [to = sound](HeardBlock block) {
                to->insert(to->end(), block.begin(), block.end());
            };
            end->setListener(std::move(listener));
        }
    }
    /// Everybody says a tone of his own for a second.
    void talk() {
        annaHears.clear();
        bertHears.clear();
        tap.heard.clear();
        tap.toSay.resize(tap.said);
        anna.say(sine(500, 8000));
        bert.say(sine(800, 8000));
        tap.say(sine(1100, 8000));
        advance(1100ms);
    }
    static bool has(const Sound& sound, double hertz) {
        return sound.size() > 4000 &&
               amplitudeAt(std::span{sound}.subspan(800, 3200), hertz) > 4000;
    }
    /// "AL" where Anna hears the line: who hears whom, with B for Bert.
    std::string paths() {
        talk();
        std::string all;
        const auto add = [&](const Sound& sound, const char* who, const char* whom, double hertz) {
            all += has(sound, hertz) ? std::string{who} + whom + " " : "";
        };
        add(tap.heard, "L", "A", 500);
        add(tap.heard, "L", "B", 800);
        add(annaHears, "A", "L", 1100);
        add(annaHears, "A", "B", 800);
        add(bertHears, "B", "L", 1100);
        add(bertHears, "B", "A", 500);
        return all;
    }
    void consult(const char* number = "5550202") {
        callTo("5550201");
        line.flash();
        advance(100ms);
        dial(number);
        advance(300ms);
    }
    Sound annaHears, bertHears;
};

TEST(Flash, HoldsAndInvitesToDial) {
    ServiceRig rig;
    rig.callTo("5550201");
    EXPECT_EQ(rig.paths(), "LA AL ");
    rig.line.flash();
    EXPECT_EQ(rig.line.signal(), Signal::SpecialDial);
    EXPECT_TRUE(rig.line.hasHeldCall());
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
    rig.tap.toSay.resize(rig.tap.said);
    rig.annaHears.clear();
    rig.tap.say(sine(1100, 4000));
    rig.advance(600ms);
    EXPECT_TRUE(std::all_of(rig.annaHears.begin(), rig.annaHears.end(),
                            [](std::int16_t s) { return s == 0; }));
    rig.line.flash();  // back
    EXPECT_EQ(rig.paths(), "LA AL ");
    EXPECT_FALSE(rig.line.hasHeldCall());
}

TEST(Flash, IsHeardFromTheLoopByItsLength) {
    for (const auto& [country, length] : {std::pair{"US", 600ms}, {"DE", 100ms}}) {
        ServiceRig rig{country};
        rig.line.closeLoop();
        rig.dial("5550201");
        rig.advance(1s);
        rig.line.openLoop();
        rig.advance(length);
        rig.line.closeLoop();
        EXPECT_TRUE(rig.line.hasHeldCall()) << country;
        EXPECT_EQ(rig.line.signal(), Signal::SpecialDial);
    }
}

TEST(Flash, DoesNothingOnALineWithoutTheService) {
    ServiceRig rig;
    rig.change([](LineSettings& s) { s.flash = ExchangeHabits::Flash::None; });
    rig.callTo("5550201");
    rig.line.flash();
    EXPECT_EQ(rig.paths(), "LA AL ");
}

TEST(ThreeWay, ByASecondFlashInNorthAmerica) {
    ServiceRig rig;
    rig.consult();
    EXPECT_EQ(rig.paths(), "LB BL ");
    rig.line.flash();
    EXPECT_TRUE(rig.line.inConference());
    EXPECT_EQ(rig.paths(), "LA LB AL AB BL BA ");
    rig.line.flash();  // the last one is dropped
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Idle);
    EXPECT_EQ(rig.paths(), "LA AL ");
}

TEST(ThreeWay, GoesOnWithTwoWhenOneLeaves) {
    ServiceRig rig;
    rig.consult();
    rig.line.flash();
    rig.bert.hangUp();
    EXPECT_EQ(rig.paths(), "LA AL ");
    EXPECT_EQ(rig.line.state(), Line::State::Connected);
    ServiceRig other;
    other.consult();
    other.line.flash();
    other.anna.hangUp();
    EXPECT_EQ(other.paths(), "LB BL ");
    other.line.onHook();
    EXPECT_EQ(other.bert.state(), FarEnd::State::Idle);
}

TEST(ThreeWay, EndsForAllWhenTheLineHangsUp) {
    ServiceRig rig;
    rig.consult();
    rig.line.flash();
    rig.line.onHook();
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Idle);
    rig.advance(2s);
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
}

TEST(Consultation, WithABusyNumberComesBackByFlash) {
    ServiceRig rig;
    rig.exchange.setRoute("999", {Route::Outcome::Busy});
    rig.consult("999");
    EXPECT_EQ(rig.line.signal(), Signal::Busy);
    rig.line.flash();
    EXPECT_EQ(rig.line.signal(), Signal::None);
    EXPECT_EQ(rig.paths(), "LA AL ");
}

TEST(Consultation, RingsAgainWhenTheLineHangsUpOnAHeldCall) {
    ServiceRig rig;
    rig.callTo("5550201");
    rig.line.flash();
    rig.line.onHook();
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
    rig.tap.take();
    rig.advance(1s);
    EXPECT_TRUE(rig.tap.take().starts_with("ring@"));
    rig.line.offHook();
    EXPECT_EQ(rig.paths(), "LA AL ");
    rig.line.flash();
    rig.line.onHook();
    rig.advance(1s);
    rig.anna.hangUp();  // nobody came back in time
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
}

TEST(European, DigitsAfterTheFlashChooseWhatHappens) {
    const auto consulted = [](char digit) {
        auto rig = std::make_unique<ServiceRig>("DE");
        rig->consult();
        rig->line.flash();
        EXPECT_EQ(rig->line.signal(), Signal::SpecialDial);
        rig->line.dial(digit);
        return rig;
    };
    auto swapped = consulted('2');
    EXPECT_EQ(swapped->paths(), "LA AL ");
    EXPECT_TRUE(swapped->line.hasHeldCall());
    auto dropped = consulted('1');
    EXPECT_EQ(dropped->bert.state(), FarEnd::State::Idle);
    EXPECT_EQ(dropped->paths(), "LA AL ");
    auto refused = consulted('0');
    EXPECT_EQ(refused->anna.state(), FarEnd::State::Idle);
    EXPECT_EQ(refused->paths(), "LB BL ");
    auto three = consulted('3');
    EXPECT_EQ(three->paths(), "LA LB AL AB BL BA ");
    auto transferred = consulted('4');
    EXPECT_EQ(transferred->paths(), "AB BA ");
    EXPECT_EQ(transferred->line.signal(), Signal::Busy);
}

TEST(European, EndsEitherOneOfThreeThatTalk) {
    for (const auto& [digit, left] : {std::pair{'0', "LB BL "}, {'1', "LA AL "}}) {
        ServiceRig rig{"DE"};
        rig.consult();
        rig.line.flash();
        rig.line.dial('3');
        EXPECT_EQ(rig.paths(), "LA LB AL AB BL BA ");
        rig.line.flash();
        rig.line.dial(digit);
        EXPECT_EQ(rig.paths(), left) << digit;
        EXPECT_FALSE(rig.line.inConference());
    }
}

TEST(European, TakesTheDigitFromTheSoundAndGivesUpWaitingForIt) {
    ServiceRig rig{"DE"};
    rig.consult();
    rig.line.flash();
    KeyPlayer key;
    ASSERT_TRUE(key.push("2"));
    Sound two(1600);
    key.mix(two);
    rig.tap.toSay.resize(rig.tap.said);
    rig.tap.say(two);
    rig.advance(300ms);
    EXPECT_EQ(rig.paths(), "LA AL ");
    rig.line.flash();
    rig.advance(6s);
    EXPECT_EQ(rig.line.signal(), Signal::None);
    EXPECT_EQ(rig.paths(), "LA AL ");
}

TEST(Pbx, SwapsByFlashAndTransfersByHangingUp) {
    ServiceRig rig;
    rig.change([](LineSettings& s) { s.flash = ExchangeHabits::Flash::Pbx; });
    rig.callTo("5550201");
    rig.line.flash();
    EXPECT_EQ(rig.line.signal(), Signal::DialTone);
    rig.dial("5550202");
    rig.advance(300ms);
    EXPECT_EQ(rig.paths(), "LB BL ");
    rig.line.flash();
    EXPECT_EQ(rig.paths(), "LA AL ");
    rig.line.onHook();
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
    EXPECT_EQ(rig.paths(), "AB BA ");
    rig.anna.hangUp();
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Idle);
}

TEST(Transfer, ToATelephoneThatStillRings) {
    ServiceRig rig;
    rig.change([](LineSettings& s) { s.transferOnHangUp = true; });
    Line& other = rig.exchange.addLine("5550300");
    LineTap tap{rig.loop, other};
    rig.consult("5550300");
    EXPECT_EQ(rig.line.signal(), Signal::Ringback);
    rig.line.onHook();
    EXPECT_EQ(other.state(), Line::State::Ringing);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
    other.offHook();
    other.listen(true);
    rig.anna.say(sine(500, 8000));
    rig.advance(1s);
    EXPECT_TRUE(ServiceRig::has(tap.heard, 500));
    other.onHook();
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
}

TEST(Transfer, OfTwoLines) {
    ServiceRig rig;
    rig.change([](LineSettings& s) { s.transferOnHangUp = true; });
    Line& first = rig.exchange.addLine("5550300");
    LineTap tap{rig.loop, first};
    first.listen(true);
    first.offHook();
    for (const char key : std::string_view{"5550100"}) {
        first.dial(key);
    }
    rig.advance(100ms);
    rig.line.offHook();
    rig.line.flash();
    rig.dial("5550202");
    rig.advance(300ms);
    rig.line.onHook();
    rig.bert.say(sine(800, 8000));
    tap.heard.clear();
    rig.advance(1s);
    EXPECT_TRUE(ServiceRig::has(tap.heard, 800));
    rig.bert.hangUp();
    EXPECT_EQ(first.state(), Line::State::OffHook);
}

TEST(CallWaiting, IsBusyWithoutTheService) {
    ServiceRig rig;
    rig.callTo("5550201");
    EXPECT_FALSE(rig.bert.call("5550100", {}));
}

TEST(CallWaiting, IsTakenByFlashAndGoesToAndFro) {
    ServiceRig rig;
    rig.change([](LineSettings& s) { s.callWaiting = true; });
    rig.callTo("5550201");
    rig.callFrom(rig.bert, "5551234");
    EXPECT_TRUE(rig.line.hasWaitingCall());
    EXPECT_TRUE(rig.tap.take().find("waiting@") != std::string::npos);
    rig.advance(3s);
    rig.line.flash();
    EXPECT_EQ(rig.paths(), "LB BL ");
    rig.line.flash();
    EXPECT_EQ(rig.paths(), "LA AL ");
    rig.line.onHook();  // Bert is held: he rings
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
    rig.advance(1s);
    EXPECT_EQ(rig.line.state(), Line::State::Ringing);
    rig.line.offHook();
    EXPECT_EQ(rig.paths(), "LB BL ");
}

TEST(CallWaiting, RingsWhenTheFirstCallIsHungUp) {
    ServiceRig rig;
    rig.change([](LineSettings& s) { s.callWaiting = true; });
    rig.callTo("5550201");
    rig.callFrom(rig.bert, "5551234");
    rig.advance(1s);
    rig.line.onHook();
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Calling);
    rig.advance(1s);
    rig.line.offHook();
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Connected);
}

TEST(CallWaiting, IsRefusedGivenUpAndBarred) {
    ServiceRig rig{"DE"};
    rig.change([](LineSettings& s) { s.callWaiting = true; });
    rig.callTo("5550201");
    rig.callFrom(rig.bert, "5551234");
    rig.advance(1s);
    rig.line.flash();
    rig.line.dial('0');
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Idle);
    EXPECT_EQ(rig.paths(), "LA AL ");
    rig.callFrom(rig.bert, "5551234");
    rig.bert.hangUp();
    EXPECT_FALSE(rig.line.hasWaitingCall());
    EXPECT_EQ(rig.paths(), "LA AL ");
    ServiceRig american;
    american.change([](LineSettings& s) { s.callWaiting = true; });
    american.line.offHook();
    american.dial("*70");
    american.dial("5550201");
    american.advance(300ms);
    EXPECT_FALSE(american.bert.call("5550100", {}));
}

class TypeTwo : public testing::TestWithParam<const char*> {};

/// hal/dsp's terminal hears the alert, answers with its key and reads the message.
TEST_P(TypeTwo, TellsWhoWaits) {
    ServiceRig rig{GetParam()};
    rig.change([](LineSettings& s) { s.callWaiting = true; });
    rig.callTo("5550201");
    dsp::CallWaitingReceiver terminal(*dsp::callerIdStandard(rig.line.country().callerId));
    std::vector<dsp::CallWaitingEvent> events;
    rig.tap.follow = [&](HeardBlock heard, SpokenBlock spoken) {
        terminal.process(heard,
                         [&](const dsp::CallWaitingEvent& event) { events.push_back(event); });
        terminal.send(spoken);
    };
    rig.anna.say(Sound(16000, 500));
    rig.callFrom(rig.bert, "0123456789", "SMITH JOHN");
    rig.advance(3s);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].kind, dsp::CallWaitingEvent::Kind::Mute);
    ASSERT_EQ(events[1].kind, dsp::CallWaitingEvent::Kind::Caller);
    EXPECT_EQ(events[1].id.number.view(), "0123456789");
    EXPECT_EQ(events[1].id.name.view(), "SMITH JOHN");
    ASSERT_EQ(rig.tap.callers.size(), 1U);
    EXPECT_EQ(rig.tap.callers[0].number, "0123456789");
}

INSTANTIATE_TEST_SUITE_P(Country, TypeTwo, testing::Values("US", "GB", "DE", "FR", "AU"));

TEST(CallWaiting, TellsNothingWithoutAnAcknowledgementAndBeepsOn) {
    ServiceRig rig;
    rig.change([](LineSettings& s) { s.callWaiting = true; });
    rig.callTo("5550201");
    rig.callFrom(rig.bert, "5551234");
    rig.tap.heard.clear();
    rig.advance(1s);
    EXPECT_GT(amplitudeAt(std::span{rig.tap.heard}.first(1600), 440), 1000);
    rig.tap.heard.clear();
    rig.advance(11s);
    EXPECT_TRUE(rig.tap.callers.empty());
    const auto peak = *std::max_element(rig.tap.heard.begin(), rig.tap.heard.end());
    EXPECT_GT(peak, 1000);  // the second beep
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
}

TEST(CallWaiting, IsToldToADeviceThatDoesNotListen) {
    LineRig rig;
    rig.change([](LineSettings& s) { s.callWaiting = true; });
    rig.callTo("5550201");
    rig.callFrom(rig.bert, "5551234", "SMITH JOHN");
    rig.advance(3s);
    ASSERT_EQ(rig.tap.callers.size(), 1U);
    EXPECT_EQ(rig.tap.callers[0].name, "SMITH JOHN");
}

TEST(Extension, AnswersAndTalksOnTheSamePair) {
    ServiceRig rig;
    rig.callFrom(rig.anna, "5551234");
    rig.advance(1s);
    rig.line.setExtension(true);  // answers; the device stays on hook and listens
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
    rig.tap.heard.clear();
    rig.annaHears.clear();
    rig.anna.say(sine(500, 8000));
    rig.line.sayOnExtension(sine(1900, 8000));
    rig.tap.say(sine(1100, 8000));  // on hook: nobody hears that
    rig.advance(1100ms);
    EXPECT_TRUE(ServiceRig::has(rig.tap.heard, 500));
    EXPECT_TRUE(ServiceRig::has(rig.tap.heard, 1900));
    EXPECT_TRUE(ServiceRig::has(rig.annaHears, 1900));
    EXPECT_FALSE(ServiceRig::has(rig.annaHears, 1100));
    rig.line.offHook();
    rig.line.setExtension(false);  // handed over
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
    rig.line.onHook();
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
}

TEST(Extension, DialsAndTheDeviceHearsIt) {
    ServiceRig rig;
    rig.line.setExtension(true);
    rig.advance(500ms);
    KeyPlayer keys;
    ASSERT_TRUE(keys.push("5550201"));
    Sound sound(16000);
    keys.mix(sound);
    rig.line.sayOnExtension(sound);
    rig.advance(3s);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
    EXPECT_EQ(rig.line.dialled(), "5550201");
    EXPECT_GT(*std::max_element(rig.tap.heard.begin(), rig.tap.heard.end()), 5000);
}

}  // namespace
}  // namespace tipring::sim
