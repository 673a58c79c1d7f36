// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "provider_rig.h"
#include "tipring/hal/sim/simulation.h"

namespace tipring::at_modem {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The application's end of a stream: plays 600 Hz, keeps what is recorded and told.
struct Sound {
    ProviderRig* rig = nullptr;
    std::vector<std::int16_t> recorded;
    std::uint64_t next = 0;
    std::uint64_t pulled = 0;
    bool gap = false;
    std::vector<std::uint32_t> events;

    static Sound& of(HTAPIMEDIA media) { return *reinterpret_cast<Sound*>(media); }
    [[nodiscard]] TspiMediaCallbacks callbacks() const {
        TspiMediaCallbacks c{};
        c.size = sizeof c;
        c.receive = [](HTAPIMEDIA media, std::uint64_t position, const std::int16_t* samples,
                       std::size_t count) {
            Sound& self = of(media);
            self.gap = self.gap || position != self.next;
            self.next = position + count;
            self.recorded.insert(self.recorded.end(), samples, samples + count);
        };
        c.send = [](HTAPIMEDIA media, std::uint64_t position, std::int16_t* samples,
                    std::size_t capacity) -> std::size_t {
            for (std::size_t i = 0; i < capacity; ++i) {
                const double phase = 2 * M_PI * 600 * static_cast<double>(position + i) / 8000;
                samples[i] = static_cast<std::int16_t>(8000 * std::sin(phase));
            }
            of(media).pulled += capacity;
            return capacity;
        };
        c.event = [](HTAPIMEDIA media, std::uint32_t event, std::uintptr_t, const char*) {
            of(media).events.push_back(event);
        };
        return c;
    }
};

/// The driver on a simulated modem of a kind, in virtual time; the contract is checked at the end.
class SimulatedModem : public testing::Test {
protected:
    explicit SimulatedModem(const char* kind) : rig(ProviderRig::Config{{"ports", "sim:modem"}}) {
        sim::SimulationOptions options;
        options.modem = kind;
        simulation = std::move(*sim::Simulation::create(rig.loop, options));
        rig.open();
    }
    ~SimulatedModem() override {
        rig.close();
        EXPECT_EQ(rig.breaches, std::vector<std::string>{});
    }
    void ready() {
        ASSERT_TRUE(rig.untilReady());
        rig.advance(seconds{3});
        rig.events.clear();
    }
    void called() {
        sim::CallerId id;
        id.number = "5551234";
        id.name = "J DOE";
        ASSERT_TRUE(simulation->farEnd().call("5550100", id));
        ASSERT_TRUE(rig.until("newcall", seconds{10}));
    }
    void answered() {
        ready();
        called();
        ASSERT_TRUE(rig.until("callinfo 8000", seconds{10}));
        const DRV_REQUESTID id = rig.nextId();
        rig.table->lineAnswer(id, rig.call);
        ASSERT_EQ(rig.finish(id), 0) << rig.causes[id];
    }
    HDRVMEDIA openMedia() {
        const TspiMediaCallbacks callbacks = sound.callbacks();
        TspiMediaCaps caps{};
        caps.size = sizeof caps;
        HDRVMEDIA media = nullptr;
        EXPECT_EQ(rig.table->mediaOpen(rig.call, reinterpret_cast<HTAPIMEDIA>(&sound), &callbacks,
                                       &caps, &media),
                  0);
        return media;
    }
    TSPI_RESULT start(HDRVMEDIA media, std::uint32_t direction) {
        const DRV_REQUESTID id = rig.nextId();
        const TSPI_RESULT result = rig.table->mediaStart(id, media, direction);
        return result < 0 ? result : rig.finish(id);
    }
    TSPI_RESULT stop(HDRVMEDIA media, std::uint32_t direction, std::uint32_t how) {
        const DRV_REQUESTID id = rig.nextId();
        rig.table->mediaStop(id, media, direction, how);
        return rig.finish(id);
    }

    ProviderRig rig;
    std::unique_ptr<sim::Simulation> simulation;
    Sound sound;
};

}  // namespace tipring::at_modem
