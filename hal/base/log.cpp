// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/log.h"

#include <spdlog/details/log_msg.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "log_text.h"

namespace tipring::hal {
namespace {

constexpr std::pair<std::string_view, LogLevel> kLevels[] = {
    {"trace", LogLevel::Trace},     {"debug", LogLevel::Debug}, {"info", LogLevel::Info},
    {"warning", LogLevel::Warning}, {"error", LogLevel::Error}, {"off", LogLevel::Off}};

struct LogRules {
    LogLevel all = LogLevel::Info;
    std::vector<std::pair<std::string, LogLevel>> named;

    [[nodiscard]] LogLevel levelOf(std::string_view category) const {
        LogLevel level = all;
        for (const auto& [name, own] : named) {
            level = name == category ? own : level;
        }
        return level;
    }
};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool isCategoryName(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

Result<LogLevel> parseLevel(std::string_view word) {
    for (const auto& [name, level] : kLevels) {
        if (name == word) {
            return level;
        }
    }
    return fail(ErrorCode::InvalParam,
                fmt::format("\"{}\" is no log level; allowed are trace, debug, info, warning, "
                            "error, off, alone or as CATEGORY=LEVEL",
                            word));
}

Result<void> parseRule(std::string_view entry, LogRules& rules) {
    const auto equals = entry.find('=');
    const auto level =
        parseLevel(equals == std::string_view::npos ? entry : trimmed(entry.substr(equals + 1)));
    if (!level) {
        return tl::unexpected(level.error());
    }
    if (equals == std::string_view::npos) {
        rules.all = *level;
        return {};
    }
    const auto name = trimmed(entry.substr(0, equals));
    if (!isCategoryName(name)) {
        return fail(ErrorCode::InvalParam,
                    fmt::format("\"{}\" in \"{}\" is no log category; allowed are letters, digits, "
                                "_, - and .",
                                name, entry));
    }
    rules.named.emplace_back(name, *level);
    return {};
}

Result<LogRules> parseRules(std::string_view list) {
    LogRules rules;
    if (trimmed(list).empty()) {
        return rules;
    }
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(',', begin), list.size());
        if (auto parsed = parseRule(trimmed(list.substr(begin, end - begin)), rules); !parsed) {
            return tl::unexpected(std::move(parsed.error()));
        }
        begin = end + 1;
    }
    return rules;
}

class StandardError {
public:
    StandardError() { sink_.set_pattern("%Y-%m-%d %H:%M:%S.%e %L %n: %v"); }

    void write(LogLevel level, std::string_view category, std::string_view text) {
        sink_.log(spdlog::details::log_msg(spdlog::string_view_t(category.data(), category.size()),
                                           spdlog::level::level_enum(level),
                                           spdlog::string_view_t(text.data(), text.size())));
    }

private:
    spdlog::sinks::stderr_sink_mt sink_;
};
static_assert(int(LogLevel::Trace) == SPDLOG_LEVEL_TRACE &&
              int(LogLevel::Error) == SPDLOG_LEVEL_ERROR);

thread_local bool gDelivering = false;

}  // namespace

/// All categories and where their lines go. Made at first use, whichever file's constants come
/// first, and never destroyed, so that the last destructors of a program may still log.
class LogRegistry {
public:
    static LogRegistry& instance() {
        static auto* const registry = new LogRegistry;
        return *registry;
    }

    void add(const LogCategory& category) {
        const std::lock_guard lock(mutex_);
        category.next_ = std::exchange(first_, &category);
        category.level_ = rules_.levelOf(category.name());
    }

    void remove(const LogCategory& category) {
        const std::lock_guard lock(mutex_);
        const LogCategory** link = &first_;
        while (*link != &category) {
            link = &(*link)->next_;
        }
        *link = category.next_;
    }

    void setRules(LogRules rules) {
        const std::lock_guard lock(mutex_);
        rules_ = std::move(rules);
        for (const LogCategory* category = first_; category != nullptr;
             category = category->next_) {
            category->level_ = rules_.levelOf(category->name());
        }
    }

    void setSink(LogSink sink) {
        const std::lock_guard lock(sinkMutex_);
        sink_.swap(sink);
    }

    // A message that a sink logs while it takes one is dropped: it would never end.
    void deliver(LogLevel level, std::string_view category, std::string_view text) {
        if (gDelivering) {
            return;
        }
        gDelivering = true;
        try {
            const std::lock_guard lock(sinkMutex_);
            if (sink_) {
                sink_(level, category, text);
            } else {
                standardError_.write(level, category, text);
            }
        } catch (...) {
            // A log that cannot be written must not take the program down, and has nowhere to tell.
        }
        gDelivering = false;
    }

private:
    std::mutex mutex_;
    const LogCategory* first_ = nullptr;  // guarded by mutex_
    LogRules rules_;                      // guarded by mutex_
    std::mutex sinkMutex_;
    LogSink sink_;  // guarded by sinkMutex_
    StandardError standardError_;
};

LogCategory::LogCategory(const char* name) noexcept : name_(name) {
    LogRegistry::instance().add(*this);
}

LogCategory::~LogCategory() {
    LogRegistry::instance().remove(*this);
}

void LogCategory::message(LogLevel level, std::string_view text) const {
    if (level == LogLevel::Off || !enabled(level)) {
        return;
    }
    if (isPlain(text)) {
        LogRegistry::instance().deliver(level, name(), text);
        return;
    }
    fmt::memory_buffer escaped;
    escapeControls(text, escaped);
    LogRegistry::instance().deliver(level, name(), {escaped.data(), escaped.size()});
}

void LogCategory::format(LogLevel level, fmt::string_view f, fmt::format_args args) const {
    fmt::memory_buffer text;
    try {
        const RevealPrivate reveal(level <= LogLevel::Debug);
        fmt::vformat_to(std::back_inserter(text), f, args);
    } catch (const std::exception& error) {
        text.clear();
        fmt::format_to(std::back_inserter(text), "a message could not be formatted ({}): {}",
                       error.what(), std::string_view(f.data(), f.size()));
    }
    message(level, {text.data(), text.size()});
}

Result<void> configureLog(std::string_view levels) {
    auto rules = parseRules(levels);
    if (!rules) {
        return tl::unexpected(std::move(rules.error()));
    }
    LogRegistry::instance().setRules(std::move(*rules));
    return {};
}

Result<void> configureLogFromEnvironment() {
    const char* levels = std::getenv("TIPRING_LOG");
    if (levels == nullptr) {
        return {};
    }
    auto configured = configureLog(levels);
    if (!configured) {
        configured.error().cause.insert(0, "environment variable TIPRING_LOG: ");
    }
    return configured;
}

void setLogSink(LogSink sink) {
    LogRegistry::instance().setSink(std::move(sink));
}

void logTraffic(std::string_view port, Direction direction, std::span<const std::byte> bytes) {
    static const LogCategory traffic{"traffic"};
    if (!traffic.enabled(LogLevel::Trace)) {
        return;
    }
    fmt::memory_buffer text;
    fmt::format_to(std::back_inserter(text), "{} {} ", port,
                   direction == Direction::FromDevice ? "<-" : "->");
    appendTraffic(bytes, text);
    traffic.message(LogLevel::Trace, {text.data(), text.size()});
}

}  // namespace tipring::hal
