// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tipring::test {

/// Calls of the global operator new since the program started. A test program that adds
/// allocation_count.cpp to its sources has every allocation counted.
std::uint64_t allocationCount();

}  // namespace tipring::test
