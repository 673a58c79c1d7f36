// SPDX-License-Identifier: Apache-2.0
#include "contract_checker.h"

#include <algorithm>
#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr std::size_t kDeadHandles = 1024;
constexpr std::size_t kMaxWaiting = 1024;

struct Name {
    ContractRule rule;
    const char* text;
};
constexpr Name kNames[] = {
    {ContractRule::DoubleCompletion, "double completion"},
    {ContractRule::MissingCompletion, "missing completion"},
    {ContractRule::UnknownRequest, "completion of an unknown request"},
    {ContractRule::ForeignRequest, "completion of another provider's request"},
    {ContractRule::PositiveCompletion, "completion with a positive result"},
    {ContractRule::CompletionAfterShutdown, "completion after shutdown"},
    {ContractRule::WrongRequestId, "positive result that is no request id"},
    {ContractRule::ZeroResult, "zero as result of an asynchronous function"},
    {ContractRule::PositiveResult, "positive result of a synchronous function"},
    {ContractRule::MissingHandle, "success without a handle"},
    {ContractRule::ZeroDeviceHandle, "event for line or phone handle zero"},
    {ContractRule::UnknownDeviceHandle, "event for an unknown line or phone handle"},
    {ContractRule::ForeignDeviceHandle, "event for another provider's line or phone"},
    {ContractRule::EventAfterClose, "event after lineClose or phoneClose"},
    {ContractRule::ZeroCallHandle, "call handle zero"},
    {ContractRule::UnknownCallHandle, "event for an unknown call handle"},
    {ContractRule::EventAfterCallClose, "event after lineCloseCall"},
    {ContractRule::DuplicateCall, "two new calls with one handle"},
    {ContractRule::StaleStream, "sound for a closed stream"},
    {ContractRule::EventAfterIdle, "event after idle"},
    {ContractRule::IdleTwice, "second idle"},
    {ContractRule::LeftIdle, "state after idle"},
    {ContractRule::IllegalMove, "illegal move between states"},
    {ContractRule::NoFirstState, "new call without a state"},
    {ContractRule::EarlyFlood, "flood of early events"},
    {ContractRule::NoIdle, "call without idle"},
    {ContractRule::UnknownGeneration, "end of nothing that was begun"},
    {ContractRule::UnknownMessage, "unknown message"},
    {ContractRule::BadValue, "value out of range"},
    {ContractRule::StructSize, "changed size of a struct"},
    {ContractRule::StructOverrun, "write behind a struct"},
    {ContractRule::UnterminatedText, "unterminated text"},
    {ContractRule::InterfaceValues, "wrong values of an interface"},
    {ContractRule::BlockedLoop, "blocked loop"},
    {ContractRule::ReEntry, "re-entry"},
    {ContractRule::DuplicateDevice, "device that is there already"},
    {ContractRule::UnknownDevice, "unknown device"},
    {ContractRule::LeftBehind, "timers or watches left behind"},
    {ContractRule::Other, "other breach"},
};
static_assert(std::size(kNames) == kContractRules);

/// The managers of the process.
class Checkers {
public:
    void add(std::weak_ptr<ContractChecker> checker) {
        const std::lock_guard lock(mutex_);
        all_.erase(std::remove_if(all_.begin(), all_.end(),
                                  [](const auto& each) { return each.expired(); }),
                   all_.end());
        all_.push_back(std::move(checker));
    }
    std::vector<std::shared_ptr<ContractChecker>> living() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::shared_ptr<ContractChecker>> out;
        for (const auto& each : all_) {
            if (auto checker = each.lock()) {
                out.push_back(std::move(checker));
            }
        }
        return out;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::weak_ptr<ContractChecker>> all_;  // guarded by mutex_
};

Checkers& checkers() {
    static Checkers all;
    return all;
}

void write(const ContractBreach& breach) {
    kLog.warning("contract breach {} by provider {} in {}{}{}: {} ({})", breach.count,
                 breach.provider, breach.function, breach.line.empty() ? "" : " on line ",
                 breach.line, breach.text, name(breach.rule));
}

}  // namespace

