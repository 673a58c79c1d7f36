// SPDX-License-Identifier: Apache-2.0
// A host's life: launched, initialised, watched, dead, launched again.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "stub.h"
#include "tipring/hal/base/log.h"

namespace tipring::isolation {
namespace {

const hal::LogCategory kLog{"isolation"};
/// So many messages in one turn: a host that floods keeps nobody else waiting.
constexpr int kMessagesPerTurn = 64;

}  // namespace

hal::Result<void> Stub::begin() {
    auto hello = meet();
    if (!hello) {
        return tl::unexpected(std::move(hello.error()));
    }
    const auto slot = takeSlot(*this, table_);
    if (!slot) {
        return hal::fail(hal::ErrorCode::ResourceUnavail, "too many isolated providers");
    }
    slot_ = *slot;
    hello_ = std::move(*hello);
    makeTable();
    return {};
}

/// Launches a host and waits for its hello.
hal::Result<Stub::Hello> Stub::meet() {
    auto peer = launcher_();
    if (!peer) {
        return tl::unexpected(std::move(peer.error()));
    }
    peer_ = std::move(*peer);
    limitWaits(options_.restart.startLimit);
    while (peer_->wait()) {
        const Received got = receiveMessage(peer_->socket(), buffer_);
        if (got.arrival == Arrival::Message) {
            return readHello(got.message);
        }
        if (got.arrival != Arrival::Nothing) {
            break;
        }
    }
    const std::string how = peer_->end(true);
    return hal::fail(hal::ErrorCode::NoDriver,
                     fmt::format("the provider's host {} before it said what it has",
                                 how.empty() ? "ended" : how));
}

void Stub::limitWaits(hal::Duration limit) {
    if (peer_ != nullptr) {
        peer_->limitWaits(limit);
    }
}

/// Reads until a message of that kind; the others are done as they come.
std::optional<std::span<const std::byte>> Stub::waitFor(MessageKind kind, const char* what) {
    while (peer_ != nullptr) {
        if (!peer_->wait()) {
            die(fmt::format("kept the core waiting for too long in {}", what));
            break;
        }
        Received got = receiveMessage(peer_->socket(), buffer_);
        if (got.arrival == Arrival::Nothing) {
            continue;
        }
        if (got.arrival != Arrival::Message) {
            die(fmt::format("ended in {}", what), true);
            break;
        }
        if (got.message[0] == static_cast<std::byte>(kind)) {
            descriptor_ = std::move(got.descriptor);
            return got.message;
        }
        if (!handle(got.message)) {
            break;
        }
    }
    return {};
}

TSPI_RESULT Stub::init(const TspiInit* init, HPROVIDER* provider) {
    std::memcpy(&init_, init, std::min<std::size_t>(init->size, sizeof init_));
    session_ = std::make_unique<Session>(*this, *init_.host);
    session_->delay = options_.restart.firstDelay;
    status_.state = HostState::Starting;
    *provider = reinterpret_cast<HPROVIDER>(this);
    if (peer_ == nullptr) {  // a second session of one table
        if (const auto hello = meet(); !hello || *hello != hello_) {
            die(hello ? "is of another library than before" : hello.error().cause);
            return 0;
        }
    }
    sendInit();
    limitWaits(options_.restart.startLimit);
    const auto got = waitFor(MessageKind::InitAnswer, "providerInit");
    if (!got) {
        return 0;  // it died, which was said; the next one may do better
    }
    Reader message(got->subspan(1));
    const auto result = message.number<TSPI_RESULT>();
    const Reader::Text words = message.text();
    if (message.ok() && result < 0) {
        explain(words.value);
        static_cast<void>(peer_->end(false));
        peer_.reset();
        session_.reset();
        status_.state = HostState::Ended;
        return result;
    }
    interfaces_.read(message);
    if (!message.complete()) {
        die("sent an answer to providerInit that cannot be read");
        return 0;
    }
    watchSocket();
    enterRunning();
    return 0;
}

TSPI_RESULT Stub::shutDown() {
    if (running()) {
        const std::uint32_t sequence = nextSequence();
        Writer message(MessageKind::Call);
        message.number(sequence);
        message.number(static_cast<std::uint16_t>(Function::providerShutdown));
        limitWaits(options_.restart.startLimit);
        // Ended before the wait: a host that dies now is not missed.
        status_.state = HostState::Ended;
        send(message);
        while (peer_ != nullptr && peer_->wait()) {
            const Received got = receiveMessage(peer_->socket(), buffer_);
            const bool over = got.arrival == Arrival::Closed || got.arrival == Arrival::Broken;
            if (over || (got.arrival == Arrival::Message &&
                         (got.message[0] == static_cast<std::byte>(MessageKind::Answer) ||
                          !handle(got.message)))) {
                break;
            }
        }
    }
    status_.state = HostState::Ended;
    session_.reset();
    if (peer_ != nullptr) {
        static_cast<void>(peer_->end(false));
        peer_.reset();
    }
    objects_.clear();
    dead_.clear();
    pending_.clear();
    lines_.clear();
    phones_.clear();
    return 0;
}

void Stub::launchAgain() {
    auto peer = launcher_();
    if (!peer) {
        return die(fmt::format("could not be started: {}", peer.error().cause));
    }
    peer_ = std::move(*peer);
    status_.state = HostState::Starting;
    session_->late.arm(options_.restart.startLimit);
    watchSocket();
}

void Stub::watchSocket() {
    auto watch = hal::Watch::create(session_->loop, peer_->socket(), hal::Io::Read,
                                    [this](hal::Io) { onReadable(); });
    if (!watch) {
        return die(watch.error().cause);
    }
    session_->watch = std::move(*watch);
}

void Stub::onReadable() {
    for (int count = 0; count < kMessagesPerTurn && peer_ != nullptr; ++count) {
        const Received got = receiveMessage(peer_->socket(), buffer_);
        switch (got.arrival) {
        case Arrival::Message:
            if (!handle(got.message)) {
                return;
            }
            break;
        case Arrival::Nothing: return;
        case Arrival::Closed: return die("ended", true);
        case Arrival::Broken: return die("sent what cannot be read");
        }
    }
}

void Stub::onHello(Reader& message) {
    if (status_.state != HostState::Starting || session_ == nullptr) {
        return message.refuse();
    }
    std::array<std::byte, 1> kind{static_cast<std::byte>(MessageKind::Hello)};
    std::vector<std::byte> whole(kind.begin(), kind.end());
    const auto rest = message.take(message.left());
    whole.insert(whole.end(), rest.begin(), rest.end());
    const auto hello = readHello(whole);
    if (!hello || *hello != hello_) {
        return die("is of another library than before; restart the program to use it");
    }
    sendInit();
}

void Stub::sendInit() {
    Writer message(MessageKind::Init);
    message.number(init_.version);
    message.number(static_cast<std::uint32_t>(options_.config.size()));
    for (const auto& [key, value] : options_.config) {
        message.text(key);
        message.text(value);
    }
    message.fits() ? send(message) : die("cannot take a configuration that long");
}

/// Of a host that was started again.
void Stub::onInitAnswer(Reader message) {
    const auto result = message.number<TSPI_RESULT>();
    const std::string words(message.text().value);
    if (result < 0) {
        return die(fmt::format("failed providerInit: {}", words));
    }
    if (interfaces_.interfaces().empty()) {
        interfaces_.read(message);
    }
    kLog.info("the host of provider {} runs again", hello_.name);
    enterRunning();
    enumerateAgain();
}

void Stub::enterRunning() {
    status_.state = HostState::Running;
    status_.nextDelay = {};
    session_->late.cancel();
    session_->runningSince = session_->loop.now();
    session_->pings = session_->pongs = 0;
    session_->ping.arm(options_.restart.pingEvery);
}

void Stub::enumerateAgain() {
    const auto self = reinterpret_cast<HPROVIDER>(this);
    const auto tell = [&](auto count, auto key, auto create) {
        std::uint32_t devices = 0;
        if (count == nullptr || key == nullptr || count(self, &devices) != 0) {
            return;
        }
        for (std::uint32_t index = 0; index < devices && running(); ++index) {
            std::array<char, 512> name{};
            if (key(self, index, name.data(), name.size()) == 0) {
                create(init_.context, name.data());
            }
        }
    };
    tell(table_.providerEnumDevices, table_.providerGetDeviceKey, init_.lineCreate);
    tell(table_.providerEnumPhones, table_.providerGetPhoneKey, init_.phoneCreate);
}

void Stub::ping() {
    if (session_->pings != session_->pongs) {
        return;  // the timer for that runs
    }
    Writer message(MessageKind::Ping);
    message.number(++session_->pings);
    session_->late.arm(options_.restart.pingLimit);
    session_->ping.arm(options_.restart.pingEvery);
    send(message);
}

/// Where it was this loop that stood still, the answer lies there and was not read.
void Stub::onLate() {
    onReadable();
    const bool answered = running() && session_->pings == session_->pongs;
    if (peer_ != nullptr && !answered) {
        die("did not answer in time");
    }
}

void Stub::onPong(Reader& message) {
    const auto number = message.number<std::uint64_t>();
    if (!running() || number != session_->pings) {
        return message.refuse();
    }
    session_->pongs = number;
    session_->late.cancel();
    session_->ping.arm(options_.restart.pingEvery);
}

void Stub::send(const Writer& message) {
    if (peer_ == nullptr) {
        return;
    }
    switch (sendMessage(peer_->socket(), message.message())) {
    case Sent::Yes: return;
    case Sent::Full: return die("does not read what it is sent");
    case Sent::Failed: return die("ended", true);
    }
}

void Stub::die(std::string cause, bool closed) {
    if (session_ == nullptr || status_.state == HostState::Ended) {
        return;
    }
    if (peer_ != nullptr) {
        stopTimers();
        const std::string how = peer_->end(closed);
        if (!how.empty()) {
            cause = fmt::format("{} ({})", how, cause);
        }
        peer_.reset();
    }
    status_.state = HostState::Waiting;
    status_.lastCause = fmt::format("the host of provider {} {}", hello_.name, cause);
    ++status_.deaths;
    scheduleRestart();
    kLog.error("{}; it is started again in {} s", status_.lastCause,
               std::chrono::duration<double>(status_.nextDelay).count());
    tellDeath(status_.lastCause);
}

void Stub::stopTimers() {
    session_->watch.reset();
    session_->ping.cancel();
    session_->late.cancel();
}

void Stub::scheduleRestart() {
    const hal::Duration ran = session_->loop.now() - session_->runningSince;
    if (session_->runningSince != hal::TimePoint{} && ran >= options_.restart.goodRun) {
        session_->delay = options_.restart.firstDelay;
    }
    session_->runningSince = {};
    status_.nextDelay = session_->delay;
    session_->restart.arm(session_->delay);
    session_->delay = std::min(session_->delay * 2, options_.restart.longestDelay);
}

/// As a provider whose devices were all unplugged at once.
void Stub::tellDeath(const std::string& cause) {
    for (const DRV_REQUESTID id : std::exchange(pending_, {})) {
        if (id == own_) {
            pending_.insert(id);  // the call is refused instead
        } else {
            init_.completion(init_.context, id, static_cast<TSPI_RESULT>(LINEERR_OPERATIONFAILED),
                             cause.c_str());
        }
    }
    closeObjects();
    for (const std::uint32_t line : std::exchange(lines_, {})) {
        init_.lineRemove(init_.context, line);
    }
    for (const std::uint32_t phone : std::exchange(phones_, {})) {
        init_.phoneRemove(init_.context, phone);
    }
}

void Stub::closeObjects() {
    std::erase_if(objects_, [](const auto& each) { return each.second->orphan; });
    for (auto& [token, object] : std::exchange(objects_, {})) {
        object->dead = true;
        if (object->lineEvent != nullptr) {
            object->lineEvent(reinterpret_cast<HTAPILINE>(object->core), nullptr, LINE_CLOSE, 0, 0,
                              0);
        } else if (object->phoneEvent != nullptr) {
            object->phoneEvent(reinterpret_cast<HTAPIPHONE>(object->core), PHONE_CLOSE, 0, 0, 0);
        }
        const Object* key = object.get();
        dead_[key] = std::move(object);
    }
}

}  // namespace tipring::isolation
