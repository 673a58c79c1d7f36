/* SPDX-License-Identifier: Apache-2.0 */
/* What the core hands to a provider: log, time, descriptors, configuration. A provider that lives
 * by these has no globals and runs unchanged on virtual time. Strict C99. */
#ifndef TIPRING_TSPI_HOST_H
#define TIPRING_TSPI_HOST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct TspiTimer_tag* TspiTimer; /* owned by the host, made and destroyed through it */
typedef struct TspiWatch_tag* TspiWatch;

typedef void (*TspiTask)(void* argument);
typedef void (*TspiIoTask)(void* argument, uint32_t ready); /* TSPI_IO_* bits */

#define TSPI_IO_READ 1u
#define TSPI_IO_WRITE 2u
#define TSPI_IO_HANGUP 4u
#define TSPI_IO_ERROR 8u

#define TSPI_LOG_TRACE 0
#define TSPI_LOG_DEBUG 1
#define TSPI_LOG_INFO 2
#define TSPI_LOG_WARNING 3
#define TSPI_LOG_ERROR 4

/* Thread: all but `post` and `log` on the core's loop thread, where the host also runs every task.
 * `context` is the first argument of each function. Tasks never nest. A timer or watch may be
 * cancelled or destroyed inside its own task, and its task does not come after that. Timers and
 * watches are destroyed before providerShutdown returns; what is posted by then and has not run is
 * dropped. */
typedef struct TspiHost {
    uint32_t size;    /* sizeof(TspiHost) of the host: what lies beyond it is not there */
    uint32_t version; /* TSPI_VERSION */
    void* context;

    /* `text` is UTF-8 without line end. Numbers above debug level must be redacted by the caller.
     */
    void (*log)(void* context, int level, const char* category, const char* text);

    /* Monotonic nanoseconds, and nanoseconds since 1970-01-01 UTC for records. */
    int64_t (*now)(void* context);
    int64_t (*wallNow)(void* context);

    /* NULL when memory is short. arm: one run, `delay` ns from now; replaces the old due time. */
    TspiTimer (*timerCreate)(void* context, TspiTask task, void* argument);
    void (*timerArm)(void* context, TspiTimer timer, int64_t delay);
    void (*timerCancel)(void* context, TspiTimer timer);
    void (*timerDestroy)(void* context, TspiTimer timer);

    /* Level-triggered; destroy the watch before closing the descriptor. NULL: cannot be watched. */
    TspiWatch (*watchCreate)(void* context, int fd, uint32_t events, TspiIoTask task,
                             void* argument);
    int (*watchChange)(void* context, TspiWatch watch, uint32_t events); /* 0 or -errno */
    void (*watchDestroy)(void* context, TspiWatch watch);

    /* Runs the task on the loop thread; from any thread, in order. */
    void (*post)(void* context, TspiTask task, void* argument);

    /* The provider's configuration, a value by key ("ports", "country", ...). Copies at most
     * `capacity` bytes with the terminating zero; returns the length without it (which may be more
     * than fits), or -1 when the key is not set. */
    int64_t (*configGet)(void* context, const char* key, char* value, size_t capacity);

    /* Words for the error that the running TSPI function is about to return: what, where, why, what
     * to do. Copied; forgotten when the function returns. Only from inside a TSPI function. */
    void (*explain)(void* context, const char* cause);
} TspiHost;

#ifdef __cplusplus
}
#endif
#endif
