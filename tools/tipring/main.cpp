// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "command_line.h"
#include "console.h"

int main(int argc, char** argv) {
    using namespace tipring::tools;
    // `tipring monitor | head` must end the call in order, not die in the middle of a write.
    std::signal(SIGPIPE, SIG_IGN);
    const Invocation invocation = parseCommandLine(argc, argv);
    if (!invocation.run) {
        return static_cast<int>(invocation.code);
    }
    Console console({.json = invocation.common.json, .quiet = invocation.common.quiet});
    return static_cast<int>(invocation.run(console));
}
