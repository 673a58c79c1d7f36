// SPDX-License-Identifier: Apache-2.0
// Interfaces of providers: known only at run time.
#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "server/endpoint.h"
#include "wire/values.h"

namespace tipring::rpc {
namespace {

using Queried = tapi::Result<std::shared_ptr<tapi::ProviderInterface>>;

/// In its latest version: that serves earlier asks too.
Queried query(const Target& target, std::string_view name) {
    if (target.call) {
        return target.call->queryInterface(name, 1);
    }
    return target.address ? target.address->queryInterface(name, 1)
                          : target.session->tapi().queryInterface(name, 1);
}

}  // namespace

int Endpoint::versionOfProvided(sd_bus*, const char*, const char* interface, const char*,
                                sd_bus_message* reply, void* found, sd_bus_error*) {
    const auto provided = query(*static_cast<const Target*>(found), interface);
    return put(reply, provided ? (*provided)->description().version : 0U);
}

/// What such a method does only its provider knows.
int Endpoint::callProvided(sd_bus_message* message, void* found, sd_bus_error*) {
    const Target target = *static_cast<const Target*>(found);
    if (target.session->has(Right::Configure)) {
        return askProvider(message, target);
    }
    target.session->ask(
        message, Right::Configure,
        detail::later(target, [](sd_bus_message* m, const Target& t) { (void)askProvider(m, t); }));
    return 1;
}

int Endpoint::askProvider(sd_bus_message* message, const Target& target) {
    Session& session = *target.session;
    auto provided = query(target, sd_bus_message_get_interface(message));
    if (!provided) {
        session.refused(message, provided.error());
        return 1;
    }
    std::vector<tapi::Value> arguments;
    if (getValues(message, arguments) < 0) {
        session.refused(message, {hal::ErrorCode::InvalParam, "an argument does not fit"});
        return 1;
    }
    auto results = std::make_shared<std::vector<tapi::Value>>();
    auto reply =
        session.begin(message, [results](sd_bus_message* out) { return putValues(out, *results); });
    if (!reply) {
        session.refused(message, reply.error());
        return 1;
    }
    auto asked = (*provided)->call(sd_bus_message_get_member(message), std::move(arguments),
                                   [results, answer = *reply, kept = *provided](
                                       const tapi::Result<std::vector<tapi::Value>>& given) {
                                       if (given) {
                                           *results = *given;
                                           answer({});
                                       } else {
                                           answer(tl::unexpected(given.error()));
                                       }
                                   });
    if (asked) {
        session.accepted(message, {});
    } else {
        (*reply)(tl::unexpected(std::move(asked.error())));
    }
    return 1;
}

}  // namespace tipring::rpc
