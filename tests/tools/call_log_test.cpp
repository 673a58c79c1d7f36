// SPDX-License-Identifier: Apache-2.0
#include "call_log.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "temp_dir.h"
#include "time_text.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using hal::ErrorCode;

/// Plain SQLite beside the class: what other programs see.
class Sqlite {
public:
    explicit Sqlite(const std::string& path) { sqlite3_open(path.c_str(), &database_); }
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;
    ~Sqlite() { sqlite3_close(database_); }

    int execute(const std::string& sql) {
        return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
    }
    std::string value(const std::string& sql) {
        std::string text = "(none)";
        sqlite3_exec(
            database_, sql.c_str(),
            [](void* out, int, char** columns, char**) {
                *static_cast<std::string*>(out) = columns[0] == nullptr ? "(null)" : columns[0];
                return 0;
            },
            &text, nullptr);
        return text;
    }

private:
    sqlite3* database_ = nullptr;
};

CallRecord sampleCall() {
    CallRecord call;
    call.line = "usb:0572:1340";
    call.start = *parseUtc("2026-11-24T14:03:07.250Z");
    call.answer = call.start + 8s;
    call.end = call.start + 30s;
    call.rings = 2;
    call.number = "2025550123";
    call.numberStatus = "ok";
    call.name = "O'HARA; DROP TABLE calls";
    call.nameStatus = "ok";
    call.networkTime = "11-24 14:03";
    call.cause = "normal";
    call.recording = "/tmp/a.wav";
    return call;
}

class CallLogTest : public ::testing::Test {
protected:
    TempDir dir_;
    std::string path_ = dir_.file("calls.db");
};

TEST_F(CallLogTest, KeepsEveryColumnOfACall) {
    auto log = CallLog::open(path_);
    ASSERT_TRUE(log) << log.error().cause;
    const CallRecord call = sampleCall();
    auto row = log->insert(call);
    ASSERT_TRUE(row) << row.error().cause;
    auto read = log->newest(10);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1u);
    const CallRecord& got = read->front();
    EXPECT_EQ(got.id, *row);
    EXPECT_EQ(got.line, call.line);
    EXPECT_EQ(got.direction, CallRecord::Direction::Incoming);
    EXPECT_EQ(got.start, call.start);
    EXPECT_EQ(got.answer, call.answer);
    EXPECT_EQ(got.end, call.end);
    EXPECT_EQ(got.rings, 2u);
    EXPECT_EQ(got.number, call.number);
    EXPECT_EQ(got.numberStatus, "ok");
    EXPECT_EQ(got.name, call.name);
    EXPECT_EQ(got.nameStatus, "ok");
    EXPECT_EQ(got.networkTime, call.networkTime);
    EXPECT_EQ(got.cause, call.cause);
    EXPECT_EQ(got.recording, call.recording);
}

TEST_F(CallLogTest, UpdatesARowAndLeavesTheOthers) {
    auto log = CallLog::open(path_);
    ASSERT_TRUE(log);
    CallRecord call = sampleCall();
    const auto first = log->insert(call);
    call.direction = CallRecord::Direction::Outgoing;
    const auto second = log->insert(call);
    ASSERT_TRUE(first && second);
    call.id = *second;
    call.cause = "busy";
    call.answer.reset();
    ASSERT_TRUE(log->update(call));
    const auto read = log->newest(10);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->at(0).cause, "busy");
    EXPECT_FALSE(read->at(0).answer);
    EXPECT_EQ(read->at(0).direction, CallRecord::Direction::Outgoing);
    EXPECT_EQ(read->at(1).cause, "normal");
}

TEST_F(CallLogTest, RefusesToUpdateARowThatIsNotThere) {
    auto log = CallLog::open(path_);
    ASSERT_TRUE(log);
    CallRecord call = sampleCall();
    call.id = 7;
    const auto done = log->update(call);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::InvalParam);
}

TEST_F(CallLogTest, IsReadableByOtherProgramsAndForItsOwnerAlone) {
    {
        auto log = CallLog::open(path_);
        ASSERT_TRUE(log && log->insert(sampleCall()));
    }
    Sqlite other(path_);
    EXPECT_EQ(other.value("SELECT start_utc FROM calls"), "2026-11-24T14:03:07.250Z");
    EXPECT_EQ(other.value("SELECT direction FROM calls"), "in");
    EXPECT_EQ(other.value("PRAGMA journal_mode"), "wal");
    struct stat info {};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777u, 0600u);
}

TEST_F(CallLogTest, WritesNoValueAsNull) {
    auto log = CallLog::open(path_);
    ASSERT_TRUE(log);
    CallRecord call = sampleCall();
    call.answer.reset();
    call.recording.clear();
    ASSERT_TRUE(log->insert(call));
    Sqlite other(path_);
    EXPECT_EQ(other.value("SELECT answer_utc FROM calls"), "(null)");
    EXPECT_EQ(other.value("SELECT recording FROM calls"), "(null)");
}

