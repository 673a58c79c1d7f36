// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "outbox.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

struct ApplicationRecord;

/// Assisted telephony: requests to make a call wait here until a recipient takes them. The first
/// recipient, by priority and then by registration, is told of each.
/// Source: tapiRequestMakeCall, lineRegisterRequestRecipient, lineGetRequest. Thread: the loop's.
class AssistedRequests {
public:
    explicit AssistedRequests(std::shared_ptr<Outbox> outbox) : outbox_(std::move(outbox)) {}

    /// It hears at once of what waits. `priority` as the application asked for, last or before.
    void addRecipient(std::shared_ptr<ApplicationRecord> application,
                      tapi::RegistrationCookie cookie, tapi::Priority priority);
    /// False where there is no such registration. What waits goes to the next recipient; without
    /// one it is forgotten, because a call an hour later would be a surprise.
    bool removeRecipient(const ApplicationRecord& application, tapi::RegistrationCookie cookie);
    void removeApplication(const ApplicationRecord& application);
    /// For all its registrations, those to come too if `addRecipient` is given it.
    void setPriority(const ApplicationRecord& application, tapi::Priority priority);

    /// INVALDESTADDRESS, NOREQUESTRECIPIENT, REQUESTQUEUEFULL.
    hal::Result<void> request(const tapi::AssistedRequest& request);
    /// The oldest one: NOTREGISTERED, NOREQUEST.
    hal::Result<tapi::AssistedRequest> take(const ApplicationRecord& application);

    [[nodiscard]] std::size_t waiting() const { return queue_.size(); }

private:
    struct Recipient {
        std::shared_ptr<ApplicationRecord> application;
        tapi::RegistrationCookie cookie = 0;
    };
    using Recipients = std::vector<Recipient>;

    void place(Recipient recipient, tapi::Priority priority);
    void onFirstChanged(tapi::RegistrationCookie before);
    void tell(const Recipient& recipient, const tapi::AssistedRequest& request);
    [[nodiscard]] tapi::RegistrationCookie first() const {
        return recipients_.empty() ? 0 : recipients_.front().cookie;
    }

    std::shared_ptr<Outbox> outbox_;
    Recipients recipients_;                 // the first one is told
    std::size_t highest_ = 0, lowest_ = 0;  // how many of them stand at the front, at the end
    std::deque<tapi::AssistedRequest> queue_;
};

}  // namespace tipring::core
