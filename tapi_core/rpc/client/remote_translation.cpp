// SPDX-License-Identifier: Apache-2.0
#include "client/remote_translation.h"

#include <utility>

#include "definition.h"

namespace tipring::rpc {

namespace rules = def::translation;
using tapi::Result;

class RemoteTranslation::Subscription final : public tapi::TranslationSubscription {
public:
    Subscription(std::weak_ptr<Watchers> watchers, int id)
        : watchers_(std::move(watchers)), id_(id) {}
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription() override {
        if (const auto alive = watchers_.lock()) {
            alive->callbacks.erase(id_);
        }
    }

private:
    std::weak_ptr<Watchers> watchers_;
    int id_;
};

template <class R>
R RemoteTranslation::changed(R result) {
    if (result) {
        const auto copy = watchers_->callbacks;
        for (const auto& [id, callback] : copy) {
            callback();
        }
    }
    return result;
}

Result<tapi::Translation> RemoteTranslation::translate(
    std::string_view address, const tapi::TranslateOptions& options) const {
    return link_->call<rules::kTranslate, tapi::Translation>(kRootPath, address, options);
}
Result<std::string> RemoteTranslation::canonicalOf(std::string_view number,
                                                   tapi::NumberSource source,
                                                   tapi::LocationId location) const {
    return link_->call<rules::kCanonicalOf, std::string>(kRootPath, number, source, location);
}
bool RemoteTranslation::isEmergency(tapi::LocationId location, std::string_view dialable) const {
    return link_->call<rules::kIsEmergency, bool>(kRootPath, location, dialable).value_or(true);
}
std::vector<tapi::Country> RemoteTranslation::countries() const {
    using All = std::vector<tapi::Country>;
    return link_->call<rules::kGetCountries, All>(kRootPath).value_or(All{});
}
std::vector<tapi::Location> RemoteTranslation::locations() const {
    using All = std::vector<tapi::Location>;
    return link_->call<rules::kGetLocations, All>(kRootPath).value_or(All{});
}
std::vector<tapi::CallingCard> RemoteTranslation::cards() const {
    using All = std::vector<tapi::CallingCard>;
    return link_->call<rules::kGetCards, All>(kRootPath).value_or(All{});
}
tapi::Location RemoteTranslation::currentLocation() const {
    return link_->call<rules::kGetCurrentLocation, tapi::Location>(kRootPath).value_or(
        tapi::Location{});
}
Result<void> RemoteTranslation::setCurrentLocation(tapi::LocationId id) {
    return changed(link_->call<rules::kSetCurrentLocation>(kRootPath, id));
}
Result<tapi::LocationId> RemoteTranslation::addLocation(const tapi::Location& location) {
    return changed(link_->call<rules::kAddLocation, tapi::LocationId>(kRootPath, location));
}
Result<void> RemoteTranslation::changeLocation(const tapi::Location& location) {
    return changed(link_->call<rules::kChangeLocation>(kRootPath, location));
}
Result<void> RemoteTranslation::removeLocation(tapi::LocationId id) {
    return changed(link_->call<rules::kRemoveLocation>(kRootPath, id));
}
Result<tapi::CardId> RemoteTranslation::addCard(const tapi::CallingCard& card,
                                                const tapi::SecretText& digits) {
    return changed(link_->call<rules::kAddCard, tapi::CardId>(kRootPath, card, digits));
}
Result<void> RemoteTranslation::removeCard(tapi::CardId id) {
    return changed(link_->call<rules::kRemoveCard>(kRootPath, id));
}
Result<void> RemoteTranslation::addToTollList(tapi::LocationId location, std::string_view address) {
    return changed(link_->call<rules::kAddToTollList>(kRootPath, location, address));
}
Result<void> RemoteTranslation::removeFromTollList(tapi::LocationId location,
                                                   std::string_view address) {
    return changed(link_->call<rules::kRemoveFromTollList>(kRootPath, location, address));
}
std::unique_ptr<tapi::TranslationSubscription> RemoteTranslation::onChange(
    std::function<void()> callback) {
    const int id = watchers_->next++;
    watchers_->callbacks.emplace(id, std::move(callback));
    return std::make_unique<Subscription>(watchers_, id);
}

}  // namespace tipring::rpc
