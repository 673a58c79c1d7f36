// SPDX-License-Identifier: Apache-2.0
#include "call_hubs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "application.h"
#include "call_record.h"
#include "core.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
using Kind = tapi::CallHubEvent::Kind;
using tapi::CallHubTracking;

std::shared_ptr<CallView> viewIn(const CallRecord& call, const ApplicationRecord& application) {
    const auto found = std::find_if(call.views.begin(), call.views.end(), [&](const auto& view) {
        return view->application.get() == &application;
    });
    return found == call.views.end() ? nullptr : *found;
}

/// The provider says that the two belong together.
bool related(const CallRecord& one, const CallRecord& other) {
    const auto same = [](std::uint32_t a, std::uint32_t b) { return a != 0 && a == b; };
    return same(one.info.callId, other.info.callId) ||
           same(one.switchRelation, other.info.callId) ||
           same(one.info.callId, other.switchRelation);
}

}  // namespace

CallHubs::HubPtr CallHubs::of(const CallPtr& call) {
    if (!call->hub) {
        auto hub = std::make_shared<HubRecord>();
        hub->id = nextId_++;
        hub->calls.push_back(call);
        call->hub = hub;
        tell(hub, Kind::New, nullptr);
        tell(hub, Kind::Join, call);
    }
    return call->hub;
}

void CallHubs::add(const CallPtr& call, const HubPtr& hub) {
    leave(call);
    hub->calls.push_back(call);
    call->hub = hub;
    tell(hub, Kind::Join, call);
}

void CallHubs::join(const CallPtr& call, const CallPtr& other) {
    const HubPtr hub = of(other);
    if (call->hub != hub) {
        add(call, hub);
    }
}

void CallHubs::leave(const CallPtr& call) {
    const HubPtr hub = std::exchange(call->hub, nullptr);
    if (!hub) {
        return;
    }
    tell(hub, Kind::Leave, call);
    auto& calls = hub->calls;
    if (calls.size() == 1) {
        hub->idle = true;
        tell(hub, Kind::Idle, nullptr);
    }
    calls.erase(std::remove(calls.begin(), calls.end(), call), calls.end());
}

std::shared_ptr<CallRecord> CallHubs::relativeOf(const CallRecord& call) const {
    for (const LinePtr& line : lines_) {
        if (line->provider != call.line->provider) {
            continue;
        }
        for (const CallPtr& each : line->calls) {
            if (each.get() != &call && related(*each, call) &&
                levelOf(*line) != CallHubTracking::None) {
                return each;
            }
        }
    }
    return nullptr;
}

void CallHubs::onIds(const CallPtr& call) {
    const CallHubTracking level = levelOf(*call->line);
    if (level == CallHubTracking::None || call->phase != CallRecord::Phase::Alive) {
        return;
    }
    if (const CallPtr relative = relativeOf(*call)) {
        join(call, relative);
    } else if (level == CallHubTracking::All || call->info.callId != 0) {
        static_cast<void>(of(call));
    }
}

hal::Result<void> CallHubs::track(const LinePtr& line, const ApplicationPtr& application,
                                  CallHubTracking level) {
    if (level != CallHubTracking::None && level != CallHubTracking::Provider &&
        level != CallHubTracking::All) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{} is no level of tracking", static_cast<unsigned>(level)));
    }
    auto& wishes = line->hubWishes;
    std::erase_if(wishes, [&](const LineRecord::HubWish& each) {
        const auto who = each.application.lock();
        return !who || who->closed || who == application;
    });
    if (level != CallHubTracking::None) {
        wishes.push_back({application, level});
    }
    tellProvider(*line);
    for (const CallPtr& call : std::vector(line->calls)) {
        if (call->announced) {
            onIds(call);
        }
    }
    return {};
}

CallHubTracking CallHubs::levelOf(const LineRecord& line) {
    CallHubTracking level = CallHubTracking::None;
    for (const LineRecord::HubWish& each : line.hubWishes) {
        const auto who = each.application.lock();
        level = who && !who->closed ? std::max(level, each.level) : level;
    }
    return level;
}

void CallHubs::tellProvider(LineRecord& line) {
    if (!line.isOpen() || (line.hubWishes.empty() && !line.hubsTold)) {
        return;
    }
    const auto set = line.provider->table().lineSetCallHubTracking;
    if (set == nullptr) {
        return;
    }
    line.hubsTold = true;
    const auto told = line.provider->call("lineSetCallHubTracking", set, line.driverLine,
                                          static_cast<std::uint32_t>(levelOf(line)));
    if (!told && told.error().code != hal::ErrorCode::OperationUnavail) {
        kLog.warning("line {}: {}", line.name, told.error().text());
    }
}

std::shared_ptr<tapi::CallHub> CallHubs::viewOf(const ApplicationPtr& application,
                                                const HubPtr& hub) {
    if (!hub) {
        return nullptr;
    }
    auto& hubs = application->hubs;
    if (const auto found = hubs.find(hub->id); found != hubs.end()) {
        if (auto kept = found->second.lock()) {
            return kept;
        }
    }
    std::erase_if(hubs, [](const auto& each) { return each.second.expired(); });
    auto view = std::make_shared<HubView>(hub, application);
    hubs[hub->id] = view;
    return view;
}

std::vector<std::shared_ptr<tapi::CallHub>> CallHubs::viewsFor(
    const ApplicationPtr& application) const {
    std::vector<HubPtr> hubs;
    for (const LinePtr& line : lines_) {
        for (const CallPtr& call : line->calls) {
            if (call->hub && viewIn(*call, *application) &&
                std::find(hubs.begin(), hubs.end(), call->hub) == hubs.end()) {
                hubs.push_back(call->hub);
            }
        }
    }
    std::vector<std::shared_ptr<tapi::CallHub>> out;
    std::transform(hubs.begin(), hubs.end(), std::back_inserter(out),
                   [&](const HubPtr& hub) { return viewOf(application, hub); });
    return out;
}

/// To each application that has a handle of one of the calls, once.
void CallHubs::tell(const HubPtr& hub, Kind kind, const CallPtr& call) {
    std::vector<const ApplicationRecord*> told;
    for (const CallPtr& each : hub->calls) {
        for (const auto& view : each->views) {
            const ApplicationPtr& application = view->application;
            if (std::find(told.begin(), told.end(), application.get()) != told.end()) {
                continue;
            }
            told.push_back(application.get());
            tapi::CallHubEvent event{viewOf(application, hub), kind};
            event.call = call ? viewIn(*call, *application) : nullptr;
            event.callbackInstance = view->callbackInstance;
            outbox_->event(application, std::move(event), view->cookie);
        }
    }
}

std::vector<std::shared_ptr<tapi::Call>> HubView::calls() const {
    std::vector<std::shared_ptr<tapi::Call>> out;
    const auto application = application_.lock();
    for (const auto& call : hub_->calls) {
        if (const auto view = application ? viewIn(*call, *application) : nullptr) {
            out.push_back(view);
        }
    }
    return out;
}

tapi::Result<void> HubView::clear() {
    const auto application = application_.lock();
    if (!application) {
        return hal::fail(hal::ErrorCode::InvalAppHandle, "the application's Tapi is gone");
    }
    auto core = coreOf(*application);
    return core ? (*core)->clearHub(*hub_, *application) : tl::unexpected(std::move(core.error()));
}

}  // namespace tipring::core
