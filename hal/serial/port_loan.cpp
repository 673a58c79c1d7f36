// SPDX-License-Identifier: Apache-2.0
#include "port_loan.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>

namespace tipring::hal {

Result<PortLoan> PortLoan::begin(int fd, const std::string& name) {
    PortLoan loan;
    loan.flags_ = ::fcntl(fd, F_GETFL);
    if (loan.flags_ < 0 || ::tcgetattr(fd, &loan.settings_) != 0) {
        return failSystem(name + ": cannot read the settings", errno);
    }
    if (int lines = 0; ::ioctl(fd, TIOCMGET, &lines) == 0) {
        loan.lines_ = lines;
    }
    if (::fcntl(fd, F_SETFL, loan.flags_ & ~O_NONBLOCK) != 0) {
        return failSystem(name + ": cannot be lent", errno);
    }
    return loan;
}

Result<FileDescriptor> PortLoan::duplicate(int fd, const std::string& name) {
    FileDescriptor copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!copy) {
        return failSystem(name + ": cannot be lent", errno);
    }
    return copy;
}

Result<void> PortLoan::restore(int fd, const std::string& name) const {
    ::tcflush(fd, TCIOFLUSH);
    if (::fcntl(fd, F_SETFL, flags_) != 0 || ::tcsetattr(fd, TCSANOW, &settings_) != 0) {
        return failSystem(name + ": cannot put the settings back", errno);
    }
    if (lines_) {
        const int all = TIOCM_DTR | TIOCM_RTS;
        const int on = *lines_ & all;
        const int off = all & ~on;
        ::ioctl(fd, TIOCMBIS, &on);
        ::ioctl(fd, TIOCMBIC, &off);
    }
    return {};
}

}  // namespace tipring::hal
