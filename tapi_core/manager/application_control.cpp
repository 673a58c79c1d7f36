// SPDX-License-Identifier: Apache-2.0
// Applications, what they register for, and which calls they see.
#include <algorithm>
#include <utility>

#include "core.h"

namespace tipring::core {

std::shared_ptr<ApplicationRecord> Core::addApplication(std::string name) {
    auto application = std::make_shared<ApplicationRecord>();
    application->name = std::move(name);
    application->core = weak_from_this();
    application->requestPriority = priorities_.forRequests(application->name);
    applications_.push_back(application);
    return application;
}

void Core::removeApplication(const ApplicationPtr& application) {
    application->closed = true;
    assisted_.removeApplication(*application);
    phones_.removeApplication(*application);
    applications_.erase(std::remove(applications_.begin(), applications_.end(), application),
                        applications_.end());
    for (const LinePtr& line : lines_) {
        auto& all = line->registrations;
        all.erase(std::remove_if(
                      all.begin(), all.end(),
                      [&](const Registration& each) { return each.application == application; }),
                  all.end());
        const auto calls = line->calls;
        for (const CallPtr& call : calls) {
            listening_.leave(*call, *application);
            ownership_.leave(call, *application);
        }
        updateMediaDetection(line);
        releaseLine(line);
    }
}

hal::Result<tapi::RegistrationCookie> Core::addRegistration(const LinePtr& line,
                                                            const ApplicationPtr& application,
                                                            const tapi::CallNotification& wanted) {
    if (!wanted.owner && !wanted.monitor) {
        return hal::fail(hal::ErrorCode::InvalCallPrivilege,
                         "a registration is for owner, for monitor, or for both");
    }
    if (wanted.mediaModes.empty()) {
        return hal::fail(hal::ErrorCode::InvalMediaMode, "a registration needs a media mode");
    }
    if (auto opened = openLine(line); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    line->registrations.push_back({nextCookie_, application, wanted});
    lineServices_.updateStatusMessages(line);
    updateMediaDetection(line);
    return nextCookie_++;
}

void Core::setDialRules(std::unique_ptr<tapi::AddressTranslation> rules) {
    dialRulesChange_.reset();
    dialRules_ = std::move(rules);
    if (!dialRules_) {
        return;
    }
    dialRulesChange_ = dialRules_->onChange([this] {
        for (const ApplicationPtr& application : applications_) {
            outbox_->event(application,
                           tapi::TapiObjectEvent{tapi::TapiObjectEvent::Kind::TranslateChange, {}});
        }
    });
}

tapi::RegistrationCookie Core::addRequestRecipient(const ApplicationPtr& application) {
    const tapi::RegistrationCookie cookie = nextCookie_++;
    assisted_.addRecipient(application, cookie, application->requestPriority);
    return cookie;
}

hal::Result<void> Core::removeRegistration(const ApplicationRecord& application,
                                           tapi::RegistrationCookie cookie) {
    if (assisted_.removeRecipient(application, cookie)) {
        return {};
    }
    for (const LinePtr& line : lines_) {
        auto& all = line->registrations;
        const auto found = std::find_if(all.begin(), all.end(), [&](const Registration& each) {
            return each.cookie == cookie && each.application.get() == &application;
        });
        if (found == all.end()) {
            continue;
        }
        all.erase(found);
        // Who never heard of a call does not keep it.
        for (const auto& unheard : outbox_->drop(cookie)) {
            const auto view = std::static_pointer_cast<CallView>(unheard);
            if (!view->heard) {
                listening_.leave(*view);
                ownership_.forget(view);
            }
        }
        updateMediaDetection(line);
        releaseLine(line);
        return {};
    }
    return hal::fail(hal::ErrorCode::NotRegistered, "this application has no such registration");
}

std::shared_ptr<AddressView> Core::addressFor(const ApplicationPtr& application,
                                              const LinePtr& line) {
    auto& view = application->addresses[line->id];
    if (!view) {
        view = std::make_shared<AddressView>(line, application);
    }
    return view;
}

/// Calls that the application takes part in; if it registered for the line, the others as monitor.
std::vector<std::shared_ptr<tapi::Call>> Core::visibleCalls(const LinePtr& line,
                                                            const ApplicationPtr& application) {
    const auto registration =
        std::find_if(line->registrations.begin(), line->registrations.end(),
                     [&](const Registration& each) { return each.application == application; });
    std::vector<std::shared_ptr<tapi::Call>> out;
    for (const CallPtr& call : line->calls) {
        const auto found =
            std::find_if(call->views.begin(), call->views.end(),
                         [&](const auto& view) { return view->application == application; });
        if (found != call->views.end()) {
            out.push_back(*found);
        } else if (registration != line->registrations.end() && call->announced) {
            out.push_back(ownership_.join(call, *registration));
        } else {
            continue;
        }
        static_cast<CallView&>(*out.back()).heard = true;
    }
    return out;
}

}  // namespace tipring::core
