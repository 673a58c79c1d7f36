// SPDX-License-Identifier: Apache-2.0
#include "interface_registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "address_view.h"
#include "application.h"
#include "interface_description.h"
#include "interface_view.h"
#include "line_record.h"

namespace tipring::core {
namespace {

constexpr hal::Duration kRequestLimit = std::chrono::seconds(60);
constexpr std::uint32_t kMaxInterfaces = 256;  // of one provider

const char* wordsOf(tapi::ObjectKind kind) {
    constexpr const char* kWords[] = {
        "", "the provider itself", "addresses", "terminals", "calls", "call hubs"};
    return kWords[static_cast<std::size_t>(kind)];
}

hal::ErrorCode goneCode(const TspiInterfaceTarget& target) {
    return target.object == TSPI_OBJECT_CALL ? hal::ErrorCode::InvalCallHandle
                                             : hal::ErrorCode::NoDevice;
}

}  // namespace

InterfaceRegistry::InterfaceRegistry(std::shared_ptr<Outbox> outbox, RequestTable& requests,
                                     const std::vector<ApplicationPtr>& applications, Ways ways)
    : outbox_(std::move(outbox)),
      requests_(requests),
      applications_(applications),
      ways_(std::move(ways)) {}

void InterfaceRegistry::read(ProviderRecord& provider) {
    const auto get = provider.table().providerGetInterfaces;
    const TspiInterface* list = nullptr;
    std::uint32_t count = 0;
    if (get == nullptr ||
        !provider.call("providerGetInterfaces", get, provider.session(), &list, &count)) {
        return;
    }
    const bool sane = count <= kMaxInterfaces && (list != nullptr || count == 0) &&
                      (count == 0 || list->size >= sizeof(TspiInterface));
    if (!sane) {
        provider.breach(
            ContractRule::BadValue, "providerGetInterfaces", "",
            fmt::format("gave {} interfaces, at NULL, of a wrong size, or too many", count));
        return;
    }
    // A provider of a later contract may have longer rows: its own size is the step.
    const auto* bytes = reinterpret_cast<const unsigned char*>(list);
    for (std::uint32_t index = 0; index < count; ++index, bytes += list->size) {
        const auto& row = *reinterpret_cast<const TspiInterface*>(bytes);
        auto described = describeInterface(row, provider.name());
        const bool twice =
            described && std::any_of(entries_.begin(), entries_.end(), [&](const EntryPtr& each) {
                return each->provider == &provider && each->description.name == described->name &&
                       each->description.version == described->version &&
                       each->description.object == described->object;
            });
        if (!described || twice) {
            provider.breach(ContractRule::BadValue, "providerGetInterfaces", "",
                            fmt::format("interface {}: {}", index,
                                        twice ? "it is there twice" : described.error().cause));
            continue;
        }
        entries_.push_back(std::make_shared<InterfaceEntry>(
            InterfaceEntry{&provider, index, std::move(*described)}));
    }
}

void InterfaceRegistry::shutDown() {
    for (const EntryPtr& entry : entries_) {
        entry->provider = nullptr;
    }
    entries_.clear();
    running_.clear();
}

std::vector<tapi::InterfaceDescription> InterfaceRegistry::all() const {
    std::vector<tapi::InterfaceDescription> out;
    for (const EntryPtr& entry : entries_) {
        out.push_back(entry->description);
    }
    return out;
}

std::vector<tapi::InterfaceDescription> InterfaceRegistry::of(const ProviderRecord* provider,
                                                              tapi::ObjectKind kind) const {
    std::vector<tapi::InterfaceDescription> out;
    for (const EntryPtr& entry : entries_) {
        if (entry->provider == provider && entry->description.object == kind) {
            out.push_back(entry->description);
        }
    }
    return out;
}

hal::Result<std::shared_ptr<tapi::ProviderInterface>> InterfaceRegistry::query(
    const ProviderRecord* provider, tapi::ObjectKind kind, const ApplicationPtr& application,
    InterfaceTarget target, std::string_view name, std::uint32_t version) const {
    EntryPtr best;
    EntryPtr elsewhere;
    for (const EntryPtr& entry : entries_) {
        const bool mine =
            provider == nullptr ? kind == tapi::ObjectKind::Tapi : entry->provider == provider;
        if (!mine || entry->description.name != name) {
            continue;
        }
        if (entry->description.object != kind) {
            elsewhere = entry;
        } else if (!best || entry->description.version > best->description.version) {
            best = entry;
        }
    }
    if (best && best->description.version >= version) {
        return std::make_shared<InterfaceView>(best, std::move(target), application);
    }
    std::string why = fmt::format("there is no interface {} on {}", name, wordsOf(kind));
    if (best) {
        why = fmt::format("interface {} is there in version {}, asked was {}", name,
                          best->description.version, version);
    } else if (elsewhere) {
        why += fmt::format("; {} have one", wordsOf(elsewhere->description.object));
    }
    return hal::fail(hal::ErrorCode::InvalFeature, std::move(why));
}

/// The object must still be there, and as far as its provider needs it.
hal::Result<TspiInterfaceTarget> InterfaceRegistry::targetOf(const InterfaceEntry& entry,
                                                             const InterfaceTarget& target) const {
    TspiInterfaceTarget out{};
    out.size = sizeof out;
    out.object = static_cast<std::uint32_t>(entry.description.object);
    if (entry.provider == nullptr || (target.line && target.line->provider != entry.provider)) {
        return hal::fail(goneCode(out),
                         target.line ? "the device is gone" : "the provider is gone");
    }
    if (target.call) {
        const CallRecord& call = *target.call->call;
        if (target.call->deallocated) {
            return hal::fail(hal::ErrorCode::InvalCallHandle, "the call was given back");
        }
        if (call.phase == CallRecord::Phase::Ended) {
            return hal::fail(hal::ErrorCode::InvalCallHandle, "the call has ended");
        }
        if (call.phase != CallRecord::Phase::Alive || call.driverCall == nullptr) {
            return hal::fail(hal::ErrorCode::InvalCallState, "the call has not begun yet");
        }
        out.call = call.driverCall;
    }
    if (target.line) {
        if (auto opened = ways_.openLine(target.line); !opened) {
            return tl::unexpected(std::move(opened.error()));
        }
        out.line = target.line->driverLine;
    }
    return out;
}

hal::Result<tapi::RequestId> InterfaceRegistry::call(
    const InterfaceEntry& entry, const InterfaceTarget& target, const ApplicationPtr& application,
    std::string_view method, const std::vector<tapi::Value>& arguments, tapi::ValuesReply reply) {
    const auto& methods = entry.description.methods;
    const auto found = std::find_if(methods.begin(), methods.end(),
                                    [&](const auto& each) { return each.name == method; });
    if (found == methods.end()) {
        return hal::fail(hal::ErrorCode::InvalFeature, fmt::format("interface {} has no method {}",
                                                                   entry.description.name, method));
    }
    auto running = std::make_shared<Running>();
    running->name = fmt::format("{}.{}", entry.description.name, found->name);
    auto values = convertAll(running->name, found->in, arguments);
    if (!values) {
        return tl::unexpected(std::move(values.error()));
    }
    auto where = targetOf(entry, target);
    if (!where) {
        return tl::unexpected(std::move(where.error()));
    }
    ProviderRecord& provider = *entry.provider;
    const auto function = provider.table().interfaceCall;
    if (function == nullptr) {
        if (target.line) {
            ways_.releaseLine(target.line);
        }
        return tl::unexpected(provider.missing("interfaceCall").error());
    }
    running->provider = &provider;
    running->out = found->out;
    running->application = application;
    running->reply = std::move(reply);
    running->line = target.line;
    if (target.line) {
        ++target.line->pendingRequests;
    }
    PendingRequest pending;
    pending.function = "interfaceCall";
    pending.line = target.line;
    pending.call = target.call ? target.call->call : nullptr;
    pending.limit = kRequestLimit;
    pending.done = [this, running](const hal::Result<void>& result) { onDone(running, result); };
    const auto lent = lend(*values);
    const auto number = static_cast<std::uint32_t>(found - methods.begin());
    auto asked = ways_.ask(provider, std::move(pending), [&](tapi::RequestId id) {
        return function(id, provider.session(), &*where, entry.index, number, lent.data(),
                        static_cast<std::uint32_t>(lent.size()));
    });
    if (asked) {
        running->id = *asked;
        running_.emplace(*asked, running);
    } else if (target.line) {
        --target.line->pendingRequests;
        ways_.releaseLine(target.line);
    }
    return asked;
}

void InterfaceRegistry::onDone(const std::shared_ptr<Running>& running,
                               const hal::Result<void>& result) {
    running_.erase(running->id);
    hal::Result<std::vector<tapi::Value>> outcome =
        result ? resultsOf(*running) : tl::unexpected(result.error());
    if (running->reply) {
        outbox_->reply(running->application,
                       [reply = running->reply,
                        outcome = std::move(outcome)](const hal::Result<void>&) { reply(outcome); },
                       {});
    }
    if (running->line) {
        --running->line->pendingRequests;
        ways_.releaseLine(running->line);
    }
}

/// What came before the completion must be what the description promises.
hal::Result<std::vector<tapi::Value>> InterfaceRegistry::resultsOf(const Running& running) const {
    std::string problem;
    if (running.results) {
        problem = running.results->problem.empty() ? mismatch(running.out, running.results->values)
                                                   : running.results->problem;
    } else if (!running.out.empty()) {
        problem = "completed without results";
    }
    if (!problem.empty()) {
        const std::string what = fmt::format("{}: {}", running.name, problem);
        running.provider->breach(ContractRule::InterfaceValues, "interfaceResult",
                                 running.line ? running.line->name : "", what);
        return hal::fail(
            hal::ErrorCode::OperationFailed,
            fmt::format("provider {} broke the contract: {}", running.provider->name(), what));
    }
    return running.results ? running.results->values : std::vector<tapi::Value>{};
}

void InterfaceRegistry::onResult(ProviderRecord& provider, const ProviderItem& item) {
    const auto found = running_.find(item.number);
    if (found == running_.end() || found->second->provider != &provider) {
        // After its time limit a request is forgotten: then late results are no breach.
        if (requests_.history(item.number).why != RequestTable::Unknown::Late) {
            provider.breach(ContractRule::UnknownRequest, "interfaceResult", "",
                            fmt::format("request {} is no method that is under way", item.number));
        }
        return;
    }
    if (found->second->results) {
        provider.breach(ContractRule::DoubleCompletion, "interfaceResult", "",
                        fmt::format("gave the results of {} twice", found->second->name));
        return;
    }
    found->second->results = item.values();
}

InterfaceRegistry::EntryPtr InterfaceRegistry::find(const ProviderRecord& provider,
                                                    std::uint64_t index) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const EntryPtr& each) {
        return each->provider == &provider && each->index == index;
    });
    return found == entries_.end() ? nullptr : *found;
}

