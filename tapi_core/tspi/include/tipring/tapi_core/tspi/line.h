/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and calls in the provider contract: their events, and what is known of them. `size` members
 * are set by who allocates the struct; fields beyond it are not read and not written. Strict C99.
 */
#ifndef TIPRING_TSPI_LINE_H
#define TIPRING_TSPI_LINE_H

#include <stdint.h>

#include "tipring/tapi_core/tspi/constants.h"
#include "tipring/tapi_core/tspi/handles.h"
#include "tipring/tapi_core/tspi/media.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Message and parameters (constants.h):
 *   LINE_NEWCALL       p1 = HDRVCALL, p2 = HTAPICALL* to be filled before return (0 there: the core
 *                      has no room, the provider ends the call by itself); htCall = 0
 *   LINE_CALLSTATE     p1 = LINECALLSTATE_*, p2 = mode of that state, p3 = LINEMEDIAMODE_*
 *   LINE_CALLINFO      p1 = LINECALLINFOSTATE_* that changed; readable by lineGetCallInfo
 *   LINE_LINEDEVSTATE  p1 = LINEDEVSTATE_*; RINGING: p2 = ring mode 1.., p3 = ring count from 0
 *   LINE_ADDRESSSTATE  p1 = LINEADDRESSSTATE_*; readable by lineGetAddressStatus
 *   LINE_MONITORDIGITS p1 = digit (ASCII), p2 = LINEDIGITMODE_*, p3 = tick (ms) or 0
 *   LINE_MONITORMEDIA  p1 = LINEMEDIAMODE_* heard (fax, data modem)
 *   LINE_MONITORTONE   p1 = appSpecific of the TspiMonitorTone heard, p2 = 0, p3 = tick (ms) or 0
 *   LINE_GATHERDIGITS  p1 = LINEGATHERTERM_*, p2 = the endToEndId of the request, p3 = const char*
 *                      digits, copied before the routine returns
 *   LINE_HANGUPSIGN    p1 = TSPI_HANGUPSIGN_*, p2 = how sure, 0..100, p3 = ms that it lasted or 0:
 * a vote; the core weighs it with all others, and may drop the call. A provider that is sure by
 * itself goes to DISCONNECTED besides LINE_GENERATE      p1 = LINEGENERATETERM_*, p2 = the
 * endToEndId of the request LINE_DEVSPECIFIC, LINE_DEVSPECIFICFEATURE (of the line),
 * LINE_CALLDEVSPECIFIC, LINE_CALLDEVSPECIFICFEATURE (of a call)   the provider's own, three numbers
 *   LINE_CLOSE         the line is closed by force (the device is gone): the core ends its calls
 * and answers with lineCloseCall and lineClose, which then only free */
typedef void (*LINEEVENT)(HTAPILINE htLine, HTAPICALL htCall, uint32_t message, uintptr_t p1,
                          uintptr_t p2, uintptr_t p3);

/* Dial parameters in ms. In caps the limits; in a call's parameters 0 means the default, and what
 * lies outside the limits is taken as the nearest limit. Source: LINEDIALPARAMS. */
typedef struct TspiDialParams {
    uint32_t dialPause;       /* of a `,` */
    uint32_t dialSpeed;       /* between two digits */
    uint32_t digitDuration;   /* of a DTMF digit */
    uint32_t waitForDialtone; /* longest */
} TspiDialParams;

/* The vendor's extension of a line: what DEVSPECIFIC numbers mean. All zero: none. */
typedef struct TspiExtensionId {
    uint32_t id[4];
} TspiExtensionId;

