// SPDX-License-Identifier: Apache-2.0
#include "answering_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Cause = tapi::FileTerminalEvent::Cause;
using End = AnsweringMachine::End;
using Step = AnsweringMachine::Step;
using tapi::LineCallState;

class AnsweringMachineTest : public ::testing::Test, public AnsweringMachine::Observer {
protected:
    AnsweringMachineTest() {
        call_->onEvent = [this](const tapi::Event& event) {
            if (machine_) {
                machine_->onEvent(event);
            }
        };
        policy_.greeting = "hello.wav";
        policy_.recording = "message.wav";
    }

    void onStep(Step step) override { steps_.push_back(step); }
    void onProblem(std::string_view text) override { problems_.emplace_back(text); }
    void onDone(End end) override { ends_.push_back(end); }

    void start() { machine_ = std::make_unique<AnsweringMachine>(loop_, call_, policy_, *this); }
    /// Up to the moment when the caller may speak.
    void startRecording() {
        start();
        call_->ring(2);
        loop_.advance(200ms);
        call_->fileEnded("hello.wav", Cause::EndOfFile);
        loop_.advance(1s);
        ASSERT_EQ(machine_->step(), Step::Recording);
    }
    Step step() const { return machine_->step(); }

    hal::VirtualLoop loop_;
    std::shared_ptr<FakeAddress> line_ = std::make_shared<FakeAddress>();
    std::shared_ptr<FakeCall> call_ = std::make_shared<FakeCall>(loop_, line_);
    AnsweringPolicy policy_;
    std::unique_ptr<AnsweringMachine> machine_;
    std::vector<Step> steps_;
    std::vector<std::string> problems_;
    std::vector<End> ends_;
};

TEST_F(AnsweringMachineTest, AnswersAtTheRingOfThePolicyAndNotBefore) {
    policy_.rings = 3;
    start();
    call_->ring(1);
    call_->ring(2);
    loop_.advance(1min);
    EXPECT_TRUE(call_->asked.empty());
    call_->ring(3);
    EXPECT_THAT(call_->asked, ElementsAre("answer"));
}

TEST_F(AnsweringMachineTest, CountsRingsThatCameBeforeIt) {
    machine_ = std::make_unique<AnsweringMachine>(loop_, call_, policy_, *this, 2);
    EXPECT_THAT(call_->asked, ElementsAre("answer"));
}

TEST_F(AnsweringMachineTest, GreetsBeepsRecordsAndHangsUpWhenTheCallerDoes) {
    startRecording();
    loop_.advance(5s);
    call_->go(LineCallState::Disconnected, tapi::DisconnectMode::Normal);
    loop_.advance(1s);
    EXPECT_THAT(call_->asked,
                ElementsAre("answer", "play", "tone", "record", "stopRecording", "disconnect"));
    EXPECT_THAT(steps_, ElementsAre(Step::Answering, Step::Greeting, Step::Beep, Step::Recording,
                                    Step::HangingUp, Step::Done));
    EXPECT_THAT(ends_, ElementsAre(End::CallerHungUp));
    EXPECT_TRUE(problems_.empty());
    EXPECT_NEAR(std::chrono::duration<double>(machine_->recorded()).count(), 5.5, 0.5);
}

TEST_F(AnsweringMachineTest, SilenceEndsTheRecording) {
    startRecording();
    call_->silence();
    loop_.advance(1s);
    EXPECT_THAT(ends_, ElementsAre(End::Silence));
    EXPECT_THAT(call_->asked, Contains("stopRecording"));
}

TEST_F(AnsweringMachineTest, SilenceIsIgnoredWhenThePolicySaysSo) {
    policy_.stopAtSilence = false;
    startRecording();
    call_->silence();
    loop_.advance(10s);
    EXPECT_EQ(step(), Step::Recording);
}

TEST_F(AnsweringMachineTest, SilenceDuringTheGreetingMeansNothing) {
    start();
    call_->ring(2);
    loop_.advance(200ms);
    call_->silence();
    loop_.advance(10s);
    EXPECT_EQ(step(), Step::Greeting);
}

TEST_F(AnsweringMachineTest, TheLimitEndsTheRecording) {
    policy_.limit = 30s;
    startRecording();
    loop_.advance(28s);
    EXPECT_EQ(step(), Step::Recording);
    loop_.advance(3s);
    EXPECT_THAT(ends_, ElementsAre(End::Limit));
}

TEST_F(AnsweringMachineTest, OnlyTheHashKeyEndsTheRecording) {
    startRecording();
    call_->press('5');
    call_->press('*');
    loop_.advance(1s);
    EXPECT_EQ(step(), Step::Recording);
    call_->press('#');
    loop_.advance(1s);
    EXPECT_THAT(ends_, ElementsAre(End::Key));
}

TEST_F(AnsweringMachineTest, TheHashKeySkipsTheGreeting) {
    start();
    call_->ring(2);
    loop_.advance(200ms);
    call_->press('#');
    loop_.advance(150ms);
    EXPECT_THAT(call_->asked, ElementsAre("answer", "play", "stopPlaying", "tone"));
}

TEST_F(AnsweringMachineTest, AGreetingThatIsNoSoundFileLeavesTheBeep) {
    call_->failLater = "play";
    start();
    call_->ring(2);
    loop_.advance(1s);
    EXPECT_EQ(step(), Step::Recording);
    ASSERT_EQ(problems_.size(), 1u);
    EXPECT_THAT(problems_[0], HasSubstr("only the beep"));
}

TEST_F(AnsweringMachineTest, AGreetingThatIsRefusedLeavesTheBeep) {
    call_->refuse = "play";
    start();
    call_->ring(2);
    loop_.advance(1s);
    EXPECT_EQ(step(), Step::Recording);
    EXPECT_EQ(problems_.size(), 1u);
}