void InterfaceRegistry::onEvent(ProviderRecord& provider, const ProviderItem& item,
                                const LinePtr& line, const std::shared_ptr<CallRecord>& call) {
    const EntryPtr entry = find(provider, item.p1);
    const std::string lineName = line ? line->name : "";
    if (!entry || item.p2 >= entry->description.events.size()) {
        provider.breach(ContractRule::InterfaceValues, "interfaceEvent", lineName,
                        fmt::format("there is no event {} of interface {}", item.p2, item.p1));
        return;
    }
    const tapi::InterfaceEvent& described = entry->description.events[item.p2];
    const auto in = item.values();
    std::string problem =
        in->problem.empty() ? mismatch(described.arguments, in->values) : in->problem;
    const auto object = entry->description.object;
    const bool ofProvider = object == tapi::ObjectKind::Tapi && (line || call);
    const bool ofAddress = object == tapi::ObjectKind::Address && (!line || call);
    const bool ofCall = object == tapi::ObjectKind::Call && !call;
    if (ofProvider || ofAddress || ofCall) {
        problem = fmt::format("it stands on {}, the handles say something else", wordsOf(object));
    }
    if (!problem.empty()) {
        provider.breach(ContractRule::InterfaceValues, "interfaceEvent", lineName,
                        fmt::format("{}.{}: {}", entry->description.name, described.name, problem));
        return;
    }
    tapi::PrivateEvent event{entry->description.name, described.name, in->values};
    if (call) {
        tellCall(std::move(event), call);
    } else if (line) {
        tellAddress(std::move(event), line);
    } else {
        for (const ApplicationPtr& application : applications_) {
            outbox_->event(application, event);
        }
    }
}

/// Those who have the address, whether they registered or only asked for it.
void InterfaceRegistry::tellAddress(tapi::PrivateEvent event, const LinePtr& line) const {
    for (const ApplicationPtr& application : applications_) {
        const auto& registrations = line->registrations;
        const auto registered =
            std::find_if(registrations.begin(), registrations.end(),
                         [&](const auto& each) { return each.application == application; });
        const bool known = registered != registrations.end();
        if (!application->wants(tapi::EventClass::Private) ||
            (!known && application->addresses.count(line->id) == 0)) {
            continue;
        }
        event.address = ways_.addressFor(application, line);
        event.callbackInstance = known ? registered->wanted.callbackInstance : 0;
        outbox_->event(application, event);
    }
}

void InterfaceRegistry::tellCall(tapi::PrivateEvent event,
                                 const std::shared_ptr<CallRecord>& call) const {
    for (const auto& view : call->views) {
        event.call = view;
        event.address = view->address();
        event.callbackInstance = view->callbackInstance;
        outbox_->event(view->application, event, view->cookie);
    }
}

}  // namespace tipring::core
