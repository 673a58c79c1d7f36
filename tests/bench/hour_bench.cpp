// SPDX-License-Identifier: Apache-2.0
// One hour of calls through everything: exchange, modem model, port, driver, manager, application.
// Sixty calls on virtual time; each is announced, named, answered after two rings, hears a tone,
// is listened to for 20 s, and ends because the caller hangs up. Target: under one second.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <memory>
#include <string>

#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/simulation.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace {

using namespace tipring;
using namespace std::chrono_literals;

/// Answers after the second ring and counts what it saw.
class Answerer final : public tapi::EventSink {
public:
    void onEvent(const tapi::Event& event) override {
        if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
            call_ = fresh->call;
        } else if (const auto* address = std::get_if<tapi::AddressEvent>(&event)) {
            if (address->kind == tapi::AddressEvent::Kind::Ringing && address->ringCount == 1 &&
                call_) {
                (void)call_->answer([](const auto&) {});
            }
        } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            connected += state->lineState == tapi::LineCallState::Connected ? 1 : 0;
            ended += state->lineState == tapi::LineCallState::Idle ? 1 : 0;
            if (state->lineState == tapi::LineCallState::Connected) {
                (void)state->call->generateTone(933, 1s);
                (void)state->call->record(path, [](const auto&) {});
            }
        }
    }
    int connected = 0;
    int ended = 0;
    std::string path;

private:
    std::shared_ptr<tapi::Call> call_;
};

void hourOfCalls(benchmark::State& state) {
    hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
    int connected = 0, ended = 0;
    for (auto _ : state) {
        hal::VirtualLoop loop;
        const auto simulation =
            std::move(*sim::Simulation::create(loop, {.modem = "v253", .portName = "hour"}));
        core::LineManager manager(loop);
        (void)manager.addProvider(*tipring_at_modem_provider(), {{"ports", "sim:hour"}});
        const auto tapi = manager.createApplication("hour of calls");
        Answerer answerer;
        tapi->setEventSink(&answerer);
        tapi->setEventFilter(tapi::kAllEvents);
        (void)tapi->registerCallNotifications(tapi->addresses().front(), {});
        loop.advance(10s);
        for (int minute = 0; minute < 60; ++minute) {
            answerer.path = "/tmp/tipring-hour-bench.wav";
            (void)simulation->control().run("call number=5551234 name=\"J DOE\"");
            loop.advance(30s);
            (void)simulation->control().run("hangup");
            loop.advance(30s);
            std::remove(answerer.path.c_str());
        }
        connected = answerer.connected;
        ended = answerer.ended;
    }
    if (connected != 60 || ended != 60) {
        state.SkipWithError("not every call was answered and ended");
    }
    state.counters["calls"] = connected;
    state.counters["ended"] = ended;
}
BENCHMARK(hourOfCalls)->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace
