// SPDX-License-Identifier: Apache-2.0
#include "translator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "country_rules.h"
#include "dialing_rule.h"
#include "number_text.h"
#include "numbering.h"

namespace tipring::core {
namespace {

using hal::ErrorCode;
using tapi::Location;
using tapi::Result;
using tapi::TranslateResult;
using tapi::Translation;

constexpr std::uint32_t kNorthAmerica = 1;  // the country code that has toll lists
constexpr std::size_t kTollPrefix = 3;

enum class Reach : std::uint8_t { SameArea, LocalArea, LongDistance, International };

struct ModifierResult {
    char modifier;
    TranslateResult result;
};
constexpr std::array<ModifierResult, 5> kModifierResults{{
    {'$', TranslateResult::DialBilling},
    {'@', TranslateResult::DialQuiet},
    {'W', TranslateResult::DialDialTone},
    {'?', TranslateResult::DialPrompt},
    {':', TranslateResult::VoiceDetect},
}};

void add(Translation& translation, TranslateResult result) {
    translation.results = translation.results | result;
}

void addModifiers(Translation& translation, std::string_view dialable) {
    const std::string_view number = dialable.substr(0, dialable.find_first_of("|^"));
    for (const ModifierResult& each : kModifierResults) {
        const bool small = each.modifier == 'W' && number.find('w') != std::string_view::npos;
        if (small || number.find(each.modifier) != std::string_view::npos) {
            add(translation, each.result);
        }
    }
}

/// The end of `shown` that has the digits of `subscriber`, with its punctuation; else the digits.
std::string shownSubscriber(std::string_view shown, const std::string& subscriber) {
    std::size_t missing = subscriber.size();
    std::size_t from = shown.size();
    while (missing > 0 && from > 0) {
        --from;
        if (isDigits(shown.substr(from, 1)) && shown[from] != subscriber[--missing]) {
            return subscriber;
        }
    }
    if (missing > 0) {
        return subscriber;
    }
    const std::string_view part = shown.substr(from);
    const bool bracketsOpen =
        part.find(')') != std::string_view::npos && part.find('(') == std::string_view::npos;
    return bracketsOpen ? subscriber : std::string(part);
}

/// One translation of a canonical address, step by step.
class Job {
public:
    Job(const Location& location, const tapi::TranslateOptions& options, const RuleBook& book)
        : location_(location), options_(options), book_(book) {}

    Result<Translation> run(const CanonicalText& parts) {
        auto number = numberOf(parts);
        if (!number) {
            return tl::unexpected(number.error());
        }
        number_ = std::move(*number);
        translation_.currentCountry = countryCodeOf(location_.country);
        translation_.destinationCountry = number_.countryCode;
        translation_.subaddress = parts.subaddress;
        translation_.name = parts.name;
        add(translation_, TranslateResult::Canonical);
        if (isOwnEmergency(parts)) {
            translation_.emergency = true;
            translation_.dialable = tapi::SecretText(number_.significant);
            translation_.displayable = number_.significant;
            add(translation_, TranslateResult::Local);
            return std::move(translation_);
        }
        translation_.doubt = number_.doubt;
        reach_ = findReach();
        return compose(parts);
    }

private:
    /// An address book may have the emergency number as "+1 911".
    bool isOwnEmergency(const CanonicalText& parts) const {
        return number_.countryCode == translation_.currentCountry && parts.tail.empty() &&
               isEmergency(location_, number_.significant);
    }

    Reach findReach() {
        if (number_.countryCode != translation_.currentCountry) {
            add(translation_, TranslateResult::International);
            return Reach::International;
        }
        const Reach reach = findNationalReach();
        add(translation_,
            reach == Reach::LongDistance ? TranslateResult::LongDistance : TranslateResult::Local);
        return reach;
    }

