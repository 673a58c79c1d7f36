// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "tipring/hal/sim/line.h"

namespace tipring::sim {

/// A service that a subscriber switches with digits.
enum class Feature : std::uint8_t {
    ForwardAlways,
    ForwardBusy,
    ForwardNoAnswer,
    CallWaiting,
    BarWaiting,  ///< for the next call only
};

struct FeatureCode {
    enum class Match : std::uint8_t { None, Partial, Whole };
    Match match = Match::None;
    Feature feature = Feature::ForwardAlways;
    bool on = false;
    std::string_view number{};  ///< points into the digits
};

/// Reads the digits so far. North America: *72 and the number, *73, ... (a # ends the number);
/// elsewhere, as ETSI ETS 300 738 has them, *21*number#, #21#, ... `complete`: nothing follows.
[[nodiscard]] FeatureCode readFeatureCode(std::string_view digits, bool northAmerican,
                                          bool complete);

}  // namespace tipring::sim
