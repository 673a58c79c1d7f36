// SPDX-License-Identifier: Apache-2.0
// What holds for all calls: they end in idle whatever is done to them, an idle exchange does
// nothing, and calls take no memory after the first ones.
#include "hal/base/allocation_count.h"
#include "hal/dsp/tone_signals.h"
#include "line_rig.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

/// Three lines, two far ends, and somebody who does anything at any time.
struct Chaos {
    explicit Chaos(std::uint64_t seed, const char* country)
        : random(seed * 2654435761U + 1), exchange(loop, {.country = country}) {
        for (const char* number : {"51", "52", "53"}) {
            Line& line = exchange.addLine(number);
            lines.push_back(&line);
            taps.push_back(std::make_unique<LineTap>(loop, line));
            LineSettings settings;
            settings.callWaiting = random.below(2) == 0;
            settings.transferOnHangUp = random.below(3) == 0;
            settings.supervision = static_cast<ExchangeHabits::Supervision>(random.below(4));
            settings.flash = static_cast<ExchangeHabits::Flash>(random.below(4));
            line.setSettings(settings);
            line.listen(random.below(2) == 0);
        }
        for (unsigned i = 0; i < 2; ++i) {
            ends.push_back(std::make_unique<FarEnd>(exchange));
            exchange.setRoute(i == 0 ? "61" : "62", {Route::Outcome::Answer, i, ends[i].get()});
        }
        exchange.setRoute("63", {Route::Outcome::Busy});
        exchange.setRoute("64", {Route::Outcome::Changed, 0, nullptr, "61"});
        exchange.setRoute("65", {});
        exchange.setRoute("66", {Route::Outcome::Answer, 1, nullptr});
    }

    void step() {
        Line& line = *lines[random.below(lines.size())];
        FarEnd& end = *ends[random.below(ends.size())];
        const char* const numbers[] = {"51", "52", "53", "61", "62", "63", "64", "66", "*", "2"};
        const std::string number = numbers[random.below(std::size(numbers))];
        switch (random.below(15)) {
        case 0:
        case 1: line.offHook(); break;
        case 2: line.onHook(); break;
        case 3:
        case 4:
            for (const char key : number) {
                line.dial(key);
            }
            break;
        case 5:
        case 6: line.flash(); break;
        case 7: line.openLoop(); break;
        case 8: line.closeLoop(); break;
        case 9: (void)end.call(number, {.number = "5551234"}); break;
        case 10: end.hangUp(); break;
        case 11: (void)end.answer(); break;
        case 12: line.setExtension(random.below(2) == 0); break;
        case 13:
            line.setForward(static_cast<Forward>(random.below(3)),
                            random.below(2) == 0 ? std::string_view{} : number);
            break;
        case 14:
            line.setCopper({.cut = random.below(8) == 0});
            line.setMessageWaiting(static_cast<unsigned>(random.below(2)));
            line.dial(static_cast<char>('0' + random.below(5)));
            break;
        default: break;
        }
        const int pauses[] = {0, 0, 30, 100, 400, 1500, 5000, 25000};
        loop.advance(std::chrono::milliseconds{pauses[random.below(std::size(pauses))]});
    }

    void endAll() {
        for (Line* line : lines) {
            line->setForward(Forward::NoAnswer, "");
            line->setCopper({});
            line->setExtension(false);
            line->listen(false);
            line->onHook();
        }
        for (const auto& end : ends) {
            end->hangUp();
        }
        loop.advance(2s);  // held and waiting calls ring once more
        for (Line* line : lines) {
            line->offHook();
            line->onHook();
        }
        loop.run();
    }

    test::Random random;
    hal::VirtualLoop loop;
    Exchange exchange;
    std::vector<Line*> lines;
    std::vector<std::unique_ptr<LineTap>> taps;
    std::vector<std::unique_ptr<FarEnd>> ends;
};

