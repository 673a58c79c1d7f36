// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tipring/hal/base/virtual_loop.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::at_modem {

/// The core as far as a provider sees it: the C table on virtual time, with a record of all that
/// came up, and the rules of the contract checked on the way.
class ProviderRig {
public:
    using Config = std::map<std::string, std::string>;
    explicit ProviderRig(Config config);
    ~ProviderRig();

    /// Opens the first line.
    void open();
    void close();
    /// Virtual time goes on until the line is in service.
    bool untilReady(std::chrono::seconds limit = std::chrono::seconds{60});
    bool until(std::string_view event, std::chrono::milliseconds limit);
    void advance(std::chrono::milliseconds time) { loop.advance(time); }

    DRV_REQUESTID nextId() { return ++lastId_; }
    /// Runs until the request was completed; its result.
    TSPI_RESULT finish(DRV_REQUESTID id,
                       std::chrono::milliseconds limit = std::chrono::seconds{120});
    [[nodiscard]] bool completed(DRV_REQUESTID id) const { return results.count(id) != 0; }
    /// Makes a call with the request id of the result.
    TSPI_RESULT makeCall(const char* address, std::uint32_t mediaMode = 0,
                         std::uint32_t noAnswer = 0);
    [[nodiscard]] TspiCallInfo info() const;
    [[nodiscard]] TspiCallStatus status() const;
    [[nodiscard]] TspiLineCaps caps() const;
    /// How often an event came.
    [[nodiscard]] int count(std::string_view event) const;
    [[nodiscard]] bool has(std::string_view event) const { return count(event) > 0; }
    /// All call states in order: "offering connected disconnected:1 idle".
    [[nodiscard]] std::string states() const;
    [[nodiscard]] std::string explained() const { return explained_; }

    hal::VirtualLoop loop;
    const TspiProvider* table = nullptr;
    HPROVIDER provider = nullptr;
    HDRVLINE line = nullptr;
    HDRVCALL call = nullptr;  ///< the last one
    bool room = true;         ///< for incoming calls
    std::vector<std::string> events;
    std::map<DRV_REQUESTID, TSPI_RESULT> results;
    std::map<DRV_REQUESTID, std::string> causes;
    std::vector<std::string> breaches;  ///< of the contract

private:
    static void onCompletion(void* context, DRV_REQUESTID id, TSPI_RESULT result,
                             const char* cause);
    static void onEvent(HTAPILINE line, HTAPICALL call, std::uint32_t message, std::uintptr_t p1,
                        std::uintptr_t p2, std::uintptr_t p3);
    void take(HTAPICALL call, std::uint32_t message, std::uintptr_t p1, std::uintptr_t p2,
              std::uintptr_t p3);
    void takeState(HTAPICALL call, std::uint32_t state, std::uint32_t mode);

    struct Host;
    std::unique_ptr<Host> host_;
    TspiInit init_{};
    Config config_;
    DRV_REQUESTID lastId_ = 0;
    std::uintptr_t lastCall_ = 0;
    std::map<HTAPICALL, int> idle_;
    std::string explained_;
    bool closed_ = false;
};

[[nodiscard]] std::string stateName(std::uint32_t state);

}  // namespace tipring::at_modem
