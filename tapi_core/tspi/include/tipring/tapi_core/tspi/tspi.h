/* SPDX-License-Identifier: Apache-2.0 */
/* The provider contract, version 1: the only way in for a driver. Strict C99.
 *
 * A provider exports one symbol, TSPI_ENTRY_POINT, that returns its table. Functions carry the
 * names of TSPI without the prefix. A missing (NULL) function means OPERATIONUNAVAIL.
 *
 * Requests. A function marked "async" takes a request id and returns that id (accepted) or a
 * negative LINEERR_* (refused, nothing happened). For each accepted id the completion routine is
 * called exactly once: before the function returned, after it, or from another thread. Any other
 * positive result, and zero, is a breach. A "sync" function returns 0 or a negative error.
 *
 * Events. They come by themselves, through the routine that lineOpen handed over, with the line's
 * own opaque handle first. They may come from any thread of the provider; the routine only queues.
 * Rules: no call into a routine from within a routine; nothing for a call after
 * LINECALLSTATE_IDLE or lineCloseCall; nothing for a line after lineClose.
 *
 * Calls. The provider makes an incoming one with LINE_NEWCALL, followed by its first
 * LINE_CALLSTATE. An outgoing one is made by lineMakeCall, which fills *hdCall before it returns;
 * no event for it comes before its request was completed with success.
 * Each call ends in LINECALLSTATE_IDLE, once.
 *
 * Closing. The core closes each line handle and each call handle that it got exactly once, on its
 * loop: a call after its idle, after its lineMakeCall failed in the completion, or before its line
 * is closed. So there is one place to free each.
 *
 * Handles. The core's (ht...) are opaque to the provider, the provider's (hd...) to the core. Zero
 * is none. Text is UTF-8. Input buffers are copied before return. `size` members are set by who
 * allocates the struct; fields beyond it are not read and not written. */
#ifndef TIPRING_TSPI_TSPI_H
#define TIPRING_TSPI_TSPI_H

#include <stddef.h>
#include <stdint.h>

#include "tipring/tapi_core/tspi/constants.h"
#include "tipring/tapi_core/tspi/handles.h"
#include "tipring/tapi_core/tspi/host.h"
#include "tipring/tapi_core/tspi/interface.h"
#include "tipring/tapi_core/tspi/line.h"
#include "tipring/tapi_core/tspi/media.h"
#include "tipring/tapi_core/tspi/phone.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TSPI_VERSION 0x00010000u

typedef struct HPROVIDER_tag* HPROVIDER; /* one session of a provider, init to shutdown */

/* `cause` says in words why a request failed (the AT line, the errno); NULL when there is nothing
 * to say or on success. It is copied. */
typedef void (*ASYNC_COMPLETION)(void* context, DRV_REQUESTID requestId, TSPI_RESULT result,
                                 const char* cause);

/* A device came (after enumeration) or went: hot-plug. `deviceKey` is the provider's own name of
 * it, stable over restarts; the core answers with providerCreateLineDevice. */
typedef void (*LINECREATE)(void* context, const char* deviceKey);
typedef void (*LINEREMOVE)(void* context, uint32_t deviceId);
/* The same for phones: answered with providerCreatePhoneDevice. */
typedef void (*PHONECREATE)(void* context, const char* deviceKey);
typedef void (*PHONEREMOVE)(void* context, uint32_t deviceId);

typedef struct TspiInit {
    uint32_t size;
    uint32_t version;     /* negotiated: the lower of both sides */
    const TspiHost* host; /* valid until providerShutdown returned */
    void* context;        /* first argument of the routines below */
    ASYNC_COMPLETION completion;
    LINECREATE lineCreate;
    LINEREMOVE lineRemove;
    PHONECREATE phoneCreate;
    PHONEREMOVE phoneRemove;
    INTERFACERESULT interfaceResult; /* interface.h */
    INTERFACEEVENT interfaceEvent;
} TspiInit;

