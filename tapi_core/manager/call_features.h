// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call_states.h"
#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/api/types.h"

namespace tipring::core {

struct LineRecord;
class CallView;

/// Whether an operation would be tried now. The one place that answers it, for the operation itself
/// and for CallStatus::features, so that the two never contradict. In this order:
/// INVALCALLHANDLE for a call that was given back, NOTOWNER, INVALCALLSTATE, OPERATIONUNAVAIL where
/// the line can never do it, INVALCALLSTATE where the provider says that it cannot be done now.
[[nodiscard]] hal::Result<void> checkOperation(const CallView& view, Operation operation);

/// LINECALLFEATURE_* of all that would be tried now.
[[nodiscard]] tapi::CallFeatures featuresOf(const CallView& view);

/// OPERATIONUNAVAIL where the line can never do it, in any state.
[[nodiscard]] hal::Result<void> checkAbility(const LineRecord& line, Operation operation);
/// The same without what the core does in the provider's place by its own mixer.
[[nodiscard]] hal::Result<void> checkProvider(const LineRecord& line, Operation operation);
[[nodiscard]] bool providerCan(const LineRecord& line, Operation operation);
/// LINECALLFEATURE_* that can ever be possible on the line.
[[nodiscard]] std::uint32_t possibleFeatures(const LineRecord& line);

}  // namespace tipring::core
