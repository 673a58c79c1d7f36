// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/isolation/provider_host.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>

#include "host.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/log.h"

namespace tipring::isolation {
namespace {

template <class Pointer>
struct First;
template <class Handle>
struct First<TSPI_RESULT (*)(Handle)> {
    using Type = Handle;
};
template <class Pointer>
using FirstOf = typename First<Pointer>::Type;

/// A device that stopped pulling keeps a stop no longer than this.
constexpr auto kLongestDrain = std::chrono::milliseconds(500);

void refuse(int socket, hal::ErrorCode code, const std::string& why) {
    Writer message(MessageKind::Refusal);
    message.number(static_cast<std::uint32_t>(code));
    message.text(why);
    static_cast<void>(sendMessage(socket, message.message()));
}

const TspiProvider* tableOf(int socket, const std::string& library) {
    void* const loaded = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (loaded == nullptr) {
        const char* const why = ::dlerror();
        refuse(socket, hal::ErrorCode::NoDriver,
               fmt::format("cannot load the provider {}: {}", library, why == nullptr ? "?" : why));
        return nullptr;
    }
    void* const symbol = ::dlsym(loaded, TSPI_ENTRY_POINT_NAME);
    const TspiProvider* const table =
        symbol == nullptr ? nullptr : reinterpret_cast<TspiEntryPoint>(symbol)();
    if (table == nullptr || table->name == nullptr || table->version >> 16 != TSPI_VERSION >> 16) {
        refuse(socket, hal::ErrorCode::IncompatibleApiVersion,
               fmt::format("{} is no provider for this contract", library));
        return nullptr;
    }
    return table;
}

}  // namespace

void SendQueue::push(std::span<const std::int16_t> more) {
    const std::lock_guard lock(mutex);
    const std::size_t room = 2 * kMaxSamples - std::min(2 * kMaxSamples, samples.size() - next);
    const auto taken = more.first(std::min(room, more.size()));
    samples.insert(samples.end(), taken.begin(), taken.end());
}

std::size_t SendQueue::pop(std::int16_t* to, std::size_t capacity, bool& last) {
    const std::lock_guard lock(mutex);
    const std::size_t given = std::min(capacity, samples.size() - next);
    std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(next), given, to);
    next += given;
    last = next == samples.size();
    if (last) {
        samples.clear();
        next = 0;
    }
    return given;
}

bool SendQueue::empty() {
    const std::lock_guard lock(mutex);
    return next == samples.size();
}

Host::Host(hal::EventLoop& loop, hal::FileDescriptor socket, const TspiProvider& table,
           std::function<void()> onEnd)
    : loop_(loop),
      onEnd_(std::move(onEnd)),
      socket_(std::move(socket)),
      services_(loop,
                [this](int level, const char* category, const char* text) {
                    Writer message(MessageKind::Log);
                    message.number(std::int32_t{level});
                    message.text(category == nullptr ? "" : category);
                    message.text(text == nullptr ? "" : text);
                    send(message);
                }),
      buffer_(kMaxMessage),
      stopTimer_(loop, [this] { finishStops(); }) {
    std::memcpy(&table_, &table, std::min<std::size_t>(table.size, sizeof table_));
    auto watch =
        hal::Watch::create(loop, socket_.get(), hal::Io::Read, [this](hal::Io) { turn(); });
    ended_ = !watch;
    if (watch) {
        watch_ = std::move(*watch);
    }
    hello();
}

Host::~Host() {
    *alive_ = false;
    watch_.reset();
    closeAll();
}

void Host::hello() {
    Writer message(MessageKind::Hello);
    message.number(kProtocol);
    message.number(layoutOfContract());
    message.number(table_.version);
    message.text(table_.name);
#define TIPRING_ROW(name) message.number(static_cast<std::uint8_t>(table_.name != nullptr));
    TIPRING_TSPI_FUNCTIONS(TIPRING_ROW)
#undef TIPRING_ROW
    send(message);
}

void Host::turn() {
    while (!ended_) {
        const Received got = receiveMessage(socket_.get(), buffer_);
        if (got.arrival == Arrival::Nothing) {
            return;
        }
        if (got.arrival != Arrival::Message) {
            ended_ = true;
        } else {
            handle(got.message);
        }
    }
    watch_.reset();
    closeAll();
    if (onEnd_) {
        onEnd_();
    }
}

void Host::send(const Writer& message, int descriptor, bool droppable) {
    if (!message.fits()) {
        return;
    }
    const std::lock_guard lock(sending_);
    while (!ended_) {
        const Sent sent = sendMessage(socket_.get(), message.message(), descriptor);
        if (sent == Sent::Failed) {
            ended_ = true;
        }
        if (sent != Sent::Full || droppable) {
            return;
        }
        waitUntilWritable(socket_.get());
    }
}

void Host::handle(std::span<const std::byte> message) {
    using Handler = void (Host::*)(Reader&);
    struct Row {
        MessageKind kind;
        Handler handler;
    };
    static constexpr Row kRows[] = {{MessageKind::Init, &Host::onInit},
                                    {MessageKind::Call, &Host::onCall},
                                    {MessageKind::MediaSamples, &Host::onSamples}};
    Reader reader(message);
    const auto kind = reader.number<MessageKind>();
    if (kind == MessageKind::Ping) {
        Writer answer(MessageKind::Pong);
        answer.number(reader.number<std::uint64_t>());
        return send(answer);
    }
    const auto* const row = std::find_if(std::begin(kRows), std::end(kRows),
                                         [kind](const Row& each) { return each.kind == kind; });
    if (row == std::end(kRows)) {
        ended_ = true;
        return;
    }
    // The message stays where it is while the provider runs: nothing is read before that returned.
    (this->*row->handler)(reader);
    if (!reader.ok()) {
        ended_ = true;
    }
}

