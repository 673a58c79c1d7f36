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
    {ErrorCode::BearerModeUnavail, "BEARERMODEUNAVAIL"},
    {ErrorCode::CallUnavail, "CALLUNAVAIL"},
    {ErrorCode::ConferenceFull, "CONFERENCEFULL"},
    {ErrorCode::DialBilling, "DIALBILLING"},
    {ErrorCode::DialDialtone, "DIALDIALTONE"},
    {ErrorCode::DialPrompt, "DIALPROMPT"},
    {ErrorCode::DialQuiet, "DIALQUIET"},
    {ErrorCode::IncompatibleApiVersion, "INCOMPATIBLEAPIVERSION"},
    {ErrorCode::IncompatibleExtVersion, "INCOMPATIBLEEXTVERSION"},
    {ErrorCode::InUse, "INUSE"},
    {ErrorCode::InvalAddress, "INVALADDRESS"},
    {ErrorCode::InvalAddressId, "INVALADDRESSID"},
    {ErrorCode::InvalAppHandle, "INVALAPPHANDLE"},
    {ErrorCode::InvalBearerMode, "INVALBEARERMODE"},
    {ErrorCode::InvalCallHandle, "INVALCALLHANDLE"},
    {ErrorCode::InvalCallParams, "INVALCALLPARAMS"},
    {ErrorCode::InvalCallPrivilege, "INVALCALLPRIVILEGE"},
    {ErrorCode::InvalCallSelect, "INVALCALLSELECT"},
    {ErrorCode::InvalCallState, "INVALCALLSTATE"},
    {ErrorCode::InvalCard, "INVALCARD"},
    {ErrorCode::InvalConfCallHandle, "INVALCONFCALLHANDLE"},
    {ErrorCode::InvalConsultCallHandle, "INVALCONSULTCALLHANDLE"},
    {ErrorCode::InvalCountryCode, "INVALCOUNTRYCODE"},
    {ErrorCode::InvalDeviceClass, "INVALDEVICECLASS"},
    {ErrorCode::InvalDeviceHandle, "INVALDEVICEHANDLE"},
    {ErrorCode::InvalDialParams, "INVALDIALPARAMS"},
    {ErrorCode::InvalDigitList, "INVALDIGITLIST"},
    {ErrorCode::InvalDigitMode, "INVALDIGITMODE"},
    {ErrorCode::InvalDigits, "INVALDIGITS"},
    {ErrorCode::InvalExtVersion, "INVALEXTVERSION"},
    {ErrorCode::InvalLineHandle, "INVALLINEHANDLE"},
    {ErrorCode::InvalLineState, "INVALLINESTATE"},
    {ErrorCode::InvalLocation, "INVALLOCATION"},
    {ErrorCode::InvalMediaMode, "INVALMEDIAMODE"},
    {ErrorCode::InvalParam, "INVALPARAM"},
    {ErrorCode::InvalPointer, "INVALPOINTER"},
    {ErrorCode::InvalPrivSelect, "INVALPRIVSELECT"},
    {ErrorCode::InvalRate, "INVALRATE"},
    {ErrorCode::InvalRequestMode, "INVALREQUESTMODE"},
    {ErrorCode::InvalTerminalId, "INVALTERMINALID"},
    {ErrorCode::InvalTerminalMode, "INVALTERMINALMODE"},
    {ErrorCode::InvalTimeout, "INVALTIMEOUT"},
    {ErrorCode::InvalTone, "INVALTONE"},
    {ErrorCode::InvalToneList, "INVALTONELIST"},
    {ErrorCode::InvalToneMode, "INVALTONEMODE"},
    {ErrorCode::InvalTransferMode, "INVALTRANSFERMODE"},
    {ErrorCode::LineMapperFailed, "LINEMAPPERFAILED"},
    {ErrorCode::NoConference, "NOCONFERENCE"},
    {ErrorCode::NoDevice, "NODEVICE"},
    {ErrorCode::NoDriver, "NODRIVER"},
    {ErrorCode::NoMem, "NOMEM"},
    {ErrorCode::NoRequest, "NOREQUEST"},
    {ErrorCode::NotOwner, "NOTOWNER"},
    {ErrorCode::NotRegistered, "NOTREGISTERED"},
    {ErrorCode::OperationFailed, "OPERATIONFAILED"},
    {ErrorCode::OperationUnavail, "OPERATIONUNAVAIL"},
    {ErrorCode::RateUnavail, "RATEUNAVAIL"},
    {ErrorCode::ResourceUnavail, "RESOURCEUNAVAIL"},
    {ErrorCode::RequestOverrun, "REQUESTOVERRUN"},
    {ErrorCode::StructureTooSmall, "STRUCTURETOOSMALL"},
    {ErrorCode::TargetNotFound, "TARGETNOTFOUND"},
    {ErrorCode::TargetSelf, "TARGETSELF"},
    {ErrorCode::Uninitialized, "UNINITIALIZED"},
    {ErrorCode::AddressBlocked, "ADDRESSBLOCKED"},
    {ErrorCode::InvalFeature, "INVALFEATURE"},
    {ErrorCode::NoMultipleInstance, "NOMULTIPLEINSTANCE"},
    {ErrorCode::DialVoiceDetect, "DIALVOICEDETECT"},
    {ErrorCode::UserCancelled, "USERCANCELLED"},
    {ErrorCode::Disconnected, "DISCONNECTED"},
    {ErrorCode::InvalButtonLampId, "INVALBUTTONLAMPID"},
    {ErrorCode::InvalButtonMode, "INVALBUTTONMODE"},
    {ErrorCode::InvalButtonState, "INVALBUTTONSTATE"},
    {ErrorCode::InvalHookSwitchDev, "INVALHOOKSWITCHDEV"},
    {ErrorCode::InvalHookSwitchMode, "INVALHOOKSWITCHMODE"},
    {ErrorCode::InvalLampMode, "INVALLAMPMODE"},
    {ErrorCode::InvalPhoneHandle, "INVALPHONEHANDLE"},
    {ErrorCode::InvalPhoneState, "INVALPHONESTATE"},
    {ErrorCode::InvalPrivilege, "INVALPRIVILEGE"},
    {ErrorCode::InvalRingMode, "INVALRINGMODE"},
    {ErrorCode::NoRequestRecipient, "NOREQUESTRECIPIENT"},
    {ErrorCode::RequestQueueFull, "REQUESTQUEUEFULL"},
    {ErrorCode::InvalDestAddress, "INVALDESTADDRESS"},
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
