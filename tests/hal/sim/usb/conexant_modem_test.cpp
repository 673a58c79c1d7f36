// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/conexant_modem.h"

#include <algorithm>

#include "tipring/hal/sim/far_end.h"
#include "usb_rig.h"

namespace tipring::sim {
namespace {

struct ConexantModemTest : testing::Test {
    hal::VirtualLoop loop;
    Exchange exchange{loop};
    Line& line = exchange.addLine("5550100");
    FarEnd far{exchange};
    AtModem modem{loop, line, *findPersonality("conexant-cx930xx")};
    ConexantModem dongle{loop, modem, line};
    UsbRig rig{loop, dongle};
    Collector collector;
    std::unique_ptr<hal::UsbInStream> in;

    std::string ask(std::string_view command) {
        std::string text(command);
        text += '\r';
        const auto all = std::as_bytes(std::span(text));
        EXPECT_TRUE(rig.write(0x02, Bytes(all.begin(), all.end())));
        std::string reply;
        while (const auto got = rig.read(0x82, 512, 20ms)) {
            for (const std::byte one : *got) {
                reply += char(one);
            }
        }
        return reply;
    }
    void monitor() {
        ASSERT_TRUE(rig.configure(2));
        ASSERT_TRUE(rig.claim(2));
        hal::UsbStreamOptions options;
        options.endpoint = 0x83;
        options.packetSize = 256;
        in = std::move(*rig.device->openInStream(options, collector));
        ASSERT_TRUE(in->start());
        EXPECT_EQ(*rig.write(0x03, hex("19 01")), 2U);
    }
    struct Heard {
        std::vector<std::int16_t> samples;
        std::vector<int> volumes;
        int unknown = 0;
    };
    /// By the rules of the notes.
    [[nodiscard]] Heard heard() const {
        Heard result;
        Bytes data;
        for (std::size_t i = 0; i < collector.stream.size(); ++i) {
            const int value = std::to_integer<int>(collector.stream[i]);
            if (value != 0x19) {
                data.push_back(std::byte(value));
                continue;
            }
            const int next = std::to_integer<int>(collector.stream.at(++i));
            if (next == 0x19) {
                data.push_back(std::byte{0x19});
            } else if ((next & 15) == 1) {
                result.volumes.push_back(next >> 4);
            } else {
                ++result.unknown;
            }
        }
        for (std::size_t i = 0; i + 1 < data.size(); i += 2) {
            result.samples.push_back(std::int16_t((std::to_integer<unsigned>(data[i]) << 8U) |
                                                  std::to_integer<unsigned>(data[i + 1])));
        }
        return result;
    }
};

TEST_F(ConexantModemTest, HasTwoConfigurationsAsTheDumpShowsThem) {
    const Bytes first = rig.controlIn({0x80, 6, 0x0200, 0}, 255).value();
    const Bytes second = rig.controlIn({0x80, 6, 0x0201, 0}, 255).value();
    ASSERT_EQ(first.size(), 73U);
    ASSERT_EQ(second.size(), 96U);
    const Bytes tail =
        hex("05 24 00 10 01 05 24 01 03 01 04 24 02 07 05 24 06 00 01 06 24 07 04 03 48");
    EXPECT_EQ(Bytes(first.end() - 25, first.end()), tail);
    EXPECT_EQ(Bytes(second.end() - 25, second.end()), tail);
    const auto& faces = rig.device->descriptors().configurations.at(1).interfaces;
    EXPECT_EQ(faces.at(2).alternates.at(0).endpoints.at(0).address, 0x83);
    ConexantModemSettings plain;
    plain.hasMonitor = false;
    ConexantModem other(loop, modem, line, plain);
    EXPECT_EQ(hal::parseUsbDescriptors(other.descriptors())->configurations.size(), 1U);
}

TEST_F(ConexantModemTest, SpeaksAtThroughItsBulkPipesInBothConfigurations) {
    EXPECT_NE(ask("AT").find("OK"), std::string::npos);
    EXPECT_NE(ask("AT+FCLASS=?").find("8"), std::string::npos);
    ASSERT_TRUE(rig.configure(2));
    EXPECT_NE(ask("AT").find("OK"), std::string::npos);
}

TEST_F(ConexantModemTest, KeepsItsLineCodingAndTellsRing) {
    EXPECT_EQ(*rig.controlIn({0xA1, 0x21, 0, 0}, 7), hex("00 C2 01 00 00 00 08"));
    EXPECT_TRUE(rig.controlOut({0x21, 0x20, 0, 0}, hex("80 25 00 00 00 00 08")));
    EXPECT_EQ(*rig.controlIn({0xA1, 0x21, 0, 0}, 7), hex("80 25 00 00 00 00 08"));
    EXPECT_TRUE(rig.controlOut({0x21, 0x22, 3, 0}, {}));
    EXPECT_EQ(*rig.read(0x81, 64), hex("A1 20 00 00 00 00 02 00 02 00"));
    ASSERT_TRUE(far.call("5550100", {}));
    EXPECT_EQ(*rig.read(0x81, 64, 5000ms), hex("A1 20 00 00 00 00 02 00 0A 00"));
}

TEST_F(ConexantModemTest, MonitorsTheLineAtSixteenKilohertz) {
    monitor();
    EXPECT_NE(ask("ATM2L3").find("OK"), std::string::npos);
    line.setExtension(true);  // lets dial tone come, the modem stays on hook
    loop.advance(300ms);
    collector.stream.clear();
    loop.advance(1600ms);
    const Heard got = heard();
    EXPECT_NEAR(double(got.samples.size()), 1600 * 16, 512);
    EXPECT_GT(*std::max_element(got.samples.begin(), got.samples.end()), 1000);
    // 350 + 440 Hz: the sum crosses zero about 790 times a second.
    int crossings = 0;
    for (std::size_t i = 1; i < got.samples.size(); ++i) {
        crossings += (got.samples[i - 1] < 0) != (got.samples[i] < 0) ? 1 : 0;
    }
    EXPECT_NEAR(crossings / 1.6, 790, 60);
}

TEST_F(ConexantModemTest, EscapesItsOwnByteAndTellsTheVolume) {
    (void)ask("ATM2L3");
    line.setDialTone(false);
    monitor();
    line.setExtension(true);
    loop.advance(200ms);
    EXPECT_EQ(heard().volumes, std::vector{3});
    EXPECT_EQ(Bytes(collector.stream.begin(), collector.stream.begin() + 2), hex("19 31"));
    line.sayOnExtension(std::vector<std::int16_t>(1600, 0x1919));
    collector.stream.clear();
    loop.advance(100ms);
    const Bytes four = hex("19 19 19 19");
    EXPECT_NE(
        std::search(collector.stream.begin(), collector.stream.end(), four.begin(), four.end()),
        collector.stream.end());
    (void)ask("ATM0");
    loop.advance(100ms);
    EXPECT_EQ(heard().volumes, std::vector{0});
    EXPECT_EQ(heard().samples.back(), 0);
}

TEST_F(ConexantModemTest, TheMonitorIsThereInItsConfigurationAlone) {
    EXPECT_EQ(rig.write(0x03, hex("19 01")).error().code, hal::ErrorCode::InvalParam);
    monitor();
    (void)ask("ATM2");
    loop.advance(100ms);
    EXPECT_FALSE(collector.stream.empty());
    ConexantModemFaults faults;
    faults.unknownEscapeEvery = 2;
    faults.oddByteEvery = 3;
    dongle.setLineFaults(faults);
    collector.stream.clear();
    loop.advance(160ms);
    EXPECT_GE(heard().unknown, 3);
    // 10 blocks of silence: 512 bytes each, one less in three of them, two more in five.
    EXPECT_EQ(collector.stream.size(), 10U * 512 - 3 + 5 * 2);
    faults = {};
    faults.monitorSilent = true;
    dongle.setLineFaults(faults);
    loop.advance(20ms);
    collector.stream.clear();
    loop.advance(160ms);
    EXPECT_TRUE(collector.stream.empty());
}

TEST_F(ConexantModemTest, GoesOffTheBusWhenItsModemVanishes) {
    ModemFaults faults;
    faults.vanishAt = "+FCLASS";
    modem.setFaults(faults);
    const std::string command = "AT+FCLASS=8\r";
    const auto all = std::as_bytes(std::span(command));
    (void)rig.write(0x02, Bytes(all.begin(), all.end()));
    EXPECT_FALSE(dongle.plugged());
    EXPECT_EQ(rig.read(0x82, 64).error().code, hal::ErrorCode::NoDevice);
}

}  // namespace
}  // namespace tipring::sim
