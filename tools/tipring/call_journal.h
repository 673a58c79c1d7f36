// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "call_log.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::tools {

/// Turns the events of a session into rows of the call log: one row per call, added when the call
/// appears, so that even a crash leaves a trace, and brought up to date until the call is idle.
///
/// A log that cannot be written never holds up a call: the trouble is told once, rows wait in
/// memory and are tried again. Thread: the loop's.
class CallJournal {
public:
    using Trouble = std::function<void(const hal::Error&)>;

    /// `path` empty: no log is kept. Its folder is made if it does not exist.
    CallJournal(hal::EventLoop& loop, std::string path, Trouble trouble);

    /// Opens the log before any call comes, as that takes the longest; trouble is told.
    void prepare();
    void onEvent(const tapi::Event& event);
    /// An outgoing call does not announce itself: name it here before connect().
    void addOutgoing(const tapi::Call& call, std::string number);
    void setRecording(const tapi::Call& call, std::string path);

    /// Writes what waits, now. The error tells why rows are left unwritten.
    hal::Result<void> flush();
    /// The call that ended last; its id is 0 when the row is not in the log.
    [[nodiscard]] const std::optional<CallRecord>& lastEnded() const { return lastEnded_; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    struct Entry {
        CallRecord record;
        bool dirty = true;
        bool named = false;  ///< by addOutgoing()
    };

    Entry& entryFor(const tapi::Call& call);
    void noteRing(const tapi::AddressEvent& event);
    void noteState(const tapi::CallStateEvent& event);
    void touch(Entry& entry);
    void writeSoon();
    hal::Result<void> write(Entry& entry);
    hal::Result<void> openLog();

    hal::EventLoop& loop_;
    std::string path_;
    Trouble trouble_;
    std::optional<CallLog> log_;
    std::map<std::uint64_t, Entry> calls_;          ///< by call id
    std::map<std::uint32_t, std::uint32_t> rings_;  ///< by address id: rings before the call shows
    std::optional<CallRecord> lastEnded_;
    bool troubleTold_ = false;
    hal::Timer writeTimer_;
};

}  // namespace tipring::tools
