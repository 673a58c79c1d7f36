// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/manager/dial_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "country_rules.h"
#include "number_text.h"
#include "numbering.h"
#include "rule_file.h"
#include "tipring/hal/base/log.h"
#include "translator.h"

namespace tipring::core {
namespace {

using hal::ErrorCode;
using tapi::CardId;
using tapi::Location;
using tapi::LocationId;
using tapi::Result;

const hal::LogCategory kLog{"dial_rules"};

/// Whom a change is told; outlives the rules if a subscription does.
struct Listeners {
    struct Entry {
        std::uint64_t id;
        std::function<void()> callback;
    };
    std::vector<Entry> entries;
    std::uint64_t lastId = 0;

    void tell() const {
        const std::vector<Entry> copy = entries;  // one may unsubscribe another meanwhile
        for (const Entry& entry : copy) {
            if (has(entry.id)) {
                entry.callback();
            }
        }
    }
    [[nodiscard]] bool has(std::uint64_t id) const {
        return std::any_of(entries.begin(), entries.end(),
                           [id](const Entry& entry) { return entry.id == id; });
    }
};

class Subscription final : public tapi::TranslationSubscription {
public:
    Subscription(std::shared_ptr<Listeners> listeners, std::uint64_t id)
        : listeners_(std::move(listeners)), id_(id) {}
    ~Subscription() override {
        std::erase_if(listeners_->entries, [this](const auto& entry) { return entry.id == id_; });
    }

private:
    std::shared_ptr<Listeners> listeners_;
    std::uint64_t id_;
};

class FileDialRules final : public DialRules {
public:
    FileDialRules(std::string file, RuleBook dropIns, RuleBook own)
        : file_(std::move(file)), dropIns_(std::move(dropIns)), own_(std::move(own)) {
        book_ = merge(dropIns_, own_);
    }

    Result<tapi::Translation> translate(std::string_view address,
                                        const tapi::TranslateOptions& options) const override {
        auto translation = core::translate(address, options, book_);
        if (translation) {
            kLog.debug("translated to {} (results {:#x})", hal::Private{translation->displayable},
                       translation->results.bits());
        } else {
            kLog.debug("no translation: {}", translation.error().text());
        }
        return translation;
    }
    Result<std::string> canonicalOf(std::string_view number, tapi::NumberSource source,
                                    LocationId location) const override {
        const auto found = locationOf(location, book_);
        if (!found) {
            return tl::unexpected(found.error());
        }
        return core::canonicalOf(number, source, *found, book_);
    }
    bool isEmergency(LocationId location, std::string_view dialable) const override {
        const Location* found = book_.find(location);
        return core::isEmergency(found != nullptr ? *found : currentLocation(), dialable);
    }

    std::vector<tapi::Country> countries() const override { return allCountries(book_); }
    std::vector<Location> locations() const override { return book_.locations; }
    std::vector<tapi::CallingCard> cards() const override {
        std::vector<tapi::CallingCard> cards;
        for (const SecretCard& card : book_.cards) {
            cards.push_back({card.id, card.name, card.accessNumber,
                             static_cast<std::uint32_t>(card.digits.size()), card.rules});
        }
        return cards;
    }
    Location currentLocation() const override { return *book_.find(book_.current); }

    Result<void> setCurrentLocation(LocationId id) override {
        if (const auto found = locationOf(id, book_); !found) {
            return tl::unexpected(found.error());
        }
        RuleBook changed = own_;
        changed.current = id;
        return keep(std::move(changed));
    }
    Result<LocationId> addLocation(const Location& location) override {
        if (book_.locations.size() >= kMostEntries) {
            return hal::fail(ErrorCode::ResourceUnavail,
                             fmt::format("there are {} locations already", kMostEntries));
        }
        RuleBook changed = own_;
        changed.lastId = book_.lastId;
        Location added = location;
        added.id = LocationId{takeId(changed)};
        return keepChecked(std::move(changed), added).map([&] { return added.id; });
    }
    Result<void> changeLocation(const Location& location) override {
        if (const auto found = locationOf(location.id, book_); !found) {
            return tl::unexpected(found.error());
        }
        return keepChecked(own_, location);
    }
    Result<void> removeLocation(LocationId id) override {
        if (const auto found = locationOf(id, book_); !found) {
            return tl::unexpected(found.error());
        }
        if (id == book_.current) {
            return hal::fail(ErrorCode::InUse, "the current location cannot be removed");
        }
        if (dropIns_.find(id) != nullptr) {
            return hal::fail(
                ErrorCode::OperationUnavail,
                "the location stands in a drop-in file, and can be removed only there");
        }
        RuleBook changed = own_;
        std::erase_if(changed.locations, [id](const Location& each) { return each.id == id; });
        return keep(std::move(changed));
    }

