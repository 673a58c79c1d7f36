// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/media.h"
#include "tipring/tapi_core/media/hangup_fusion.h"

namespace tipring::core {

/// Has the far end of a connected call hung up? Collects signs of the device and of the stream, and
/// decides in a turn of the loop of its own, so that a provider that is sure by itself comes first.
/// A silence is weighed by its length; it wakes the loop once, when it is long enough. Thread: the
/// loop's.
class HangUpJudge {
public:
    using Decided = std::function<void()>;

    HangUpJudge(hal::EventLoop& loop, const tapi::HangUpWatch& watch, Decided decided);

    /// `lasted` 0 is long enough.
    void vote(media::HangupSign sign, double confidence,
              std::chrono::milliseconds lasted = std::chrono::milliseconds{0});
    /// The line has been silent for so long, and still is.
    void silent(std::chrono::milliseconds lasted);
    /// It is silent no more.
    void notSilent();
    /// Nobody listens any more: a silence counts as far as it was heard.
    void deaf();
    /// Somebody speaks or keys.
    void alive();
    /// What was seen before is forgotten, but for a silence that goes on.
    void setWatch(const tapi::HangUpWatch& watch);

    /// All signs there are, the weightiest first.
    [[nodiscard]] std::vector<tapi::HangUpReason> reasons();

private:
    [[nodiscard]] std::chrono::milliseconds now() const;
    void countSilence();
    void look();

    hal::EventLoop& loop_;
    Decided decided_;
    tapi::HangUpWatch watch_;
    media::HangupFusion fusion_;
    std::optional<std::chrono::milliseconds> silentSince_;
    hal::Timer lookTimer_, silenceTimer_;
};

/// "busy tone (weight 7.0, 0.5 s before), silence (weight 2.1, for 20 s)"
[[nodiscard]] std::string reasonsText(const std::vector<tapi::HangUpReason>& reasons,
                                      std::chrono::milliseconds now);

}  // namespace tipring::core
