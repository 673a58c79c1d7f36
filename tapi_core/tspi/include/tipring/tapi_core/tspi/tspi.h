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
#include "tipring/tapi_core/tspi/host.h"
#include "tipring/tapi_core/tspi/media.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TSPI_VERSION 0x00010000u

typedef int32_t TSPI_RESULT;
typedef uint32_t DRV_REQUESTID; /* 1..0x7FFFFFFF, unique while pending */

typedef struct HPROVIDER_tag* HPROVIDER; /* one session of a provider, init to shutdown */
typedef struct HTAPILINE_tag* HTAPILINE; /* the core's handle of an open line */
typedef struct HDRVLINE_tag* HDRVLINE;   /* the provider's */
typedef struct HTAPICALL_tag* HTAPICALL;
typedef struct HDRVCALL_tag* HDRVCALL;

/* `cause` says in words why a request failed (the AT line, the errno); NULL when there is nothing
 * to say or on success. It is copied. */
typedef void (*ASYNC_COMPLETION)(void* context, DRV_REQUESTID requestId, TSPI_RESULT result,
                                 const char* cause);

/* Message and parameters (constants.h):
 *   LINE_NEWCALL       p1 = HDRVCALL, p2 = HTAPICALL* to be filled before return (0 there: the core
 *                      has no room, the provider ends the call by itself); htCall = 0
 *   LINE_CALLSTATE     p1 = LINECALLSTATE_*, p2 = mode of that state, p3 = LINEMEDIAMODE_*
 *   LINE_CALLINFO      p1 = LINECALLINFOSTATE_* that changed; readable by lineGetCallInfo
 *   LINE_LINEDEVSTATE  p1 = LINEDEVSTATE_*; RINGING: p2 = ring mode 1.., p3 = ring count from 0
 *   LINE_MONITORDIGITS p1 = digit (ASCII), p2 = LINEDIGITMODE_*, p3 = tick (ms) or 0
 *   LINE_MONITORMEDIA  p1 = LINEMEDIAMODE_* heard (fax, data modem)
 *   LINE_GENERATE      p1 = LINEGENERATETERM_*, p2 = the endToEndId of the request
 *   LINE_DEVSPECIFIC, LINE_CALLDEVSPECIFIC   the provider's own
 *   LINE_CLOSE         the line is closed by force (the device is gone): the core ends its calls
 * and answers with lineCloseCall and lineClose, which then only free */
typedef void (*LINEEVENT)(HTAPILINE htLine, HTAPICALL htCall, uint32_t message, uintptr_t p1,
                          uintptr_t p2, uintptr_t p3);

/* A device came (after enumeration) or went: hot-plug. `deviceKey` is the provider's own name of
 * it, stable over restarts; the core answers with providerCreateLineDevice. */
typedef void (*LINECREATE)(void* context, const char* deviceKey);
typedef void (*LINEREMOVE)(void* context, uint32_t deviceId);

typedef struct TspiInit {
    uint32_t size;
    uint32_t version;     /* negotiated: the lower of both sides */
    const TspiHost* host; /* valid until providerShutdown returned */
    void* context;        /* first argument of the routines below */
    ASYNC_COMPLETION completion;
    LINECREATE lineCreate;
    LINEREMOVE lineRemove;
} TspiInit;

#define TSPI_NAME_SIZE 128
#define TSPI_NUMBER_SIZE 64
#define TSPI_CAUSE_SIZE 256

typedef struct TspiLineCaps {
    uint32_t size;
    char permanentId[TSPI_NAME_SIZE]; /* the same device has the same one over restart, re-plug */
    char name[TSPI_NAME_SIZE];        /* for people: "U.S. Robotics 5637 at /dev/ttyACM0" */
    char providerInfo[TSPI_NAME_SIZE];
    uint32_t addressCount; /* 1 on an analog line */
    uint32_t bearerModes;
    uint32_t mediaModes;  /* LINEMEDIAMODE_* that calls can have */
    uint32_t devCapFlags; /* LINEDEVCAPFLAGS_*; DIALx: the modifier is understood */
    uint32_t callStates;  /* LINECALLSTATE_* that can really occur */
    uint32_t disconnectModes;
    uint32_t connectedModes;
    uint32_t callerIdFlags; /* LINECALLPARTYID_* that can occur; UNAVAIL alone: no caller ID */
    uint32_t generateDigitModes;
    uint32_t monitorDigitModes;
    uint32_t generateToneModes;
    uint32_t
        maxDialString; /* digits per lineMakeCall or lineDial; longer ones are cut by the core */
    uint32_t ringModes;
    TspiMediaCaps media; /* directions = 0: no sound */
} TspiLineCaps;

