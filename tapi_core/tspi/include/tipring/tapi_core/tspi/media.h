/* SPDX-License-Identifier: Apache-2.0 */
/* The media half of the provider contract (MSPI): the sound of a call as 16-bit linear samples,
 * 8000 per second, mono, whatever the device speaks. Strict C99. */
#ifndef TIPRING_TSPI_MEDIA_H
#define TIPRING_TSPI_MEDIA_H

#include <stddef.h>
#include <stdint.h>

#include "tipring/tapi_core/tspi/constants.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct HTAPIMEDIA_tag* HTAPIMEDIA; /* the core's handle of a stream */
typedef struct HDRVMEDIA_tag* HDRVMEDIA;   /* the provider's */

#define TSPI_MEDIA_PLAY 1u   /* towards the line */
#define TSPI_MEDIA_RECORD 2u /* from the line */

#define TSPI_MEDIASTOP_DRAIN 1u   /* what was pulled is heard before the request completes */
#define TSPI_MEDIASTOP_DISCARD 2u /* as soon as the device can */

/* Media events: first parameter of the event routine */
#define TSPI_MEDIAEVENT_ENDED 1u    /* parameter: directions that the device ended by itself */
#define TSPI_MEDIAEVENT_UNDERRUN 2u /* parameter: 0; the line heard a gap */
#define TSPI_MEDIAEVENT_OVERRUN 3u  /* parameter: 0; received samples were lost before the core */
#define TSPI_MEDIAEVENT_SILENCE 4u  /* parameter: 0; the device reports a silent line */
/* The line is used for something else for a while: a hook flash, digits that go to the exchange, a
 * second call. Parameter: directions that the provider ended for it, as with ENDED; 0 where all go
 * on. Until RESUMED what is received is not the far end, and the core concludes nothing from it. */
#define TSPI_MEDIAEVENT_INTERRUPTED 5u
/* Parameter: 0. The line is this call's again: directions that had ended may be started anew, and
 * the core does so for what it listens for by itself. A call that ends meanwhile needs none. */
#define TSPI_MEDIAEVENT_RESUMED 6u

/* Threads: the routines of one stream may come from any thread of the provider, one at a time; they
 * may read or write a file block and never wait for the core. After mediaClose: silence.
 *
 * Received samples. `position` counts the device's own samples since the start of the direction
 * (converted to 8000 per second): a jump is a gap. The samples are valid during the call only. */
typedef void (*TSPI_MEDIARECEIVE)(HTAPIMEDIA htMedia, uint64_t position, const int16_t* samples,
                                  size_t count);
/* Samples to send, pulled on the device's clock. Returns how many were written, up to `capacity`;
 * the provider sends silence for the rest and goes on pulling until the direction is stopped. */
typedef size_t (*TSPI_MEDIASEND)(HTAPIMEDIA htMedia, uint64_t position, int16_t* samples,
                                 size_t capacity);
/* `cause` is in words, or NULL. */
typedef void (*TSPI_MEDIAEVENT)(HTAPIMEDIA htMedia, uint32_t event, uintptr_t parameter,
                                const char* cause);

typedef struct TspiMediaCallbacks {
    uint32_t size;
    TSPI_MEDIARECEIVE receive;
    TSPI_MEDIASEND send;
    TSPI_MEDIAEVENT event;
} TspiMediaCallbacks;

typedef struct TspiMediaCaps {
    uint32_t size;
    uint32_t directions; /* TSPI_MEDIA_* that the device can do */
    uint32_t fullDuplex; /* 0: one direction at a time */
    uint32_t deviceRate; /* samples per second on the device's side, before conversion */
    uint32_t bits;       /* of the device's format, per sample */
} TspiMediaCaps;

#ifdef __cplusplus
}
#endif
#endif
