// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/serial/serial_port.h"

namespace tipring::hal::testing {

inline std::span<const std::byte> bytesOf(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

/// The master side of a pseudo-terminal; the port under test opens slave().
class PtyMaster {
public:
    PtyMaster() : fd_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {
        std::array<char, 64> name{};
        ::grantpt(fd_.get());
        ::unlockpt(fd_.get());
        ::ptsname_r(fd_.get(), name.data(), name.size());
        slave_ = name.data();
    }
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const std::string& slave() const { return slave_; }
    void close() { fd_.reset(); }
    void send(std::string_view text) const {
        EXPECT_EQ(::write(fd_.get(), text.data(), text.size()), ssize_t(text.size()));
    }
    /// What has arrived by now.
    [[nodiscard]] std::string take() const {
        std::string all;
        std::array<char, 4096> piece{};
        for (ssize_t n = 0; (n = ::read(fd_.get(), piece.data(), piece.size())) > 0;) {
            all.append(piece.data(), std::size_t(n));
        }
        return all;
    }

private:
    FileDescriptor fd_;
    std::string slave_;
};

/// Keeps everything that a port reports, and does on request what an owner might do.
struct Recorder : SerialPortObserver {
    void onReceived(std::span<const std::byte> bytes) override {
        received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        largest = std::max(largest, bytes.size());
        call(inReceived);
    }
    void onWritable() override {
        ++writable;
        call(inWritable);
    }
    void onModemLines(ModemLines now) override {
        lines.push_back(now);
        call(inLines);
    }
    void onGone(const Error& why) override {
        gone.push_back(why);
        call(inGone);
    }
    static void call(const std::function<void()>& action) {
        if (action) {
            action();
        }
    }

    std::string received;
    std::size_t largest = 0;
    int writable = 0;
    std::vector<ModemLines> lines;
    std::vector<Error> gone;
    std::function<void()> inReceived, inWritable, inLines, inGone;
};

class PortFixture : public ::testing::Test {
protected:
    PortFixture() : loop(std::move(*EpollLoop::create())) {}

    std::unique_ptr<SerialPort> open(const std::string& name, const LineSettings& settings = {}) {
        auto port = openSerialPort(*loop, name, settings);
        EXPECT_TRUE(port) << port.error().text();
        if (!port) {
            return nullptr;
        }
        (*port)->setObserver(&seen);
        return std::move(*port);
    }
    Error openFailure(const std::string& name) {
        auto port = openSerialPort(*loop, name);
        EXPECT_FALSE(port) << name << " opened";
        return port ? Error{} : port.error();
    }
    /// Runs the loop until `done`; gives up after 2,000 waits of a few milliseconds.
    bool runUntil(const std::function<bool()>& done) {
        for (int i = 0; i < 2000 && !done(); ++i) {
            loop->runOnce(std::chrono::milliseconds(5));
        }
        return done();
    }
    /// Gives whatever is under way the time to show itself.
    void settle() {
        for (int i = 0; i < 5; ++i) {
            loop->runOnce(std::chrono::milliseconds(2));
        }
    }

    std::unique_ptr<EpollLoop> loop;
    Recorder seen;
};

}  // namespace tipring::hal::testing
