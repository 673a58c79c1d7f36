// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tools/process.h"

namespace tipring::test {

/// A bus daemon of the test's own (Debian's dbus-daemon): nothing of the machine's buses is used.
class TestBus {
public:
    TestBus();
    ~TestBus();
    TestBus(const TestBus&) = delete;
    TestBus& operator=(const TestBus&) = delete;

    [[nodiscard]] const std::string& address() const { return address_; }
    [[nodiscard]] const std::string& folder() const { return folder_; }

private:
    std::string folder_;
    std::string address_;
    std::unique_ptr<tools::Process> daemon_;
};

}  // namespace tipring::test
