// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/conexant_monitor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "hal/usb/fake_usb_device.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/conexant_modem.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/sim_usb.h"

namespace tipring::chips {
namespace {

using namespace std::chrono_literals;
using hal::ErrorCode;
using hal::testing::bytes;
using hal::testing::Bytes;
using hal::testing::operator+;
using Samples = std::vector<std::int16_t>;

Samples take(MonitorDecoder& decoder, const Bytes& stream) {
    Samples samples(MonitorDecoder::samplesOf(stream.size()));
    samples.resize(decoder.take(stream, samples));
    return samples;
}

TEST(MonitorDecoder, ReadsTheVectorsOfTheNotes) {
    MonitorDecoder decoder;
    EXPECT_EQ(take(decoder, bytes({0x00, 0x00, 0x19, 0x19, 0x00, 0x00, 0x19, 0x19, 0x7F, 0xFF})),
              (Samples{0x0000, 0x1900, 0x0019, 0x7FFF}));
    EXPECT_EQ(decoder.volume(), 1U);
    EXPECT_TRUE(take(decoder, bytes({0x19, 0x31})).empty());
    EXPECT_EQ(decoder.volume(), 3U);
    EXPECT_TRUE(take(decoder, bytes({0x19, 0x01})).empty());
    EXPECT_EQ(decoder.volume(), 0U);
    EXPECT_EQ(decoder.unknownEscapes(), 0U);
}

TEST(MonitorDecoder, PiecesMayBeCutAnywhere) {
    const Bytes stream =
        bytes({0x80, 0x00, 0x19, 0x19, 0x19, 0x19, 0x12, 0x19, 0x51, 0x34, 0x19, 0x7C, 0xFF, 0xFE});
    MonitorDecoder whole;
    const Samples wanted = take(whole, stream);
    EXPECT_EQ(wanted, (Samples{-32768, 0x1919, 0x1234, -2}));
    for (std::size_t step = 1; step < stream.size(); ++step) {
        MonitorDecoder decoder;
        Samples all;
        for (std::size_t at = 0; at < stream.size(); at += step) {
            const std::size_t end = std::min(stream.size(), at + step);
            const Samples part = take(decoder, Bytes(stream.begin() + std::ptrdiff_t(at),
                                                     stream.begin() + std::ptrdiff_t(end)));
            all.insert(all.end(), part.begin(), part.end());
        }
        EXPECT_EQ(all, wanted) << step;
        EXPECT_EQ(decoder.volume(), 5U);
        EXPECT_EQ(decoder.unknownEscapes(), 1U);
    }
}

struct Notes final : MonitorListener {
    void onMonitorSound(std::span<const std::int16_t> samples) override {
        heard.insert(heard.end(), samples.begin(), samples.end());
    }
    void onMonitorEnd(const hal::Error& why) override { ends.push_back(why); }
    Samples heard;
    std::vector<hal::Error> ends;
};

Bytes modemDescriptors(bool monitor) {
    const Bytes port = hal::testing::interfaceDescriptor(0, 0, 1, 2) +
                       hal::testing::endpointDescriptor(0x81, 3, 64, 128) +
                       hal::testing::interfaceDescriptor(1, 0, 2, 0x0A) +
                       hal::testing::endpointDescriptor(0x82, 2, 64, 1) +
                       hal::testing::endpointDescriptor(0x02, 2, 64, 1);
    const Bytes more = hal::testing::interfaceDescriptor(2, 0, 2, 0x0A) +
                       hal::testing::endpointDescriptor(0x83, 2, 64, 1) +
                       hal::testing::endpointDescriptor(0x03, 2, 64, 1);
    Bytes all = hal::testing::deviceDescriptor(0x0572, 0x1340, monitor ? 2 : 1) +
                hal::testing::configurationDescriptor(1, 2, port);
    if (monitor) {
        all = all + hal::testing::configurationDescriptor(2, 3, port + more);
    }
    return all;
}

class ConexantMonitorTest : public testing::Test {
protected:
    void make(bool hasMonitor, std::uint8_t configuration) {
        auto made =
            std::make_unique<hal::testing::FakeUsbDevice>(loop, modemDescriptors(hasMonitor));
        device = made.get();
        if (configuration != 1) {
            device->setConfiguration(configuration, hal::KernelDriver::Keep, [](const auto&) {});
            loop.settle();
        }
        monitor = std::make_unique<ConexantMonitor>(loop, std::move(made), notes);
    }
    hal::VirtualLoop loop;
    Notes notes;
    hal::testing::FakeUsbDevice* device = nullptr;
    std::unique_ptr<ConexantMonitor> monitor;
};

TEST_F(ConexantMonitorTest, SendsTheOneOrderAndTouchesTheOneInterface) {
    make(true, 2);
    device->expectWrite(0x03, bytes({0x19, 0x01}));
    monitor->start();
    loop.settle();
    EXPECT_TRUE(device->scriptIsDone());
    EXPECT_EQ(device->calls(), (std::vector<std::string>{"configuration 2", "claim 2"}));
    ASSERT_TRUE(device->streamRuns(0x83));
    device->deliver(0x83, {{Bytes(512, std::byte{0x10})}});
    EXPECT_NEAR(double(notes.heard.size()), 128, 2) << "16 kHz became 8";
    device->deliver(0x83, {{bytes({0x19, 0x01}) + Bytes(512, std::byte{0x10})}});
    EXPECT_NEAR(double(notes.heard.size()), 128, 2) << "the volume is off";
    EXPECT_TRUE(notes.ends.empty());
}

TEST_F(ConexantMonitorTest, AnotherConfigurationIsToldAndLeftAlone) {
    make(true, 1);
    monitor->start();
    loop.settle();
    ASSERT_EQ(notes.ends.size(), 1U);
    EXPECT_EQ(notes.ends[0].code, ErrorCode::InvalLineState);
    EXPECT_NE(notes.ends[0].cause.find("configuration 1"), std::string::npos);
    EXPECT_TRUE(device->calls().empty());
}

TEST_F(ConexantMonitorTest, AModemWithoutOneSaysSo) {
    make(false, 1);
    monitor->start();
    loop.settle();
    ASSERT_EQ(notes.ends.size(), 1U);
    EXPECT_EQ(notes.ends[0].code, ErrorCode::OperationUnavail);
}

TEST_F(ConexantMonitorTest, AnInterfaceThatSomebodyHasAndAnOrderThatFailsEndIt) {
    make(true, 2);
    device->failures["claim 2"] = {ErrorCode::InUse, "held"};
    monitor->start();
    loop.settle();
    ASSERT_EQ(notes.ends.size(), 1U);
    EXPECT_EQ(notes.ends[0].code, ErrorCode::InUse);
    make(true, 2);
    device->expectWrite(0x03, bytes({0x19, 0x01}), hal::fail(ErrorCode::Timeout, "no answer"));
    monitor->start();
    loop.settle();
    ASSERT_EQ(notes.ends.size(), 2U);
    EXPECT_EQ(notes.ends[1].code, ErrorCode::Timeout);
}

TEST_F(ConexantMonitorTest, UnpluggingIsToldOnce) {
    make(true, 2);
    device->expectWrite(0x03, bytes({0x19, 0x01}));
    monitor->start();
    loop.settle();
    device->unplug();
    loop.settle();
    ASSERT_EQ(notes.ends.size(), 1U);
    EXPECT_EQ(notes.ends[0].code, ErrorCode::NoDevice);
}

/// With the simulated modem, on whose line somebody speaks.
class SimulatedMonitorTest : public testing::Test {
protected:
    void start() {
        monitor = std::make_unique<ConexantMonitor>(
            loop, std::move(*hal::openUsbDevice(loop, "sim:cx")), notes);
        monitor->start();
        loop.advance(100ms);
    }
    void send(const std::string& command) {
        const std::string text = command + "\r";
        static_cast<void>(modem.receive(std::as_bytes(std::span(text))));
        loop.advance(500ms);
    }
    hal::VirtualLoop loop;
    sim::Exchange exchange{loop};
    sim::Line& line = exchange.addLine("5550100");
    sim::FarEnd far{exchange};
    sim::AtModem modem{loop, line, *sim::findPersonality("conexant")};
    sim::ConexantModem dongle{loop, modem, line, {.configuration = 2}};
    sim::SimUsbName name{"cx", dongle};
    Notes notes;
    std::unique_ptr<ConexantMonitor> monitor;
};

TEST_F(SimulatedMonitorTest, HearsTheLineThroughFaultsOfTheStream) {
    start();
    send("ATM2L3");
    dongle.setLineFaults({.unknownEscapeEvery = 3});
    loop.advance(2s);
    EXPECT_NEAR(double(notes.heard.size()), 2.5 * 8000, 1200);
    EXPECT_EQ(monitor->decoder().volume(), 3U);
    EXPECT_GT(monitor->decoder().unknownEscapes(), 10U);
    EXPECT_TRUE(notes.ends.empty());
}

TEST_F(SimulatedMonitorTest, IsSilentWithTheLoudspeakerOff) {
    start();
    send("ATM0");
    notes.heard.clear();
    loop.advance(1s);
    EXPECT_EQ(monitor->decoder().volume(), 0U);
    EXPECT_TRUE(notes.heard.empty());
}

}  // namespace
}  // namespace tipring::chips