    Result<CardId> addCard(const tapi::CallingCard& card, const tapi::SecretText& digits) override {
        if (book_.cards.size() >= kMostEntries) {
            return hal::fail(ErrorCode::ResourceUnavail,
                             fmt::format("there are {} cards already", kMostEntries));
        }
        RuleBook changed = own_;
        changed.lastId = book_.lastId;
        const SecretCard added{CardId{takeId(changed)}, card.name, card.accessNumber, digits,
                               card.rules};
        if (auto checked = checkCard(added); !checked) {
            return tl::unexpected(checked.error());
        }
        put(changed, added);
        return keep(std::move(changed)).map([&] { return added.id; });
    }
    Result<void> removeCard(CardId id) override {
        if (book_.find(id) == nullptr) {
            return hal::fail(ErrorCode::InvalCard,
                             fmt::format("there is no card {}", static_cast<std::uint32_t>(id)));
        }
        for (const Location& location : book_.locations) {
            if (location.preferredCard == id) {
                return hal::fail(ErrorCode::InUse,
                                 fmt::format("location \"{}\" prefers the card", location.name));
            }
        }
        if (dropIns_.find(id) != nullptr) {
            return hal::fail(ErrorCode::OperationUnavail,
                             "the card stands in a drop-in file, and can be removed only there");
        }
        RuleBook changed = own_;
        std::erase_if(changed.cards, [id](const SecretCard& each) { return each.id == id; });
        return keep(std::move(changed));
    }

    Result<void> addToTollList(LocationId id, std::string_view address) override {
        return changeTollList(id, address, [](auto& list, const std::string& prefix) {
            if (std::find(list.begin(), list.end(), prefix) == list.end()) {
                list.push_back(prefix);
            }
        });
    }
    Result<void> removeFromTollList(LocationId id, std::string_view address) override {
        return changeTollList(
            id, address, [](auto& list, const std::string& prefix) { std::erase(list, prefix); });
    }

    std::unique_ptr<tapi::TranslationSubscription> onChange(
        std::function<void()> callback) override {
        const std::uint64_t id = ++listeners_->lastId;
        listeners_->entries.push_back({id, std::move(callback)});
        return std::make_unique<Subscription>(listeners_, id);
    }

private:
    template <class Change>
    Result<void> changeTollList(LocationId id, std::string_view address, Change change) {
        auto location = locationOf(id, book_);
        if (!location) {
            return tl::unexpected(location.error());
        }
        const auto prefix = tollPrefixOf(address, *location);
        if (!prefix) {
            return tl::unexpected(prefix.error());
        }
        change(location->tollPrefixes, *prefix);
        return keepChecked(own_, *location);
    }

    Result<void> keepChecked(RuleBook changed, const Location& location) {
        if (auto checked = checkLocation(location, book_); !checked) {
            return checked;
        }
        put(changed, location);
        return keep(std::move(changed));
    }

    /// Nothing has changed unless the file has.
    Result<void> keep(RuleBook changed) {
        if (auto written = writeRuleFile(file_, changed); !written) {
            return written;
        }
        own_ = std::move(changed);
        const LocationId current = book_.current;
        book_ = merge(dropIns_, own_);
        if (book_.current == LocationId{}) {
            book_.current = current;
        }
        kLog.info("dial rules changed; {} locations, {} cards", book_.locations.size(),
                  book_.cards.size());
        const auto listeners = listeners_;  // a callback may end these rules
        listeners->tell();
        return {};
    }

    std::string file_;
    RuleBook dropIns_, own_;
    RuleBook book_;  // both together
    std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();
};

/// Some location is always there, and one of them is current.
Result<void> complete(RuleBook& own, const RuleBook& whole, const std::string& country) {
    if (whole.locations.empty()) {
        Location first;
        first.id = LocationId{whole.lastId + 1};
        first.name = "Home";
        first.country = country.empty() ? "US" : country;
        if (auto checked = checkLocation(first, whole); !checked) {
            return checked;
        }
        put(own, first);
        own.current = first.id;
    } else if (whole.current == LocationId{}) {
        own.current = whole.locations.front().id;
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<DialRules>> DialRules::open(const DialRulesFiles& files) {
    auto dropIns = readDropIns(files.dropInDir);
    if (!dropIns) {
        return tl::unexpected(dropIns.error());
    }
    auto own = readRuleFile(files.configFile);
    if (!own) {
        return tl::unexpected(own.error());
    }
    RuleBook whole = merge(*dropIns, *own);
    if (auto done = complete(*own, whole, files.country); !done) {
        return tl::unexpected(done.error());
    }
    whole = merge(*dropIns, *own);
    if (auto checked = checkBook(whole); !checked) {
        return hal::fail(
            checked.error().code,
            fmt::format("{} (with its drop-ins): {}", files.configFile, checked.error().cause));
    }
    return std::make_unique<FileDialRules>(files.configFile, std::move(*dropIns), std::move(*own));
}

std::string countryOfLocale(std::string_view locale) {
    const auto at = locale.find('_');
    if (at == std::string_view::npos || at + 3 > locale.size()) {
        return {};
    }
    const std::string country(locale.substr(at + 1, 2));
    const std::string_view rest = locale.substr(at + 3);
    const bool ended = rest.empty() || rest[0] == '.' || rest[0] == '@';
    return ended && countryCodeOf(country) != 0 ? country : std::string();
}

std::string countryOfEnvironment() {
    for (const char* variable : {"LC_ALL", "LC_TELEPHONE", "LANG"}) {
        if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') {
            return countryOfLocale(value);
        }
    }
    return {};
}

}  // namespace tipring::core
