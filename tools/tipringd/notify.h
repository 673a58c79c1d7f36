// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"

namespace tipring::tools {

/// What a service tells its service manager. Without one (no NOTIFY_SOCKET) it does nothing.
/// Thread: the loop's.
class Notify {
public:
    explicit Notify(hal::EventLoop& loop);

    /// READY=1, with a word for `systemctl status`. From then on the watchdog is fed, at half its
    /// time, for as long as the loop turns.
    void ready(std::string_view status);
    void reloading();
    void stopping();
    void status(std::string_view text);

private:
    void feed();

    hal::EventLoop& loop_;
    hal::Timer watchdog_;
    hal::Duration period_{};
};

}  // namespace tipring::tools
