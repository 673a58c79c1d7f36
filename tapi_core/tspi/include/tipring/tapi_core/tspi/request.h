// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::tspi {

/// One accepted asynchronous request: completes exactly once. Destroyed unfinished, it completes
/// with OPERATIONFAILED, so that a forgotten request still gets its reply.
/// Thread: any, one at a time.
class Request {
public:
    Request() = default;
    Request(const TspiInit& init, DRV_REQUESTID id)
        : completion_(init.completion), context_(init.context), id_(id) {}
    Request(Request&& other) noexcept { swap(other); }
    Request& operator=(Request&& other) noexcept;
    ~Request();

    /// Success. Without effect on an empty request, as is fail().
    void succeed();
    void fail(const hal::Error& error);
    void complete(const hal::Result<void>& result);

    /// True until it is completed or moved away.
    [[nodiscard]] explicit operator bool() const { return id_ != 0; }
    [[nodiscard]] DRV_REQUESTID id() const { return id_; }

private:
    friend class RequestGate;  // takes the id back from a request that was refused
    void swap(Request& other) noexcept;
    void finish(TSPI_RESULT result, const char* cause);

    ASYNC_COMPLETION completion_ = nullptr;
    void* context_ = nullptr;
    DRV_REQUESTID id_ = 0;
};

/// The TSPI code of an error: its own value, or OPERATIONFAILED for one that is no TSPI code.
[[nodiscard]] TSPI_RESULT codeOf(hal::ErrorCode code) noexcept;

}  // namespace tipring::tspi
