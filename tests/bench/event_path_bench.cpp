// SPDX-License-Identifier: Apache-2.0
// How much the port and the loop add to an event. "RING" goes into a pseudo-terminal and its way
// to user space is timed twice in turn: to the return of read(2) after a bare epoll_wait(2), which
// is the floor, and to the observer's callback. One thread on one CPU, one event in flight.
// portPath ends at the observer of a port; applicationPath at the event sink of an application,
// with the AT driver and the manager between. Each once for the whole way, most of which is the
// kernel's hand-over by a worker of its own, and once from the moment when the descriptor is ready:
// what is left then is ours, and a harder measure.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/serial/serial_port.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::hal {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view kRing = "\r\nRING\r\n";
constexpr int kEvents = 20000;
constexpr int kWarmUp = 500;

enum class Span { Whole, Ready };

double microseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::micro>(duration).count();
}

struct Master {
    Master() : fd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        std::array<char, 64> name{};
        ::grantpt(fd.get());
        ::unlockpt(fd.get());
        ::ptsname_r(fd.get(), name.data(), name.size());
        slave = name.data();
        probe.reset(::open(slave.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    }
    /// Sends one event and says from when its way is timed.
    Clock::time_point ring(Span span) const {
        const auto sent = Clock::now();
        if (::write(fd.get(), kRing.data(), kRing.size()) != ssize_t(kRing.size())) {
            std::abort();
        }
        if (span == Span::Whole) {
            return sent;
        }
        pollfd ready{probe.get(), POLLIN, 0};
        ::poll(&ready, 1, -1);
        return Clock::now();
    }
    FileDescriptor fd, probe;
    std::string slave;
};

/// The least that a program can do.
class Floor {
public:
    Floor() : slave_(::open(master_.slave.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK)) {
        termios term{};
        ::tcgetattr(slave_.get(), &term);
        ::cfmakeraw(&term);
        ::tcsetattr(slave_.get(), TCSANOW, &term);
        epoll_event event{};
        event.events = EPOLLIN;
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, slave_.get(), &event);
    }
    double once(Span span) {
        const auto start = master_.ring(span);
        for (std::size_t got = 0; got < kRing.size();) {
            epoll_event event{};
            ::epoll_wait(epoll_.get(), &event, 1, -1);
            const ssize_t n = ::read(slave_.get(), buffer_.data(), buffer_.size());
            if (n <= 0) {
                std::abort();
            }
            got += std::size_t(n);
        }
        return microseconds(Clock::now() - start);
    }

private:
    Master master_;
    FileDescriptor slave_;
    FileDescriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
    std::array<char, 4096> buffer_{};
};

/// The same through EpollLoop and openSerialPort().
class Path final : SerialPortObserver {
public:
    static std::unique_ptr<Path> create() {
        auto path = std::make_unique<Path>();
        auto loop = EpollLoop::create();
        if (!loop) {
            return nullptr;
        }
        path->loop_ = std::move(*loop);
        auto port = openSerialPort(*path->loop_, path->master_.slave);
        if (!port) {
            return nullptr;
        }
        path->port_ = std::move(*port);
        path->port_->setObserver(path.get());
        return path;
    }
    double once(Span span) {
        got_ = 0;
        const auto start = master_.ring(span);
        loop_->run();
        return microseconds(arrived_ - start);
    }

private:
    void onReceived(std::span<const std::byte> bytes) override {
        got_ += bytes.size();
        if (got_ >= kRing.size()) {
            arrived_ = Clock::now();
            loop_->stop();
        }
    }
    void onGone(const Error& /*why*/) override { std::abort(); }

    Master master_;
    std::unique_ptr<EpollLoop> loop_;
    std::unique_ptr<SerialPort> port_;
    std::size_t got_ = 0;
    Clock::time_point arrived_;
};

