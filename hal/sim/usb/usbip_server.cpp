// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/usbip_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "tipring/hal/base/log.h"
#include "usb/usbip_client.h"

namespace tipring::sim {

namespace {

const hal::LogCategory kLog{"sim.usbip"};

constexpr std::size_t kMaxBusId = 31;

}  // namespace

struct UsbipServer::Impl final : UsbipShop {
    explicit Impl(hal::EventLoop& ownLoop) : loop(ownLoop) {}

    hal::Result<void> listen(const UsbipOptions& options);
    void accept();
    hal::Result<UsbipClient*> take(hal::FileDescriptor socket);
    void sweep() {
        std::erase_if(clients, [](const auto& one) { return one->over(); });
    }
    [[nodiscard]] const std::vector<UsbipExport>& exports() const override { return all; }
    void ended() override { sweeper.arm(hal::Duration::zero()); }

    hal::EventLoop& loop;
    hal::FileDescriptor listener;
    hal::Watch watch;
    std::uint16_t port = 0;
    std::vector<UsbipExport> all;
    std::vector<std::unique_ptr<UsbipClient>> clients;
    hal::Timer sweeper{loop, [this] { sweep(); }};
};

hal::Result<void> UsbipServer::Impl::listen(const UsbipOptions& options) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options.port);
    if (::inet_pton(AF_INET, options.address.c_str(), &address.sin_addr) != 1) {
        return hal::fail(hal::ErrorCode::InvalAddress,
                         fmt::format("USB/IP: {} is no IPv4 address", options.address));
    }
    listener.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int yes = 1;
    (void)::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    const bool done = listener && ::bind(listener.get(), plain, size) == 0 &&
                      ::listen(listener.get(), int(kMaxClients)) == 0 &&
                      ::getsockname(listener.get(), plain, &size) == 0;
    if (!done) {
        const int why = errno;
        hal::Error error = hal::systemError(
            fmt::format("USB/IP: cannot listen on {}:{}", options.address, options.port), why);
        error.code = why == EADDRINUSE ? hal::ErrorCode::InUse : error.code;
        return tl::unexpected(error);
    }
    port = ntohs(address.sin_port);
    auto created =
        hal::Watch::create(loop, listener.get(), hal::Io::Read, [this](hal::Io) { accept(); });
    if (!created) {
        return tl::unexpected(created.error());
    }
    watch = std::move(*created);
    return {};
}

void UsbipServer::Impl::accept() {
    hal::FileDescriptor socket{
        ::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!socket) {
        return;
    }
    const int yes = 1;  // each answer is waited for
    (void)::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (const auto client = take(std::move(socket)); !client) {
        kLog.warning("{}", client.error().cause);
    }
}

hal::Result<UsbipClient*> UsbipServer::Impl::take(hal::FileDescriptor socket) {
    sweep();
    if (clients.size() >= kMaxClients) {
        return hal::fail(hal::ErrorCode::RequestOverrun,
                         fmt::format("USB/IP: {} clients are connected already", kMaxClients));
    }
    auto client = std::make_unique<UsbipClient>(loop, *this, std::move(socket));
    if (const auto begun = client->begin(); !begun) {
        return tl::unexpected(begun.error());
    }
    return clients.emplace_back(std::move(client)).get();
}

UsbipServer::UsbipServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
UsbipServer::~UsbipServer() = default;

hal::Result<std::unique_ptr<UsbipServer>> UsbipServer::create(hal::EventLoop& loop,
                                                              const UsbipOptions& options) {
    auto impl = std::make_unique<Impl>(loop);
    if (const auto listening = impl->listen(options); !listening) {
        return tl::unexpected(listening.error());
    }
    return std::unique_ptr<UsbipServer>(new UsbipServer(std::move(impl)));
}

std::uint16_t UsbipServer::port() const {
    return impl_->port;
}

void UsbipServer::add(std::string_view busId, UsbModel& model) {
    remove(busId);
    impl_->all.push_back({std::string(busId.substr(0, kMaxBusId)), &model});
}

void UsbipServer::remove(std::string_view busId) {
    const std::string_view known = busId.substr(0, kMaxBusId);
    // At once, not swept: the model may die after this.
    std::erase_if(impl_->clients, [known](const auto& one) { return one->busId() == known; });
    std::erase_if(impl_->all, [known](const UsbipExport& one) { return one.busId == known; });
}

hal::Result<void> UsbipServer::serve(hal::FileDescriptor socket, std::string_view busId) {
    const auto client = impl_->take(std::move(socket));
    if (!client) {
        return tl::unexpected(client.error());
    }
    if (busId.empty()) {
        return {};
    }
    const auto imported = (*client)->import(busId);
    if (!imported) {
        (*client)->end({});
    }
    return imported;
}

std::size_t UsbipServer::clients() const {
    return std::size_t(std::count_if(impl_->clients.begin(), impl_->clients.end(),
                                     [](const auto& one) { return !one->over(); }));
}

}  // namespace tipring::sim
