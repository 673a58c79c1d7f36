// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tipring::media {

/// What a file is that is not sound, for the words of an error: "a directory", "empty", "a PDF
/// document", "text", "data of an unknown kind".
[[nodiscard]] std::string describeFile(const std::string& path);

}  // namespace tipring::media
