// SPDX-License-Identifier: Apache-2.0
// The C functions of a C++ provider: handles to objects, results to codes.
#include <fmt/format.h>

#include <algorithm>

#include "host_session.h"

namespace tipring::tspi {
namespace {

HostSession& sessionOf(HPROVIDER provider) {
    return *reinterpret_cast<HostSession*>(provider);
}
Line& lineOf(HDRVLINE line) {
    return *reinterpret_cast<Line*>(line);
}
Call& callOf(HDRVCALL call) {
    return *reinterpret_cast<Call*>(call);
}
MediaStream& mediaOf(HDRVMEDIA media) {
    return *reinterpret_cast<MediaStream*>(media);
}
std::string_view textOf(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

template <class Object, class Function>
TSPI_RESULT callSync(Object& object, Function&& function) {
    HostSession& session = HostSession::of(object);
    return session.guarded([&] { return session.codeOf(function(object)); });
}

template <class Object, class Function>
TSPI_RESULT callAsync(DRV_REQUESTID id, Object& object, Function&& function) {
    return HostSession::of(object).request(
        id, [&](Request&& request) { return function(object, std::move(request)); });
}

TSPI_RESULT copyOut(HostSession& session, std::string_view text, char* field,
                    std::size_t capacity) {
    if (text.size() >= capacity) {
        return session.refuse({hal::ErrorCode::StructureTooSmall,
                               fmt::format("\"{}\" does not fit into {} bytes", text, capacity)});
    }
    copyText(field, capacity, text);
    return 0;
}

TSPI_RESULT providerShutdown(HPROVIDER provider) {
    HostSession& session = sessionOf(provider);
    const TSPI_RESULT result = session.guarded([&] {
        session.provider.reset();
        return 0;
    });
    delete &session;
    return result;
}

TSPI_RESULT providerEnumDevices(HPROVIDER provider, std::uint32_t* count) {
    HostSession& session = sessionOf(provider);
    return session.guarded([&] {
        session.keys = session.provider->deviceKeys();
        *count = static_cast<std::uint32_t>(session.keys.size());
        return 0;
    });
}

TSPI_RESULT providerGetDeviceKey(HPROVIDER provider, std::uint32_t index, char* key,
                                 std::size_t capacity) {
    HostSession& session = sessionOf(provider);
    if (index >= session.keys.size()) {
        return LINEERR_BADDEVICEID;
    }
    return session.guarded([&] { return copyOut(session, session.keys[index], key, capacity); });
}

TSPI_RESULT providerCreateLineDevice(HPROVIDER provider, const char* key, std::uint32_t deviceId) {
    HostSession& session = sessionOf(provider);
    return session.guarded(
        [&] { return session.codeOf(session.provider->createLineDevice(key, deviceId)); });
}

TSPI_RESULT lineNegotiateTSPIVersion(HPROVIDER provider, std::uint32_t, std::uint32_t low,
                                     std::uint32_t high, std::uint32_t* version) {
    if (low > TSPI_VERSION || high < TSPI_VERSION) {
        return sessionOf(provider).refuse(
            {hal::ErrorCode::IncompatibleApiVersion,
             fmt::format("this provider speaks TSPI {:#x}, the core {:#x} to {:#x}", TSPI_VERSION,
                         low, high)});
    }
    *version = TSPI_VERSION;
    return 0;
}

TSPI_RESULT lineGetDevCaps(HPROVIDER provider, std::uint32_t deviceId, TspiLineCaps* caps) {
    HostSession& session = sessionOf(provider);
    return session.guarded(
        [&] { return session.codeOf(session.provider->lineCaps(deviceId, *caps)); });
}

TSPI_RESULT lineGetLineDevStatus(HDRVLINE line, TspiLineStatus* status) {
    return callSync(lineOf(line), [&](Line& object) { return object.status(*status); });
}

TSPI_RESULT lineOpen(HPROVIDER provider, std::uint32_t deviceId, HTAPILINE htLine,
                     LINEEVENT eventRoutine, std::uint32_t, HDRVLINE* line) {
    HostSession& session = sessionOf(provider);
    return session.guarded([&] {
        auto opened =
            session.provider->openLine(deviceId, LineEvents(session, eventRoutine, htLine));
        if (!opened) {
            return session.refuse(opened.error());
        }
        session.adopt(**opened);
        *line = opened->release()->handle();
        return 0;
    });
}

TSPI_RESULT lineClose(HDRVLINE line) {
    HostSession& session = HostSession::of(lineOf(line));
    return session.guarded([&] {
        delete &lineOf(line);
        return 0;
    });
}

TSPI_RESULT lineSetDefaultMediaDetection(HDRVLINE line, std::uint32_t mediaModes) {
    return callSync(lineOf(line),
                    [&](Line& object) { return object.setDefaultMediaDetection(mediaModes); });
}

TSPI_RESULT lineMakeCall(DRV_REQUESTID id, HDRVLINE line, HTAPICALL htCall, const char* address,
                         const TspiCallParams* params, HDRVCALL* call) {
    HostSession& session = HostSession::of(lineOf(line));
    return session.request(id, [&](Request&& request) -> hal::Result<void> {
        auto made = lineOf(line).makeCall(std::move(request), htCall, textOf(address), *params);
        if (!made) {
            return tl::unexpected(std::move(made.error()));
        }
        session.adopt(**made);
        *call = (*made)->handle();
        return {};
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
                             std::uint32_t frequency, std::uint32_t duration) {
    return callSync(callOf(call), [&](Call& object) {
        return object.generateTone(endToEndId, toneMode, frequency, duration);
    });
}

TSPI_RESULT lineMonitorDigits(HDRVCALL call, std::uint32_t digitModes) {
    return callSync(callOf(call), [&](Call& object) { return object.monitorDigits(digitModes); });
}

TSPI_RESULT lineDevSpecific(DRV_REQUESTID id, HDRVLINE line, HDRVCALL call, const void* data,
                            std::size_t size) {
    return callAsync(id, lineOf(line), [&](Line& object, Request&& request) {
        return object.devSpecific(std::move(request), call == nullptr ? nullptr : &callOf(call),
                                  {static_cast<const std::byte*>(data), size});
    });
}

TSPI_RESULT lineGetID(HDRVLINE line, const char* deviceClass, char* id, std::size_t capacity) {
    HostSession& session = HostSession::of(lineOf(line));
    return session.guarded([&] {
        auto name = lineOf(line).deviceId(textOf(deviceClass));
        return name ? copyOut(session, *name, id, capacity) : session.refuse(name.error());
    });
}

TSPI_RESULT mediaOpen(HDRVCALL call, HTAPIMEDIA htMedia, const TspiMediaCallbacks* callbacks,
                      TspiMediaCaps* caps, HDRVMEDIA* media) {
    HostSession& session = HostSession::of(callOf(call));
    return session.guarded([&] {
        auto stream = callOf(call).openMedia(MediaEvents{htMedia, *callbacks}, *caps);
        if (!stream) {
            return session.refuse(stream.error());
        }
        session.adopt(**stream);
        *media = reinterpret_cast<HDRVMEDIA>(stream->release());
        return 0;
    });
}

TSPI_RESULT mediaStart(DRV_REQUESTID id, HDRVMEDIA media, std::uint32_t direction) {
    return callAsync(id, mediaOf(media), [&](MediaStream& object, Request&& request) {
        return object.start(std::move(request), direction);
    });
}

TSPI_RESULT mediaStop(DRV_REQUESTID id, HDRVMEDIA media, std::uint32_t direction,
                      std::uint32_t how) {
    return callAsync(id, mediaOf(media), [&](MediaStream& object, Request&& request) {
        return object.stop(std::move(request), direction, how);
    });
}

TSPI_RESULT mediaClose(HDRVMEDIA media) {
    HostSession& session = HostSession::of(mediaOf(media));
    return session.guarded([&] {
        delete &mediaOf(media);
        return 0;
    });
}

void addLineFunctions(TspiProvider& table) {
    table.lineNegotiateTSPIVersion = &lineNegotiateTSPIVersion;
    table.lineGetDevCaps = &lineGetDevCaps;
    table.lineGetLineDevStatus = &lineGetLineDevStatus;
    table.lineOpen = &lineOpen;
    table.lineClose = &lineClose;
    table.lineSetDefaultMediaDetection = &lineSetDefaultMediaDetection;
    table.lineDevSpecific = &lineDevSpecific;
    table.lineGetID = &lineGetID;
}

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
}

}  // namespace

TspiProvider providerTableWithoutInit(const char* name) noexcept {
    TspiProvider table{};
    table.size = sizeof table;
    table.version = TSPI_VERSION;
    table.name = name;
    table.providerShutdown = &providerShutdown;
    table.providerEnumDevices = &providerEnumDevices;
    table.providerGetDeviceKey = &providerGetDeviceKey;
    table.providerCreateLineDevice = &providerCreateLineDevice;
    addLineFunctions(table);
    addCallFunctions(table);
    table.mediaOpen = &mediaOpen;
    table.mediaStart = &mediaStart;
    table.mediaStop = &mediaStop;
    table.mediaClose = &mediaClose;
    return table;
}

TSPI_RESULT initProvider(const TspiInit* init, HPROVIDER* provider,
                         ProviderFactory factory) noexcept {
    if (init->size < sizeof(TspiInit)) {
        return LINEERR_STRUCTURETOOSMALL;
    }
    std::unique_ptr<HostSession> session(new (std::nothrow) HostSession(*init));
    if (!session) {
        return LINEERR_NOMEM;
    }
    return session->guarded([&] {
        auto made = factory(*session);
        if (!made) {
            return session->refuse(made.error());
        }
        session->provider = std::move(*made);
        *provider = reinterpret_cast<HPROVIDER>(session.release());
        return 0;
    });
}

}  // namespace tipring::tspi
