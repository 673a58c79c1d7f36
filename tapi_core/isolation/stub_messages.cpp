// SPDX-License-Identifier: Apache-2.0
// What the host says. Everything is looked at before the core hears of it.
#include <fmt/format.h>

#include <array>

#include "stub.h"
#include "tipring/hal/base/log.h"

namespace tipring::isolation {
namespace {

const hal::LogCategory kLog{"isolation"};

template <class Handle>
Handle handleOf(const Object* object) {
    return object == nullptr ? nullptr : reinterpret_cast<Handle>(object->core);
}

/// Samples lie on an even offset of the message.
std::span<const std::int16_t> takeSamples(Reader& message) {
    const auto bytes = message.take(message.left());
    if (bytes.size() % sizeof(std::int16_t) != 0 ||
        bytes.size() > kMaxSamples * sizeof(std::int16_t)) {
        message.refuse();
        return {};
    }
    return {reinterpret_cast<const std::int16_t*>(bytes.data()),
            bytes.size() / sizeof(std::int16_t)};
}

}  // namespace

hal::Result<Stub::Hello> Stub::readHello(std::span<const std::byte> message) {
    Reader reader(message);
    const auto kind = reader.number<MessageKind>();
    if (kind == MessageKind::Refusal) {
        const auto code = reader.number<std::uint32_t>();
        const std::string text(reader.text().value);
        const bool known = hal::errorName(hal::ErrorCode{code}) != "UNKNOWN";
        return hal::fail(known ? hal::ErrorCode{code} : hal::ErrorCode::NoDriver, text);
    }
    const auto protocol = reader.number<std::uint32_t>();
    const auto layout = reader.number<std::uint64_t>();
    if (kind != MessageKind::Hello || !reader.ok() || protocol != kProtocol ||
        layout != layoutOfContract()) {
        return hal::fail(hal::ErrorCode::IncompatibleApiVersion,
                         "the provider's host is of another build than this program");
    }
    Hello hello;
    hello.version = reader.number<std::uint32_t>();
    hello.name = reader.text().value;
    hello.functions.resize(kFunctions);
    reader.raw(hello.functions.data(), hello.functions.size());
    if (!reader.complete() || hello.name.empty()) {
        return hal::fail(hal::ErrorCode::NoDriver, "the provider's host said hello wrongly");
    }
    return hello;
}

Stub::MessageHandler Stub::handlerOf(MessageKind kind) {
    struct Row {
        MessageKind kind;
        MessageHandler handler;
    };
    static constexpr Row kRows[] = {
        {MessageKind::Hello, &Stub::onHello},
        {MessageKind::Completion, &Stub::onCompletion},
        {MessageKind::LineEvent, &Stub::onLineEvent},
        {MessageKind::PhoneEvent, &Stub::onPhoneEvent},
        {MessageKind::LineCreate, &Stub::onLineCreate},
        {MessageKind::LineRemove, &Stub::onLineRemove},
        {MessageKind::PhoneCreate, &Stub::onPhoneCreate},
        {MessageKind::PhoneRemove, &Stub::onPhoneRemove},
        {MessageKind::InterfaceResult, &Stub::onInterfaceResult},
        {MessageKind::InterfaceEvent, &Stub::onInterfaceEvent},
        {MessageKind::MediaReceive, &Stub::onMediaReceive},
        {MessageKind::MediaPull, &Stub::onMediaPull},
        {MessageKind::MediaEvent, &Stub::onMediaEvent},
        {MessageKind::Log, &Stub::onLog},
        {MessageKind::Pong, &Stub::onPong},
    };
    for (const Row& row : kRows) {
        if (row.kind == kind) {
            return row.handler;
        }
    }
    return nullptr;
}

bool Stub::handle(std::span<const std::byte> message) {
    const auto kind = static_cast<MessageKind>(message[0]);
    if (kind == MessageKind::InitAnswer && status_.state == HostState::Starting) {
        const std::vector<std::byte> kept(message.begin(), message.end());
        onInitAnswer(Reader(std::span<const std::byte>(kept).subspan(1)));
        return peer_ != nullptr;
    }
    Reader reader(message.subspan(1));
    if (const MessageHandler handler = handlerOf(kind)) {
        (this->*handler)(reader);
    } else {
        reader.refuse();
    }
    if (peer_ == nullptr) {
        return false;
    }
    if (!reader.ok()) {
        const auto number = static_cast<std::size_t>(kind);
        die(fmt::format("sent rubbish ({} of {} bytes)",
                        number < kMessageKinds ? rowOf(kind).name : "no message", message.size()));
        return false;
    }
    return true;
}

Object* Stub::findOrWarn(std::uint64_t token, ObjectKind kind, const char* what) {
    Object* object = find(token, kind);
    if (object == nullptr) {
        kLog.warning("provider {} sent {} for something that is closed or never was", hello_.name,
                     what);
    }
    return object;
}

void Stub::onCompletion(Reader& message) {
    const auto id = message.number<DRV_REQUESTID>();
    const auto result = message.number<TSPI_RESULT>();
    const Reader::Text cause = message.text();
    if (!message.ok() || id == kOwnRequest) {
        return;
    }
    pending_.erase(id);
    init_.completion(init_.context, id, result,
                     cause.there ? std::string(cause.value).c_str() : nullptr);
}

void Stub::onLineEvent(Reader& message) {
    const auto line = message.number<std::uint64_t>();
    const auto call = message.number<std::uint64_t>();
    const auto number = message.number<std::uint32_t>();
    std::array<std::uint64_t, 3> p{};
    for (std::uint64_t& each : p) {
        each = message.number<std::uint64_t>();
    }
    const Reader::Text text = message.text();
    if (!message.complete()) {
        return message.refuse();
    }
    Object* of = findOrWarn(line, ObjectKind::Line, "an event");
    if (of == nullptr || of->lineEvent == nullptr) {
        return;
    }
    if (number == LINE_NEWCALL) {
        return onNewCall(*of, call);
    }
    Object* about = call == 0 ? nullptr : findOrWarn(call, ObjectKind::Call, "an event");
    if (call != 0 && about == nullptr) {
        return;
    }
    if (about != nullptr && about->orphan) {
        return onOrphanEvent(*about, number, p[0]);
    }
    const std::string digits(text.value);
    if (number == LINE_GATHERDIGITS) {
        p[2] = reinterpret_cast<std::uintptr_t>(digits.c_str());
    }
    of->lineEvent(handleOf<HTAPILINE>(of), handleOf<HTAPICALL>(about), number, p[0], p[1], p[2]);
}

void Stub::onNewCall(Object& line, std::uint64_t token) {
    if (token == 0 || token % 2 != 0 || objects_.contains(token)) {
        return die("announced a call twice");
    }
    Object& call = addObject(ObjectKind::Call, 0, token);
    call.parent = &line;
    HTAPICALL given = nullptr;
    line.lineEvent(handleOf<HTAPILINE>(&line), nullptr, LINE_NEWCALL,
                   reinterpret_cast<std::uintptr_t>(&call),
                   reinterpret_cast<std::uintptr_t>(&given), 0);
    call.core = reinterpret_cast<std::uintptr_t>(given);
    call.orphan = given == nullptr;
    if (call.orphan) {
        sendOwnCall(Function::lineDrop, call);
    }
}

/// The provider was told that the core has room, for it could not wait: so the call ends here.
void Stub::onOrphanEvent(Object& call, std::uint32_t number, std::uint64_t state) {
    if (number == LINE_CALLSTATE && state == LINECALLSTATE_IDLE) {
        sendOwnCall(Function::lineCloseCall, call);
        objects_.erase(call.token);
    }
}

void Stub::sendOwnCall(Function function, const Object& call) {
    Writer message(MessageKind::Call);
    message.number(std::uint32_t{0});
    message.number(static_cast<std::uint16_t>(function));
    if (function == Function::lineDrop) {
        message.number(kOwnRequest);
    }
    message.number(call.token);
    send(message);
}

void Stub::onPhoneEvent(Reader& message) {
    const auto phone = message.number<std::uint64_t>();
    const auto number = message.number<std::uint32_t>();
    std::array<std::uint64_t, 3> p{};
    for (std::uint64_t& each : p) {
        each = message.number<std::uint64_t>();
    }
    if (!message.complete()) {
        return message.refuse();
    }
    const Object* of = findOrWarn(phone, ObjectKind::Phone, "an event");
    if (of != nullptr && of->phoneEvent != nullptr) {
        of->phoneEvent(handleOf<HTAPIPHONE>(of), number, p[0], p[1], p[2]);
    }
}

void Stub::onLineCreate(Reader& message) {
    const std::string key(message.text().value);
    if (message.ok()) {
        init_.lineCreate(init_.context, key.c_str());
    }
}

void Stub::onLineRemove(Reader& message) {
    const auto id = message.number<std::uint32_t>();
    if (message.ok()) {
        lines_.erase(id);
        init_.lineRemove(init_.context, id);
    }
}

void Stub::onPhoneCreate(Reader& message) {
    const std::string key(message.text().value);
    if (message.ok()) {
        init_.phoneCreate(init_.context, key.c_str());
    }
}

void Stub::onPhoneRemove(Reader& message) {
    const auto id = message.number<std::uint32_t>();
    if (message.ok()) {
        phones_.erase(id);
        init_.phoneRemove(init_.context, id);
    }
}

void Stub::onInterfaceResult(Reader& message) {
    const auto id = message.number<DRV_REQUESTID>();
    const auto values = takeValues(message);
    if (message.ok()) {
        init_.interfaceResult(init_.context, id, values.data(),
                              static_cast<std::uint32_t>(values.size()));
    }
}

void Stub::onInterfaceEvent(Reader& message) {
    const auto line = message.number<std::uint64_t>();
    const auto call = message.number<std::uint64_t>();
    const auto index = message.number<std::uint32_t>();
    const auto event = message.number<std::uint32_t>();
    const auto values = takeValues(message);
    const Object* ofLine = find(line, ObjectKind::Line);
    const Object* ofCall = find(call, ObjectKind::Call);
    const bool known = (line == 0 || ofLine != nullptr) && (call == 0 || ofCall != nullptr);
    if (message.ok() && known) {
        init_.interfaceEvent(init_.context, handleOf<HTAPILINE>(ofLine),
                             handleOf<HTAPICALL>(ofCall), index, event, values.data(),
                             static_cast<std::uint32_t>(values.size()));
    }
}

void Stub::onMediaReceive(Reader& message) {
    static_cast<void>(message.number<std::uint8_t>());
    const auto token = message.number<std::uint64_t>();
    const auto position = message.number<std::uint64_t>();
    const auto samples = takeSamples(message);
    const Object* of = find(token, ObjectKind::Media);
    if (message.ok() && of != nullptr && of->media.receive != nullptr) {
        of->media.receive(handleOf<HTAPIMEDIA>(of), position, samples.data(), samples.size());
    }
}

/// What the device asks for now it hears at its next question: so it never waits for the core.
void Stub::onMediaPull(Reader& message) {
    const auto token = message.number<std::uint64_t>();
    const auto position = message.number<std::uint64_t>();
    const auto capacity = message.number<std::uint32_t>();
    const Object* of = find(token, ObjectKind::Media);
    if (capacity > kMaxSamples) {
        return message.refuse();
    }
    if (!message.ok() || of == nullptr || of->media.send == nullptr) {
        return;
    }
    std::array<std::int16_t, kMaxSamples> samples;
    const std::size_t given = std::min<std::size_t>(
        capacity, of->media.send(handleOf<HTAPIMEDIA>(of), position, samples.data(), capacity));
    if (given == 0) {
        return;
    }
    Writer answer(MessageKind::MediaSamples);
    answer.number(std::uint8_t{0});
    answer.number(token);
    answer.raw(samples.data(), given * sizeof samples[0]);
    if (peer_ != nullptr && sendMessage(peer_->socket(), answer.message()) == Sent::Full) {
        kLog.debug("the host of {} takes no samples: the line hears a gap", hello_.name);
    }
}

void Stub::onMediaEvent(Reader& message) {
    const auto token = message.number<std::uint64_t>();
    const auto event = message.number<std::uint32_t>();
    const auto parameter = message.number<std::uint64_t>();
    const Reader::Text cause = message.text();
    const Object* of = find(token, ObjectKind::Media);
    if (message.ok() && of != nullptr && of->media.event != nullptr) {
        of->media.event(handleOf<HTAPIMEDIA>(of), event, parameter,
                        cause.there ? std::string(cause.value).c_str() : nullptr);
    }
}

void Stub::onLog(Reader& message) {
    const auto level = message.number<std::int32_t>();
    const std::string category(message.text().value);
    const std::string text(message.text().value);
    if (message.ok() && session_ != nullptr) {
        init_.host->log(init_.host->context, level, category.c_str(), text.c_str());
    }
}

}  // namespace tipring::isolation
