// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tipring::dsp {

/// The text of data/tones.csv.
[[nodiscard]] std::string_view builtinTonesText() noexcept;

}  // namespace tipring::dsp
