// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/media.h"

#include <array>

namespace tipring::tapi {

std::string_view name(HangUpSign sign) noexcept {
    constexpr std::array<std::string_view, 10> kNames{
        "polarity reversal",
        "the loop current broke",
        "busy tone",
        "congestion tone",
        "dial tone",
        "number-unobtainable or warning tone",
        "the modem heard a tone of the network",
        "the modem saw the line drop",
        "silence",
        "the modem lost its carrier",
    };
    const auto index = static_cast<std::size_t>(sign);
    return index < kNames.size() ? kNames[index] : std::string_view{};
}

}  // namespace tipring::tapi
