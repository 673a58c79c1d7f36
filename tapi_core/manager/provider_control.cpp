// SPDX-License-Identifier: Apache-2.0
// Providers: coming, going, and what they send.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "call_media.h"
#include "core.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};

constexpr std::uint32_t kCallMessages[] = {
    LINE_CALLSTATE,    LINE_CALLINFO,        LINE_MONITORDIGITS,
    LINE_MONITORMEDIA, LINE_MONITORTONE,     LINE_GENERATE,
    LINE_GATHERDIGITS, LINE_CALLDEVSPECIFIC, LINE_CALLDEVSPECIFICFEATURE,
    LINE_HANGUPSIGN,
};

std::string_view lineOf(const PendingRequest& request) {
    if (request.phone) {
        return request.phone->name;
    }
    return request.line ? std::string_view(request.line->name) : std::string_view();
}

bool isCallMessage(std::uint32_t message) {
    return std::find(std::begin(kCallMessages), std::end(kCallMessages), message) !=
           std::end(kCallMessages);
}

}  // namespace

Core::Core(hal::EventLoop& loop, std::string stateDirectory)
    : loop_(loop),
      checker_(ContractChecker::create(loop)),
      ids_(stateDirectory),
      outbox_(Outbox::create(loop)),
      requests_(loop),
      assisted_(outbox_),
      priorities_(stateDirectory),
      ownership_(outbox_, priorities_,
                 [this](const CallPtr& call, const std::string& why) { dropCall(call, why); }),
      listening_(loop, outbox_,
                 [this](CallRecord& call) { return media_.onWishes(call.shared_from_this()); }),
      media_(loop, outbox_, requests_, listening_, waysOfMedia()),
      phones_(std::move(stateDirectory), outbox_, requests_, applications_, asking()),
      interfaces_(outbox_, requests_, applications_, waysOfInterfaces()) {
    requests_.onExpiry([this](const PendingRequest& request) { onExpired(request); });
}

Core::~Core() = default;

hal::Result<void> Core::addProvider(const TspiProvider& table, ProviderConfig config,
                                    Library library) {
    if (auto checked = checkTable(table); !checked) {
        return checked;
    }
    const bool listed = std::any_of(providers_.begin(), providers_.end(),
                                    [&](const auto& each) { return each->name() == table.name; });
    if (listed) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("provider {} is there already", table.name));
    }
    auto slot = std::make_shared<ProviderRecord*>(nullptr);
    auto queue =
        ProviderQueue::create(loop_, {checker_, table.name}, [this, slot](ProviderItem& item) {
            if (*slot != nullptr) {
                dispatch(**slot, item);
            }
        });
    auto provider = std::make_unique<ProviderRecord>(loop_, table, std::move(config),
                                                     std::move(library), std::move(queue));
    provider->setLineNames([this, self = provider.get()](const CallTarget& target) {
        return lineNameOf(*self, target);
    });
    if (auto begun = provider->init(); !begun) {
        return begun;
    }
    if (auto listedLines = enumerate(*provider); !listedLines) {
        for (const LinePtr& line : lines_) {
            if (line->provider == provider.get()) {
                line->provider = nullptr;
            }
        }
        return listedLines;
    }
    phones_.enumerate(*provider);
    interfaces_.read(*provider);
    *slot = provider.get();
    kLog.info("provider {} is there", provider->name());
    providers_.push_back(std::move(provider));
    return {};
}

hal::Result<void> Core::enumerate(ProviderRecord& provider) {
    std::uint32_t count = 0;
    const TspiProvider& table = provider.table();
    if (auto counted = provider.call("providerEnumDevices", table.providerEnumDevices,
                                     provider.session(), &count);
        !counted) {
        return counted;
    }
    for (std::uint32_t index = 0; index < count; ++index) {
        std::array<char, 512> key{};
        if (auto read = provider.call("providerGetDeviceKey", table.providerGetDeviceKey,
                                      provider.session(), index, key.data(), key.size());
            !read) {
            return read;
        }
        addDevice(provider, provider.textOf("providerGetDeviceKey", "", key));
    }
    return {};
}

