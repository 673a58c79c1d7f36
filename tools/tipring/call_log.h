// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"

namespace tipring::tools {

/// One row of the call log. Statuses are the words ok, private, unavailable, absent, partial.
struct CallRecord {
    enum class Direction { Incoming, Outgoing };

    std::int64_t id = 0;  ///< row id; 0: not in the log yet
    std::string line;     ///< permanent id of the line
    Direction direction = Direction::Incoming;
    hal::WallTime start{};
    std::optional<hal::WallTime> answer, end;
    std::uint32_t rings = 0;
    std::string number;
    std::string numberStatus = "absent";
    std::string name;
    std::string nameStatus = "absent";
    std::string networkTime;  ///< "MM-DD HH:MM" as the exchange sent it, else empty
    std::string cause;        ///< why it ended, in words
    std::string recording;    ///< path of the WAV file, else empty
};

/// The calls of this machine in one SQLite file, table `calls`, times as ISO 8601 UTC text.
///
/// What insert() and update() reported as done survives a power cut (WAL, synchronous FULL). They
/// never wait for another writer: InUse means locked now, try again later. A file that is no
/// database, is damaged, or comes from a newer version is refused and left as it is.
/// Thread: one at a time.
class CallLog {
public:
    /// Opens or makes the file and brings an older schema up to date. Its folder must exist.
    static hal::Result<CallLog> open(const std::string& path);
    CallLog(CallLog&&) noexcept;
    CallLog& operator=(CallLog&&) noexcept;
    ~CallLog();

    /// Adds a row and returns its id; `record.id` is not read.
    hal::Result<std::int64_t> insert(const CallRecord& record);
    /// Writes all columns of the row `record.id`.
    hal::Result<void> update(const CallRecord& record);
    /// The newest calls first.
    hal::Result<std::vector<CallRecord>> newest(int count);

    [[nodiscard]] const std::string& path() const;

private:
    struct Impl;
    explicit CallLog(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::tools
