// SPDX-License-Identifier: Apache-2.0
// Events of an application as signals to its client.
#include "definition.h"
#include "server/session.h"
#include "wire/values.h"

namespace tipring::rpc {
namespace {

/// A signal of the definition, with arguments that fit it.
template <const def::Signal& S, class... A>
void emit(Session& session, const std::string& path, const A&... arguments) {
    static_assert(signatureOf<A...>().view() == S.in, "arguments are not as defined");
    session.emit(path, S, arguments...);
}

ObjectPath pathOf(Session& session, const std::shared_ptr<tapi::Call>& call) {
    return Outgoing<std::shared_ptr<tapi::Call>>::make(session, call);
}
template <class E>
std::string callOf(Session& session, const E& event) {
    return pathOf(session, event.call).text;
}

void send(Session& session, const tapi::TapiObjectEvent& e) {
    ObjectPath object{kNoPath};
    if (e.address) {
        object.text = addressPath(e.address->id());
    } else if (e.phone) {
        object.text = phonePath(e.phone->id());
    }
    emit<def::tapi::kObjectChanged>(session, kRootPath, e.kind, object, e.callbackInstance);
}
void send(Session& session, const tapi::AddressEvent& e) {
    emit<def::address::kEvent>(session, addressPath(e.address->id()), e.kind, e.ringMode,
                               e.ringCount, e.terminal);
}
void send(Session& session, const tapi::CallNotificationEvent& e) {
    emit<def::tapi::kCallNotification>(session, kRootPath, pathOf(session, e.call), e.privilege,
                                       e.callbackInstance);
}
void send(Session& session, const tapi::CallStateEvent& e) {
    emit<def::call::kStateChanged>(session, callOf(session, e), e.state, e.lineState, e.mode,
                                   e.cause, e.callbackInstance, e.reasons);
}
void send(Session& session, const tapi::CallInfoChangeEvent& e) {
    emit<def::call::kInfoChanged>(session, callOf(session, e), e.item, e.callbackInstance);
}
void send(Session& session, const tapi::DigitEvent& e) {
    emit<def::call::kDigit>(session, callOf(session, e), e.digit, e.tick, e.mode,
                            e.callbackInstance);
}
void send(Session& session, const tapi::GenerateEvent& e) {
    emit<def::call::kGenerated>(session, callOf(session, e), e.cancelled, e.tick,
                                e.callbackInstance);
}
void send(Session& session, const tapi::GatherDigitsEvent& e) {
    emit<def::call::kDigitsGathered>(session, callOf(session, e), e.digits, e.end, e.tick,
                                     e.callbackInstance);
}
void send(Session& session, const tapi::ToneEvent& e) {
    emit<def::call::kTone>(session, callOf(session, e), e.tag, e.tick, e.callbackInstance);
}
void send(Session& session, const tapi::CallMediaEvent& e) {
    emit<def::call::kMedia>(session, callOf(session, e), e.kind, e.cause, e.mediaHeard, e.terminal,
                            e.callbackInstance);
}
void send(Session& session, const tapi::FileTerminalEvent& e) {
    emit<def::call::kFileTerminal>(session, callOf(session, e), e.terminal, e.path, e.state,
                                   e.cause, e.error, e.callbackInstance);
}
void send(Session& session, const tapi::ToneTerminalEvent& e) {
    emit<def::call::kToneTerminal>(session, callOf(session, e), e.terminal, e.stopped,
                                   e.callbackInstance);
}
void send(Session& session, const tapi::PhoneEvent& e) {
    emit<def::phone::kEvent>(session, phonePath(e.phone->id()), e.kind, e.device, e.value,
                             e.buttonId, e.buttonState, pathOf(session, e.call));
}
void send(Session& session, const tapi::CallHubEvent& e) {
    emit<def::callhub::kEvent>(session, hubPath(e.hub->id()), e.kind, pathOf(session, e.call),
                               e.callbackInstance);
}
/// Of a room, which no client can make.
void send(Session&, const tapi::RoomEvent&) {}
void send(Session& session, const tapi::PrivateEvent& e) {
    const std::string path = e.call      ? callOf(session, e)
                             : e.address ? addressPath(e.address->id())
                                         : std::string(kRootPath);
    if (Message signal = session.newSignal(path, e.interfaceName.c_str(), e.event.c_str());
        signal && putValues(signal.get(), e.values) >= 0) {
        session.deliver(signal.get());
    }
}
void send(Session& session, const tapi::AddressDevSpecificEvent& e) {
    emit<def::address::kDevSpecificEvent>(session, addressPath(e.address->id()),
                                          pathOf(session, e.call), e.parameters[0], e.parameters[1],
                                          e.parameters[2], e.callbackInstance);
}
void send(Session& session, const tapi::PhoneDevSpecificEvent& e) {
    emit<def::phone::kDevSpecificEvent>(session, phonePath(e.phone->id()), e.parameters[0],
                                        e.parameters[1], e.parameters[2]);
}
void send(Session& session, const tapi::RequestEvent& e) {
    emit<def::tapi::kRequest>(session, kRootPath, e.registration, e.request.number,
                              e.request.appName, e.request.calledParty, e.request.comment);
}

}  // namespace

void sendEvent(Session& session, const tapi::Event& event) {
    std::visit([&](const auto& one) { send(session, one); }, event);
}

}  // namespace tipring::rpc
