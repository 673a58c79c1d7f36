// SPDX-License-Identifier: Apache-2.0
// What line ports cost from the USB packets up to the application, with the simulated adapter and
// exchange at the other end of the bus in the same thread: what is told is what driver and model
// cost together, an upper bound of the driver.
//   idle      ports on hook, with every detector that listens there: `headroom` is how many times
//             faster than real time that was
//   latency   ms from the line to the application, from there to the line, and the round trip
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tipring/drivers/adapters/adapter_ports.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring {
namespace {

using namespace std::chrono_literals;

/// Boards of two lines each, their exchange, and an application that owns every call.
class Office final : tapi::EventSink {
public:
    explicit Office(std::size_t boards) {
        hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
        std::string names;
        for (std::size_t i = 0; i < boards; ++i) {
            sim::Line& first = exchange_.addLine(number(2 * i));
            sim::Line& second = exchange_.addLine(number(2 * i + 1));
            boards_.push_back(std::make_unique<sim::SangomaU100>(loop_, &first, &second));
            const std::string name = "b" + std::to_string(i);
            names_.push_back(std::make_unique<sim::SimUsbName>(name, *boards_.back()));
            names += "sim:" + name + "\n";
            farEnds_.push_back(std::make_unique<sim::FarEnd>(exchange_));
            farEnds_.push_back(std::make_unique<sim::FarEnd>(exchange_));
        }
        manager_ = std::make_unique<core::LineManager>(loop_);
        must(manager_
                 ->addProvider(*tipring_sangoma_u100_provider(),
                               {{"device", names}, {"country", "US"}})
                 .has_value());
        app_ = manager_->createApplication("bench");
        app_->setEventSink(this);
        app_->setEventFilter(tapi::kAllEvents);
        must(loop_.advanceUntil([&] { return app_->addresses().size() == 2 * boards; }, 120s));
        tapi::CallNotification wanted;
        wanted.mediaModes = tapi::MediaMode::AutomatedVoice | tapi::MediaMode::InteractiveVoice;
        for (const auto& address : app_->addresses()) {
            must(app_->registerCallNotifications(address, wanted).has_value());
        }
        loop_.advance(2s);
    }
    ~Office() override {
        calls_.clear();
        app_.reset();
        manager_.reset();
        hal::setLogSink({});
    }
    void second() {
        for (const auto& farEnd : farEnds_) {
            farEnd->say(voice_);
        }
        loop_.advance(1s);
    }

private:
    static std::string number(std::size_t line) { return std::to_string(5550100 + line); }
    static void must(bool done) {
        if (!done) {
            std::abort();
        }
    }
    static std::vector<std::int16_t> voice() {
        std::vector<std::int16_t> samples(8000);
        std::uint32_t seed = 7;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            seed = seed * 1664525U + 1013904223U;
            const int noise = static_cast<int>(seed >> 20) - 2048;
            const int syllable = i / 1000 % 2 == 0 ? 3 : 1;
            samples[i] = static_cast<std::int16_t>(syllable * noise);
        }
        return samples;
    }
    void onEvent(const tapi::Event& event) override {
        if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
            calls_.push_back(fresh->call);
        }
    }

    const std::vector<std::int16_t> voice_ = voice();
    hal::VirtualLoop loop_;
    sim::Exchange exchange_{loop_};
    std::vector<std::unique_ptr<sim::SangomaU100>> boards_;
    std::vector<std::unique_ptr<sim::SimUsbName>> names_;
    std::vector<std::unique_ptr<sim::FarEnd>> farEnds_;
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<tapi::Tapi> app_;
    std::vector<std::shared_ptr<tapi::Call>> calls_;
};

void count(benchmark::State& state, double ports) {
    using benchmark::Counter;
    const auto seconds = static_cast<double>(state.iterations());
    state.counters["headroom"] = Counter(seconds, Counter::kIsRate);
    state.counters["ports/core"] = Counter(seconds * ports, Counter::kIsRate);
}

void idle(benchmark::State& state) {
    const auto ports = static_cast<std::size_t>(state.range(0));
    Office office(ports / 2);
    for (auto _ : state) {
        office.second();
    }
    count(state, static_cast<double>(ports));
}

/// One port as the driver gives it; whoever is there says back at once what is heard.
class EchoPort final : analog::PortSourceListener, analog::FxoPortListener {
public:
    EchoPort() {
        ports_.start(*this);
        run([&] { return port_ != nullptr; });
        port_->setListener(this);
        static_cast<void>(caller_.call("5550100", {}));
        loop_.advance(1s);
        static_cast<void>(port_->setHook(true));
        static_cast<void>(port_->setSound(true));
        loop_.advance(1s);
        sim::FarEnd::Listener listener;
        listener.onSound = [this](sim::HeardBlock block) { note(block, back_); };
        caller_.setListener(std::move(listener));
    }
    ~EchoPort() override { port_->setListener(nullptr); }
    /// Says a loud moment; when it was heard here and came back, in ms.
    std::pair<double, double> shout() {
        heard_.reset();
        back_.reset();
        loop_.advance(200ms);
        heard_.reset();
        back_.reset();
        const hal::TimePoint began = loop_.now();
        caller_.say(std::vector<std::int16_t>(400, 20000));
        run([&] { return heard_ && back_; });
        using Milliseconds = std::chrono::duration<double, std::milli>;
        return {Milliseconds(*heard_ - began).count(), Milliseconds(*back_ - *heard_).count()};
    }

private:
    void run(const std::function<bool()>& done) {
        if (!loop_.advanceUntil(done, 60s)) {
            std::abort();
        }
    }
    void note(std::span<const std::int16_t> samples, std::optional<hal::TimePoint>& when) {
        for (const std::int16_t sample : samples) {
            if (!when && std::abs(sample) > 4000) {
                when = loop_.now();
            }
        }
    }
    void onPortArrived(const analog::PortInfo& port) override {
        port_ = port_ == nullptr ? port.fxo : port_;
    }
    void onPortLeft(std::string_view) override {}
    void onRing(bool) override {}
    void onElectrics(const analog::FxoElectrics&) override {}
    void onSound(std::uint64_t, std::span<const std::int16_t> heard,
                 std::span<std::int16_t> spoken) override {
        note(heard, heard_);
        std::copy(heard.begin(), heard.end(), spoken.begin());
    }
    void onGone(const hal::Error&) override { std::abort(); }

    hal::VirtualLoop loop_;
    sim::Exchange exchange_{loop_};
    sim::Line& line_ = exchange_.addLine("5550100");
    sim::FarEnd caller_{exchange_};
    sim::SangomaU100 board_{loop_, &line_, nullptr};
    sim::SimUsbName name_{"echo", board_};
    analog::FxoPort* port_ = nullptr;
    std::optional<hal::TimePoint> heard_, back_;
    adapters::AdapterPorts ports_{
        loop_,
        sangoma_u100::models(),
        [](hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device, const auto&, auto& host) {
            return sangoma_u100::makeAdapter(loop, std::move(device), host, "US");
        },
        {{"sim:echo"}}};
};

/// On virtual time: what the loop's own turns take is not in it.
void latency(benchmark::State& state) {
    EchoPort port;
    std::pair<double, double> most{};
    for (auto _ : state) {
        const auto now = port.shout();
        most = {std::max(most.first, now.first), std::max(most.second, now.second)};
    }
    state.counters["in_ms"] = most.first;
    state.counters["out_ms"] = most.second;
    state.counters["round_ms"] = most.first + most.second;
}

BENCHMARK(latency)->Iterations(50);
BENCHMARK(idle)->Arg(2)->Arg(32)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tipring
