// SPDX-License-Identifier: Apache-2.0
// Dial rules: an address from an application, a number from a caller ID, or (first byte odd) the
// text of a rule file. Whatever it holds: no control character leaves, no digit of a card is shown,
// an emergency number stays as it is, and a rule file that was read reads back the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "rule_book.h"
#include "translator.h"

namespace {

using namespace tipring;  // NOLINT

// Digits that no rule and no country makes on its own.
constexpr const char* kSecret = "73918264507391826450";

const core::RuleBook& book() {
    static const core::RuleBook instance = [] {
        core::RuleBook made;
        std::uint32_t id = 0;
        for (const char* country : {"US", "DE", "BR", "RU", "IT", "AR", "ES", "GB"}) {
            tapi::Location location;
            location.id = tapi::LocationId{++id};
            location.name = country;
            location.country = country;
            location.area = id == 1 ? "206" : id == 2 ? "30" : id == 6 ? "11" : "";
            location.localAccess = id % 2 == 0 ? "9," : "";
            location.longDistanceCarrier = location.internationalCarrier = "15";
            location.cancelCallWaiting = "*70,";
            put(made, location);
        }
        core::SecretCard card;
        card.id = tapi::CardId{1};
        card.name = "Card";
        card.accessNumber = "0800";
        card.digits = tapi::SecretText(kSecret);
        card.rules = {"J,H,G", "J,H,FG", "J,H,EFG"};
        put(made, card);
        made.current = tapi::LocationId{1};
        return made;
    }();
    return instance;
}

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

bool printable(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return false;
        }
    }
    return true;
}

void translateOne(std::string_view text, const tapi::TranslateOptions& options) {
    const auto translation = core::translate(text, options, book());
    if (!translation) {
        const std::string& cause = translation.error().cause;
        require(!cause.empty() && cause.find(kSecret) == std::string::npos);
        return;
    }
    const std::string& dialable = translation->dialable.reveal();
    require(printable(dialable) && printable(translation->displayable));
    const bool shown = translation->displayable.find(kSecret) != std::string::npos;
    require(!shown || text.find(kSecret) != std::string_view::npos);
    if (translation->emergency) {
        require(dialable.find("0800") == std::string::npos ||
                text.find("0800") != std::string_view::npos);
        require(core::isEmergency(*book().find(*options.location), dialable));
    }
    if (translation->results.has(tapi::TranslateResult::NoTranslation)) {
        require(text.starts_with(dialable));
    }
}

void backOne(std::string_view text, const tapi::Location& location) {
    for (const auto source : {tapi::NumberSource::CallerId, tapi::NumberSource::Dialled}) {
        const auto canonical = core::canonicalOf(text, source, location, book());
        if (!canonical) {
            require(!canonical.error().cause.empty());
            continue;
        }
        require(canonical->starts_with('+') && printable(*canonical));
        tapi::TranslateOptions options;
        options.location = location.id;
        options.card = tapi::kDirectDial;
        require(core::translate(*canonical, options, book()).has_value());
    }
}

void readFile(std::string_view text) {
    const auto read = core::readRuleBook(text, "fuzz");
    if (!read) {
        return;
    }
    const auto again = core::readRuleBook(core::writeRuleBook(*read), "again");
    require(again && again->locations == read->locations && again->countries == read->countries &&
            again->cards.size() == read->cards.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) {
        return 0;
    }
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    if ((data[0] & 1) != 0) {
        readFile(text);
        return 0;
    }
    tapi::TranslateOptions options;
    options.location = tapi::LocationId{1 + (data[0] >> 1) % 8u};
    options.cancelCallWaiting = (data[0] & 0x10) != 0;
    options.forceLocal = (data[0] & 0x20) != 0;
    options.forceLongDistance = (data[0] & 0x40) != 0;
    if ((data[0] & 0x80) != 0) {
        options.card = tapi::CardId{1};
    }
    translateOne(text, options);
    backOne(text, *book().find(*options.location));
    return 0;
}
