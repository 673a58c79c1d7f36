// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libusb.h>

#include <string_view>

#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// A code of libusb as an error; `what` says what failed and where ("usb:1209:4d43: cannot ...").
/// LIBUSB_ERROR_IO takes errno for its reason where there is one.
[[nodiscard]] Error usbError(std::string_view what, int code);

/// What became of a transfer that did not complete.
[[nodiscard]] Error usbTransferError(std::string_view what, const libusb_transfer& transfer);

}  // namespace tipring::hal
