// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "rule_book.h"

namespace tipring::core {

/// A file that is not there is an empty book. Warns in the log when others may read its cards.
[[nodiscard]] tapi::Result<RuleBook> readRuleFile(const std::string& file);
/// All NAME.toml of a folder in order of names, the later on top. No folder: an empty book.
[[nodiscard]] tapi::Result<RuleBook> readDropIns(const std::string& folder);
/// Replaces the file as a whole (temporary file, fsync, rename), mode 0600, and makes its folder.
/// After an error the former file stands.
[[nodiscard]] tapi::Result<void> writeRuleFile(const std::string& file, const RuleBook& book);

}  // namespace tipring::core
