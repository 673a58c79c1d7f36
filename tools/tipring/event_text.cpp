// SPDX-License-Identifier: Apache-2.0
#include "event_text.h"

#include <fmt/format.h>

#include "json_line.h"
#include "time_text.h"
#include "tipring/tapi_core/api/phone.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::tools {
namespace {

using namespace tapi;

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

std::string lineName(const std::shared_ptr<Address>& address) {
    return address ? address->name() : std::string("a line");
}

std::string stateText(const CallStateEvent& event) {
    switch (event.lineState) {
    case LineCallState::Offering: return "the call is waiting to be answered";
    case LineCallState::Accepted: return "the call was accepted";
    case LineCallState::DialTone: return "dial tone";
    case LineCallState::Dialing: return "dialling";
    case LineCallState::Proceeding: return "dialled; waiting for the far end";
    case LineCallState::Ringback: return "it rings at the far end";
    case LineCallState::Busy: return "the far end is busy";
    case LineCallState::SpecialInfo: return "the exchange plays an announcement";
    case LineCallState::Connected:
        return event.call->connectionConfirmed() ? "connected"
                                                 : "connected, as far as the modem can tell";
    case LineCallState::OnHold: return "on hold";
    case LineCallState::Disconnected: return fmt::format("disconnected: {}", disconnectText(event));
    case LineCallState::Idle: return "call over";
    default: return std::string(name(event.lineState));
    }
}

std::string infoText(const CallInfoChangeEvent& event) {
    const CallInfo info = event.call->info();
    switch (event.item) {
    case CallInfoChangeEvent::Item::Caller:
        return fmt::format("caller: {}{}", callerText(info.caller),
                           info.networkTime ? fmt::format(" (sent by the exchange at {})",
                                                          networkTimeText(*info.networkTime))
                                            : std::string());
    case CallInfoChangeEvent::Item::Called:
        return fmt::format("called number: {}", callerText(info.called));
    case CallInfoChangeEvent::Item::Redirecting:
        return fmt::format("forwarded by: {}", callerText(info.redirecting));
    case CallInfoChangeEvent::Item::Rate:
        return info.rate == 0 ? std::string() : fmt::format("data call at {} bit/s", info.rate);
    default: return {};
    }
}

/// What spoke for a hang-up, each with its weight.
std::vector<std::string> signs(const std::vector<HangUpReason>& reasons) {
    std::vector<std::string> words;
    for (const HangUpReason& reason : reasons) {
        words.push_back(fmt::format("{} {:.1f}", name(reason.sign), reason.weight));
    }
    return words;
}

std::string mediaText(const CallMediaEvent& event) {
    switch (event.kind) {
    case CallMediaEvent::Kind::TerminalFail:
        return fmt::format("{}: {}", event.terminal, event.cause);
    case CallMediaEvent::Kind::StreamFail: return fmt::format("sound failed: {}", event.cause);
    case CallMediaEvent::Kind::Silence: return "silence on the line";
    case CallMediaEvent::Kind::MediaHeard: return "a fax or a data modem is calling";
    default: return {};
    }
}

std::string fileText(const FileTerminalEvent& event) {
    if (!event.error.empty()) {
        return fmt::format("{}: {}", event.path, event.error);
    }
    switch (event.state) {
    case FileTerminalEvent::State::Active: return fmt::format("{}: started", event.path);
    case FileTerminalEvent::State::Paused: return fmt::format("{}: paused", event.path);
    case FileTerminalEvent::State::Idle: return fmt::format("{}: finished", event.path);
    }
    return {};
}

std::string addressText(const AddressEvent& event) {
    switch (event.kind) {
    case AddressEvent::Kind::Ringing: return fmt::format("ring {}", event.ringCount + 1);
    case AddressEvent::Kind::MessageWaitOn: return "a message waits in the operator's mailbox";
    case AddressEvent::Kind::MessageWaitOff: return "no messages wait any more";
    case AddressEvent::Kind::State:
        return event.address->state() == AddressState::InService
                   ? std::string("in service")
                   : fmt::format("out of service: {}", event.address->stateCause());
    case AddressEvent::Kind::Forward: return "forwarding changed";
    case AddressEvent::Kind::ConfigChange: return "its configuration changed";
    case AddressEvent::Kind::Locked:
        return event.address->status().locked ? "the line is locked" : "the line is not locked";
    default: return {};
    }
}

const char* kindWord(AddressEvent::Kind kind) {
    switch (kind) {
    case AddressEvent::Kind::MessageWaitOn: return "message-waiting-on";
    case AddressEvent::Kind::MessageWaitOff: return "message-waiting-off";
    case AddressEvent::Kind::CapsChange: return "capabilities";
    case AddressEvent::Kind::ConfigChange: return "configuration";
    case AddressEvent::Kind::Forward: return "forwarding";
    case AddressEvent::Kind::NewTerminal: return "terminal-came";
    case AddressEvent::Kind::RemoveTerminal: return "terminal-went";
    case AddressEvent::Kind::InUse: return "in-use";
    case AddressEvent::Kind::Locked: return "lock";
    default: return "state";
    }
}

const char* kindWord(CallMediaEvent::Kind kind) {
    switch (kind) {
    case CallMediaEvent::Kind::StreamActive: return "active";
    case CallMediaEvent::Kind::StreamInactive: return "inactive";
    case CallMediaEvent::Kind::StreamFail: return "failed";
    case CallMediaEvent::Kind::Silence: return "silence";
    case CallMediaEvent::Kind::MediaHeard: return "heard";
    case CallMediaEvent::Kind::NewStream: return "new";
    case CallMediaEvent::Kind::TerminalFail: return "terminal-failed";
    case CallMediaEvent::Kind::StreamNotUsed: return "not-used";
    }
    return "";
}

const char* kindWord(TapiObjectEvent::Kind kind) {
    switch (kind) {
    case TapiObjectEvent::Kind::AddressCreate:
    case TapiObjectEvent::Kind::PhoneCreate: return "came";
    case TapiObjectEvent::Kind::AddressRemove:
    case TapiObjectEvent::Kind::PhoneRemove: return "went";
    case TapiObjectEvent::Kind::AddressClose: return "closed";
    case TapiObjectEvent::Kind::TranslateChange: return "dial-rules";
    case TapiObjectEvent::Kind::Reinit: return "reinit";
    }
    return "";
}

const char* kindWord(CallHubEvent::Kind kind) {
    switch (kind) {
    case CallHubEvent::Kind::Join: return "joined";
    case CallHubEvent::Kind::Leave: return "left";
    case CallHubEvent::Kind::New: return "new";
    case CallHubEvent::Kind::Idle: return "idle";
    }
    return "";
}

const char* kindWord(RoomEvent::Kind kind) {
    switch (kind) {
    case RoomEvent::Kind::AtDoor: return "at-door";
    case RoomEvent::Kind::WrongPin: return "wrong-pin";
    case RoomEvent::Kind::Refused: return "refused";
    case RoomEvent::Kind::Joined: return "joined";
    case RoomEvent::Kind::Left: return "left";
    case RoomEvent::Kind::Talking: return "talking";
    case RoomEvent::Kind::Quiet: return "quiet";
    case RoomEvent::Kind::AnnouncementEnded: return "announced";
    case RoomEvent::Kind::RecordingEnded: return "recorded";
    }
    return "";
}

const char* kindWord(PhoneEvent::Kind kind) {
    switch (kind) {
    case PhoneEvent::Kind::Lamp: return "lamp";
    case PhoneEvent::Kind::RingMode: return "ring-mode";
    case PhoneEvent::Kind::RingVolume: return "ring-volume";
    case PhoneEvent::Kind::HookSwitch: return "hook-switch";
    case PhoneEvent::Kind::CapsChange: return "capabilities";
    case PhoneEvent::Kind::Button: return "button";
    case PhoneEvent::Kind::Close: return "closed";
    case PhoneEvent::Kind::Volume: return "volume";
    case PhoneEvent::Kind::Gain: return "gain";
    case PhoneEvent::Kind::State: return "state";
    }
    return "";
}

std::string objectText(const TapiObjectEvent& event) {
    const std::string phone = event.phone ? event.phone->name() : std::string("a phone");
    switch (event.kind) {
    case TapiObjectEvent::Kind::AddressCreate:
        return fmt::format("line came: {}", lineName(event.address));
    case TapiObjectEvent::Kind::AddressRemove:
        return fmt::format("line went: {}", lineName(event.address));
    case TapiObjectEvent::Kind::AddressClose:
        return fmt::format("line closed by its driver: {}", lineName(event.address));
    case TapiObjectEvent::Kind::PhoneCreate: return fmt::format("phone came: {}", phone);
    case TapiObjectEvent::Kind::PhoneRemove: return fmt::format("phone went: {}", phone);
    case TapiObjectEvent::Kind::TranslateChange: return "the dial rules changed";
    case TapiObjectEvent::Kind::Reinit: return {};
    }
    return {};
}

std::string valueText(const Value& value) {
    return std::visit(Overloaded{
                          [](const std::vector<std::byte>& bytes) {
                              return fmt::format("{} bytes", bytes.size());
                          },
                          [](const auto& each) { return fmt::format("{}", each); },
                      },
                      value);
}

std::string privateText(const PrivateEvent& event) {
    std::string text = fmt::format("{}: {}", event.interfaceName, event.event);
    for (const Value& value : event.values) {
        text += " " + valueText(value);
    }
    return text;
}

const char* stateWord(FileTerminalEvent::State state) {
    switch (state) {
    case FileTerminalEvent::State::Idle: return "idle";
    case FileTerminalEvent::State::Active: return "active";
    case FileTerminalEvent::State::Paused: return "paused";
    }
    return "";
}

void setParty(JsonLine& line, const Party& party) {
    line.setUnlessEmpty("number", party.number).set("numberStatus", statusWord(party.numberStatus));
    line.setUnlessEmpty("name", party.name).set("nameStatus", statusWord(party.nameStatus));
}

void setLine(JsonLine& line, const std::shared_ptr<Address>& address) {
    if (address) {
        line.set("line", address->id()).set("lineName", address->name());
    }
}

/// "key 5", "handset lifted"; empty for what people need not hear: a key's way up.
std::string phoneText(const PhoneEvent& event) {
    switch (event.kind) {
    case PhoneEvent::Kind::HookSwitch:
        return event.value == PHONEHOOKSWITCHMODE_ONHOOK ? "telephone put down"
                                                         : "telephone lifted";
    case PhoneEvent::Kind::Button: {
        if (event.buttonState != PHONEBUTTONSTATE_DOWN) {
            return {};
        }
        const auto button = event.phone ? event.phone->buttonInfo(event.buttonId)
                                        : hal::Result<ButtonInfo>(ButtonInfo{});
        return button && !button->text.empty() ? fmt::format("key {}", button->text)
                                               : fmt::format("button {}", event.buttonId);
    }
    case PhoneEvent::Kind::RingMode:
        return event.value == 0 ? "telephone stops ringing" : "telephone rings";
    default: return fmt::format("telephone: {} {}", kindWord(event.kind), event.value);
    }
}

void setPhone(JsonLine& line, const PhoneEvent& event) {
    if (event.phone) {
        setLine(line, event.phone->address());
        line.set("phone", event.phone->name());
    }
    line.set("kind", kindWord(event.kind)).set("value", event.value);
    if (event.kind == PhoneEvent::Kind::Button) {
        line.set("button", event.buttonId).set("down", event.buttonState == PHONEBUTTONSTATE_DOWN);
        const std::string text = phoneText(event);
        line.setUnlessEmpty("key", text.starts_with("key ") ? text.substr(4) : std::string());
    } else if (event.kind == PhoneEvent::Kind::HookSwitch) {
        line.set("offHook", event.value != PHONEHOOKSWITCHMODE_ONHOOK);
    }
}

void setCall(JsonLine& line, const std::shared_ptr<Call>& call) {
    if (call) {
        setLine(line, call->address());
        line.set("call", static_cast<std::int64_t>(call->id()));
    }
}

const char* eventWord(const Event& event) {
    return std::visit(Overloaded{
                          [](const TapiObjectEvent& e) {
                              const bool phone = e.kind == TapiObjectEvent::Kind::PhoneCreate ||
                                                 e.kind == TapiObjectEvent::Kind::PhoneRemove;
                              return phone ? "phone" : "line";
                          },
                          [](const GatherDigitsEvent&) { return "gathered"; },
                          [](const ToneEvent&) { return "tone"; },
                          [](const PhoneEvent&) { return "phone"; },
                          [](const PrivateEvent&) { return "private"; },
                          [](const AddressDevSpecificEvent&) { return "device"; },
                          [](const PhoneDevSpecificEvent&) { return "device"; },
                          [](const RequestEvent&) { return "request"; },
                          [](const CallHubEvent&) { return "hub"; },
                          [](const RoomEvent&) { return "room"; },
                          [](const AddressEvent& e) {
                              return e.kind == AddressEvent::Kind::Ringing ? "ring" : "line";
                          },
                          [](const CallNotificationEvent&) { return "call"; },
                          [](const CallStateEvent&) { return "state"; },
                          [](const CallInfoChangeEvent& e) {
                              switch (e.item) {
                              case CallInfoChangeEvent::Item::Caller: return "caller";
                              case CallInfoChangeEvent::Item::Called: return "called";
                              case CallInfoChangeEvent::Item::Redirecting: return "redirecting";
                              default: return "info";
                              }
                          },
                          [](const DigitEvent&) { return "digit"; },
                          [](const GenerateEvent&) { return "sent"; },
                          [](const CallMediaEvent&) { return "media"; },
                          [](const FileTerminalEvent&) { return "file"; },
                          [](const ToneTerminalEvent&) { return "tone-terminal"; },
                      },
                      event);
}

void setInfo(JsonLine& line, const CallInfoChangeEvent& event) {
    const CallInfo info = event.call->info();
    switch (event.item) {
    case CallInfoChangeEvent::Item::Caller: setParty(line, info.caller); break;
    case CallInfoChangeEvent::Item::Called: setParty(line, info.called); break;
    case CallInfoChangeEvent::Item::Redirecting: setParty(line, info.redirecting); break;
    default: line.set("rate", info.rate); return;
    }
    if (info.networkTime) {
        line.set("networkTime", networkTimeText(*info.networkTime));
    }
}

}  // namespace