const char* name(ContractRule rule) noexcept {
    const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                     [rule](const Name& each) { return each.rule == rule; });
    return found == std::end(kNames) ? "?" : found->text;
}

std::shared_ptr<ContractChecker> ContractChecker::create(hal::EventLoop& loop) {
    auto checker = std::make_shared<ContractChecker>(loop);
    checkers().add(checker);
    return checker;
}

void ContractChecker::report(ContractRule rule, std::string_view provider,
                             std::string_view function, std::string_view line, std::string text) {
    ContractBreach breach{
        rule, std::string(provider), std::string(function), std::string(line), std::move(text), 0};
    {
        const std::lock_guard lock(mutex_);
        History& history = histories_[breach.provider];
        breach.count = ++history.counts[static_cast<std::size_t>(rule)];
        history.last.push_back(breach);
        if (history.last.size() > kKept) {
            history.last.pop_front();
        }
        if (observer_ && waiting_.size() < kMaxWaiting) {
            waiting_.push_back(breach);
        }
        if (!waiting_.empty() && !closed_ && !std::exchange(posted_, true)) {
            loop_.post([weak = weak_from_this()] {
                if (const auto self = weak.lock()) {
                    self->tellObserver();
                }
            });
        }
    }
    if (breach.count <= kLogged || breach.count % kLoggedEvery == 0) {
        write(breach);  // without the lock: a log may do anything
    }
}

void ContractChecker::reportUnknown(ContractRule rule, std::string_view function,
                                    std::string text) {
    const auto all = checkers().living();
    for (const auto& checker : all) {
        checker->report(rule, "?", function, "", text);
    }
    if (all.empty()) {
        write({rule, "?", std::string(function), "", std::move(text), 1});
    }
}

std::vector<ContractBreach> ContractChecker::breaches() const {
    const std::lock_guard lock(mutex_);
    std::vector<ContractBreach> out;
    for (const auto& [provider, history] : histories_) {
        out.insert(out.end(), history.last.begin(), history.last.end());
    }
    return out;
}

std::uint64_t ContractChecker::count(std::string_view provider, ContractRule rule) const {
    const std::lock_guard lock(mutex_);
    const auto found = histories_.find(provider);
    return found == histories_.end() ? 0 : found->second.counts[static_cast<std::size_t>(rule)];
}

void ContractChecker::observe(BreachObserver observer) {
    const std::lock_guard lock(mutex_);
    observer_ = std::move(observer);
}

void ContractChecker::close() {
    tellObserver();
    const std::lock_guard lock(mutex_);
    closed_ = true;
    observer_ = nullptr;
}

void ContractChecker::tellObserver() {
    std::vector<ContractBreach> told;
    BreachObserver observer;
    {
        const std::lock_guard lock(mutex_);
        posted_ = false;
        told.swap(waiting_);
        observer = observer_;
    }
    for (const ContractBreach& breach : told) {
        if (observer) {
            observer(breach);
        }
    }
}

void BreachSource::report(ContractRule rule, std::string_view function, std::string_view line,
                          std::string text) const {
    if (const auto living = checker.lock()) {
        living->report(rule, provider, function, line, std::move(text));
    } else {
        write({rule, provider, std::string(function), std::string(line), std::move(text), 1});
    }
}

DeadHandles& DeadHandles::instance() {
    static DeadHandles handles;
    return handles;
}

void DeadHandles::add(Kind kind, const void* handle, Owner owner) {
    const std::lock_guard lock(mutex_);
    last_.push_front({kind, handle, std::move(owner)});
    if (last_.size() > kDeadHandles) {
        last_.pop_back();
    }
}

DeadHandles::Owner DeadHandles::find(Kind kind, const void* handle) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(last_.begin(), last_.end(), [&](const Entry& each) {
        return each.kind == kind && each.handle == handle;
    });
    return found == last_.end() ? Owner{} : found->owner;
}

}  // namespace tipring::core
