// SPDX-License-Identifier: Apache-2.0
#include "request_socket.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <list>
#include <nlohmann/json.hpp>
#include <utility>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/log.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using nlohmann::json;

constexpr std::size_t kMaxLine = 8192;
constexpr std::size_t kMaxClients = 16;
constexpr timeval kAnswerLimit = {5, 0};
const hal::LogCategory kLog{"requests"};

hal::Result<sockaddr_un> addressOf(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("the path of a socket has 1 to {} characters: {}",
                                     sizeof address.sun_path - 1, path));
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

const sockaddr* plain(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

/// Text of a member that may be missing; anything but text is refused.
bool readText(const json& object, const char* key, std::string& out) {
    const auto found = object.find(key);
    if (found == object.end()) {
        return true;
    }
    if (!found->is_string()) {
        return false;
    }
    out = found->get<std::string>();
    return true;
}

std::string dump(const json& object) {
    return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

ErrorCode codeByName(std::string_view name) {
    constexpr ErrorCode kKnown[] = {ErrorCode::NoRequestRecipient, ErrorCode::RequestQueueFull,
                                    ErrorCode::InvalDestAddress, ErrorCode::InvalParam,
                                    ErrorCode::ResourceUnavail};
    for (const ErrorCode code : kKnown) {
        if (hal::errorName(code) == name) {
            return code;
        }
    }
    return ErrorCode::OperationFailed;
}

}  // namespace

std::string requestSocketPath() {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    const std::string folder = runtime != nullptr && *runtime == '/'
                                   ? fmt::format("{}/tipring", runtime)
                                   : fmt::format("/tmp/tipring-{}", ::getuid());
    return folder + "/requests";
}

hal::Result<tapi::AssistedRequest> parseRequest(std::string_view line) {
    if (line.size() > kMaxLine) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("a request has at most {} bytes", kMaxLine));
    }
    const json object = json::parse(line, nullptr, false);
    tapi::AssistedRequest request;
    if (!object.is_object() || !readText(object, "number", request.number) ||
        !readText(object, "application", request.appName) ||
        !readText(object, "party", request.calledParty) ||
        !readText(object, "comment", request.comment)) {
        return hal::fail(ErrorCode::InvalParam,
                         "a request is one JSON object with the texts number, application, party "
                         "and comment");
    }
    return request;
}

std::string requestLine(const tapi::AssistedRequest& request) {
    return dump({{"number", request.number},
                 {"application", request.appName},
                 {"party", request.calledParty},
                 {"comment", request.comment}});
}

std::string answerLine(const hal::Result<void>& result) {
    if (result) {
        return dump({{"ok", true}});
    }
    return dump({{"ok", false},
                 {"error", std::string(hal::errorName(result.error().code))},
                 {"cause", result.error().cause}});
}

hal::Result<void> parseAnswer(std::string_view line) {
    const json object = line.size() > kMaxLine ? json() : json::parse(line, nullptr, false);
    const auto ok = object.is_object() ? object.find("ok") : object.end();
    if (!object.is_object() || ok == object.end() || !ok->is_boolean()) {
        return hal::fail(ErrorCode::OperationFailed, "the answer to the request makes no sense");
    }
    if (ok->get<bool>()) {
        return {};
    }
    std::string error, cause;
    readText(object, "error", error);
    readText(object, "cause", cause);
    return hal::fail(codeByName(error), cause);
}

struct RequestServer::Impl {
    struct Client {
        hal::FileDescriptor socket;
        std::string line;
        hal::Watch watch;
    };

    Impl(hal::EventLoop& ownLoop, Handler ownHandler)
        : loop(ownLoop), handler(std::move(ownHandler)) {}
    ~Impl() {
        if (listener) {
            ::unlink(path.c_str());
        }
    }

    hal::Result<void> listen(const std::string& where);
    void accept();
    void read(std::list<Client>::iterator client);
    void answer(Client& client, std::string_view line);

    hal::EventLoop& loop;
    Handler handler;
    std::string path;
    hal::FileDescriptor listener;
    hal::Watch watch;
    std::list<Client> clients;
};

