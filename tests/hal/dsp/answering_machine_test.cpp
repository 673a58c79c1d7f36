// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/answering_machine.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "detector_checks.h"
#include "speech.h"
#include "tone_signals.h"

namespace tipring::dsp {
namespace {

using test::append;
using test::eventsOf;
using test::silence;
using test::Sound;
using test::speak;

constexpr const char* kVoices[] = {"en-us", "en-gb+f3", "en-sc+m7"};
constexpr const char* kPeople[] = {
    "Hello?",
    "Yes?",
    "Hello, Miller speaking.",
    "Good morning, John Smith.",
    "Hi, this is Anna.",
    "Peter here, who is calling?",
    "Doctor Jones speaking.",
    "Hello, who is that?",
};
constexpr const char* kMachines[] = {
    "Hello, you have reached the Miller family. We cannot come to the telephone right now. Please "
    "leave a message after the tone.",
    "Hi, this is Anna. I am not here. Leave your name and your number after the beep, and I will "
    "call you back.",
    "The person you are calling is not available. At the tone, please record your message. When "
    "you have finished, hang up.",
    "You have reached five five five, one two three four. Please leave a message.",
    "Thank you for calling Smith and Sons. Our office is closed now. Please leave a message and "
    "we will call you tomorrow.",
};

/// Ring-back's last moment is gone: a second of line, the greeting, more.
Sound answered(const char* text, const char* voice, std::size_t i, const Sound& then) {
    Sound sound = silence(3200 + 1600 * (i % 4));
    append(sound, speak(text, voice, 150 + 10 * int(i % 4), -14 - double(i % 3) * 4));
    append(sound, then);
    test::addNoise(sound, -58, unsigned(i) + 1);
    test::throughMuLaw(sound);
    return sound;
}

struct Outcome {
    Answerer verdict = Answerer::Unknown;
    float confidence = 0;
    std::size_t verdicts = 0, beeps = 0, ends = 0;
    SamplePosition beepEnd = 0, verdictAt = 0;
    std::vector<AnswerReason> reasons;
};

Outcome outcomeOf(const Sound& sound) {
    AnsweringMachineDetector detector;
    Outcome outcome;
    detector.process(sound, [&](const AnswerEvent& event) {
        switch (event.kind) {
        case AnswerEventKind::Verdict:
            outcome.verdict = event.answerer;
            outcome.confidence = event.confidence;
            outcome.verdictAt = event.position;
            outcome.reasons.assign(event.reasons.begin(), event.reasons.end());
            ++outcome.verdicts;
            break;
        case AnswerEventKind::Beep:
            ++outcome.beeps;
            outcome.beepEnd = event.position;
            break;
        case AnswerEventKind::GreetingEnd: ++outcome.ends; break;
        }
    });
    return outcome;
}

TEST(AnsweringMachine, TellsPeopleFromMachinesBeforeTheBeep) {
    std::size_t people = 0, machines = 0, calls = 0;
    std::size_t peopleWrong = 0, machinesWrong = 0;
    for (const char* voice : kVoices) {
        for (const char* text : kPeople) {
            const auto outcome = outcomeOf(answered(text, voice, calls++, silence(32000)));
            people += 1;
            peopleWrong += outcome.verdict == Answerer::Human ? 0 : 1;
            EXPECT_EQ(outcome.beeps + outcome.ends, 0U) << text << voice;
        }
        for (const char* text : kMachines) {
            const auto outcome = outcomeOf(answered(text, voice, calls++, silence(32000)));
            machines += 1;
            machinesWrong += outcome.verdict == Answerer::Machine ? 0 : 1;
            EXPECT_EQ(outcome.beeps, 0U) << text << voice;
        }
    }
    RecordProperty("people", std::to_string(people) + ", wrong " + std::to_string(peopleWrong));
    RecordProperty("machines",
                   std::to_string(machines) + ", wrong " + std::to_string(machinesWrong));
    EXPECT_LE(double(peopleWrong), 0.05 * double(people));
    EXPECT_LE(double(machinesWrong), 0.10 * double(machines));
}

TEST(AnsweringMachine, TheBeepMakesItSure) {
    std::size_t i = 0;
    for (const double hertz : {425.0, 850.0, 1000.0, 1400.0, 2000.0}) {
        Sound then = silence(4000);
        append(then, test::tone(hertz, 0, -14, 3200));
        append(then, silence(24000));
        const Sound sound = answered(kMachines[i % 5], kVoices[i % 3], i, then);
        const auto outcome = outcomeOf(sound);
        EXPECT_EQ(outcome.verdict, Answerer::Machine) << hertz;
        EXPECT_EQ(outcome.beeps, 1U) << hertz;
        EXPECT_NEAR(double(outcome.beepEnd), double(sound.size() - 24000), 200) << hertz;
        EXPECT_EQ(outcome.ends, 0U) << hertz;
        ++i;
    }
}

TEST(AnsweringMachine, ABeepCorrectsAWrongVerdict) {
    Sound then = silence(16000);
    append(then, test::tone(1000, 0, -14, 4000));
    append(then, silence(8000));
    const auto outcome = outcomeOf(answered("Leave a message.", "en-us", 0, then));
    EXPECT_EQ(outcome.verdicts, 2U);
    EXPECT_EQ(outcome.verdict, Answerer::Machine);
    EXPECT_GT(outcome.confidence, 0.95F);
    EXPECT_EQ(outcome.reasons.back(), AnswerReason::Beep);
    EXPECT_EQ(outcome.beeps, 1U);
}

TEST(AnsweringMachine, AMachineWithoutABeepEndsItsGreeting) {
    const auto outcome = outcomeOf(answered(kMachines[0], "en-us", 0, silence(32000)));
    EXPECT_EQ(outcome.verdict, Answerer::Machine);
    EXPECT_EQ(outcome.ends, 1U);
}

TEST(AnsweringMachine, APersonIsKnownWithinASecondAndAHalfOfTheirWord) {
    const Sound sound = answered("Hello?", "en-us", 0, silence(32000));
    const auto outcome = outcomeOf(sound);
    EXPECT_EQ(outcome.verdict, Answerer::Human);
    EXPECT_GT(outcome.confidence, 0.9F);
    EXPECT_LT(outcome.verdictAt, sound.size() - 32000 + 12000);
    ASSERT_EQ(outcome.reasons.size(), 2U);
    EXPECT_EQ(reasonText(outcome.reasons[1]), "it was followed by a pause for an answer");
}

TEST(AnsweringMachine, NothingSaidIsUnknownWithItsReason) {
    auto outcome = outcomeOf(silence(56000));
    EXPECT_EQ(outcome.verdict, Answerer::Unknown);
    EXPECT_EQ(outcome.reasons, std::vector{AnswerReason::NoVoice});
    outcome = outcomeOf(test::tone(2100, 0, -15, 56000));
    EXPECT_EQ(outcome.verdict, Answerer::Unknown);
    EXPECT_EQ(outcome.reasons, std::vector{AnswerReason::Tone});
}

TEST(AnsweringMachine, HasGoodManners) {
    Sound then = silence(4000);
    append(then, test::tone(1000, 0, -14, 3200));
    append(then, silence(8000));
    test::expectGoodManners<AnswerEvent, AnsweringMachineDetector>(
        answered(kMachines[1], "en-us", 0, then), [](const AnswerEvent& event) {
            return std::tuple{event.kind, event.position, event.answerer, event.confidence,
                              event.reasons.size()};
        });
}

}  // namespace
}  // namespace tipring::dsp