/// The same through driver and manager, to an application that watches the line ring.
class Application final : tapi::EventSink {
public:
    static std::unique_ptr<Application> create() {
        setLogSink([](LogLevel, std::string_view, std::string_view) {});
        auto application = std::make_unique<Application>();
        return application->start() ? std::move(application) : nullptr;
    }
    double once(Span span) {
        const auto start = master_.ring(span);
        loop_->run();
        return microseconds(arrived_ - start);
    }

private:
    bool start() {
        auto loop = EpollLoop::create();
        if (!loop) {
            return false;
        }
        loop_ = std::move(*loop);
        ::fcntl(master_.fd.get(), F_SETFL, O_NONBLOCK);
        manager_ = std::make_unique<core::LineManager>(*loop_);
        if (!manager_->addProvider(*tipring_at_modem_provider(),
                                   {{"ports", "pty:" + master_.slave}, {"heartbeat", "0"}})) {
            return false;
        }
        tapi_ = manager_->createApplication("bench");
        tapi_->setEventSink(this);
        tapi_->setEventFilter(tapi::EventClass::Address);
        const auto address = tapi_->addresses().front();
        if (!tapi_->registerCallNotifications(address, {})) {
            return false;
        }
        const auto limit = loop_->now() + std::chrono::seconds(20);
        while (address->state() != tapi::AddressState::InService && loop_->now() < limit) {
            answerCommand();
            loop_->runOnce(std::chrono::milliseconds(5));
        }
        return address->state() == tapi::AddressState::InService;
    }
    /// A modem that says OK to everything.
    void answerCommand() {
        std::array<char, 256> bytes{};
        const ssize_t got = ::read(master_.fd.get(), bytes.data(), bytes.size());
        if (got > 0 && bytes[std::size_t(got) - 1] == '\r') {
            constexpr std::string_view kOk = "\r\nOK\r\n";
            [[maybe_unused]] const auto sent = ::write(master_.fd.get(), kOk.data(), kOk.size());
        }
    }
    void onEvent(const tapi::Event& event) override {
        const auto* change = std::get_if<tapi::AddressEvent>(&event);
        if (change != nullptr && change->kind == tapi::AddressEvent::Kind::Ringing) {
            arrived_ = Clock::now();
            loop_->stop();
        }
    }

    Master master_;
    std::unique_ptr<EpollLoop> loop_;
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<tapi::Tapi> tapi_;
    Clock::time_point arrived_;

public:
    ~Application() override {
        tapi_.reset();
        manager_.reset();
    }
};

double percentile(std::vector<double> samples, double part) {
    const auto at = std::ptrdiff_t(part * double(samples.size() - 1));
    std::nth_element(samples.begin(), samples.begin() + at, samples.end());
    return samples[std::size_t(at)];
}

bool pinToThisCpu() {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(::sched_getcpu(), &set);
    return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

template <class Ours>
void measure(benchmark::State& state, Span span) {
    const auto path = Ours::create();
    if (!path || !pinToThisCpu()) {
        state.SkipWithError("no pseudo-terminal, or no way to stay on one CPU");
        return;
    }
    Floor bare;
    std::vector<double> floor;
    std::vector<double> port;
    floor.reserve(kEvents);
    port.reserve(kEvents);
    for (int i = 0; i < kWarmUp; ++i) {
        bare.once(span);
        path->once(span);
    }
    for (auto _ : state) {
        // Who goes first changes, so that neither always finds what the other left in the caches.
        const bool bareFirst = port.size() % 2 == 0;
        if (bareFirst) {
            floor.push_back(bare.once(span));
        }
        port.push_back(path->once(span));
        if (!bareFirst) {
            floor.push_back(bare.once(span));
        }
        state.SetIterationTime(port.back() * 1e-6);
    }
    for (const auto& [name, part] : {std::pair{"p50", 0.50}, std::pair{"p99", 0.99}}) {
        const double least = percentile(floor, part);
        const double ours = percentile(port, part);
        state.counters[std::string("floor_us_") + name] = least;
        state.counters[std::string("ours_us_") + name] = ours;
        state.counters[std::string("ratio_") + name] = ours / least;
    }
}

void portPath(benchmark::State& state) {
    measure<Path>(state, Span::Whole);
}
void portPathWhenReady(benchmark::State& state) {
    measure<Path>(state, Span::Ready);
}
void applicationPath(benchmark::State& state) {
    measure<Application>(state, Span::Whole);
}
void applicationPathWhenReady(benchmark::State& state) {
    measure<Application>(state, Span::Ready);
}

void configure(benchmark::internal::Benchmark* bench) {
    bench->UseManualTime()->Iterations(kEvents)->Unit(benchmark::kMicrosecond);
}
BENCHMARK(portPath)->Apply(configure);
BENCHMARK(portPathWhenReady)->Apply(configure);
BENCHMARK(applicationPath)->Apply(configure);
BENCHMARK(applicationPathWhenReady)->Apply(configure);

}  // namespace
}  // namespace tipring::hal

BENCHMARK_MAIN();
