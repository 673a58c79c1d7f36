// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "call_record.h"
#include "interface_values.h"
#include "outbox.h"
#include "provider_queue.h"
#include "provider_record.h"
#include "request_table.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

class AddressView;

/// One interface of a provider.
struct InterfaceEntry {
    ProviderRecord* provider = nullptr;  ///< null: the provider is gone
    std::uint32_t index = 0;             ///< in the provider's own list
    tapi::InterfaceDescription description;
};

/// The object that an interface was asked of: both null for the provider itself; the line alone for
/// an address.
struct InterfaceTarget {
    std::shared_ptr<LineRecord> line;
    std::shared_ptr<CallView> call;
};

/// What providers add to the standard objects: which interfaces there are, calls of their methods,
/// and their events. Thread: the loop's.
class InterfaceRegistry {
public:
    using ApplicationPtr = std::shared_ptr<ApplicationRecord>;
    using LinePtr = std::shared_ptr<LineRecord>;

    /// What it needs of the core.
    struct Ways {
        AskProvider ask;
        std::function<hal::Result<void>(const LinePtr& line)> openLine;
        std::function<void(const LinePtr& line)> releaseLine;
        std::function<std::shared_ptr<AddressView>(const ApplicationPtr&, const LinePtr&)>
            addressFor;
    };
    InterfaceRegistry(std::shared_ptr<Outbox> outbox, RequestTable& requests,
                      const std::vector<ApplicationPtr>& applications, Ways ways);

    /// Reads a provider's list once. An interface that breaks the rules is left out; the others
    /// stand.
    void read(ProviderRecord& provider);
    /// Interfaces are known no more; handles of applications answer NODEVICE.
    void shutDown();

    [[nodiscard]] std::vector<tapi::InterfaceDescription> all() const;
    /// Those of one provider for one kind of object.
    [[nodiscard]] std::vector<tapi::InterfaceDescription> of(const ProviderRecord* provider,
                                                             tapi::ObjectKind kind) const;
    /// The latest version; a later one serves an earlier ask. `provider` null: of any (ObjectKind
    /// Tapi). INVALFEATURE.
    hal::Result<std::shared_ptr<tapi::ProviderInterface>> query(
        const ProviderRecord* provider, tapi::ObjectKind kind, const ApplicationPtr& application,
        InterfaceTarget target, std::string_view name, std::uint32_t version) const;
    /// The errors of ProviderInterface::call; NODEVICE, INVALCALLHANDLE for an object that is gone.
    hal::Result<tapi::RequestId> call(const InterfaceEntry& entry, const InterfaceTarget& target,
                                      const ApplicationPtr& application, std::string_view method,
                                      const std::vector<tapi::Value>& arguments,
                                      tapi::ValuesReply reply);

    void onResult(ProviderRecord& provider, const ProviderItem& item);
    /// `line` and `call` are those of the item's handles.
    void onEvent(ProviderRecord& provider, const ProviderItem& item, const LinePtr& line,
                 const std::shared_ptr<CallRecord>& call);

private:
    using EntryPtr = std::shared_ptr<InterfaceEntry>;

    /// A method under way.
    struct Running {
        tapi::RequestId id = 0;
        ProviderRecord* provider = nullptr;
        std::string name;  ///< "org.example.Modem.Identify"
        std::vector<tapi::InterfaceArgument> out;
        std::shared_ptr<InterfaceValuesIn> results;
        ApplicationPtr application;
        tapi::ValuesReply reply;
        LinePtr line;
    };

    hal::Result<TspiInterfaceTarget> targetOf(const InterfaceEntry& entry,
                                              const InterfaceTarget& target) const;
    void onDone(const std::shared_ptr<Running>& running, const hal::Result<void>& result);
    hal::Result<std::vector<tapi::Value>> resultsOf(const Running& running) const;
    void tellAddress(tapi::PrivateEvent event, const LinePtr& line) const;
    void tellCall(tapi::PrivateEvent event, const std::shared_ptr<CallRecord>& call) const;
    [[nodiscard]] EntryPtr find(const ProviderRecord& provider, std::uint64_t index) const;

    std::shared_ptr<Outbox> outbox_;
    RequestTable& requests_;
    const std::vector<ApplicationPtr>& applications_;
    Ways ways_;
    std::vector<EntryPtr> entries_;
    std::map<tapi::RequestId, std::shared_ptr<Running>> running_;
};

}  // namespace tipring::core
