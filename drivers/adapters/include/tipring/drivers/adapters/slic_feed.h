// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "tipring/drivers/analog/fxs_port.h"
#include "tipring/drivers/chips/si321x.h"

namespace tipring::adapters {

/// What a ProSLIC is commanded for a feed of its port.
[[nodiscard]] inline chips::Linefeed linefeedOf(analog::FxsFeed feed) {
    using chips::Linefeed;
    constexpr std::array<Linefeed, 6> kFeeds{
        Linefeed::Open,           // FxsFeed::Open
        Linefeed::Forward,        // Forward
        Linefeed::Reverse,        // Reverse
        Linefeed::ForwardOnHook,  // OnHook
        Linefeed::ReverseOnHook,  // OnHookReverse
        Linefeed::Ringing,        // Ringing
    };
    return kFeeds.at(static_cast<std::size_t>(feed));
}

}  // namespace tipring::adapters