/* What a line can ever do. Source: LINEDEVCAPS. */
typedef struct TspiLineCaps {
    uint32_t size;
    char permanentId[TSPI_NAME_SIZE]; /* the same device has the same one over restart, re-plug */
    char name[TSPI_NAME_SIZE];        /* for people: "U.S. Robotics 5637 at /dev/ttyACM0" */
    char providerInfo[TSPI_NAME_SIZE];
    char switchInfo[TSPI_NAME_SIZE]; /* of the exchange, if known */
    uint32_t addressCount;           /* 1 on an analog line */
    uint32_t bearerModes;
    uint32_t maxRate;     /* bit/s of a data call; 0: no data */
    uint32_t mediaModes;  /* LINEMEDIAMODE_* that calls can have */
    uint32_t devCapFlags; /* LINEDEVCAPFLAGS_*; DIALx: the modifier is understood */
    uint32_t callStates;  /* LINECALLSTATE_* that can really occur */
    uint32_t disconnectModes;
    uint32_t connectedModes;
    uint32_t callerIdFlags; /* LINECALLPARTYID_* that can occur; UNAVAIL alone: no caller ID */
    uint32_t generateDigitModes;
    uint32_t monitorDigitModes;
    uint32_t generateToneModes;
    uint32_t generateToneMaxFrequencies; /* in one custom tone */
    uint32_t monitorToneMaxFrequencies;
    uint32_t monitorToneMaxEntries; /* 0: the device hears no tones by itself */
    uint32_t gatherDigitsMinTimeout, gatherDigitsMaxTimeout; /* ms; 0, 0: the core gathers */
    TspiDialParams minDialParams, maxDialParams, defaultDialParams;
    uint32_t
        maxDialString; /* digits per lineMakeCall or lineDial; longer ones are cut by the core */
    uint32_t maxActiveCalls;
    uint32_t answerMode; /* LINEANSWERMODE_* */
    uint32_t ringModes;
    uint32_t lineStates;                /* LINEDEVSTATE_* that can occur */
    uint32_t lineFeatures;              /* LINEFEATURE_* that can ever be possible */
    uint32_t settableDevStatus;         /* LINEDEVSTATUSFLAGS_* of lineSetLineDevStatus */
    char deviceClasses[TSPI_NAME_SIZE]; /* of lineGetID, separated by spaces */
    TspiMediaCaps media;                /* directions = 0: no sound */
    /* TSPI_DETECT_*. Digits, tones and caller ID have members of their own above. What is missing
     * here and there the core hears out of the sound. */
    uint32_t detections;
    uint32_t mediaStates; /* LINECALLSTATE_* with sound to be recorded; 0: CONNECTED alone.
                           * OFFERING: the line is heard on hook */
} TspiLineCaps;

/* What an address can ever do. Source: LINEADDRESSCAPS. */
typedef struct TspiAddressCaps {
    uint32_t size;
    char address[TSPI_NUMBER_SIZE]; /* its own number, if it is configured */
    uint32_t sharing;               /* LINEADDRESSSHARING_* */
    uint32_t callInfoStates;        /* LINECALLINFOSTATE_* that can change */
    uint32_t callerIdFlags, calledIdFlags, connectedIdFlags, redirectionIdFlags, redirectingIdFlags;
    uint32_t callStates;
    uint32_t dialToneModes, busyModes, specialInfo, disconnectModes, connectedModes, offeringModes;
    uint32_t maxActiveCalls, maxOnHoldCalls, maxOnHoldPendingCalls;
    uint32_t maxConference, maxTransferConference; /* parties, this one too */
    uint32_t addressCapFlags;                      /* LINEADDRCAPFLAGS_* */
    uint32_t callFeatures, callFeatures2;          /* LINECALLFEATURE_* that can ever be possible */
    uint32_t addressFeatures;                      /* LINEADDRFEATURE_* */
    uint32_t removeFromConfCaps, removeFromConfState;
    uint32_t transferModes;
    uint32_t forwardModes;
    uint32_t callTreatments;
    uint32_t maxNoAnswerTimeout; /* s; 0: the device has no such timer */
} TspiAddressCaps;

