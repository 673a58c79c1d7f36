// SPDX-License-Identifier: Apache-2.0
#include "interface_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

#include "interface_values.h"

namespace tipring::core {
namespace {

constexpr std::size_t kLongestName = 255;  // D-Bus, "Valid Names"
constexpr std::size_t kLongestText = 4096;
constexpr std::uint32_t kMaxMembers = 1024;
constexpr std::string_view kTypes = "biuxtdsy";

auto wrong(std::string why) {
    return hal::fail(hal::ErrorCode::InvalParam, std::move(why));
}

std::string bounded(const char* text, std::size_t limit) {
    return text == nullptr ? std::string() : std::string(text, ::strnlen(text, limit));
}

bool isWord(std::string_view name) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return !name.empty() && name.size() <= kLongestName && letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

/// Two words at least, with dots between.
bool isInterfaceName(std::string_view name) {
    std::size_t words = 0;
    if (name.size() > kLongestName) {
        return false;
    }
    while (true) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        if (!isWord(name.substr(0, dot))) {
            return false;
        }
        ++words;
        if (dot == name.size()) {
            return words >= 2;
        }
        name.remove_prefix(dot + 1);
    }
}

hal::Result<std::vector<tapi::InterfaceArgument>> argumentsOf(const std::string& member,
                                                              const TspiArgument* arguments,
                                                              std::uint32_t count) {
    if (count > kMaxInterfaceValues || (arguments == nullptr && count > 0)) {
        return wrong(fmt::format("{} has {} arguments{}", member, count,
                                 arguments == nullptr ? " at NULL" : ""));
    }
    std::vector<tapi::InterfaceArgument> out;
    for (const TspiArgument& argument : std::span(arguments, count)) {
        const std::string name = bounded(argument.name, kLongestName + 1);
        if (!isWord(name)) {
            return wrong(fmt::format("{} has an argument without a name", member));
        }
        if (argument.type > 0x7F || kTypes.find(static_cast<char>(argument.type)) == kTypes.npos) {
            return wrong(fmt::format("argument {} of {} has the unknown type {:#x}", name, member,
                                     argument.type));
        }
        out.push_back({name, static_cast<char>(argument.type)});
    }
    return out;
}

hal::Result<void> readMethods(const TspiInterface& in, tapi::InterfaceDescription& out) {
    std::set<std::string> seen;
    for (const TspiMethod& method : std::span(in.methods, in.methodCount)) {
        tapi::InterfaceMethod made;
        made.name = bounded(method.name, kLongestName + 1);
        made.text = bounded(method.text, kLongestText);
        if (!isWord(made.name) || !seen.insert(made.name).second) {
            return wrong(fmt::format("method name \"{}\" is none, or there twice", made.name));
        }
        auto arguments = argumentsOf(made.name, method.in, method.inCount);
        auto results = argumentsOf(made.name, method.out, method.outCount);
        if (!arguments || !results) {
            return tl::unexpected((arguments ? results : arguments).error());
        }
        made.in = std::move(*arguments);
        made.out = std::move(*results);
        out.methods.push_back(std::move(made));
    }
    return {};
}

hal::Result<void> readEvents(const TspiInterface& in, tapi::InterfaceDescription& out) {
    std::set<std::string> seen;
    for (const TspiInterfaceSignal& signal : std::span(in.events, in.eventCount)) {
        tapi::InterfaceEvent made;
        made.name = bounded(signal.name, kLongestName + 1);
        made.text = bounded(signal.text, kLongestText);
        if (!isWord(made.name) || !seen.insert(made.name).second) {
            return wrong(fmt::format("event name \"{}\" is none, or there twice", made.name));
        }
        auto arguments = argumentsOf(made.name, signal.arguments, signal.count);
        if (!arguments) {
            return tl::unexpected(std::move(arguments.error()));
        }
        made.arguments = std::move(*arguments);
        out.events.push_back(std::move(made));
    }
    return {};
}

}  // namespace

hal::Result<tapi::InterfaceDescription> describeInterface(const TspiInterface& in,
                                                          const std::string& provider) {
    tapi::InterfaceDescription out;
    out.name = bounded(in.name, kLongestName + 1);
    out.text = bounded(in.text, kLongestText);
    out.version = in.version;
    out.provider = provider;
    if (!isInterfaceName(out.name)) {
        return wrong(
            fmt::format("\"{}\" is no name of an interface, as org.example.Modem is", out.name));
    }
    if (in.version == 0) {
        return wrong("version 0: they count from 1");
    }
    if (in.object < TSPI_OBJECT_TAPI || in.object > TSPI_OBJECT_CALLHUB) {
        return wrong(fmt::format("object {} is none that can have interfaces", in.object));
    }
    out.object = static_cast<tapi::ObjectKind>(in.object);
    const bool methods = in.methods != nullptr || in.methodCount == 0;
    const bool events = in.events != nullptr || in.eventCount == 0;
    if (!methods || !events || in.methodCount > kMaxMembers || in.eventCount > kMaxMembers) {
        return wrong(fmt::format("{} methods and {} events, at NULL or too many", in.methodCount,
                                 in.eventCount));
    }
    auto read = readMethods(in, out);
    if (read) {
        read = readEvents(in, out);
    }
    if (!read) {
        return tl::unexpected(std::move(read.error()));
    }
    return out;
}

}  // namespace tipring::core
