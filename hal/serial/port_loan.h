// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

#include <optional>
#include <string>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// What must be as before when a program that had a port gives it back: termios, DTR and RTS, and
/// whether the descriptor blocks (which all its duplicates share).
class PortLoan {
public:
    /// Notes the settings and makes the descriptor a blocking one, as programs expect.
    static Result<PortLoan> begin(int fd, const std::string& name);
    static Result<FileDescriptor> duplicate(int fd, const std::string& name);
    /// Throws away what waits on the way in and out first: it belonged to the program's dialogue.
    [[nodiscard]] Result<void> restore(int fd, const std::string& name) const;

private:
    termios settings_{};
    int flags_ = 0;
    std::optional<int> lines_;  // none: the port has no modem lines
};

}  // namespace tipring::hal
