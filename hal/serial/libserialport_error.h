// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libserialport.h>

#include <cerrno>
#include <string_view>

#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// The failure of the libserialport call that was made last on this thread.
[[nodiscard]] inline Error serialPortError(std::string_view what, sp_return result) {
    const int reason = result == SP_ERR_FAIL ? sp_last_error_code() : 0;
    switch (result) {
    case SP_ERR_FAIL: return systemError(what, reason != 0 ? reason : EIO);
    case SP_ERR_MEM: return systemError(what, ENOMEM);
    case SP_ERR_SUPP: return systemError(what, ENOTSUP);
    default: return systemError(what, EINVAL);
    }
}

}  // namespace tipring::hal
