// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/tspi/request.h"

#include <utility>

namespace tipring::tspi {

TSPI_RESULT codeOf(hal::ErrorCode code) noexcept {
    const auto value = static_cast<TSPI_RESULT>(code);
    return value < 0 ? value : LINEERR_OPERATIONFAILED;
}

Request& Request::operator=(Request&& other) noexcept {
    if (this != &other) {
        Request old(std::move(*this));
        swap(other);
    }
    return *this;
}

Request::~Request() {
    finish(LINEERR_OPERATIONFAILED, "the provider dropped the request without an answer");
}

void Request::succeed() {
    finish(0, nullptr);
}

void Request::fail(const hal::Error& error) {
    finish(codeOf(error.code), error.cause.c_str());
}

void Request::complete(const hal::Result<void>& result) {
    if (result) {
        succeed();
    } else {
        fail(result.error());
    }
}

void Request::swap(Request& other) noexcept {
    std::swap(completion_, other.completion_);
    std::swap(context_, other.context_);
    std::swap(id_, other.id_);
}

void Request::finish(TSPI_RESULT result, const char* cause) {
    const DRV_REQUESTID id = std::exchange(id_, 0);
    if (id != 0) {
        completion_(context_, id, result, cause);
    }
}

}  // namespace tipring::tspi