hal::Result<void> RequestServer::Impl::listen(const std::string& where) {
    const auto address = addressOf(where);
    if (!address) {
        return tl::unexpected(address.error());
    }
    const std::string folder = where.substr(0, where.rfind('/'));
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return hal::failSystem("cannot make the folder " + folder, errno);
    }
    struct stat facts {};
    if (::stat(folder.c_str(), &facts) != 0 || facts.st_uid != ::getuid()) {
        return hal::fail(
            ErrorCode::ResourceUnavail,
            fmt::format("{} is not this user's folder: no requests are taken", folder));
    }
    const hal::FileDescriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (::connect(probe.get(), plain(*address), sizeof *address) == 0) {
        return hal::fail(ErrorCode::InUse, "another program makes the calls that others ask for");
    }
    ::unlink(where.c_str());
    hal::FileDescriptor fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const mode_t mask = ::umask(0177);
    const bool bound = fd && ::bind(fd.get(), plain(*address), sizeof *address) == 0;
    const int reason = errno;
    ::umask(mask);
    if (!bound || ::listen(fd.get(), 8) != 0) {
        return hal::failSystem("cannot listen at " + where, bound ? errno : reason);
    }
    auto made = hal::Watch::create(loop, fd.get(), hal::Io::Read, [this](hal::Io) { accept(); });
    if (!made) {
        return tl::unexpected(made.error());
    }
    path = where;
    listener = std::move(fd);
    watch = std::move(*made);
    return {};
}

void RequestServer::Impl::accept() {
    hal::FileDescriptor socket{
        ::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!socket) {
        return;
    }
    if (clients.size() >= kMaxClients) {
        kLog.warning("{} programs ask for calls at once; one more was turned away", kMaxClients);
        return;
    }
    clients.push_front({std::move(socket), {}, {}});
    const auto client = clients.begin();
    auto made = hal::Watch::create(loop, client->socket.get(), hal::Io::Read,
                                   [this, client](hal::Io) { read(client); });
    if (!made) {
        clients.erase(client);
        return;
    }
    client->watch = std::move(*made);
}

void RequestServer::Impl::read(std::list<Client>::iterator client) {
    std::array<char, 1024> bytes{};
    const ssize_t count = ::recv(client->socket.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count > 0) {
        client->line.append(bytes.data(), static_cast<std::size_t>(count));
        const auto end = client->line.find('\n');
        if (end == std::string::npos && client->line.size() <= kMaxLine) {
            return;
        }
        answer(*client, std::string_view(client->line).substr(0, end));
    }
    clients.erase(client);  // one request a connection
}

void RequestServer::Impl::answer(Client& client, std::string_view line) {
    const auto request = parseRequest(line);
    const hal::Result<void> result =
        request ? handler(*request) : hal::Result<void>(tl::unexpected(request.error()));
    const std::string text = answerLine(result);
    if (::send(client.socket.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) {
        kLog.info("the program that asked for a call did not wait for the answer");
    }
}

RequestServer::RequestServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RequestServer::~RequestServer() = default;

hal::Result<std::unique_ptr<RequestServer>> RequestServer::create(hal::EventLoop& loop,
                                                                  const std::string& path,
                                                                  Handler handler) {
    auto impl = std::make_unique<Impl>(loop, std::move(handler));
    if (auto listening = impl->listen(path); !listening) {
        return tl::unexpected(listening.error());
    }
    return std::unique_ptr<RequestServer>(new RequestServer(std::move(impl)));
}

hal::Result<void> sendRequest(const std::string& path, const tapi::AssistedRequest& request) {
    const auto address = addressOf(path);
    if (!address) {
        return tl::unexpected(address.error());
    }
    const hal::FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket || ::connect(socket.get(), plain(*address), sizeof *address) != 0) {
        if (errno == EACCES) {
            return hal::failSystem("cannot ask for a call at " + path, errno);
        }
        return hal::fail(ErrorCode::NoRequestRecipient,
                         "nobody makes calls for others here; `tipring dialer --port PORT` does");
    }
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerLimit, sizeof kAnswerLimit);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kAnswerLimit, sizeof kAnswerLimit);
    const std::string line = requestLine(request);
    if (::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(line.size())) {
        return hal::failSystem("cannot ask for a call", errno);
    }
    std::string answer;
    std::array<char, 1024> bytes{};
    while (answer.find('\n') == std::string::npos && answer.size() <= kMaxLine) {
        const ssize_t count = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
        if (count <= 0) {
            return hal::fail(ErrorCode::Timeout,
                             "the program that makes calls for others does not answer");
        }
        answer.append(bytes.data(), static_cast<std::size_t>(count));
    }
    return parseAnswer(std::string_view(answer).substr(0, answer.find('\n')));
}

}  // namespace tipring::tools
