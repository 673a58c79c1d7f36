// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/link.h"
#include "tipring/tapi_core/api/translation.h"

namespace tipring::rpc {

/// The dial rules of the service.
class RemoteTranslation final : public tapi::AddressTranslation {
public:
    explicit RemoteTranslation(std::shared_ptr<Link> link) : link_(std::move(link)) {}

    [[nodiscard]] tapi::Result<tapi::Translation> translate(
        std::string_view address, const tapi::TranslateOptions& options) const override;
    [[nodiscard]] tapi::Result<std::string> canonicalOf(std::string_view number,
                                                        tapi::NumberSource source,
                                                        tapi::LocationId location) const override;
    /// True where the service cannot be asked: such a number must never be barred by mistake.
    [[nodiscard]] bool isEmergency(tapi::LocationId location,
                                   std::string_view dialable) const override;
    [[nodiscard]] std::vector<tapi::Country> countries() const override;
    [[nodiscard]] std::vector<tapi::Location> locations() const override;
    [[nodiscard]] std::vector<tapi::CallingCard> cards() const override;
    [[nodiscard]] tapi::Location currentLocation() const override;
    tapi::Result<void> setCurrentLocation(tapi::LocationId id) override;
    tapi::Result<tapi::LocationId> addLocation(const tapi::Location& location) override;
    tapi::Result<void> changeLocation(const tapi::Location& location) override;
    tapi::Result<void> removeLocation(tapi::LocationId id) override;
    tapi::Result<tapi::CardId> addCard(const tapi::CallingCard& card,
                                       const tapi::SecretText& digits) override;
    tapi::Result<void> removeCard(tapi::CardId id) override;
    tapi::Result<void> addToTollList(tapi::LocationId location, std::string_view address) override;
    tapi::Result<void> removeFromTollList(tapi::LocationId location,
                                          std::string_view address) override;
    /// Called for changes of this client; those of others are told by
    /// TapiObjectEvent::TranslateChange.
    [[nodiscard]] std::unique_ptr<tapi::TranslationSubscription> onChange(
        std::function<void()> callback) override;

private:
    struct Watchers {
        std::map<int, std::function<void()>> callbacks;
        int next = 0;
    };
    class Subscription;
    template <class R>
    R changed(R result);

    std::shared_ptr<Link> link_;
    std::shared_ptr<Watchers> watchers_ = std::make_shared<Watchers>();
};

}  // namespace tipring::rpc
