// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace tipring::hal {

/// What went wrong, in the words of the TAPI error set: the values are those of LINEERR_* in the
/// published headers, so that a code means the same from the port up to the application.
enum class ErrorCode : std::uint32_t {
    Allocated = 0x80000001,     ///< another process owns the port for good
    BadDeviceId = 0x80000002,   ///< no such device
    CallUnavail = 0x80000005,   ///< no free appearance on the line
    DialBilling = 0x80000008,   ///< `$` is not supported here
    DialDialtone = 0x80000009,  ///< `W` is not supported here
    DialPrompt = 0x8000000A,    ///< `?` must be handled by the application
    DialQuiet = 0x8000000B,     ///< `@` is not supported here
    IncompatibleApiVersion = 0x8000000C,
    InUse = 0x8000000F,         ///< busy now; later it may work
    InvalAddress = 0x80000010,  ///< not a number or port name
    InvalAddressId = 0x80000011,
    InvalAppHandle = 0x80000014,
    InvalCallHandle = 0x80000018,
    InvalCallParams = 0x80000019,
    InvalCallPrivilege = 0x8000001A,
    InvalCallState = 0x8000001C,  ///< the operation is not legal in the call's state
    InvalDeviceHandle = 0x80000024,
    InvalDigits = 0x80000028,
    InvalLineHandle = 0x8000002B,
    InvalLineState = 0x8000002C,  ///< unplugged, or the configuration is in use
    InvalMediaMode = 0x8000002F,
    InvalParam = 0x80000032,
    InvalTone = 0x8000003C,
    NoDevice = 0x80000042,  ///< it was there and is gone
    NoDriver = 0x80000043,  ///< the provider cannot be loaded
    NoMem = 0x80000044,
    NotOwner = 0x80000046,
    NotRegistered = 0x80000047,
    OperationFailed = 0x80000048,   ///< tried and failed
    OperationUnavail = 0x80000049,  ///< this device can never do it
    ResourceUnavail = 0x8000004B,
    RequestOverrun = 0x8000004C,
    StructureTooSmall = 0x8000004D,
    Uninitialized = 0x80000050,
    AddressBlocked = 0x80000053,
    DialVoiceDetect = 0x8000005C,  ///< `:` is not supported here
    Timeout = 0xC0000001,          ///< as TAPI 3's TAPI_E_TIMEOUT: no answer within the limit
};

/// The field's word for a code, for example "INUSE". "UNKNOWN" for a value that is not listed.
[[nodiscard]] std::string_view errorName(ErrorCode code) noexcept;

/// A failure: the code for programs, the cause for people (what, where, why, what to do).
struct Error {
    ErrorCode code = ErrorCode::OperationFailed;
    std::string cause;

    /// "INUSE: /dev/ttyACM0 is held by ModemManager (pid 812)"
    [[nodiscard]] std::string text() const;
};

/// A value, or the reason why there is none.
template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string cause) {
    return tl::unexpected<Error>(Error{code, std::move(cause)});
}

/// `what` followed by the text of `errnoValue`; the code is chosen from the errno value
/// (ENODEV, ENOENT, ENXIO, EIO: NoDevice; EBUSY: InUse; EACCES, EPERM: ResourceUnavail;
/// ENOMEM: NoMem; EINVAL: InvalParam; else OperationFailed).
[[nodiscard]] Error systemError(std::string_view what, int errnoValue);

[[nodiscard]] inline tl::unexpected<Error> failSystem(std::string_view what, int errnoValue) {
    return tl::unexpected<Error>(systemError(what, errnoValue));
}

}  // namespace tipring::hal
