// SPDX-License-Identifier: Apache-2.0
#include "server/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "server/gate.h"
#include "tipring/hal/base/log.h"

namespace tipring::rpc {
namespace {

using hal::ErrorCode;
using hal::Result;

const hal::LogCategory kLog{"rpc"};

/// Below which path the objects of a place stand.
constexpr const char* kPrefixes[] = {
    "/org/tipring/Tipring1",      "/org/tipring/Tipring1/address", "/org/tipring/Tipring1/call",
    "/org/tipring/Tipring1/call", "/org/tipring/Tipring1/phone",   "/org/tipring/Tipring1/hub",
};
struct KindPlace {
    tapi::ObjectKind kind;
    Place place;
};
constexpr KindPlace kKindPlaces[] = {
    {tapi::ObjectKind::Tapi, Place::Root},
    {tapi::ObjectKind::Address, Place::Address},
    {tapi::ObjectKind::Call, Place::Call},
};

bool has(const std::vector<tapi::InterfaceDescription>& all, std::string_view name,
         tapi::ObjectKind kind) {
    return std::any_of(all.begin(), all.end(), [&](const tapi::InterfaceDescription& one) {
        return one.name == name && one.object == kind;
    });
}

/// The provider's interfaces on the object of a message.
std::vector<tapi::InterfaceDescription> interfacesOf(const Target& target, Place place) {
    switch (place) {
    case Place::Root: return target.session->tapi().interfaces();
    case Place::Address: return target.address->interfaces();
    case Place::Call: return target.call->interfaces();
    default: return {};
    }
}

/// As sd-bus takes a list: freed by it.
char** toList(const std::vector<std::string>& paths) {
    auto** list = static_cast<char**>(std::calloc(paths.size() + 1, sizeof(char*)));
    for (std::size_t i = 0; list != nullptr && i < paths.size(); ++i) {
        list[i] = ::strdup(paths[i].c_str());
    }
    return list;
}

std::vector<std::string> pathsSeenBy(Session& session) {
    std::vector<std::string> paths;
    for (const auto& one : session.tapi().addresses()) {
        paths.push_back(addressPath(one->id()));
    }
    for (const auto& one : session.tapi().phones()) {
        paths.push_back(phonePath(one->id()));
    }
    for (const auto& one : session.tapi().callHubs()) {
        paths.push_back(hubPath(one->id()));
    }
    for (const auto& one : session.calls()) {
        paths.push_back(callPath(one->id()));
        for (const tapi::TerminalStatus& terminal : one->mediaStatus().terminals) {
            paths.push_back(terminalPath(one->id(), terminal.id));
        }
    }
    return paths;
}

/// Properties, the tree and its description: D-Bus's own interfaces.
bool isStandard(sd_bus_message* message) {
    const char* interface = sd_bus_message_get_interface(message);
    return interface != nullptr && std::string_view(interface).starts_with("org.freedesktop.DBus.");
}
int refuse(sd_bus_error* error, const hal::Error& why) {
    return sd_bus_error_set(error, busErrorName(why.code).c_str(), why.cause.c_str());
}

const char* textOr(const char* text, const char* otherwise) {
    return text == nullptr ? otherwise : text;
}

}  // namespace

Result<std::unique_ptr<Endpoint>> Endpoint::create(ServerContext& context, std::unique_ptr<Bus> bus,
                                                   std::function<void()> onEnd) {
    std::unique_ptr<Endpoint> made(new Endpoint(context, std::move(bus), std::move(onEnd)));
    if (auto started = made->start(); !started) {
        return tl::unexpected(std::move(started.error()));
    }
    return made;
}

Endpoint::Endpoint(ServerContext& context, std::unique_ptr<Bus> bus, std::function<void()> onEnd)
    : context_(context), bus_(std::move(bus)), onEnd_(std::move(onEnd)) {
    bus_->onLost([this, alive = std::weak_ptr<int>(alive_)] {
        if (!alive.expired()) {
            onEnd_();
        }
    });
}

Endpoint::~Endpoint() {
    target_ = {};
    clients_.clear();
}

Result<void> Endpoint::start() {
    for (const InterfaceRows& rows : {tapiRows(), translationRows(), addressRows(), callRows(),
                                      terminalRows(), phoneRows(), hubRows()}) {
        if (auto done = add(rows.place, rows.name, std::make_unique<Vtable>(rows), {}); !done) {
            return done;
        }
    }
    sd_bus_slot* slot = nullptr;
    int done = sd_bus_add_filter(bus_->raw(), &slot, admit, this);
    slots_.emplace_back(slot);
    slot = nullptr;
    done = done < 0 ? done
                    : sd_bus_add_node_enumerator(bus_->raw(), &slot, kRootPath, enumerate, this);
    slots_.emplace_back(slot);
    if (done >= 0) {
        slot = nullptr;
        done = sd_bus_add_object_manager(bus_->raw(), &slot, kRootPath);
        slots_.emplace_back(slot);
    }
    if (done < 0) {
        return hal::failSystem("cannot offer the object tree", -done);
    }
    return {};
}

Result<void> Endpoint::add(Place place, const char* interface, std::unique_ptr<Vtable> table,
                           std::string provided) {
    placed_.push_back(
        std::make_unique<Placed>(Placed{this, place, std::move(table), std::move(provided)}));
    Placed& placed = *placed_.back();
    sd_bus_slot* slot = nullptr;
    const int done =
        sd_bus_add_fallback_vtable(bus_->raw(), &slot, kPrefixes[static_cast<std::size_t>(place)],
                                   interface, placed.table->get(), find, &placed);
    slots_.emplace_back(slot);
    if (done < 0) {
        placed_.pop_back();
        return hal::failSystem(fmt::format("cannot offer {}", interface), -done);
    }
    return {};
}

/// Providers may come after this connection did.
void Endpoint::placeProvided() {
    for (const tapi::InterfaceDescription& one : context_.house->interfaces()) {
        const auto* at = std::find_if(std::begin(kKindPlaces), std::end(kKindPlaces),
                                      [&](const KindPlace& row) { return row.kind == one.object; });
        if (at == std::end(kKindPlaces) ||
            !providedNames_.insert(fmt::format("{} {}", one.name, static_cast<int>(one.object)))
                 .second) {
            continue;
        }
        auto table = std::make_unique<Vtable>(one, callProvided, versionOfProvided);
        if (auto done = add(at->place, one.name.c_str(), std::move(table), one.name); !done) {
            kLog.warning("{}", done.error().cause);
        }
    }
}

std::shared_ptr<Session> Endpoint::sessionOf(sd_bus_message* message) {
    const std::string name =
        bus_->direct() ? std::string() : textOr(sd_bus_message_get_sender(message), "");
    if (const auto known = clients_.find(name); known != clients_.end()) {
        return known->second.session;
    }
    if (context_.clients >= context_.limits.clients) {
        return nullptr;
    }
    placeProvided();
    Client& made = clients_[name];
    made.session = std::make_shared<Session>(context_, *bus_, name,
                                             [this, name, alive = std::weak_ptr<int>(alive_)] {
                                                 if (!alive.expired()) {
                                                     cutOff(name);
                                                 }
                                             });
    auto session = made.session;
    session->identity = identityOf(*bus_, name);
    if (!name.empty()) {
        watchName(name);
    }
    return session;
}

/// The name may have vanished before the watch stands: it is asked for afterwards.
void Endpoint::watchName(const std::string& name) {
    Client& client = clients_[name];
    sd_bus_slot* slot = nullptr;
    const std::string match = fmt::format(
        "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='{}'",
        name);
    sd_bus_add_match_async(bus_->raw(), &slot, match.c_str(), onNameGone, nullptr, this);
    client.nameWatch.reset(slot);
    slot = nullptr;
    sd_bus_call_method_async(bus_->raw(), &slot, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                             "org.freedesktop.DBus", "GetNameOwner", onNameChecked, &client, "s",
                             name.c_str());
    client.nameCheck.reset(slot);
    bus_->touch();
}

int Endpoint::onNameGone(sd_bus_message* message, void* self, sd_bus_error*) {
    const char *name = nullptr, *before = nullptr, *after = nullptr;
    if (sd_bus_message_read(message, "sss", &name, &before, &after) > 0 && *after == '\0') {
        static_cast<Endpoint*>(self)->drop(name);
    }
    return 0;
}

int Endpoint::onNameChecked(sd_bus_message* message, void* client, sd_bus_error*) {
    if (sd_bus_message_is_method_error(message, nullptr) > 0) {
        // Gone already: nothing reaches it, and its calls and registrations go.
        static_cast<Client*>(client)->session.reset();
    }
    return 0;
}

void Endpoint::drop(const std::string& name) {
    if (target_.session && target_.session->client() == name) {
        target_ = {};
    }
    clients_.erase(name);
}

void Endpoint::cutOff(const std::string& name) {
    if (target_.session && target_.session->client() == name) {
        target_ = {};
    }
    if (name.empty()) {
        clients_.erase(name);
        onEnd_();
    } else if (const auto found = clients_.find(name); found != clients_.end()) {
        found->second.session.reset();
    }
}

bool Endpoint::resolve(Place place, std::string_view path) {
    Session& session = *target_.session;
    std::uint32_t id = 0;
    std::uint64_t callId = 0;
    switch (place) {
    case Place::Root: return path == kRootPath;
    case Place::Address:
        target_.address = parseAddress(path, id) ? session.address(id) : nullptr;
        return target_.address != nullptr;
    case Place::Phone:
        target_.phone = parsePhone(path, id) ? session.phone(id) : nullptr;
        return target_.phone != nullptr;
    case Place::Call:
        target_.call = parseCall(path, callId) ? session.call(callId) : nullptr;
        return target_.call != nullptr;
    case Place::Hub:
        target_.hub = parseHub(path, callId) ? session.hub(callId) : nullptr;
        return target_.hub != nullptr;
    case Place::Terminal: break;
    }
    target_.call = parseTerminal(path, callId, id) ? session.call(callId) : nullptr;
    target_.terminal = tapi::TerminalId{id};
    if (!target_.call) {
        return false;
    }
    const auto all = target_.call->mediaStatus().terminals;
    return std::any_of(all.begin(), all.end(),
                       [&](const tapi::TerminalStatus& one) { return one.id == target_.terminal; });
}

int Endpoint::admit(sd_bus_message* message, void* self, sd_bus_error*) {
    auto& endpoint = *static_cast<Endpoint*>(self);
    const char* path = sd_bus_message_get_path(message);
    if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0 || path == nullptr ||
        !std::string_view(path).starts_with(kRootPath)) {
        return 0;
    }
    const auto session = endpoint.sessionOf(message);
    if (!session) {
        return 0;  // find() says why
    }
    return session->admit(message) ? 0 : 1;
}

