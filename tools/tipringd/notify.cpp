// SPDX-License-Identifier: Apache-2.0
#include "notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdint>

namespace tipring::tools {

Notify::Notify(hal::EventLoop& loop) : loop_(loop), watchdog_(loop, [this] { feed(); }) {
    std::uint64_t limit = 0;
    if (sd_watchdog_enabled(0, &limit) > 0) {
        period_ = std::chrono::microseconds(limit / 2);
    }
}

void Notify::ready(std::string_view text) {
    sd_notify(0, fmt::format("READY=1\nSTATUS={}", text).c_str());
    if (period_ > hal::Duration::zero() && !watchdog_.armed()) {
        feed();
    }
}

void Notify::reloading() {
    const auto now =
        std::chrono::duration_cast<std::chrono::microseconds>(loop_.now().time_since_epoch());
    sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()).c_str());
}

void Notify::stopping() {
    sd_notify(0, "STOPPING=1");
}

void Notify::status(std::string_view text) {
    sd_notify(0, fmt::format("STATUS={}", text).c_str());
}

void Notify::feed() {
    sd_notify(0, "WATCHDOG=1");
    watchdog_.arm(period_);
}

}  // namespace tipring::tools
