// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/usb/usb_list.h"

namespace tipring::hal {

/// Opens the node of a listed device for reading and writing. `name` goes into errors.
Result<FileDescriptor> openUsbNode(const UsbDeviceInfo& device, const std::string& name);

/// Why a node cannot be opened, and what to do: for a missing permission the udev rule that gives
/// it.
Error usbNodeError(const UsbDeviceInfo& device, const std::string& name, int errnoValue);

/// The device that a name after "usb:" means, among `devices`.
Result<UsbDeviceInfo> chooseUsbDevice(std::string_view rest, std::vector<UsbDeviceInfo> devices);

}  // namespace tipring::hal
