// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tipring/drivers/adapters/adapter_ports.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::adapters::testing {

using namespace std::chrono_literals;

/// Notes what a telephone port says, and says a tone or nothing.
struct FxsNotes final : analog::FxsPortListener {
    void onHook(bool offHook) override { notes.push_back(offHook ? "off hook" : "on hook"); }
    void onDigit(char key) override { notes.push_back(std::string("digit ") + key); }
    void onSound(std::uint64_t position, std::span<const std::int16_t> samples,
                 std::span<std::int16_t> spoken) override {
        gaps += position != next ? 1 : 0;
        next = position + samples.size();
        heard.insert(heard.end(), samples.begin(), samples.end());
        std::fill(spoken.begin(), spoken.end(), says);
    }
    void onFault(const hal::Error* why) override {
        notes.push_back(why == nullptr ? "works" : "fault");
    }
    void onGone(const hal::Error& why) override {
        notes.push_back("gone");
        reason = why.text();
    }
    std::vector<std::string> notes;
    std::vector<std::int16_t> heard;
    std::uint64_t next = 0;
    unsigned gaps = 0;
    std::int16_t says = 0;
    std::string reason;
};

/// The same for a line port. Ring and electrics are kept apart: they come often.
struct FxoNotes final : analog::FxoPortListener {
    void onRing(bool voltage) override {
        ring = voltage;
        rings += voltage ? 1 : 0;
    }
    void onElectrics(const analog::FxoElectrics& now) override {
        electrics = now;
        ++changes;
    }
    void onSound(std::uint64_t position, std::span<const std::int16_t> samples,
                 std::span<std::int16_t> spoken) override {
        gaps += position != next ? 1 : 0;
        next = position + samples.size();
        heard.insert(heard.end(), samples.begin(), samples.end());
        std::fill(spoken.begin(), spoken.end(), says);
    }
    void onGone(const hal::Error& why) override {
        gone = true;
        reason = why.text();
    }
    bool ring = false, gone = false;
    unsigned rings = 0, changes = 0, gaps = 0;
    analog::FxoElectrics electrics;
    std::vector<std::int16_t> heard;
    std::uint64_t next = 0;
    std::int16_t says = 0;
    std::string reason;
};

/// The ports of one device by name, as a provider would have them.
class PortsRig : public analog::PortSourceListener {
public:
    PortsRig(hal::EventLoop& loop, std::span<const UsbModelRow> rows, AdapterFactory factory,
             std::string name)
        : ports(std::make_unique<AdapterPorts>(loop, rows, std::move(factory),
                                               AdapterPortsOptions{{std::move(name)}})) {}

    void onPortArrived(const analog::PortInfo& port) override {
        here.push_back(port);
        ++arrivals;
    }
    void onPortLeft(std::string_view key) override {
        std::erase_if(here, [key](const analog::PortInfo& port) { return port.key == key; });
    }
    void start() { ports->start(*this); }

    std::vector<analog::PortInfo> here;
    unsigned arrivals = 0;
    std::unique_ptr<AdapterPorts> ports;
};

/// An adapter alone: what it tells its host.
struct HostNotes final : AdapterHost {
    void onReady(std::vector<Port> all, std::string words) override {
        ports = std::move(all);
        firmware = std::move(words);
    }
    void onFailed(const hal::Error& why) override {
        EXPECT_FALSE(failure) << "failed twice: " << why.text();
        failure = why;
    }
    std::vector<Port> ports;
    std::string firmware;
    std::optional<hal::Error> failure;
};

/// Root mean square.
inline double level(std::span<const std::int16_t> samples) {
    double sum = 0;
    for (const std::int16_t one : samples) {
        sum += double(one) * one;
    }
    return samples.empty() ? 0 : std::sqrt(sum / double(samples.size()));
}

}  // namespace tipring::adapters::testing
