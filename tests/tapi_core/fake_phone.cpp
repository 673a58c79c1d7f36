// SPDX-License-Identifier: Apache-2.0
#include "tapi_core/fake_phone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace tipring::test {
namespace {

std::map<HPROVIDER, FakePhones*>& fakes() {
    static std::map<HPROVIDER, FakePhones*> all;
    return all;
}

HPROVIDER keyOf(FakeProvider& provider) {
    return reinterpret_cast<HPROVIDER>(&provider);
}

}  // namespace

/// The C functions.
struct FakePhoneTable {
    using Phone = FakePhones::Phone;

    static FakePhones& of(HPROVIDER provider) { return *fakes().at(provider); }
    static Phone& of(HDRVPHONE phone) { return *reinterpret_cast<Phone*>(phone); }
    template <class... Numbers>
    static TSPI_RESULT ask(HDRVPHONE phone, const char* function, DRV_REQUESTID id,
                           Numbers... numbers) {
        std::string text = function;
        ((text += fmt::format(" {}", numbers)), ...);
        of(phone).calls.push_back(text);
        return of(phone).phones->provider_.treat(function, id);
    }
    static Phone& find(HPROVIDER provider, std::uint32_t id) {
        // The youngest device of that id: the others were removed.
        auto& all = of(provider).phones_;
        return **std::find_if(all.rbegin(), all.rend(),
                              [id](const auto& each) { return each->id == id; });
    }

    static TSPI_RESULT enumPhones(HPROVIDER provider, std::uint32_t* count) {
        *count = static_cast<std::uint32_t>(of(provider).keys_.size());
        return 0;
    }
    static TSPI_RESULT phoneKey(HPROVIDER provider, std::uint32_t index, char* key,
                                std::size_t capacity) {
        std::strncpy(key, of(provider).keys_.at(index).c_str(), capacity - 1);
        return 0;
    }
    static TSPI_RESULT create(HPROVIDER provider, const char* key, std::uint32_t id) {
        auto phone = std::make_unique<Phone>();
        phone->phones = &of(provider);
        phone->key = key;
        phone->id = id;
        phone->status.size = sizeof phone->status;
        phone->status.statusFlags = PHONESTATUSFLAGS_CONNECTED;
        phone->status.features = 0x1FFFFFFF;
        of(provider).phones_.push_back(std::move(phone));
        return 0;
    }
    static TSPI_RESULT negotiate(HPROVIDER provider, std::uint32_t, std::uint32_t, std::uint32_t,
                                 std::uint32_t* version) {
        *version = of(provider).version;
        return 0;
    }
    static TSPI_RESULT extensionId(HPROVIDER provider, std::uint32_t, TspiExtensionId* id) {
        id->id[0] = of(provider).extension;
        return 0;
    }
    static TSPI_RESULT negotiateExt(HPROVIDER provider, std::uint32_t, std::uint32_t,
                                    std::uint32_t high, std::uint32_t* version) {
        const std::uint32_t chosen = of(provider).chosenExtension;
        *version = chosen == 0 ? high : chosen;
        return 0;
    }
    static TSPI_RESULT selectExt(HDRVPHONE phone, std::uint32_t version) {
        of(phone).extVersion = version;
        return 0;
    }
    static TSPI_RESULT devCaps(HPROVIDER provider, std::uint32_t id, TspiPhoneCaps* caps) {
        *caps = of(provider).caps;
        const std::string& key = find(provider, id).key;
        std::strncpy(caps->permanentId, key.c_str(), sizeof caps->permanentId - 1);
        std::strncpy(caps->name, ("phone " + key).c_str(), sizeof caps->name - 1);
        return 0;
    }
    static TSPI_RESULT open(HPROVIDER provider, std::uint32_t id, HTAPIPHONE htPhone,
                            PHONEEVENT events, std::uint32_t, HDRVPHONE* phone) {
        if (of(provider).openResult < 0) {
            return of(provider).openResult;
        }
        Phone& opened = find(provider, id);
        opened.handle = htPhone;
        opened.events = events;
        opened.open = true;
        ++opened.opened;
        *phone = reinterpret_cast<HDRVPHONE>(&opened);
        return 0;
    }
    static TSPI_RESULT close(HDRVPHONE phone) {
        of(phone).open = false;
        ++of(phone).closed;
        return 0;
    }
    static TSPI_RESULT status(HDRVPHONE phone, TspiPhoneStatus* status) {
        *status = of(phone).status;
        return of(phone).phones->statusResult;
    }
    static TSPI_RESULT statusMessages(HDRVPHONE phone, std::uint32_t states, std::uint32_t modes,
                                      std::uint32_t buttonStates) {
        of(phone).states = states;
        of(phone).buttonModes = modes;
        of(phone).buttonStates = buttonStates;
        return 0;
    }
    static TSPI_RESULT setHook(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t device,
                               std::uint32_t mode) {
        return ask(phone, "phoneSetHookSwitch", id, device, mode);
    }
    static TSPI_RESULT setRing(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t mode,
                               std::uint32_t volume) {
        return ask(phone, "phoneSetRing", id, mode, volume);
    }
    static TSPI_RESULT setGain(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t device,
                               std::uint32_t gain) {
        return ask(phone, "phoneSetGain", id, device, gain);
    }
    static TSPI_RESULT setVolume(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t device,
                                 std::uint32_t volume) {
        return ask(phone, "phoneSetVolume", id, device, volume);
    }
    static TSPI_RESULT getLamp(HDRVPHONE phone, std::uint32_t, std::uint32_t* mode) {
        *mode = of(phone).lampMode;
        return 0;
    }
    static TSPI_RESULT setLamp(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t lamp,
                               std::uint32_t mode) {
        return ask(phone, "phoneSetLamp", id, lamp, mode);
    }
    static TSPI_RESULT buttonInfo(HDRVPHONE, std::uint32_t button, TspiButtonInfo* info) {
        info->mode = PHONEBUTTONMODE_KEYPAD;
        info->state = PHONEBUTTONSTATE_UP;
        std::strncpy(info->text, fmt::format("key {}", button).c_str(), sizeof info->text - 1);
        return 0;
    }
    static TSPI_RESULT setButtonInfo(DRV_REQUESTID id, HDRVPHONE phone, std::uint32_t button,
                                     const TspiButtonInfo* info) {
        return ask(phone, "phoneSetButtonInfo", id, button, info->mode, info->text);
    }
    static TSPI_RESULT devSpecific(DRV_REQUESTID id, HDRVPHONE phone, const void*,
                                   std::size_t size) {
        return ask(phone, "phoneDevSpecific", id, size);
    }
    static TSPI_RESULT getId(HDRVPHONE, const char* deviceClass, char* id, std::size_t capacity) {
        if (std::strcmp(deviceClass, "wave/in") != 0) {
            return PHONEERR_INVALDEVICECLASS;
        }
        std::strncpy(id, "hw:1", capacity - 1);
        return 0;
    }

