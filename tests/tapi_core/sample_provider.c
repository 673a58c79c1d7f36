/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest provider that keeps the whole contract, in strict C99: one line, whose far end is
 * moved by lineDevSpecific ("ring", "hangup"). Calls that it makes are answered after a second. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tipring/tapi_core/tspi/tspi.h"

typedef struct Call {
    struct Session* session;
    HTAPICALL handle;
    uint32_t state;
    uint32_t origin;
} Call;

typedef struct Session {
    TspiInit init;
    uint32_t deviceId;
    char name[TSPI_NAME_SIZE];
    HTAPILINE line;
    LINEEVENT events;
    TspiTimer timer;
    Call* call; /* one at a time */
} Session;

static void enter(Call* call, uint32_t state, uint32_t mode) {
    Session* session = call->session;
    call->state = state;
    session->events(session->line, call->handle, LINE_CALLSTATE, state, mode,
                    LINEMEDIAMODE_AUTOMATEDVOICE);
}

static TSPI_RESULT done(Session* session, DRV_REQUESTID id) {
    session->init.completion(session->init.context, id, 0, NULL);
    return (TSPI_RESULT)id;
}

static TSPI_RESULT refuse(Session* session, TSPI_RESULT code, const char* cause) {
    session->init.host->explain(session->init.host->context, cause);
    return code;
}

static Call* newCall(Session* session, uint32_t origin) {
    Call* call = calloc(1, sizeof *call);
    if (call != NULL) {
        call->session = session;
        call->origin = origin;
        session->call = call;
    }
    return call;
}

/* The far end answers. */
static void onTimer(void* argument) {
    Session* session = argument;
    if (session->call != NULL && session->call->state == LINECALLSTATE_PROCEEDING) {
        enter(session->call, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_CONFIRMED);
    }
}

static TSPI_RESULT providerInit(const TspiInit* init, HPROVIDER* provider) {
    const TspiHost* host = init->host;
    Session* session = calloc(1, sizeof *session);
    char number[16] = "1";
    if (session == NULL) {
        return LINEERR_NOMEM;
    }
    session->init = *init;
    session->timer = host->timerCreate(host->context, onTimer, session);
    if (session->timer == NULL) {
        free(session);
        return LINEERR_NOMEM;
    }
    host->configGet(host->context, "number", number, sizeof number);
    (void)snprintf(session->name, sizeof session->name, "sample line %s", number);
    host->log(host->context, TSPI_LOG_DEBUG, "sample", "begun");
    *provider = (HPROVIDER)session;
    return 0;
}

static TSPI_RESULT providerShutdown(HPROVIDER provider) {
    Session* session = (Session*)provider;
    session->init.host->timerDestroy(session->init.host->context, session->timer);
    free(session);
    return 0;
}

static TSPI_RESULT providerEnumDevices(HPROVIDER provider, uint32_t* lineCount) {
    (void)provider;
    *lineCount = 1;
    return 0;
}

static TSPI_RESULT providerGetDeviceKey(HPROVIDER provider, uint32_t index, char* deviceKey,
                                        size_t capacity) {
    (void)provider;
    if (index != 0) {
        return LINEERR_BADDEVICEID;
    }
    (void)snprintf(deviceKey, capacity, "sample-0");
    return 0;
}

static TSPI_RESULT providerCreateLineDevice(HPROVIDER provider, const char* deviceKey,
                                            uint32_t deviceId) {
    (void)deviceKey;
    ((Session*)provider)->deviceId = deviceId;
    return 0;
}

static TSPI_RESULT lineGetDevCaps(HPROVIDER provider, uint32_t deviceId, TspiLineCaps* caps) {
    (void)deviceId;
    (void)snprintf(caps->permanentId, sizeof caps->permanentId, "sample-0");
    (void)snprintf(caps->name, sizeof caps->name, "%s", ((Session*)provider)->name);
    caps->addressCount = 1;
    caps->bearerModes = LINEBEARERMODE_VOICE;
    caps->mediaModes = LINEMEDIAMODE_AUTOMATEDVOICE;
    caps->devCapFlags = LINEDEVCAPFLAGS_CLOSEDROP;
    caps->callStates = LINECALLSTATE_IDLE | LINECALLSTATE_OFFERING | LINECALLSTATE_PROCEEDING |
                       LINECALLSTATE_CONNECTED | LINECALLSTATE_DISCONNECTED;
    caps->disconnectModes = LINEDISCONNECTMODE_NORMAL;
    caps->connectedModes = LINECONNECTEDMODE_CONFIRMED;
    caps->callerIdFlags = LINECALLPARTYID_UNAVAIL;
    return 0;
}

static TSPI_RESULT lineGetLineDevStatus(HDRVLINE line, TspiLineStatus* status) {
    (void)line;
    status->connected = 1;
    status->inService = 1;
    return 0;
}

static TSPI_RESULT lineOpen(HPROVIDER provider, uint32_t deviceId, HTAPILINE htLine,
                            LINEEVENT eventRoutine, uint32_t version, HDRVLINE* line) {
    Session* session = (Session*)provider;
    (void)deviceId;
    (void)version;
    session->line = htLine;
    session->events = eventRoutine;
    *line = (HDRVLINE)session;
    return 0;
}

