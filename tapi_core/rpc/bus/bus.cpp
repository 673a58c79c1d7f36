// SPDX-License-Identifier: Apache-2.0
#include "bus/bus.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::rpc {
namespace {

using hal::ErrorCode;
using hal::Io;
using hal::Result;

const hal::LogCategory kLog{"rpc"};

constexpr std::string_view kErrorPrefix = "org.tipring.Error.";
/// As many messages in one turn: other work of the loop comes between.
constexpr int kMessagesInATurn = 32;
constexpr std::uint64_t kReplyLimitUsec = 25'000'000;

struct BusError {
    std::string_view name;
    ErrorCode code;
};
/// What a bus daemon and sd-bus say themselves.
constexpr BusError kBusErrors[] = {
    {"org.freedesktop.DBus.Error.AccessDenied", ErrorCode::OperationUnavail},
    {"org.freedesktop.DBus.Error.InvalidArgs", ErrorCode::InvalParam},
    {"org.freedesktop.DBus.Error.LimitsExceeded", ErrorCode::ResourceUnavail},
    {"org.freedesktop.DBus.Error.NoMemory", ErrorCode::NoMem},
    {"org.freedesktop.DBus.Error.NoReply", ErrorCode::Disconnected},
    {"org.freedesktop.DBus.Error.NameHasNoOwner", ErrorCode::ResourceUnavail},
    {"org.freedesktop.DBus.Error.ServiceUnknown", ErrorCode::ResourceUnavail},
    {"org.freedesktop.DBus.Error.Timeout", ErrorCode::Timeout},
    {"org.freedesktop.DBus.Error.UnknownInterface", ErrorCode::InvalFeature},
    {"org.freedesktop.DBus.Error.UnknownMethod", ErrorCode::InvalFeature},
    {"org.freedesktop.DBus.Error.UnknownObject", ErrorCode::NoDevice},
};

int attach(sd_bus* bus, const BusAddress& address) {
    int done = sd_bus_set_address(bus, address.address.c_str());
    if (done >= 0 && address.kind == BusAddress::Kind::Bus) {
        done = sd_bus_set_bus_client(bus, 1);
    }
    return done < 0 ? done : sd_bus_start(bus);
}

int openBus(const BusAddress& address, sd_bus** bus) {
    if (address.kind == BusAddress::Kind::System) {
        return sd_bus_open_system(bus);
    }
    if (address.kind == BusAddress::Kind::Session) {
        return sd_bus_open_user(bus);
    }
    int done = sd_bus_new(bus);
    if (done >= 0) {
        done = attach(*bus, address);
    }
    if (done < 0) {
        *bus = sd_bus_unref(*bus);
    }
    return done;
}

/// Where the codes lie that have a word.
struct CodeRange {
    std::uint32_t first, last;
};
constexpr CodeRange kCodeRanges[] = {
    {0x80000001, 0x80000060},
    {0x90000001, 0x90000020},
    {0xFFFFFFF0, 0xFFFFFFFE},
    {0xC0000001, 0xC0000001},
};

std::map<std::string, ErrorCode, std::less<>> makeCodes() {
    std::map<std::string, ErrorCode, std::less<>> codes;
    for (const CodeRange& range : kCodeRanges) {
        for (std::uint32_t code = range.first; code <= range.last; ++code) {
            codes.emplace(hal::errorName(ErrorCode{code}), ErrorCode{code});
        }
    }
    return codes;
}

/// OPERATIONFAILED for a word that nobody knows.
ErrorCode codeNamed(std::string_view name) {
    static const auto kCodes = makeCodes();
    const auto found = kCodes.find(name);
    return found == kCodes.end() || name == "UNKNOWN" ? ErrorCode::OperationFailed : found->second;
}

std::string nameOf(const BusAddress& address) {
    switch (address.kind) {
    case BusAddress::Kind::System: return "the system bus";
    case BusAddress::Kind::Session: return "the session bus";
    case BusAddress::Kind::Bus: return "the bus at " + address.address;
    case BusAddress::Kind::Peer: break;
    }
    return "the service at " + address.address;
}

}  // namespace

Message keep(sd_bus_message* message) {
    return Message(sd_bus_message_ref(message));
}

std::string busErrorName(ErrorCode code) {
    return fmt::format("{}{}", kErrorPrefix, hal::errorName(code));
}

hal::Error errorOf(const sd_bus_error& error) {
    const std::string_view name = error.name == nullptr ? "" : error.name;
    const std::string cause = error.message == nullptr ? std::string(name) : error.message;
    if (name.starts_with(kErrorPrefix)) {
        return {codeNamed(name.substr(kErrorPrefix.size())), cause};
    }
    for (const BusError& one : kBusErrors) {
        if (one.name == name) {
            return {one.code, cause};
        }
    }
    return {ErrorCode::OperationFailed, cause};
}

Result<std::unique_ptr<Bus>> Bus::connect(hal::EventLoop& loop, const BusAddress& address) {
    sd_bus* bus = nullptr;
    if (const int done = openBus(address, &bus); done < 0) {
        return hal::failSystem(fmt::format("cannot reach {}", nameOf(address)), -done);
    }
    std::unique_ptr<Bus> made(new Bus(loop, bus, address.kind == BusAddress::Kind::Peer));
    if (auto started = made->start(); !started) {
        return tl::unexpected(std::move(started.error()));
    }
    return made;
}

