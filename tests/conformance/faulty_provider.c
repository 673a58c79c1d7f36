/* SPDX-License-Identifier: Apache-2.0 */
/* The sample provider with one fault, chosen by TIPRING_FAULT: what the kit must find. */
#define tspi_provider sample_table
#include "../tapi_core/sample_provider.c"
#undef tspi_provider

#define FAULT_DOUBLE_COMPLETION 1
#define FAULT_AFTER_IDLE 2
#define FAULT_UNCLAIMED_STATE 3
#define FAULT_UNCLAIMED_MODE 4
#define FAULT_NO_IDLE 5
#define FAULT_NEW_ID 6
#define FAULT_STRUCT_OVERRUN 7
#define FAULT_FALSE_FEATURE 8
#define FAULT_CONTRADICTION 9
#define FAULT_ANY_CLASS 10
#define FAULT_LEFT_TIMER 11
#define FAULT_FALSE_SIGN 12
#define FAULT_DEAF 13
#define FAULT_EMPTY_CLAIM 14

static TspiProvider faulty;

#if TIPRING_FAULT == FAULT_DOUBLE_COMPLETION
static TSPI_RESULT faultyDrop(DRV_REQUESTID requestId, HDRVCALL call) {
    Session* session = ((Call*)call)->session;
    const TSPI_RESULT result = lineDrop(requestId, call);
    (void)done(session, requestId);
    return result;
}
static void plant(void) {
    faulty.lineDrop = faultyDrop;
}
#elif TIPRING_FAULT == FAULT_AFTER_IDLE
static TSPI_RESULT faultyDrop(DRV_REQUESTID requestId, HDRVCALL call) {
    Call* dropped = (Call*)call;
    const TSPI_RESULT result = lineDrop(requestId, call);
    dropped->session->events(dropped->session->line, dropped->handle, LINE_CALLINFO,
                             LINECALLINFOSTATE_CALLERID, 0, 0);
    return result;
}
static void plant(void) {
    faulty.lineDrop = faultyDrop;
}
#elif TIPRING_FAULT == FAULT_UNCLAIMED_STATE
static TSPI_RESULT faultyCaps(HPROVIDER provider, uint32_t deviceId, TspiLineCaps* caps) {
    const TSPI_RESULT result = lineGetDevCaps(provider, deviceId, caps);
    caps->callStates &= ~LINECALLSTATE_PROCEEDING;
    return result;
}
static void plant(void) {
    faulty.lineGetDevCaps = faultyCaps;
}
#elif TIPRING_FAULT == FAULT_UNCLAIMED_MODE
static TSPI_RESULT faultyCaps(HPROVIDER provider, uint32_t deviceId, TspiLineCaps* caps) {
    const TSPI_RESULT result = lineGetDevCaps(provider, deviceId, caps);
    caps->disconnectModes = LINEDISCONNECTMODE_BUSY;
    return result;
}
static void plant(void) {
    faulty.lineGetDevCaps = faultyCaps;
}
#elif TIPRING_FAULT == FAULT_NO_IDLE
static TSPI_RESULT faultyDrop(DRV_REQUESTID requestId, HDRVCALL call) {
    Call* dropped = (Call*)call;
    (void)done(dropped->session, requestId);
    enter(dropped, LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    return (TSPI_RESULT)requestId;
}
static void plant(void) {
    faulty.lineDrop = faultyDrop;
}
#elif TIPRING_FAULT == FAULT_NEW_ID
static TSPI_RESULT faultyCaps(HPROVIDER provider, uint32_t deviceId, TspiLineCaps* caps) {
    const TspiHost* host = ((Session*)provider)->init.host;
    const TSPI_RESULT result = lineGetDevCaps(provider, deviceId, caps);
    (void)snprintf(caps->permanentId, sizeof caps->permanentId, "sample-%lld",
                   (long long)host->now(host->context));
    return result;
}
static void plant(void) {
    faulty.lineGetDevCaps = faultyCaps;
}
#elif TIPRING_FAULT == FAULT_STRUCT_OVERRUN
static TSPI_RESULT faultyStatus(HDRVLINE line, TspiLineStatus* status) {
    char* behind = (char*)status + sizeof *status;
    const TSPI_RESULT result = lineGetLineDevStatus(line, status);
    memset(behind, 0, 16);
    return result;
}
static void plant(void) {
    faulty.lineGetLineDevStatus = faultyStatus;
}
#elif TIPRING_FAULT == FAULT_FALSE_FEATURE
static TSPI_RESULT faultyCaps(HPROVIDER provider, uint32_t deviceId, TspiLineCaps* caps) {
    const TSPI_RESULT result = lineGetDevCaps(provider, deviceId, caps);
    caps->lineFeatures = LINEFEATURE_MAKECALL | LINEFEATURE_DEVSPECIFIC | LINEFEATURE_FORWARD;
    return result;
}
static void plant(void) {
    faulty.lineGetDevCaps = faultyCaps;
}
#elif TIPRING_FAULT == FAULT_CONTRADICTION
static TSPI_RESULT faultyCaps(HPROVIDER provider, uint32_t deviceId, TspiLineCaps* caps) {
    const TSPI_RESULT result = lineGetDevCaps(provider, deviceId, caps);
    caps->callerIdFlags |= LINECALLPARTYID_ADDRESS;
    return result;
}
static void plant(void) {
    faulty.lineGetDevCaps = faultyCaps;
}
#elif TIPRING_FAULT == FAULT_ANY_CLASS
static TSPI_RESULT faultyId(HDRVLINE line, const char* deviceClass, char* id, size_t capacity) {
    (void)line;
    (void)snprintf(id, capacity, "device of %s", deviceClass);
    return 0;
}
static void plant(void) {
    faulty.lineGetID = faultyId;
}
#elif TIPRING_FAULT == FAULT_LEFT_TIMER
static TSPI_RESULT faultyShutdown(HPROVIDER provider) {
    free((Session*)provider); /* and not its timer */
    return 0;
}
static void plant(void) {
    faulty.providerShutdown = faultyShutdown;
}
#elif TIPRING_FAULT == FAULT_FALSE_SIGN
static TSPI_RESULT faultyAnswer(DRV_REQUESTID requestId, HDRVCALL call) {
    Call* answered = (Call*)call;
    Session* session = answered->session;
    const TSPI_RESULT result = lineAnswer(requestId, call);
    if (result > 0) {
        session->events(session->line, answered->handle, LINE_HANGUPSIGN,
                        TSPI_HANGUPSIGN_BATTERYDROP, 100, 0);
    }
    return result;
}
static void plant(void) {
    faulty.lineAnswer = faultyAnswer;
}
#elif TIPRING_FAULT == FAULT_DEAF || TIPRING_FAULT == FAULT_EMPTY_CLAIM
static TSPI_RESULT faultyCaps(HPROVIDER provider, uint32_t deviceId, TspiLineCaps* caps) {
    const TSPI_RESULT result = lineGetDevCaps(provider, deviceId, caps);
    caps->monitorDigitModes = LINEDIGITMODE_DTMF;
    return result;
}
#if TIPRING_FAULT == FAULT_DEAF
static TSPI_RESULT faultyMonitor(HDRVCALL call, uint32_t digitModes) {
    (void)call;
    (void)digitModes;
    return 0; /* and nothing is ever told */
}
#endif
static void plant(void) {
    faulty.lineGetDevCaps = faultyCaps;
#if TIPRING_FAULT == FAULT_DEAF
    faulty.lineMonitorDigits = faultyMonitor;
#endif
}
#else
static void plant(void) {}
#endif

const TspiProvider* tspi_provider(void);

const TspiProvider* tspi_provider(void) {
    faulty = kTable;
    plant();
    return &faulty;
}
