// SPDX-License-Identifier: Apache-2.0
#include "time_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>

namespace tipring::tools {
namespace {

std::tm localParts(hal::WallTime time) {
    return fmt::localtime(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

}  // namespace

std::string utcText(hal::WallTime time) {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(seconds.time_since_epoch().count()), (ms - seconds).count());
}

std::optional<hal::WallTime> parseUtc(std::string_view text) {
    int year = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0;
    int used = 0;
    const std::string copy(text);
    if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u.%3uZ%n", &year, &month, &day, &hour,
                    &minute, &second, &ms, &used) != 7 ||
        used != static_cast<int>(copy.size())) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    if (!date.ok()) {
        return std::nullopt;
    }
    return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second} + std::chrono::milliseconds{ms};
}

std::string localClock(hal::WallTime time) {
    return fmt::format("{:%H:%M:%S}", localParts(time));
}

std::string localDateTime(hal::WallTime time) {
    return fmt::format("{:%Y-%m-%d %H:%M:%S}", localParts(time));
}

std::string fileStamp(hal::WallTime time) {
    return fmt::format("{:%Y-%m-%d_%H-%M-%S}", localParts(time));
}

std::chrono::minutes utcOffset(hal::WallTime time) {
    return std::chrono::duration_cast<std::chrono::minutes>(
        std::chrono::seconds(localParts(time).tm_gmtoff));
}

std::string durationText(hal::Duration duration) {
    const auto seconds = std::chrono::round<std::chrono::seconds>(duration).count();
    if (seconds < 60) {
        return fmt::format("{} s", seconds);
    }
    if (seconds < 3600) {
        return seconds % 60 == 0 ? fmt::format("{} min", seconds / 60)
                                 : fmt::format("{} min {} s", seconds / 60, seconds % 60);
    }
    return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

}  // namespace tipring::tools
