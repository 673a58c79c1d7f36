// SPDX-License-Identifier: Apache-2.0
// What the core costs an event: provider -> contract check -> state table -> filter -> sink, beside
// the bare dispatch over a snapshot of listeners, which is the floor of any event system.
//
// Floor and goal, on the same machine in the same run: at most 10 times the bare dispatch, no
// allocation, and no growth with the number of lines.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hal/base/allocation_count.h"
#include "tapi_core/fake_provider.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring {
namespace {

using Clock = std::chrono::steady_clock;

struct Sink : tapi::EventSink {
    void onEvent(const tapi::Event& event) override { sum += event.index(); }
    std::uint64_t sum = 0;
};

double nanoseconds(Clock::duration time, std::size_t count) {
    return std::chrono::duration<double, std::nano>(time).count() / static_cast<double>(count);
}
/// The best of many short rounds: what else the machine does only ever adds.
constexpr std::size_t kRounds = 100;
template <class Round>
double best(std::size_t events, Round&& round) {
    double least = 0;
    for (std::size_t i = 0; i < kRounds; ++i) {
        const auto begun = Clock::now();
        round();
        const double each = nanoseconds(Clock::now() - begun, events);
        least = i == 0 ? each : std::min(least, each);
    }
    return least;
}

/// A snapshot of listeners, loaded and all called for each event.
double bareDispatch(std::size_t listeners) {
    constexpr std::size_t kEvents = 20'000;
    struct Bare {
        std::uint64_t sequence;
    };
    using List = std::vector<std::function<void(const Bare&)>>;
    static std::uint64_t sum = 0;
    std::atomic<std::shared_ptr<const List>> snapshot(std::make_shared<const List>(
        List(listeners, [](const Bare& event) { sum += event.sequence; })));
    return best(kEvents, [&] {
        for (std::uint64_t i = 0; i < kEvents; ++i) {
            const auto list = snapshot.load();
            for (const auto& listener : *list) {
                listener(Bare{i});
            }
        }
    });
}

std::vector<std::string> keysOf(std::size_t lines) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < lines; ++i) {
        keys.push_back(fmt::format("line{}", i));
    }
    return keys;
}

/// A manager with lines that are all watched by one application.
struct Office {
    explicit Office(std::size_t lines) : fake(keysOf(lines)), manager(loop, "") {
        // A provider with nothing to say about states: the core's own share is measured.
        fake.table.lineGetCallStatus = nullptr;
        static_cast<void>(manager.addProvider(fake.table, {}));
        application = manager.createApplication("bench");
        application->setEventSink(&sink);
        application->setEventFilter(tapi::kAllEvents);
        for (const auto& address : application->addresses()) {
            static_cast<void>(
                application->registerCallNotifications(address, {.owner = false, .monitor = true}));
        }
    }
    void settle() {
        loop.settle();
        loop.settle();
    }
    hal::VirtualLoop loop;
    test::FakeProvider fake;
    core::LineManager manager;
    Sink sink;
    std::unique_ptr<tapi::Tapi> application;
};

struct Cost {
    double nanoseconds;
    double allocations;
};

