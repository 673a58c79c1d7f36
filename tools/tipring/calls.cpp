// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include "call_log.h"
#include "commands.h"
#include "console.h"
#include "json_line.h"
#include "session.h"
#include "time_text.h"

namespace tipring::tools {
namespace {

std::string party(const CallRecord& record) {
    std::string text =
        record.number.empty() ? fmt::format("({})", record.numberStatus) : record.number;
    return record.name.empty() ? text : fmt::format("{}, {}", text, record.name);
}

std::string outcome(const CallRecord& record) {
    if (record.answer && record.end) {
        return durationText(*record.end - *record.answer);
    }
    if (!record.end) {
        return "not ended, or cut short by a crash";
    }
    if (record.direction == CallRecord::Direction::Outgoing) {
        return record.cause.empty() ? "not connected" : record.cause;
    }
    return fmt::format("missed after {} {}", record.rings, record.rings == 1 ? "ring" : "rings");
}

JsonLine toJson(const CallRecord& record) {
    JsonLine line;
    line.set("row", record.id).set("line", record.line);
    line.set("direction", record.direction == CallRecord::Direction::Incoming ? "in" : "out");
    line.set("start", utcText(record.start));
    if (record.answer) {
        line.set("answer", utcText(*record.answer));
    }
    if (record.end) {
        line.set("end", utcText(*record.end));
    }
    line.set("rings", record.rings).setUnlessEmpty("number", record.number);
    line.set("numberStatus", record.numberStatus).setUnlessEmpty("name", record.name);
    line.set("nameStatus", record.nameStatus).setUnlessEmpty("networkTime", record.networkTime);
    line.setUnlessEmpty("cause", record.cause).setUnlessEmpty("recording", record.recording);
    return line;
}

}  // namespace

ExitCode runCalls(Console& console, const CommonOptions& common, std::uint32_t count) {
    auto settings = settingsFor(common);
    if (!settings) {
        console.problem(settings.error().cause);
        return exitCodeFor(settings.error().code);
    }
    if (::access(settings->callLog.c_str(), F_OK) != 0) {
        console.note(fmt::format("No calls yet ({} does not exist).", settings->callLog));
        return ExitCode::Ok;
    }
    auto log = CallLog::open(settings->callLog);
    if (!log) {
        console.problem(log.error().cause);
        return exitCodeFor(log.error().code);
    }
    const auto records = log->newest(static_cast<int>(count));
    if (!records) {
        console.problem(records.error().cause);
        return exitCodeFor(records.error().code);
    }
    for (auto record = records->rbegin(); record != records->rend(); ++record) {
        console.result(fmt::format(
            "{:>5}  {}  {}  {:<32} {}{}", record->id, localDateTime(record->start),
            record->direction == CallRecord::Direction::Incoming ? "from" : "to  ", party(*record),
            outcome(*record),
            record->recording.empty() ? std::string() : fmt::format("  {}", record->recording)));
        console.object(toJson(*record));
    }
    return ExitCode::Ok;
}

}  // namespace tipring::tools
