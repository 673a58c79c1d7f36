// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::hal {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct Pipe {
    Pipe() {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        reader.reset(ends[0]);
        writer.reset(ends[1]);
    }
    void write(std::string_view text) const {
        EXPECT_EQ(::write(writer.get(), text.data(), text.size()), ssize_t(text.size()));
    }
    std::string read() const {
        std::array<char, 256> buffer;
        const auto count = ::read(reader.get(), buffer.data(), buffer.size());
        return {buffer.data(), count > 0 ? std::size_t(count) : 0};
    }

    FileDescriptor reader;
    FileDescriptor writer;
};

enum class LoopKind { Epoll, Virtual };

/// Runs each case on real and on virtual time.
class LoopFixture : public testing::TestWithParam<LoopKind> {
protected:
    LoopFixture() {
        if (GetParam() == LoopKind::Epoll) {
            auto created = EpollLoop::create();
            EXPECT_TRUE(created) << created.error().text();
            epoll = created->get();
            owner = std::move(*created);
        } else {
            auto created = std::make_unique<VirtualLoop>();
            virtualTime = created.get();
            owner = std::move(created);
        }
    }
    EventLoop& loop() { return *owner; }

    /// Runs until `done`; false after some seconds of waiting for it in vain.
    bool runUntil(const std::function<bool()>& done) {
        if (virtualTime != nullptr) {
            return virtualTime->advanceUntil(done, 5s);
        }
        const TimePoint end = epoll->now() + 5s;
        while (!done() && epoll->now() < end) {
            epoll->runOnce(100ms);
        }
        return done();
    }
    /// Arms timers at one time: again, where the machine was held up in between.
    void armTogether(const std::function<void()>& arm) {
        TimePoint begin;
        do {
            begin = loop().now();
            arm();
        } while (loop().now() - begin > 500us);
    }
    /// Runs whatever is ready now.
    void settle() {
        bool settled = false;
        loop().post([&] { settled = true; });
        EXPECT_TRUE(runUntil([&] { return settled; }));
    }

    std::unique_ptr<EventLoop> owner;
    EpollLoop* epoll = nullptr;
    VirtualLoop* virtualTime = nullptr;
};

inline std::string loopName(const testing::TestParamInfo<LoopKind>& info) {
    return info.param == LoopKind::Epoll ? "Epoll" : "Virtual";
}

}  // namespace tipring::hal
