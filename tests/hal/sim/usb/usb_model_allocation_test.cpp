// SPDX-License-Identifier: Apache-2.0
// Once they stream, the models, the bus in process and USB/IP allocate nothing.
#include <sys/socket.h>

#include "hal/base/allocation_count.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/sim/conexant_modem.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/magic_jack.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/personality.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/tiger_jet.h"
#include "tipring/hal/sim/usbip_server.h"
#include "usb_rig.h"

namespace tipring::sim {
namespace {

using test::allocationCount;

/// Counts what comes and keeps nothing.
struct InCounter final : hal::UsbInStreamObserver {
    void onPackets(std::span<const hal::UsbPacket> all) override {
        for (const hal::UsbPacket& one : all) {
            count += one.data.size();
        }
        if (hook) {
            hook();
        }
    }
    void onStopped(const hal::Error* /*why*/) override {}
    std::size_t count = 0;
    std::function<void()> hook;
};

/// Sends one packet again and again, as often as it may.
struct OutRepeater final : hal::UsbOutStreamObserver {
    std::size_t fillPacket(std::span<std::byte> room, std::uint64_t /*number*/) override {
        if (credit == 0) {
            return 0;
        }
        credit -= paced ? 1U : 0U;
        ++count;
        std::copy(packet.begin(), packet.end(), room.begin());
        return packet.size();
    }
    void onStopped(const hal::Error* /*why*/) override {}
    Bytes packet;
    bool paced = false;  ///< a packet for each that came
    unsigned credit = 4;
    std::size_t count = 0;
};

struct UsbModelsInSteadyState : testing::Test {
    /// What 3 s allocate, after one that took what was needed.
    std::uint64_t allocations() {
        loop.advance(1s);
        const auto before = allocationCount();
        loop.advance(3s);
        return allocationCount() - before;
    }
    void openIn(UsbRig& rig, std::uint8_t endpoint, unsigned packets) {
        hal::UsbStreamOptions options;
        options.endpoint = endpoint;
        options.packets = packets == 0 ? options.packets : packets;
        in = std::move(*rig.device->openInStream(options, heard));
        ASSERT_TRUE(in->start());
    }
    void openOut(UsbRig& rig, std::uint8_t endpoint, unsigned packets) {
        hal::UsbStreamOptions options;
        options.endpoint = endpoint;
        options.packets = packets == 0 ? options.packets : packets;
        options.packetSize = packets == 0 ? said.packet.size() : options.packetSize;
        out = std::move(*rig.device->openOutStream(options, said));
        ASSERT_TRUE(out->start());
    }

