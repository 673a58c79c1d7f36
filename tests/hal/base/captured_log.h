// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/log.h"

namespace tipring::hal {

struct LogLine {
    LogLevel level;
    std::string category;
    std::string text;
    bool operator==(const LogLine&) const = default;
};

/// Takes all log lines while it lives; then the log is as it was at the start of the program.
class CapturedLog {
public:
    explicit CapturedLog(std::string_view levels = "info") {
        configured = configureLog(levels);
        setLogSink([this](LogLevel level, std::string_view category, std::string_view text) {
            lines.push_back({level, std::string(category), std::string(text)});
        });
    }
    ~CapturedLog() {
        setLogSink({});
        configured = configureLog("");
    }
    CapturedLog(const CapturedLog&) = delete;
    CapturedLog& operator=(const CapturedLog&) = delete;

    [[nodiscard]] std::string text() const {
        std::string all;
        for (const LogLine& line : lines) {
            all += line.text + "\n";
        }
        return all;
    }

    std::vector<LogLine> lines;
    Result<void> configured;
};

}  // namespace tipring::hal
