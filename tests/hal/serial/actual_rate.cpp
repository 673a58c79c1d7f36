// SPDX-License-Identifier: Apache-2.0
// Alone in a file: the kernel's termios2 does not go together with <termios.h>.
#include <asm/termbits.h>
#include <sys/ioctl.h>

namespace tipring::hal::testing {

unsigned actualRate(int fd);

unsigned actualRate(int fd) {
    termios2 term{};
    return ::ioctl(fd, TCGETS2, &term) == 0 ? term.c_ospeed : 0;
}

}  // namespace tipring::hal::testing
