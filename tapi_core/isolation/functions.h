// SPDX-License-Identifier: Apache-2.0
// The functions of the provider's table that go over the socket, one row each. What an argument
// means follows from its type (arguments.h); so a function costs its name here and no more.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tipring/tapi_core/tspi/tspi.h"

/* All but providerInit and providerGetInterfaces, which have messages of their own. */
#define TIPRING_TSPI_FUNCTIONS(X)                                                                  \
    X(providerShutdown)                                                                            \
    X(providerEnumDevices)                                                                         \
    X(providerEnumPhones)                                                                          \
    X(providerGetPhoneKey) X(providerGetDeviceKey) X(providerCreateLineDevice) X(                  \
        providerCreatePhoneDevice) X(lineNegotiateTSPIVersion) X(lineGetExtensionID)               \
        X(lineNegotiateExtVersion) X(lineSelectExtVersion) X(lineGetDevCaps) X(                    \
            lineGetAddressCaps) X(lineGetLineDevStatus) X(lineGetAddressStatus)                    \
            X(lineGetNumAddressIDs) X(lineGetAddressID) X(lineGetCallAddressID) X(lineOpen) X(     \
                lineClose) X(lineSetDefaultMediaDetection) X(lineConditionalMediaDetection)        \
                X(lineSetStatusMessages) X(lineSetLineDevStatus) X(lineGetDevConfig) X(            \
                    lineSetDevConfig) X(lineForward) X(lineMakeCall) X(lineDial) X(lineAccept)     \
                    X(lineAnswer) X(lineDrop) X(lineCloseCall) X(lineGetCallInfo) X(               \
                        lineGetCallStatus) X(lineSetMediaMode) X(lineSetCallParams)                \
                        X(lineGetDescriptor) X(lineSetCallTreatment) X(lineSecureCall) X(          \
                            lineHold) X(lineUnhold) X(lineSwapHold) X(lineSetupTransfer)           \
                            X(lineCompleteTransfer) X(lineBlindTransfer) X(lineSetupConference) X( \
                                linePrepareAddToConference) X(lineAddToConference)                 \
                                X(lineRemoveFromConference) X(linePickup) X(                       \
                                    lineGetCallHubTracking) X(lineSetCallHubTracking)              \
                                    X(lineGenerateDigits) X(lineGenerateTone) X(                   \
                                        lineMonitorDigits) X(lineMonitorMedia) X(lineMonitorTones) \
                                        X(lineGatherDigits) X(lineDevSpecific) X(                  \
                                            lineDevSpecificFeature) X(lineGetID) X(mediaOpen)      \
                                            X(mediaStart) X(mediaStop) X(mediaClose) X(            \
                                                phoneNegotiateTSPIVersion) X(phoneGetExtensionID)  \
                                                X(phoneNegotiateExtVersion)                        \
                                                    X(phoneSelectExtVersion) X(phoneGetDevCaps) X( \
                                                        phoneOpen) X(phoneClose) X(phoneGetStatus) \
                                                        X(phoneSetStatusMessages) X(               \
                                                            phoneSetHookSwitch) X(phoneSetRing)    \
                                                            X(phoneSetGain) X(phoneSetVolume)      \
                                                                X(phoneGetLamp) X(phoneSetLamp)    \
                                                                    X(phoneGetButtonInfo)          \
                                                                        X(phoneSetButtonInfo)      \
                                                                            X(phoneDevSpecific)    \
                                                                                X(phoneGetID) X(   \
                                                                                    interfaceCall)

namespace tipring::isolation {

enum class Function : std::uint16_t {
#define TIPRING_ROW(name) name,
    TIPRING_TSPI_FUNCTIONS(TIPRING_ROW)
#undef TIPRING_ROW
        Count
};
inline constexpr std::size_t kFunctions = static_cast<std::size_t>(Function::Count);
static_assert(kFunctions + 2 ==
                  (sizeof(TspiProvider) - offsetof(TspiProvider, providerInit)) / sizeof(void*),
              "a function of the table has no row");

inline constexpr const char* kFunctionNames[] = {
#define TIPRING_ROW(name) #name,
    TIPRING_TSPI_FUNCTIONS(TIPRING_ROW)
#undef TIPRING_ROW
};

/// After these the handle that they got is no more.
constexpr bool closesHandle(Function function) {
    return function == Function::lineClose || function == Function::lineCloseCall ||
           function == Function::mediaClose || function == Function::phoneClose;
}

}  // namespace tipring::isolation
