// SPDX-License-Identifier: Apache-2.0
// Signals of the service as events.
#include "client/signals.h"

#include <string_view>
#include <utility>

#include "definition.h"
#include "wire/values.h"

namespace tipring::rpc {
namespace {

using Read = std::optional<tapi::Event>;

struct Signal {
    Objects& objects;
    sd_bus_message* message;
    std::string path;

    template <const def::Signal& S, class... A>
    [[nodiscard]] bool read(A&... arguments) const {
        static_assert(signatureOf<A...>().view() == S.in, "arguments are not as defined");
        return sd_bus_message_has_signature(message, S.in) > 0 &&
               getAll(message, arguments...) >= 0;
    }
    [[nodiscard]] std::shared_ptr<RemoteCall> call() const { return objects.call(path); }
};

Read onObject(const Signal& signal) {
    tapi::TapiObjectEvent event{};
    ObjectPath object;
    if (!signal.read<def::tapi::kObjectChanged>(event.kind, object, event.callbackInstance)) {
        return {};
    }
    event.address = signal.objects.address(object.text);
    event.phone = signal.objects.phone(object.text);
    return event;
}
Read onNotification(const Signal& signal) {
    ObjectPath path;
    tapi::CallNotificationEvent event{};
    if (!signal.read<def::tapi::kCallNotification>(path, event.privilege, event.callbackInstance)) {
        return {};
    }
    const auto call = signal.objects.call(path.text);
    if (!call) {
        return {};
    }
    call->callbackInstance = event.callbackInstance;
    event.call = call;
    return event;
}
Read onRequest(const Signal& signal) {
    tapi::RequestEvent event{};
    tapi::AssistedRequest& request = event.request;
    return signal.read<def::tapi::kRequest>(event.registration, request.number, request.appName,
                                            request.calledParty, request.comment)
               ? Read(event)
               : Read();
}
Read onAddress(const Signal& signal) {
    tapi::AddressEvent event{};
    const auto address = signal.objects.address(signal.path);
    if (!address || !signal.read<def::address::kEvent>(event.kind, event.ringMode, event.ringCount,
                                                       event.terminal)) {
        return {};
    }
    address->onDeviceChange();
    event.address = address;
    return event;
}
Read onAddressDevSpecific(const Signal& signal) {
    tapi::AddressDevSpecificEvent event{};
    ObjectPath call;
    event.address = signal.objects.address(signal.path);
    if (!event.address || !signal.read<def::address::kDevSpecificEvent>(
                              call, event.parameters[0], event.parameters[1], event.parameters[2],
                              event.callbackInstance)) {
        return {};
    }
    event.call = signal.objects.call(call.text);
    return event;
}
Read onHub(const Signal& signal) {
    tapi::CallHubEvent event{};
    ObjectPath call;
    const auto hub = signal.objects.hub(signal.path);
    if (!hub || !signal.read<def::callhub::kEvent>(event.kind, call, event.callbackInstance)) {
        return {};
    }
    if (event.kind == tapi::CallHubEvent::Kind::Idle) {
        hub->onIdle();
    }
    event.hub = hub;
    event.call = signal.objects.call(call.text);
    return event;
}
Read onPhone(const Signal& signal) {
    tapi::PhoneEvent event{};
    ObjectPath call;
    const auto phone = signal.objects.phone(signal.path);
    if (!phone || !signal.read<def::phone::kEvent>(event.kind, event.device, event.value,
                                                   event.buttonId, event.buttonState, call)) {
        return {};
    }
    phone->onDeviceChange();
    event.phone = phone;
    event.call = signal.objects.call(call.text);
    return event;
}
Read onPhoneDevSpecific(const Signal& signal) {
    tapi::PhoneDevSpecificEvent event{};
    event.phone = signal.objects.phone(signal.path);
    return event.phone && signal.read<def::phone::kDevSpecificEvent>(
                              event.parameters[0], event.parameters[1], event.parameters[2])
               ? Read(event)
               : Read();
}
Read onState(const Signal& signal) {
    const auto call = signal.call();
    tapi::CallStateEvent event{};
    if (!call || !signal.read<def::call::kStateChanged>(event.state, event.lineState, event.mode,
                                                        event.cause, event.callbackInstance,
                                                        event.reasons)) {
        return {};
    }
    call->callbackInstance = event.callbackInstance;
    call->onState(event);
    event.call = call;
    return event;
}

/// An event of a call that has nothing but numbers and text.
template <const def::Signal& S, class E, auto... Members>
Read onCall(const Signal& signal) {
    E event{};
    event.call = signal.call();
    return event.call && signal.read<S>(event.*Members...) ? Read(std::move(event)) : Read();
}

Read onPrivate(const Signal& signal) {
    tapi::PrivateEvent event{};
    event.interfaceName = sd_bus_message_get_interface(signal.message);
    event.event = sd_bus_message_get_member(signal.message);
    event.address = signal.objects.address(signal.path);
    const auto call = signal.call();
    event.call = call;
    if (call) {
        event.address = call->address();
        event.callbackInstance = call->callbackInstance;
    }
    return getValues(signal.message, event.values) >= 0 ? Read(std::move(event)) : Read();
}

struct Row {
    const def::Signal& signal;
    Read (*read)(const Signal&);
};
using tapi::CallInfoChangeEvent;
using tapi::CallMediaEvent;
using tapi::DigitEvent;
using tapi::FileTerminalEvent;
using tapi::GatherDigitsEvent;
using tapi::GenerateEvent;
using tapi::ToneEvent;
using tapi::ToneTerminalEvent;
constexpr Row kRows[] = {
    {def::call::kStateChanged, onState},
    {def::call::kInfoChanged,
     onCall<def::call::kInfoChanged, CallInfoChangeEvent, &CallInfoChangeEvent::item,
            &CallInfoChangeEvent::callbackInstance>},
    {def::call::kDigit, onCall<def::call::kDigit, DigitEvent, &DigitEvent::digit, &DigitEvent::tick,
                               &DigitEvent::mode, &DigitEvent::callbackInstance>},
    {def::call::kGenerated, onCall<def::call::kGenerated, GenerateEvent, &GenerateEvent::cancelled,
                                   &GenerateEvent::tick, &GenerateEvent::callbackInstance>},
    {def::call::kDigitsGathered,
     onCall<def::call::kDigitsGathered, GatherDigitsEvent, &GatherDigitsEvent::digits,
            &GatherDigitsEvent::end, &GatherDigitsEvent::tick,
            &GatherDigitsEvent::callbackInstance>},
    {def::call::kTone, onCall<def::call::kTone, ToneEvent, &ToneEvent::tag, &ToneEvent::tick,
                              &ToneEvent::callbackInstance>},
    {def::call::kMedia, onCall<def::call::kMedia, CallMediaEvent, &CallMediaEvent::kind,
                               &CallMediaEvent::cause, &CallMediaEvent::mediaHeard,
                               &CallMediaEvent::terminal, &CallMediaEvent::callbackInstance>},
    {def::call::kFileTerminal,
     onCall<def::call::kFileTerminal, FileTerminalEvent, &FileTerminalEvent::terminal,
            &FileTerminalEvent::path, &FileTerminalEvent::state, &FileTerminalEvent::cause,
            &FileTerminalEvent::error, &FileTerminalEvent::callbackInstance>},
    {def::call::kToneTerminal,
     onCall<def::call::kToneTerminal, ToneTerminalEvent, &ToneTerminalEvent::terminal,
            &ToneTerminalEvent::stopped, &ToneTerminalEvent::callbackInstance>},
    {def::tapi::kObjectChanged, onObject},
    {def::tapi::kCallNotification, onNotification},
    {def::tapi::kRequest, onRequest},
    {def::address::kEvent, onAddress},
    {def::address::kDevSpecificEvent, onAddressDevSpecific},
    {def::callhub::kEvent, onHub},
    {def::phone::kEvent, onPhone},
    {def::phone::kDevSpecificEvent, onPhoneDevSpecific},
};

}  // namespace

std::optional<tapi::Event> readEvent(Objects& objects, sd_bus_message* message) {
    const std::string_view interface = sd_bus_message_get_interface(message);
    const std::string_view member = sd_bus_message_get_member(message);
    const Signal signal{objects, message, sd_bus_message_get_path(message)};
    for (const Row& row : kRows) {
        if (member == row.signal.name && interface == row.signal.interface) {
            return row.read(signal);
        }
    }
    // The rest under our tree is the providers'; the standard signals are not asked for.
    return interface.starts_with("org.freedesktop.DBus") ? Read() : onPrivate(signal);
}

}  // namespace tipring::rpc
