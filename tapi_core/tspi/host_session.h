// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "tipring/tapi_core/tspi/host_loop.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::tspi {

/// Takes a request id back from a request that a method refused.
class RequestGate {
public:
    static void withdraw(Request& request) { request.id_ = 0; }
};

/// What stands behind HPROVIDER: the C++ provider and what it has of the core.
class HostSession final : public Session {
public:
    explicit HostSession(const TspiInit& init) : init_(init), loop_(*init.host) {}

    [[nodiscard]] hal::EventLoop& loop() override { return loop_; }
    [[nodiscard]] const TspiHost& host() const override { return *init_.host; }
    [[nodiscard]] std::optional<std::string> config(const char* key) const override;
    void deviceArrived(const char* deviceKey) override;
    void deviceRemoved(std::uint32_t deviceId) override;
    void phoneArrived(const char* deviceKey) override;
    void phoneRemoved(std::uint32_t deviceId) override;
    void interfaceResult(const Request& request, std::span<const TspiValue> values) override;
    void interfaceEvent(std::uint32_t interfaceIndex, std::uint32_t event,
                        std::span<const TspiValue> values) override;

    [[nodiscard]] const TspiInit& init() const { return init_; }
    void adopt(Hosted& object) { object.session_ = this; }
    static HostSession& of(const Hosted& object) { return *object.session_; }

    /// Tells the host why, and gives the code.
    TSPI_RESULT refuse(const hal::Error& error) const noexcept;
    TSPI_RESULT codeOf(const hal::Result<void>& result) const noexcept {
        return result ? 0 : refuse(result.error());
    }
    /// Runs a method of the provider; what it throws becomes a code.
    template <class Function>
    TSPI_RESULT guarded(Function&& function) const noexcept;
    /// Runs an asynchronous method with the request of that id.
    template <class Function>
    TSPI_RESULT request(DRV_REQUESTID id, Function&& function) const noexcept;

private:
    const TspiInit init_;
    HostLoop loop_;

public:
    std::vector<std::string> keys;       // of the last enumeration
    std::vector<std::string> phoneKeys;  // of the last enumeration of phones
    std::unique_ptr<Provider> provider;  // last: it dies before its loop
};

template <class Function>
TSPI_RESULT HostSession::guarded(Function&& function) const noexcept {
    try {
        return std::forward<Function>(function)();
    } catch (const std::bad_alloc&) {
        return refuse({hal::ErrorCode::NoMem, "memory is short"});
    } catch (const std::exception& thrown) {
        return refuse({hal::ErrorCode::OperationFailed, thrown.what()});
    } catch (...) {
        return refuse({hal::ErrorCode::OperationFailed, "the provider threw an unknown object"});
    }
}

template <class Function>
TSPI_RESULT HostSession::request(DRV_REQUESTID id, Function&& function) const noexcept {
    Request request(init_, id);
    const TSPI_RESULT result =
        guarded([&] { return codeOf(std::forward<Function>(function)(std::move(request))); });
    if (result < 0 && request) {
        RequestGate::withdraw(request);
        return result;
    }
    return static_cast<TSPI_RESULT>(id);  // moved away: whoever has it completes it
}

}  // namespace tipring::tspi
