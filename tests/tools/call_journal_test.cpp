// SPDX-License-Identifier: Apache-2.0
#include "call_journal.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>

#include "fakes.h"
#include "temp_dir.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using tapi::LineCallState;

class CallJournalTest : public ::testing::Test {
protected:
    CallJournalTest() {
        line_->capabilities_.permanentId = "usb:0572:1340";
        call_->onEvent = [this](const tapi::Event& event) { journal_->onEvent(event); };
        open(path_);
    }
    void open(const std::string& path) {
        journal_ = std::make_unique<CallJournal>(
            loop_, path, [this](const hal::Error& error) { troubles_.push_back(error.cause); });
    }
    void announce() {
        line_->calls_ = {call_->self()};
        call_->send(tapi::CallNotificationEvent{call_->self(), tapi::CallPrivilege::Owner, 0});
    }
    void name() {
        call_->info_.caller = {"5551234", tapi::PartyStatus::Ok, "J DOE", tapi::PartyStatus::Ok};
        call_->info_.networkTime = tapi::NetworkTime{11, 24, 14, 3};
        call_->send(
            tapi::CallInfoChangeEvent{call_->self(), tapi::CallInfoChangeEvent::Item::Caller, 0});
    }
    std::vector<CallRecord> rows() {
        auto log = CallLog::open(path_);
        return log ? log->newest(10).value() : std::vector<CallRecord>{};
    }

    TempDir dir_;
    std::string path_ = dir_.file("deep/below/calls.db");
    hal::VirtualLoop loop_;
    std::shared_ptr<FakeAddress> line_ = std::make_shared<FakeAddress>();
    std::shared_ptr<FakeCall> call_ = std::make_shared<FakeCall>(loop_, line_);
    std::vector<std::string> troubles_;
    std::unique_ptr<CallJournal> journal_;
};

TEST_F(CallJournalTest, WritesOneRowForAWholeCall) {
    announce();
    call_->ring(1);
    loop_.advance(3s);
    name();
    call_->ring(2);
    loop_.advance(1s);
    call_->go(LineCallState::Connected);
    journal_->setRecording(*call_, "/tmp/message.wav");
    loop_.advance(20s);
    call_->go(LineCallState::Disconnected, tapi::DisconnectMode::Normal);
    call_->go(LineCallState::Idle);
    loop_.advance(1s);
    const auto found = rows();
    ASSERT_EQ(found.size(), 1u);
    const CallRecord& row = found.front();
    EXPECT_EQ(row.line, "usb:0572:1340");
    EXPECT_EQ(row.number, "5551234");
    EXPECT_EQ(row.numberStatus, "ok");
    EXPECT_EQ(row.name, "J DOE");
    EXPECT_EQ(row.networkTime, "11-24 14:03");
    EXPECT_EQ(row.rings, 2u);
    EXPECT_EQ(row.answer, row.start + 4s);
    EXPECT_EQ(row.end, row.start + 24s);
    EXPECT_EQ(row.cause, "normal");
    EXPECT_EQ(row.recording, "/tmp/message.wav");
    ASSERT_TRUE(journal_->lastEnded());
    EXPECT_EQ(journal_->lastEnded()->id, row.id);
    EXPECT_TRUE(troubles_.empty());
}

TEST_F(CallJournalTest, TheRowIsThereWhileTheCallStillRings) {
    announce();
    loop_.advance(1s);
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_FALSE(rows().front().end);
}

TEST_F(CallJournalTest, CountsARingThatCameBeforeTheCall) {
    call_->ring(1);
    announce();
    loop_.advance(1s);
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows().front().rings, 1u);
}

TEST_F(CallJournalTest, WithheldAndMissingNumbersKeepTheirReason) {
    announce();
    call_->info_.caller.numberStatus = tapi::PartyStatus::Blocked;
    call_->info_.caller.nameStatus = tapi::PartyStatus::OutOfArea;
    call_->send(
        tapi::CallInfoChangeEvent{call_->self(), tapi::CallInfoChangeEvent::Item::Caller, 0});
    loop_.advance(1s);
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows().front().numberStatus, "private");
    EXPECT_EQ(rows().front().nameStatus, "unavailable");
}

TEST_F(CallJournalTest, AnOutgoingCallKeepsItsNumberAndTheReasonWhyItFailed) {
    journal_->addOutgoing(*call_, "5559999");
    call_->go(LineCallState::Disconnected, tapi::DisconnectMode::Busy);
    call_->go(LineCallState::Idle);
    loop_.advance(1s);
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows().front().direction, CallRecord::Direction::Outgoing);
    EXPECT_EQ(rows().front().number, "5559999");
    EXPECT_EQ(rows().front().cause, "busy");
    EXPECT_FALSE(rows().front().answer);
}

TEST_F(CallJournalTest, ALockedLogIsToldOnceAndWrittenWhenItIsFree) {
    announce();
    loop_.advance(1s);
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    name();
    loop_.advance(10s);
    EXPECT_EQ(troubles_.size(), 1u);
    EXPECT_FALSE(journal_->flush());
    sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    loop_.advance(1s);
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows().front().number, "5551234");
    EXPECT_TRUE(journal_->flush());
}

TEST_F(CallJournalTest, ABrokenLogIsToldOnceAndTheCallGoesOn) {
    std::ofstream(dir_.file("notes.txt")) << "no database" << std::string(2000, ' ');
    open(dir_.file("notes.txt"));
    announce();
    call_->go(LineCallState::Connected);
    loop_.advance(1min);
    call_->go(LineCallState::Idle);
    loop_.advance(1min);
    ASSERT_EQ(troubles_.size(), 1u);
    EXPECT_NE(troubles_.front().find("notes.txt"), std::string::npos);
    ASSERT_TRUE(journal_->lastEnded());
    EXPECT_EQ(journal_->lastEnded()->id, 0) << "not in the log, and it says so";
}

TEST_F(CallJournalTest, TellsABrokenLogBeforeTheFirstCall) {
    std::ofstream(dir_.file("notes.txt")) << "no database" << std::string(2000, ' ');
    open(dir_.file("notes.txt"));
    journal_->prepare();
    EXPECT_EQ(troubles_.size(), 1u);
    announce();
    loop_.advance(1min);
    EXPECT_EQ(troubles_.size(), 1u);
}

TEST_F(CallJournalTest, MakesTheLogBeforeTheFirstCall) {
    journal_->prepare();
    EXPECT_TRUE(troubles_.empty());
    EXPECT_TRUE(std::ifstream(path_).good());
}

TEST_F(CallJournalTest, WithoutAPathNothingIsWritten) {
    open("");
    announce();
    call_->go(LineCallState::Idle);
    loop_.advance(1s);
    EXPECT_TRUE(journal_->flush());
    EXPECT_TRUE(rows().empty());
    EXPECT_TRUE(journal_->lastEnded());
}

}  // namespace
}  // namespace tipring::tools
