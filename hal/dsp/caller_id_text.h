// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "tipring/hal/dsp/caller_id.h"

namespace tipring::dsp {

/// One character of a name as UTF-8, at most two bytes; nothing for control characters.
[[nodiscard]] ShortText<2> toUtf8(unsigned char byte, CallerIdCharacters characters);

/// Takes the first character off the UTF-8 text and gives it in that alphabet, `?` when it is not
/// in there.
[[nodiscard]] char takeCharacter(std::string_view& text, CallerIdCharacters characters);

}  // namespace tipring::dsp