std::string statusWord(PartyStatus status) {
    switch (status) {
    case PartyStatus::Ok: return "ok";
    case PartyStatus::Blocked: return "private";
    case PartyStatus::OutOfArea: return "unavailable";
    case PartyStatus::Partial: return "partial";
    case PartyStatus::Unknown:
    case PartyStatus::Unavail: break;
    }
    return "absent";
}

std::string callerText(const Party& caller) {
    std::string text;
    switch (caller.numberStatus) {
    case PartyStatus::Blocked: text = "number withheld"; break;
    case PartyStatus::OutOfArea: text = "number not available"; break;
    case PartyStatus::Partial: text = fmt::format("{}... (incomplete)", caller.number); break;
    default: text = caller.number;
    }
    if (!caller.name.empty()) {
        text += text.empty() ? caller.name : fmt::format(", {}", caller.name);
    }
    return text.empty() ? "no caller ID" : text;
}

std::string networkTimeText(const NetworkTime& time) {
    return fmt::format("{:02}-{:02} {:02}:{:02}", time.month, time.day, time.hour, time.minute);
}

std::string disconnectText(const CallStateEvent& event) {
    const std::string mode(name(static_cast<DisconnectMode>(event.mode)));
    const std::string why = hangUpText(event);
    return why.empty() || why == mode ? mode : fmt::format("{} ({})", mode, why);
}

