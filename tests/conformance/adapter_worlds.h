// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conformance/provider_under_test.h"

namespace tipring::conformance {

/// The providers of USB adapters, each with the model of its device on an in-process bus: an FXO
/// port on a line of the simulated exchange, or an FXS port with a telephone.
[[nodiscard]] std::vector<Factory> adapterFactories();

}  // namespace tipring::conformance
