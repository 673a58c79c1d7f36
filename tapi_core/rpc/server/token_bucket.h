// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "tipring/hal/base/event_loop.h"

namespace tipring::rpc {

/// A rate with a burst, on the time that it is given. A rate of 0 limits nothing.
class TokenBucket {
public:
    /// `rate`: a second. It begins full.
    TokenBucket(std::size_t rate, std::size_t burst)
        : rate_(static_cast<double>(rate)),
          burst_(static_cast<double>(std::max<std::size_t>(burst, 1))),
          tokens_(burst_) {}

    /// False: there is none left at that time. Time does not run backwards here.
    bool take(hal::TimePoint now) {
        if (rate_ == 0) {
            return true;
        }
        if (started_ && now > last_) {
            const std::chrono::duration<double> passed = now - last_;
            tokens_ = std::min(burst_, tokens_ + passed.count() * rate_);
        }
        last_ = started_ ? std::max(last_, now) : now;
        started_ = true;
        if (tokens_ < 1) {
            return false;
        }
        tokens_ -= 1;
        return true;
    }

private:
    double rate_, burst_, tokens_;
    hal::TimePoint last_{};
    bool started_ = false;
};

}  // namespace tipring::rpc
