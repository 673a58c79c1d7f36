// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/sangoma_u100.h"

#include "tipring/hal/dsp/codec.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/far_end.h"
#include "usb_rig.h"

namespace tipring::sim {
namespace {

/// The vectors of the notes, byte for byte: head, then the rest repeated.
Bytes vector(std::string_view head, std::string_view rest = "5F CF CF 8F") {
    Bytes all = hex(head);
    while (all.size() < 32) {
        const Bytes more = hex(rest);
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}
const Bytes kIdle = vector("7F CF CF 8F");
const Bytes kIdleHeard = vector("7F EF CF 8F");

struct SangomaU100Test : testing::Test {
    hal::VirtualLoop loop;
    Exchange exchange{loop};
    Line& first = exchange.addLine("5550100");
    Line& second = exchange.addLine("5550101");
    FarEnd caller{exchange};
    SangomaU100 board{loop, &first, &second};
    UsbRig rig{loop, board};
    Collector collector;
    std::deque<Bytes> commands;
    Bytes voice = kIdle;
    Feeder feeder{[this](std::uint64_t) { return next(); }};
    unsigned credit = 4;
    std::unique_ptr<hal::UsbInStream> in;
    std::unique_ptr<hal::UsbOutStream> out;

    /// A frame for each that came.
    Bytes next() {
        if (credit == 0) {
            return {};
        }
        --credit;
        if (commands.empty()) {
            return voice;
        }
        const Bytes one = commands.front();
        commands.pop_front();
        return one;
    }
    void bridge() {
        for (int twice = 0; twice < 2; ++twice) {
            ASSERT_TRUE(rig.controlOut({0x41, 0, 1, 0}, {}));
            ASSERT_TRUE(rig.controlOut({0x41, 1, 7, 0}, {}));
            ASSERT_TRUE(rig.controlOut({0x41, 3, 0x0800, 0}, {}));
        }
    }
    void listen() {
        ASSERT_TRUE(rig.claim(0));
        bridge();
        hal::UsbStreamOptions options;
        options.endpoint = 0x81;
        in = std::move(*rig.device->openInStream(options, collector));
        ASSERT_TRUE(in->start());
    }
    void start() {
        listen();
        hal::UsbStreamOptions options;
        options.endpoint = 0x01;
        options.packetSize = 32;
        out = std::move(*rig.device->openOutStream(options, feeder));
        collector.hook = [this] {
            ++credit;
            out->resume();
        };
        ASSERT_TRUE(out->start());
        loop.advance(5100ms);
        collector.packets.clear();
    }
    /// Sends a frame and waits for one that is not idle.
    Bytes ask(const Bytes& frame) {
        collector.packets.clear();
        commands.push_back(frame);
        loop.advance(30ms);
        for (const Bytes& one : collector.packets) {
            if (controls(one)[1] != 0x7E) {
                return one;
            }
        }
        return {};
    }
    static std::vector<int> controls(const Bytes& frame) {
        std::vector<int> all;
        for (std::size_t slot = 0; slot + 1 <= frame.size() / 4; ++slot) {
            int value = 0;
            for (std::size_t i = 0; i < 4; ++i) {
                value = value * 4 + (std::to_integer<int>(frame[4 * slot + i]) >> 6);
            }
            all.push_back(value);
        }
        return all;
    }
    /// A frame with control bytes; audio is silence.
    static Bytes command(std::initializer_list<int> control) {
        Bytes frame = kIdle;
        std::size_t slot = 1;
        for (const int value : control) {
            for (std::size_t i = 0; i < 4; ++i) {
                std::byte& one = frame[4 * slot + i];
                one = (one & std::byte{0x3F}) | std::byte(((value >> (6 - 2 * i)) & 3) << 6);
            }
            ++slot;
        }
        return frame;
    }
    int read(int port, int reg) {
        const Bytes reply = ask(command({0x04 | port, reg}));
        if (reply.empty() || controls(reply)[1] != (0x04 | port) || controls(reply)[2] != reg) {
            return -1;
        }
        return controls(reply)[3];
    }
    void write(int port, int reg, int value) {
        commands.push_back(command({0x08 | port, reg, value}));
        loop.advance(10ms);
    }
    /// Register writes of 2.6, in short.
    void initialise(int port) {
        write(port, 1, 0x80);
        write(port, 33, 0x28);
        write(port, 6, 0);
        loop.advance(300ms);
        write(port, 5, 0x08);
    }
    /// {register, value} of the events of a port that came.
    std::vector<std::pair<int, int>> events(int port) {
        std::vector<std::pair<int, int>> all;
        for (const Bytes& one : collector.packets) {
            if (one.size() == 32 && controls(one)[1] == (0x0C | port)) {
                all.emplace_back(controls(one)[2], controls(one)[3]);
            }
        }
        return all;
    }
};

TEST_F(SangomaU100Test, StreamsAfterItsBootLoaderAndOnlyAtItsRate) {
    listen();
    loop.advance(4900ms);
    EXPECT_TRUE(collector.packets.empty());
    loop.advance(200ms);
    EXPECT_GT(collector.packets.size(), 90U);
    EXPECT_EQ(collector.packets.front(), kIdle) << "it does not hear us yet";
    ASSERT_TRUE(rig.controlOut({0x41, 1, 8, 0}, {}));
    collector.packets.clear();
    loop.advance(100ms);
    EXPECT_LE(collector.packets.size(), 1U);
    EXPECT_EQ(*rig.controlIn({0xC1, 4, 0, 0}, 2), hex("00 08"));
    EXPECT_EQ(rig.controlOut({0x41, 0x12, 0, 0}, {}).error().code,
              hal::ErrorCode::OperationUnavail);
}

TEST_F(SangomaU100Test, AnswersTheVectorsOfTheNotes) {
    start();
    EXPECT_TRUE(collector.packets.empty());
    loop.advance(20ms);
    EXPECT_EQ(collector.packets.back(), kIdleHeard);
    EXPECT_EQ(ask(vector("7F CF CF 8F 1F 4F 0F 0F 1F 0F 0F 0F 5F CF CF 8F")),
              vector("7F EF CF 8F 1F 4F 0F 0F 1F 0F 0F 0F 5F 4F 4F 4F"))
        << "READ_CPU 0 is 0x55";
    EXPECT_EQ(ask(vector("7F CF CF 8F 1F 4F 4F 0F 1F 0F 0F CF 9F 0F 0F 0F")), Bytes{})
        << "WRITE_CPU 3 = 0x80 is not echoed";
    EXPECT_EQ(controls(ask(vector("7F CF CF 8F 1F 0F 4F 0F 1F 0F 4F 4F 5F CF CF 8F"))),
              (std::vector{0x7E, 0x04, 0x05, 0x00, 0x7E, 0x7E, 0x7E, 0x7E}))
        << "READ_FXO0 r5";
    commands.push_back(vector("7F CF CF 8F 1F 0F 8F 4F 1F 0F 4F 4F 1F 0F 8F 4F"));
    loop.advance(20ms);
    EXPECT_TRUE(second.isOffHook()) << "WRITE_FXO1 r5 = 9";
    EXPECT_FALSE(first.isOffHook());
}

TEST_F(SangomaU100Test, TellsItsVersionsAndEchoesWritesWhenAsked) {
    start();
    EXPECT_EQ(controls(ask(command({0x10, 2})))[3], 0x20);
    EXPECT_EQ(controls(ask(command({0x14, 8, 0x08}))),
              (std::vector{0x7E, 0x14, 8, 8, 0x7E, 0x7E, 0x7E, 0x7E}));
    EXPECT_EQ(controls(ask(command({0x09, 16, 1})))[1], 0x09);
}

TEST_F(SangomaU100Test, AValueOf7EIsCutShortTowardsTheHost) {
    start();
    write(0, 38, 0x7E);
    EXPECT_EQ(controls(ask(command({0x04, 38}))),
              (std::vector{0x7E, 0x04, 38, 0x7E, 0x7E, 0x7E, 0x7E, 0x7E}));
    write(0, 38, 0x7D);
    EXPECT_EQ(read(0, 38), 0x7D);
}

TEST_F(SangomaU100Test, TheDaaComesUpAndMeasuresTheLine) {
    start();
    write(0, 1, 0x80);
    EXPECT_EQ(read(0, 2), 3);
    EXPECT_EQ(read(0, 31), 0x20);
    EXPECT_EQ(read(0, 11) & 0xF0, 0) << "the line side has no power";
    initialise(0);
    EXPECT_EQ(read(0, 11) & 0xF0, 0x30);
    EXPECT_EQ(read(0, 29), 48);
    write(0, 5, 0x09);
    EXPECT_TRUE(first.isOffHook());
    const auto now = first.electrics();
    EXPECT_EQ(read(0, 28), int(now.milliamps / 1.1F));
    EXPECT_EQ(read(0, 12) & 0x1F, int(now.milliamps / 3.3F));
    EXPECT_EQ(read(0, 29), int(now.volts + 0.5F));
    write(0, 5, 0x08);
    loop.advance(3s);
    EXPECT_FALSE(first.isOffHook());
}

TEST_F(SangomaU100Test, PushesEventsOfRingAndBattery) {
    start();
    initialise(0);
    commands.push_back(command({0x14, 3, 0x01}));
    loop.advance(20ms);
    collector.packets.clear();
    CallerId id;
    id.number = "5550199";
    ASSERT_TRUE(caller.call("5550100", id));
    loop.advance(1s);
    const auto ring = events(0);
    ASSERT_GT(ring.size(), 20U);
    int positive = 0, negative = 0;
    for (const auto& one : ring) {
        positive += one.first == 5 && (one.second & 0x60) == 0x20 ? 1 : 0;
        negative += one.first == 5 && (one.second & 0x60) == 0x40 ? 1 : 0;
    }
    EXPECT_NEAR(positive, 20, 2);
    EXPECT_NEAR(negative, 20, 2);
    caller.hangUp();
    loop.advance(10s);
    collector.packets.clear();
    CopperSettings cut;
    cut.cut = true;
    first.setCopper(cut);
    loop.advance(50ms);
    EXPECT_EQ(events(0), (std::vector{std::pair{29, 0}}));
    EXPECT_TRUE(events(1).empty()) << "its events are off";
}

TEST_F(SangomaU100Test, CarriesACallWithSoundBothWays) {
    start();
    initialise(0);
    std::vector<std::int16_t> heard;
    FarEnd::Listener listener;
    listener.onSound = [&](HeardBlock block) {
        heard.insert(heard.end(), block.begin(), block.end());
    };
    caller.setListener(listener);
    CallerId id;
    ASSERT_TRUE(caller.call("5550100", id));
    loop.advance(1s);
    write(0, 5, 0x09);
    loop.advance(200ms);
    EXPECT_EQ(caller.state(), FarEnd::State::Connected);
    const std::vector<std::int16_t> tone(800, 8031);
    caller.say(tone);
    const std::uint8_t code = dsp::encodeMuLaw(8031);
    // Channel 0 has the even bytes: low nibble, then high nibble.
    for (std::size_t x = 0; x < 32; x += 2) {
        const unsigned nibble = x % 4 == 0 ? code & 15U : code >> 4U;
        voice[x] = (voice[x] & std::byte{0xF0}) | std::byte(nibble);
    }
    collector.packets.clear();
    loop.advance(400ms);
    const auto loud = std::count(heard.begin(), heard.end(), dsp::decodeMuLaw(code));
    EXPECT_GT(loud, 2000);
    int samples = 0;
    for (const Bytes& one : collector.packets) {
        for (std::size_t slot = 0; slot < 8; ++slot) {
            const unsigned low = std::to_integer<unsigned>(one[4 * slot]) & 15U;
            const unsigned high = std::to_integer<unsigned>(one[4 * slot + 2]) & 15U;
            samples += (low | (high << 4U)) == code ? 1 : 0;
        }
    }
    EXPECT_EQ(samples, 800);
}

TEST_F(SangomaU100Test, StreamFaultsShowInTheBytes) {
    start();
    SangomaU100Faults faults;
    faults.wrongSync = true;
    board.setStreamFaults(faults);
    loop.advance(20ms);
    EXPECT_NE(controls(collector.packets.back())[0], 0x7E);
    faults = {};
    faults.slipEvery = 10;
    board.setStreamFaults(faults);
    collector.packets.clear();
    collector.stream.clear();
    loop.advance(100ms);
    EXPECT_EQ(collector.stream.size(), 100U * 32 - 10);
    faults = {};
    faults.deaf = true;
    board.setStreamFaults(faults);
    EXPECT_EQ(ask(command({0x10, 0})), Bytes{});
}

TEST_F(SangomaU100Test, LineFaultsShowInTheRegisters) {
    start();
    FxoFaults faults;
    faults.missing = true;
    board.setLineFaults(1, faults);
    EXPECT_EQ(read(1, 2), 0xFF);
    faults = {};
    faults.linkNeverUp = true;
    faults.silentRegister = 29;
    board.setLineFaults(0, faults);
    initialise(0);
    loop.advance(3s);
    EXPECT_EQ(read(0, 11) & 0xF0, 0);
    EXPECT_EQ(ask(command({0x04, 29})), Bytes{});
    faults = {};
    faults.wrongRegister = true;
    board.setLineFaults(0, faults);
    EXPECT_EQ(controls(ask(command({0x04, 5})))[2], 6);
    faults = {};
    board.setLineFaults(0, faults);
    write(0, 34, 1);
    board.brownOut();
    loop.advance(50ms);
    EXPECT_EQ(read(0, 34), 0) << "the registers are lost";
}

TEST_F(SangomaU100Test, FirmwareUpdateLeavesVoiceMode) {
    start();
    commands.push_back(command({0x14, 0x0A, 0x5A}));
    commands.push_back(command({0x14, 3, 0x40}));
    loop.advance(20ms);
    collector.packets.clear();
    loop.advance(100ms);
    EXPECT_TRUE(collector.packets.empty());
}

TEST_F(SangomaU100Test, FindsItsPlaceInAStreamThatLostBytes) {
    start();
    commands.push_back(Bytes(13, std::byte{0x7F}));
    loop.advance(50ms);
    EXPECT_EQ(controls(ask(command({0x10, 0})))[3], 0x55);
}

}  // namespace
}  // namespace tipring::sim
