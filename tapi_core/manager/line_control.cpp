// SPDX-License-Identifier: Apache-2.0
// Lines: opened once for all who need them, and what they report.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr hal::Duration kRequestLimit = std::chrono::seconds(30);

}  // namespace

hal::Result<void> Core::describeLine(ProviderRecord& provider, LineRecord& line) {
    const TspiProvider& table = provider.table();
    std::uint32_t version = TSPI_VERSION;
    if (table.lineNegotiateTSPIVersion != nullptr) {
        auto agreed =
            provider.call("lineNegotiateTSPIVersion", table.lineNegotiateTSPIVersion,
                          provider.session(), line.id, TSPI_VERSION, TSPI_VERSION, &version);
        if (!agreed) {
            return agreed;
        }
    }
    Filled<TspiLineCaps> caps;
    caps->media.size = sizeof caps->media;
    auto described =
        provider.fill("lineGetDevCaps", table.lineGetDevCaps, caps, provider.session(), line.id);
    if (described) {
        line.caps = caps.value();
        line.able = withCoreDetections(line.caps);
        line.capabilities = capabilitiesOf(line.able);
        line.capabilities.deviceDetects = deviceDetections(line.caps);
        line.capabilities.coreDetects = coreDetections(line.caps);
        if (line.capabilities.coreDetects.has(tapi::Detection::CallerId)) {
            line.capabilities.callerId = true;
        }
        readAddressCaps(provider, line);
        line.name = fieldText(caps->name);
        if (line.name.empty()) {
            line.name = line.deviceKey;
        }
    }
    return described;
}

void Core::readAddressCaps(ProviderRecord& provider, LineRecord& line) {
    Filled<TspiAddressCaps> caps;
    const auto get = provider.table().lineGetAddressCaps;
    line.hasAddressCaps = get != nullptr && provider.fill("lineGetAddressCaps", get, caps,
                                                          provider.session(), line.id, 0U);
    line.addressCaps = line.hasAddressCaps ? caps.value() : addressCapsOf(line.able);
    addCapabilities(line.capabilities, line.addressCaps);
    line.capabilities.maxCallDataSize = kMaxCallData;
    if (line.provider != nullptr) {
        Bridges::addCapabilities(line);
    }
}

hal::Result<void> Core::openLine(const LinePtr& line) {
    if (line->isOpen()) {
        return {};
    }
    if (line->provider == nullptr) {
        return hal::fail(hal::ErrorCode::NoDevice,
                         fmt::format("line {} ({}): {}", line->id, line->name, line->stateCause));
    }
    ProviderRecord& provider = *line->provider;
    auto session = std::make_shared<LineSession>();
    session->queue = provider.queue();
    session->line = line;
    session->name = line->name;
    const HTAPILINE handle = lineHandles().add(session);
    HDRVLINE driverLine = nullptr;
    auto opened = provider.call("lineOpen", provider.table().lineOpen, provider.session(), line->id,
                                handle, &core::onLineEvent, TSPI_VERSION, &driverLine);
    if (opened && driverLine == nullptr) {
        provider.breach(ContractRule::MissingHandle, "lineOpen", line->name, "gave no handle");
        opened = hal::fail(
            hal::ErrorCode::OperationFailed,
            fmt::format("provider {} gave no handle for line {}", provider.name(), line->name));
    }
    if (!opened) {
        forgetLine(handle);
        return opened;
    }
    line->handle = handle;
    line->driverLine = driverLine;
    line->mediaDetection = 0;
    readStatus(*line);
    lineServices_.onOpened(line);
    return {};
}

void Core::releaseLine(const LinePtr& line) {
    if (line->isOpen() && !line->isNeeded()) {
        closeLine(line);
    }
}

void Core::closeLine(const LinePtr& line) {
    const HTAPILINE handle = std::exchange(line->handle, nullptr);
    const HDRVLINE driverLine = std::exchange(line->driverLine, nullptr);
    if (handle == nullptr || line->provider == nullptr) {
        return;
    }
    if (const auto session = lineHandles().find(handle)) {
        session->closing = true;
    }
    lineServices_.onClosed(*line);
    ProviderRecord& provider = *line->provider;
    for (const HDRVCALL unseen : provider.queue()->takeNewCalls(handle)) {
        static_cast<void>(provider.call("lineCloseCall", provider.table().lineCloseCall, unseen));
    }
    if (auto closed = provider.call("lineClose", provider.table().lineClose, driverLine); !closed) {
        kLog.warning("line {}: {}", line->name, closed.error().text());
    }
    ProviderItem marker;
    marker.kind = ProviderItem::Kind::LineClosed;
    marker.line = handle;
    provider.queue()->push(std::move(marker));
}

void Core::abandonLine(const LinePtr& line, const std::string& cause) {
    bridges_.leaveLine(*line);
    const auto calls = line->calls;
    for (const CallPtr& call : calls) {
        forceIdle(call, cause);
    }
    closeLine(line);
}

