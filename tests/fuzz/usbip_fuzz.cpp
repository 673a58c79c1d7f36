// SPDX-License-Identifier: Apache-2.0
// A USB/IP peer sends anything: the first byte says whether it has imported the device already, the
// rest goes to the server as it is. Nothing breaks, and the server serves the next one.
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/usbip_server.h"

namespace {

using namespace tipring;
using namespace std::chrono_literals;

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

void drain(int fd) {
    std::array<std::byte, 4096> bytes;
    while (::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool quiet = hal::configureLog("off").has_value();
    if (!quiet || size == 0 || size > 16384) {
        return 0;
    }
    hal::VirtualLoop loop;
    sim::Telephone phone{loop};
    sim::OpenUsbFxs board{loop, phone};
    sim::UsbipOptions options;
    options.port = 0;
    const auto server = sim::UsbipServer::create(loop, options);
    if (!server) {
        return 0;  // no sockets are left
    }
    (*server)->add("1-1", board);
    Pair peer;
    (void)(*server)->serve(std::move(peer.theirs), (data[0] & 1U) != 0 ? "1-1" : "");
    (void)::send(peer.ours.get(), data + 1, size - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    for (int i = 0; i < 30; ++i) {
        loop.advance(1ms);
        drain(peer.ours.get());
    }
    peer.ours.reset();
    loop.advance(200ms);  // also when the board dropped off
    Pair next;
    if (!(*server)->serve(std::move(next.theirs), "1-1")) {
        std::abort();
    }
    return 0;
}