Result<std::unique_ptr<Bus>> Bus::serve(hal::EventLoop& loop, hal::FileDescriptor socket) {
    sd_bus* bus = nullptr;
    sd_id128_t id{};
    int done = sd_bus_new(&bus);
    done = done < 0 ? done : sd_id128_randomize(&id);
    done = done < 0 ? done : sd_bus_set_server(bus, 1, id);
    done = done < 0 ? done : sd_bus_negotiate_fds(bus, 1);
    done = done < 0 ? done : sd_bus_set_fd(bus, socket.get(), socket.get());
    if (done >= 0) {
        (void)socket.release();
        done = sd_bus_start(bus);
    }
    if (done < 0) {
        sd_bus_unref(bus);
        return hal::failSystem("cannot serve a connection", -done);
    }
    std::unique_ptr<Bus> made(new Bus(loop, bus, true));
    if (auto started = made->start(); !started) {
        return tl::unexpected(std::move(started.error()));
    }
    return made;
}

Bus::Bus(hal::EventLoop& loop, sd_bus* bus, bool direct)
    : loop_(loop),
      bus_(bus),
      direct_(direct),
      again_(loop, [this] { process(); }),
      deadline_(loop, [this] { process(); }) {}

Bus::~Bus() {
    watch_.reset();
    socket_.reset();
    // What was said last (a reply before the end) goes out if the socket takes it at once.
    sd_bus_close(bus_);
    sd_bus_unref(bus_);
}

Result<void> Bus::start() {
    // sd-bus closes its descriptor as soon as the other end is gone. A process that is forked just
    // then still has it, so that epoll would go on to report it, to nobody.
    socket_ = hal::FileDescriptor(::fcntl(sd_bus_get_fd(bus_), F_DUPFD_CLOEXEC, 0));
    auto watch = hal::Watch::create(loop_, socket_.get(), watched_, [this](Io) { process(); });
    if (!watch) {
        return tl::unexpected(std::move(watch.error()));
    }
    watch_ = std::move(*watch);
    again_.arm(hal::Duration::zero());
    return {};
}

bool Bus::open() const {
    return !gone_ && sd_bus_is_open(bus_) > 0;
}

void Bus::send(sd_bus_message* message) {
    if (const int sent = sd_bus_send(bus_, message, nullptr); sent < 0 && open()) {
        kLog.warning("a message was not sent: {}", std::strerror(-sent));
    }
    touch();
}

void Bus::touch() {
    if (!gone_) {
        refresh();
    }
}

void Bus::process() {
    int done = 1;
    inTurn_ = true;
    for (int i = 0; i < kMessagesInATurn && done > 0; ++i) {
        done = sd_bus_process(bus_, nullptr);
    }
    inTurn_ = false;
    if (done > 0) {
        again_.arm(hal::Duration::zero());
    }
    checkLost();
    touch();
    if (const auto task = turn_) {
        task();  // this may be gone afterwards
    }
}

void Bus::checkLost() {
    if (gone_ || sd_bus_is_open(bus_) > 0) {
        return;
    }
    gone_ = true;
    watch_.reset();
    socket_.reset();
    again_.cancel();
    deadline_.cancel();
    if (lost_) {
        // In a turn of its own: whoever hears it may destroy this.
        loop_.post([task = lost_] { task(); });
    }
}

void Bus::refresh() {
    const int events = sd_bus_get_events(bus_);
    if (events < 0) {
        again_.arm(hal::Duration::zero());
        return;
    }
    const Io wanted = ((events & POLLIN) != 0 ? Io::Read : Io::None) |
                      ((events & POLLOUT) != 0 ? Io::Write : Io::None);
    if (wanted != watched_ && watch_.change(wanted)) {
        watched_ = wanted;
    }
    std::uint64_t due = 0;
    if (sd_bus_get_timeout(bus_, &due) <= 0 || due == UINT64_MAX) {
        deadline_.cancel();
        return;
    }
    // sd-bus counts on CLOCK_MONOTONIC from its own epoch, as EpollLoop does; 0 is "now".
    deadline_.armAt(hal::TimePoint(std::chrono::microseconds(due)));
}

Result<void> Bus::wait(const std::function<bool()>& done) {
    while (!done()) {
        const int progress = sd_bus_process(bus_, nullptr);
        if (progress < 0 || sd_bus_is_open(bus_) <= 0) {
            checkLost();
            return hal::fail(ErrorCode::Disconnected, "the telephony service is gone");
        }
        if (progress > 0) {
            continue;
        }
        const int ready = sd_bus_wait(bus_, kReplyLimitUsec);
        if (ready == 0) {
            return hal::fail(ErrorCode::Timeout, "the telephony service does not answer");
        }
    }
    // What came meanwhile waits in sd-bus, where no descriptor tells of it.
    again_.arm(hal::Duration::zero());
    touch();
    return {};
}

}  // namespace tipring::rpc
