// SPDX-License-Identifier: Apache-2.0
// A program that never heard of the provider it is given: lists its interfaces, calls one, and
// waits for its event and its call. Exit code 0: all was as described.
#include <cstdio>
#include <string>

#include "tipring/hal/base/epoll_loop.h"
#include "tipring/tapi_core/manager/line_manager.h"

using namespace tipring;

namespace {

/// Some value of a type, without knowing what for.
tapi::Value any(char type) {
    switch (type) {
    case 'b': return true;
    case 'd': return 1.0;
    case 's': return std::string("somebody");
    case 'y': return std::vector<std::byte>{};
    default: return std::int32_t{1};
    }
}

struct Stock final : tapi::EventSink {
    explicit Stock(hal::EventLoop& eventLoop) : loop(eventLoop) {}
    void onEvent(const tapi::Event& event) override {
        if (const auto* mine = std::get_if<tapi::PrivateEvent>(&event)) {
            std::printf("event %s.%s with %zu values\n", mine->interfaceName.c_str(),
                        mine->event.c_str(), mine->values.size());
            ++events;
        }
        calls += std::holds_alternative<tapi::CallNotificationEvent>(event) ? 1 : 0;
        phoneEvents += std::holds_alternative<tapi::PhoneEvent>(event) ? 1 : 0;
        considerEnd();
    }
    void considerEnd() {
        if (events > 0 && calls > 0 && results > 0 && phoneEvents > 0) {
            loop.stop();
        }
    }
    hal::EventLoop& loop;
    int events = 0, calls = 0, results = 0, phoneEvents = 0;
};

int fail(const char* what, const hal::Error& error) {
    std::fprintf(stderr, "%s: %s\n", what, error.text().c_str());
    return 1;
}

int run(const char* library) {
    const auto loop = hal::EpollLoop::create().value();
    core::LineManager manager(*loop);
    if (auto loaded = manager.loadProvider(library, {{"name", "back door"}}); !loaded) {
        return fail("load", loaded.error());
    }
    const auto tapi = manager.createApplication("stock");
    Stock stock(*loop);
    tapi->setEventSink(&stock);
    tapi->setEventFilter(tapi::kAllEvents);
    const auto line = tapi->addresses().at(0);
    tapi::CallNotification wanted;
    wanted.mediaModes = tapi::MediaMode::InteractiveVoice;
    if (auto done = tapi->registerCallNotifications(line, wanted); !done) {
        return fail("register", done.error());
    }
    const auto phone = line->phones().at(0);
    if (auto opened = phone->open(tapi::PhonePrivilege::Owner); !opened) {
        return fail("phone", opened.error());
    }
    if (auto asked = phone->setRing(0, 0, {}); !asked) {
        return fail("ring", asked.error());
    }
    const auto all = line->interfaces();
    for (const auto& each : all) {
        std::printf("interface %s version %u, %zu methods, %zu events\n", each.name.c_str(),
                    each.version, each.methods.size(), each.events.size());
    }
    const auto mine = line->queryInterface(all.at(0).name, all.at(0).version).value();
    const tapi::InterfaceMethod& method = mine->description().methods.at(0);
    std::vector<tapi::Value> arguments;
    for (const auto& argument : method.in) {
        arguments.push_back(any(argument.type));
    }
    const auto asked = mine->call(method.name, arguments, [&](const auto& results) {
        const bool good = results && results->size() == method.out.size();
        stock.results += good ? 1 : 0;
        stock.considerEnd();
    });
    if (!asked) {
        return fail("call", asked.error());
    }
    hal::Timer limit(*loop, [&] { loop->stop(); });
    limit.arm(std::chrono::seconds(20));
    loop->run();
    std::printf("results %d, events %d, calls %d, phone events %d\n", stock.results, stock.events,
                stock.calls, stock.phoneEvents);
    return limit.armed() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    return argc == 2 ? run(argv[1]) : 2;
}
