// SPDX-License-Identifier: Apache-2.0
#include "interface_wire.h"

namespace tipring::isolation {
namespace {

/// A list has at least a byte for each entry: a count beyond that is rubbish.
std::uint32_t takeCount(Reader& from) {
    const auto count = from.number<std::uint32_t>();
    if (count > from.left()) {
        from.refuse();
        return 0;
    }
    return count;
}

void putArguments(Writer& to, const TspiArgument* arguments, std::uint32_t count) {
    to.number(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        to.text(arguments[i].name);
        to.number(arguments[i].type);
    }
}

bool hasData(std::uint32_t type) {
    return type == TSPI_TYPE_STRING || type == TSPI_TYPE_BYTES;
}

}  // namespace

void putValues(Writer& to, const TspiValue* values, std::uint32_t count) {
    to.number(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        to.number(values[i].type);
        if (hasData(values[i].type)) {
            to.bytes(values[i].as.data, values[i].size);
        } else {
            to.number(values[i].as.unsignedInteger);
        }
    }
}

std::vector<TspiValue> takeValues(Reader& from) {
    const std::uint32_t count = takeCount(from);
    if (count > kMaxValues) {
        from.refuse();
        return {};
    }
    std::vector<TspiValue> values(count);
    for (TspiValue& value : values) {
        value.type = from.number<std::uint32_t>();
        if (hasData(value.type)) {
            const auto bytes = from.bytes();
            value.as.data = bytes.data();
            value.size = bytes.size();
        } else {
            value.as.unsignedInteger = from.number<std::uint64_t>();
        }
    }
    return values;
}

void putInterfaces(Writer& to, const TspiInterface* interfaces, std::uint32_t count) {
    to.number(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const TspiInterface& each = interfaces[i];
        to.number(each.object);
        to.text(each.name);
        to.number(each.version);
        to.text(each.text);
        to.number(each.methodCount);
        for (std::uint32_t m = 0; m < each.methodCount; ++m) {
            to.text(each.methods[m].name);
            to.text(each.methods[m].text);
            putArguments(to, each.methods[m].in, each.methods[m].inCount);
            putArguments(to, each.methods[m].out, each.methods[m].outCount);
        }
        to.number(each.eventCount);
        for (std::uint32_t e = 0; e < each.eventCount; ++e) {
            to.text(each.events[e].name);
            to.text(each.events[e].text);
            putArguments(to, each.events[e].arguments, each.events[e].count);
        }
    }
}

const char* InterfaceList::text(Reader& from) {
    const Reader::Text read = from.text();
    return read.there ? texts_.emplace_back(read.value).c_str() : nullptr;
}

const TspiArgument* InterfaceList::arguments(Reader& from, std::uint32_t& count) {
    count = takeCount(from);
    auto& list = arguments_.emplace_back(count);
    for (TspiArgument& each : list) {
        each.name = text(from);
        each.type = from.number<std::uint32_t>();
    }
    return list.data();
}

const TspiMethod* InterfaceList::methods(Reader& from, std::uint32_t& count) {
    count = takeCount(from);
    auto& list = methods_.emplace_back();
    for (std::uint32_t i = 0; i < count && from.ok(); ++i) {
        TspiMethod& each = list.emplace_back();
        each.name = text(from);
        each.text = text(from);
        each.in = arguments(from, each.inCount);
        each.out = arguments(from, each.outCount);
    }
    return list.data();
}

const TspiInterfaceSignal* InterfaceList::events(Reader& from, std::uint32_t& count) {
    count = takeCount(from);
    auto& list = events_.emplace_back();
    for (std::uint32_t i = 0; i < count && from.ok(); ++i) {
        TspiInterfaceSignal& each = list.emplace_back();
        each.name = text(from);
        each.text = text(from);
        each.arguments = arguments(from, each.count);
    }
    return list.data();
}

void InterfaceList::read(Reader& from) {
    interfaces_.clear();
    const std::uint32_t count = takeCount(from);
    for (std::uint32_t i = 0; i < count && from.ok(); ++i) {
        TspiInterface& each = interfaces_.emplace_back();
        each.size = sizeof each;
        each.object = from.number<std::uint32_t>();
        each.name = text(from);
        each.version = from.number<std::uint32_t>();
        each.text = text(from);
        each.methods = methods(from, each.methodCount);
        each.events = events(from, each.eventCount);
    }
    if (!from.ok()) {
        interfaces_.clear();
    }
}

}  // namespace tipring::isolation
