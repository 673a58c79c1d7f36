// SPDX-License-Identifier: Apache-2.0
#include "usb_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace tipring::hal {
namespace {

struct Words {
    int code;
    ErrorCode error;
    const char* text;
};

constexpr Words kWords[] = {
    {LIBUSB_ERROR_INVALID_PARAM, ErrorCode::InvalParam, "the kernel does not accept it"},
    {LIBUSB_ERROR_ACCESS, ErrorCode::ResourceUnavail, "no permission"},
    {LIBUSB_ERROR_NO_DEVICE, ErrorCode::NoDevice, "the device is gone: it was unplugged"},
    {LIBUSB_ERROR_NOT_FOUND, ErrorCode::InvalParam, "the device has none of that number"},
    {LIBUSB_ERROR_BUSY, ErrorCode::InUse, "somebody else uses it"},
    {LIBUSB_ERROR_TIMEOUT, ErrorCode::Timeout, "no answer within the limit"},
    {LIBUSB_ERROR_NO_MEM, ErrorCode::NoMem,
     "no memory (see /sys/module/usbcore/parameters/usbfs_memory_mb)"},
};

constexpr Words kStatusWords[] = {
    {LIBUSB_TRANSFER_TIMED_OUT, ErrorCode::Timeout, "no answer within the limit"},
    {LIBUSB_TRANSFER_CANCELLED, ErrorCode::OperationFailed,
     "cancelled, as its interface was given up"},
    {LIBUSB_TRANSFER_STALL, ErrorCode::OperationFailed,
     "the endpoint is halted (stall); it has to be cleared"},
    {LIBUSB_TRANSFER_NO_DEVICE, ErrorCode::NoDevice, "the device is gone: it was unplugged"},
    {LIBUSB_TRANSFER_OVERFLOW, ErrorCode::OperationFailed,
     "the device sent more than it was asked for (babble)"},
};

// ENOSPC: the periodic endpoints of all devices want more than 90 % of a frame (USB 2.0, 5.6.4).
std::string reasonOf(int errnoValue) {
    if (errnoValue == ENOSPC) {
        return "the bus has not enough bandwidth left; plug the device into another bus";
    }
    return errnoValue != 0 ? std::generic_category().message(errnoValue) : "input/output error";
}

}  // namespace

Error usbError(std::string_view what, int code) {
    const int errnoValue = errno;
    for (const Words& words : kWords) {
        if (words.code == code) {
            return {words.error, fmt::format("{}: {}", what, words.text)};
        }
    }
    if (code == LIBUSB_ERROR_IO) {
        return {ErrorCode::OperationFailed, fmt::format("{}: {}", what, reasonOf(errnoValue))};
    }
    return {ErrorCode::OperationFailed, fmt::format("{}: {}", what, libusb_strerror(code))};
}

Error usbTransferError(std::string_view what, const libusb_transfer& transfer) {
    if (transfer.status == LIBUSB_TRANSFER_STALL && transfer.type == LIBUSB_TRANSFER_TYPE_CONTROL) {
        return {ErrorCode::OperationUnavail,
                fmt::format("{}: the device does not know this request (stall)", what)};
    }
    for (const Words& words : kStatusWords) {
        if (words.code == transfer.status) {
            return {words.error, fmt::format("{}: {}", what, words.text)};
        }
    }
    return {ErrorCode::OperationFailed,
            fmt::format("{}: the device does not answer properly (protocol error)", what)};
}

}  // namespace tipring::hal