    Reach findNationalReach() {
        if (options_.forceLongDistance || options_.forceLocal) {
            return options_.forceLocal ? Reach::SameArea : Reach::LongDistance;
        }
        if (!planOf(location_.country).hasAreas) {
            return Reach::SameArea;
        }
        if (!number_.area.empty() && number_.area == location_.area) {
            return isInTollList() ? Reach::LongDistance : Reach::SameArea;
        }
        const auto& near = location_.localAreas;
        const bool local = !number_.area.empty() &&
                           std::find(near.begin(), near.end(), number_.area) != near.end();
        return local ? Reach::LocalArea : Reach::LongDistance;
    }

    bool isInTollList() {
        if (number_.countryCode != kNorthAmerica) {
            return false;
        }
        const auto& list = location_.tollPrefixes;
        const bool listed = std::any_of(list.begin(), list.end(), [this](const auto& prefix) {
            return number_.subscriber.starts_with(prefix);
        });
        add(translation_, listed ? TranslateResult::InTollList : TranslateResult::NotInTollList);
        return listed;
    }

    Result<const SecretCard*> card() const {
        const tapi::CardId id = options_.card.value_or(location_.preferredCard);
        if (id == tapi::kDirectDial) {
            return nullptr;
        }
        const SecretCard* found = book_.find(id);
        if (found == nullptr) {
            return hal::fail(ErrorCode::InvalCard,
                             fmt::format("there is no card {}", static_cast<std::uint32_t>(id)));
        }
        return found;
    }

    const std::string& ruleIn(const tapi::DialingRules& rules) const {
        switch (reach_) {
        case Reach::International: return rules.international;
        case Reach::LongDistance: return rules.longDistance;
        default: return rules.sameArea;
        }
    }

    std::string chooseRule(const SecretCard* card) const {
        if (card != nullptr && !ruleIn(card->rules).empty()) {
            return ruleIn(card->rules);
        }
        if (reach_ == Reach::LocalArea) {
            return "FG";
        }
        if (!ruleIn(location_.rules).empty()) {
            return ruleIn(location_.rules);
        }
        const auto configured = book_.countries.find(location_.country);
        const bool builtIn =
            configured == book_.countries.end() || ruleIn(configured->second).empty();
        if (builtIn && reach_ != Reach::International && !number_.ownForm.empty()) {
            return {};  // departs from the plan's rule, such as +61 1300 without trunk prefix
        }
        return ruleIn(countryRules(location_.country, book_));
    }

    const std::string& access() const {
        if (reach_ == Reach::International && !location_.internationalAccess.empty()) {
            return location_.internationalAccess;
        }
        return reach_ == Reach::International || reach_ == Reach::LongDistance
                   ? location_.longDistanceAccess
                   : location_.localAccess;
    }

    RuleValues valuesFor(const SecretCard* card, const CanonicalText& parts) const {
        RuleValues values;
        values.countryCode = std::to_string(number_.countryCode);
        // From abroad the form that the country itself dials does not count.
        const bool significant = reach_ == Reach::International &&
                                 number_.area + number_.subscriber != number_.significant;
        values.area = significant ? std::string() : number_.area;
        values.subscriber = significant ? number_.significant : number_.subscriber;
        values.shownSubscriber = shownSubscriber(parts.shown, values.subscriber);
        values.longDistanceCarrier = location_.longDistanceCarrier;
        values.internationalCarrier = location_.internationalCarrier;
        if (card != nullptr) {
            values.cardName = card->name;
            values.cardAccess = card->accessNumber;
            values.cardSecret = card->digits.reveal();
        }
        return values;
    }

    Result<RuleText> expand(const SecretCard* card, const CanonicalText& parts) {
        const std::string rule = chooseRule(card);
        translation_.secret = card != nullptr && rule.find('H') != std::string::npos;
        if (rule.empty()) {
            return RuleText{number_.ownForm, shownSubscriber(parts.shown, number_.ownForm)};
        }
        return expandRule(rule, valuesFor(card, parts));
    }

