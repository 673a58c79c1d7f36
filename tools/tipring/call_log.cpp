// SPDX-License-Identifier: Apache-2.0
#include "call_log.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "time_text.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using hal::Result;

/// The schema's history: step n leads from user_version n to n + 1. Released steps never change.
constexpr std::array kMigrations{
    "CREATE TABLE calls ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " line TEXT NOT NULL,"
    " direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),"
    " start_utc TEXT NOT NULL,"
    " answer_utc TEXT,"
    " end_utc TEXT,"
    " rings INTEGER NOT NULL DEFAULT 0,"
    " number TEXT NOT NULL DEFAULT '',"
    " number_status TEXT NOT NULL DEFAULT 'absent',"
    " name TEXT NOT NULL DEFAULT '',"
    " name_status TEXT NOT NULL DEFAULT 'absent',"
    " network_time TEXT,"
    " cause TEXT,"
    " recording TEXT)",
    "CREATE INDEX calls_by_start ON calls (start_utc);"
    "CREATE INDEX calls_by_number ON calls (number)",
};

constexpr const char* kInsert =
    "INSERT INTO calls (line, direction, start_utc, answer_utc, end_utc, rings, number,"
    " number_status, name, name_status, network_time, cause, recording)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
constexpr const char* kUpdate =
    "UPDATE calls SET line = ?1, direction = ?2, start_utc = ?3, answer_utc = ?4, end_utc = ?5,"
    " rings = ?6, number = ?7, number_status = ?8, name = ?9, name_status = ?10,"
    " network_time = ?11, cause = ?12, recording = ?13 WHERE id = ?14";
constexpr const char* kNewest =
    "SELECT id, line, direction, start_utc, answer_utc, end_utc, rings, number, number_status,"
    " name, name_status, network_time, cause, recording FROM calls ORDER BY id DESC LIMIT ?1";

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinishStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

ErrorCode codeOf(int result) {
    switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::InUse;
    case SQLITE_CANTOPEN: return ErrorCode::NoDevice;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH: return ErrorCode::ResourceUnavail;
    case SQLITE_NOMEM: return ErrorCode::NoMem;
    default: return ErrorCode::OperationFailed;
    }
}

std::string_view advice(int result) {
    switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program is writing it; it will be tried again";
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return "move the file away and a new one is made";
    case SQLITE_FULL:
    case SQLITE_IOERR: return "is the disk full?";
    case SQLITE_CANTOPEN: return "does the folder exist, and may you write there?";
    case SQLITE_READONLY: return "you may not write the file or its folder";
    default: return "";
    }
}

hal::Error databaseError(const std::string& path, sqlite3* database, int result) {
    const std::string_view hint = advice(result);
    return hal::Error{codeOf(result), fmt::format("call log {}: {}{}{}", path,
                                                  database != nullptr ? sqlite3_errmsg(database)
                                                                      : sqlite3_errstr(result),
                                                  hint.empty() ? "" : "; ", hint)};
}