TEST_F(CallLogTest, BringsAnOlderSchemaUpToDateAndKeepsItsRows) {
    {
        Sqlite old(path_);
        ASSERT_EQ(old.execute("CREATE TABLE calls (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                              " line TEXT NOT NULL, direction TEXT NOT NULL,"
                              " start_utc TEXT NOT NULL, answer_utc TEXT, end_utc TEXT,"
                              " rings INTEGER NOT NULL DEFAULT 0, number TEXT NOT NULL DEFAULT '',"
                              " number_status TEXT NOT NULL DEFAULT 'absent',"
                              " name TEXT NOT NULL DEFAULT '',"
                              " name_status TEXT NOT NULL DEFAULT 'absent',"
                              " network_time TEXT, cause TEXT, recording TEXT);"
                              "INSERT INTO calls (line, direction, start_utc, number) VALUES"
                              " ('l', 'in', '2026-01-02T03:04:05.000Z', '5551234');"
                              "PRAGMA user_version = 1"),
                  SQLITE_OK);
    }
    auto log = CallLog::open(path_);
    ASSERT_TRUE(log) << log.error().cause;
    const auto read = log->newest(10);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1u);
    EXPECT_EQ(read->front().number, "5551234");
    Sqlite other(path_);
    EXPECT_EQ(other.value("PRAGMA user_version"), "2");
    EXPECT_EQ(other.value("SELECT count(*) FROM sqlite_master WHERE type = 'index'"), "2");
}

TEST_F(CallLogTest, RefusesAFileOfANewerVersionAndLeavesItAlone) {
    { Sqlite(path_).execute("PRAGMA user_version = 99; CREATE TABLE future (x)"); }
    const auto log = CallLog::open(path_);
    ASSERT_FALSE(log);
    EXPECT_NE(log.error().cause.find("newer tipring"), std::string::npos) << log.error().cause;
    EXPECT_NE(log.error().cause.find(path_), std::string::npos);
    EXPECT_EQ(Sqlite(path_).value("SELECT count(*) FROM sqlite_master"), "1");
}

TEST_F(CallLogTest, RefusesAFileThatIsNoDatabaseAndLeavesItAlone) {
    const std::string text = "these are my notes, do not touch\n" + std::string(2000, 'x');
    std::ofstream(path_) << text;
    const auto log = CallLog::open(path_);
    ASSERT_FALSE(log);
    EXPECT_NE(log.error().cause.find("move the file away"), std::string::npos) << log.error().cause;
    std::ifstream file(path_);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
}

TEST_F(CallLogTest, SaysThatADamagedDatabaseIsDamaged) {
    {
        auto log = CallLog::open(path_);
        ASSERT_TRUE(log && log->insert(sampleCall()));
    }
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(4096, '\xFF');
    file.close();
    auto log = CallLog::open(path_);
    if (log) {
        const auto row = log->insert(sampleCall());
        ASSERT_FALSE(row);
        EXPECT_NE(row.error().cause.find(path_), std::string::npos) << row.error().cause;
    } else {
        EXPECT_NE(log.error().cause.find(path_), std::string::npos) << log.error().cause;
    }
}

TEST_F(CallLogTest, DoesNotWaitForAnotherWriterAndWorksOnceItIsGone) {
    auto log = CallLog::open(path_);
    ASSERT_TRUE(log);
    Sqlite other(path_);
    ASSERT_EQ(other.execute("BEGIN IMMEDIATE"), SQLITE_OK);
    const auto locked = log->insert(sampleCall());
    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error().code, ErrorCode::InUse);
    EXPECT_NE(locked.error().cause.find("another program"), std::string::npos);
    ASSERT_EQ(other.execute("COMMIT"), SQLITE_OK);
    EXPECT_TRUE(log->insert(sampleCall()));
}

TEST_F(CallLogTest, NamesTheFolderThatIsMissing) {
    const auto log = CallLog::open(dir_.file("nowhere/calls.db"));
    ASSERT_FALSE(log);
    EXPECT_NE(log.error().cause.find("does the folder exist"), std::string::npos)
        << log.error().cause;
}

TEST_F(CallLogTest, SaysThatTheDiskIsFullAndKeepsWhatIsThere) {
    {
        auto log = CallLog::open(path_);
        ASSERT_TRUE(log && log->insert(sampleCall()));
    }
    // A limit on file size stands for the full disk; in a child, since it cannot be lifted again.
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        auto log = CallLog::open(path_);
        const rlimit tiny{8192, 8192};
        ::setrlimit(RLIMIT_FSIZE, &tiny);
        CallRecord big = sampleCall();
        big.name.assign(100'000, 'x');
        const auto row = log ? log->insert(big) : hal::Result<std::int64_t>(1);
        ::_exit(!row && row.error().cause.find("disk full") != std::string::npos ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    auto log = CallLog::open(path_);
    ASSERT_TRUE(log);
    const auto read = log->newest(10);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size(), 1u);
}

TEST_F(CallLogTest, ARowSurvivesAProcessThatDies) {
    const pid_t child = ::fork();
    if (child == 0) {
        auto log = CallLog::open(path_);
        if (!log || !log->insert(sampleCall())) {
            ::_exit(1);
        }
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(Sqlite(path_).value("SELECT count(*) FROM calls"), "1");
}

}  // namespace
}  // namespace tipring::tools
