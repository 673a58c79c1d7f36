// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "call_record.h"
#include "line_record.h"
#include "outbox.h"
#include "priorities.h"

namespace tipring::core {

/// Who has a call: owners and monitors, how they come to it and how they leave it.
///
/// An incoming call goes to one owner, chosen by media mode and priority; registrations that asked
/// for monitor watch. A call that nobody can own is announced to those who watch and to nobody
/// else, and is never dropped for that: on an analog line that would be answering it and hanging
/// up, under the telephone that rings beside us.
/// Changes of the number of owners or monitors are told to all with the call but the one that
/// caused them. Source: TAPI, call ownership; lineHandoff; lineSetCallPrivilege. Thread: the
/// loop's.
class Ownership {
public:
    using Drop =
        std::function<void(const std::shared_ptr<CallRecord>& call, const std::string& why)>;

    /// `drop` hangs up a call that lost its last owner.
    Ownership(std::shared_ptr<Outbox> outbox, const Priorities& priorities, Drop drop)
        : outbox_(std::move(outbox)), priorities_(priorities), drop_(std::move(drop)) {}

    /// Tells the registrations of the line of a new call.
    void announce(const std::shared_ptr<CallRecord>& call);
    /// The application that made an outgoing call owns it.
    void begin(const std::shared_ptr<CallView>& view);
    /// A late comer, who asked for the calls that exist: as monitor, without a notification.
    std::shared_ptr<CallView> join(const std::shared_ptr<CallRecord>& call,
                                   const Registration& registration);

    /// INVALCALLPRIVILEGE: neither owner nor monitor. INVALCALLSTATE: the sole owner cannot become
    /// a monitor while the call is not idle.
    hal::Result<void> setPrivilege(CallView& view, tapi::CallPrivilege privilege);
    /// TARGETNOTFOUND, TARGETSELF. The giver keeps its privilege; the taker hears a notification
    /// and the state. The caller has checked the giver's right.
    hal::Result<void> handoff(CallView& view, std::string_view applicationName);
    /// INVALMEDIAMODE too.
    hal::Result<void> handoff(CallView& view, tapi::MediaMode mode);

    /// The application has no more to do with the call. Dropped if it was the last owner.
    void leave(const std::shared_ptr<CallRecord>& call, const ApplicationRecord& application);
    /// Its notification was never delivered: the application does not know of the call.
    void forget(const std::shared_ptr<CallView>& view);

    /// Says to all with the call, but to one, what changed.
    void tellOthers(const CallRecord& call, tapi::CallInfoChangeEvent::Item item,
                    const CallView* but, const CallView* norHim = nullptr);

private:
    /// Where a registration stands for one media mode: nothing where it is not meant by it.
    struct Standing;
    [[nodiscard]] const Registration* best(const LineRecord& line, tapi::MediaMode mode,
                                           bool standIns) const;
    [[nodiscard]] const Registration* ownerFor(const CallRecord& call) const;
    std::shared_ptr<CallView> addView(const std::shared_ptr<CallRecord>& call,
                                      const Registration& registration,
                                      tapi::CallPrivilege privilege);
    void give(CallView& giver, const Registration& taker);
    void tellCounts(CallRecord& call, const CallView* cause, const CallView* informed = nullptr);

    std::shared_ptr<Outbox> outbox_;
    const Priorities& priorities_;
    Drop drop_;
};

}  // namespace tipring::core