TEST_F(AnsweringMachineTest, AGreetingThatBreaksOffLeavesTheBeep) {
    start();
    call_->ring(2);
    loop_.advance(200ms);
    call_->fileEnded("hello.wav", Cause::ReadError, "hello.wav ends in the middle");
    loop_.advance(1s);
    EXPECT_EQ(step(), Step::Recording);
    ASSERT_EQ(problems_.size(), 1u);
    EXPECT_THAT(problems_[0], HasSubstr("ends in the middle"));
}

TEST_F(AnsweringMachineTest, WithoutAToneItRecordsWithoutABeep) {
    call_->refuse = "tone";
    startRecording();
    EXPECT_THAT(call_->asked, Contains("record"));
    EXPECT_EQ(problems_.size(), 1u);
}

TEST_F(AnsweringMachineTest, ABeepThatNeverEndsDoesNotHoldTheRecordingUp) {
    call_->ignore = "tone";
    start();
    call_->ring(2);
    loop_.advance(200ms);
    call_->fileEnded("hello.wav", Cause::EndOfFile);
    loop_.advance(5s);
    EXPECT_EQ(step(), Step::Recording);
}

TEST_F(AnsweringMachineTest, AFullDiskEndsTheCallAndIsTold) {
    startRecording();
    call_->fileEnded("message.wav", Cause::WriteError, "no space left on device");
    loop_.advance(1s);
    EXPECT_THAT(ends_, ElementsAre(End::Failed));
    ASSERT_EQ(problems_.size(), 1u);
    EXPECT_THAT(problems_[0], HasSubstr("no space left on device"));
    EXPECT_THAT(call_->asked, Contains("disconnect"));
}

TEST_F(AnsweringMachineTest, ARecordingThatCannotStartEndsTheCall) {
    call_->failLater = "record";
    start();
    call_->ring(2);
    loop_.advance(200ms);
    call_->fileEnded("hello.wav", Cause::EndOfFile);
    loop_.advance(2s);
    EXPECT_THAT(ends_, ElementsAre(End::Failed));
    EXPECT_THAT(call_->asked, Not(Contains("stopRecording")));
    EXPECT_THAT(call_->asked, Contains("disconnect"));
}

TEST_F(AnsweringMachineTest, ACallerWhoGivesUpIsNotAnswered) {
    start();
    call_->ring(1);
    call_->go(LineCallState::Disconnected, tapi::DisconnectMode::Normal);
    call_->go(LineCallState::Idle);
    loop_.advance(1s);
    EXPECT_THAT(ends_, ElementsAre(End::NotAnswered));
    EXPECT_THAT(call_->asked, Not(Contains("answer")));
}

TEST_F(AnsweringMachineTest, AnAnswerThatFailsIsToldAndEnds) {
    call_->failLater = "answer";
    start();
    call_->ring(2);
    loop_.advance(2s);
    EXPECT_THAT(ends_, ElementsAre(End::Failed));
    EXPECT_EQ(problems_.size(), 1u);
}

TEST_F(AnsweringMachineTest, AModemThatNeverRepliesDoesNotHangTheMachine) {
    call_->ignore = "answer";
    start();
    call_->ring(2);
    loop_.advance(2min);
    EXPECT_THAT(ends_, ElementsAre(End::Failed));
}

TEST_F(AnsweringMachineTest, AModemThatNeverConfirmsTheHangUpIsLeft) {
    startRecording();
    call_->ignore = "disconnect";
    machine_->stop();
    loop_.advance(1min);
    EXPECT_THAT(ends_, ElementsAre(End::Stopped));
    ASSERT_EQ(problems_.size(), 1u);
    EXPECT_THAT(problems_[0], HasSubstr("did not confirm"));
}

TEST_F(AnsweringMachineTest, WaitsForTheFileBeforeItIsDone) {
    startRecording();
    call_->go(LineCallState::Disconnected, tapi::DisconnectMode::Normal);
    call_->go(LineCallState::Idle);
    EXPECT_TRUE(ends_.empty()) << "stopRecording was not replied to yet";
    loop_.advance(1s);
    EXPECT_THAT(ends_, ElementsAre(End::CallerHungUp));
}

TEST_F(AnsweringMachineTest, IsDoneOnceWhateverComesAfter) {
    startRecording();
    machine_->stop();
    call_->silence();
    call_->press('#');
    call_->go(LineCallState::Disconnected, tapi::DisconnectMode::Normal);
    loop_.advance(1s);
    call_->go(LineCallState::Idle);
    machine_->stop();
    loop_.advance(1min);
    EXPECT_THAT(ends_, ElementsAre(End::Stopped));
}

TEST_F(AnsweringMachineTest, StopWhileItRingsHangsUp) {
    start();
    call_->ring(1);
    machine_->stop();
    loop_.advance(1s);
    EXPECT_THAT(call_->asked, ElementsAre("disconnect"));
    EXPECT_THAT(ends_, ElementsAre(End::Stopped));
}

TEST_F(AnsweringMachineTest, MayDieWhileRepliesAreOnTheirWay) {
    startRecording();
    machine_->stop();
    machine_.reset();
    loop_.advance(1min);
    EXPECT_TRUE(ends_.empty());
}

TEST_F(AnsweringMachineTest, WithoutGreetingBeepOrRecordingItAnswersAndHangsUp) {
    policy_.greeting.clear();
    policy_.recording.clear();
    policy_.beep = 0ms;
    start();
    call_->ring(2);
    loop_.advance(1s);
    EXPECT_THAT(call_->asked, ElementsAre("answer", "disconnect"));
    EXPECT_THAT(ends_, ElementsAre(End::Limit));
}

}  // namespace
}  // namespace tipring::tools
