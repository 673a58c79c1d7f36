// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tipring/hal/base/result.h"
#include "tipring/hal/dsp/caller_id.h"

namespace tipring::tools {

/// `number=5551234,name="J DOE",date=11-25,time=09:30`: fields of a caller ID, of call set-up, one
/// message in many (MDMF). A text with commas or spaces may stand in double quotes. INVALPARAM: a
/// field that there is not, or a value that it cannot have.
[[nodiscard]] hal::Result<dsp::CallerId> parseCallerIdFields(std::string_view text);

/// The names of all fields, for the help.
[[nodiscard]] std::string callerIdFieldNames();

}  // namespace tipring::tools
