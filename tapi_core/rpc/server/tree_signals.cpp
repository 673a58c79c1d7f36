// SPDX-License-Identifier: Apache-2.0
// The standard signals of the object tree, for clients that asked for them.
#include <initializer_list>

#include "definition.h"
#include "server/rows.h"

namespace tipring::rpc {
namespace {

constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
constexpr const char* kObjectManager = "org.freedesktop.DBus.ObjectManager";

int putProperty(sd_bus_message* message, const PropertyRow& row, Target& target) {
    int done = sd_bus_message_open_container(message, 'e', "sv");
    done = done < 0 ? done : sd_bus_message_append_basic(message, 's', row.member->name);
    done = done < 0 ? done : sd_bus_message_open_container(message, 'v', row.member->type);
    done = done < 0 ? done
                    : row.get(nullptr, nullptr, row.member->interface, row.member->name, message,
                              &target, nullptr);
    done = done < 0 ? done : sd_bus_message_close_container(message);
    return done < 0 ? done : sd_bus_message_close_container(message);
}

template <class Wanted>
int putProperties(sd_bus_message* message, const InterfaceRows& rows, Target& target,
                  Wanted wanted) {
    int done = sd_bus_message_open_container(message, 'a', "{sv}");
    for (const PropertyRow& row : rows.properties) {
        if (done >= 0 && wanted(row.member->changes)) {
            done = putProperty(message, row, target);
        }
    }
    return done < 0 ? done : sd_bus_message_close_container(message);
}

void sendChanged(Target& target, const std::string& path, const InterfaceRows& rows) {
    const Message signal = target.session->newSignal(path, kProperties, "PropertiesChanged");
    if (!signal) {
        return;
    }
    std::vector<std::string> invalid;
    for (const PropertyRow& row : rows.properties) {
        if (row.member->changes == def::Changes::Invalidates) {
            invalid.emplace_back(row.member->name);
        }
    }
    int done = sd_bus_message_append_basic(signal.get(), 's', rows.name);
    done = done < 0 ? done : putProperties(signal.get(), rows, target, [](def::Changes changes) {
        return changes == def::Changes::Emits;
    });
    if (done >= 0 && put(signal.get(), invalid) >= 0) {
        target.session->deliver(signal.get());
    }
}

void sendAdded(Target& target, const std::string& path, const InterfaceRows& rows) {
    const Message signal = target.session->newSignal(kRootPath, kObjectManager, "InterfacesAdded");
    if (!signal) {
        return;
    }
    sd_bus_message* raw = signal.get();
    int done = put(raw, ObjectPath{path});
    done = done < 0 ? done : sd_bus_message_open_container(raw, 'a', "{sa{sv}}");
    done = done < 0 ? done : sd_bus_message_open_container(raw, 'e', "sa{sv}");
    done = done < 0 ? done : sd_bus_message_append_basic(raw, 's', rows.name);
    done = done < 0 ? done : putProperties(raw, rows, target, [](def::Changes) { return true; });
    done = done < 0 ? done : sd_bus_message_close_container(raw);
    done = done < 0 ? done : sd_bus_message_close_container(raw);
    if (done >= 0) {
        target.session->deliver(raw);
    }
}

void sendRemoved(Session& session, const std::string& path, const InterfaceRows& rows) {
    const Message signal = session.newSignal(kRootPath, kObjectManager, "InterfacesRemoved");
    const std::vector<std::string> names{rows.name};
    if (signal && putAll(signal.get(), ObjectPath{path}, names) >= 0) {
        session.deliver(signal.get());
    }
}

void onObject(Target& target, const tapi::TapiObjectEvent& event) {
    using Kind = tapi::TapiObjectEvent::Kind;
    if (event.kind == Kind::AddressCreate || event.kind == Kind::AddressRemove) {
        target.address = event.address;
        const std::string path = addressPath(event.address->id());
        event.kind == Kind::AddressCreate ? sendAdded(target, path, addressRows())
                                          : sendRemoved(*target.session, path, addressRows());
        sendChanged(target, kRootPath, tapiRows());
    } else if (event.kind == Kind::PhoneCreate || event.kind == Kind::PhoneRemove) {
        target.phone = event.phone;
        const std::string path = phonePath(event.phone->id());
        event.kind == Kind::PhoneCreate ? sendAdded(target, path, phoneRows())
                                        : sendRemoved(*target.session, path, phoneRows());
        sendChanged(target, kRootPath, tapiRows());
    }
}

void callChanged(Target& target, const std::shared_ptr<tapi::Call>& call) {
    target.call = call;
    sendChanged(target, callPath(call->id()), callRows());
}

}  // namespace

void sendPropertyChanges(Session& session, const tapi::Event& event) {
    Target target;
    target.session = session.shared_from_this();
    if (const auto* object = std::get_if<tapi::TapiObjectEvent>(&event)) {
        onObject(target, *object);
    } else if (const auto* line = std::get_if<tapi::AddressEvent>(&event)) {
        target.address = line->address;
        sendChanged(target, addressPath(line->address->id()), addressRows());
    } else if (const auto* made = std::get_if<tapi::CallNotificationEvent>(&event)) {
        target.call = made->call;
        sendAdded(target, callPath(made->call->id()), callRows());
    } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
        callChanged(target, state->call);
    } else if (const auto* info = std::get_if<tapi::CallInfoChangeEvent>(&event)) {
        callChanged(target, info->call);
    }
}

}  // namespace tipring::rpc