static TSPI_RESULT lineClose(HDRVLINE line) {
    ((Session*)line)->events = NULL;
    return 0;
}

static TSPI_RESULT lineMakeCall(DRV_REQUESTID requestId, HDRVLINE line, HTAPICALL htCall,
                                const char* address, const TspiCallParams* params, HDRVCALL* call) {
    Session* session = (Session*)line;
    Call* made;
    (void)address;
    (void)params;
    if (session->call != NULL) {
        return refuse(session, LINEERR_CALLUNAVAIL, "the line has a call already");
    }
    made = newCall(session, LINECALLORIGIN_OUTBOUND);
    if (made == NULL) {
        return LINEERR_NOMEM;
    }
    made->handle = htCall;
    *call = (HDRVCALL)made;
    (void)done(session, requestId);
    enter(made, LINECALLSTATE_PROCEEDING, 0);
    session->init.host->timerArm(session->init.host->context, session->timer, 1000000000);
    return (TSPI_RESULT)requestId;
}

static TSPI_RESULT lineAnswer(DRV_REQUESTID requestId, HDRVCALL call) {
    Call* answered = (Call*)call;
    if (answered->state != LINECALLSTATE_OFFERING) {
        return refuse(answered->session, LINEERR_INVALCALLSTATE,
                      "the call is not offered any more");
    }
    (void)done(answered->session, requestId);
    enter(answered, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_CONFIRMED);
    return (TSPI_RESULT)requestId;
}

static void hangUp(Call* call) {
    if (call->state != LINECALLSTATE_IDLE) {
        if (call->state != LINECALLSTATE_DISCONNECTED) {
            enter(call, LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
        }
        enter(call, LINECALLSTATE_IDLE, 0);
    }
}

static TSPI_RESULT lineDrop(DRV_REQUESTID requestId, HDRVCALL call) {
    Call* dropped = (Call*)call;
    (void)done(dropped->session, requestId);
    hangUp(dropped);
    return (TSPI_RESULT)requestId;
}

static TSPI_RESULT lineCloseCall(HDRVCALL call) {
    Call* closed = (Call*)call;
    if (closed->session->call == closed) {
        closed->session->call = NULL;
    }
    free(closed);
    return 0;
}

static TSPI_RESULT lineGetCallInfo(HDRVCALL call, TspiCallInfo* info) {
    info->bearerMode = LINEBEARERMODE_VOICE;
    info->mediaMode = LINEMEDIAMODE_AUTOMATEDVOICE;
    info->origin = ((Call*)call)->origin;
    info->reason = LINECALLREASON_DIRECT;
    info->callerId.flags = LINECALLPARTYID_UNAVAIL;
    return 0;
}

static TSPI_RESULT lineGetCallStatus(HDRVCALL call, TspiCallStatus* status) {
    status->state = ((Call*)call)->state;
    return 0;
}

static void ring(Session* session) {
    Call* call = newCall(session, LINECALLORIGIN_INBOUND);
    if (call == NULL) {
        return;
    }
    session->events(session->line, NULL, LINE_NEWCALL, (uintptr_t)call, (uintptr_t)&call->handle,
                    0);
    if (call->handle == NULL) { /* the core has no room */
        session->call = NULL;
        free(call);
        return;
    }
    enter(call, LINECALLSTATE_OFFERING, LINEOFFERINGMODE_ACTIVE);
}

static TSPI_RESULT lineDevSpecific(DRV_REQUESTID requestId, HDRVLINE line, HDRVCALL call,
                                   const void* data, size_t size) {
    Session* session = (Session*)line;
    (void)call;
    if (size == 4 && memcmp(data, "ring", 4) == 0 && session->call == NULL) {
        ring(session);
    } else if (size == 6 && memcmp(data, "hangup", 6) == 0 && session->call != NULL) {
        hangUp(session->call);
    } else {
        return refuse(session, LINEERR_OPERATIONFAILED, "the far end cannot do that now");
    }
    return done(session, requestId);
}

static const TspiProvider kTable = {
    .size = sizeof(TspiProvider),
    .version = TSPI_VERSION,
    .name = "sample",
    .providerInit = providerInit,
    .providerShutdown = providerShutdown,
    .providerEnumDevices = providerEnumDevices,
    .providerGetDeviceKey = providerGetDeviceKey,
    .providerCreateLineDevice = providerCreateLineDevice,
    .lineGetDevCaps = lineGetDevCaps,
    .lineGetLineDevStatus = lineGetLineDevStatus,
    .lineOpen = lineOpen,
    .lineClose = lineClose,
    .lineMakeCall = lineMakeCall,
    .lineAnswer = lineAnswer,
    .lineDrop = lineDrop,
    .lineCloseCall = lineCloseCall,
    .lineGetCallInfo = lineGetCallInfo,
    .lineGetCallStatus = lineGetCallStatus,
    .lineDevSpecific = lineDevSpecific,
};

const TspiProvider* tspi_provider(void);

const TspiProvider* tspi_provider(void) {
    return &kTable;
}
