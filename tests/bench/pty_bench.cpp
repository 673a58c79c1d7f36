// SPDX-License-Identifier: Apache-2.0
// Sound through a pseudo-terminal in real time: a modem on the loop receives from a line, a thread
// reads the blocks as a program would. How regular they come (20 ms each), and how often the loop
// wakes up per second while that goes on, and while nothing does.
//     pty_bench [SECONDS]
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/pty_outlet.h"

namespace {

using namespace tipring;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Switches of this process that it asked for: each is a wake-up later on.
long sleeps() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

double wakeUps(hal::EpollLoop& loop, std::chrono::seconds time) {
    const long before = sleeps();
    hal::Timer end(loop, [&] { loop.stop(); });
    end.arm(time);
    loop.run();
    return double(sleeps() - before) / double(time.count());
}

/// Times at which blocks came, as the program sees it.
std::vector<Clock::time_point> readBlocks(int fd, std::chrono::seconds time) {
    std::vector<Clock::time_point> times;
    std::array<char, 4096> bytes{};
    const auto end = Clock::now() + time;
    pollfd ready{fd, POLLIN, 0};
    while (Clock::now() < end) {
        if (::poll(&ready, 1, 100) > 0 && ::read(fd, bytes.data(), bytes.size()) >= 100) {
            times.push_back(Clock::now());
        }
    }
    return times;
}

void report(const std::vector<Clock::time_point>& times) {
    std::vector<double> off;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const std::chrono::duration<double, std::milli> gap = times[i] - times[i - 1];
        off.push_back(std::abs(gap.count() - 20));
    }
    if (off.empty()) {
        std::printf("no blocks came\n");
        return;
    }
    std::sort(off.begin(), off.end());
    std::printf("%zu blocks, off the 20 ms by: median %.3f ms, p99 %.3f ms, max %.3f ms\n",
                off.size() + 1, off[off.size() / 2], off[off.size() * 99 / 100], off.back());
}

int run(std::chrono::seconds time) {
    auto loop = std::move(*hal::EpollLoop::create());
    sim::Exchange exchange{*loop};
    sim::Line& line = exchange.addLine("5550100");
    sim::AtModem modem{*loop, line, *sim::findPersonality("v253")};
    auto outlet = sim::PtyOutlet::create(*loop, modem, "");
    if (!outlet) {
        std::fprintf(stderr, "%s\n", outlet.error().text().c_str());
        return 1;
    }
    std::printf("idle: %.1f wake-ups per second\n", wakeUps(*loop, 2s));
    const hal::FileDescriptor port{::open((*outlet)->path().c_str(), O_RDWR | O_NOCTTY)};
    for (const std::string_view start : {"ATE0+FCLASS=8;+VLS=1\r", "AT+VRX\r"}) {
        if (::write(port.get(), start.data(), start.size()) != ssize_t(start.size())) {
            return 1;
        }
    }
    std::vector<Clock::time_point> times;
    std::thread program([&] { times = readBlocks(port.get(), time); });
    std::printf("sound one way: %.1f wake-ups per second\n", wakeUps(*loop, time));
    program.join();
    report(times);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    static_cast<void>(hal::configureLog("warning"));
    return run(std::chrono::seconds{argc > 1 ? std::clamp(std::atoi(argv[1]), 1, 600) : 10});
}
