// SPDX-License-Identifier: Apache-2.0
#include "wire/records.h"

namespace tipring::rpc {
namespace {

std::vector<WireArgument> toWire(const std::vector<tapi::InterfaceArgument>& arguments) {
    std::vector<WireArgument> out;
    for (const tapi::InterfaceArgument& one : arguments) {
        out.push_back({one.name, wireType(one.type)});
    }
    return out;
}

std::vector<tapi::InterfaceArgument> fromWire(const std::vector<WireArgument>& arguments) {
    std::vector<tapi::InterfaceArgument> out;
    for (const WireArgument& one : arguments) {
        out.push_back({one.name, one.type.empty() ? 's' : one.type.back()});
    }
    return out;
}

}  // namespace

std::string wireType(char type) {
    return type == 'y' ? std::string("ay") : std::string(1, type);
}

WireInterface toWire(const tapi::InterfaceDescription& description) {
    WireInterface wire{description.name,
                       description.version,
                       description.object,
                       description.provider,
                       description.text,
                       {},
                       {}};
    for (const tapi::InterfaceMethod& one : description.methods) {
        wire.methods.push_back({one.name, one.text, toWire(one.in), toWire(one.out)});
    }
    for (const tapi::InterfaceEvent& one : description.events) {
        wire.events.push_back({one.name, one.text, toWire(one.arguments)});
    }
    return wire;
}

tapi::InterfaceDescription fromWire(const WireInterface& wire) {
    tapi::InterfaceDescription description;
    description.name = wire.name;
    description.version = wire.version;
    description.object = wire.object;
    description.provider = wire.provider;
    description.text = wire.text;
    for (const WireMethod& one : wire.methods) {
        description.methods.push_back({one.name, one.text, fromWire(one.in), fromWire(one.out)});
    }
    for (const WireEvent& one : wire.events) {
        description.events.push_back({one.name, one.text, fromWire(one.arguments)});
    }
    return description;
}

}  // namespace tipring::rpc
