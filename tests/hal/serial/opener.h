// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "tipring/hal/base/file_descriptor.h"

namespace tipring::hal::testing {

/// A process that has a device open and asks no lock, as a terminal program may.
class Opener {
public:
    explicit Opener(const std::string& path) {
        std::array<int, 2> up{};
        std::array<int, 2> down{};
        EXPECT_EQ(::pipe(up.data()) + ::pipe(down.data()), 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::close(down[1]);
            const int fd = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK);
            char byte = fd >= 0 ? 'y' : 'n';
            static_cast<void>(!::write(up[1], &byte, 1));
            static_cast<void>(!::read(down[0], &byte, 1));
            ::_exit(0);
        }
        ::close(up[1]);
        ::close(down[0]);
        char byte = 'n';
        EXPECT_EQ(::read(up[0], &byte, 1), 1);
        EXPECT_EQ(byte, 'y');
        ::close(up[0]);
        leash_.reset(down[1]);
    }
    ~Opener() {
        leash_.reset();
        ::waitpid(pid_, nullptr, 0);
    }
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_ = 0;
    FileDescriptor leash_;
};

}  // namespace tipring::hal::testing
