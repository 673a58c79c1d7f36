// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/api/types.h"
#include "tipring/tapi_core/tspi/handles.h"

namespace tipring::core {

struct CallRecord;
struct LineRecord;
struct PhoneRecord;
class ProviderRecord;

/// A request that a provider has, or is being asked.
struct PendingRequest {
    using Done = std::function<void(const hal::Result<void>& result)>;

    const char* function = "";  ///< "lineAnswer"
    const ProviderRecord* provider = nullptr;
    std::shared_ptr<LineRecord> line;
    std::shared_ptr<CallRecord> call;  ///< none for a request of the line
    hal::Duration limit{};
    Done done;  ///< called once, on the loop's thread, never from inside the request
    hal::TimePoint due{};
    std::shared_ptr<PhoneRecord> phone{};  ///< of a request of a phone
};

/// Asks a provider for something that completes later: `invoke(id)` calls its function.
using AskProvider = std::function<hal::Result<tapi::RequestId>(
    ProviderRecord& provider, PendingRequest pending,
    const std::function<TSPI_RESULT(tapi::RequestId id)>& invoke)>;

/// Requests under way: ids are positive and unique; each ends once, at the latest when its time is
/// over. Thread: the loop's.
class RequestTable {
public:
    enum class Unknown : std::uint8_t { Never, Twice, Late };

    /// So many may be pending at once, of all applications: more means that one has gone wild.
    static constexpr std::size_t kMaxPending = 4096;

    explicit RequestTable(hal::EventLoop& loop);
    [[nodiscard]] bool full() const { return pending_.size() >= kMaxPending; }

    tapi::RequestId add(PendingRequest request);
    /// An id for what the core replies to by itself.
    [[nodiscard]] tapi::RequestId reserve();
    /// Forgets a request that was refused.
    void withdraw(tapi::RequestId id);
    /// Ends a request.
    void finish(tapi::RequestId id, const hal::Result<void>& result);
    /// Null: it is not pending.
    [[nodiscard]] const PendingRequest* find(tapi::RequestId id) const;
    /// Called for each request whose time is over, before its reply.
    void onExpiry(std::function<void(const PendingRequest& request)> handler) {
        onExpiry_ = std::move(handler);
    }
    /// Why an id is not there, and what it was of.
    struct History {
        Unknown why = Unknown::Never;
        const char* function = "completion";
        std::shared_ptr<LineRecord> line;
    };
    [[nodiscard]] History history(tapi::RequestId id) const;
    /// Ids of what is still pending.
    [[nodiscard]] std::vector<tapi::RequestId> pendingOf(const CallRecord& call) const;
    [[nodiscard]] std::vector<tapi::RequestId> pendingOf(const LineRecord& line) const;
    [[nodiscard]] std::vector<tapi::RequestId> pendingOf(const PhoneRecord& phone) const;
    void clear();

private:
    void remove(tapi::RequestId id, bool late);
    void armTimer();
    void expire();

    hal::EventLoop& loop_;
    std::unordered_map<tapi::RequestId, PendingRequest> pending_;
    std::set<std::pair<hal::TimePoint, tapi::RequestId>> due_;
    tapi::RequestId next_ = 1;
    struct Ended {
        tapi::RequestId id = 0;
        bool late = false;
        const char* function = "";
        std::weak_ptr<LineRecord> line;
    };
    std::array<Ended, 1024> ended_{};  // a ring of the last ones
    std::size_t nextEnded_ = 0;
    hal::Timer timer_;
    std::function<void(const PendingRequest& request)> onExpiry_;
};

}  // namespace tipring::core
