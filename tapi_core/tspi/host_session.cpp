// SPDX-License-Identifier: Apache-2.0
#include "host_session.h"

#include <cstddef>

namespace tipring::tspi {

std::optional<std::string> HostSession::config(const char* key) const {
    const std::int64_t length = host().configGet(host().context, key, nullptr, 0);
    if (length < 0) {
        return std::nullopt;
    }
    std::string value(static_cast<std::size_t>(length) + 1, '\0');
    host().configGet(host().context, key, value.data(), value.size());
    value.pop_back();
    return value;
}

void HostSession::deviceArrived(const char* deviceKey) {
    init_.lineCreate(init_.context, deviceKey);
}

void HostSession::deviceRemoved(std::uint32_t deviceId) {
    init_.lineRemove(init_.context, deviceId);
}

void HostSession::phoneArrived(const char* deviceKey) {
    if (init_.phoneCreate != nullptr) {
        init_.phoneCreate(init_.context, deviceKey);
    }
}

void HostSession::phoneRemoved(std::uint32_t deviceId) {
    if (init_.phoneRemove != nullptr) {
        init_.phoneRemove(init_.context, deviceId);
    }
}

void HostSession::interfaceResult(const Request& request, std::span<const TspiValue> values) {
    if (init_.interfaceResult != nullptr) {
        init_.interfaceResult(init_.context, request.id(), values.data(),
                              static_cast<std::uint32_t>(values.size()));
    }
}

void HostSession::interfaceEvent(std::uint32_t interfaceIndex, std::uint32_t event,
                                 std::span<const TspiValue> values) {
    if (init_.interfaceEvent != nullptr) {
        init_.interfaceEvent(init_.context, nullptr, nullptr, interfaceIndex, event, values.data(),
                             static_cast<std::uint32_t>(values.size()));
    }
}

TSPI_RESULT HostSession::refuse(const hal::Error& error) const noexcept {
    if (host().size > offsetof(TspiHost, explain) && host().explain != nullptr) {
        host().explain(host().context, error.cause.c_str());
    }
    return tspi::codeOf(error.code);
}

}  // namespace tipring::tspi