class AnyCalls : public testing::TestWithParam<const char*> {};

TEST_P(AnyCalls, EndInIdle) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Chaos chaos(seed, GetParam());
        for (int i = 0; i < 120; ++i) {
            chaos.step();
        }
        chaos.endAll();
        for (const Line* line : chaos.lines) {
            ASSERT_EQ(line->state(), Line::State::Idle) << seed << ' ' << line->number();
            ASSERT_FALSE(line->hasHeldCall() || line->hasWaitingCall() || line->inConference())
                << seed;
            ASSERT_EQ(line->signal(), Signal::None);
            ASSERT_EQ(line->electrics(), (LineElectrics{.volts = 48})) << seed;
        }
        for (const auto& end : chaos.ends) {
            ASSERT_EQ(end->state(), FarEnd::State::Idle) << seed;
        }
        // and everything still works
        chaos.lines[0]->setForward(Forward::Always, "");
        ASSERT_TRUE(chaos.ends[0]->call("51", {}));
        chaos.loop.advance(100ms);
        chaos.ends[0]->hangUp();
    }
}

INSTANTIATE_TEST_SUITE_P(Country, AnyCalls, testing::Values("US", "DE", "GB", "JP"));

TEST(Exchange, SleepsWhileItsLinesAreIdle) {
    LineRig rig;
    const hal::TimePoint before = rig.loop.now();
    rig.loop.run();
    EXPECT_EQ(rig.loop.now(), before);
    rig.callFrom(rig.anna, "5551234");
    rig.advance(7s);
    rig.line.offHook();
    rig.advance(1s);
    const hal::TimePoint talking = rig.loop.now();
    rig.loop.run();  // a call without sound
    EXPECT_EQ(rig.loop.now(), talking);
    rig.line.listen(true);
    rig.advance(1s);
    rig.line.listen(false);
    rig.line.onHook();
    rig.loop.run();
    EXPECT_LT(rig.loop.now() - talking, 1100ms);
}

TEST(Exchange, TakesNoMemoryForCallsAfterTheFirst) {
    LineRig rig;
    Line& other = rig.exchange.addLine("5550300");
    LineTap tap{rig.loop, other};
    tap.writes = rig.tap.writes = false;
    const auto call = [&](bool sound) {
        rig.line.listen(sound);
        other.listen(sound);
        rig.line.offHook();
        rig.dial("5550300");
        rig.advance(5s);
        other.offHook();
        rig.advance(1s);
        rig.line.flash();
        rig.dial("5550202");
        rig.advance(1s);
        rig.line.flash();
        rig.advance(1s);
        rig.line.onHook();
        other.onHook();
        rig.advance(2s);
        EXPECT_EQ(rig.bert.state(), FarEnd::State::Idle);
    };
    for (const bool sound : {false, true}) {
        call(sound);
        const auto before = test::allocationCount();
        call(sound);
        EXPECT_EQ(test::allocationCount() - before, 0U) << sound;
    }
}

TEST(Exchange, FindsNumbersOfAnyKind) {
    hal::VirtualLoop loop;
    Exchange exchange(loop);
    Line& named = exchange.addLine("+49 30 1");
    EXPECT_EQ(exchange.findLine("+49 30 1"), &named);
    EXPECT_EQ(&exchange.addLine("+49 30 1"), &named);
    EXPECT_EQ(exchange.findLine(""), nullptr);
    EXPECT_EQ(exchange.findLine("1"), nullptr);
    Line& shorter = exchange.addLine("12");
    Line& longer = exchange.addLine("123");
    EXPECT_EQ(exchange.findLine("12"), &shorter);
    EXPECT_EQ(exchange.findLine("123"), &longer);
    FarEnd end{exchange};
    EXPECT_TRUE(end.call("+49 30 1", {}));
    EXPECT_EQ(named.state(), Line::State::Ringing);
}

}  // namespace
}  // namespace tipring::sim
