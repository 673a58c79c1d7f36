// SPDX-License-Identifier: Apache-2.0
// The methods and events of org.tipring.AtModem.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "modem_interface.h"
#include "modem_line.h"
#include "text.h"

namespace tipring::at_modem {
namespace {

using hal::ErrorCode;

constexpr std::size_t kMaxWaiting = 8;

std::string_view textOf(const TspiValue& value) {
    return {static_cast<const char*>(value.as.data), value.size};
}

bool hasEvent(const Profile& profile, EventMeaning meaning) {
    return std::find(profile.events.begin(), profile.events.end(), meaning) != profile.events.end();
}

}  // namespace

/// Types were checked by the core. While the modem starts up, methods wait for it.
hal::Result<void> ModemLine::callInterface(tspi::Session& session, tspi::Request&& request,
                                           std::uint32_t method,
                                           std::span<const TspiValue> arguments) {
    session_ = &session;
    Method call;
    call.method = static_cast<ModemMethod>(method);
    if (call.method == ModemMethod::Command) {
        call.text = textOf(arguments[0]);
        if (auto checked = checkRaw(call.text); !checked) {
            return checked;
        }
    }
    if (call.method == ModemMethod::SetSpeakerLevel) {
        if (arguments[0].as.unsignedInteger > kMaxSpeakerLevel) {
            return hal::fail(ErrorCode::InvalParam,
                             fmt::format("a loudspeaker has levels 0 to {}", kMaxSpeakerLevel));
        }
        call.level = static_cast<std::uint32_t>(arguments[0].as.unsignedInteger);
        call.text = call.level == 0 ? "M0" : fmt::format("M1L{}", call.level);
    }
    if (service_ == Service::Ready) {
        return runMethod(std::move(call), std::move(request));
    }
    if (service_ == Service::Out && outCause_ != kJustOpened) {
        return hal::fail(ErrorCode::NoDevice, outCause_);
    }
    if (methods_.size() >= kMaxWaiting) {
        return hal::fail(ErrorCode::InUse, "too many methods wait for the modem to start");
    }
    call.request = std::move(request);
    methods_.push_back(std::move(call));
    return {};
}

void ModemLine::runMethods() {
    for (Method& call : std::exchange(methods_, {})) {
        tspi::Request request = std::move(call.request);
        if (auto run = runMethod(std::move(call), std::move(request)); !run) {
            request.fail(run.error());
        }
    }
}

void ModemLine::failMethods(const hal::Error& why) {
    for (Method& call : std::exchange(methods_, {})) {
        call.request.fail(why);
    }
}

hal::Result<void> ModemLine::runMethod(Method&& call, tspi::Request&& request) {
    tspi::InterfaceValues values;
    switch (call.method) {
    case ModemMethod::Command:
    case ModemMethod::SetSpeakerLevel:
        if (live() || hook_ != Hook::OnHook) {
            return hal::fail(ErrorCode::InUse, "the line has a call: the modem takes no AT line");
        }
        return sendRaw(call.text, std::move(request), call.method, call.level);
    case ModemMethod::Identify:
        values.add(printable(device_.facts.manufacturer))
            .add(printable(device_.facts.model))
            .add(printable(device_.facts.firmware))
            .add(device_.profile->name);
        break;
    case ModemMethod::LineInUse:
        if (!hasEvent(*device_.profile, EventMeaning::ExtensionLifted)) {
            return hal::fail(ErrorCode::OperationUnavail,
                             fmt::format("a modem of profile {} does not tell of a parallel "
                                         "telephone",
                                         device_.profile->name));
        }
        values.add(extensionLifted_);
        break;
    case ModemMethod::SpeakerLevel:
        if (!speakerLevel_) {
            return hal::fail(ErrorCode::OperationUnavail,
                             "the level is not known before it was set");
        }
        values.add(*speakerLevel_);
        break;
    default: return hal::fail(ErrorCode::InvalFeature, "there is no such method");
    }
    session_->interfaceResult(request, values.values());
    tspi::Request(std::move(request)).succeed();
    return {};
}

/// The answer of a method's AT line, before the request succeeds.
void ModemLine::giveRawResult() {
    if (rawMethod_ == ModemMethod::Command) {
        session_->interfaceResult(rawRequest_, tspi::InterfaceValues().add(rawAnswer_).values());
    } else if (rawMethod_ == ModemMethod::SetSpeakerLevel) {
        speakerLevel_ = rawLevel_;
        session_->interfaceResult(rawRequest_, {});
    }
}

/// After each start-up.
void ModemLine::forgetModemState() {
    const auto& init = device_.profile->sequence(Sequence::Init);
    const bool muted = std::any_of(init.begin(), init.end(),
                                   [](const Command& each) { return each.send == "ATM0"; });
    speakerLevel_ = muted ? std::optional<std::uint32_t>(0) : std::nullopt;
    extensionLifted_ = false;
}

void ModemLine::onExtension(bool lifted) {
    if (std::exchange(extensionLifted_, lifted) != lifted) {
        tell(ModemEvent::LineInUseChanged, tspi::InterfaceValues().add(lifted));
    }
}

void ModemLine::onUnsolicited(std::string_view line) {
    if (service_ == Service::Ready) {
        tell(ModemEvent::Unsolicited, tspi::InterfaceValues().add(printable(line)));
    }
}

void ModemLine::tell(ModemEvent event, const tspi::InterfaceValues& values) {
    events_.interfaceEvent(nullptr, 0, static_cast<std::uint32_t>(event), values.values());
}

}  // namespace tipring::at_modem
