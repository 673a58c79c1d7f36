// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "tipring/hal/base/result.h"

namespace tipring::core {

/// Writes a small file of the state directory beside its old self and renames it, so that a crash
/// leaves the old or the new one. Makes the directory where there is none.
[[nodiscard]] hal::Result<void> replaceFile(const std::string& directory, const std::string& path,
                                            const std::string& text);

/// The whole file, or nothing where there is none. INVALPARAM: it has over a mebibyte.
[[nodiscard]] hal::Result<std::optional<std::string>> readSmallFile(const std::string& path);

/// Renames what cannot be understood to PATH.broken, out of the way and kept for people.
void setAside(const std::string& path);

}  // namespace tipring::core