void Core::addDevice(ProviderRecord& provider, const std::string& deviceKey) {
    const std::uint32_t id = ids_.idFor(provider.name(), deviceKey);
    LinePtr line = findLine(id);
    if (line && line->provider != nullptr) {
        provider.breach(ContractRule::DuplicateDevice, "lineCreate", line->name,
                        fmt::format("device \"{}\" was there already", deviceKey));
        return;
    }
    if (!line) {
        line = std::make_shared<LineRecord>();
        line->id = id;
        line->providerName = provider.name();
        line->deviceKey = deviceKey;
    }
    auto made = provider.call("providerCreateLineDevice", provider.table().providerCreateLineDevice,
                              provider.session(), deviceKey.c_str(), id);
    if (made) {
        made = describeLine(provider, *line);
    }
    if (!made) {
        kLog.error("device {} of provider {} cannot be used: {}", deviceKey, provider.name(),
                   made.error().text());
        return;
    }
    line->provider = &provider;
    Bridges::addCapabilities(*line);
    line->state = tapi::AddressState::InService;
    line->stateCause.clear();
    if (std::find(lines_.begin(), lines_.end(), line) == lines_.end()) {
        lines_.push_back(line);
    }
    kLog.info("line {}: {} ({})", id, line->name, provider.name());
    tellAll(line, tapi::TapiObjectEvent::Kind::AddressCreate);
    if (line->isNeeded()) {
        if (auto opened = openLine(line); !opened) {
            setState(line, tapi::AddressState::OutOfService, opened.error().text());
        }
    }
}

void Core::removeDevice(ProviderRecord& provider, std::uint32_t deviceId) {
    const LinePtr line = findLine(deviceId);
    if (!line || line->provider != &provider) {
        provider.breach(ContractRule::UnknownDevice, "lineRemove", "",
                        fmt::format("line {} is not one of its own", deviceId));
        return;
    }
    kLog.info("line {} is gone: {}", line->id, line->name);
    abandonLine(line, "the device was removed");
    line->provider = nullptr;
    line->state = tapi::AddressState::OutOfService;
    line->stateCause = "the device was removed";
    tellAll(line, tapi::TapiObjectEvent::Kind::AddressRemove);
}

std::shared_ptr<LineRecord> Core::findLine(std::uint32_t id) const {
    const auto found = std::find_if(lines_.begin(), lines_.end(),
                                    [id](const LinePtr& line) { return line->id == id; });
    return found == lines_.end() ? nullptr : *found;
}

void Core::shutDown() {
    outbox_->close();
    requests_.clear();
    for (const LinePtr& line : lines_) {
        abandonLine(line, "the line manager ended");
        line->provider = nullptr;
        line->registrations.clear();
    }
    phones_.shutDown();
    interfaces_.shutDown();
    while (!providers_.empty()) {
        providers_.pop_back();  // the last one first
    }
    requests_.clear();
    checker_->close();
}

/// The line that a call into a provider was for. Only asked when it broke a rule.
std::string Core::lineNameOf(const ProviderRecord& provider, const CallTarget& target) const {
    for (const LinePtr& line : lines_) {
        const auto isIt = [&](const CallPtr& call) {
            return call->driverCall == target.handle ||
                   (call->media && call->media->driverMedia == target.handle);
        };
        const bool byHandle =
            target.handle != nullptr && (line->driverLine == target.handle ||
                                         std::any_of(line->calls.begin(), line->calls.end(), isIt));
        const bool mine = line->provider == nullptr || line->provider == &provider;
        if (mine && (byHandle || target.deviceId == line->id)) {
            return line->name;
        }
    }
    return {};
}

void Core::onExpired(const PendingRequest& request) {
    request.provider->breach(ContractRule::MissingCompletion, request.function, lineOf(request),
                             "the request was not completed in its time");
}

