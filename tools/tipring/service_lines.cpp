// SPDX-License-Identifier: Apache-2.0
#include "service_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "tipring/tapi_core/api/address.h"
#include "tipring/tapi_core/rpc/client.h"

namespace tipring::tools {

rpc::BusAddress busAddressOf(std::string_view text) {
    using Kind = rpc::BusAddress::Kind;
    constexpr std::string_view kDirect = "direct:";
    if (text == "system" || text == "session") {
        return {text == "system" ? Kind::System : Kind::Session, {}};
    }
    return text.starts_with(kDirect)
               ? rpc::BusAddress{Kind::Peer, std::string(text.substr(kDirect.size()))}
               : rpc::BusAddress{Kind::Bus, std::string(text)};
}

hal::Result<std::unique_ptr<tapi::Tapi>> connectToService(hal::EventLoop& loop,
                                                          const std::string& bus) {
    auto tapi = rpc::connect(loop, {busAddressOf(bus), "tipring"});
    if (!tapi) {
        return hal::fail(tapi.error().code,
                         fmt::format("no service at --bus={}: {}", bus, tapi.error().cause));
    }
    return tapi;
}

bool isNamed(const tapi::Address& line, const std::vector<std::string>& names) {
    const auto port = line.deviceId("comm/portname");
    return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
               return name == line.name() || name == std::to_string(line.id()) ||
                      name == line.capabilities().permanentId || (port && name == *port);
           });
}

}  // namespace tipring::tools