    hal::VirtualLoop loop;
    Exchange exchange{loop};
    Line& line = exchange.addLine("5550100");
    FarEnd far{exchange};
    Telephone phone{loop};
    InCounter heard;
    OutRepeater said;
    std::unique_ptr<hal::UsbInStream> in;
    std::unique_ptr<hal::UsbOutStream> out;
};

TEST_F(UsbModelsInSteadyState, U100AllocatesNothing) {
    SangomaU100 board{loop, &line, nullptr};
    UsbRig rig{loop, board};
    ASSERT_TRUE(rig.claim(0));
    for (const auto& [request, value] : {std::pair{0, 1}, {1, 7}, {3, 0x0800}}) {
        ASSERT_TRUE(
            rig.controlOut({0x41, std::uint8_t(request), std::uint16_t(value), 0}, Bytes{}));
    }
    // Idle, but for a read of register 0 of its processor.
    said.packet =
        hex("7F CF CF 8F 1F 4F 0F 0F 1F 0F 0F 0F 5F CF CF 8F 5F CF CF 8F 5F CF CF 8F"
            "5F CF CF 8F 5F CF CF 8F");
    said.paced = true;
    heard.hook = [this] {
        ++said.credit;
        out->resume();
    };
    openOut(rig, 0x01, 0);
    openIn(rig, 0x81, 0);
    loop.advance(6s);
    EXPECT_EQ(allocations(), 0U);
    EXPECT_GT(heard.count, 4U * 32 * 900);
    EXPECT_GT(said.count, 4U * 900);
}

TEST_F(UsbModelsInSteadyState, OpenUsbFxsAllocatesNothing) {
    OpenUsbFxs board{loop, phone};
    UsbRig rig{loop, board};
    ASSERT_TRUE(rig.claim(0));
    ASSERT_TRUE(rig.write(0x01, hex("83 0E 00")));
    ASSERT_TRUE(rig.write(0x01, hex("7D 00 00")));
    said.packet = Bytes(16, std::byte{0x7F});
    openIn(rig, 0x82, 8);
    openOut(rig, 0x02, 8);
    EXPECT_EQ(allocations(), 0U);
    EXPECT_GT(heard.count, 4U * 16 * 900);
    EXPECT_GT(said.count, 4U * 900);
}

TEST_F(UsbModelsInSteadyState, TigerJetAllocatesNothing) {
    TigerJet560 chip{loop, phone};
    UsbRig rig{loop, chip};
    ASSERT_TRUE(rig.claim(2) && rig.claim(3));
    ASSERT_TRUE(rig.alternate(2, 1) && rig.alternate(3, 1));
    said.packet = Bytes(16, std::byte{0x11});
    openIn(rig, 0x86, 8);
    openOut(rig, 0x07, 8);
    EXPECT_EQ(allocations(), 0U);
    EXPECT_GT(said.count, 4U * 900);
}

TEST_F(UsbModelsInSteadyState, MagicJackAllocatesNothing) {
    MagicJack jack{loop, phone};
    UsbRig rig{loop, jack};
    ASSERT_TRUE(rig.claim(2) && rig.claim(3));
    ASSERT_TRUE(rig.alternate(2, 1) && rig.alternate(3, 2));
    said.packet = Bytes(16, std::byte{0x11});
    openIn(rig, 0x83, 8);
    openOut(rig, 0x04, 8);
    EXPECT_EQ(allocations(), 0U);
    EXPECT_GT(heard.count, 4U * 16 * 900);
    EXPECT_GT(said.count, 4U * 900);
}

TEST_F(UsbModelsInSteadyState, TheMonitorOfAModemAllocatesNothing) {
    AtModem modem{loop, line, *findPersonality("conexant")};
    ConexantModem dongle{loop, modem, line};
    UsbRig rig{loop, dongle};
    ASSERT_TRUE(rig.configure(2));
    ASSERT_TRUE(rig.claim(1) && rig.claim(2));
    const std::string_view orders = "ATM2X3DT5559024\r";
    ASSERT_TRUE(rig.write(0x02, Bytes(std::as_bytes(std::span(orders)).begin(),
                                      std::as_bytes(std::span(orders)).end())));
    ASSERT_TRUE(rig.write(0x03, hex("19 01")));
    openIn(rig, 0x83, 0);
    loop.advance(5s);
    EXPECT_EQ(allocations(), 0U);
    EXPECT_GT(heard.count, 100'000U);
}

Bytes be32(std::initializer_list<std::uint32_t> values) {
    Bytes all;
    for (const std::uint32_t value : values) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            all.push_back(std::byte(value >> unsigned(shift)));
        }
    }
    return all;
}

/// A kernel that has eight isochronous transfers of 8 packets under way, and asks for more as they
/// come back.
struct IsoPeer {
    explicit IsoPeer(int own) : fd(own) {
        Bytes packets;
        for (std::uint32_t i = 0; i < 8; ++i) {
            const Bytes one = be32({i * 16, 16, 0, 0});
            packets.insert(packets.end(), one.begin(), one.end());
        }
        submit = be32({1, 0, 0x10001, 1, 2, 0, 128, 0, 8, 1, 0, 0});
        submit.insert(submit.end(), packets.begin(), packets.end());
    }
    void send(const Bytes& what) {
        ASSERT_EQ(::send(fd, what.data(), what.size(), MSG_NOSIGNAL), ssize_t(what.size()));
    }
    void ask() {
        submit[7] = std::byte(++sequence);
        send(submit);
    }
    /// An answer has 48 bytes, 128 of data and 128 of packets.
    void turn() {
        ssize_t count = 0;
        while ((count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
            bytes += std::size_t(count);
        }
        for (; answered < bytes / 304; ++answered) {
            ask();
        }
    }
    int fd;
    Bytes submit;
    std::array<std::byte, 65536> buffer;
    std::uint8_t sequence = 0;
    std::size_t bytes = 0, answered = 0;
};

TEST_F(UsbModelsInSteadyState, UsbIpAllocatesNothing) {
    OpenUsbFxs board{loop, phone};
    const auto server = UsbipServer::create(loop, {"127.0.0.1", 0});
    ASSERT_TRUE(server);
    (*server)->add("1-1", board);
    int pair[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    const hal::FileDescriptor own{pair[0]};
    ASSERT_TRUE((*server)->serve(hal::FileDescriptor{pair[1]}, "1-1"));
    IsoPeer peer{own.get()};
    const Bytes configure = be32({1, 1, 0x10001, 0, 0, 0, 0, 0, 0, 0, 0x00090100, 0});
    Bytes start = be32({1, 2, 0x10001, 0, 1, 0, 3, 0, 0, 0, 0, 0});
    start.insert(start.end(), {std::byte{0x7D}, {}, {}});
    peer.send(configure);
    loop.advance(10ms);
    peer.send(start);
    loop.advance(10ms);
    (void)::recv(own.get(), peer.buffer.data(), peer.buffer.size(), MSG_DONTWAIT);
    for (int i = 0; i < 8; ++i) {
        peer.ask();
    }
    const auto run = [&](std::chrono::milliseconds time) {
        const auto before = allocationCount();
        for (auto left = time; left > 0ms; left -= 1ms) {
            loop.advance(1ms);
            peer.turn();
        }
        return allocationCount() - before;
    };
    (void)run(1s);
    const std::size_t before = peer.answered;
    EXPECT_EQ(run(3s), 0U);
    EXPECT_GT(peer.answered - before, 3000U / 8 - 10);
}

}  // namespace
}  // namespace tipring::sim
