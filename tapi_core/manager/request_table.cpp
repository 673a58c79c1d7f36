// SPDX-License-Identifier: Apache-2.0
#include "request_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace tipring::core {

RequestTable::RequestTable(hal::EventLoop& loop)
    : loop_(loop), timer_(loop, [this] { expire(); }) {}

tapi::RequestId RequestTable::reserve() {
    while (next_ == 0 || next_ > 0x7FFFFFFF || pending_.contains(next_)) {
        next_ = next_ >= 0x7FFFFFFF ? 1 : next_ + 1;
    }
    return next_++;
}

tapi::RequestId RequestTable::add(PendingRequest request) {
    const tapi::RequestId id = reserve();
    request.due = loop_.now() + request.limit;
    due_.emplace(request.due, id);
    pending_.emplace(id, std::move(request));
    armTimer();
    return id;
}

void RequestTable::withdraw(tapi::RequestId id) {
    remove(id, false);
}

void RequestTable::finish(tapi::RequestId id, const hal::Result<void>& result) {
    const auto found = pending_.find(id);
    if (found != pending_.end()) {
        const PendingRequest::Done done = std::move(found->second.done);
        remove(id, false);
        done(result);
    }
}

const PendingRequest* RequestTable::find(tapi::RequestId id) const {
    const auto found = pending_.find(id);
    return found == pending_.end() ? nullptr : &found->second;
}

RequestTable::History RequestTable::history(tapi::RequestId id) const {
    const auto* found = std::find_if(ended_.begin(), ended_.end(),
                                     [id](const Ended& each) { return each.id == id; });
    if (id == 0 || found == ended_.end()) {
        return {};
    }
    return {found->late ? Unknown::Late : Unknown::Twice, found->function, found->line.lock()};
}

std::vector<tapi::RequestId> RequestTable::pendingOf(const CallRecord& call) const {
    std::vector<tapi::RequestId> ids;
    for (const auto& [id, request] : pending_) {
        if (request.call.get() == &call) {
            ids.push_back(id);
        }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::vector<tapi::RequestId> RequestTable::pendingOf(const LineRecord& line) const {
    std::vector<tapi::RequestId> ids;
    for (const auto& [id, request] : pending_) {
        if (request.line.get() == &line) {
            ids.push_back(id);
        }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::vector<tapi::RequestId> RequestTable::pendingOf(const PhoneRecord& phone) const {
    std::vector<tapi::RequestId> ids;
    for (const auto& [id, request] : pending_) {
        if (request.phone.get() == &phone) {
            ids.push_back(id);
        }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

void RequestTable::clear() {
    timer_.cancel();
    due_.clear();
    pending_.clear();
}

void RequestTable::remove(tapi::RequestId id, bool late) {
    const auto found = pending_.find(id);
    if (found == pending_.end()) {
        return;
    }
    due_.erase({found->second.due, id});
    ended_[nextEnded_] = {id, late, found->second.function, found->second.line};
    pending_.erase(found);
    nextEnded_ = (nextEnded_ + 1) % ended_.size();
    armTimer();
}

void RequestTable::armTimer() {
    if (due_.empty()) {
        timer_.cancel();
    } else {
        timer_.armAt(due_.begin()->first);
    }
}

void RequestTable::expire() {
    while (!due_.empty() && due_.begin()->first <= loop_.now()) {
        const tapi::RequestId id = due_.begin()->second;
        PendingRequest request = std::move(pending_.at(id));
        remove(id, true);
        if (onExpiry_) {
            onExpiry_(request);
        }
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(request.limit);
        request.done(hal::fail(hal::ErrorCode::Timeout,
                               fmt::format("the provider did not complete {} within {} s",
                                           request.function, seconds.count())));
    }
}

}  // namespace tipring::core
