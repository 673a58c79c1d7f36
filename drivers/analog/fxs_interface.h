// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tipring/tapi_core/tspi/interface.h"

namespace tipring::analog {

/// The interfaces in the order of kFxsInterfaces.
enum class FxsInterface : std::uint32_t {
    Call,  ///< org.tipring.FxsCall: what becomes of the number that a telephone dialled
    Line,  ///< org.tipring.FxsLine: message waiting, line power
};
enum class FxsCallMethod : std::uint32_t { Connect, Ringback, Refuse, CallWaiting };
enum class FxsCallEvent : std::uint32_t { Flash };
enum class FxsLineMethod : std::uint32_t { SetMessageWaiting, SetLinePower };

extern const std::span<const TspiInterface> kFxsInterfaces;

}  // namespace tipring::analog
