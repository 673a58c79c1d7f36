// SPDX-License-Identifier: Apache-2.0
// The C functions of a C++ provider's phones.
#include "table_functions.h"

namespace tipring::tspi {
namespace {

TSPI_RESULT providerEnumPhones(HPROVIDER provider, std::uint32_t* count) {
    HostSession& session = sessionOf(provider);
    return session.guarded([&] {
        session.phoneKeys = session.provider->phoneKeys();
        *count = static_cast<std::uint32_t>(session.phoneKeys.size());
        return TSPI_RESULT{0};
    });
}

TSPI_RESULT providerGetPhoneKey(HPROVIDER provider, std::uint32_t index, char* key,
                                std::size_t capacity) {
    HostSession& session = sessionOf(provider);
    if (index >= session.phoneKeys.size()) {
        return PHONEERR_BADDEVICEID;
    }
    return session.guarded(
        [&] { return copyOut(session, session.phoneKeys[index], key, capacity); });
}

TSPI_RESULT providerCreatePhoneDevice(HPROVIDER provider, const char* key, std::uint32_t deviceId) {
    HostSession& session = sessionOf(provider);
    return session.guarded(
        [&] { return session.codeOf(session.provider->createPhoneDevice(textOf(key), deviceId)); });
}

TSPI_RESULT phoneNegotiateTSPIVersion(HPROVIDER provider, std::uint32_t, std::uint32_t low,
                                      std::uint32_t high, std::uint32_t* version) {
    return negotiateVersion(sessionOf(provider), low, high, version);
}

TSPI_RESULT phoneGetExtensionID(HPROVIDER provider, std::uint32_t deviceId, TspiExtensionId* id) {
    HostSession& session = sessionOf(provider);
    return session.guarded([&] {
        auto got = session.provider->phoneExtensionId(deviceId);
        if (!got) {
            return session.refuse(got.error());
        }
        *id = *got;
        return TSPI_RESULT{0};
    });
}

TSPI_RESULT phoneNegotiateExtVersion(HPROVIDER provider, std::uint32_t deviceId, std::uint32_t low,
                                     std::uint32_t high, std::uint32_t* version) {
    HostSession& session = sessionOf(provider);
    return session.guarded([&] {
        auto agreed = session.provider->negotiatePhoneExtVersion(deviceId, low, high);
        if (!agreed) {
            return session.refuse(agreed.error());
        }
        *version = *agreed;
        return TSPI_RESULT{0};
    });
}

TSPI_RESULT phoneSelectExtVersion(HDRVPHONE phone, std::uint32_t version) {
    return callSync(phoneOf(phone),
                    [&](Phone& object) { return object.selectExtVersion(version); });
}

TSPI_RESULT phoneGetDevCaps(HPROVIDER provider, std::uint32_t deviceId, TspiPhoneCaps* caps) {
    HostSession& session = sessionOf(provider);
    return session.guarded(
        [&] { return session.codeOf(session.provider->phoneCaps(deviceId, *caps)); });
}

TSPI_RESULT phoneOpen(HPROVIDER provider, std::uint32_t deviceId, HTAPIPHONE htPhone,
                      PHONEEVENT eventRoutine, std::uint32_t, HDRVPHONE* phone) {
    HostSession& session = sessionOf(provider);
    return session.guarded([&] {
        auto opened = session.provider->openPhone(deviceId, PhoneEvents(eventRoutine, htPhone));
        if (!opened) {
            return session.refuse(opened.error());
        }
        session.adopt(**opened);
        *phone = opened->release()->handle();
        return TSPI_RESULT{0};
    });
}

TSPI_RESULT phoneClose(HDRVPHONE phone) {
    HostSession& session = HostSession::of(phoneOf(phone));
    return session.guarded([&] {
        delete &phoneOf(phone);
        return TSPI_RESULT{0};
    });
}

TSPI_RESULT phoneGetStatus(HDRVPHONE phone, TspiPhoneStatus* status) {
    return callSync(phoneOf(phone), [&](Phone& object) { return object.status(*status); });
}

TSPI_RESULT phoneSetStatusMessages(HDRVPHONE phone, std::uint32_t states, std::uint32_t buttonModes,
                                   std::uint32_t buttonStates) {
    return callSync(phoneOf(phone), [&](Phone& object) {
        return object.setStatusMessages(states, buttonModes, buttonStates);
    });
}

TSPI_RESULT phoneSetHookSwitch(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t device,
                               std::uint32_t mode) {
    return callAsync(id, phoneOf(phone), [&](Phone& object, Request&& request) {
        return object.setHookSwitch(std::move(request), device, mode);
    });
}

TSPI_RESULT phoneSetRing(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t ringMode,
                         std::uint32_t volume) {
    return callAsync(id, phoneOf(phone), [&](Phone& object, Request&& request) {
        return object.setRing(std::move(request), ringMode, volume);
    });
}

TSPI_RESULT phoneSetGain(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t device,
                         std::uint32_t gain) {
    return callAsync(id, phoneOf(phone), [&](Phone& object, Request&& request) {
        return object.setGain(std::move(request), device, gain);
    });
}

TSPI_RESULT phoneSetVolume(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t device,
                           std::uint32_t volume) {
    return callAsync(id, phoneOf(phone), [&](Phone& object, Request&& request) {
        return object.setVolume(std::move(request), device, volume);
    });
}

TSPI_RESULT phoneGetLamp(HDRVPHONE phone, std::uint32_t lampId, std::uint32_t* lampMode) {
    return fetch(phoneOf(phone), lampMode, [&](Phone& object) { return object.lamp(lampId); });
}

TSPI_RESULT phoneSetLamp(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t lampId,
                         std::uint32_t lampMode) {
    return callAsync(id, phoneOf(phone), [&](Phone& object, Request&& request) {
        return object.setLamp(std::move(request), lampId, lampMode);
    });
}

TSPI_RESULT phoneGetButtonInfo(HDRVPHONE phone, std::uint32_t buttonId, TspiButtonInfo* info) {
    return callSync(phoneOf(phone),
                    [&](Phone& object) { return object.buttonInfo(buttonId, *info); });
}

TSPI_RESULT phoneSetButtonInfo(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t buttonId,
                               const TspiButtonInfo* info) {
    return callAsync(id, phoneOf(phone), [&](Phone& object, Request&& request) {
        return object.setButtonInfo(std::move(request), buttonId, *info);
    });
}

TSPI_RESULT phoneDevSpecific(DRV_REQUESTID id, HDRVPHONE phone, const void* data,
                             std::size_t size) {
    return callAsync(id, phoneOf(phone), [&](Phone& object, Request&& request) {
        return object.devSpecific(std::move(request), {static_cast<const std::byte*>(data), size});
    });
}

TSPI_RESULT phoneGetID(HDRVPHONE phone, const char* deviceClass, char* id, std::size_t capacity) {
    return fetchText(phoneOf(phone), id, capacity,
                     [&](Phone& object) { return object.deviceId(textOf(deviceClass)); });
}

}  // namespace

void addPhoneFunctions(TspiProvider& table) {
    table.providerEnumPhones = &providerEnumPhones;
    table.providerGetPhoneKey = &providerGetPhoneKey;
    table.providerCreatePhoneDevice = &providerCreatePhoneDevice;
    table.phoneNegotiateTSPIVersion = &phoneNegotiateTSPIVersion;
    table.phoneGetExtensionID = &phoneGetExtensionID;
    table.phoneNegotiateExtVersion = &phoneNegotiateExtVersion;
    table.phoneSelectExtVersion = &phoneSelectExtVersion;
    table.phoneGetDevCaps = &phoneGetDevCaps;
    table.phoneOpen = &phoneOpen;
    table.phoneClose = &phoneClose;
    table.phoneGetStatus = &phoneGetStatus;
    table.phoneSetStatusMessages = &phoneSetStatusMessages;
    table.phoneSetHookSwitch = &phoneSetHookSwitch;
    table.phoneSetRing = &phoneSetRing;
    table.phoneSetGain = &phoneSetGain;
    table.phoneSetVolume = &phoneSetVolume;
    table.phoneGetLamp = &phoneGetLamp;
    table.phoneSetLamp = &phoneSetLamp;
    table.phoneGetButtonInfo = &phoneGetButtonInfo;
    table.phoneSetButtonInfo = &phoneSetButtonInfo;
    table.phoneDevSpecific = &phoneDevSpecific;
    table.phoneGetID = &phoneGetID;
}

}  // namespace tipring::tspi