/// States of one call per line, in bursts as they come from a device: ringback and back again.
Cost stateEvents(std::size_t lines) {
    constexpr std::size_t kEvents = 4'000, kBurst = 50;
    Office office(lines);
    std::vector<test::FakeProvider::Call*> calls;
    for (std::size_t i = 0; i < lines; ++i) {
        calls.push_back(&office.fake.ring(office.fake.line(i)));
    }
    office.settle();
    for (auto* call : calls) {
        office.fake.state(*call, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    }
    office.settle();
    // Each event is a change: a state that is there already would be left out early.
    std::vector<std::uint32_t> modes(lines, LINECONNECTEDMODE_ACTIVE);
    const auto burst = [&](std::size_t from) {
        for (std::size_t i = 0; i < kBurst; ++i) {
            const std::size_t line = (from + i) % lines;
            modes[line] ^= LINECONNECTEDMODE_ACTIVE | LINECONNECTEDMODE_INACTIVE;
            office.fake.state(*calls[line], LINECALLSTATE_CONNECTED, modes[line]);
        }
        office.settle();
    };
    std::size_t from = 0;
    for (int i = 0; i < 200; ++i) {
        burst(from += kBurst);
    }
    const auto before = test::allocationCount();
    const double each = best(kEvents, [&] {
        for (std::size_t done = 0; done < kEvents; done += kBurst) {
            burst(from += kBurst);
        }
    });
    return {each, static_cast<double>(test::allocationCount() - before) / kEvents / kRounds};
}

Cost digitEvents() {
    constexpr std::size_t kEvents = 4'000, kBurst = 50;
    Office office(1);
    auto& call = office.fake.ring(office.fake.line());
    office.settle();
    office.fake.state(call, LINECALLSTATE_CONNECTED);
    office.settle();
    const auto heard = office.application->addresses().at(0)->calls().at(0);
    static_cast<void>(heard->monitorDigits(tapi::DigitMode::Dtmf));
    const auto burst = [&] {
        for (std::size_t i = 0; i < kBurst; ++i) {
            office.fake.event(*call.line, call.handle, LINE_MONITORDIGITS, '5', LINEDIGITMODE_DTMF);
        }
        office.settle();
    };
    for (int i = 0; i < 200; ++i) {
        burst();
    }
    const auto before = test::allocationCount();
    const double each = best(kEvents, [&] {
        for (std::size_t done = 0; done < kEvents; done += kBurst) {
            burst();
        }
    });
    return {each, static_cast<double>(test::allocationCount() - before) / kEvents / kRounds};
}

/// 10,000 calls through all their states on 1,000 lines.
void wholeCalls() {
    constexpr std::size_t kLines = 1000, kCalls = 10'000;
    Office office(kLines);
    constexpr std::uint32_t kStates[] = {LINECALLSTATE_ACCEPTED, LINECALLSTATE_CONNECTED,
                                         LINECALLSTATE_DISCONNECTED, LINECALLSTATE_IDLE};
    const auto begun = Clock::now();
    for (std::size_t done = 0; done < kCalls; done += kLines) {
        std::vector<test::FakeProvider::Call*> calls;
        for (std::size_t i = 0; i < kLines; ++i) {
            calls.push_back(&office.fake.ring(office.fake.line(i)));
        }
        office.settle();
        for (const std::uint32_t state : kStates) {
            for (auto* call : calls) {
                office.fake.state(*call, state);
            }
            office.settle();
        }
    }
    const double each = nanoseconds(Clock::now() - begun, kCalls);
    fmt::print("{} calls of 6 events on {} lines: {:.0f} calls/s, {:.0f} events/s\n", kCalls,
               kLines, 1e9 / each, 6e9 / each);
}

/// Bytes that 1,000 watched lines take, by the allocator's own count.
void idleLines() {
    const auto before = ::mallinfo2().uordblks;
    const Office small(1);
    const auto one = ::mallinfo2().uordblks - before;
    const Office large(1001);
    const auto many = ::mallinfo2().uordblks - before - one;
    fmt::print("an idle watched line takes {} bytes, the fake provider's share included\n",
               (many - one) / 1000);
}

int run() {
    hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
    const double one = bareDispatch(1), four = bareDispatch(4);
    fmt::print("bare dispatch over a snapshot: {:.1f} ns to one listener, {:.1f} ns to four\n", one,
               four);
    const auto tell = [&](const std::string& what, const Cost& cost) {
        fmt::print(
            "{}: {:.0f} ns, {:.1f} times one listener, {:.1f} times four (goal 10), "
            "{:.3f} allocations\n",
            what, cost.nanoseconds, cost.nanoseconds / one, cost.nanoseconds / four,
            cost.allocations);
    };
    tell("a digit", digitEvents());
    for (const std::size_t lines :
         {std::size_t{1}, std::size_t{10}, std::size_t{100}, std::size_t{1000}}) {
        tell(fmt::format("a state among {:4} lines", lines), stateEvents(lines));
    }
    wholeCalls();
    idleLines();
    return 0;
}

}  // namespace
}  // namespace tipring

int main() {
    return tipring::run();
}
