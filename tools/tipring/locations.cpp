// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "console.h"
#include "dial_rules.h"
#include "json_line.h"

namespace tipring::tools {
namespace {

using hal::Result;

JsonLine toJson(const tapi::Location& location, bool current) {
    JsonLine line;
    line.set("id", static_cast<std::uint32_t>(location.id)).set("name", location.name);
    line.set("country", location.country).setUnlessEmpty("area", location.area);
    line.set("current", current).set("pulse", location.pulse);
    line.setUnlessEmpty("localAccess", location.localAccess);
    line.setUnlessEmpty("longDistanceAccess", location.longDistanceAccess);
    line.setUnlessEmpty("internationalAccess", location.internationalAccess);
    line.setUnlessEmpty("longDistanceCarrier", location.longDistanceCarrier);
    line.setUnlessEmpty("internationalCarrier", location.internationalCarrier);
    line.setUnlessEmpty("cancelCallWaiting", location.cancelCallWaiting);
    line.set("tollPrefixes", location.tollPrefixes).set("localAreas", location.localAreas);
    line.set("emergency", location.emergency);
    line.set("card", static_cast<std::uint32_t>(location.preferredCard));
    return line;
}

void row(Console& console, const tapi::Location& location, bool current) {
    console.result(fmt::format("{} {:>4}  {:<24} {}  {}", current ? '*' : ' ',
                               static_cast<std::uint32_t>(location.id), location.name,
                               location.country, location.area));
    console.object(toJson(location, current));
}

void field(Console& console, const char* name, const std::string& value) {
    if (!value.empty()) {
        console.result(fmt::format("  {:<22} {}", name, value));
    }
}

std::string cardText(const tapi::AddressTranslation& rules, tapi::CardId id) {
    for (const tapi::CallingCard& card : rules.cards()) {
        if (card.id == id) {
            return fmt::format("{} ({} secret digits)", card.name, card.secretDigits);
        }
    }
    return {};
}

void show(Console& console, const tapi::AddressTranslation& rules, const tapi::Location& location) {
    const bool current = rules.currentLocation().id == location.id;
    row(console, location, current);
    field(console, "local access", location.localAccess);
    field(console, "long-distance access", location.longDistanceAccess);
    field(console, "international access", location.internationalAccess);
    field(console, "long-distance carrier", location.longDistanceCarrier);
    field(console, "international carrier", location.internationalCarrier);
    field(console, "cancel call waiting", location.cancelCallWaiting);
    field(console, "toll prefixes", fmt::format("{}", fmt::join(location.tollPrefixes, " ")));
    field(console, "local areas", fmt::format("{}", fmt::join(location.localAreas, " ")));
    field(console, "emergency", fmt::format("{}", fmt::join(location.emergency, " ")));
    field(console, "dialling", location.pulse ? "pulse" : "tone");
    field(console, "card", cardText(rules, location.preferredCard));
    field(console, "rule, same area", location.rules.sameArea);
    field(console, "rule, long distance", location.rules.longDistance);
    field(console, "rule, international", location.rules.international);
}

Result<void> run(Console& console, const CommonOptions& common, const LocationsCommand& command) {
    const auto rules = openDialRules(common, command.rules);
    if (!rules) {
        return tl::unexpected(rules.error());
    }
    if (!command.use.empty()) {
        return findLocation(**rules, command.use).and_then([&](const tapi::Location& location) {
            return (*rules)->setCurrentLocation(location.id).map([&] {
                console.note(fmt::format("Numbers are dialled from {} now.", location.name));
                console.object(toJson(location, true));
            });
        });
    }
    if (!command.location.empty()) {
        return findLocation(**rules, command.location).map([&](const tapi::Location& location) {
            show(console, **rules, location);
        });
    }
    const tapi::LocationId current = (*rules)->currentLocation().id;
    for (const tapi::Location& location : (*rules)->locations()) {
        row(console, location, location.id == current);
    }
    return {};
}

}  // namespace

ExitCode runLocations(Console& console, const CommonOptions& common,
                      const LocationsCommand& command) {
    if (const auto done = run(console, common, command); !done) {
        console.problem(done.error().cause);
        return exitCodeFor(done.error().code);
    }
    return ExitCode::Ok;
}

}  // namespace tipring::tools
