// SPDX-License-Identifier: Apache-2.0
// What a provider's own process costs. The floor is a bare hop: a packet of the same size to a
// child that answers at once, over the same kind of socket, in the same run. Beside it a request
// that the provider refuses (there and back), and a ring (the request, then the event up to the
// application's sink); each in process too, to see what the telephony itself takes.
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <vector>

#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/log.h"
#include "tipring/tapi_core/isolation/isolated_provider.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRounds = 20000;
constexpr int kWarmUp = 500;

/// Half of the bare hop's measure, and what the others are held against.
struct Figures {
    double median, p99;
};

Figures measure(const std::function<Clock::duration()>& once) {
    std::vector<double> took;
    for (int round = 0; round < kRounds + kWarmUp; ++round) {
        const auto span = std::chrono::duration<double, std::micro>(once()).count();
        if (round >= kWarmUp) {
            took.push_back(span);
        }
    }
    std::sort(took.begin(), took.end());
    return {took[took.size() / 2], took[took.size() * 99 / 100]};
}

/// A child that sends back what it gets.
class Echo {
public:
    Echo() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
            std::abort();
        }
        near_ = ends[0];
        child_ = ::fork();
        if (child_ == 0) {
            ::close(ends[0]);
            run(ends[1]);
        }
        ::close(ends[1]);
    }
    ~Echo() {
        ::close(near_);
        ::waitpid(child_, nullptr, 0);
    }
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;

    Clock::duration hop() const {
        std::array<char, 64> packet{};
        const auto begun = Clock::now();
        static_cast<void>(::send(near_, packet.data(), packet.size(), MSG_NOSIGNAL));
        pollfd entry{near_, POLLIN, 0};
        ::poll(&entry, 1, -1);
        static_cast<void>(::recv(near_, packet.data(), packet.size(), 0));
        return Clock::now() - begun;
    }

private:
    [[noreturn]] static void run(int socket) {
        std::array<char, 64> packet{};
        for (;;) {
            pollfd entry{socket, POLLIN, 0};
            ::poll(&entry, 1, -1);
            const ssize_t size = ::recv(socket, packet.data(), packet.size(), 0);
            if (size <= 0) {
                ::_exit(0);
            }
            static_cast<void>(
                ::send(socket, packet.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL));
        }
    }
    int near_ = -1;
    pid_t child_ = -1;
};

/// The sample provider, an application, and one event that is waited for.
class Telephone final : public tapi::EventSink {
public:
    explicit Telephone(bool isolated) : loop_(*hal::EpollLoop::create()) {
        if (isolated) {
            isolation::Options options;
            options.program = TIPRING_HOST_PROGRAM;
            isolated_ = *isolation::loadProvider(TIPRING_SAMPLE_PROVIDER, options);
        }
        manager_ = std::make_unique<core::LineManager>(*loop_);
        const auto added = isolated ? manager_->addProvider(isolated_->table(), {})
                                    : manager_->loadProvider(TIPRING_SAMPLE_PROVIDER, {});
        if (!added) {
            fmt::print("{}\n", added.error().text());
            std::exit(1);
        }
        tapi_ = manager_->createApplication("bench");
        tapi_->setEventSink(this);
        tapi_->setEventFilter(tapi::kAllEvents);
        line_ = tapi_->addresses().at(0);
        static_cast<void>(tapi_->registerCallNotifications(line_, {}));
    }
    void onEvent(const tapi::Event& event) override {
        const auto* state = std::get_if<tapi::CallStateEvent>(&event);
        if (state != nullptr && state->lineState == awaited_) {
            heard_ = Clock::now();
            loop_->stop();
        }
    }
    Clock::duration refused() {
        const auto begun = Clock::now();
        static_cast<void>(line_->devSpecific("x", {}));
        return Clock::now() - begun;
    }
    Clock::duration ring() {
        const auto took = moved("ring", tapi::LineCallState::Offering);
        moved("hangup", tapi::LineCallState::Idle);
        return took;
    }

private:
    Clock::duration moved(const char* how, tapi::LineCallState to) {
        awaited_ = to;
        const auto begun = Clock::now();
        static_cast<void>(line_->devSpecific(how, {}));
        loop_->run();
        return heard_ - begun;
    }
    std::unique_ptr<hal::EpollLoop> loop_;
    std::unique_ptr<isolation::IsolatedProvider> isolated_;
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<tapi::Tapi> tapi_;
    std::shared_ptr<tapi::Address> line_;
    tapi::LineCallState awaited_{};
    Clock::time_point heard_{};
};

void tell(const char* what, const Figures& figures, double floor) {
    fmt::print("{:<34}{:>9.1f} us{:>9.1f} us{:>8.2f}\n", what, figures.median, figures.p99,
               figures.median / floor);
}

int run() {
    hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
    const Echo echo;
    fmt::print("{:<34}{:>12}{:>12}{:>8}\n", "", "median", "99 %", "floor");
    const Figures bare = measure([&] { return echo.hop(); });
    tell("bare hop, there and back", bare, bare.median);
    for (const bool isolated : {false, true}) {
        Telephone telephone(isolated);
        tell(isolated ? "request, isolated" : "request, in process",
             measure([&] { return telephone.refused(); }), bare.median);
        tell(isolated ? "ring to the application, isolated" : "ring to the application, in process",
             measure([&] { return telephone.ring(); }), bare.median);
    }
    return 0;
}

}  // namespace
}  // namespace tipring

int main() {
    return tipring::run();
}
