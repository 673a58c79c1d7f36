// SPDX-License-Identifier: Apache-2.0
// The C functions of a C++ provider: handles to objects, results to codes.
#include "table_functions.h"

namespace tipring::tspi {
namespace {

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
    return negotiateVersion(sessionOf(provider), low, high, version);
}

TSPI_RESULT lineGetExtensionID(HPROVIDER provider, std::uint32_t deviceId, TspiExtensionId* id) {
    HostSession& session = sessionOf(provider);
    return session.guarded([&] {
        auto got = session.provider->extensionId(deviceId);
        if (!got) {
            return session.refuse(got.error());
        }
        *id = *got;
        return TSPI_RESULT{0};
    });
}

TSPI_RESULT lineNegotiateExtVersion(HPROVIDER provider, std::uint32_t deviceId, std::uint32_t low,
                                    std::uint32_t high, std::uint32_t* version) {
    HostSession& session = sessionOf(provider);
    return session.guarded([&] {
        auto agreed = session.provider->negotiateExtVersion(deviceId, low, high);
        if (!agreed) {
            return session.refuse(agreed.error());
        }
        *version = *agreed;
        return TSPI_RESULT{0};
    });
}

TSPI_RESULT lineSelectExtVersion(HDRVLINE line, std::uint32_t version) {
    return callSync(lineOf(line), [&](Line& object) { return object.selectExtVersion(version); });
}

TSPI_RESULT lineGetAddressCaps(HPROVIDER provider, std::uint32_t deviceId, std::uint32_t addressId,
                               TspiAddressCaps* caps) {
    HostSession& session = sessionOf(provider);
    return session.guarded(
        [&] { return session.codeOf(session.provider->addressCaps(deviceId, addressId, *caps)); });
}

TSPI_RESULT lineGetDevCaps(HPROVIDER provider, std::uint32_t deviceId, TspiLineCaps* caps) {
    HostSession& session = sessionOf(provider);
    return session.guarded(
        [&] { return session.codeOf(session.provider->lineCaps(deviceId, *caps)); });
}

TSPI_RESULT lineGetLineDevStatus(HDRVLINE line, TspiLineStatus* status) {
    return callSync(lineOf(line), [&](Line& object) { return object.status(*status); });
}

TSPI_RESULT lineGetAddressStatus(HDRVLINE line, std::uint32_t addressId,
                                 TspiAddressStatus* status) {
    return callSync(lineOf(line),
                    [&](Line& object) { return object.addressStatus(addressId, *status); });
}

TSPI_RESULT lineGetNumAddressIDs(HDRVLINE, std::uint32_t* count) {
    *count = 1;  // an analog line
    return 0;
}

TSPI_RESULT lineGetAddressID(HDRVLINE line, std::uint32_t* addressId, const char* address) {
    return fetch(lineOf(line), addressId,
                 [&](Line& object) { return object.addressId(textOf(address)); });
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

TSPI_RESULT lineConditionalMediaDetection(HDRVLINE line, std::uint32_t mediaModes,
                                          const TspiCallParams* params) {
    return callSync(lineOf(line), [&](Line& object) {
        return object.conditionalMediaDetection(mediaModes, *params);
    });
}

TSPI_RESULT lineSetStatusMessages(HDRVLINE line, std::uint32_t lineStates,
                                  std::uint32_t addressStates) {
    return callSync(lineOf(line), [&](Line& object) {
        return object.setStatusMessages(lineStates, addressStates);
    });
}

TSPI_RESULT lineSetLineDevStatus(DRV_REQUESTID id, HDRVLINE line, std::uint32_t flags,
                                 std::uint32_t set) {
    return callAsync(id, lineOf(line), [&](Line& object, Request&& request) {
        return object.setDevStatus(std::move(request), flags, set != 0);
    });
}

TSPI_RESULT lineGetDevConfig(HDRVLINE line, const char* deviceClass, char* config,
                             std::size_t capacity) {
    return fetchText(lineOf(line), config, capacity,
                     [&](Line& object) { return object.devConfig(textOf(deviceClass)); });
}

TSPI_RESULT lineSetDevConfig(HDRVLINE line, const char* deviceClass, const char* config) {
    return callSync(lineOf(line), [&](Line& object) {
        return object.setDevConfig(textOf(deviceClass), textOf(config));
    });
}

TSPI_RESULT lineForward(DRV_REQUESTID id, HDRVLINE line, std::uint32_t addressId,
                        const TspiForward* list, std::uint32_t count, std::uint32_t ringsNoAnswer) {
    return callAsync(id, lineOf(line), [&](Line& object, Request&& request) {
        return object.forward(std::move(request), addressId, {list, count}, ringsNoAnswer);
    });
}

TSPI_RESULT lineGetCallHubTracking(HDRVLINE line, std::uint32_t* level) {
    return fetch(lineOf(line), level, [](Line& object) { return object.callHubTracking(); });
}

TSPI_RESULT lineSetCallHubTracking(HDRVLINE line, std::uint32_t level) {
    return callSync(lineOf(line), [&](Line& object) { return object.setCallHubTracking(level); });
}

TSPI_RESULT lineDevSpecific(DRV_REQUESTID id, HDRVLINE line, HDRVCALL call, const void* data,
                            std::size_t size) {
    return callAsync(id, lineOf(line), [&](Line& object, Request&& request) {
        return object.devSpecific(std::move(request), call == nullptr ? nullptr : &callOf(call),
                                  {static_cast<const std::byte*>(data), size});
    });
}

TSPI_RESULT lineDevSpecificFeature(DRV_REQUESTID id, HDRVLINE line, std::uint32_t feature,
                                   const void* data, std::size_t size) {
    return callAsync(id, lineOf(line), [&](Line& object, Request&& request) {
        return object.devSpecificFeature(std::move(request), feature,
                                         {static_cast<const std::byte*>(data), size});
    });
}

TSPI_RESULT lineGetID(HDRVLINE line, const char* deviceClass, char* id, std::size_t capacity) {
    return fetchText(lineOf(line), id, capacity,
                     [&](Line& object) { return object.deviceId(textOf(deviceClass)); });
}

TSPI_RESULT providerGetInterfaces(HPROVIDER provider, const TspiInterface** interfaces,
                                  std::uint32_t* count) {
    HostSession& session = sessionOf(provider);
    return session.guarded([&] {
        const auto all = session.provider->interfaces();
        *interfaces = all.data();
        *count = static_cast<std::uint32_t>(all.size());
        return TSPI_RESULT{0};
    });
}

TSPI_RESULT interfaceCall(DRV_REQUESTID id, HPROVIDER provider, const TspiInterfaceTarget* target,
                          std::uint32_t interfaceIndex, std::uint32_t method,
                          const TspiValue* arguments, std::uint32_t count) {
    HostSession& session = sessionOf(provider);
    return session.request(id, [&](Request&& request) {
        const InterfaceTarget on{target->object,
                                 target->line == nullptr ? nullptr : &lineOf(target->line),
                                 target->call == nullptr ? nullptr : &callOf(target->call)};
        return session.provider->callInterface(std::move(request), on, interfaceIndex, method,
                                               {arguments, count});
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
    table.lineGetExtensionID = &lineGetExtensionID;
    table.lineNegotiateExtVersion = &lineNegotiateExtVersion;
    table.lineSelectExtVersion = &lineSelectExtVersion;
    table.lineGetDevCaps = &lineGetDevCaps;
    table.lineGetAddressCaps = &lineGetAddressCaps;
    table.lineGetLineDevStatus = &lineGetLineDevStatus;
    table.lineGetAddressStatus = &lineGetAddressStatus;
    table.lineGetNumAddressIDs = &lineGetNumAddressIDs;
    table.lineGetAddressID = &lineGetAddressID;
    table.lineOpen = &lineOpen;
    table.lineClose = &lineClose;
    table.lineSetDefaultMediaDetection = &lineSetDefaultMediaDetection;
    table.lineConditionalMediaDetection = &lineConditionalMediaDetection;
    table.lineSetStatusMessages = &lineSetStatusMessages;
    table.lineSetLineDevStatus = &lineSetLineDevStatus;
    table.lineGetDevConfig = &lineGetDevConfig;
    table.lineSetDevConfig = &lineSetDevConfig;
    table.lineForward = &lineForward;
    table.lineGetCallHubTracking = &lineGetCallHubTracking;
    table.lineSetCallHubTracking = &lineSetCallHubTracking;
    table.lineDevSpecific = &lineDevSpecific;
    table.lineDevSpecificFeature = &lineDevSpecificFeature;
    table.lineGetID = &lineGetID;
    table.providerGetInterfaces = &providerGetInterfaces;
    table.interfaceCall = &interfaceCall;
}

}  // namespace

TSPI_RESULT negotiateVersion(HostSession& session, std::uint32_t low, std::uint32_t high,
                             std::uint32_t* version) {
    if (low > TSPI_VERSION || high < TSPI_VERSION) {
        return session.refuse(
            {hal::ErrorCode::IncompatibleApiVersion,
             fmt::format("this provider speaks TSPI {:#x}, the core {:#x} to {:#x}", TSPI_VERSION,
                         low, high)});
    }
    *version = TSPI_VERSION;
    return 0;
}

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
    addPhoneFunctions(table);
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