    Result<Translation> compose(const CanonicalText& parts) {
        auto chosen = card();
        if (!chosen) {
            return tl::unexpected(chosen.error());
        }
        auto text = expand(*chosen, parts);
        if (!text) {
            return hal::fail(text.error().code, fmt::format("location \"{}\": {}", location_.name,
                                                            text.error().cause));
        }
        std::string dialable = location_.pulse ? "P" : "T";
        if (options_.cancelCallWaiting) {
            dialable += location_.cancelCallWaiting;
            showPart(translation_.displayable, location_.cancelCallWaiting);
        }
        dialable += access() + text->dialable + parts.tail;
        showPart(translation_.displayable, access());
        showPart(translation_.displayable, text->displayable + parts.tail);
        addModifiers(translation_, dialable);
        translation_.dialable = tapi::SecretText(std::move(dialable));
        return std::move(translation_);
    }

    const Location& location_;
    const tapi::TranslateOptions& options_;
    const RuleBook& book_;
    PlanNumber number_;
    Reach reach_ = Reach::LongDistance;
    Translation translation_;
};

Translation unchanged(const AddressText& address, const Location& location) {
    Translation translation;
    translation.dialable = tapi::SecretText(address.text);
    translation.displayable = address.text;
    translation.currentCountry = countryCodeOf(location.country);
    translation.emergency = isEmergency(location, address.text);
    add(translation, TranslateResult::NoTranslation);
    addModifiers(translation, address.text);
    return translation;
}

}  // namespace

Result<PlanNumber> numberOf(const CanonicalText& parts) {
    std::string digits = parts.countryCode.empty() ? parts.subscriber : parts.countryCode;
    const std::uint32_t code = leadingCountryCode(digits);
    const std::string written = std::to_string(code);
    if (code == 0 || (!parts.countryCode.empty() && written != parts.countryCode)) {
        return hal::fail(ErrorCode::InvalCountryCode,
                         parts.countryCode.empty()
                             ? "the canonical address begins with no country code"
                             : fmt::format("+{} is no country code", parts.countryCode));
    }
    if (!parts.countryCode.empty()) {
        return readNumber(code, parts.area + parts.subscriber, parts.area.size());
    }
    if (digits.size() == written.size()) {
        return hal::fail(ErrorCode::InvalAddress, "the canonical address has no subscriber number");
    }
    return readNumber(code, std::string_view(digits).substr(written.size()));
}

Result<Location> locationOf(std::optional<tapi::LocationId> id, const RuleBook& book) {
    const Location* found = book.find(id.value_or(book.current));
    if (found == nullptr) {
        return hal::fail(ErrorCode::InvalLocation,
                         fmt::format("there is no location {}",
                                     static_cast<std::uint32_t>(id.value_or(book.current))));
    }
    return *found;
}

Result<Translation> translate(std::string_view address, const tapi::TranslateOptions& options,
                              const RuleBook& book) {
    if (options.forceLocal && options.forceLongDistance) {
        return hal::fail(ErrorCode::InvalParam,
                         "a call is forced local or long distance, not both");
    }
    const auto location = locationOf(options.location, book);
    if (!location) {
        return tl::unexpected(location.error());
    }
    const auto text = readAddress(address);
    if (!text) {
        return tl::unexpected(text.error());
    }
    if (!text->canonical) {
        return unchanged(*text, *location);
    }
    return Job(*location, options, book).run(text->parts);
}

Result<std::string> tollPrefixOf(std::string_view address, const Location& location) {
    if (countryCodeOf(location.country) != kNorthAmerica) {
        return hal::fail(ErrorCode::OperationUnavail,
                         fmt::format("toll lists exist under country code 1 only; location \"{}\" "
                                     "is in {}",
                                     location.name, location.country));
    }
    const auto text = readAddress(address);
    if (!text) {
        return tl::unexpected(text.error());
    }
    if (!text->canonical) {
        return hal::fail(ErrorCode::InvalAddress, "a toll list takes canonical addresses");
    }
    const auto number = numberOf(text->parts);
    if (!number) {
        return tl::unexpected(number.error());
    }
    if (number->countryCode != kNorthAmerica || number->area.empty() ||
        number->area != location.area || number->subscriber.size() < kTollPrefix) {
        return hal::fail(
            ErrorCode::InvalAddress,
            fmt::format("the address is not in the area of location \"{}\"", location.name));
    }
    return number->subscriber.substr(0, kTollPrefix);
}

}  // namespace tipring::core