void Core::dispatch(ProviderRecord& provider, ProviderItem& item) {
    switch (item.kind) {
    case ProviderItem::Kind::Completion: return onCompletion(provider, item);
    case ProviderItem::Kind::LineEvent: return onLineEvent(provider, item);
    case ProviderItem::Kind::LineCreate: return addDevice(provider, item.text());
    case ProviderItem::Kind::LineRemove: return removeDevice(provider, item.number);
    case ProviderItem::Kind::Task: {
        const ProviderScope scope(*provider.queue());
        return item.task(reinterpret_cast<void*>(item.p1));
    }
    case ProviderItem::Kind::LineClosed: return onLineClosed(provider, item);
    case ProviderItem::Kind::CallClosed: return onCallClosed(provider, item);
    case ProviderItem::Kind::Dropped: return;
    case ProviderItem::Kind::MediaNotice: return media_.onNotice(item);
    case ProviderItem::Kind::PhoneEvent: return phones_.onEvent(provider, item);
    case ProviderItem::Kind::PhoneCreate: return phones_.addDevice(provider, item.text());
    case ProviderItem::Kind::PhoneRemove: return phones_.removeDevice(provider, item.number);
    case ProviderItem::Kind::PhoneClosed: return phones_.onClosed(provider, item);
    case ProviderItem::Kind::InterfaceResult: return interfaces_.onResult(provider, item);
    case ProviderItem::Kind::InterfaceEvent: return onInterfaceEvent(provider, item);
    }
}

void Core::onCompletion(ProviderRecord& provider, const ProviderItem& item) {
    const PendingRequest* pending = requests_.find(item.number);
    if (pending != nullptr && pending->provider == &provider) {
        if (item.result == 0) {
            requests_.finish(item.number, {});
            return;
        }
        if (item.result > 0) {
            provider.breach(ContractRule::PositiveCompletion, pending->function, lineOf(*pending),
                            fmt::format("request {} completed with the positive result {}",
                                        item.number, item.result));
        }
        requests_.finish(item.number, tl::unexpected(errorOf(item.result, item.text(),
                                                             provider.name(), "a request")));
        return;
    }
    if (pending != nullptr) {
        provider.breach(ContractRule::ForeignRequest, "completion", "",
                        fmt::format("request {} is one of provider {}", item.number,
                                    pending->provider->name()));
        return;
    }
    const RequestTable::History history = requests_.history(item.number);
    switch (history.why) {
    case RequestTable::Unknown::Late:
        kLog.info("provider {} completed request {} after its time", provider.name(), item.number);
        break;
    case RequestTable::Unknown::Twice:
        provider.breach(
            ContractRule::DoubleCompletion, history.function,
            history.line ? history.line->name : "",
            fmt::format("request {} was completed twice, or after it was refused", item.number));
        break;
    case RequestTable::Unknown::Never:
        provider.breach(ContractRule::UnknownRequest, "completion", "",
                        fmt::format("request {} does not exist", item.number));
        break;
    }
}

/// The provider had until lineClose returned to complete what was pending.
void Core::onLineClosed(ProviderRecord& provider, const ProviderItem& item) {
    const auto session = lineHandles().find(item.line);
    const LinePtr line = session ? session->line : nullptr;
    forgetLine(item.line);
    if (!line || line->isOpen()) {
        return;
    }
    for (const tapi::RequestId id : requests_.pendingOf(*line)) {
        provider.breach(ContractRule::MissingCompletion, "lineClose", line->name,
                        fmt::format("request {} was left without completion", id));
        requests_.finish(id, hal::fail(hal::ErrorCode::OperationFailed,
                                       "the line was closed before the request was completed"));
    }
}

/// The provider had until lineCloseCall returned to complete what was pending.
void Core::onCallClosed(ProviderRecord& provider, const ProviderItem& item) {
    const CallPtr call = provider.queue()->calls.find(item.call);
    provider.queue()->calls.remove(item.call);
    if (!call) {
        return;
    }
    for (const tapi::RequestId id : requests_.pendingOf(*call)) {
        provider.breach(ContractRule::MissingCompletion, "lineCloseCall", call->line->name,
                        fmt::format("request {} was left without completion", id));
        requests_.finish(id, hal::fail(hal::ErrorCode::OperationFailed,
                                       "the call ended before the request was completed"));
    }
    releaseLine(call->line);
}

