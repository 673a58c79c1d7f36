// SPDX-License-Identifier: Apache-2.0
// The smallest useful application: prints who calls, until Ctrl-C. The same program works on a
// modem of its own and on the lines of tipringd.
//     caller_log serial:/dev/ttyACM0
//     caller_log --bus
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string_view>

#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/tapi_core/manager/line_manager.h"
#include "tipring/tapi_core/rpc/client.h"

namespace {

using namespace tipring;

/// Step 1 of 4: a sink.
class CallerLog final : public tapi::EventSink {
public:
    void onEvent(const tapi::Event& event) override {
        if (const auto* change = std::get_if<tapi::CallInfoChangeEvent>(&event)) {
            const tapi::Party caller = change->call->info().caller;
            fmt::print("{}  {}\n",
                       caller.number.empty() ? tapi::name(caller.numberStatus) : caller.number,
                       caller.name.empty() ? tapi::name(caller.nameStatus) : caller.name);
            std::fflush(stdout);
        }
    }
};

int fail(const hal::Error& error) {
    fmt::print(stderr, "caller_log: {}\n", error.cause);
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: caller_log PORT | --bus, for example serial:/dev/ttyACM0\n");
        return 2;
    }
    auto loop = hal::EpollLoop::create();
    if (!loop) {
        return fail(loop.error());
    }
    core::LineManager manager(**loop);
    std::unique_ptr<tapi::Tapi> tapi;
    if (std::string_view(argv[1]) == "--bus") {
        auto connected = rpc::connect(**loop, {{rpc::BusAddress::Kind::System}, "caller log"});
        if (!connected) {
            return fail(connected.error());
        }
        tapi = std::move(*connected);
    } else {
        const auto added = manager.addProvider(*tipring_at_modem_provider(), {{"ports", argv[1]}});
        if (!added) {
            return fail(added.error());
        }
        tapi = manager.createApplication("caller log");
    }
    CallerLog log;
    tapi->setEventSink(&log);                                // 2: its registration
    tapi->setEventFilter(tapi::EventClass::CallInfoChange);  // 3: the filter
    for (const auto& address : tapi->addresses()) {          // 4: calls, per address
        const auto cookie =
            tapi->registerCallNotifications(address, {.owner = false, .monitor = true});
        if (!cookie) {
            return fail(cookie.error());
        }
    }
    const auto interrupt = hal::SignalWatch::create(**loop, SIGINT, [&] { (*loop)->stop(); });
    (*loop)->run();
    return 0;
}