std::string hangUpText(const CallStateEvent& event) {
    const bool said = !event.cause.empty() &&
                      (event.reasons.size() < 2 ||
                       event.cause.find(name(event.reasons.front().sign)) != std::string::npos);
    if (event.reasons.empty() || said) {
        return event.cause;
    }
    return fmt::format("{}{}signs: {}", event.cause, event.cause.empty() ? "" : "; ",
                       fmt::join(signs(event.reasons), ", "));
}

std::string describe(const Event& event) {
    return std::visit(
        Overloaded{
            [](const TapiObjectEvent& e) { return objectText(e); },
            [](const GatherDigitsEvent& e) {
                return fmt::format("keys \"{}\" ({})", e.digits, name(e.end));
            },
            [](const ToneEvent& e) { return fmt::format("tone {} on the line", e.tag); },
            [](const PhoneEvent& e) { return phoneText(e); },
            [](const PrivateEvent& e) { return privateText(e); },
            [](const AddressDevSpecificEvent& e) {
                return fmt::format("the driver says {} {} {}", e.parameters[0], e.parameters[1],
                                   e.parameters[2]);
            },
            [](const PhoneDevSpecificEvent& e) {
                return fmt::format("the phone's driver says {} {} {}", e.parameters[0],
                                   e.parameters[1], e.parameters[2]);
            },
            [](const RequestEvent& e) {
                return fmt::format("{} asks for a call to {}", e.request.appName, e.request.number);
            },
            [](const RoomEvent& e) {
                return fmt::format("{}: {}{}{}", e.name, kindWord(e.kind),
                                   e.text.empty() ? "" : ": ", e.text);
            },
            [](const CallHubEvent& e) {
                return fmt::format("hub {}: {}", e.hub->id(), kindWord(e.kind));
            },
            [](const AddressEvent& e) { return addressText(e); },
            [](const CallNotificationEvent& e) {
                if (e.call->info().origin == CallOrigin::Outbound) {
                    return std::string("a call is made");
                }
                return e.privilege == CallPrivilege::Owner
                           ? std::string("incoming call")
                           : std::string("incoming call (another program has it)");
            },
            [](const CallStateEvent& e) { return stateText(e); },
            [](const CallInfoChangeEvent& e) { return infoText(e); },
            [](const DigitEvent& e) {
                return fmt::format("key {} pressed at the far end", e.digit);
            },
            [](const GenerateEvent& e) {
                return std::string(e.cancelled ? "sending of tones cancelled" : "tones sent");
            },
            [](const CallMediaEvent& e) { return mediaText(e); },
            [](const FileTerminalEvent& e) { return fileText(e); },
            [](const ToneTerminalEvent& e) {
                return std::string(e.stopped ? "tone stopped" : "tone played to its end");
            },
        },
        event);
}

