// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/usbip_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tipring/hal/sim/open_usb_fxs.h"
#include "usb_rig.h"

namespace tipring::sim {
namespace {

Bytes be32(std::uint32_t value) {
    return bytes(
        {int(value >> 24U), int(value >> 16U) & 255, int(value >> 8U) & 255, int(value) & 255});
}
std::uint32_t be32(const Bytes& all, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value = (value << 8U) | std::to_integer<std::uint32_t>(all.at(at + i));
    }
    return value;
}
Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// The other end of a connection: bytes as a script writes them.
struct Peer {
    Peer(hal::VirtualLoop& ownLoop, std::uint16_t port) : loop(ownLoop) {
        fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int yes = 1;  // real time has no part in this
        EXPECT_EQ(::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    Peer(hal::VirtualLoop& ownLoop, int own) : loop(ownLoop), fd(own) {}
    ~Peer() { ::close(fd); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void send(const Bytes& what) {
        EXPECT_EQ(::send(fd, what.data(), what.size(), MSG_NOSIGNAL), ssize_t(what.size()));
    }
    /// What came within `time`.
    Bytes receive(hal::Duration time = 5ms) {
        Bytes all;
        for (int i = 0; i < 5; ++i) {
            loop.advance(time / 5);
            std::array<std::byte, 65536> buffer;
            ssize_t count = 0;
            while ((count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
                all.insert(all.end(), buffer.begin(), buffer.begin() + count);
            }
            closed = closed || count == 0 || errno == ECONNRESET;
        }
        return all;
    }
    Bytes ask(const Bytes& what, hal::Duration time = 5ms) {
        send(what);
        return receive(time);
    }

    static Bytes import(std::string_view busId) {
        Bytes all = hex("01 11 80 03 00 00 00 00");
        Bytes id(32);
        std::copy_n(std::as_bytes(std::span(busId)).begin(), busId.size(), id.begin());
        return all + id;
    }
    Bytes submit(bool in, int endpoint, std::uint32_t length, std::string_view setup = "",
                 const Bytes& data = {}, std::uint32_t packets = 0, std::uint32_t flags = 0) {
        Bytes eight = hex(setup);
        eight.resize(8);
        return be32(1) + be32(++sequence) + be32(0x10001) + be32(in ? 1 : 0) +
               be32(std::uint32_t(endpoint)) + be32(flags) + be32(length) + be32(0) +
               be32(packets) + be32(0) + eight + data;
    }
    Bytes unlink(std::uint32_t victim) {
        return be32(2) + be32(++sequence) + be32(0x10001) + be32(0) + be32(0) + be32(victim) +
               Bytes(24);
    }

    hal::VirtualLoop& loop;
    int fd;
    std::uint32_t sequence = 0;
    bool closed = false;
};

struct UsbipServerTest : testing::Test {
    void SetUp() override {
        UsbipOptions options;
        options.port = 0;
        auto created = UsbipServer::create(loop, options);
        ASSERT_TRUE(created) << created.error().text();
        server = std::move(*created);
        server->add("1-1", board);
    }
    /// A peer that has imported the board and configured it.
    std::unique_ptr<Peer> attached() {
        auto peer = std::make_unique<Peer>(loop, server->port());
        EXPECT_EQ(peer->ask(Peer::import("1-1")).size(), 8U + 312);
        const Bytes reply = peer->ask(peer->submit(false, 0, 0, "00 09 01 00 00 00 00 00"));
        EXPECT_EQ(reply.size(), 48U);
        return peer;
    }

    hal::VirtualLoop loop;
    Telephone phone{loop};
    OpenUsbFxs board{loop, phone};
    std::unique_ptr<UsbipServer> server;
};

TEST_F(UsbipServerTest, ListsTheDevicesThatAreFree) {
    Peer peer(loop, server->port());
    const Bytes list = peer.ask(hex("01 11 80 05 00 00 00 00"));
    ASSERT_EQ(list.size(), 12U + 312 + 4);
    EXPECT_EQ(Bytes(list.begin(), list.begin() + 12), hex("01 11 00 05 00 00 00 00 00 00 00 01"));
    EXPECT_EQ(Bytes(list.begin() + 268, list.begin() + 272), hex("31 2D 31 00"));
    EXPECT_EQ(Bytes(list.begin() + 300, list.end()),
              hex("00 00 00 01 00 00 00 01 00 00 00 02 04 D8 FC F1 00 01 00 00 00 00 01 01"
                  "00 00 00 00"));
    const auto other = attached();
    EXPECT_EQ(peer.ask(hex("01 11 80 05 00 00 00 00")), hex("01 11 00 05 00 00 00 00 00 00 00 00"));
}

TEST_F(UsbipServerTest, RefusesWhatIsNotThereOrTaken) {
    Peer peer(loop, server->port());
    EXPECT_EQ(peer.ask(Peer::import("9-9")), hex("01 11 00 03 00 00 00 01"));
    const auto first = attached();
    EXPECT_EQ(peer.ask(Peer::import("1-1")), hex("01 11 00 03 00 00 00 01"));
    EXPECT_FALSE(peer.closed);
}

TEST_F(UsbipServerTest, MovesControlAndBulkTransfers) {
    const auto peer = attached();
    Bytes reply = peer->ask(peer->submit(true, 0, 64, "80 06 00 01 00 00 40 00"));
    ASSERT_EQ(reply.size(), 48U + 18);
    EXPECT_EQ(Bytes(reply.begin(), reply.begin() + 48),
              be32(3) + be32(peer->sequence) + Bytes(12) + be32(0) + be32(18) + Bytes(20));
    EXPECT_EQ(Bytes(reply.begin() + 48, reply.end()),
              hex("12 01 00 02 00 00 00 08 D8 04 F1 FC 01 00 01 02 03 01"));
    // The read waits; the write's answer and then its own come.
    EXPECT_TRUE(peer->ask(peer->submit(true, 1, 32)).empty());
    const std::uint32_t read = peer->sequence;
    reply = peer->ask(peer->submit(false, 1, 2, "", hex("82 0B")));
    ASSERT_EQ(reply.size(), 48U + 48 + 3);
    EXPECT_EQ(be32(reply, 4), read + 1);
    EXPECT_EQ(be32(reply, 48 + 4), read);
    EXPECT_EQ(Bytes(reply.begin() + 96, reply.end()), hex("82 0B 33"));
    reply = peer->ask(peer->submit(true, 0, 8, "C0 55 00 00 00 00 08 00"));
    EXPECT_EQ(be32(reply, 20), std::uint32_t(-32)) << "a stall is EPIPE";
    reply = peer->ask(peer->submit(true, 7, 8));
    EXPECT_EQ(be32(reply, 20), std::uint32_t(-71)) << "no such endpoint: EPROTO";
}

TEST_F(UsbipServerTest, AShortReadIsAnErrorOnlyWhenItIsToldSo) {
    const auto peer = attached();
    Bytes reply = peer->ask(peer->submit(true, 0, 64, "80 06 00 01 00 00 40 00", {}, 0, 1));
    EXPECT_EQ(be32(reply, 20), std::uint32_t(-121));
    EXPECT_EQ(reply.size(), 48U + 18);
    reply = peer->ask(peer->submit(true, 0, 64, "80 06 00 01 00 00 40 00", {}, 0xFFFFFFFF));
    EXPECT_EQ(be32(reply, 20), 0U) << "no packets, said in the other way";
}

TEST_F(UsbipServerTest, PacesIsochronousTransfersAndPacksThem) {
    const auto peer = attached();
    (void)peer->ask(peer->submit(false, 1, 3, "", hex("7D 00 00")));
    Bytes packets;
    for (std::uint32_t i = 0; i < 8; ++i) {
        packets = packets + be32(i * 64) + be32(16) + be32(0) + be32(0);
    }
    EXPECT_TRUE(peer->ask(peer->submit(true, 2, 512, "", packets, 8), 5ms).empty());
    const Bytes reply = peer->receive(10ms);
    ASSERT_EQ(reply.size(), 48U + 8 * 16 + 8 * 16);
    EXPECT_EQ(be32(reply, 24), 128U);
    EXPECT_EQ(be32(reply, 32), 8U);
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_EQ(reply[48 + i * 16], std::byte{0xBA});
        EXPECT_EQ(reply[49 + i * 16] ^ reply[49 + (i ^ 1U) * 16], std::byte{0x33}) << "DD, EE";
        EXPECT_EQ(be32(reply, 48 + 128 + i * 16), i * 64) << "the offset is the peer's own";
        EXPECT_EQ(be32(reply, 48 + 128 + i * 16 + 8), 16U);
    }
}

TEST_F(UsbipServerTest, UnlinksATransferOnce) {
    const auto peer = attached();
    EXPECT_TRUE(peer->ask(peer->submit(true, 1, 32)).empty());
    const std::uint32_t victim = peer->sequence;
    Bytes reply = peer->ask(peer->unlink(victim));
    EXPECT_EQ(reply,
              be32(4) + be32(victim + 1) + Bytes(12) + be32(std::uint32_t(-104)) + Bytes(24));
    reply = peer->ask(peer->unlink(victim));
    EXPECT_EQ(be32(reply, 20), 0U);
    reply = peer->ask(peer->submit(false, 1, 2, "", hex("82 0B")));
    EXPECT_EQ(reply.size(), 48U) << "nobody reads the reply";
}

TEST_F(UsbipServerTest, UnpluggingEndsTheConnection) {
    const auto peer = attached();
    EXPECT_TRUE(peer->ask(peer->submit(true, 1, 32)).empty());
    board.unplug();
    const Bytes last = peer->receive();
    EXPECT_EQ(be32(last, 20), std::uint32_t(-108));
    EXPECT_TRUE(peer->closed);
    EXPECT_EQ(server->clients(), 0U);
    board.plugIn();
    (void)attached();
}

TEST_F(UsbipServerTest, AClientThatGoesFreesItsDevice) {
    {
        const auto peer = attached();
        EXPECT_TRUE(board.hasHost());
    }
    loop.advance(5ms);
    EXPECT_FALSE(board.hasHost());
    const auto next = attached();
    server->remove("1-1");
    EXPECT_FALSE(board.hasHost());
    (void)next->receive();
    EXPECT_TRUE(next->closed);
}

TEST_F(UsbipServerTest, AClientThatGoesTakesThePowerWithIt) {
    {
        const auto peer = attached();
        (void)peer->ask(peer->submit(false, 1, 3, "", hex("83 0E 00")));
        EXPECT_EQ(board.slicRegister(14), 0);
    }
    loop.advance(5ms);
    EXPECT_EQ(board.slicRegister(14), 0x10) << "as out of the box";
    EXPECT_TRUE(board.plugged());
    board.unplug();
    (void)Peer(loop, server->port()).ask(Peer::import("1-1"));
    loop.advance(5ms);
    EXPECT_FALSE(board.plugged()) << "nobody plugs it in by going";
}

TEST_F(UsbipServerTest, HostilePeersLoseTheirConnectionAndNobodyElseDoes) {
    const auto good = attached();
    Telephone otherPhone{loop};
    OpenUsbFxs other{loop, otherPhone};
    server->add("1-2", other);
    const auto cutOff = [&](const Bytes& what, bool imports) {
        Peer bad(loop, server->port());
        if (imports) {
            (void)bad.ask(Peer::import("1-2"));
        }
        bad.send(what);
        (void)bad.receive();
        return bad.closed;
    };
    Peer form(loop, ::dup(STDERR_FILENO));
    EXPECT_TRUE(cutOff(hex("47 45 54 20 2F 20 48 54"), false)) << "another protocol";
    EXPECT_TRUE(cutOff(hex("01 11 80 09 00 00 00 00"), false));
    EXPECT_TRUE(cutOff(be32(9) + Bytes(44), true));
    EXPECT_TRUE(cutOff(form.submit(true, 99, 8), true)) << "endpoint";
    EXPECT_TRUE(cutOff(form.submit(true, 1, 0xFFFFFFF0), true)) << "length";
    EXPECT_TRUE(cutOff(form.submit(false, 1, 0x80000000), true)) << "negative length";
    EXPECT_TRUE(cutOff(form.submit(true, 2, 16, "", {}, 0x10000), true)) << "packets";
    EXPECT_TRUE(cutOff(form.submit(true, 2, 16, "", be32(8) + be32(16) + Bytes(8), 1), true))
        << "a packet outside";
    Bytes many;
    for (std::size_t i = 0; i < UsbipServer::kMaxTransfers + 1; ++i) {
        many = many + form.submit(true, 1, 32);
    }
    EXPECT_TRUE(cutOff(many, true)) << "too many at once";
    many.clear();
    for (int i = 0; i < 17; ++i) {
        many = many + form.submit(true, 1, 256 * 1024);
    }
    EXPECT_TRUE(cutOff(many, true)) << "too much at once";
    EXPECT_FALSE(cutOff(form.submit(false, 0, 512, "21 09 00 00 00 00 00 02", Bytes(512)), true));
    EXPECT_EQ(good->ask(good->submit(true, 0, 18, "80 06 00 01 00 00 12 00")).size(), 66U);
    EXPECT_EQ(server->clients(), 1U);
}

TEST_F(UsbipServerTest, ServesASocketThatIsThere) {
    int pair[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    Peer peer(loop, pair[0]);
    EXPECT_TRUE(server->serve(hal::FileDescriptor{pair[1]}, "1-1"));
    EXPECT_EQ(peer.ask(peer.submit(true, 0, 18, "80 06 00 01 00 00 12 00")).size(), 66U);
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    Peer late(loop, pair[0]);
    EXPECT_EQ(server->serve(hal::FileDescriptor{pair[1]}, "1-1").error().code,
              hal::ErrorCode::InUse);
}

TEST_F(UsbipServerTest, ListensOnLoopbackOnly) {
    UsbipOptions options;
    options.port = server->port();
    EXPECT_EQ(UsbipServer::create(loop, options).error().code, hal::ErrorCode::InUse);
    EXPECT_EQ(UsbipOptions{}.address, "127.0.0.1");
    options.address = "localhost";
    EXPECT_EQ(UsbipServer::create(loop, options).error().code, hal::ErrorCode::InvalAddress);
}

}  // namespace
}  // namespace tipring::sim
