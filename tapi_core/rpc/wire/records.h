// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/tapi_core/api/address.h"
#include "tipring/tapi_core/api/call_hub.h"
#include "tipring/tapi_core/api/conference.h"
#include "tipring/tapi_core/api/events.h"
#include "tipring/tapi_core/api/phone.h"
#include "tipring/tapi_core/api/translation.h"
#include "wire/codec.h"

/// How the values of the application interface travel.
namespace tipring::rpc {

template <class E, E First, E Last>
struct EnumRange {
    static constexpr auto kFirst = static_cast<std::uint32_t>(First);
    static constexpr auto kLast = static_cast<std::uint32_t>(Last);
};
template <>
struct EnumLimits<tapi::StopMode>
    : EnumRange<tapi::StopMode, tapi::StopMode::Drain, tapi::StopMode::Discard> {};
template <>
struct EnumLimits<tapi::FileFormat>
    : EnumRange<tapi::FileFormat, tapi::FileFormat::ByName, tapi::FileFormat::Opus> {};
template <>
struct EnumLimits<tapi::TerminalDirection>
    : EnumRange<tapi::TerminalDirection, tapi::TerminalDirection::Capture,
                tapi::TerminalDirection::Both> {};
template <>
struct EnumLimits<tapi::PhonePrivilege>
    : EnumRange<tapi::PhonePrivilege, tapi::PhonePrivilege::Owner, tapi::PhonePrivilege::Monitor> {
};
template <>
struct EnumLimits<tapi::HookSwitchDevice>
    : EnumRange<tapi::HookSwitchDevice, tapi::HookSwitchDevice::Handset,
                tapi::HookSwitchDevice::Headset> {};
template <>
struct EnumLimits<tapi::NumberSource>
    : EnumRange<tapi::NumberSource, tapi::NumberSource::CallerId, tapi::NumberSource::Dialled> {};

template <>
struct EnumLimits<tapi::FinishMode>
    : EnumRange<tapi::FinishMode, tapi::FinishMode::AsTransfer, tapi::FinishMode::AsConference> {};

template <>
struct Structure<tapi::Party> {
    static auto fields(tapi::Party& v) {
        return std::tie(v.number, v.numberStatus, v.name, v.nameStatus);
    }
};
template <>
struct Structure<tapi::NetworkTime> {
    static auto fields(tapi::NetworkTime& v) { return std::tie(v.month, v.day, v.hour, v.minute); }
};
template <>
struct Structure<tapi::DialParams> {
    static auto fields(tapi::DialParams& v) {
        return std::tie(v.dialPause, v.dialSpeed, v.digitDuration, v.waitForDialtone);
    }
};
template <>
struct Structure<tapi::GeneratedTone> {
    static auto fields(tapi::GeneratedTone& v) {
        return std::tie(v.frequency, v.cadenceOn, v.cadenceOff, v.volume);
    }
};
template <>
struct Structure<tapi::MonitoredTone> {
    using Frequencies = std::tuple<std::uint32_t&, std::uint32_t&, std::uint32_t&>;
    static auto fields(tapi::MonitoredTone& v) {
        return std::tuple<std::uint32_t&, std::chrono::milliseconds&, Frequencies>(
            v.tag, v.duration, Frequencies(v.frequency[0], v.frequency[1], v.frequency[2]));
    }
};
template <>
struct Structure<tapi::ToneTerminal::Step> {
    static auto fields(tapi::ToneTerminal::Step& v) {
        return std::tie(v.hertz1, v.hertz2, v.dbm0, v.duration);
    }
};
template <>
struct Structure<tapi::Forwarding> {
    static auto fields(tapi::Forwarding& v) { return std::tie(v.mode, v.destination, v.rings); }
};
template <>
struct Structure<tapi::HangUpReason> {
    static auto fields(tapi::HangUpReason& v) {
        return std::tie(v.sign, v.weight, v.tick, v.lasted);
    }
};
template <>
struct Structure<tapi::ButtonInfo> {
    static auto fields(tapi::ButtonInfo& v) {
        return std::tie(v.mode, v.function, v.state, v.text);
    }
};
/// One argument of a provider's interface: its name and its signature.
struct WireArgument {
    std::string name, type;
};
template <>
struct Structure<WireArgument> {
    static auto fields(WireArgument& v) { return std::tie(v.name, v.type); }
};
struct WireMethod {
    std::string name, text;
    std::vector<WireArgument> in, out;
};
template <>
struct Structure<WireMethod> {
    static auto fields(WireMethod& v) { return std::tie(v.name, v.text, v.in, v.out); }
};
struct WireEvent {
    std::string name, text;
    std::vector<WireArgument> arguments;
};
template <>
struct Structure<WireEvent> {
    static auto fields(WireEvent& v) { return std::tie(v.name, v.text, v.arguments); }
};
struct WireInterface {
    std::string name;
    std::uint32_t version = 1;
    tapi::ObjectKind object{};
    std::string provider, text;
    std::vector<WireMethod> methods;
    std::vector<WireEvent> events;
};
template <>
struct Structure<WireInterface> {
    static auto fields(WireInterface& v) {
        return std::tie(v.name, v.version, v.object, v.provider, v.text, v.methods, v.events);
    }
};
[[nodiscard]] WireInterface toWire(const tapi::InterfaceDescription& description);
[[nodiscard]] tapi::InterfaceDescription fromWire(const WireInterface& wire);
/// 'y', the api's letter for bytes, is "ay" on the bus.
[[nodiscard]] std::string wireType(char type);

template <>
struct Record<tapi::CallParams> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("MediaModes", r.mediaModes);
        visit("BearerMode", r.bearerMode);
        visit("Flags", r.flags);
        visit("NoAnswerTimeout", r.noAnswerTimeout);
        visit("MinRate", r.minRate);
        visit("MaxRate", r.maxRate);
        visit("DialParams", r.dialParams);
        visit("DisplayableAddress", r.displayableAddress);
        visit("CalledParty", r.calledParty);
        visit("Comment", r.comment);
    }
};
template <>
struct Record<tapi::CallInfo> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Origin", r.origin);
        visit("MediaMode", r.mediaMode);
        visit("Caller", r.caller);
        visit("Called", r.called);
        visit("Redirecting", r.redirecting);
        visit("NetworkTime", r.networkTime);
        visit("Rate", r.rate);
        visit("Reason", r.reason);
        visit("BearerMode", r.bearerMode);
        visit("Connected", r.connected);
        visit("Redirection", r.redirection);
        visit("CallId", r.callId);
        visit("RelatedCallId", r.relatedCallId);
        visit("Trunk", r.trunk);
        visit("DialParams", r.dialParams);
        visit("Owners", r.owners);
        visit("Monitors", r.monitors);
        visit("AppSpecific", r.appSpecific);
        visit("CallData", r.callData);
        visit("AppName", r.appName);
        visit("DisplayableAddress", r.displayableAddress);
        visit("CalledParty", r.calledParty);
        visit("Comment", r.comment);
    }
};
template <>
struct Record<tapi::CallStatus> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("State", r.state);
        visit("Mode", r.mode);
        visit("Privilege", r.privilege);
        visit("Features", r.features);
        visit("Features2", r.features2);
        visit("StateEntryTime", r.stateEntryTime);
        visit("Cause", r.cause);
    }
};
template <>
struct Record<tapi::MediaFlow> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Possible", r.possible);
        visit("Running", r.running);
        visit("Moved", r.moved);
        visit("Lost", r.lost);
        visit("Concealed", r.concealed);
        visit("Late", r.late);
        visit("Silent", r.silent);
        visit("Gaps", r.gaps);
        visit("Alarms", r.alarms);
        visit("Drift", r.drift);
    }
};
template <>
struct Record<tapi::TerminalStatus> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Id", r.id);
        visit("Name", r.name);
        visit("Direction", r.direction);
        visit("State", r.state);
        visit("Captured", r.captured);
        visit("Rendered", r.rendered);
        visit("Missing", r.missing);
        visit("Dropped", r.dropped);
    }
};
template <>
struct Record<tapi::MemberSettings> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Muted", r.muted);
        visit("Gain", r.gain);
        visit("EchoTail", r.echoTail);
        visit("ComfortNoise", r.comfortNoise);
        visit("Delay", r.delay);
    }
};
template <>
struct Record<tapi::MemberStatus> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Settings", r.settings);
        visit("Dbm0", r.dbm0);
        visit("Talking", r.talking);
        visit("Drift", r.drift);
        visit("Reduction", r.reduction);
        visit("Concealed", r.concealed);
        visit("Dropped", r.dropped);
        visit("Cost", r.cost);
    }
};
template <>
struct Record<tapi::MediaStatus> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Open", r.open);
        visit("FullDuplex", r.fullDuplex);
        visit("Play", r.play);
        visit("Record", r.record);
        visit("Terminals", r.terminals);
        visit("Listening", r.listening);
    }
};
template <>
struct Record<tapi::AddressStatus> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Open", r.open);
        visit("Connected", r.connected);
        visit("InService", r.inService);
        visit("MessageWaiting", r.messageWaiting);
        visit("Locked", r.locked);
        visit("InUse", r.inUse);
        visit("ActiveCalls", r.activeCalls);
        visit("OnHoldCalls", r.onHoldCalls);
        visit("OnHoldPendingCalls", r.onHoldPendingCalls);
        visit("LineFeatures", r.lineFeatures);
        visit("AddressFeatures", r.addressFeatures);
        visit("RingMode", r.ringMode);
        visit("RingsBeforeAnswer", r.ringsBeforeAnswer);
        visit("ForwardModes", r.forwardModes);
        visit("ForwardAddress", r.forwardAddress);
        visit("Openers", r.openers);
        visit("OpenMediaModes", r.openMediaModes);
        visit("Cause", r.cause);
    }
};
template <>
struct Record<tapi::AddressCapabilities> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("PermanentId", r.permanentId);
        visit("ProviderInfo", r.providerInfo);
        visit("SwitchInfo", r.switchInfo);
        visit("Number", r.number);
        visit("MediaModes", r.mediaModes);
        visit("CallerId", r.callerId);
        visit("CanPlay", r.canPlay);
        visit("CanRecord", r.canRecord);
        visit("FullDuplex", r.fullDuplex);
        visit("MonitorsDigits", r.monitorsDigits);
        visit("GeneratesDigits", r.generatesDigits);
        visit("DeviceDetects", r.deviceDetects);
        visit("CoreDetects", r.coreDetects);
        visit("CallStates", r.callStates);
        visit("DisconnectModes", r.disconnectModes);
        visit("ConnectedModes", r.connectedModes);
        visit("DialModifiers", r.dialModifiers);
        visit("BearerModes", r.bearerModes);
        visit("MaxRate", r.maxRate);
        visit("DevCapFlags", r.devCapFlags);
        visit("Sharing", r.sharing);
        visit("GenerateDigitModes", r.generateDigitModes);
        visit("MonitorDigitModes", r.monitorDigitModes);
        visit("GenerateToneModes", r.generateToneModes);
        visit("GenerateToneMaxFrequencies", r.generateToneMaxFrequencies);
        visit("MonitorToneMaxFrequencies", r.monitorToneMaxFrequencies);
        visit("MonitorToneMaxEntries", r.monitorToneMaxEntries);
        visit("GatherMinTimeout", r.gatherMinTimeout);
        visit("GatherMaxTimeout", r.gatherMaxTimeout);
        visit("MinDialParams", r.minDialParams);
        visit("MaxDialParams", r.maxDialParams);
        visit("DefaultDialParams", r.defaultDialParams);
        visit("MaxActiveCalls", r.maxActiveCalls);
        visit("MaxOnHoldCalls", r.maxOnHoldCalls);
        visit("MaxOnHoldPendingCalls", r.maxOnHoldPendingCalls);
        visit("MaxConference", r.maxConference);
        visit("MaxTransferConference", r.maxTransferConference);
        visit("AnswerMode", r.answerMode);
        visit("RingModes", r.ringModes);
        visit("LineStates", r.lineStates);
        visit("LineFeatures", r.lineFeatures);
        visit("SettableDevStatus", r.settableDevStatus);
        visit("DeviceClasses", r.deviceClasses);
        visit("CallInfoStates", r.callInfoStates);
        visit("CallerIdFlags", r.callerIdFlags);
        visit("CalledIdFlags", r.calledIdFlags);
        visit("ConnectedIdFlags", r.connectedIdFlags);
        visit("RedirectionIdFlags", r.redirectionIdFlags);
        visit("RedirectingIdFlags", r.redirectingIdFlags);
        visit("DialToneModes", r.dialToneModes);
        visit("BusyModes", r.busyModes);
        visit("SpecialInfo", r.specialInfo);
        visit("OfferingModes", r.offeringModes);
        visit("AddressCapFlags", r.addressCapFlags);
        visit("CallFeatures", r.callFeatures);
        visit("CallFeatures2", r.callFeatures2);
        visit("AddressFeatures", r.addressFeatures);
        visit("RemoveFromConfCaps", r.removeFromConfCaps);
        visit("RemoveFromConfState", r.removeFromConfState);
        visit("TransferModes", r.transferModes);
        visit("ForwardModes", r.forwardModes);
        visit("CallTreatments", r.callTreatments);
        visit("MaxNoAnswerTimeout", r.maxNoAnswerTimeout);
        visit("MaxCallDataSize", r.maxCallDataSize);
    }
};
template <>
struct Record<tapi::PhoneCapabilities> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("PermanentId", r.permanentId);
        visit("ProviderInfo", r.providerInfo);
        visit("HookSwitchDevices", r.hookSwitchDevices);
        visit("SettableHookSwitchModes", r.settableHookSwitchModes);
        visit("MonitoredHookSwitchModes", r.monitoredHookSwitchModes);
        visit("VolumeDevices", r.volumeDevices);
        visit("GainDevices", r.gainDevices);
        visit("RingModes", r.ringModes);
        visit("SettableRing", r.settableRing);
        visit("ButtonCount", r.buttonCount);
        visit("PhoneStates", r.phoneStates);
        visit("Features", r.features);
    }
};
template <>
struct Record<tapi::PhoneStatus> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Connected", r.connected);
        visit("Suspended", r.suspended);
        visit("Owners", r.owners);
        visit("Monitors", r.monitors);
        visit("OwnerName", r.ownerName);
        visit("RingMode", r.ringMode);
        visit("RingVolume", r.ringVolume);
        visit("HookSwitchMode", r.hookSwitchMode);
        visit("Volume", r.volume);
        visit("Gain", r.gain);
        visit("Features", r.features);
        visit("Cause", r.cause);
    }
};
template <>
struct Record<tapi::Country> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Id", r.id);
        visit("Next", r.next);
        visit("Iso", r.iso);
        visit("Code", r.code);
        visit("Name", r.name);
        visit("SameArea", r.rules.sameArea);
        visit("LongDistance", r.rules.longDistance);
        visit("International", r.rules.international);
    }
};
template <>
struct Record<tapi::Location> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Id", r.id);
        visit("Name", r.name);
        visit("Country", r.country);
        visit("Area", r.area);
        visit("LocalAccess", r.localAccess);
        visit("LongDistanceAccess", r.longDistanceAccess);
        visit("InternationalAccess", r.internationalAccess);
        visit("LongDistanceCarrier", r.longDistanceCarrier);
        visit("InternationalCarrier", r.internationalCarrier);
        visit("TollPrefixes", r.tollPrefixes);
        visit("LocalAreas", r.localAreas);
        visit("CancelCallWaiting", r.cancelCallWaiting);
        visit("Pulse", r.pulse);
        visit("PreferredCard", r.preferredCard);
        visit("Emergency", r.emergency);
        visit("SameArea", r.rules.sameArea);
        visit("LongDistance", r.rules.longDistance);
        visit("International", r.rules.international);
    }
};
template <>
struct Record<tapi::CallingCard> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Id", r.id);
        visit("Name", r.name);
        visit("AccessNumber", r.accessNumber);
        visit("SecretDigits", r.secretDigits);
        visit("SameArea", r.rules.sameArea);
        visit("LongDistance", r.rules.longDistance);
        visit("International", r.rules.international);
    }
};
template <>
struct Record<tapi::TranslateOptions> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Location", r.location);
        visit("Card", r.card);
        visit("CancelCallWaiting", r.cancelCallWaiting);
        visit("ForceLocal", r.forceLocal);
        visit("ForceLongDistance", r.forceLongDistance);
    }
};
template <>
struct Codec<tapi::SecretText> {
    static constexpr auto signature() { return signatureText("s"); }
    static int put(sd_bus_message* message, const tapi::SecretText& value) {
        // sd-bus wipes the message's memory when it is freed.
        const int result = sd_bus_message_sensitive(message);
        return result < 0 ? result : putText(message, 's', value.reveal());
    }
    static int get(sd_bus_message* message, tapi::SecretText& value) {
        std::string text;
        const int result = getText(message, 's', text);
        value = tapi::SecretText(std::move(text));
        return result;
    }
};
template <>
struct Record<tapi::Translation> {
    template <class R, class V>
    static void members(R& r, V&& visit) {
        visit("Dialable", r.dialable);
        visit("Displayable", r.displayable);
        visit("CurrentCountry", r.currentCountry);
        visit("DestinationCountry", r.destinationCountry);
        visit("Results", r.results);
        visit("Secret", r.secret);
        visit("Emergency", r.emergency);
        visit("Subaddress", r.subaddress);
        visit("Name", r.name);
        visit("Doubt", r.doubt);
    }
};

}  // namespace tipring::rpc