void Core::onLineEvent(ProviderRecord& provider, ProviderItem& item) {
    const LineSession& session = *item.session;
    const LinePtr& line = session.line;
    if (session.closing || line->handle != item.line) {
        if (lineHandles().stale(item.line)) {
            reportDeadLine(item.line, item.number);  // sent after lineClose had returned
        }
        if (item.number == LINE_NEWCALL) {
            provider.queue()->calls.remove(item.call);  // the line closed while it was on its way
        }
        return;
    }
    switch (item.number) {
    case LINE_NEWCALL: return onNewCall(line, item);
    case LINE_LINEDEVSTATE: return lineServices_.onLineState(line, item);
    case LINE_ADDRESSSTATE: return lineServices_.onAddressState(line, item);
    case LINE_CLOSE:
        lineServices_.onForcedClose(line);
        abandonLine(line, "the provider closed the line");
        return setState(line, tapi::AddressState::OutOfService, "the provider closed the line");
    case LINE_DEVSPECIFIC:
    case LINE_DEVSPECIFICFEATURE: return lineServices_.onDevSpecific(line, item);
    default: break;
    }
    if (!isCallMessage(item.number)) {
        provider.breach(ContractRule::UnknownMessage, messageName(item.number), line->name,
                        "is not one of the contract");
        return;
    }
    if (const CallPtr call = findCall(line, provider, item)) {
        onCallEvent(line, call, item);
    }
}

hal::Result<tapi::RequestId> Core::requestResult(ProviderRecord& provider, const char* function,
                                                 const std::string& device, tapi::RequestId id,
                                                 TSPI_RESULT result) {
    if (result == static_cast<TSPI_RESULT>(id)) {
        return id;
    }
    requests_.withdraw(id);
    if (result >= 0) {
        provider.breach(result == 0 ? ContractRule::ZeroResult : ContractRule::WrongRequestId,
                        function, device, fmt::format("returned {} for request {}", result, id));
        return hal::fail(
            hal::ErrorCode::OperationFailed,
            fmt::format("provider {} broke the contract: {} returned {} for request {}",
                        provider.name(), function, result, id));
    }
    return tl::unexpected(provider.refusal(function, result));
}

/// An event of an interface: the handles say of which object.
void Core::onInterfaceEvent(ProviderRecord& provider, ProviderItem& item) {
    LinePtr line;
    if (item.line != nullptr) {
        const auto session = lineHandles().find(item.line);
        if (!session || session->queue != provider.queue()) {
            provider.breach(
                ContractRule::UnknownDeviceHandle, "interfaceEvent", "",
                fmt::format("line handle {} is {}", static_cast<void*>(item.line),
                            !session && lineHandles().stale(item.line) ? "of a line that was closed"
                                                                       : "none of the provider's"));
            return;
        }
        line = session->line;
        if (!line || session->closing || line->handle != item.line) {
            return;  // it was closed while this was on its way
        }
    }
    if (item.call == nullptr) {
        return interfaces_.onEvent(provider, item, line, nullptr);
    }
    if (!line) {
        provider.breach(ContractRule::ZeroDeviceHandle, "interfaceEvent", "",
                        "a call handle came without its line's");
    } else if (const CallPtr call = findCall(line, provider, item)) {
        onCallEvent(line, call, item);
    }
}

AskProvider Core::asking() {
    return [this](ProviderRecord& provider, PendingRequest pending, const auto& invoke) {
        return request(provider, std::move(pending), invoke);
    };
}

InterfaceRegistry::Ways Core::waysOfInterfaces() {
    return {asking(), [this](const LinePtr& line) { return openLine(line); },
            [this](const LinePtr& line) { releaseLine(line); },
            [this](const ApplicationPtr& application, const LinePtr& line) {
                return addressFor(application, line);
            }};
}

PendingRequest::Done Core::replyTo(ApplicationPtr application, tapi::Reply reply) {
    return [outbox = outbox_, application = std::move(application), reply = std::move(reply)](
               const hal::Result<void>& result) { outbox->reply(application, reply, result); };
}

}  // namespace tipring::core
