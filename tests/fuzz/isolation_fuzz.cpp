// SPDX-License-Identifier: Apache-2.0
// Both ends of a provider host's socket fed with any messages. The first byte says which end; then
// each message has its length before it. Nothing may be read beyond a message, and the end that was
// lied to stays whole.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "channel.h"
#include "tapi_core/isolation/wire_peer.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/tapi_core/isolation/isolated_provider.h"
#include "tipring/tapi_core/isolation/provider_host.h"
#include "tipring/tapi_core/manager/line_manager.h"

extern "C" const TspiProvider* tspi_provider(void);  // of the sample

namespace {

using namespace tipring;
using namespace std::chrono_literals;

/// A true host, and a second hand on its end of the socket.
class FuzzPeer final : public test::SocketPeer {
public:
    FuzzPeer(hal::EventLoop& loop, int& hand) : hand_(hand) {
        hand_ = own_ = ::dup(far_.get());
        host_ = std::make_unique<isolation::ProviderHost>(loop, std::move(far_), *tspi_provider());
    }
    ~FuzzPeer() override {
        hand_ = -1;
        ::close(own_);
    }
    void turn() override { host_->turn(); }

private:
    int& hand_;
    int own_ = -1;
    std::unique_ptr<isolation::ProviderHost> host_;
};

template <class Say>
void eachMessage(std::span<const std::byte> input, Say say) {
    while (!input.empty()) {
        const std::size_t wanted = std::to_integer<std::size_t>(input[0]);
        const std::size_t size = std::min(wanted, input.size() - 1);
        if (size > 0) {
            say(input.subspan(1, size));
        }
        input = input.subspan(1 + size);
    }
}

void lieToTheCore(std::span<const std::byte> input) {
    hal::VirtualLoop loop;
    int hand = -1;
    auto isolated = isolation::IsolatedProvider::create(
        [&]() -> hal::Result<std::unique_ptr<isolation::Peer>> {
            return std::make_unique<FuzzPeer>(loop, hand);
        },
        {});
    core::LineManager manager(loop);
    if (!isolated || !manager.addProvider((*isolated)->table(), {})) {
        return;
    }
    const auto application = manager.createApplication("fuzz");
    for (const auto& address : application->addresses()) {
        static_cast<void>(application->registerCallNotifications(address, {}));
    }
    eachMessage(input, [&](std::span<const std::byte> message) {
        if (hand >= 0) {
            static_cast<void>(isolation::sendMessage(hand, message));
        }
        loop.advance(500ms);
    });
}

/// The daemon is trusted, but a host that reads wrongly would be hard to find.
void lieToTheHost(std::span<const std::byte> input) {
    hal::VirtualLoop loop;
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return;
    }
    hal::FileDescriptor near(ends[0]);
    isolation::ProviderHost host(loop, hal::FileDescriptor(ends[1]), *tspi_provider());
    eachMessage(input, [&](std::span<const std::byte> message) {
        static_cast<void>(isolation::sendMessage(near.get(), message));
        loop.advance(500ms);
        std::byte answer[256];
        while (isolation::receiveMessage(near.get(), answer).arrival ==
               isolation::Arrival::Message) {
        }
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool quiet = [] {
        hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
        return true;
    }();
    static_cast<void>(quiet);
    if (size == 0) {
        return 0;
    }
    const auto input = std::as_bytes(std::span(data, size));
    (data[0] % 2 == 0 ? lieToTheCore : lieToTheHost)(input.subspan(1));
    return 0;
}
