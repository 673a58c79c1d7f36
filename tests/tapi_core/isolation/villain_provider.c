/* SPDX-License-Identifier: Apache-2.0 */
/* The sample provider with ways to go wrong, told by the setting "fault" and by lineDevSpecific:
 * what the core must survive when it runs in a host. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define tspi_provider sample_table
#include "../sample_provider.c"
#undef tspi_provider

static TspiProvider villain;

static int isSet(const TspiInit* init, const char* fault) {
    char value[32] = "";
    init->host->configGet(init->host->context, "fault", value, sizeof value);
    return strcmp(value, fault) == 0;
}

static void onCrash(void* argument) {
    (void)argument;
    abort();
}

static TSPI_RESULT villainInit(const TspiInit* init, HPROVIDER* provider) {
    if (isSet(init, "init-crash")) {
        abort();
    }
    if (isSet(init, "init-refuse")) {
        init->host->explain(init->host->context, "no licence");
        return LINEERR_OPERATIONFAILED;
    }
    return providerInit(init, provider);
}

static TSPI_RESULT villainOpen(HPROVIDER provider, uint32_t deviceId, HTAPILINE htLine,
                               LINEEVENT eventRoutine, uint32_t version, HDRVLINE* line) {
    if (isSet(&((Session*)provider)->init, "open-crash")) {
        abort();
    }
    return lineOpen(provider, deviceId, htLine, eventRoutine, version, line);
}

/* "crash-later": in a task of the host; "never": a request without its completion; "write":
 * rubbish on the socket, which is descriptor 3. */
static TSPI_RESULT villainSpecific(DRV_REQUESTID requestId, HDRVLINE line, HDRVCALL call,
                                   const void* data, size_t size) {
    Session* session = (Session*)line;
    const TspiHost* host = session->init.host;
    if (size == 5 && memcmp(data, "crash", 5) == 0) {
        abort();
    }
    if (size == 11 && memcmp(data, "crash-later", 11) == 0) {
        host->post(host->context, onCrash, NULL);
        return done(session, requestId);
    }
    if (size == 4 && memcmp(data, "hang", 4) == 0) {
        for (;;) {
            pause();
        }
    }
    if (size == 5 && memcmp(data, "never", 5) == 0) {
        return (TSPI_RESULT)requestId;
    }
    if (size == 5 && memcmp(data, "write", 5) == 0) {
        static const char rubbish[] = "\x07 this is no message";
        (void)!write(3, rubbish, sizeof rubbish);
        return (TSPI_RESULT)requestId;
    }
    return lineDevSpecific(requestId, line, call, data, size);
}

const TspiProvider* tspi_provider(void);

const TspiProvider* tspi_provider(void) {
    villain = kTable;
    villain.name = "villain";
    villain.providerInit = villainInit;
    villain.lineOpen = villainOpen;
    villain.lineDevSpecific = villainSpecific;
    return &villain;
}
