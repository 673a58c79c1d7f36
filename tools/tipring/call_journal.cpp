// SPDX-License-Identifier: Apache-2.0
#include "call_journal.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "event_text.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using hal::Result;

// A lock is held for milliseconds; a full disk or a broken file waits for a person.
constexpr auto kRetryLocked = 500ms;
constexpr auto kRetryBroken = 30s;

std::string lineIdOf(const tapi::Call& call) {
    const auto address = call.address();
    if (!address) {
        return "unknown";
    }
    const std::string& id = address->capabilities().permanentId;
    return id.empty() ? address->name() : id;
}

/// Who is at the other end.
void takeParty(CallRecord& record, const tapi::CallInfo& info) {
    const bool outgoing = record.direction == CallRecord::Direction::Outgoing;
    const tapi::Party& party = outgoing ? info.called : info.caller;
    record.number = party.number;
    record.numberStatus = statusWord(party.numberStatus);
    record.name = party.name;
    record.nameStatus = statusWord(party.nameStatus);
    if (info.networkTime) {
        record.networkTime = networkTimeText(*info.networkTime);
    }
}

}  // namespace

CallJournal::CallJournal(hal::EventLoop& loop, std::string path, Trouble trouble)
    : loop_(loop),
      path_(std::move(path)),
      trouble_(std::move(trouble)),
      writeTimer_(loop, [this] { writeSoon(); }) {}

void CallJournal::prepare() {
    if (path_.empty() || log_) {
        return;
    }
    if (auto opened = openLog(); !opened && !std::exchange(troubleTold_, true)) {
        trouble_(opened.error());
    }
}

CallJournal::Entry& CallJournal::entryFor(const tapi::Call& call) {
    auto [found, isNew] = calls_.try_emplace(call.id());
    if (isNew) {
        CallRecord& record = found->second.record;
        record.line = lineIdOf(call);
        record.start = loop_.wallNow();
        takeParty(record, call.info());
        if (const auto address = call.address()) {
            record.rings = std::exchange(rings_[address->id()], 0);
        }
    }
    return found->second;
}

void CallJournal::addOutgoing(const tapi::Call& call, std::string number) {
    Entry& entry = entryFor(call);
    entry.record.direction = CallRecord::Direction::Outgoing;
    entry.named = true;
    entry.record.rings = 0;
    entry.record.number = std::move(number);
    entry.record.numberStatus = "ok";
    touch(entry);
}

void CallJournal::setRecording(const tapi::Call& call, std::string path) {
    Entry& entry = entryFor(call);
    entry.record.recording = std::move(path);
    touch(entry);
}

void CallJournal::onEvent(const tapi::Event& event) {
    if (const auto* ring = std::get_if<tapi::AddressEvent>(&event)) {
        noteRing(*ring);
    } else if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
        Entry& entry = entryFor(*fresh->call);
        if (fresh->call->info().origin == tapi::CallOrigin::Outbound) {  // a telephone's own
            entry.record.direction = CallRecord::Direction::Outgoing;
        }
        touch(entry);
    } else if (const auto* info = std::get_if<tapi::CallInfoChangeEvent>(&event)) {
        const auto found = calls_.find(info->call->id());
        if (found != calls_.end() && !found->second.named) {
            takeParty(found->second.record, info->call->info());
            touch(found->second);
        }
    } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
        noteState(*state);
    }
}

void CallJournal::noteRing(const tapi::AddressEvent& event) {
    if (event.kind != tapi::AddressEvent::Kind::Ringing || !event.address) {
        return;
    }
    for (const auto& call : event.address->calls()) {
        const auto found = calls_.find(call->id());
        if (found != calls_.end() && !found->second.record.answer && !found->second.record.end) {
            found->second.record.rings = event.ringCount + 1;
            found->second.dirty = true;
            return;
        }
    }
    rings_[event.address->id()] = event.ringCount + 1;
}

void CallJournal::noteState(const tapi::CallStateEvent& event) {
    const auto found = calls_.find(event.call->id());
    if (found == calls_.end()) {
        return;
    }
    CallRecord& record = found->second.record;
    if (event.lineState == tapi::LineCallState::Connected && !record.answer) {
        record.answer = loop_.wallNow();
    } else if (event.lineState == tapi::LineCallState::Disconnected && record.cause.empty()) {
        record.cause = disconnectText(event);
    } else if (event.lineState == tapi::LineCallState::Idle && !record.end) {
        record.end = loop_.wallNow();
    } else {
        return;
    }
    touch(found->second);
}

void CallJournal::touch(Entry& entry) {
    entry.dirty = true;
    if (!path_.empty() && !writeTimer_.armed()) {
        writeTimer_.arm(0ms);
    }
}

void CallJournal::writeSoon() {
    if (auto done = flush(); !done) {
        if (!std::exchange(troubleTold_, true)) {
            trouble_(done.error());
        }
        writeTimer_.arm(done.error().code == hal::ErrorCode::InUse ? hal::Duration(kRetryLocked)
                                                                   : hal::Duration(kRetryBroken));
    } else {
        troubleTold_ = false;
    }
}

Result<void> CallJournal::flush() {
    Result<void> outcome;
    for (auto it = calls_.begin(); it != calls_.end();) {
        Entry& entry = it->second;
        if (entry.dirty && !path_.empty()) {
            if (auto written = write(entry); !written) {
                outcome = written;
            }
        }
        if (entry.record.end) {
            lastEnded_ = entry.record;
        }
        it = entry.record.end && (!entry.dirty || path_.empty()) ? calls_.erase(it) : std::next(it);
    }
    return outcome;
}

Result<void> CallJournal::openLog() {
    const auto folder = std::filesystem::path(path_).parent_path();
    std::error_code error;
    if (!folder.empty()) {
        std::filesystem::create_directories(folder, error);
    }
    if (error) {
        return hal::failSystem(fmt::format("call log: cannot make the folder {}", folder.string()),
                               error.value());
    }
    auto opened = CallLog::open(path_);
    if (!opened) {
        return tl::unexpected(opened.error());
    }
    log_ = std::move(*opened);
    return {};
}

Result<void> CallJournal::write(Entry& entry) {
    if (!log_) {
        if (auto opened = openLog(); !opened) {
            return opened;
        }
    }
    if (entry.record.id == 0) {
        auto row = log_->insert(entry.record);
        if (!row) {
            return tl::unexpected(row.error());
        }
        entry.record.id = *row;
    } else if (auto done = log_->update(entry.record); !done) {
        return done;
    }
    entry.dirty = false;
    return {};
}

}  // namespace tipring::tools
