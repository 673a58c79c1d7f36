// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tipring/drivers/analog/fxo_line.h"

namespace tipring::analog {

/// What the configuration says, for all ports of a provider.
struct AnalogOptions {
    const LineProfile* profile = nullptr;
    FxoSettings fxo;
    FlashKind flash = FlashKind::None;  ///< of the exchange
    std::string dialPlan;
};

/// The keys of a dial string without what people write between them.
struct DialText {
    std::string keys;
    bool incomplete = false;  ///< ended with `;`
};
inline constexpr std::size_t kMostKeys = 128;
/// InvalAddress, or DialX of a modifier that no analog line has here.
[[nodiscard]] hal::Result<DialText> readDialText(std::string_view address);

}  // namespace tipring::analog
