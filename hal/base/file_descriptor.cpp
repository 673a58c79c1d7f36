// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/file_descriptor.h"

#include <unistd.h>

#include <cerrno>

namespace tipring::hal {

void FileDescriptor::reset(int fd) noexcept {
    if (fd == fd_) {
        return;
    }
    if (fd_ >= 0) {
        // Linux frees the number even where close() reports EINTR, so it is never tried again.
        // errno stays: descriptors often die on the way out of a failure that is being reported.
        const int kept = errno;
        ::close(fd_);
        errno = kept;
    }
    fd_ = fd;
}

}  // namespace tipring::hal
