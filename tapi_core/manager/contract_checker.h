// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/manager/contract.h"

namespace tipring::core {

/// Keeps the breaches of one manager's providers: the last ones of each, counts by rule, words in
/// the log (not more than a flooded log can bear), and an observer. Thread: any, but close().
class ContractChecker : public std::enable_shared_from_this<ContractChecker> {
public:
    static constexpr std::size_t kKept = 64;             ///< of each provider
    static constexpr std::uint64_t kLogged = 100;        ///< of one rule by one provider
    static constexpr std::uint64_t kLoggedEvery = 1000;  ///< after that

    static std::shared_ptr<ContractChecker> create(hal::EventLoop& loop);
    explicit ContractChecker(hal::EventLoop& loop) : loop_(loop) {}

    void report(ContractRule rule, std::string_view provider, std::string_view function,
                std::string_view line, std::string text);
    /// Of nobody that is known: every manager of the process hears of it.
    static void reportUnknown(ContractRule rule, std::string_view function, std::string text);

    /// The last ones of each provider, by provider, in order.
    [[nodiscard]] std::vector<ContractBreach> breaches() const;
    [[nodiscard]] std::uint64_t count(std::string_view provider, ContractRule rule) const;
    /// Called on the loop's thread in a turn of its own; what is left at the end, by close().
    void observe(BreachObserver observer);
    /// Tells the observer what waits. From then on nothing is posted. Loop's thread.
    void close();

private:
    struct History {
        std::array<std::uint64_t, kContractRules> counts{};
        std::deque<ContractBreach> last;
    };

    void tellObserver();

    hal::EventLoop& loop_;
    mutable std::mutex mutex_;
    std::map<std::string, History, std::less<>> histories_;  // guarded by mutex_
    std::vector<ContractBreach> waiting_;                    // guarded by mutex_
    BreachObserver observer_;                                // guarded by mutex_
    bool posted_ = false, closed_ = false;                   // guarded by mutex_
};

/// Where the breaches of a provider go: it outlives the provider with those who may still hear of
/// it.
struct BreachSource {
    std::weak_ptr<ContractChecker> checker;
    std::string provider;

    void report(ContractRule rule, std::string_view function, std::string_view line,
                std::string text) const;
};

/// Handles of the process that died, and whose they were: a routine that is called too late gets
/// nothing but the handle. The last thousand.
class DeadHandles {
public:
    enum class Kind : std::uint8_t { Session, Line, Phone, Stream };
    struct Owner {
        BreachSource source;
        std::string line;
    };

    static DeadHandles& instance();
    void add(Kind kind, const void* handle, Owner owner);
    /// Empty provider: it was never there, or too long ago.
    [[nodiscard]] Owner find(Kind kind, const void* handle) const;

private:
    struct Entry {
        Kind kind;
        const void* handle;
        Owner owner;
    };
    mutable std::mutex mutex_;
    std::deque<Entry> last_;  // guarded by mutex_
};

}  // namespace tipring::core