    static void fill(TspiProvider& table) {
        table.providerEnumPhones = &enumPhones;
        table.providerGetPhoneKey = &phoneKey;
        table.providerCreatePhoneDevice = &create;
        table.phoneNegotiateTSPIVersion = &negotiate;
        table.phoneGetExtensionID = &extensionId;
        table.phoneNegotiateExtVersion = &negotiateExt;
        table.phoneSelectExtVersion = &selectExt;
        table.phoneGetDevCaps = &devCaps;
        table.phoneOpen = &open;
        table.phoneClose = &close;
        table.phoneGetStatus = &status;
        table.phoneSetStatusMessages = &statusMessages;
        table.phoneSetHookSwitch = &setHook;
        table.phoneSetRing = &setRing;
        table.phoneSetGain = &setGain;
        table.phoneSetVolume = &setVolume;
        table.phoneGetLamp = &getLamp;
        table.phoneSetLamp = &setLamp;
        table.phoneGetButtonInfo = &buttonInfo;
        table.phoneSetButtonInfo = &setButtonInfo;
        table.phoneDevSpecific = &devSpecific;
        table.phoneGetID = &getId;
    }
};

FakePhones::FakePhones(FakeProvider& provider, std::vector<std::string> keys)
    : provider_(provider), keys_(std::move(keys)) {
    fakes()[keyOf(provider)] = this;
    FakePhoneTable::fill(provider.table);
    caps.size = sizeof caps;
    caps.hookSwitchDevices = 7;
    for (auto& modes : caps.settableHookSwitchModes) {
        modes = PHONEHOOKSWITCHMODE_ONHOOK | PHONEHOOKSWITCHMODE_MICSPEAKER;
    }
    for (auto& modes : caps.monitoredHookSwitchModes) {
        modes = PHONEHOOKSWITCHMODE_ONHOOK | PHONEHOOKSWITCHMODE_MICSPEAKER;
    }
    caps.volumeDevices = caps.gainDevices = 7;
    caps.ringModes = 3;
    caps.settableRing = 1;
    caps.buttonCount = 16;
    caps.phoneStates = 0xFFFFFF;
    caps.features = 0x1FFFFFFF;
}

FakePhones::~FakePhones() {
    fakes().erase(keyOf(provider_));
}

void FakePhones::event(Phone& phone, std::uint32_t message, std::uintptr_t p1, std::uintptr_t p2,
                       std::uintptr_t p3) {
    phone.events(phone.handle, message, p1, p2, p3);
}

void FakePhones::arrive(const std::string& key) {
    provider_.init().phoneCreate(provider_.init().context, key.c_str());
}

void FakePhones::remove(Phone& phone) {
    provider_.init().phoneRemove(provider_.init().context, phone.id);
}

}  // namespace tipring::test
