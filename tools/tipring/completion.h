// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "command_line.h"

namespace tipring::tools {

/// The completion script of "bash", "zsh" or "fish" for these subcommands; empty for another shell.
[[nodiscard]] std::string completionScript(std::string_view shell,
                                           const std::vector<CommandShape>& commands);

}  // namespace tipring::tools
