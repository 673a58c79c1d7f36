/* SPDX-License-Identifier: Apache-2.0 */
/* The phone half of the provider contract: a handset on an FXS port, the speakerphone of a modem.
 * Source: TAPI, PHONECAPS, PHONESTATUS, PHONE_* messages. Strict C99. */
#ifndef TIPRING_TSPI_PHONE_H
#define TIPRING_TSPI_PHONE_H

#include <stdint.h>

#include "tipring/tapi_core/tspi/constants.h"
#include "tipring/tapi_core/tspi/handles.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Message and parameters:
 *   PHONE_STATE        p1 = PHONESTATE_* that changed, p2 = the new value where it is one number
 *                      (hook switch mode, ring mode, ring volume, lamp id); phoneGetStatus has all
 *   PHONE_BUTTON       p1 = button or lamp id, p2 = PHONEBUTTONMODE_*, p3 = PHONEBUTTONSTATE_*;
 *                      every DOWN has an UP
 *   PHONE_DEVSPECIFIC  the provider's own, three numbers
 *   PHONE_CLOSE        the phone is closed by force (the device is gone)
 * Threads and rules are those of LINEEVENT. */
typedef void (*PHONEEVENT)(HTAPIPHONE htPhone, uint32_t message, uintptr_t p1, uintptr_t p2,
                           uintptr_t p3);

/* Hook switch devices of a phone, as indices of the arrays below. */
#define TSPI_HANDSET 0
#define TSPI_SPEAKER 1
#define TSPI_HEADSET 2
#define TSPI_HOOKSWITCH_COUNT 3

/* What a phone can ever do. Arrays are by hook switch device: TSPI_HANDSET and so on. */
typedef struct TspiPhoneCaps {
    uint32_t size;
    char permanentId[TSPI_NAME_SIZE]; /* the same device has the same one over restart, re-plug */
    char name[TSPI_NAME_SIZE];        /* for people */
    char providerInfo[TSPI_NAME_SIZE];
    uint32_t lineDeviceId;      /* the line it belongs to + 1; 0: none that is known */
    uint32_t hookSwitchDevices; /* PHONEHOOKSWITCHDEV_* that it has */
    uint32_t settableHookSwitchModes[TSPI_HOOKSWITCH_COUNT];
    uint32_t monitoredHookSwitchModes[TSPI_HOOKSWITCH_COUNT];
    uint32_t volumeDevices; /* PHONEHOOKSWITCHDEV_* whose volume can be set */
    uint32_t gainDevices;   /* PHONEHOOKSWITCHDEV_* whose gain can be set */
    uint32_t ringModes;     /* how many; 0: no ringer to control. Mode 0 is silence */
    uint32_t settableRing;  /* 0: it rings by itself */
    uint32_t buttonCount;   /* buttons and lamps have ids 0..buttonCount-1; 0..11 is the keypad */
    uint32_t phoneStates;   /* PHONESTATE_* that can occur */
    uint32_t features;      /* PHONEFEATURE_* that can ever be possible */
} TspiPhoneCaps;

/* How a phone is now. */
typedef struct TspiPhoneStatus {
    uint32_t size;
    uint32_t statusFlags; /* PHONESTATUSFLAGS_* */
    uint32_t ringMode;    /* 0: silent */
    uint32_t ringVolume;  /* 0..0xFFFF */
    uint32_t hookSwitchMode[TSPI_HOOKSWITCH_COUNT];
    uint32_t volume[TSPI_HOOKSWITCH_COUNT]; /* 0..0xFFFF */
    uint32_t gain[TSPI_HOOKSWITCH_COUNT];   /* 0..0xFFFF */
    uint32_t features;                      /* PHONEFEATURE_* possible now */
    char cause[TSPI_CAUSE_SIZE]; /* why not connected or suspended, in words; may be empty */
} TspiPhoneStatus;

typedef struct TspiButtonInfo {
    uint32_t size;
    uint32_t mode;     /* PHONEBUTTONMODE_* */
    uint32_t function; /* PHONEBUTTONFUNCTION_* */
    uint32_t state;    /* PHONEBUTTONSTATE_* */
    char text[TSPI_NAME_SIZE];
} TspiButtonInfo;

#ifdef __cplusplus
}
#endif
#endif
