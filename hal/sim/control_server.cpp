// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/control_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

const hal::LogCategory kLog{"sim.exchange"};

constexpr std::size_t kMaxClients = 16;
constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxReplies = 65536;

bool makeNonBlocking(int fd, int& oldFlags) {
    oldFlags = ::fcntl(fd, F_GETFL);
    return oldFlags >= 0 && ::fcntl(fd, F_SETFL, oldFlags | O_NONBLOCK) == 0;
}

/// Somebody accepts connections at the address.
bool isServed(const sockaddr_un& address) {
    const hal::FileDescriptor probe{
        ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
               0 ||
           errno == EAGAIN;
}

}  // namespace

struct ControlServer::Impl {
    struct Client {
        int in = -1, out = -1;
        hal::FileDescriptor owned;        ///< of a socket; descriptors of attach() are borrowed
        int inFlags = -1, outFlags = -1;  ///< what they were before
        std::string line, replies;
        bool skipping = false, ended = false;
        hal::Watch watch, outWatch;
    };

    Impl(hal::EventLoop& ownLoop, CommandReceiver& ownControl, std::function<void()> quitTask)
        : loop(ownLoop), control(ownControl), onQuit(std::move(quitTask)) {}
    ~Impl();

    void accept();
    void read(Client& client);
    bool readOnce(Client& client);
    void take(Client& client, std::string_view bytes);
    void reply(Client& client, std::string_view text);
    void flush(Client& client);
    void end(Client& client);
    void sweep();

    hal::EventLoop& loop;
    CommandReceiver& control;
    std::function<void()> onQuit;
    std::string path;
    hal::FileDescriptor listener;
    hal::Watch listenWatch;
    std::vector<std::unique_ptr<Client>> clients;
    hal::Timer sweeper{loop, [this] { sweep(); }};
};

ControlServer::Impl::~Impl() {
    for (const auto& client : clients) {
        end(*client);
    }
    if (listener) {
        ::unlink(path.c_str());
    }
}

void ControlServer::Impl::accept() {
    hal::FileDescriptor fd{
        ::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!fd) {
        return;
    }
    if (clients.size() >= kMaxClients) {
        kLog.warning("a control client was refused: {} are connected", kMaxClients);
        return;
    }
    auto client = std::make_unique<Client>();
    client->in = client->out = fd.get();
    client->owned = std::move(fd);
    Client* const raw = client.get();
    auto watch = hal::Watch::create(loop, raw->in, hal::Io::Read, [this, raw](hal::Io ready) {
        if (has(ready, hal::Io::Write)) {
            flush(*raw);
        }
        if (has(ready, hal::Io::Read) || has(ready, hal::Io::Hangup)) {
            read(*raw);
        }
    });
    if (watch) {
        client->watch = std::move(*watch);
        clients.push_back(std::move(client));
    }
}

/// False at the end of the input, or while nothing is there.
bool ControlServer::Impl::readOnce(Client& client) {
    std::array<char, 4096> bytes;
    const ssize_t count = ::read(client.in, bytes.data(), bytes.size());
    if (count > 0) {
        take(client, {bytes.data(), static_cast<std::size_t>(count)});
        return !client.ended;
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        end(client);
    }
    return false;
}

void ControlServer::Impl::read(Client& client) {
    if (!client.ended) {
        readOnce(client);  // once: others have their turn too
    }
}

void ControlServer::Impl::take(Client& client, std::string_view bytes) {
    for (const char c : bytes) {
        if (client.ended) {
            return;
        }
        if (c != '\n') {
            client.skipping = client.skipping || client.line.size() == kMaxLine;
            if (!client.skipping) {
                client.line += c;
            }
            continue;
        }
        if (client.skipping) {
            reply(client,
                  fmt::format("error the line is longer than {} bytes; shorten it", kMaxLine));
        } else {
            reply(client, control.run(client.line));
        }
        client.line.clear();
        client.skipping = false;
        if (control.quitAsked() && onQuit) {
            onQuit();
            return;
        }
    }
}

void ControlServer::Impl::reply(Client& client, std::string_view text) {
    client.replies += text;
    client.replies += '\n';
    flush(client);
    if (client.replies.size() > kMaxReplies) {
        kLog.warning("a control client does not read its replies: closed");
        end(client);
    }
}

