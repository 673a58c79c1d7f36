// SPDX-License-Identifier: Apache-2.0
// A USB/IP peer sends anything to any of the devices: the first byte says whether it has imported
// the device already (bit 0) and which one it is (bits 1 to 3), the second how much it sends at
// once, the rest goes to the server as it is. Nothing breaks, and the server serves the next one.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/conexant_modem.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/hid_phone.h"
#include "tipring/hal/sim/magic_jack.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/personality.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/tiger_jet.h"
#include "tipring/hal/sim/usbip_server.h"

namespace {

using namespace tipring;
using namespace std::chrono_literals;
using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kMostPieces = 128;

struct Pair {
    Pair() {
        std::array<int, 2> both{-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both.data()) != 0) {
            std::abort();
        }
        ours.reset(both[0]);
        theirs.reset(both[1]);
    }
    hal::FileDescriptor ours, theirs;
};

/// Lines and a telephone, and one of the devices on them.
struct Bench {
    explicit Bench(unsigned which) : device(make(which)) {}

    std::unique_ptr<sim::UsbModel> make(unsigned which) {
        sim::SangomaU100Settings atOnce;
        atOnce.boot = 0ms;
        switch (which) {
        case 1: return std::make_unique<sim::ConexantModem>(loop, modem, line);
        case 2: return std::make_unique<sim::SangomaU100>(loop, &second, nullptr, atOnce);
        case 3: return std::make_unique<sim::HidPhone>(loop, &second);
        case 4: return std::make_unique<sim::TigerJet560>(loop, phone);
        case 5: return std::make_unique<sim::MagicJack>(loop, phone);
        default: return std::make_unique<sim::OpenUsbFxs>(loop, phone);
        }
    }

    hal::VirtualLoop loop;
    sim::Exchange exchange{loop};
    sim::Line& line = exchange.addLine("1");
    sim::Line& second = exchange.addLine("2");
    sim::AtModem modem{loop, line, *sim::findPersonality("v253")};
    sim::Telephone phone{loop};
    std::unique_ptr<sim::UsbModel> device;
};

void pass(hal::VirtualLoop& loop, int milliseconds, int fd) {
    std::array<std::byte, 4096> bytes;
    for (int i = 0; i < milliseconds; ++i) {
        loop.advance(1ms);
        while (::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
        }
    }
}

void sendInPieces(hal::VirtualLoop& loop, int fd, Bytes all, std::size_t piece) {
    piece = std::max(piece, all.size() / kMostPieces + 1);
    for (std::size_t at = 0; at < all.size(); at += piece) {
        const Bytes part = all.subspan(at, std::min(piece, all.size() - at));
        (void)::send(fd, part.data(), part.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        pass(loop, 2, fd);  // a control request takes a frame
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool quiet = hal::configureLog("off").has_value();
    if (!quiet || size < 2 || size > 16384) {
        return 0;
    }
    Bench bench((data[0] >> 1U) & 7U);
    sim::UsbipOptions options;
    options.port = 0;
    const auto server = sim::UsbipServer::create(bench.loop, options);
    if (!server) {
        return 0;  // no sockets are left
    }
    (*server)->add("1-1", *bench.device);
    Pair peer;
    (void)(*server)->serve(std::move(peer.theirs), (data[0] & 1U) != 0 ? "1-1" : "");
    sendInPieces(bench.loop, peer.ours.get(), Bytes(data, size).subspan(2), data[1] + 1U);
    pass(bench.loop, 30, peer.ours.get());
    peer.ours.reset();
    bench.loop.advance(200ms);  // also when the board dropped off
    Pair next;
    if (!(*server)->serve(std::move(next.theirs), "1-1")) {
        std::abort();
    }
    return 0;
}
