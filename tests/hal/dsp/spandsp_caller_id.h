// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "hal/dsp/caller_id_signals.h"

namespace tipring::test {

/// A kind of caller ID that spandsp knows.
enum class SpandspStandard { Class, Clip, Aclip, Jclip, DtmfHash };

/// spandsp's adsi_rx.
std::unique_ptr<FskSubject> spandspFsk(SpandspStandard standard);
/// What spandsp's adsi_tx sends of that message (without a sum), with 100 ms of silence round it.
Samples spandspSends(SpandspStandard standard, const Message& message);

}  // namespace tipring::test