/* It takes pointers to functions for declarations of functions: */
/* clang-format off */
typedef struct TspiProvider {
    uint32_t size;
    uint32_t version; /* highest TSPI_VERSION that the provider knows */
    const char* name; /* "at_modem" */

    /* sync. Starts a session. */
    TSPI_RESULT (*providerInit)(const TspiInit* init, HPROVIDER* provider);
    /* sync. Ends it; every line is closed before. Nothing comes after it returned. */
    TSPI_RESULT (*providerShutdown)(HPROVIDER provider);
    /* sync. How many lines exist now; device keys 0..count-1 are asked for one by one. */
    TSPI_RESULT (*providerEnumDevices)(HPROVIDER provider, uint32_t* lineCount);
    /* sync. The same for phones; NULL: the provider has none. */
    TSPI_RESULT (*providerEnumPhones)(HPROVIDER provider, uint32_t* phoneCount);
    TSPI_RESULT (*providerGetPhoneKey)(HPROVIDER provider, uint32_t index, char* deviceKey,
                                       size_t capacity);
    /* sync. The key of the n-th line of the enumeration; `capacity` with the terminating zero. */
    TSPI_RESULT (*providerGetDeviceKey)(HPROVIDER provider, uint32_t index, char* deviceKey,
                                        size_t capacity);
    /* sync. From now on the device with that key is line `deviceId`. */
    TSPI_RESULT (*providerCreateLineDevice)(HPROVIDER provider, const char* deviceKey,
                                            uint32_t deviceId);
    TSPI_RESULT (*providerCreatePhoneDevice)(HPROVIDER provider, const char* deviceKey,
                                             uint32_t deviceId);

    /* sync. Agrees on a version between low and high for one line. */
    TSPI_RESULT (*lineNegotiateTSPIVersion)(HPROVIDER provider, uint32_t deviceId, uint32_t low,
                                            uint32_t high, uint32_t* version);
    /* sync. The vendor's extension: its id (all zero: none), agreement on a version of it between
     * low and high, and the choice of the first opener (0: off). */
    TSPI_RESULT (*lineGetExtensionID)(HPROVIDER provider, uint32_t deviceId, TspiExtensionId* id);
    TSPI_RESULT (*lineNegotiateExtVersion)(HPROVIDER provider, uint32_t deviceId, uint32_t low,
                                           uint32_t high, uint32_t* version);
    TSPI_RESULT (*lineSelectExtVersion)(HDRVLINE line, uint32_t version);
    TSPI_RESULT (*lineGetDevCaps)(HPROVIDER provider, uint32_t deviceId, TspiLineCaps* caps);
    /* sync. NULL: the core makes address caps of the line's. */
    TSPI_RESULT (*lineGetAddressCaps)(HPROVIDER provider, uint32_t deviceId, uint32_t addressId,
                                      TspiAddressCaps* caps);
    TSPI_RESULT (*lineGetLineDevStatus)(HDRVLINE line, TspiLineStatus* status);
    TSPI_RESULT (*lineGetAddressStatus)(HDRVLINE line, uint32_t addressId,
                                        TspiAddressStatus* status);
    /* sync. NULL: one address, 0. */
    TSPI_RESULT (*lineGetNumAddressIDs)(HDRVLINE line, uint32_t* count);
    TSPI_RESULT (*lineGetAddressID)(HDRVLINE line, uint32_t* addressId, const char* address);
    TSPI_RESULT (*lineGetCallAddressID)(HDRVCALL call, uint32_t* addressId);

    /* sync, but the device may still be starting: LINEDEVSTATE_INSERVICE tells when it is ready.
     * Should be cheap and must not seize the line. `eventRoutine` gets `htLine` first. */
    TSPI_RESULT (*lineOpen)(HPROVIDER provider, uint32_t deviceId, HTAPILINE htLine,
                            LINEEVENT eventRoutine, uint32_t version, HDRVLINE* line);
    /* sync. Completes every pending request of the line, then silence. */
    TSPI_RESULT (*lineClose)(HDRVLINE line);
    /* sync. Media types of which some application wants to hear, as owner or as monitor; 0: do not
     * announce calls to anyone. */
    TSPI_RESULT (*lineSetDefaultMediaDetection)(HDRVLINE line, uint32_t mediaModes);
    /* sync. Could these media types be watched for all at once, besides what is watched already?
     * Refuses what is impossible together. */
    TSPI_RESULT (*lineConditionalMediaDetection)(HDRVLINE line, uint32_t mediaModes,
                                                 const TspiCallParams* params);
    /* sync. LINEDEVSTATE_* and LINEADDRESSSTATE_* that somebody wants to hear; others may be left
     * out. */
    TSPI_RESULT (*lineSetStatusMessages)(HDRVLINE line, uint32_t lineStates,
                                         uint32_t addressStates);
    /* async. Sets or clears LINEDEVSTATUSFLAGS_* (message waiting lamp, lock). */
    TSPI_RESULT (*lineSetLineDevStatus)(DRV_REQUESTID requestId, HDRVLINE line, uint32_t flags,
                                        uint32_t set);
    /* sync. Settings of a device class as text that means something to the provider alone; takes
     * effect at once, or INVALLINESTATE while a call is under way. */
    TSPI_RESULT (*lineGetDevConfig)(HDRVLINE line, const char* deviceClass, char* config,
                                    size_t capacity);
    TSPI_RESULT (*lineSetDevConfig)(HDRVLINE line, const char* deviceClass, const char* config);
    /* async. Forwarding by the exchange; count 0 cancels all. Success: the codes were dialled. */
    TSPI_RESULT (*lineForward)(DRV_REQUESTID requestId, HDRVLINE line, uint32_t addressId,
                               const TspiForward* list, uint32_t count, uint32_t ringsNoAnswer);

    /* async. `address` is dialable; NULL or "": go off-hook only. A modifier that the device lacks
     * is refused at once, before anything happens (DIALBILLING, DIALDIALTONE, ...). */
    TSPI_RESULT (*lineMakeCall)(DRV_REQUESTID requestId, HDRVLINE line, HTAPICALL htCall,
                                const char* address, const TspiCallParams* params, HDRVCALL* call);
    TSPI_RESULT (*lineDial)(DRV_REQUESTID requestId, HDRVCALL call, const char* address);
    TSPI_RESULT (*lineAccept)(DRV_REQUESTID requestId, HDRVCALL call);
    TSPI_RESULT (*lineAnswer)(DRV_REQUESTID requestId, HDRVCALL call);
    TSPI_RESULT (*lineDrop)(DRV_REQUESTID requestId, HDRVCALL call);
    /* sync. Pending requests of the call are completed before it returns; then silence. Drops the
     * call if LINEDEVCAPFLAGS_CLOSEDROP is set. */
    TSPI_RESULT (*lineCloseCall)(HDRVCALL call);
    TSPI_RESULT (*lineGetCallInfo)(HDRVCALL call, TspiCallInfo* info);
    TSPI_RESULT (*lineGetCallStatus)(HDRVCALL call, TspiCallStatus* status);
    TSPI_RESULT (*lineSetMediaMode)(HDRVCALL call, uint32_t mediaMode);
    /* async. A change of bearer, rate or dial parameters; PASSTHROUGH on an offering call takes the
     * device for a fax or data program. */
    TSPI_RESULT (*lineSetCallParams)(DRV_REQUESTID requestId, HDRVCALL call, uint32_t bearerMode,
                                     uint32_t minRate, uint32_t maxRate,
                                     const TspiDialParams* dialParams);
    /* sync. A descriptor of the device behind a pass-through call, a duplicate that the caller
     * owns: terminal settings and bytes are its business until the call is dropped; then the
     * provider puts the device back as it was. */
    TSPI_RESULT (*lineGetDescriptor)(HDRVCALL call, const char* deviceClass, int* descriptor);
    TSPI_RESULT (*lineSetCallTreatment)(DRV_REQUESTID requestId, HDRVCALL call, uint32_t treatment);
    TSPI_RESULT (*lineSecureCall)(DRV_REQUESTID requestId, HDRVCALL call);

    /* async. Supplementary services. lineSetupConference, lineSetupTransfer and
     * linePrepareAddToConference make a consultation call and fill its handle before they return,
     * as lineMakeCall does; lineSetupConference fills the conference's too. `htCall` of a
     * conference that none is wanted of is 0. linePickup takes a waiting or ringing call. */
    TSPI_RESULT (*lineHold)(DRV_REQUESTID requestId, HDRVCALL call);
    TSPI_RESULT (*lineUnhold)(DRV_REQUESTID requestId, HDRVCALL call);
    TSPI_RESULT (*lineSwapHold)(DRV_REQUESTID requestId, HDRVCALL active, HDRVCALL held);
    TSPI_RESULT (*lineSetupTransfer)(DRV_REQUESTID requestId, HDRVCALL call,
                                     HTAPICALL htConsultCall, HDRVCALL* consultCall,
                                     const TspiCallParams* params);
    TSPI_RESULT (*lineCompleteTransfer)(DRV_REQUESTID requestId, HDRVCALL call,
                                        HDRVCALL consultCall, HTAPICALL htConference,
                                        HDRVCALL* conference, uint32_t transferMode);
    TSPI_RESULT (*lineBlindTransfer)(DRV_REQUESTID requestId, HDRVCALL call, const char* address);
    TSPI_RESULT (*lineSetupConference)(DRV_REQUESTID requestId, HDRVCALL call, HDRVLINE line,
                                       HTAPICALL htConference, HDRVCALL* conference,
                                       HTAPICALL htConsultCall, HDRVCALL* consultCall,
                                       uint32_t parties, const TspiCallParams* params);
    TSPI_RESULT (*linePrepareAddToConference)(DRV_REQUESTID requestId, HDRVCALL conference,
                                              HTAPICALL htConsultCall, HDRVCALL* consultCall,
                                              const TspiCallParams* params);
    TSPI_RESULT (*lineAddToConference)(DRV_REQUESTID requestId, HDRVCALL conference,
                                       HDRVCALL consultCall);
    TSPI_RESULT (*lineRemoveFromConference)(DRV_REQUESTID requestId, HDRVCALL call);
    TSPI_RESULT (*linePickup)(DRV_REQUESTID requestId, HDRVLINE line, uint32_t addressId,
                              HTAPICALL htCall, HDRVCALL* call, const char* address);
    /* sync. What the provider can tell of hubs: LINECALLHUBTRACKING_*. */
    TSPI_RESULT (*lineGetCallHubTracking)(HDRVLINE line, uint32_t* level);
    TSPI_RESULT (*lineSetCallHubTracking)(HDRVLINE line, uint32_t level);

    /* sync, ends with LINE_GENERATE. `duration` in ms per digit, 0: default. One generation per
     * call: a new one cancels the old; digits = NULL only cancels. */
    TSPI_RESULT (*lineGenerateDigits)(HDRVCALL call, uint32_t endToEndId, uint32_t digitMode,
                                      const char* digits, uint32_t duration);
    /* `count` tones together, for LINETONEMODE_CUSTOM; other modes have none. `duration` in ms. */
    TSPI_RESULT (*lineGenerateTone)(HDRVCALL call, uint32_t endToEndId, uint32_t toneMode,
                                    uint32_t duration, const TspiGenerateTone* tones,
                                    uint32_t count);
    /* sync. digitModes = 0: off. */
    TSPI_RESULT (*lineMonitorDigits)(HDRVCALL call, uint32_t digitModes);
    /* sync. Media types to report when they are heard; 0: off. */
    TSPI_RESULT (*lineMonitorMedia)(HDRVCALL call, uint32_t mediaModes);
    /* sync. A new list replaces the old; count 0: off. */
    TSPI_RESULT (*lineMonitorTones)(HDRVCALL call, const TspiMonitorTone* tones, uint32_t count);
    /* sync, ends with LINE_GATHERDIGITS. NULL: the core gathers out of LINE_MONITORDIGITS.
     * Time-outs in ms, 0: none. maxDigits = 0 cancels. */
    TSPI_RESULT (*lineGatherDigits)(HDRVCALL call, uint32_t endToEndId, uint32_t digitModes,
                                    uint32_t maxDigits, const char* terminationDigits,
                                    uint32_t firstDigitTimeout, uint32_t interDigitTimeout);
    /* async. The provider's own; call may be NULL. For the AT provider: an AT line without "AT". */
    TSPI_RESULT (*lineDevSpecific)(DRV_REQUESTID requestId, HDRVLINE line, HDRVCALL call,
                                   const void* data, size_t size);
    /* async. A feature button of the vendor. */
    TSPI_RESULT (*lineDevSpecificFeature)(DRV_REQUESTID requestId, HDRVLINE line, uint32_t feature,
                                          const void* data, size_t size);
    /* sync. Name of the device of a class ("comm/portname", "wave/in") behind the line. */
    TSPI_RESULT (*lineGetID)(HDRVLINE line, const char* deviceClass, char* id, size_t capacity);

    /* Media (media.h). Open and close: sync; start and stop: async. One stream per call. A
     * half-duplex device refuses the second direction with INUSE. A stream that is open when its
     * call ends is silent from then on and must still be closed. */
    TSPI_RESULT (*mediaOpen)(HDRVCALL call, HTAPIMEDIA htMedia, const TspiMediaCallbacks* callbacks,
                             TspiMediaCaps* caps, HDRVMEDIA* media);
    TSPI_RESULT (*mediaStart)(DRV_REQUESTID requestId, HDRVMEDIA media, uint32_t direction);
    TSPI_RESULT (*mediaStop)(DRV_REQUESTID requestId, HDRVMEDIA media, uint32_t direction,
                             uint32_t how);
    TSPI_RESULT (*mediaClose)(HDRVMEDIA media);

    /* Phones (phone.h): a handset on an FXS port, the speakerphone of a modem. */
    TSPI_RESULT (*phoneNegotiateTSPIVersion)(HPROVIDER provider, uint32_t deviceId, uint32_t low,
                                             uint32_t high, uint32_t* version);
    TSPI_RESULT (*phoneGetExtensionID)(HPROVIDER provider, uint32_t deviceId, TspiExtensionId* id);
    TSPI_RESULT (*phoneNegotiateExtVersion)(HPROVIDER provider, uint32_t deviceId, uint32_t low,
                                            uint32_t high, uint32_t* version);
    TSPI_RESULT (*phoneSelectExtVersion)(HDRVPHONE phone, uint32_t version);
    TSPI_RESULT (*phoneGetDevCaps)(HPROVIDER provider, uint32_t deviceId, TspiPhoneCaps* caps);
    TSPI_RESULT (*phoneOpen)(HPROVIDER provider, uint32_t deviceId, HTAPIPHONE htPhone,
                             PHONEEVENT eventRoutine, uint32_t version, HDRVPHONE* phone);
    /* sync. Completes every pending request of the phone, then silence. */
    TSPI_RESULT (*phoneClose)(HDRVPHONE phone);
    TSPI_RESULT (*phoneGetStatus)(HDRVPHONE phone, TspiPhoneStatus* status);
    /* sync. PHONESTATE_* and PHONEBUTTONMODE_*, PHONEBUTTONSTATE_* that somebody wants to hear. */
    TSPI_RESULT (*phoneSetStatusMessages)(HDRVPHONE phone, uint32_t states, uint32_t buttonModes,
                                          uint32_t buttonStates);
    TSPI_RESULT (*phoneSetHookSwitch)(DRV_REQUESTID requestId, HDRVPHONE phone, uint32_t device,
                                      uint32_t mode);
    TSPI_RESULT (*phoneSetRing)(DRV_REQUESTID requestId, HDRVPHONE phone, uint32_t ringMode,
                                uint32_t volume);
    TSPI_RESULT (*phoneSetGain)(DRV_REQUESTID requestId, HDRVPHONE phone, uint32_t device,
                                uint32_t gain);
    TSPI_RESULT (*phoneSetVolume)(DRV_REQUESTID requestId, HDRVPHONE phone, uint32_t device,
                                  uint32_t volume);
    TSPI_RESULT (*phoneGetLamp)(HDRVPHONE phone, uint32_t lampId, uint32_t* lampMode);
    TSPI_RESULT (*phoneSetLamp)(DRV_REQUESTID requestId, HDRVPHONE phone, uint32_t lampId,
                                uint32_t lampMode);
    TSPI_RESULT (*phoneGetButtonInfo)(HDRVPHONE phone, uint32_t buttonId, TspiButtonInfo* info);
    TSPI_RESULT (*phoneSetButtonInfo)(DRV_REQUESTID requestId, HDRVPHONE phone, uint32_t buttonId,
                                      const TspiButtonInfo* info);
    TSPI_RESULT (*phoneDevSpecific)(DRV_REQUESTID requestId, HDRVPHONE phone, const void* data,
                                    size_t size);
    TSPI_RESULT (*phoneGetID)(HDRVPHONE phone, const char* deviceClass, char* id, size_t capacity);

    /* Provider-specific interfaces (interface.h). sync: the list lives as long as the library. */
    TSPI_RESULT (*providerGetInterfaces)(HPROVIDER provider, const TspiInterface** interfaces,
                                         uint32_t* count);
    /* async. Calls method number `method` of interface number `interfaceIndex` of that list on an
     * object. The arguments have the types of the description. Results go through
     * TspiInit.interfaceResult, before the completion. */
    TSPI_RESULT (*interfaceCall)(DRV_REQUESTID requestId, HPROVIDER provider,
                                 const TspiInterfaceTarget* target, uint32_t interfaceIndex,
                                 uint32_t method, const TspiValue* arguments, uint32_t count);
} TspiProvider;
/* clang-format on */

/* The one exported symbol of a loadable provider. The table lives as long as the library. */
#define TSPI_ENTRY_POINT tspi_provider
#define TSPI_ENTRY_POINT_NAME "tspi_provider"
typedef const TspiProvider* (*TspiEntryPoint)(void);

#ifdef __cplusplus
}
#endif
#endif