typedef struct TspiLineStatus {
    uint32_t size;
    uint32_t connected; /* the device answers */
    uint32_t inService; /* the exchange is there, as far as the device knows */
    uint32_t messageWaiting;
    uint32_t activeCalls;
    char cause[TSPI_CAUSE_SIZE]; /* why not connected or not in service, in words; may be empty */
} TspiLineStatus;

typedef struct TspiPartyId {
    uint32_t flags; /* LINECALLPARTYID_* */
    char number[TSPI_NUMBER_SIZE];
    char name[TSPI_NAME_SIZE];
} TspiPartyId;

typedef struct TspiCallInfo {
    uint32_t size;
    uint32_t bearerMode;
    uint32_t mediaMode;
    uint32_t rate; /* bit/s of a data call, else 0 */
    uint32_t origin;
    uint32_t reason;
    TspiPartyId callerId;
    TspiPartyId calledId;
    TspiPartyId redirectingId;
    /* Date and time as the network sent them with the caller ID (local time, no year); month 0 or
     * hour 0xFF: not sent. */
    uint8_t networkMonth, networkDay, networkHour, networkMinute;
} TspiCallInfo;

typedef struct TspiCallStatus {
    uint32_t size;
    uint32_t state;
    uint32_t mode;
    uint32_t features;           /* LINECALLFEATURE_* possible now */
    char cause[TSPI_CAUSE_SIZE]; /* why the state was reached, in words; may be empty */
} TspiCallStatus;

typedef struct TspiCallParams {
    uint32_t size;
    uint32_t bearerMode;
    uint32_t mediaMode;
    uint32_t noAnswerTimeout; /* seconds; 0: the provider's default */
    uint32_t flags;           /* none defined yet */
} TspiCallParams;

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
    /* sync. The key of the n-th line of the enumeration; `capacity` with the terminating zero. */
    TSPI_RESULT (*providerGetDeviceKey)(HPROVIDER provider, uint32_t index, char* deviceKey,
                                        size_t capacity);
    /* sync. From now on the device with that key is line `deviceId`. */
    TSPI_RESULT (*providerCreateLineDevice)(HPROVIDER provider, const char* deviceKey,
                                            uint32_t deviceId);

    /* sync. Agrees on a version between low and high for one line. */
    TSPI_RESULT (*lineNegotiateTSPIVersion)(HPROVIDER provider, uint32_t deviceId, uint32_t low,
                                            uint32_t high, uint32_t* version);
    TSPI_RESULT (*lineGetDevCaps)(HPROVIDER provider, uint32_t deviceId, TspiLineCaps* caps);
    TSPI_RESULT (*lineGetLineDevStatus)(HDRVLINE line, TspiLineStatus* status);

    /* sync, but the device may still be starting: LINEDEVSTATE_INSERVICE tells when it is ready.
     * Should be cheap and must not seize the line. `eventRoutine` gets `htLine` first. */
    TSPI_RESULT (*lineOpen)(HPROVIDER provider, uint32_t deviceId, HTAPILINE htLine,
                            LINEEVENT eventRoutine, uint32_t version, HDRVLINE* line);
    /* sync. Completes every pending request of the line, then silence. */
    TSPI_RESULT (*lineClose)(HDRVLINE line);
    /* sync. Media types of which some application wants to hear, as owner or as monitor; 0: do not
     * announce calls to anyone. */
    TSPI_RESULT (*lineSetDefaultMediaDetection)(HDRVLINE line, uint32_t mediaModes);

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

    /* sync, ends with LINE_GENERATE. `duration` in ms per digit, 0: default. One generation per
     * call: a new one cancels the old; digits = NULL only cancels. */
    TSPI_RESULT (*lineGenerateDigits)(HDRVCALL call, uint32_t endToEndId, uint32_t digitMode,
                                      const char* digits, uint32_t duration);
    TSPI_RESULT (*lineGenerateTone)(HDRVCALL call, uint32_t endToEndId, uint32_t toneMode,
                                    uint32_t frequency, uint32_t duration);
    /* sync. digitModes = 0: off. */
    TSPI_RESULT (*lineMonitorDigits)(HDRVCALL call, uint32_t digitModes);
    /* async. The provider's own; call may be NULL. For the AT provider: an AT line without "AT". */
    TSPI_RESULT (*lineDevSpecific)(DRV_REQUESTID requestId, HDRVLINE line, HDRVCALL call,
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
