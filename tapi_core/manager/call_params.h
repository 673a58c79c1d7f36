// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "line_record.h"
#include "tipring/tapi_core/api/types.h"

namespace tipring::core {

/// INVALMEDIAMODE: no mode, one that does not exist, several without Unknown (nobody knows yet
/// which of them it is), or one that the line lacks. Unknown may always stand.
[[nodiscard]] hal::Result<void> checkMediaModes(const LineRecord& line, tapi::MediaModes modes);

/// INVALBEARERMODE: no such one. BEARERMODEUNAVAIL: the line lacks it.
[[nodiscard]] hal::Result<void> checkBearer(const LineRecord& line, tapi::BearerMode bearer);

/// INVALRATE: the least is above the most. RATEUNAVAIL: the line is never as fast as the least.
[[nodiscard]] hal::Result<void> checkRates(const LineRecord& line, std::uint32_t minRate,
                                           std::uint32_t maxRate);

/// Each value as the nearest one that the line can do; 0 stays 0, the line's default.
/// INVALDIALPARAMS: a time below zero.
[[nodiscard]] hal::Result<tapi::DialParams> clampDialParams(const LineRecord& line,
                                                            const tapi::DialParams& wanted);

/// All of these, and INVALCALLPARAMS: a flag that does not exist or that the address lacks, a time
/// for no answer below zero or above the device's longest, or a text of over 1024 bytes.
/// Returns the parameters with what was to be clamped.
[[nodiscard]] hal::Result<tapi::CallParams> checkCallParams(const LineRecord& line,
                                                            const tapi::CallParams& wanted);

[[nodiscard]] TspiDialParams toProvider(const tapi::DialParams& params);
[[nodiscard]] TspiCallParams toProvider(const tapi::CallParams& params, std::uint32_t mediaModes);

}  // namespace tipring::core
