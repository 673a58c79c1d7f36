// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/rpc/server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <utility>
#include <vector>

#include "server/endpoint.h"
#include "server/house.h"
#include "tipring/hal/base/log.h"

namespace tipring::rpc {
namespace {

using hal::ErrorCode;
using hal::Result;

const hal::LogCategory kLog{"rpc"};

constexpr std::string_view kUnixPath = "unix:path=";

/// Nobody serves it any more: a file that a killed service left behind.
bool isAbandoned(const sockaddr_un& address) {
    const hal::FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
               0 &&
           errno == ECONNREFUSED;
}

Result<hal::FileDescriptor> listenAt(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return hal::fail(ErrorCode::InvalParam, fmt::format("{}: a socket's path has 1 to {} bytes",
                                                            path, sizeof address.sun_path - 1));
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    hal::FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (isAbandoned(address)) {
        ::unlink(path.c_str());
    }
    // The mode is the right to connect; nobody connects before listen().
    if (!socket ||
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::chmod(path.c_str(), 0660) != 0 || ::listen(socket.get(), SOMAXCONN) != 0) {
        return hal::failSystem(fmt::format("cannot listen at {}", path), errno);
    }
    return socket;
}

}  // namespace

struct Server::Impl {
    ServerContext context;
    std::unique_ptr<House> house;
    std::vector<std::unique_ptr<Endpoint>> buses;
    std::list<std::unique_ptr<Endpoint>> peers;
    struct Listener {
        std::string path;
        hal::FileDescriptor socket;
        hal::Watch watch;
    };
    std::list<Listener> listeners;
    std::function<void()> busLost;

    void accept(int socket);
    void addPeer(hal::FileDescriptor socket);
};

Server::Server(hal::EventLoop& loop, Maker maker, std::string version, ClientLimits limits,
               std::vector<std::string> soundDirectories)
    : impl_(new Impl{{loop,
                      std::move(maker),
                      std::move(version),
                      limits,
                      std::move(soundDirectories),
                      0,
                      nullptr,
                      {},
                      {},
                      {},
                      {},
                      {}},
                     nullptr,
                     {},
                     {},
                     {},
                     {}}) {
    ServerContext& context = impl_->context;
    context.house = context.maker("tipringd");
    impl_->house = std::make_unique<House>(*context.house);
    context.dialForClient = [house = impl_->house.get()](std::uint32_t id, const std::string& to,
                                                         tapi::Reply reply) {
        return house->dial(id, to, std::move(reply));
    };
    context.houseCall = [house = impl_->house.get()](std::uint64_t id) { return house->call(id); };
}

Server::~Server() {
    for (const Impl::Listener& one : impl_->listeners) {
        ::unlink(one.path.c_str());
    }
    impl_->listeners.clear();
    impl_->peers.clear();
    impl_->buses.clear();
    impl_->house.reset();
    impl_->context.house.reset();
}

Result<void> Server::join(const BusAddress& address) {
    auto bus = Bus::connect(impl_->context.loop, address);
    if (!bus) {
        return tl::unexpected(std::move(bus.error()));
    }
    sd_bus* raw = (*bus)->raw();
    auto endpoint = Endpoint::create(impl_->context, std::move(*bus), [this] {
        if (impl_->busLost) {
            impl_->busLost();
        }
    });
    if (!endpoint) {
        return tl::unexpected(std::move(endpoint.error()));
    }
    // The tree stands before the name does. Without queueing: a second service would only wait.
    if (const int named = sd_bus_request_name(raw, kServiceName, 0); named < 0) {
        if (named == -EEXIST) {
            return hal::fail(ErrorCode::InUse, fmt::format("{} is served already", kServiceName));
        }
        return hal::failSystem(fmt::format("cannot have the name {}", kServiceName), -named);
    }
    (*endpoint)->bus().touch();
    impl_->buses.push_back(std::move(*endpoint));
    return {};
}

Result<void> Server::listen(const std::string& address) {
    if (!address.starts_with(kUnixPath)) {
        return hal::fail(ErrorCode::InvalParam, fmt::format("{}: write unix:path=FILE", address));
    }
    const std::string path = address.substr(kUnixPath.size());
    auto socket = listenAt(path);
    if (!socket) {
        return tl::unexpected(std::move(socket.error()));
    }
    Impl::Listener& made = impl_->listeners.emplace_back();
    made.path = path;
    made.socket = std::move(*socket);
    auto watch = hal::Watch::create(
        impl_->context.loop, made.socket.get(), hal::Io::Read,
        [impl = impl_.get(), fd = made.socket.get()](hal::Io) { impl->accept(fd); });
    if (!watch) {
        impl_->listeners.pop_back();
        return tl::unexpected(std::move(watch.error()));
    }
    made.watch = std::move(*watch);
    return {};
}

void Server::Impl::accept(int socket) {
    hal::FileDescriptor client(::accept4(socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client) {
        return;
    }
    if (peers.size() >= context.limits.clients) {
        kLog.warning("one client too many at {} is turned away", listeners.front().path);
        return;
    }
    addPeer(std::move(client));
}

void Server::Impl::addPeer(hal::FileDescriptor socket) {
    auto bus = Bus::serve(context.loop, std::move(socket));
    if (!bus) {
        // Whoever may connect can make as many of these as it likes.
        kLog.debug("{}", bus.error().cause);
        return;
    }
    const auto at = peers.insert(peers.end(), nullptr);
    auto made = Endpoint::create(context, std::move(*bus), [this, at] { peers.erase(at); });
    if (!made) {
        kLog.warning("{}", made.error().cause);
        peers.erase(at);
        return;
    }
    *at = std::move(*made);
}

void Server::onBusLost(std::function<void()> task) {
    impl_->busLost = std::move(task);
}

void Server::setRights(Rights rights) {
    impl_->context.rights = std::move(rights);
}

void Server::setDialBarring(DialBarring barring) {
    impl_->context.barring = std::move(barring);
}

const ServerCounters& Server::counters() const {
    return impl_->context.counters;
}

void LatencyHistogram::add(std::chrono::nanoseconds took) {
    const auto at = std::find_if(kBounds.begin(), kBounds.end(),
                                 [&](std::chrono::microseconds bound) { return took <= bound; });
    ++counts[static_cast<std::size_t>(at - kBounds.begin())];
    ++total;
    sum += took;
}

std::size_t Server::clients() const {
    return impl_->context.clients;
}

}  // namespace tipring::rpc
