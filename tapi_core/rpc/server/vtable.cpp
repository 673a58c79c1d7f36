// SPDX-License-Identifier: Apache-2.0
#include "server/vtable.h"

#include <cstring>

namespace tipring::rpc {
namespace {

constexpr std::uint64_t kChangeFlags[] = {
    SD_BUS_VTABLE_PROPERTY_CONST,
    SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE,
    SD_BUS_VTABLE_PROPERTY_EMITS_INVALIDATION,
    0,
};

/// sd-bus wants what a union leaves out to be zero.
sd_bus_vtable blank() {
    sd_bus_vtable entry;
    std::memset(&entry, 0, sizeof entry);
    return entry;
}

std::string typesOf(const std::vector<tapi::InterfaceArgument>& arguments) {
    std::string types;
    for (const tapi::InterfaceArgument& one : arguments) {
        types += wireType(one.type);
    }
    return types;
}

std::string namesOf(const std::vector<tapi::InterfaceArgument>& arguments) {
    std::string names;
    for (const tapi::InterfaceArgument& one : arguments) {
        names += one.name + '\0';
    }
    return names;
}

}  // namespace

Vtable::Vtable(const InterfaceRows& rows) {
    begin();
    for (const MethodRow& row : rows.methods) {
        addMethod(row.member->name, row.member->in, row.member->out, row.member->arguments,
                  row.handler);
    }
    for (const PropertyRow& row : rows.properties) {
        addProperty(row.member->name, row.member->type, row.get,
                    kChangeFlags[static_cast<std::size_t>(row.member->changes)]);
    }
    for (const def::Signal* signal : rows.signals) {
        addSignal(signal->name, signal->in, signal->arguments);
    }
    end();
}

Vtable::Vtable(const tapi::InterfaceDescription& description, sd_bus_message_handler_t handler,
               sd_bus_property_get_t version) {
    begin();
    for (const tapi::InterfaceMethod& one : description.methods) {
        addMethod(keepText(one.name), keepText(typesOf(one.in)), keepText(typesOf(one.out)),
                  keepText(namesOf(one.in) + namesOf(one.out)), handler);
    }
    addProperty("InterfaceVersion", "u", version, SD_BUS_VTABLE_PROPERTY_CONST);
    for (const tapi::InterfaceEvent& one : description.events) {
        addSignal(keepText(one.name), keepText(typesOf(one.arguments)),
                  keepText(namesOf(one.arguments)));
    }
    end();
}

void Vtable::begin() {
    sd_bus_vtable entry = blank();
    entry.type = _SD_BUS_VTABLE_START;
    entry.x.start.element_size = sizeof(sd_bus_vtable);
    entry.x.start.features = _SD_BUS_VTABLE_PARAM_NAMES;
    entry.x.start.vtable_format_reference = &sd_bus_object_vtable_format;
    entries_.push_back(entry);
}

void Vtable::end() {
    sd_bus_vtable entry = blank();
    entry.type = _SD_BUS_VTABLE_END;
    entries_.push_back(entry);
}

void Vtable::addMethod(const char* name, const char* in, const char* out, const char* names,
                       sd_bus_message_handler_t handler) {
    sd_bus_vtable entry = blank();
    entry.type = _SD_BUS_VTABLE_METHOD;
    // Who may call what is the policy's matter, not sd-bus's "privileged" default.
    entry.flags = SD_BUS_VTABLE_UNPRIVILEGED;
    entry.x.method.member = name;
    entry.x.method.signature = in;
    entry.x.method.result = out;
    entry.x.method.handler = handler;
    entry.x.method.names = names;
    entries_.push_back(entry);
}

void Vtable::addProperty(const char* name, const char* type, sd_bus_property_get_t getter,
                         std::uint64_t flags) {
    sd_bus_vtable entry = blank();
    entry.type = _SD_BUS_VTABLE_PROPERTY;
    entry.flags = flags & ((std::uint64_t{1} << 56) - 1);
    entry.x.property.member = name;
    entry.x.property.signature = type;
    entry.x.property.get = getter;
    entries_.push_back(entry);
}

void Vtable::addSignal(const char* name, const char* in, const char* names) {
    sd_bus_vtable entry = blank();
    entry.type = _SD_BUS_VTABLE_SIGNAL;
    entry.x.signal.member = name;
    entry.x.signal.signature = in;
    entry.x.signal.names = names;
    entries_.push_back(entry);
}

const char* Vtable::keepText(std::string text) {
    texts_.push_back(std::make_unique<std::string>(std::move(text)));
    return texts_.back()->c_str();
}

}  // namespace tipring::rpc
