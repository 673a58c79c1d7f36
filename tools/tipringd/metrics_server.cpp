// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <utility>

#include "metrics.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using hal::Io;
using hal::Result;

constexpr std::size_t kMostConnections = 8;
constexpr std::size_t kLongestRequest = 4096;
constexpr std::chrono::seconds kLimit{5};
constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kHostsV4 = "127.0.0.1:";
constexpr std::string_view kHostsV6 = "[::1]:";

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

template <class T>
Address addressOf(const T& from) {
    Address out;
    std::memcpy(&out.storage, &from, sizeof from);
    out.size = sizeof from;
    return out;
}

bool readPort(std::string_view text, std::uint16_t& port) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

Result<Address> parse(const std::string& text) {
    std::uint16_t port = 0;
    if (text.starts_with(kUnix)) {
        sockaddr_un local{};
        local.sun_family = AF_UNIX;
        const std::string_view path = std::string_view(text).substr(kUnix.size());
        if (!path.empty() && path.size() < sizeof local.sun_path) {
            std::memcpy(local.sun_path, path.data(), path.size());
            return addressOf(local);
        }
    } else if (text.starts_with(kHostsV4) &&
               readPort(std::string_view(text).substr(kHostsV4.size()), port)) {
        sockaddr_in local{};
        local.sin_family = AF_INET;
        local.sin_port = htons(port);
        local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return addressOf(local);
    } else if (text.starts_with(kHostsV6) &&
               readPort(std::string_view(text).substr(kHostsV6.size()), port)) {
        sockaddr_in6 local{};
        local.sin6_family = AF_INET6;
        local.sin6_port = htons(port);
        local.sin6_addr = in6addr_loopback;
        return addressOf(local);
    }
    return hal::fail(ErrorCode::InvalParam,
                     fmt::format("[metrics] listen: {} is neither 127.0.0.1:PORT, [::1]:PORT nor "
                                 "unix:PATH",
                                 text));
}

std::string response(std::string_view status, std::string_view body) {
    return fmt::format(
        "HTTP/1.0 {}\r\nContent-Type: text/plain; version=0.0.4\r\n"
        "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
        status, body.size(), body);
}

}  // namespace

struct MetricsServer::Connection {
    Connection(hal::EventLoop& loop, hal::FileDescriptor from)
        : socket(std::move(from)), limit(loop, [] {}) {}
    hal::FileDescriptor socket;
    hal::Watch watch{};
    hal::Timer limit;
    std::string request{};
    std::string answer{};
    std::size_t sent = 0;
};

MetricsServer::MetricsServer(hal::EventLoop& loop, Page page)
    : loop_(loop), page_(std::move(page)) {}

MetricsServer::~MetricsServer() {
    for (const Listener& one : listeners_) {
        if (!one.path.empty()) {
            ::unlink(one.path.c_str());
        }
    }
}

Result<void> MetricsServer::listen(const std::string& text) {
    const auto address = parse(text);
    if (!address) {
        return tl::unexpected(address.error());
    }
    Listener made;
    made.socket = hal::FileDescriptor(
        ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    if (text.starts_with(kUnix)) {
        made.path = text.substr(kUnix.size());
        struct stat was {};
        if (::lstat(made.path.c_str(), &was) == 0 && S_ISSOCK(was.st_mode)) {
            ::unlink(made.path.c_str());
        }
    } else {
        (void)::setsockopt(made.socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (!made.socket ||
        ::bind(made.socket.get(), reinterpret_cast<const sockaddr*>(&address->storage),
               address->size) != 0 ||
        (!made.path.empty() && ::chmod(made.path.c_str(), 0660) != 0) ||
        ::listen(made.socket.get(), static_cast<int>(kMostConnections)) != 0) {
        return hal::failSystem(fmt::format("cannot offer metrics at {}", text), errno);
    }
    auto watch = hal::Watch::create(loop_, made.socket.get(), Io::Read,
                                    [this, fd = made.socket.get()](Io) { accept(fd); });
    if (!watch) {
        return tl::unexpected(std::move(watch.error()));
    }
    made.watch = std::move(*watch);
    listeners_.push_back(std::move(made));
    return {};
}

void MetricsServer::accept(int socket) {
    hal::FileDescriptor client(::accept4(socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client || connections_.size() >= kMostConnections) {
        return;
    }
    const int fd = client.get();
    auto connection = std::make_unique<Connection>(loop_, std::move(client));
    Connection* raw = connection.get();
    raw->limit = hal::Timer(loop_, [this, raw] { end(*raw); });
    auto watch = hal::Watch::create(loop_, fd, Io::Read, [this, raw](Io) { serve(*raw); });
    if (!watch) {
        return;
    }
    raw->watch = std::move(*watch);
    raw->limit.arm(kLimit);
    connections_.push_back(std::move(connection));
}

void MetricsServer::serve(Connection& connection) {
    char buffer[1024];
    if (connection.answer.empty()) {
        const auto got = ::recv(connection.socket.get(), buffer, sizeof buffer, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            end(connection);
            return;
        }
        connection.request.append(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
        const bool whole = connection.request.find("\r\n\r\n") != std::string::npos;
        if (!whole && connection.request.size() < kLongestRequest) {
            return;
        }
        connection.answer = !whole ? response("431 Request Header Fields Too Large", "")
                            : connection.request.starts_with("GET /metrics ")
                                ? response("200 OK", page_())
                                : response("404 Not Found", "GET /metrics\n");
        (void)connection.watch.change(Io::Write);
    }
    const auto sent = ::send(connection.socket.get(), connection.answer.data() + connection.sent,
                             connection.answer.size() - connection.sent, MSG_NOSIGNAL);
    connection.sent += sent > 0 ? static_cast<std::size_t>(sent) : 0;
    const bool failed = sent < 0 && errno != EAGAIN && errno != EINTR;
    if (failed || connection.sent == connection.answer.size()) {
        end(connection);
    }
}

void MetricsServer::end(Connection& connection) {
    connection.watch.reset();
    connection.limit.cancel();
    // Not from inside of its own callback.
    const auto at = std::find_if(connections_.begin(), connections_.end(),
                                 [&](const auto& one) { return one.get() == &connection; });
    std::shared_ptr<Connection> over(std::move(*at));
    connections_.erase(at);
    loop_.post([over] {});
}

}  // namespace tipring::tools
