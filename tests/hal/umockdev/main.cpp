// SPDX-License-Identifier: Apache-2.0
// The tests run under umockdev's preload library, which leads /sys, /dev and netlink to a test bed:
// the program starts itself again with it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    if (std::getenv("LD_PRELOAD") == nullptr) {
        ::setenv("LD_PRELOAD", "libumockdev-preload.so.0", 1);
        // A sanitizer's library comes second then, and is content.
        ::setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 0);
        ::execv("/proc/self/exe", argv);
        std::perror("cannot start again under umockdev");
        return 1;
    }
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
