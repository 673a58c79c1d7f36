// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "tipring/hal/base/event_loop.h"

namespace tipring::analog {

/// A yes or no that counts once it has stood for a time; each way has its own.
class Settled {
public:
    Settled(hal::EventLoop& loop, hal::Duration toTrue, hal::Duration toFalse,
            std::function<void(bool)> changed)
        : toTrue_(toTrue), toFalse_(toFalse), changed_(std::move(changed)), timer_(loop, [this] {
              value_ = !value_;
              changed_(value_);
          }) {}

    void see(bool now) {
        if (now == value_) {
            timer_.cancel();
        } else if (!timer_.armed()) {
            timer_.arm(now ? toTrue_ : toFalse_);
        }
    }
    /// Takes it as it is, without a word.
    void assume(bool now) {
        timer_.cancel();
        value_ = now;
    }
    [[nodiscard]] bool value() const { return value_; }

private:
    hal::Duration toTrue_, toFalse_;
    std::function<void(bool)> changed_;
    bool value_ = false;
    hal::Timer timer_;
};

}  // namespace tipring::analog