void Host::onInit(Reader& message) {
    init_.version = std::min(message.number<std::uint32_t>(), TSPI_VERSION);
    std::map<std::string, std::string, std::less<>> config;
    const auto count = message.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && message.ok(); ++i) {
        std::string key(message.text().value);
        config[std::move(key)] = message.text().value;
    }
    if (!message.complete() || session_ != nullptr) {
        return message.refuse();
    }
    services_.configure(std::move(config));
    fillInit(init_);
    init_.host = &services_.table();
    init_.context = this;
    const TSPI_RESULT result = table_.providerInit == nullptr
                                   ? static_cast<TSPI_RESULT>(LINEERR_OPERATIONUNAVAIL)
                                   : table_.providerInit(&init_, &session_);
    Writer answer(MessageKind::InitAnswer);
    answer.number(result);
    answer.text(services_.takeExplanation());
    const TspiInterface* interfaces = nullptr;
    std::uint32_t known = 0;
    if (result == 0 && table_.providerGetInterfaces != nullptr) {
        table_.providerGetInterfaces(session_, &interfaces, &known);
    }
    putInterfaces(answer, interfaces, known);
    send(answer);
}

void Host::onCall(Reader& message) {
    const auto sequence = message.number<std::uint32_t>();
    const auto function = message.number<Function>();
    if (!message.ok() || !callFunction(*this, function, sequence, message)) {
        message.refuse();
    }
}

void Host::onSamples(Reader& message) {
    static_cast<void>(message.number<std::uint8_t>());
    const HostObject media = hostObject(message.number<std::uint64_t>());
    const auto bytes = message.take(message.left());
    if (bytes.size() % sizeof(std::int16_t) != 0) {
        return message.refuse();
    }
    if (media.host == this && media.sound != nullptr) {
        media.sound->push({reinterpret_cast<const std::int16_t*>(bytes.data()),
                           bytes.size() / sizeof(std::int16_t)});
    }
}

void Host::deferStop(std::uint64_t media, DRV_REQUESTID id, std::uint32_t direction) {
    stops_.push_back({media, id, direction});
    stopTimer_.arm(kLongestDrain);
}

void Host::drained(std::uint64_t media) {
    loop_.post([this, media, alive = alive_] {
        const auto found =
            !*alive ? stops_.end()
                    : std::find_if(stops_.begin(), stops_.end(), [media](const DeferredStop& each) {
                          return each.media == media;
                      });
        if (*alive && found != stops_.end()) {
            const DeferredStop stop = *found;
            stops_.erase(found);
            finishStop(stop);
        }
    });
}

void Host::finishStops() {
    for (const DeferredStop& stop : std::exchange(stops_, {})) {
        finishStop(stop);
    }
}

void Host::finishStop(const DeferredStop& stop) {
    auto* const media = static_cast<HDRVMEDIA>(hostObject(stop.media).driver);
    services_.takeExplanation();
    const TSPI_RESULT result =
        media == nullptr ? static_cast<TSPI_RESULT>(LINEERR_OPERATIONFAILED)
                         : table_.mediaStop(stop.id, media, stop.direction, TSPI_MEDIASTOP_DRAIN);
    if (result < 0) {
        init_.completion(this, stop.id, result, services_.takeExplanation().c_str());
    }
}

void Host::endSession() {
    session_ = nullptr;
    stops_.clear();
    services_.clear();
}

/// The order of the contract: streams, calls, lines, phones, the provider.
void Host::closeAll() {
    if (session_ == nullptr) {
        return;
    }
    const auto close = [this](ObjectKind kind, auto function) {
        for (const std::uint64_t token : hostTokens(*this, kind)) {
            void* const driver = hostObject(token).driver;
            if (function != nullptr && driver != nullptr) {
                function(static_cast<FirstOf<decltype(function)>>(driver));
            }
            removeHostObject(token);
        }
    };
    close(ObjectKind::Media, table_.mediaClose);
    close(ObjectKind::Call, table_.lineCloseCall);
    close(ObjectKind::Line, table_.lineClose);
    close(ObjectKind::Phone, table_.phoneClose);
    if (table_.providerShutdown != nullptr) {
        table_.providerShutdown(session_);
    }
    endSession();
}

struct ProviderHost::Impl {
    Impl(hal::EventLoop& loop, hal::FileDescriptor socket, const TspiProvider& table)
        : host(loop, std::move(socket), table) {}
    Host host;
};

ProviderHost::ProviderHost(hal::EventLoop& loop, hal::FileDescriptor socket,
                           const TspiProvider& table)
    : impl_(std::make_unique<Impl>(loop, std::move(socket), table)) {}
ProviderHost::~ProviderHost() = default;

void ProviderHost::turn() {
    impl_->host.turn();
}

bool ProviderHost::ended() const {
    return impl_->host.ended();
}

int runProviderHost(int socket, const std::string& library) {
    hal::FileDescriptor owned(socket);
    if (::fcntl(socket, F_SETFD, FD_CLOEXEC) != 0) {
        return 1;
    }
    const TspiProvider* const table = tableOf(socket, library);
    if (table == nullptr) {
        return 3;
    }
    auto loop = hal::EpollLoop::create();
    if (!loop) {
        refuse(socket, loop.error().code, loop.error().cause);
        return 1;
    }
    hal::EventLoop& runs = **loop;
    Host host(runs, std::move(owned), *table, [&runs] { runs.stop(); });
    runs.run();
    return 0;
}

}  // namespace tipring::isolation
