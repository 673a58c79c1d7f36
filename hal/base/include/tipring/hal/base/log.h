// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "tipring/hal/base/result.h"

namespace tipring::hal {

enum class LogLevel : std::uint8_t { Trace, Debug, Info, Warning, Error, Off };

/// The log of one source file (or one group of files). Define one at namespace scope:
///     const hal::LogCategory kLog{"serial"};
/// and log nothing from other files' constants, which may come first.
/// A disabled message costs one load and one compare; its arguments are not formatted.
/// Thread: any. Lines are written whole, through spdlog.
class LogCategory {
public:
    /// `name` must live as long as the program (a literal).
    explicit LogCategory(const char* name) noexcept;
    /// Takes it off the register: a category may stand in a plug-in that is unloaded.
    ~LogCategory();

    template <class... Args>
    void trace(fmt::format_string<Args...> f, Args&&... args) const {
        write(LogLevel::Trace, f, fmt::make_format_args(args...));
    }
    template <class... Args>
    void debug(fmt::format_string<Args...> f, Args&&... args) const {
        write(LogLevel::Debug, f, fmt::make_format_args(args...));
    }
    template <class... Args>
    void info(fmt::format_string<Args...> f, Args&&... args) const {
        write(LogLevel::Info, f, fmt::make_format_args(args...));
    }
    template <class... Args>
    void warning(fmt::format_string<Args...> f, Args&&... args) const {
        write(LogLevel::Warning, f, fmt::make_format_args(args...));
    }
    template <class... Args>
    void error(fmt::format_string<Args...> f, Args&&... args) const {
        write(LogLevel::Error, f, fmt::make_format_args(args...));
    }
    void message(LogLevel level, std::string_view text) const;

    [[nodiscard]] bool enabled(LogLevel level) const noexcept {
        return level >= level_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::string_view name() const noexcept { return name_; }

private:
    friend class LogRegistry;
    void write(LogLevel level, fmt::string_view f, fmt::format_args args) const {
        if (enabled(level)) {
            format(level, f, args);
        }
    }
    void format(LogLevel level, fmt::string_view f, fmt::format_args args) const;

    const char* name_;
    mutable std::atomic<LogLevel> level_{LogLevel::Info};
    mutable const LogCategory* next_ = nullptr;
};

/// Sets levels from a list such as "info,at_modem=debug,traffic=trace": a bare level is for all
/// categories, NAME=LEVEL for one. Levels: trace debug info warning error off.
/// Categories that register later take their level from here too. Replaces the former list; the
/// empty one is "info". InvalParam names the word that is wrong, and nothing changes.
Result<void> configureLog(std::string_view levels);
/// The same from the environment variable TIPRING_LOG; nothing happens where it is not set.
Result<void> configureLogFromEnvironment();
/// Sends finished lines elsewhere (tests, a host program). An empty sink restores standard error.
/// `text` is UTF-8 without control characters: these are written as \r, \n, \x1B. The sink is
/// called from any thread, by one at a time, and never again once setLogSink() has replaced it.
/// What it logs itself is dropped.
using LogSink = std::function<void(LogLevel, std::string_view category, std::string_view text)>;
void setLogSink(LogSink sink);

/// A telephone number in a log message: shown whole at debug and trace, else only its last two
/// characters (of four or fewer none). Use it for every number, name and dial string:
///     kLog.info("call from {}", Private{number});
struct Private {
    std::string_view text;
};

/// The bytes of a port, both directions, in the category "traffic" at trace level: printable text
/// as it is, <CR>, <LF>, <DLE>, <ETX>... by name, the rest and `<` itself as <7F>. After 128 bytes
/// only the count of the others. For example "ttyACM0 -> ATZ<CR>" (to the device).
enum class Direction : std::uint8_t { FromDevice, ToDevice };
void logTraffic(std::string_view port, Direction direction, std::span<const std::byte> bytes);

}  // namespace tipring::hal

template <>
struct fmt::formatter<tipring::hal::Private> : fmt::formatter<std::string_view> {
    fmt::format_context::iterator format(const tipring::hal::Private& value,
                                         fmt::format_context& context) const;
};