JsonLine toJson(const Event& event, hal::WallTime now) {
    JsonLine line;
    line.set("event", eventWord(event)).set("time", utcText(now));
    std::visit(Overloaded{
                   [&](const TapiObjectEvent& e) {
                       setLine(line, e.address);
                       line.set("kind", kindWord(e.kind));
                       line.setUnlessEmpty("phone", e.phone ? e.phone->name() : std::string());
                   },
                   [&](const GatherDigitsEvent& e) {
                       setCall(line, e.call);
                       line.set("digits", e.digits).set("end", name(e.end));
                   },
                   [&](const ToneEvent& e) {
                       setCall(line, e.call);
                       line.set("tag", e.tag);
                   },
                   [&](const PhoneEvent& e) { setPhone(line, e); },
                   [&](const PrivateEvent& e) {
                       setLine(line, e.address);
                       line.set("interface", e.interfaceName).set("text", privateText(e));
                   },
                   [&](const AddressDevSpecificEvent& e) { setLine(line, e.address); },
                   [&](const PhoneDevSpecificEvent& e) {
                       line.setUnlessEmpty("phone", e.phone ? e.phone->name() : std::string());
                   },
                   [&](const RequestEvent& e) {
                       line.set("number", e.request.number).set("application", e.request.appName);
                   },
                   [&](const RoomEvent& e) {
                       setCall(line, e.call);
                       line.set("kind", kindWord(e.kind)).set("name", e.name);
                       line.setUnlessEmpty("text", e.text);
                   },
                   [&](const CallHubEvent& e) {
                       setCall(line, e.call);
                       line.set("hub", static_cast<std::int64_t>(e.hub->id()));
                       line.set("kind", kindWord(e.kind));
                   },
                   [&](const AddressEvent& e) {
                       setLine(line, e.address);
                       if (e.kind == AddressEvent::Kind::Ringing) {
                           line.set("count", e.ringCount + 1).set("mode", e.ringMode);
                           return;
                       }
                       line.set("kind", kindWord(e.kind));
                       line.set("inService", e.address->state() == AddressState::InService);
                       line.setUnlessEmpty("cause", e.address->stateCause());
                   },
                   [&](const CallNotificationEvent& e) {
                       setCall(line, e.call);
                       line.set("owner", e.privilege == CallPrivilege::Owner);
                       line.set("outgoing", e.call->info().origin == CallOrigin::Outbound);
                   },
                   [&](const CallStateEvent& e) {
                       setCall(line, e.call);
                       line.set("state", name(e.lineState));
                       if (e.lineState == LineCallState::Connected) {
                           line.set("confirmed", e.call->connectionConfirmed());
                       } else if (e.lineState == LineCallState::Disconnected) {
                           line.set("reason", name(static_cast<DisconnectMode>(e.mode)));
                       }
                       line.setUnlessEmpty("cause", e.cause);
                       if (!e.reasons.empty()) {
                           line.set("signs", signs(e.reasons));
                       }
                   },
                   [&](const CallInfoChangeEvent& e) {
                       setCall(line, e.call);
                       setInfo(line, e);
                   },
                   [&](const DigitEvent& e) {
                       setCall(line, e.call);
                       line.set("digit", std::string_view(&e.digit, 1));
                   },
                   [&](const GenerateEvent& e) {
                       setCall(line, e.call);
                       line.set("cancelled", e.cancelled);
                   },
                   [&](const CallMediaEvent& e) {
                       setCall(line, e.call);
                       line.set("kind", kindWord(e.kind)).setUnlessEmpty("cause", e.cause);
                   },
                   [&](const FileTerminalEvent& e) {
                       setCall(line, e.call);
                       line.set("path", e.path).set("state", stateWord(e.state));
                       line.setUnlessEmpty("error", e.error);
                   },
                   [&](const ToneTerminalEvent& e) {
                       setCall(line, e.call);
                       line.set("stopped", e.stopped);
                   },
               },
               event);
    return line;
}

}  // namespace tipring::tools