void ControlServer::Impl::flush(Client& client) {
    while (!client.replies.empty()) {
        const ssize_t count =
            client.owned
                ? ::send(client.out, client.replies.data(), client.replies.size(), MSG_NOSIGNAL)
                : ::write(client.out, client.replies.data(), client.replies.size());
        if (count <= 0) {
            break;
        }
        client.replies.erase(0, static_cast<std::size_t>(count));
    }
    const hal::Io out = client.replies.empty() ? hal::Io::None : hal::Io::Write;
    if (client.outWatch) {
        static_cast<void>(client.outWatch.change(out));
    } else if (client.watch && client.in == client.out) {
        static_cast<void>(client.watch.change(hal::Io::Read | out));
    }
}

void ControlServer::Impl::end(Client& client) {
    if (client.ended) {
        return;
    }
    client.ended = true;
    client.watch.reset();
    client.outWatch.reset();
    if (client.inFlags >= 0) {
        ::fcntl(client.in, F_SETFL, client.inFlags);
    }
    if (client.outFlags >= 0) {
        ::fcntl(client.out, F_SETFL, client.outFlags);
    }
    client.owned.reset();
    sweeper.arm({});
}

void ControlServer::Impl::sweep() {
    std::erase_if(clients, [](const auto& client) { return client->ended; });
}

ControlServer::ControlServer(hal::EventLoop& loop, CommandReceiver& control,
                             std::function<void()> onQuit)
    : impl_(std::make_unique<Impl>(loop, control, std::move(onQuit))) {}
ControlServer::~ControlServer() = default;

hal::Result<void> ControlServer::listen(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("the socket path has 1 to {} characters: {}",
                                     sizeof address.sun_path - 1, path));
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) {
        if (!S_ISSOCK(status.st_mode) || isServed(address)) {
            return hal::fail(hal::ErrorCode::InUse,
                             path + " exists and is in use; choose another path or remove it");
        }
        ::unlink(path.c_str());
    }
    hal::FileDescriptor fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const mode_t mask = ::umask(0177);
    const bool bound =
        fd && ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int bindError = errno;
    ::umask(mask);
    if (!bound) {
        return hal::failSystem("cannot make the socket " + path, bindError);
    }
    if (::listen(fd.get(), 8) != 0) {
        return hal::failSystem("cannot listen on " + path, errno);
    }
    auto watch = hal::Watch::create(impl_->loop, fd.get(), hal::Io::Read,
                                    [impl = impl_.get()](hal::Io) { impl->accept(); });
    if (!watch) {
        return tl::unexpected(watch.error());
    }
    impl_->path = path;
    impl_->listener = std::move(fd);
    impl_->listenWatch = std::move(*watch);
    return {};
}

hal::Result<void> ControlServer::attach(int input, int output) {
    auto client = std::make_unique<Impl::Client>();
    client->in = input;
    client->out = output;
    Impl::Client* const raw = client.get();
    Impl* const impl = impl_.get();
    impl->clients.push_back(std::move(client));
    struct stat status {};
    if (::fstat(input, &status) != 0) {
        impl->end(*raw);
        return hal::failSystem("cannot read commands", errno);
    }
    if (S_ISREG(status.st_mode)) {
        while (impl->readOnce(*raw)) {
        }
        return {};
    }
    makeNonBlocking(input, raw->inFlags);
    auto watch = hal::Watch::create(impl->loop, input, hal::Io::Read,
                                    [impl, raw](hal::Io) { impl->read(*raw); });
    if (!watch) {
        impl->end(*raw);
        return tl::unexpected(watch.error());
    }
    raw->watch = std::move(*watch);
    if (::fstat(output, &status) == 0 && !S_ISREG(status.st_mode) && output != input) {
        makeNonBlocking(output, raw->outFlags);
        if (auto outWatch = hal::Watch::create(impl->loop, output, hal::Io::None,
                                               [impl, raw](hal::Io) { impl->flush(*raw); })) {
            raw->outWatch = std::move(*outWatch);
        }
    }
    return {};
}

}  // namespace tipring::sim
