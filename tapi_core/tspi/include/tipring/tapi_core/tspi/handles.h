/* SPDX-License-Identifier: Apache-2.0 */
/* Handles and results of the provider contract. The core's (ht...) are opaque to the provider, the
 * provider's (hd...) to the core. Zero is none. Strict C99. */
#ifndef TIPRING_TSPI_HANDLES_H
#define TIPRING_TSPI_HANDLES_H

#include <stdint.h>

typedef int32_t TSPI_RESULT;    /* 0, a request id, or a negative LINEERR_*, PHONEERR_* */
typedef uint32_t DRV_REQUESTID; /* 1..0x7FFFFFFF, unique while pending */

typedef struct HTAPILINE_tag* HTAPILINE; /* the core's handle of an open line */
typedef struct HDRVLINE_tag* HDRVLINE;   /* the provider's */
typedef struct HTAPICALL_tag* HTAPICALL;
typedef struct HDRVCALL_tag* HDRVCALL;
typedef struct HTAPIPHONE_tag* HTAPIPHONE;
typedef struct HDRVPHONE_tag* HDRVPHONE;

/* Sizes of fixed text fields, with the terminating zero. */
#define TSPI_NAME_SIZE 128
#define TSPI_NUMBER_SIZE 64
#define TSPI_CAUSE_SIZE 256

#endif