void Core::readStatus(LineRecord& line) {
    Filled<TspiLineStatus> status;
    ProviderRecord& provider = *line.provider;
    if (!provider.fill("lineGetLineDevStatus", provider.table().lineGetLineDevStatus, status,
                       line.driverLine)) {
        return;
    }
    line.status = status.value();
    const bool good = status->connected != 0 && status->inService != 0;
    line.state = good ? tapi::AddressState::InService : tapi::AddressState::OutOfService;
    line.stateCause = good ? "" : fieldText(status->cause);
    if (!good && line.stateCause.empty()) {
        line.stateCause = status->connected == 0 ? "the device does not answer"
                                                 : "the device finds no telephone line";
    }
}

void Core::setState(const LinePtr& line, tapi::AddressState state, std::string cause) {
    const bool changed = line->state != state || line->stateCause != cause;
    line->state = state;
    line->stateCause = std::move(cause);
    if (changed) {
        tellAll(line, tapi::AddressEvent::Kind::State);
    }
}

void Core::updateMediaDetection(const LinePtr& line) {
    std::uint32_t modes = 0;
    for (const Registration& registration : line->registrations) {
        modes |= registration.wanted.mediaModes.bits();
    }
    constexpr std::uint32_t kVoice = LINEMEDIAMODE_INTERACTIVEVOICE | LINEMEDIAMODE_AUTOMATEDVOICE;
    modes |= (modes & kVoice) != 0 ? kVoice : 0;
    if (!line->isOpen() || modes == line->mediaDetection) {
        return;
    }
    line->mediaDetection = modes;
    ProviderRecord& provider = *line->provider;
    const auto set = provider.table().lineSetDefaultMediaDetection;
    if (set != nullptr) {
        if (auto told = provider.call("lineSetDefaultMediaDetection", set, line->driverLine, modes);
            !told && told.error().code != hal::ErrorCode::OperationUnavail) {
            kLog.warning("line {}: {}", line->name, told.error().text());
        }
    }
}

void Core::tellAll(const LinePtr& line, tapi::AddressEvent::Kind kind) {
    for (const ApplicationPtr& application : applications_) {
        if (application->wants(tapi::EventClass::Address)) {
            outbox_->event(application, tapi::AddressEvent{kind, addressFor(application, line)});
        }
    }
}

void Core::tellAll(const LinePtr& line, tapi::TapiObjectEvent::Kind kind) {
    for (const ApplicationPtr& application : applications_) {
        if (application->wants(tapi::EventClass::TapiObject)) {
            outbox_->event(application, tapi::TapiObjectEvent{kind, addressFor(application, line)});
        }
    }
}

/// Ringing announces a call: only those hear it who registered, each once.
void Core::tellRinging(const LinePtr& line, const ProviderItem& item) {
    std::vector<ApplicationRecord*> told;
    for (const Registration& registration : line->registrations) {
        ApplicationRecord* application = registration.application.get();
        if (std::find(told.begin(), told.end(), application) != told.end()) {
            continue;
        }
        told.push_back(application);
        outbox_->event(registration.application,
                       tapi::AddressEvent{tapi::AddressEvent::Kind::Ringing,
                                          addressFor(registration.application, line),
                                          static_cast<std::uint32_t>(item.p2),
                                          static_cast<std::uint32_t>(item.p3)},
                       registration.cookie);
    }
}

hal::Result<tapi::RequestId> Core::devSpecific(const LinePtr& line,
                                               const ApplicationPtr& application,
                                               std::string_view data, tapi::Reply reply) {
    if (auto opened = openLine(line); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    ProviderRecord& provider = *line->provider;
    const auto function = provider.table().lineDevSpecific;
    if (function == nullptr) {
        releaseLine(line);
        return tl::unexpected(provider.missing("lineDevSpecific").error());
    }
    ++line->pendingRequests;
    PendingRequest pending;
    pending.function = "lineDevSpecific";
    pending.line = line;
    pending.limit = kRequestLimit;
    pending.done = [this, line,
                    answer = replyTo(application, std::move(reply))](const auto& result) {
        --line->pendingRequests;
        answer(result);
        releaseLine(line);
    };
    auto asked = request(provider, std::move(pending), [&](tapi::RequestId id) {
        return function(id, line->driverLine, nullptr, data.data(), data.size());
    });
    if (!asked) {
        --line->pendingRequests;
        releaseLine(line);
    }
    return asked;
}

hal::Result<std::string> Core::deviceId(const LinePtr& line, std::string_view deviceClass) {
    if (auto opened = openLine(line); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    ProviderRecord& provider = *line->provider;
    std::array<char, 256> id{};
    const std::string name(deviceClass);
    auto got = provider.call("lineGetID", provider.table().lineGetID, line->driverLine,
                             name.c_str(), id.data(), id.size());
    if (!got) {
        releaseLine(line);
        return tl::unexpected(std::move(got.error()));
    }
    std::string text = provider.textOf("lineGetID", line->name, id);
    releaseLine(line);
    return text;
}

}  // namespace tipring::core
