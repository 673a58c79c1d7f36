// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <utility>

#include "tipring/drivers/analog/provider.h"
#include "tipring/hal/sim/exchange.h"

namespace tipring::analog {

/// A port plugged into a line of the simulated exchange: it sees the wires and nothing else.
class SimFxoPort final : public FxoPort, private sim::LineDevice {
public:
    explicit SimFxoPort(sim::Line& line) : line_(line) { line_.attach(this); }
    ~SimFxoPort() override { line_.attach(nullptr); }

    [[nodiscard]] FxoAbilities abilities() const override { return {true, true, true, true, true}; }
    void setListener(FxoPortListener* listener) override { listener_ = listener; }
    [[nodiscard]] FxoElectrics electrics() const override { return read(line_.electrics()); }
    hal::Result<void> setHook(bool offHook) override {
        if (offHook) {
            line_.closeLoop();
        } else {
            line_.openLoop();
        }
        return {};
    }
    hal::Result<void> setSound(bool on) override {
        position_ = 0;
        line_.listen(on);
        return {};
    }

private:
    static FxoElectrics read(const sim::LineElectrics& meter) {
        FxoElectrics now;
        now.battery = std::fabs(meter.volts) > 3;
        now.reversed = meter.volts < 0;
        now.volts = std::fabs(meter.volts);
        now.milliamps = std::fabs(meter.milliamps);
        return now;
    }
    void onRing(bool) override {}  // seen by its voltage
    [[nodiscard]] bool answersCallSignal() override { return false; }
    void onElectrics(const sim::LineElectrics& now) override {
        if (listener_ == nullptr) {
            return;
        }
        if (const bool ring = now.ringVolts > 0; ring != std::exchange(ring_, ring)) {
            listener_->onRing(ring);
        }
        listener_->onElectrics(read(now));
    }
    void onSound(sim::HeardBlock heard, sim::SpokenBlock spoken) override {
        std::fill(spoken.begin(), spoken.end(), std::int16_t{0});
        if (listener_ != nullptr) {
            listener_->onSound(position_, heard, spoken);
        }
        position_ += heard.size();
    }

    sim::Line& line_;
    FxoPortListener* listener_ = nullptr;
    bool ring_ = false;
    std::uint64_t position_ = 0;
};

/// Ports that a test plugs in and out. Providers made while one lives take it as their source.
class TestPorts {
public:
    TestPorts() { current = this; }
    ~TestPorts() { current = nullptr; }
    TestPorts(const TestPorts&) = delete;
    TestPorts& operator=(const TestPorts&) = delete;

    void plug(const PortInfo& port) {
        ports_.push_back(port);
        if (listener_ != nullptr) {
            listener_->onPortArrived(port);
        }
    }
    void unplug(const std::string& key) {
        std::erase_if(ports_, [&](const PortInfo& port) { return port.key == key; });
        if (listener_ != nullptr) {
            listener_->onPortLeft(key);
        }
    }

    static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session) {
        return createProvider(session, std::make_unique<Source>(*current));
    }

private:
    class Source final : public PortSource {
    public:
        explicit Source(TestPorts& ports) : ports_(ports) {}
        ~Source() override { ports_.listener_ = nullptr; }
        void start(PortSourceListener& listener) override {
            ports_.listener_ = &listener;
            for (const PortInfo& port : ports_.ports_) {
                listener.onPortArrived(port);
            }
        }

    private:
        TestPorts& ports_;
    };

    static inline TestPorts* current = nullptr;
    std::vector<PortInfo> ports_;
    PortSourceListener* listener_ = nullptr;
};

}  // namespace tipring::analog
