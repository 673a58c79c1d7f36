// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/api/translation.h"
#include "tipring/tapi_core/manager/contract.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::core {

/// The configuration of one provider: values by key, handed to it through TspiHost::configGet.
using ProviderConfig = std::map<std::string, std::string, std::less<>>;

/// The line/phone manager: keeps providers, lines, calls and requests, and gives each application
/// its own Tapi. Thread: the loop's (providers may call back from any thread; it queues).
class LineManager {
public:
    /// `stateDirectory`: where stable line ids ("lines.json") and priorities of applications
    /// ("priorities.json") are kept; empty: not kept.
    explicit LineManager(hal::EventLoop& loop, std::string stateDirectory = {});
    /// Ends all calls, closes all lines, shuts the providers down, the last one first. Replies and
    /// events under way are dropped. Not from inside an event or a reply.
    ~LineManager();

    /// A provider linked into the program. The table must outlive the manager.
    hal::Result<void> addProvider(const TspiProvider& table, ProviderConfig config);
    /// A provider in a shared library: its TSPI_ENTRY_POINT is called. A library of another ABI
    /// version is refused, and the error says which versions met.
    hal::Result<void> loadProvider(const std::string& libraryPath, ProviderConfig config);

    /// The dial rules of all applications (Tapi::translation); each is told when they change.
    void setDialRules(std::unique_ptr<tapi::AddressTranslation> rules);

    /// One application's view. When it dies, calls that it alone owned are dropped, and its replies
    /// and events under way with them; it may die inside one of its own events.
    std::unique_ptr<tapi::Tapi> createApplication(std::string name);

    /// How providers broke the contract: the last breaches of each, in order. Any thread.
    [[nodiscard]] std::vector<ContractBreach> breaches() const;
    /// Called for each breach from now on, on the loop's thread in a turn of its own; for those of
    /// the shut-down before ~LineManager returns. One observer; an empty one ends it.
    void observeBreaches(BreachObserver observer);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::core
