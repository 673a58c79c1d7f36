// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "filled_struct.h"
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
/// The code of the one error set; a PHONEERR_* that means the same as a LINEERR_* is that.
[[nodiscard]] hal::ErrorCode errorCodeOf(TSPI_RESULT code) noexcept;
/// A TSPI code as an error, unknown ones as OPERATIONFAILED; `cause` empty: words are made up from
/// the function's name.
[[nodiscard]] hal::Error errorOf(TSPI_RESULT code, std::string cause, const std::string& provider,
                                 const char* function);

/// What a function of the table is called for: its first argument, and the device id after it.
struct CallTarget {
    const void* handle = nullptr;
    std::optional<std::uint32_t> deviceId;
};
template <class... Args>
CallTarget targetOf(const Args&...) {
    return {};
}
template <class Handle, class... Args>
CallTarget targetOf(Handle* handle, const Args&...) {
    return {handle, {}};
}
template <class... Args>
CallTarget targetOf(HPROVIDER, std::uint32_t deviceId, const Args&...) {
    return {nullptr, deviceId};
}

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
    /// A value of its configuration; null: it has none of that name.
    [[nodiscard]] const std::string* configured(std::string_view key) const {
        const auto found = host_.config().find(key);
        return found == host_.config().end() ? nullptr : &found->second;
    }
    [[nodiscard]] HPROVIDER session() const { return session_; }
    [[nodiscard]] const std::shared_ptr<ProviderQueue>& queue() const { return queue_; }

    /// The handles of its calls that the core has not given back: one call has one.
    [[nodiscard]] bool addCall(HDRVCALL call) { return calls_.insert(call).second; }
    void removeCall(HDRVCALL call) { calls_.erase(call); }

    /// Calls a synchronous function of the table. A null function is OPERATIONUNAVAIL.
    template <class Function, class... Args>
    hal::Result<void> call(const char* function, Function pointer, Args... args) {
        if (pointer == nullptr) {
            return missing(function);
        }
        const CallTarget target = targetOf(args...);
        return resultOf(function, target,
                        invoke(function, target, [&] { return pointer(args...); }));
    }
    /// The same for one that fills a struct, its last argument: what it did to it is checked.
    template <class Function, class Struct, class... Args>
    hal::Result<void> fill(const char* function, Function pointer, Filled<Struct>& out,
                           Args... args) {
        auto called = call(function, pointer, args..., &out.value());
        for (const StructFault& fault : out.check()) {
            breach(fault.rule, function, lineOf(targetOf(args...)), fault.text);
        }
        return called;
    }
    /// Runs a function of the provider as such: with its explanation cleared, on the clock.
    template <class Invoke>
    TSPI_RESULT invoke(const char* function, const CallTarget& target, Invoke&& code) {
        host_.clearExplanation();
        hal::Duration taken{};
        const TSPI_RESULT result = [&] {
            const ProviderScope scope(*queue_);
            const TSPI_RESULT given = std::forward<Invoke>(code)();
            taken = scope.taken();
            return given;
        }();
        if (taken > ProviderScope::kLongest) {
            reportBlocking(function, target, taken);
        }
        return result;
    }
    /// OPERATIONUNAVAIL with the function's name.
    [[nodiscard]] hal::Result<void> missing(const char* function) const;
    [[nodiscard]] hal::Error refusal(const char* function, TSPI_RESULT code);
    void clearExplanation() { host_.clearExplanation(); }

    /// Reports that the provider broke the contract.
    void breach(ContractRule rule, std::string_view function, std::string_view line,
                std::string text) const {
        queue_->source().report(rule, function, line, std::move(text));
    }
    void breach(std::string_view function, std::string_view line, std::string text) const {
        breach(ContractRule::Other, function, line, std::move(text));
    }
    /// Text that a function wrote into a buffer; without an end it is a breach, and cut.
    [[nodiscard]] std::string textOf(std::string_view function, std::string_view line,
                                     std::span<const char> buffer) const;
    /// How a target is found to be of a line: the name, or nothing.
    using LineNames = std::function<std::string(const CallTarget& target)>;
    void setLineNames(LineNames names) { lineNames_ = std::move(names); }

private:
    void reportBlocking(const char* function, const CallTarget& target, hal::Duration taken);
    hal::Result<void> resultOf(const char* function, const CallTarget& target, TSPI_RESULT code);
    [[nodiscard]] std::string lineOf(const CallTarget& target) const {
        return lineNames_ ? lineNames_(target) : std::string();
    }

    std::string name_;
    Library library_;  // outlives all that follows
    TspiProvider table_{};
    std::shared_ptr<ProviderQueue> queue_;
    HostServices host_;
    HPROVIDER session_ = nullptr;
    std::unordered_set<HDRVCALL> calls_;
    LineNames lineNames_;
};

}  // namespace tipring::core
