// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/file_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <utility>

namespace tipring::hal {
namespace {

int openNull() {
    return ::open("/dev/null", O_RDWR | O_CLOEXEC);
}
bool isOpen(int fd) {
    return ::fcntl(fd, F_GETFD) >= 0;
}

TEST(FileDescriptor, IsNoneUnlessGivenOne) {
    const FileDescriptor none;
    EXPECT_FALSE(none);
    EXPECT_EQ(none.get(), -1);
}

TEST(FileDescriptor, ClosesWhenItDies) {
    const int fd = openNull();
    {
        const FileDescriptor owner(fd);
        EXPECT_TRUE(isOpen(owner.get()));
    }
    EXPECT_FALSE(isOpen(fd));
}

TEST(FileDescriptor, MovingLeavesNoneBehind) {
    FileDescriptor first(openNull());
    const int fd = first.get();
    FileDescriptor second(std::move(first));
    EXPECT_EQ(second.get(), fd);
    EXPECT_TRUE(isOpen(fd));
    FileDescriptor third(openNull());
    const int replaced = third.get();
    third = std::move(second);
    EXPECT_EQ(third.get(), fd);
    EXPECT_FALSE(isOpen(replaced));
}

TEST(FileDescriptor, ReleaseGivesItAwayOpen) {
    FileDescriptor owner(openNull());
    const FileDescriptor other(owner.release());
    EXPECT_FALSE(owner);
    EXPECT_TRUE(isOpen(other.get()));
}

TEST(FileDescriptor, ResetToItsOwnNumberKeepsItOpen) {
    FileDescriptor owner(openNull());
    owner.reset(owner.get());
    EXPECT_TRUE(isOpen(owner.get()));
}

TEST(FileDescriptor, ClosingKeepsErrno) {
    FileDescriptor bad(100000);
    errno = EBUSY;
    bad.reset();
    EXPECT_EQ(errno, EBUSY);
}

}  // namespace
}  // namespace tipring::hal
