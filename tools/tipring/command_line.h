// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "commands.h"

namespace tipring::tools {

/// One subcommand as completion needs to know it.
struct CommandShape {
    struct Option {
        std::string name;  ///< "--port"
        std::string description;
        bool takesValue = false;
        bool takesFile = false;
        std::vector<std::string> values;  ///< the only ones there are; may be empty
    };
    std::string name, description;
    std::vector<Option> options;
    bool operandIsFile = false;
    std::vector<std::string> operandValues;
};

/// What the command line asks for.
struct Invocation {
    CommonOptions common;
    std::function<ExitCode(Console&)> run;  ///< empty: all is said, leave with `code`
    ExitCode code = ExitCode::Ok;
};

/// Reads the command line. Help and version go to standard output, complaints to standard error.
[[nodiscard]] Invocation parseCommandLine(int argc, const char* const* argv);

}  // namespace tipring::tools
