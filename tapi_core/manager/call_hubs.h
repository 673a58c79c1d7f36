// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "line_record.h"
#include "outbox.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

class CallView;

/// Calls that belong together, whoever looks at them.
struct HubRecord {
    std::uint64_t id = 0;
    std::vector<std::shared_ptr<CallRecord>> calls;  ///< in the order in which they joined
    bool idle = false;                               ///< it is over
};

/// Which calls belong together, and who is told: everybody with a handle of one of them. A call is
/// in one hub at most. Thread: the loop's.
class CallHubs {
public:
    using CallPtr = std::shared_ptr<CallRecord>;
    using HubPtr = std::shared_ptr<HubRecord>;
    using LinePtr = std::shared_ptr<LineRecord>;
    using ApplicationPtr = std::shared_ptr<ApplicationRecord>;

    CallHubs(std::shared_ptr<Outbox> outbox, const std::vector<LinePtr>& lines)
        : outbox_(std::move(outbox)), lines_(lines) {}

    /// The hub of the call, made where it has none.
    HubPtr of(const CallPtr& call);
    /// From now on `call` belongs to what `other` belongs to; it leaves what it was in.
    void join(const CallPtr& call, const CallPtr& other);
    void leave(const CallPtr& call);
    /// Its ids are known, or others than they were, and the applications know of it.
    void onIds(const CallPtr& call);

    /// INVALPARAM: no level.
    hal::Result<void> track(const LinePtr& line, const ApplicationPtr& application,
                            tapi::CallHubTracking level);
    [[nodiscard]] static tapi::CallHubTracking levelOf(const LineRecord& line);
    /// The provider of a line that was opened is told what is wanted of it.
    void tellProvider(LineRecord& line);

    /// The application's handle of a hub; null where it has none of its calls.
    [[nodiscard]] static std::shared_ptr<tapi::CallHub> viewOf(const ApplicationPtr& application,
                                                               const HubPtr& hub);
    [[nodiscard]] std::vector<std::shared_ptr<tapi::CallHub>> viewsFor(
        const ApplicationPtr& application) const;

private:
    void tell(const HubPtr& hub, tapi::CallHubEvent::Kind kind, const CallPtr& call);
    void add(const CallPtr& call, const HubPtr& hub);
    [[nodiscard]] CallPtr relativeOf(const CallRecord& call) const;

    std::shared_ptr<Outbox> outbox_;
    const std::vector<LinePtr>& lines_;
    std::uint64_t nextId_ = 1;
};

/// A hub as one application sees it.
class HubView final : public tapi::CallHub {
public:
    HubView(std::shared_ptr<HubRecord> hub, std::weak_ptr<ApplicationRecord> application)
        : hub_(std::move(hub)), application_(std::move(application)) {}

    [[nodiscard]] std::uint64_t id() const override { return hub_->id; }
    [[nodiscard]] tapi::CallHubState state() const override {
        return hub_->idle ? tapi::CallHubState::Idle : tapi::CallHubState::Active;
    }
    [[nodiscard]] std::vector<std::shared_ptr<tapi::Call>> calls() const override;
    [[nodiscard]] std::size_t numberOfCalls() const override { return hub_->calls.size(); }
    tapi::Result<void> clear() override;

private:
    const std::shared_ptr<HubRecord> hub_;
    const std::weak_ptr<ApplicationRecord> application_;  // it holds this view
};

}  // namespace tipring::core
