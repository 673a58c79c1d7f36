// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "host_services.h"
#include "provider_queue.h"
#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::core {

/// A shared library; unloaded when it dies.
struct CloseLibrary {
    void operator()(void* library) const;
};
using Library = std::unique_ptr<void, CloseLibrary>;

struct LoadedProvider {
    Library library;
    const TspiProvider* table = nullptr;
};
/// NODRIVER: it cannot be loaded. INCOMPATIBLEAPIVERSION: it has no TSPI_ENTRY_POINT.
[[nodiscard]] hal::Result<LoadedProvider> openLibrary(const std::string& path);
/// INCOMPATIBLEAPIVERSION, with both versions in words, for a table of another contract.
[[nodiscard]] hal::Result<void> checkTable(const TspiProvider& table);
/// A TSPI code as an error; `cause` empty: words are made up from the function's name.
[[nodiscard]] hal::Error errorOf(TSPI_RESULT code, std::string cause, const std::string& provider,
                                 const char* function);

/// One provider: its table, its session, and what it has of the core. Thread: the loop's.
class ProviderRecord {
public:
    /// The table was checked. `library` is empty for a provider that is linked in.
    ProviderRecord(hal::EventLoop& loop, const TspiProvider& table, ProviderConfig config,
                   Library library, std::shared_ptr<ProviderQueue> queue);
    ~ProviderRecord();
    ProviderRecord(const ProviderRecord&) = delete;
    ProviderRecord& operator=(const ProviderRecord&) = delete;

    hal::Result<void> init();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const TspiProvider& table() const { return table_; }
    [[nodiscard]] HPROVIDER session() const { return session_; }
    [[nodiscard]] const std::shared_ptr<ProviderQueue>& queue() const { return queue_; }

    /// Calls a synchronous function of the table. A null function is OPERATIONUNAVAIL.
    template <class Function, class... Args>
    hal::Result<void> call(const char* function, Function pointer, Args... args) {
        if (pointer == nullptr) {
            return missing(function);
        }
        host_.clearExplanation();
        return resultOf(function, pointer(args...));
    }
    /// OPERATIONUNAVAIL with the function's name.
    [[nodiscard]] hal::Result<void> missing(const char* function) const;
    [[nodiscard]] hal::Error refusal(const char* function, TSPI_RESULT code);
    void clearExplanation() { host_.clearExplanation(); }

    /// Reports that the provider broke the contract.
    void breach(const char* function, std::string_view line, std::string_view what) const;

private:
    hal::Result<void> resultOf(const char* function, TSPI_RESULT code);

    std::string name_;
    Library library_;  // outlives all that follows
    TspiProvider table_{};
    std::shared_ptr<ProviderQueue> queue_;
    HostServices host_;
    HPROVIDER session_ = nullptr;
    mutable unsigned breaches_ = 0;
};

}  // namespace tipring::core
