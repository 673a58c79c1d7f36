// SPDX-License-Identifier: Apache-2.0
#include "wire/values.h"

#include <cerrno>
#include <string_view>

namespace tipring::rpc {
namespace {

using Get = int (*)(sd_bus_message*, tapi::Value&);

template <class T>
int getOne(sd_bus_message* message, tapi::Value& value) {
    T read{};
    const int result = get(message, read);
    value = std::move(read);
    return result;
}

struct TypeRow {
    char type;
    std::string_view contents;
    Get get;
};
constexpr TypeRow kTypes[] = {
    {'b', "", getOne<bool>},          {'i', "", getOne<std::int32_t>},
    {'u', "", getOne<std::uint32_t>}, {'x', "", getOne<std::int64_t>},
    {'t', "", getOne<std::uint64_t>}, {'d', "", getOne<double>},
    {'s', "", getOne<std::string>},   {'a', "y", getOne<std::vector<std::byte>>},
};

}  // namespace

int putValues(sd_bus_message* message, const std::vector<tapi::Value>& values) {
    int result = 0;
    for (std::size_t i = 0; result >= 0 && i < values.size(); ++i) {
        result = std::visit([&](const auto& value) { return put(message, value); }, values[i]);
    }
    return result;
}

int getValues(sd_bus_message* message, std::vector<tapi::Value>& values) {
    char type = 0;
    const char* contents = nullptr;
    int result = 0;
    while ((result = sd_bus_message_peek_type(message, &type, &contents)) > 0) {
        const TypeRow* row = nullptr;
        for (const TypeRow& one : kTypes) {
            const bool same = one.contents == (contents == nullptr ? "" : contents);
            row = one.type == type && same ? &one : row;
        }
        if (row == nullptr) {
            return -EBADMSG;
        }
        if (result = row->get(message, values.emplace_back()); result < 0) {
            return result;
        }
    }
    return result;
}

}  // namespace tipring::rpc
