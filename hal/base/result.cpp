// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/result.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace tipring::hal {
namespace {

struct CodeName {
    ErrorCode code;
    std::string_view name;
};

constexpr CodeName kCodeNames[] = {
    {ErrorCode::Allocated, "ALLOCATED"},
    {ErrorCode::BadDeviceId, "BADDEVICEID"},
    {ErrorCode::CallUnavail, "CALLUNAVAIL"},
    {ErrorCode::DialBilling, "DIALBILLING"},
    {ErrorCode::DialDialtone, "DIALDIALTONE"},
    {ErrorCode::DialPrompt, "DIALPROMPT"},
    {ErrorCode::DialQuiet, "DIALQUIET"},
    {ErrorCode::IncompatibleApiVersion, "INCOMPATIBLEAPIVERSION"},
    {ErrorCode::InUse, "INUSE"},
    {ErrorCode::InvalAddress, "INVALADDRESS"},
    {ErrorCode::InvalAddressId, "INVALADDRESSID"},
    {ErrorCode::InvalAppHandle, "INVALAPPHANDLE"},
    {ErrorCode::InvalCallHandle, "INVALCALLHANDLE"},
    {ErrorCode::InvalCallParams, "INVALCALLPARAMS"},
    {ErrorCode::InvalCallPrivilege, "INVALCALLPRIVILEGE"},
    {ErrorCode::InvalCallState, "INVALCALLSTATE"},
    {ErrorCode::InvalDeviceHandle, "INVALDEVICEHANDLE"},
    {ErrorCode::InvalDigits, "INVALDIGITS"},
    {ErrorCode::InvalLineHandle, "INVALLINEHANDLE"},
    {ErrorCode::InvalLineState, "INVALLINESTATE"},
    {ErrorCode::InvalMediaMode, "INVALMEDIAMODE"},
    {ErrorCode::InvalParam, "INVALPARAM"},
    {ErrorCode::InvalTone, "INVALTONE"},
    {ErrorCode::NoDevice, "NODEVICE"},
    {ErrorCode::NoDriver, "NODRIVER"},
    {ErrorCode::NoMem, "NOMEM"},
    {ErrorCode::NotOwner, "NOTOWNER"},
    {ErrorCode::NotRegistered, "NOTREGISTERED"},
    {ErrorCode::OperationFailed, "OPERATIONFAILED"},
    {ErrorCode::OperationUnavail, "OPERATIONUNAVAIL"},
    {ErrorCode::ResourceUnavail, "RESOURCEUNAVAIL"},
    {ErrorCode::RequestOverrun, "REQUESTOVERRUN"},
    {ErrorCode::StructureTooSmall, "STRUCTURETOOSMALL"},
    {ErrorCode::Uninitialized, "UNINITIALIZED"},
    {ErrorCode::AddressBlocked, "ADDRESSBLOCKED"},
    {ErrorCode::DialVoiceDetect, "DIALVOICEDETECT"},
    {ErrorCode::Timeout, "TIMEOUT"},
};

ErrorCode codeOf(int errnoValue) {
    switch (errnoValue) {
    case ENODEV:
    case ENOENT:
    case ENXIO:
    case EIO: return ErrorCode::NoDevice;
    case EBUSY: return ErrorCode::InUse;
    case EACCES:
    case EPERM: return ErrorCode::ResourceUnavail;
    case ENOMEM: return ErrorCode::NoMem;
    case EINVAL: return ErrorCode::InvalParam;
    default: return ErrorCode::OperationFailed;
    }
}

}  // namespace

std::string_view errorName(ErrorCode code) noexcept {
    for (const CodeName& entry : kCodeNames) {
        if (entry.code == code) {
            return entry.name;
        }
    }
    return "UNKNOWN";
}

std::string Error::text() const {
    if (cause.empty()) {
        return std::string{errorName(code)};
    }
    return fmt::format("{}: {}", errorName(code), cause);
}

Error systemError(std::string_view what, int errnoValue) {
    return Error{codeOf(errnoValue),
                 fmt::format("{}: {}", what, std::generic_category().message(errnoValue))};
}

}  // namespace tipring::hal