/* How a line is now. Source: LINEDEVSTATUS. */
typedef struct TspiLineStatus {
    uint32_t size;
    uint32_t connected; /* the device answers */
    uint32_t inService; /* the exchange is there, as far as the device knows */
    uint32_t messageWaiting;
    uint32_t activeCalls;
    char cause[TSPI_CAUSE_SIZE]; /* why not connected or not in service, in words; may be empty */
    uint32_t locked;             /* the vendor's lock */
    uint32_t onHoldCalls, onHoldPendingCalls;
    uint32_t lineFeatures; /* LINEFEATURE_* possible now */
    uint32_t ringMode;     /* of the ringing under way; 0: none */
} TspiLineStatus;

/* How an address is now. Source: LINEADDRESSSTATUS. */
typedef struct TspiAddressStatus {
    uint32_t size;
    uint32_t inUse; /* by anything that the device knows of, a parallel telephone too */
    uint32_t activeCalls, onHoldCalls, onHoldPendingCalls;
    uint32_t addressFeatures;              /* LINEADDRFEATURE_* possible now */
    uint32_t forwardModes;                 /* in force */
    char forwardAddress[TSPI_NUMBER_SIZE]; /* where to, if known */
    uint32_t ringsBeforeForward;           /* for forwarding on no answer; 0: not known */
} TspiAddressStatus;

typedef struct TspiPartyId {
    uint32_t flags; /* LINECALLPARTYID_* */
    char number[TSPI_NUMBER_SIZE];
    char name[TSPI_NAME_SIZE];
} TspiPartyId;

/* Facts of a call that change seldom. Source: LINECALLINFO. */
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
    TspiPartyId connectedId;
    TspiPartyId redirectionId;
    uint32_t callId;        /* of the exchange or of the provider: legs of one call have the same */
    uint32_t relatedCallId; /* the call that this one was made for (consultation) */
    uint32_t trunk;         /* 0: not known */
} TspiCallInfo;

/* How a call is now. Source: LINECALLSTATUS. */
typedef struct TspiCallStatus {
    uint32_t size;
    uint32_t state;
    uint32_t mode;
    uint32_t features;           /* LINECALLFEATURE_* possible now */
    char cause[TSPI_CAUSE_SIZE]; /* why the state was reached, in words; may be empty */
    uint32_t features2;          /* LINECALLFEATURE2_* possible now */
    uint32_t devSpecificData;    /* of the state: seconds to wait after a DELAYED, else 0 */
} TspiCallStatus;

/* How a call is to be made. Source: LINECALLPARAMS. */
typedef struct TspiCallParams {
    uint32_t size;
    uint32_t bearerMode;
    uint32_t mediaMode;
    uint32_t noAnswerTimeout;  /* seconds; 0: the provider's default */
    uint32_t flags;            /* LINECALLPARAMFLAGS_* */
    uint32_t minRate, maxRate; /* bit/s; 0: any */
    TspiDialParams dialParams;
} TspiCallParams;

/* A tone to send (lineGenerateTone, custom): one of up to generateToneMaxFrequencies together. */
typedef struct TspiGenerateTone {
    uint32_t frequency;  /* Hz */
    uint32_t cadenceOn;  /* ms; 0: without break */
    uint32_t cadenceOff; /* ms */
    uint32_t volume;     /* 0..0xFFFF, 0xFFFF loudest */
} TspiGenerateTone;

/* A tone to listen for (lineMonitorTones). Frequencies of 0 do not count; all 0 is silence. */
typedef struct TspiMonitorTone {
    uint32_t appSpecific; /* comes back in LINE_MONITORTONE */
    uint32_t duration;    /* ms that it must last */
    uint32_t frequency[3];
} TspiMonitorTone;

/* Where a call is to be forwarded (lineForward). */
typedef struct TspiForward {
    uint32_t mode;                      /* one LINEFORWARDMODE_* */
    char destination[TSPI_NUMBER_SIZE]; /* dialable; empty: this mode is cancelled */
    uint32_t rings;                     /* before forwarding on no answer; 0: default */
} TspiForward;

#ifdef __cplusplus
}
#endif
#endif
