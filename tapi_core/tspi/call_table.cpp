// SPDX-License-Identifier: Apache-2.0
// The C functions of a C++ provider's calls.
#include "table_functions.h"

namespace tipring::tspi {
namespace {

TSPI_RESULT lineMakeCall(DRV_REQUESTID id, HDRVLINE line, HTAPICALL htCall, const char* address,
                         const TspiCallParams* params, HDRVCALL* call) {
    return makeCall(id, lineOf(line), call, [&](Line& object, Request&& request) {
        return object.makeCall(std::move(request), htCall, textOf(address), *params);
    });
}

TSPI_RESULT lineDial(DRV_REQUESTID id, HDRVCALL call, const char* address) {
    return callAsync(id, callOf(call), [&](Call& object, Request&& request) {
        return object.dial(std::move(request), textOf(address));
    });
}

TSPI_RESULT lineAccept(DRV_REQUESTID id, HDRVCALL call) {
    return callAsync(id, callOf(call), [](Call& object, Request&& request) {
        return object.accept(std::move(request));
    });
}

TSPI_RESULT lineAnswer(DRV_REQUESTID id, HDRVCALL call) {
    return callAsync(id, callOf(call), [](Call& object, Request&& request) {
        return object.answer(std::move(request));
    });
}

TSPI_RESULT lineDrop(DRV_REQUESTID id, HDRVCALL call) {
    return callAsync(id, callOf(call), [](Call& object, Request&& request) {
        return object.drop(std::move(request));
    });
}

TSPI_RESULT lineCloseCall(HDRVCALL call) {
    HostSession& session = HostSession::of(callOf(call));
    return session.guarded([&] {
        callOf(call).close();
        return 0;
    });
}

TSPI_RESULT lineGetCallInfo(HDRVCALL call, TspiCallInfo* info) {
    return callSync(callOf(call), [&](Call& object) { return object.info(*info); });
}

TSPI_RESULT lineGetCallStatus(HDRVCALL call, TspiCallStatus* status) {
    return callSync(callOf(call), [&](Call& object) { return object.status(*status); });
}

TSPI_RESULT lineSetMediaMode(HDRVCALL call, std::uint32_t mediaMode) {
    return callSync(callOf(call), [&](Call& object) { return object.setMediaMode(mediaMode); });
}

TSPI_RESULT lineGenerateDigits(HDRVCALL call, std::uint32_t endToEndId, std::uint32_t digitMode,
                               const char* digits, std::uint32_t duration) {
    return callSync(callOf(call), [&](Call& object) {
        return object.generateDigits(endToEndId, digitMode, textOf(digits), duration);
    });
}

TSPI_RESULT lineGenerateTone(HDRVCALL call, std::uint32_t endToEndId, std::uint32_t toneMode,
                             std::uint32_t duration, const TspiGenerateTone* tones,
                             std::uint32_t count) {
    return callSync(callOf(call), [&](Call& object) {
        return object.generateTone(endToEndId, toneMode, duration, {tones, count});
    });
}

TSPI_RESULT lineMonitorDigits(HDRVCALL call, std::uint32_t digitModes) {
    return callSync(callOf(call), [&](Call& object) { return object.monitorDigits(digitModes); });
}

TSPI_RESULT lineMonitorMedia(HDRVCALL call, std::uint32_t mediaModes) {
    return callSync(callOf(call), [&](Call& object) { return object.monitorMedia(mediaModes); });
}

TSPI_RESULT lineMonitorTones(HDRVCALL call, const TspiMonitorTone* tones, std::uint32_t count) {
    return callSync(callOf(call), [&](Call& object) {
        return object.monitorTones({tones, count});
    });
}

TSPI_RESULT lineGatherDigits(HDRVCALL call, std::uint32_t endToEndId, std::uint32_t digitModes,
                             std::uint32_t maxDigits, const char* terminators,
                             std::uint32_t firstDigitTimeout, std::uint32_t interDigitTimeout) {
    return callSync(callOf(call), [&](Call& object) {
        return object.gatherDigits(endToEndId, digitModes, maxDigits, textOf(terminators),
                                   firstDigitTimeout, interDigitTimeout);
    });
}

TSPI_RESULT lineSetCallParams(DRV_REQUESTID id, HDRVCALL call, std::uint32_t bearerMode,
                              std::uint32_t minRate, std::uint32_t maxRate,
                              const TspiDialParams* dialParams) {
    return callAsync(id, callOf(call), [&](Call& object, Request&& request) {
        return object.setParams(std::move(request), bearerMode, minRate, maxRate, *dialParams);
    });
}

TSPI_RESULT lineGetDescriptor(HDRVCALL call, const char* deviceClass, int* descriptor) {
    HostSession& session = HostSession::of(callOf(call));
    return session.guarded([&] {
        auto got = callOf(call).descriptor(textOf(deviceClass));
        if (!got) {
            return session.refuse(got.error());
        }
        *descriptor = got->release();
        return TSPI_RESULT{0};
    });
}

TSPI_RESULT lineSetCallTreatment(DRV_REQUESTID id, HDRVCALL call, std::uint32_t treatment) {
    return callAsync(id, callOf(call), [&](Call& object, Request&& request) {
        return object.setTreatment(std::move(request), treatment);
    });
}

TSPI_RESULT lineSecureCall(DRV_REQUESTID id, HDRVCALL call) {
    return callAsync(id, callOf(call), [](Call& object, Request&& request) {
        return object.secure(std::move(request));
    });
}

TSPI_RESULT lineGetCallAddressID(HDRVCALL call, std::uint32_t* addressId) {
    return fetch(callOf(call), addressId, [](Call& object) { return object.addressId(); });
}

TSPI_RESULT lineHold(DRV_REQUESTID id, HDRVCALL call) {
    return callAsync(id, callOf(call), [](Call& object, Request&& request) {
        return object.hold(std::move(request));
    });
}

TSPI_RESULT lineUnhold(DRV_REQUESTID id, HDRVCALL call) {
    return callAsync(id, callOf(call), [](Call& object, Request&& request) {
        return object.unhold(std::move(request));
    });
}

TSPI_RESULT lineSwapHold(DRV_REQUESTID id, HDRVCALL active, HDRVCALL held) {
    return callAsync(id, callOf(active), [&](Call& object, Request&& request) {
        return object.swapHold(std::move(request), callOf(held));
    });
}

TSPI_RESULT lineSetupTransfer(DRV_REQUESTID id, HDRVCALL call, HTAPICALL htConsultCall,
                              HDRVCALL* consultCall, const TspiCallParams* params) {
    return makeCall(id, callOf(call), consultCall, [&](Call& object, Request&& request) {
        return object.setupTransfer(std::move(request), htConsultCall, *params);
    });
}

TSPI_RESULT lineCompleteTransfer(DRV_REQUESTID id, HDRVCALL call, HDRVCALL consultCall,
                                 HTAPICALL htConference, HDRVCALL* conference,
                                 std::uint32_t transferMode) {
    return makeCall(id, callOf(call), conference, [&](Call& object, Request&& request) {
        return object.completeTransfer(std::move(request), callOf(consultCall), htConference,
                                       transferMode);
    });
}

TSPI_RESULT lineBlindTransfer(DRV_REQUESTID id, HDRVCALL call, const char* address) {
    return callAsync(id, callOf(call), [&](Call& object, Request&& request) {
        return object.blindTransfer(std::move(request), textOf(address));
    });
}

TSPI_RESULT lineSetupConference(DRV_REQUESTID id, HDRVCALL call, HDRVLINE line,
                                HTAPICALL htConference, HDRVCALL* conference,
                                HTAPICALL htConsultCall, HDRVCALL* consultCall,
                                std::uint32_t parties, const TspiCallParams* params) {
    HostSession& session = HostSession::of(lineOf(line));
    return session.request(id, [&](Request&& request) -> hal::Result<void> {
        auto made = lineOf(line).setupConference(std::move(request),
                                                 call == nullptr ? nullptr : &callOf(call),
                                                 htConference, htConsultCall, parties, *params);
        if (!made) {
            return tl::unexpected(std::move(made.error()));
        }
        session.adopt(*made->conference);
        *conference = made->conference->handle();
        if (made->consult != nullptr) {
            session.adopt(*made->consult);
            *consultCall = made->consult->handle();
        }
        return {};
    });
}

TSPI_RESULT linePrepareAddToConference(DRV_REQUESTID id, HDRVCALL conference,
                                       HTAPICALL htConsultCall, HDRVCALL* consultCall,
                                       const TspiCallParams* params) {
    return makeCall(id, callOf(conference), consultCall, [&](Call& object, Request&& request) {
        return object.prepareAddToConference(std::move(request), htConsultCall, *params);
    });
}

TSPI_RESULT lineAddToConference(DRV_REQUESTID id, HDRVCALL conference, HDRVCALL consultCall) {
    return callAsync(id, callOf(conference), [&](Call& object, Request&& request) {
        return object.addToConference(std::move(request), callOf(consultCall));
    });
}

TSPI_RESULT lineRemoveFromConference(DRV_REQUESTID id, HDRVCALL call) {
    return callAsync(id, callOf(call), [](Call& object, Request&& request) {
        return object.removeFromConference(std::move(request));
    });
}

TSPI_RESULT linePickup(DRV_REQUESTID id, HDRVLINE line, std::uint32_t addressId, HTAPICALL htCall,
                       HDRVCALL* call, const char* address) {
    return makeCall(id, lineOf(line), call, [&](Line& object, Request&& request) {
        return object.pickup(std::move(request), addressId, htCall, textOf(address));
    });
}

}  // namespace

void addCallFunctions(TspiProvider& table) {
    table.lineMakeCall = &lineMakeCall;
    table.lineDial = &lineDial;
    table.lineAccept = &lineAccept;
    table.lineAnswer = &lineAnswer;
    table.lineDrop = &lineDrop;
    table.lineCloseCall = &lineCloseCall;
    table.lineGetCallInfo = &lineGetCallInfo;
    table.lineGetCallStatus = &lineGetCallStatus;
    table.lineSetMediaMode = &lineSetMediaMode;
    table.lineGenerateDigits = &lineGenerateDigits;
    table.lineGenerateTone = &lineGenerateTone;
    table.lineMonitorDigits = &lineMonitorDigits;
    table.lineMonitorMedia = &lineMonitorMedia;
    table.lineMonitorTones = &lineMonitorTones;
    table.lineGatherDigits = &lineGatherDigits;
    table.lineSetCallParams = &lineSetCallParams;
    table.lineGetDescriptor = &lineGetDescriptor;
    table.lineSetCallTreatment = &lineSetCallTreatment;
    table.lineSecureCall = &lineSecureCall;
    table.lineGetCallAddressID = &lineGetCallAddressID;
    table.lineHold = &lineHold;
    table.lineUnhold = &lineUnhold;
    table.lineSwapHold = &lineSwapHold;
    table.lineSetupTransfer = &lineSetupTransfer;
    table.lineCompleteTransfer = &lineCompleteTransfer;
    table.lineBlindTransfer = &lineBlindTransfer;
    table.lineSetupConference = &lineSetupConference;
    table.linePrepareAddToConference = &linePrepareAddToConference;
    table.lineAddToConference = &lineAddToConference;
    table.lineRemoveFromConference = &lineRemoveFromConference;
    table.linePickup = &linePickup;
}

}  // namespace tipring::tspi
