/* SPDX-License-Identifier: Apache-2.0 */
/* Provider-specific interfaces: what a provider adds to the standard objects. It describes each
 * (name, version, methods and events with their types), so that a program that never heard of it
 * can list and call it. Strict C99.
 *
 * Names are those of D-Bus: an interface "org.example.Modem", a method "Identify", lower-case
 * arguments. A version counts up; a later one keeps what the earlier had. */
#ifndef TIPRING_TSPI_INTERFACE_H
#define TIPRING_TSPI_INTERFACE_H

#include <stddef.h>
#include <stdint.h>

#include "tipring/tapi_core/tspi/handles.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Objects that can have interfaces. */
#define TSPI_OBJECT_TAPI 1u     /* the provider itself */
#define TSPI_OBJECT_ADDRESS 2u  /* a line */
#define TSPI_OBJECT_TERMINAL 3u /* an end of its sound */
#define TSPI_OBJECT_CALL 4u
#define TSPI_OBJECT_CALLHUB 5u

/* Types of values, with the letters of D-Bus signatures ("ay" for bytes). */
#define TSPI_TYPE_BOOLEAN 'b'
#define TSPI_TYPE_INT32 'i'
#define TSPI_TYPE_UINT32 'u'
#define TSPI_TYPE_INT64 'x'
#define TSPI_TYPE_UINT64 't'
#define TSPI_TYPE_DOUBLE 'd'
#define TSPI_TYPE_STRING 's'
#define TSPI_TYPE_BYTES 'y'

typedef struct TspiValue {
    uint32_t type; /* TSPI_TYPE_* */
    size_t size;   /* of text or bytes; text without a terminating zero */
    union {
        int64_t integer;          /* BOOLEAN (0, 1), INT32, INT64 */
        uint64_t unsignedInteger; /* UINT32, UINT64 */
        double real;
        const void* data; /* STRING (UTF-8), BYTES */
    } as;
} TspiValue;

typedef struct TspiArgument {
    const char* name;
    uint32_t type;
} TspiArgument;

typedef struct TspiMethod {
    const char* name;
    const char* text; /* what it does, one sentence for people */
    const TspiArgument* in;
    uint32_t inCount;
    const TspiArgument* out;
    uint32_t outCount;
} TspiMethod;

typedef struct TspiInterfaceSignal {
    const char* name;
    const char* text;
    const TspiArgument* arguments;
    uint32_t count;
} TspiInterfaceSignal;

typedef struct TspiInterface {
    uint32_t size;
    uint32_t object; /* TSPI_OBJECT_* that has it */
    const char* name;
    uint32_t version; /* from 1 */
    const char* text;
    const TspiMethod* methods;
    uint32_t methodCount;
    const TspiInterfaceSignal* events;
    uint32_t eventCount;
} TspiInterface;

/* On what a method is called: line for ADDRESS, line and call for CALL, else both NULL. The core
 * opens the line for it. */
typedef struct TspiInterfaceTarget {
    uint32_t size;
    uint32_t object; /* TSPI_OBJECT_* */
    HDRVLINE line;
    HDRVCALL call;
} TspiInterfaceTarget;

/* The results of a call, before its completion; copied. Thread: any, as the completion routine. */
typedef void (*INTERFACERESULT)(void* context, DRV_REQUESTID requestId, const TspiValue* values,
                                uint32_t count);
/* An event of interface number `interfaceIndex`. htLine and htCall say of which object; both NULL:
 * of the provider itself. Copied. Thread: any, as the event routine. */
typedef void (*INTERFACEEVENT)(void* context, HTAPILINE htLine, HTAPICALL htCall,
                               uint32_t interfaceIndex, uint32_t event, const TspiValue* values,
                               uint32_t count);

#ifdef __cplusplus
}
#endif
#endif
