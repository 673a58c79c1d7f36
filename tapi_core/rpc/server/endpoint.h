// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "server/session.h"
#include "server/vtable.h"

namespace tipring::rpc {

/// The objects on one connection, and the sessions of those who use it: one on a connection of its
/// own, one for each unique name on a bus. The tree is made for each message as its sender sees it;
/// nothing is registered for a line or a call.
class Endpoint {
public:
    /// `onEnd` (of a connection of its own): it is over. In a turn of its own.
    static hal::Result<std::unique_ptr<Endpoint>> create(ServerContext& context,
                                                         std::unique_ptr<Bus> bus,
                                                         std::function<void()> onEnd);
    ~Endpoint();

    [[nodiscard]] Bus& bus() { return *bus_; }

private:
    struct Placed {
        Endpoint* endpoint;
        Place place;
        std::unique_ptr<Vtable> table;
        std::string provided{};  ///< name of a provider's interface; empty: one of ours
    };
    struct Client {
        std::shared_ptr<Session> session;  // null: it was cut off
        Slot nameWatch;
        Slot nameCheck;
    };

    Endpoint(ServerContext& context, std::unique_ptr<Bus> bus, std::function<void()> onEnd);
    hal::Result<void> start();
    hal::Result<void> add(Place place, const char* interface, std::unique_ptr<Vtable> table,
                          std::string provided);
    void placeProvided();
    /// Null: too many clients, or one that was cut off.
    std::shared_ptr<Session> sessionOf(sd_bus_message* message);
    void watchName(const std::string& name);
    void drop(const std::string& name);
    void cutOff(const std::string& name);
    bool resolve(Place place, std::string_view path);

    static int find(sd_bus* bus, const char* path, const char* interface, void* placed,
                    void** found, sd_bus_error* error);
    static int enumerate(sd_bus* bus, const char* prefix, void* self, char*** nodes,
                         sd_bus_error* error);
    static int onNameGone(sd_bus_message* message, void* self, sd_bus_error* error);
    static int onNameChecked(sd_bus_message* message, void* self, sd_bus_error* error);
    /// Every message, before anything else looks at it.
    static int admit(sd_bus_message* message, void* self, sd_bus_error* error);
    static int askProvider(sd_bus_message* message, const Target& target);
    static int callProvided(sd_bus_message* message, void* found, sd_bus_error* error);
    static int versionOfProvided(sd_bus* bus, const char* path, const char* interface,
                                 const char* property, sd_bus_message* reply, void* found,
                                 sd_bus_error* error);

    ServerContext& context_;
    std::unique_ptr<Bus> bus_;
    std::function<void()> onEnd_;
    std::map<std::string, Client> clients_;
    Target target_;  // of the message under way
    std::vector<std::unique_ptr<Placed>> placed_;
    std::set<std::string> providedNames_;
    std::vector<Slot> slots_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace tipring::rpc
