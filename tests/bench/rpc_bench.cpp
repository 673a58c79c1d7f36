// SPDX-License-Identifier: Apache-2.0
// The way of an event from a provider to an application over the bus, beside a bare signal through
// the same bus daemon, and over a connection of its own beside a hop through a Unix socket; and
// requests a second. One event is in flight at a time. Goal: 1.3 times its floor (median, p99).
//     rpc_bench [EVENTS]
#include <fmt/format.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <vector>

#include "tapi_core/rpc/service_thread.h"
#include "tapi_core/rpc/test_bus.h"
#include "tipring/hal/base/log.h"
#include "tipring/tapi_core/rpc/client.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace {

using namespace tipring;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Micros = std::chrono::duration<double, std::micro>;

struct Figures {
    double median, p99;
};

Figures figuresOf(std::vector<double> all) {
    std::sort(all.begin(), all.end());
    return {all[all.size() / 2], all[all.size() * 99 / 100]};
}

void show(const char* name, const Figures& is, const Figures& floor) {
    fmt::print("{:<44} p50 {:7.1f} us ({:4.2f} x)   p99 {:7.1f} us ({:4.2f} x)\n", name, is.median,
               is.median / floor.median, is.p99, is.p99 / floor.p99);
}

/// From LINE_LINEDEVSTATE in the provider to onEvent() in the application.
Figures eventPath(const rpc::BusAddress& where, test::ServiceThread& service, int events) {
    struct Sink final : tapi::EventSink {
        void onEvent(const tapi::Event&) override {
            took.push_back(Micros(Clock::now() - sent).count());
            there = true;
        }
        Clock::time_point sent;
        std::vector<double> took;
        bool there = false;
    } sink;
    auto loop = hal::EpollLoop::create().value();
    auto tapi = rpc::connect(*loop, {where, "bench"}).value();
    tapi->setEventSink(&sink);
    tapi->setEventFilter(tapi::EventClass::Address);
    (void)tapi->registerCallNotifications(tapi->addresses().at(0), {});
    for (int i = 0; i < events; ++i) {
        sink.there = false;
        service.run([&](test::ServiceThread::Parts& parts) {
            sink.sent = Clock::now();
            parts.fake.event(parts.fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, 1,
                             0);
        });
        while (!sink.there) {
            loop->runOnce(-1ms);
        }
    }
    sink.took.erase(sink.took.begin());
    return figuresOf(std::move(sink.took));
}

/// sd-bus alone: a signal to one receiver, from a loop of its own.
Figures bareSignal(const std::string& address, int events) {
    const auto open = [&] {
        sd_bus* bus = nullptr;
        sd_bus_new(&bus);
        sd_bus_set_address(bus, address.c_str());
        sd_bus_set_bus_client(bus, 1);
        sd_bus_start(bus);
        return bus;
    };
    sd_bus* receiver = open();
    const char* name = nullptr;
    sd_bus_get_unique_name(receiver, &name);
    auto senderLoop = hal::EpollLoop::create().value();
    std::thread thread([&] { senderLoop->run(); });
    sd_bus* sender = open();
    Clock::time_point sent;
    std::vector<double> took;
    for (int i = 0; i < events; ++i) {
        senderLoop->post([&] {
            sent = Clock::now();
            sd_bus_message* message = nullptr;
            sd_bus_message_new_signal(sender, &message, "/bench", "org.tipring.Bench", "Event");
            sd_bus_message_set_destination(message, name);
            sd_bus_message_append(message, "uuus", 2U, 1U, 0U, "");
            sd_bus_send(sender, message, nullptr);
            sd_bus_message_unref(message);
            sd_bus_flush(sender);
        });
        for (bool there = false; !there;) {
            sd_bus_message* message = nullptr;
            if (sd_bus_process(receiver, &message) == 0) {
                sd_bus_wait(receiver, UINT64_MAX);
            }
            there = message != nullptr &&
                    sd_bus_message_is_signal(message, "org.tipring.Bench", "Event") > 0;
            if (there) {
                took.push_back(Micros(Clock::now() - sent).count());
            }
            sd_bus_message_unref(message);
        }
    }
    senderLoop->stop();
    thread.join();
    sd_bus_unref(sender);
    sd_bus_unref(receiver);
    return figuresOf(std::move(took));
}

Figures socketHop(int events) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        std::abort();
    }
    auto senderLoop = hal::EpollLoop::create().value();
    std::thread thread([&] { senderLoop->run(); });
    auto loop = hal::EpollLoop::create().value();
    Clock::time_point sent;
    std::vector<double> took;
    bool there = false;
    char buffer[256] = {};
    auto watch = hal::Watch::create(*loop, ends[1], hal::Io::Read, [&](hal::Io) {
        there = ::read(ends[1], buffer, sizeof buffer) > 0;
        took.push_back(Micros(Clock::now() - sent).count());
    });
    for (int i = 0; i < events; ++i) {
        there = false;
        senderLoop->post([&] {
            sent = Clock::now();
            const char event[160] = {};
            if (::write(ends[0], event, sizeof event) < 0) {
                std::abort();
            }
        });
        while (!there) {
            loop->runOnce(-1ms);
        }
    }
    senderLoop->stop();
    thread.join();
    watch->reset();
    ::close(ends[0]);
    ::close(ends[1]);
    return figuresOf(std::move(took));
}

double requestsPerSecond(const rpc::BusAddress& where) {
    auto loop = hal::EpollLoop::create().value();
    auto tapi = rpc::connect(*loop, {where, "bench"}).value();
    const auto line = tapi->addresses().at(0);
    const auto begin = Clock::now();
    int asked = 0;
    while (Clock::now() - begin < 1s) {
        (void)line->state();
        ++asked;
    }
    return asked / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
    const int events = argc > 1 ? std::atoi(argv[1]) : 5000;
    (void)hal::configureLog("off");
    test::TestBus bus;
    const std::string peer = "unix:path=" + bus.folder() + "/peer";
    test::ServiceThread service({bus.address(), peer, 1, {}, {}});
    const rpc::BusAddress onBus{rpc::BusAddress::Kind::Bus, bus.address()};
    const rpc::BusAddress direct{rpc::BusAddress::Kind::Peer, peer};
    for (int round = 0; round < 3; ++round) {
        const Figures signal = bareSignal(bus.address(), events);
        show("signal of sd-bus through the bus daemon", signal, signal);
        show("event, provider to application, bus daemon", eventPath(onBus, service, events),
             signal);
        const Figures hop = socketHop(events);
        show("hop through a Unix socket", hop, hop);
        show("event, provider to application, direct", eventPath(direct, service, events), hop);
    }
    fmt::print("requests a second: {:.0f} through the bus daemon, {:.0f} direct\n",
               requestsPerSecond(onBus), requestsPerSecond(direct));
    return 0;
}