int Endpoint::find(sd_bus* bus, const char* path, const char*, void* placed, void** found,
                   sd_bus_error* error) {
    const auto* where = static_cast<Placed*>(placed);
    Endpoint& self = *where->endpoint;
    sd_bus_message* message = sd_bus_get_current_message(bus);
    if (message == nullptr) {
        return 0;
    }
    self.target_ = {};
    self.target_.session = self.sessionOf(message);
    if (!self.target_.session) {
        return sd_bus_error_set(error, busErrorName(ErrorCode::ResourceUnavail).c_str(),
                                "too many clients, or this one was cut off");
    }
    if (isStandard(message) && !self.target_.session->has(Right::Monitor)) {
        return refuse(error, self.target_.session->lacking(Right::Monitor));
    }
    if (!self.resolve(where->place, path)) {
        return 0;
    }
    if (!where->provided.empty()) {
        const auto kind =
            std::find_if(std::begin(kKindPlaces), std::end(kKindPlaces), [&](const KindPlace& row) {
                return row.place == where->place;
            })->kind;
        if (!has(interfacesOf(self.target_, where->place), where->provided, kind)) {
            return 0;
        }
    }
    *found = &self.target_;
    return 1;
}

int Endpoint::enumerate(sd_bus* bus, const char*, void* self, char*** nodes, sd_bus_error*) {
    sd_bus_message* message = sd_bus_get_current_message(bus);
    const auto session =
        message == nullptr ? nullptr : static_cast<Endpoint*>(self)->sessionOf(message);
    *nodes = session && session->has(Right::Monitor) ? toList(pathsSeenBy(*session)) : nullptr;
    return 0;
}

}  // namespace tipring::rpc
