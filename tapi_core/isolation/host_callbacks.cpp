// SPDX-License-Identifier: Apache-2.0
// The routines that a provider calls, from any of its threads.
#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "host.h"

namespace tipring::isolation {
namespace {

std::mutex objectsMutex;
std::unordered_map<std::uint64_t, HostObject> objects;
std::atomic<std::uint64_t> lastHostToken{0};

std::uint64_t tokenOf(const void* handle) {
    return reinterpret_cast<std::uintptr_t>(handle);
}

Host& hostOf(void* context) {
    return *static_cast<Host*>(context);
}

void onCompletion(void* context, DRV_REQUESTID id, TSPI_RESULT result, const char* cause) {
    Writer message(MessageKind::Completion);
    message.number(id);
    message.number(result);
    message.text(cause);
    hostOf(context).send(message);
}

template <MessageKind K>
void onCreate(void* context, const char* key) {
    Writer message(K);
    message.text(key == nullptr ? "" : key);
    hostOf(context).send(message);
}

template <MessageKind K>
void onRemove(void* context, std::uint32_t id) {
    Writer message(K);
    message.number(id);
    hostOf(context).send(message);
}

void onInterfaceResult(void* context, DRV_REQUESTID id, const TspiValue* values,
                       std::uint32_t count) {
    Writer message(MessageKind::InterfaceResult);
    message.number(id);
    putValues(message, values, count);
    hostOf(context).send(message);
}

void onInterfaceEvent(void* context, HTAPILINE line, HTAPICALL call, std::uint32_t index,
                      std::uint32_t event, const TspiValue* values, std::uint32_t count) {
    Writer message(MessageKind::InterfaceEvent);
    message.number(tokenOf(line));
    message.number(tokenOf(call));
    message.number(index);
    message.number(event);
    putValues(message, values, count);
    hostOf(context).send(message);
}

void onReceive(HTAPIMEDIA media, std::uint64_t position, const std::int16_t* samples,
               std::size_t count) {
    const HostObject of = hostObject(tokenOf(media));
    for (std::size_t at = 0; of.host != nullptr && at < count;) {
        const std::size_t part = std::min(count - at, kMaxSamples);
        Writer message(MessageKind::MediaReceive);
        message.number(std::uint8_t{0});
        message.number(tokenOf(media));
        message.number(position + at);
        message.raw(samples + at, part * sizeof *samples);
        of.host->send(message, -1, true);
        at += part;
    }
}

std::size_t onSend(HTAPIMEDIA media, std::uint64_t position, std::int16_t* samples,
                   std::size_t capacity) {
    const HostObject of = hostObject(tokenOf(media));
    if (of.host == nullptr) {
        return 0;
    }
    bool last = false;
    const std::size_t given = of.sound->pop(samples, capacity, last);
    Writer message(MessageKind::MediaPull);
    message.number(tokenOf(media));
    message.number(position);
    message.number(static_cast<std::uint32_t>(std::min(capacity, kMaxSamples)));
    of.host->send(message, -1, true);
    if (last) {
        of.host->drained(tokenOf(media));
    }
    return given;
}

void onMediaEvent(HTAPIMEDIA media, std::uint32_t event, std::uintptr_t parameter,
                  const char* cause) {
    const HostObject of = hostObject(tokenOf(media));
    if (of.host == nullptr) {
        return;
    }
    Writer message(MessageKind::MediaEvent);
    message.number(tokenOf(media));
    message.number(event);
    message.number(std::uint64_t{parameter});
    message.text(cause);
    of.host->send(message);
}

}  // namespace

const TspiMediaCallbacks kMediaRoutines{sizeof(TspiMediaCallbacks), &onReceive, &onSend,
                                        &onMediaEvent};

void addHostObject(std::uint64_t token, HostObject object) {
    const std::lock_guard lock(objectsMutex);
    objects[token] = std::move(object);
}

void setDriverHandle(std::uint64_t token, void* driver) {
    const std::lock_guard lock(objectsMutex);
    if (const auto found = objects.find(token); found != objects.end()) {
        found->second.driver = driver;
    }
}

void removeHostObject(std::uint64_t token) {
    const std::lock_guard lock(objectsMutex);
    objects.erase(token);
}

HostObject hostObject(std::uint64_t token) {
    const std::lock_guard lock(objectsMutex);
    const auto found = objects.find(token);
    return found == objects.end() ? HostObject{} : found->second;
}

std::uint64_t newHostToken() {
    return lastHostToken += 2;
}

std::vector<std::uint64_t> hostTokens(const Host& host, ObjectKind kind) {
    const std::lock_guard lock(objectsMutex);
    std::vector<std::uint64_t> tokens;
    for (const auto& [token, object] : objects) {
        if (object.host == &host && object.kind == kind) {
            tokens.push_back(token);
        }
    }
    std::sort(tokens.begin(), tokens.end());
    return tokens;
}

void fillInit(TspiInit& init) {
    init.size = sizeof init;
    init.completion = &onCompletion;
    init.lineCreate = &onCreate<MessageKind::LineCreate>;
    init.lineRemove = &onRemove<MessageKind::LineRemove>;
    init.phoneCreate = &onCreate<MessageKind::PhoneCreate>;
    init.phoneRemove = &onRemove<MessageKind::PhoneRemove>;
    init.interfaceResult = &onInterfaceResult;
    init.interfaceEvent = &onInterfaceEvent;
}

void hostLineEvent(HTAPILINE line, HTAPICALL call, std::uint32_t number, std::uintptr_t p1,
                   std::uintptr_t p2, std::uintptr_t p3) {
    const HostObject of = hostObject(tokenOf(line));
    if (of.host == nullptr) {
        return;
    }
    std::uint64_t callToken = tokenOf(call);
    if (number == LINE_NEWCALL) {
        callToken = newHostToken();
        addHostObject(callToken, {of.host, ObjectKind::Call, reinterpret_cast<void*>(p1), nullptr});
        *reinterpret_cast<HTAPICALL*>(p2) = reinterpret_cast<HTAPICALL>(callToken);
        p1 = p2 = 0;
    }
    Writer message(MessageKind::LineEvent);
    message.number(tokenOf(line));
    message.number(callToken);
    message.number(number);
    const bool gathered = number == LINE_GATHERDIGITS;
    for (const std::uintptr_t each : {p1, p2, gathered ? std::uintptr_t{0} : p3}) {
        message.number(std::uint64_t{each});
    }
    message.text(gathered ? reinterpret_cast<const char*>(p3) : nullptr);
    of.host->send(message);
}

void hostPhoneEvent(HTAPIPHONE phone, std::uint32_t number, std::uintptr_t p1, std::uintptr_t p2,
                    std::uintptr_t p3) {
    const HostObject of = hostObject(tokenOf(phone));
    if (of.host == nullptr) {
        return;
    }
    Writer message(MessageKind::PhoneEvent);
    message.number(tokenOf(phone));
    message.number(number);
    for (const std::uintptr_t each : {p1, p2, p3}) {
        message.number(std::uint64_t{each});
    }
    of.host->send(message);
}

}  // namespace tipring::isolation
