// SPDX-License-Identifier: Apache-2.0
#include "assisted_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "application.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};

bool isControl(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

hal::Result<void> checkRequest(const tapi::AssistedRequest& request) {
    if (request.number.empty() || request.number.size() > tapi::kMaxRequestText) {
        return hal::fail(hal::ErrorCode::InvalDestAddress,
                         fmt::format("a number has 1 to {} characters, this one {}",
                                     tapi::kMaxRequestText, request.number.size()));
    }
    if (std::any_of(request.number.begin(), request.number.end(), isControl)) {
        return hal::fail(hal::ErrorCode::InvalDestAddress,
                         "the number has a control character in it");
    }
    for (const std::string* text : {&request.appName, &request.calledParty, &request.comment}) {
        if (text->size() > tapi::kMaxRequestText) {
            return hal::fail(
                hal::ErrorCode::InvalParam,
                fmt::format("texts of a request have at most {} bytes", tapi::kMaxRequestText));
        }
    }
    return {};
}

}  // namespace

void AssistedRequests::addRecipient(std::shared_ptr<ApplicationRecord> application,
                                    tapi::RegistrationCookie cookie, tapi::Priority priority) {
    const auto before = first();
    place({std::move(application), cookie}, priority);
    onFirstChanged(before);
}

/// The list is: highest, the last who asked first; normal, in order; lowest, in order.
void AssistedRequests::place(Recipient recipient, tapi::Priority priority) {
    auto at = recipients_.begin();
    switch (priority) {
    case tapi::Priority::Highest: ++highest_; break;
    case tapi::Priority::Normal:
        at = recipients_.end() - static_cast<std::ptrdiff_t>(lowest_);
        break;
    case tapi::Priority::Lowest:
        at = recipients_.end();
        ++lowest_;
        break;
    }
    recipients_.insert(at, std::move(recipient));
}

bool AssistedRequests::removeRecipient(const ApplicationRecord& application,
                                       tapi::RegistrationCookie cookie) {
    const auto found =
        std::find_if(recipients_.begin(), recipients_.end(), [&](const Recipient& each) {
            return each.application.get() == &application && each.cookie == cookie;
        });
    if (found == recipients_.end()) {
        return false;
    }
    const auto before = first();
    const auto index = static_cast<std::size_t>(found - recipients_.begin());
    if (index < highest_) {
        --highest_;
    } else if (index >= recipients_.size() - lowest_) {
        --lowest_;
    }
    recipients_.erase(found);
    outbox_->drop(cookie);
    onFirstChanged(before);
    return true;
}

void AssistedRequests::removeApplication(const ApplicationRecord& application) {
    const Recipients all = recipients_;
    for (const Recipient& each : all) {
        if (each.application.get() == &application) {
            removeRecipient(application, each.cookie);
        }
    }
}

void AssistedRequests::setPriority(const ApplicationRecord& application, tapi::Priority priority) {
    const auto before = first();
    const Recipients all = recipients_;
    recipients_.clear();
    const std::size_t high = std::exchange(highest_, 0), low = std::exchange(lowest_, 0);
    Recipients mine;
    for (std::size_t index = 0; index < all.size(); ++index) {
        if (all[index].application.get() == &application) {
            mine.push_back(all[index]);
            continue;
        }
        recipients_.push_back(all[index]);
        highest_ += index < high ? 1 : 0;
        lowest_ += index >= all.size() - low ? 1 : 0;
    }
    for (Recipient& each : mine) {
        place(std::move(each), priority);
    }
    onFirstChanged(before);
}

void AssistedRequests::onFirstChanged(tapi::RegistrationCookie before) {
    if (queue_.empty() || first() == before) {
        return;
    }
    if (recipients_.empty()) {
        kLog.warning("nobody is left to make {} requested calls: they are forgotten",
                     queue_.size());
        queue_.clear();
        return;
    }
    for (const tapi::AssistedRequest& request : queue_) {
        tell(recipients_.front(), request);
    }
}

hal::Result<void> AssistedRequests::request(const tapi::AssistedRequest& request) {
    if (auto checked = checkRequest(request); !checked) {
        return checked;
    }
    if (recipients_.empty()) {
        return hal::fail(hal::ErrorCode::NoRequestRecipient,
                         "no application is there that makes calls for others");
    }
    if (queue_.size() >= tapi::kMaxRequests) {
        return hal::fail(hal::ErrorCode::RequestQueueFull,
                         fmt::format("{} requests wait already; {} does not take them",
                                     queue_.size(), recipients_.front().application->name));
    }
    queue_.push_back(request);
    tell(recipients_.front(), request);
    return {};
}

hal::Result<tapi::AssistedRequest> AssistedRequests::take(const ApplicationRecord& application) {
    const bool registered =
        std::any_of(recipients_.begin(), recipients_.end(),
                    [&](const Recipient& each) { return each.application.get() == &application; });
    if (!registered) {
        return hal::fail(hal::ErrorCode::NotRegistered,
                         "this application is not registered for requests");
    }
    if (queue_.empty()) {
        return hal::fail(hal::ErrorCode::NoRequest, "no request waits");
    }
    tapi::AssistedRequest request = std::move(queue_.front());
    queue_.pop_front();
    return request;
}

void AssistedRequests::tell(const Recipient& recipient, const tapi::AssistedRequest& request) {
    outbox_->event(recipient.application, tapi::RequestEvent{recipient.cookie, request},
                   recipient.cookie);
}

}  // namespace tipring::core
