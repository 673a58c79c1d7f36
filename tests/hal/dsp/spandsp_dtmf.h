// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "hal/dsp/dtmf_sweep.h"

namespace tipring::test {

/// libspandsp's DTMF receiver with its own limits.
std::unique_ptr<DtmfSubject> spandspDtmf();
/// What libspandsp's DTMF generator makes of the keys.
Samples spandspDigits(const std::string& keys);

}  // namespace tipring::test
