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
    Allocated = 0x80000001,    ///< another process owns the port for good
    BadDeviceId = 0x80000002,  ///< no such device
    BearerModeUnavail = 0x80000003,
    CallUnavail = 0x80000005,  ///< no free appearance on the line
    ConferenceFull = 0x80000007,
    DialBilling = 0x80000008,   ///< `$` is not supported here
    DialDialtone = 0x80000009,  ///< `W` is not supported here
    DialPrompt = 0x8000000A,    ///< `?` must be handled by the application
    DialQuiet = 0x8000000B,     ///< `@` is not supported here
    IncompatibleApiVersion = 0x8000000C,
    IncompatibleExtVersion = 0x8000000D,
    InUse = 0x8000000F,         ///< busy now; later it may work
    InvalAddress = 0x80000010,  ///< not a number or port name
    InvalAddressId = 0x80000011,
    InvalAppHandle = 0x80000014,
    InvalBearerMode = 0x80000016,
    InvalCallHandle = 0x80000018,
    InvalCallParams = 0x80000019,
    InvalCallPrivilege = 0x8000001A,
    InvalCallSelect = 0x8000001B,
    InvalCallState = 0x8000001C,  ///< the operation is not legal in the call's state
    InvalCard = 0x8000001E,
    InvalConfCallHandle = 0x80000020,
    InvalConsultCallHandle = 0x80000021,
    InvalCountryCode = 0x80000022,
    InvalDeviceClass = 0x80000023,
    InvalDeviceHandle = 0x80000024,
    InvalDialParams = 0x80000025,
    InvalDigitList = 0x80000026,
    InvalDigitMode = 0x80000027,
    InvalDigits = 0x80000028,
    InvalExtVersion = 0x80000029,
    InvalLineHandle = 0x8000002B,
    InvalLineState = 0x8000002C,  ///< unplugged, or the configuration is in use
    InvalLocation = 0x8000002D,
    InvalMediaMode = 0x8000002F,
    InvalParam = 0x80000032,
    InvalPointer = 0x80000035,
    InvalPrivSelect = 0x80000036,
    InvalRate = 0x80000037,
    InvalRequestMode = 0x80000038,
    InvalTerminalId = 0x80000039,
    InvalTerminalMode = 0x8000003A,
    InvalTimeout = 0x8000003B,
    InvalTone = 0x8000003C,
    InvalToneList = 0x8000003D,
    InvalToneMode = 0x8000003E,
    InvalTransferMode = 0x8000003F,
    LineMapperFailed = 0x80000040,  ///< no line can do what was asked
    NoConference = 0x80000041,
    NoDevice = 0x80000042,  ///< it was there and is gone
    NoDriver = 0x80000043,  ///< the provider cannot be loaded
    NoMem = 0x80000044,
    NoRequest = 0x80000045,  ///< no request of assisted telephony waits
    NotOwner = 0x80000046,
    NotRegistered = 0x80000047,
    OperationFailed = 0x80000048,   ///< tried and failed
    OperationUnavail = 0x80000049,  ///< this device can never do it
    RateUnavail = 0x8000004A,
    ResourceUnavail = 0x8000004B,
    RequestOverrun = 0x8000004C,  ///< too many requests are pending
    StructureTooSmall = 0x8000004D,
    TargetNotFound = 0x8000004E,  ///< nobody to hand the call to
    TargetSelf = 0x8000004F,      ///< the taker of the handoff would be its giver
    Uninitialized = 0x80000050,
    AddressBlocked = 0x80000053,
    InvalFeature = 0x80000055,
    NoMultipleInstance = 0x80000056,  ///< the provider is there already
    DialVoiceDetect = 0x8000005C,     ///< `:` is not supported here
    UserCancelled = 0x8000005D,
    Disconnected = 0x80000060,  ///< the call ended while the request was pending
    // Phones: PHONEERR_* that mean something else than a LINEERR_*.
    InvalButtonLampId = 0x90000009,
    InvalButtonMode = 0x9000000A,
    InvalButtonState = 0x9000000B,
    InvalHookSwitchDev = 0x9000000F,
    InvalHookSwitchMode = 0x90000010,
    InvalLampMode = 0x90000011,
    InvalPhoneHandle = 0x90000013,
    InvalPhoneState = 0x90000014,
    InvalPrivilege = 0x90000016,
    InvalRingMode = 0x90000017,
    // Assisted telephony: TAPIERR_*.
    NoRequestRecipient = 0xFFFFFFFE,
    RequestQueueFull = 0xFFFFFFFD,
    InvalDestAddress = 0xFFFFFFFC,
    // Our own.
    Timeout = 0xC0000001,  ///< as TAPI 3's TAPI_E_TIMEOUT: no answer within the limit
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
