// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/sim_port.h"

#include <gtest/gtest.h>

#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/simulation.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

struct Watcher : hal::SerialPortObserver {
    void onReceived(std::span<const std::byte> bytes) override {
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    void onWritable() override { ++writables; }
    void onModemLines(hal::ModemLines next) override { lines.push_back(next); }
    void onGone(const hal::Error& error) override {
        ++gone;
        why = error.text();
    }
    std::string text, why;
    std::vector<hal::ModemLines> lines;
    unsigned writables = 0, gone = 0;
};

struct PortRig {
    explicit PortRig(SimulationOptions options = {}) {
        auto made = Simulation::create(loop, options);
        simulation = std::move(*made);
        port = std::move(*hal::openSerialPort(loop, "sim:modem"));
        port->setObserver(&watcher);
    }
    void write(std::string_view text) {
        ASSERT_EQ(*port->write(std::as_bytes(std::span{text})), text.size());
    }
    std::string take() { return std::exchange(watcher.text, {}); }

    Watcher watcher;
    hal::VirtualLoop loop;
    std::unique_ptr<Simulation> simulation;
    std::unique_ptr<hal::SerialPort> port;
};

TEST(SimPort, CarriesBytesBothWaysNeverFromInsideACall) {
    PortRig rig;
    rig.write("ATE0\r");
    EXPECT_EQ(rig.take(), "");
    rig.loop.settle();
    EXPECT_EQ(rig.take(), "ATE0\r\r\nOK\r\n");
    EXPECT_EQ(rig.port->name(), "sim:modem");
}

TEST(SimPort, IsOpenedOnceAndByName) {
    PortRig rig;
    EXPECT_EQ(hal::openSerialPort(rig.loop, "sim:modem").error().code, hal::ErrorCode::Allocated);
    EXPECT_EQ(hal::openSerialPort(rig.loop, "sim:other").error().code, hal::ErrorCode::NoDevice);
    rig.port.reset();
    EXPECT_TRUE(hal::openSerialPort(rig.loop, "sim:modem"));
    rig.simulation.reset();
    EXPECT_FALSE(hal::openSerialPort(rig.loop, "sim:modem"));
}

TEST(SimPort, ShowsModemLinesAndObeysDtr) {
    PortRig rig;
    EXPECT_EQ(*rig.port->modemLines(), (hal::ModemLines{true, true, false, false}));
    ASSERT_TRUE(rig.simulation->farEnd().call("5550100", {}));
    rig.loop.advance(1s);
    ASSERT_FALSE(rig.watcher.lines.empty());
    EXPECT_TRUE(rig.watcher.lines.back().ri);
    rig.simulation->farEnd().setModem(true);
    rig.write("ATA\r");
    rig.loop.advance(1s);
    EXPECT_TRUE(rig.port->modemLines()->dcd);
    ASSERT_TRUE(rig.port->setDtr(false));
    EXPECT_FALSE(rig.port->modemLines()->dcd);
    EXPECT_EQ(rig.simulation->line().state(), Line::State::Idle);
}

TEST(SimPort, ClosingDropsDtr) {
    PortRig rig;
    rig.write("ATH1\r");
    rig.loop.settle();
    EXPECT_TRUE(rig.simulation->line().isOffHook());
    rig.port.reset();
    EXPECT_FALSE(rig.simulation->line().isOffHook());
}

TEST(SimPort, HoldsBackWhileTheModemPlays) {
    PortRig rig;
    rig.write("ATE0+FCLASS=8\r");
    rig.loop.settle();
    rig.write("AT+VLS=2\r");
    rig.loop.settle();
    rig.write("AT+VTX\r");
    rig.loop.settle();
    const std::vector<std::byte> sound(80000, std::byte{0x80});
    const std::size_t first = *rig.port->write(sound);
    EXPECT_EQ(first, 65536U);
    rig.loop.advance(100ms);
    EXPECT_GT(rig.watcher.writables, 0U);
    EXPECT_GT(rig.port->pending(), 50000U);
    rig.loop.advance(4s);  // 4.1 s and the buffer's 0.75 s of 8000 bytes each
    EXPECT_NEAR(double(rig.port->pending()), 65536 - 4.85 * 8000, 1000);
    ASSERT_TRUE(rig.port->discardOutput());
    EXPECT_EQ(rig.port->pending(), 0U);
}

TEST(SimPort, TakesTheTimeOfAWireWhenPaced) {
    SimulationOptions options;
    options.paced = true;
    PortRig rig{options};
    hal::LineSettings slow;
    slow.baud = 2400;
    ASSERT_TRUE(rig.port->configure(slow));
    rig.write("AT\r");
    rig.loop.advance(10ms);
    EXPECT_EQ(rig.watcher.text.find("OK"), std::string::npos);
    rig.loop.advance(60ms);
    EXPECT_EQ(rig.take(), "AT\r\r\nOK\r\n");
}

TEST(SimPort, TellsOnceThatTheModemVanished) {
    PortRig rig;
    rig.simulation->modem().setFaults({.vanishAt = "+FCLASS"});
    rig.write("AT+FCLASS=8\r");
    rig.loop.settle();
    EXPECT_EQ(rig.watcher.gone, 1U);
    EXPECT_EQ(rig.port->write({}).error().code, hal::ErrorCode::NoDevice);
    EXPECT_FALSE(rig.port->setDtr(true));
    EXPECT_FALSE(rig.port->modemLines());
    rig.loop.advance(1s);
    EXPECT_EQ(rig.watcher.gone, 1U);
}

TEST(SimPort, ReadsNothingWhileRtsIsOff) {
    PortRig rig;
    ASSERT_TRUE(rig.port->setRts(false));
    rig.write("AT\r");
    rig.loop.settle();
    EXPECT_EQ(rig.take(), "");
    ASSERT_TRUE(rig.port->setRts(true));
    rig.loop.settle();
    EXPECT_EQ(rig.take(), "AT\r\r\nOK\r\n");
}

TEST(Simulation, NamesWhatThereIs) {
    hal::VirtualLoop loop;
    SimulationOptions options;
    options.modem = "hayes";
    EXPECT_NE(Simulation::create(loop, options).error().cause.find("v253"), std::string::npos);
    options.modem = "v253";
    options.country = "ZZ";
    EXPECT_NE(Simulation::create(loop, options).error().cause.find("GB"), std::string::npos);
}

TEST(Simulation, LeavesALoopWithNothingToDo) {
    PortRig rig;
    rig.write("ATZ\r");
    // run() comes back when there is no post, no armed timer and no ready descriptor
    rig.loop.run();
    EXPECT_EQ(rig.take(), "ATZ\r\r\nOK\r\n");
    ASSERT_TRUE(rig.simulation->farEnd().call("5550100", {}, 3));
    rig.write("ATE0\r");
    rig.loop.run();
    EXPECT_LT(rig.loop.now().time_since_epoch(), 60s);
}

/// An hour of an answering machine: a call each minute, each with a greeting and a recording.
TEST(Simulation, RunsAnHourOfCallsInAMoment) {
    PortRig rig;
    const std::string greeting(16000, '\x80');
    rig.write("ATE0+FCLASS=8;+VSM=1,8000\r");
    rig.loop.settle();
    std::size_t recorded = 0;
    for (int call = 0; call < 60; ++call) {
        CallerId id;
        id.number = "5551234";
        ASSERT_TRUE(rig.simulation->farEnd().call("5550100", id));
        rig.loop.advance(7s);
        rig.take();
        rig.write("AT+VLS=1\r");
        rig.loop.settle();
        ASSERT_EQ(rig.take(), "\r\nOK\r\n");
        rig.write("AT+VTX\r" + greeting + "\x10\x03");
        rig.loop.advance(2100ms);
        ASSERT_EQ(rig.take(), "\r\nCONNECT\r\n\r\nOK\r\n");
        ASSERT_TRUE(rig.simulation->farEnd().pressKeys("12345"));
        rig.write("AT+VRX\r");
        rig.loop.advance(20s);
        recorded += rig.take().size();
        rig.simulation->farEnd().hangUp();
        rig.write("\x10!");
        rig.loop.settle();
        rig.take();
        rig.write("AT+VLS=0\r");
        rig.loop.advance(30900ms);
        ASSERT_EQ(rig.take(), "\r\nOK\r\n");
    }
    EXPECT_EQ(rig.loop.now().time_since_epoch(), 3600s);
    EXPECT_GT(recorded, 60U * 160000U);
}

}  // namespace
}  // namespace tipring::sim