void bindText(sqlite3_stmt* statement, int index, const std::string& text) {
    sqlite3_bind_text(statement, index, text.c_str(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
}
void bindTextOrNull(sqlite3_stmt* statement, int index, const std::string& text) {
    if (text.empty()) {
        sqlite3_bind_null(statement, index);
    } else {
        bindText(statement, index, text);
    }
}
void bindTime(sqlite3_stmt* statement, int index, const std::optional<hal::WallTime>& time) {
    bindTextOrNull(statement, index, time ? utcText(*time) : std::string());
}

void bindRecord(sqlite3_stmt* statement, const CallRecord& record) {
    bindText(statement, 1, record.line);
    bindText(statement, 2, record.direction == CallRecord::Direction::Incoming ? "in" : "out");
    bindTime(statement, 3, record.start);
    bindTime(statement, 4, record.answer);
    bindTime(statement, 5, record.end);
    sqlite3_bind_int64(statement, 6, record.rings);
    bindText(statement, 7, record.number);
    bindText(statement, 8, record.numberStatus);
    bindText(statement, 9, record.name);
    bindText(statement, 10, record.nameStatus);
    bindTextOrNull(statement, 11, record.networkTime);
    bindTextOrNull(statement, 12, record.cause);
    bindTextOrNull(statement, 13, record.recording);
}

std::string textOf(sqlite3_stmt* statement, int column) {
    const auto* text = sqlite3_column_text(statement, column);
    return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

CallRecord readRecord(sqlite3_stmt* statement) {
    CallRecord record;
    record.id = sqlite3_column_int64(statement, 0);
    record.line = textOf(statement, 1);
    record.direction = textOf(statement, 2) == "out" ? CallRecord::Direction::Outgoing
                                                     : CallRecord::Direction::Incoming;
    record.start = parseUtc(textOf(statement, 3)).value_or(hal::WallTime{});
    record.answer = parseUtc(textOf(statement, 4));
    record.end = parseUtc(textOf(statement, 5));
    record.rings = static_cast<std::uint32_t>(sqlite3_column_int64(statement, 6));
    record.number = textOf(statement, 7);
    record.numberStatus = textOf(statement, 8);
    record.name = textOf(statement, 9);
    record.nameStatus = textOf(statement, 10);
    record.networkTime = textOf(statement, 11);
    record.cause = textOf(statement, 12);
    record.recording = textOf(statement, 13);
    return record;
}

}  // namespace

struct CallLog::Impl {
    std::string path;
    Database database;
    Statement insert, update, newest;

    [[nodiscard]] tl::unexpected<hal::Error> error(int result) const {
        return tl::unexpected<hal::Error>(databaseError(path, database.get(), result));
    }
    Result<void> execute(const char* sql) {
        const int result = sqlite3_exec(database.get(), sql, nullptr, nullptr, nullptr);
        if (result != SQLITE_OK) {
            return error(result);
        }
        return {};
    }
    Result<void> prepare(const char* sql, Statement& statement) {
        sqlite3_stmt* made = nullptr;
        const int result = sqlite3_prepare_v2(database.get(), sql, -1, &made, nullptr);
        statement.reset(made);
        if (result != SQLITE_OK) {
            return error(result);
        }
        return {};
    }
    Result<int> version() {
        Statement statement;
        if (auto ready = prepare("PRAGMA user_version", statement); !ready) {
            return tl::unexpected(ready.error());
        }
        const int result = sqlite3_step(statement.get());
        if (result != SQLITE_ROW) {
            return error(result);
        }
        return sqlite3_column_int(statement.get(), 0);
    }
    Result<void> migrate();
    Result<void> start();
    Result<void> run(sqlite3_stmt* statement) {
        const int result = sqlite3_step(statement);
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        if (result != SQLITE_DONE) {
            return error(result);
        }
        return {};
    }
};

Result<void> CallLog::Impl::migrate() {
    constexpr int kNewestVersion = static_cast<int>(kMigrations.size());
    auto found = version();
    if (!found) {
        return tl::unexpected(found.error());
    }
    if (*found == kNewestVersion) {
        return {};
    }
    if (*found < 0 || *found > kNewestVersion) {
        return hal::fail(ErrorCode::IncompatibleApiVersion,
                         fmt::format("call log {}: written by a newer tipring (schema {}, this one "
                                     "knows {}); use that version, or another file",
                                     path, *found, kNewestVersion));
    }
    if (auto begun = execute("BEGIN IMMEDIATE"); !begun) {
        return begun;
    }
    // Read again under the lock: another process may have been quicker.
    found = version();
    for (int step = found ? *found : kNewestVersion; step < kNewestVersion; ++step) {
        auto done = execute(kMigrations[static_cast<std::size_t>(step)]);
        if (done) {
            done = execute(fmt::format("PRAGMA user_version = {}", step + 1).c_str());
        }
        if (!done) {
            sqlite3_exec(database.get(), "ROLLBACK", nullptr, nullptr, nullptr);
            return done;
        }
    }
    return execute("COMMIT");
}

Result<void> CallLog::Impl::start() {
    sqlite3_busy_timeout(database.get(), 0);
    for (const char* setting : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"}) {
        if (auto done = execute(setting); !done) {
            return done;
        }
    }
    if (auto done = migrate(); !done) {
        return done;
    }
    for (const auto& [sql, statement] :
         {std::pair{kInsert, &insert}, std::pair{kUpdate, &update}, std::pair{kNewest, &newest}}) {
        if (auto done = prepare(sql, *statement); !done) {
            return done;
        }
    }
    return {};
}

CallLog::CallLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CallLog::CallLog(CallLog&&) noexcept = default;
CallLog& CallLog::operator=(CallLog&&) noexcept = default;
CallLog::~CallLog() = default;

Result<CallLog> CallLog::open(const std::string& path) {
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    // A new file is for its owner alone: who called whom is nobody else's business. Permissions
    // that somebody gave to an existing one stay.
    const bool isNew = ::access(path.c_str(), F_OK) != 0;
    sqlite3* database = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &database,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    impl->database.reset(database);
    if (result != SQLITE_OK) {
        return impl->error(result);
    }
    if (isNew) {
        ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
    }
    if (auto done = impl->start(); !done) {
        return tl::unexpected(done.error());
    }
    return CallLog(std::move(impl));
}

Result<std::int64_t> CallLog::insert(const CallRecord& record) {
    bindRecord(impl_->insert.get(), record);
    if (auto done = impl_->run(impl_->insert.get()); !done) {
        return tl::unexpected(done.error());
    }
    return sqlite3_last_insert_rowid(impl_->database.get());
}

Result<void> CallLog::update(const CallRecord& record) {
    bindRecord(impl_->update.get(), record);
    sqlite3_bind_int64(impl_->update.get(), 14, record.id);
    if (auto done = impl_->run(impl_->update.get()); !done) {
        return done;
    }
    if (sqlite3_changes(impl_->database.get()) != 1) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("call log {}: there is no row {}", impl_->path, record.id));
    }
    return {};
}

Result<std::vector<CallRecord>> CallLog::newest(int count) {
    std::vector<CallRecord> records;
    sqlite3_stmt* statement = impl_->newest.get();
    sqlite3_bind_int(statement, 1, count);
    int result = SQLITE_ROW;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        records.push_back(readRecord(statement));
    }
    sqlite3_reset(statement);
    if (result != SQLITE_DONE) {
        return impl_->error(result);
    }
    return records;
}

const std::string& CallLog::path() const {
    return impl_->path;
}

}  // namespace tipring::tools
