// SPDX-License-Identifier: Apache-2.0
#include "phone_session.h"

#include <utility>

#include "provider_queue.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};

void warnOfDeadHandle(HTAPIPHONE htPhone, std::uint32_t message) {
    const char* what = "unknown";
    if (htPhone == nullptr) {
        what = "zero";
    } else if (phoneHandles().stale(htPhone) || phoneHandles().find(htPhone)) {
        what = "of a phone that was closed";
    }
    kLog.warning("contract breach: a provider sent message {} for phone handle {}, which is {}",
                 message, static_cast<const void*>(htPhone), what);
}

}  // namespace

PhoneHandles& phoneHandles() {
    static PhoneHandles handles;
    return handles;
}

void onPhoneCreate(void* context, const char* deviceKey) {
    if (const auto queue = ProviderQueue::of(context); queue && deviceKey != nullptr) {
        ProviderItem item;
        item.kind = ProviderItem::Kind::PhoneCreate;
        item.text = deviceKey;
        queue->push(std::move(item));
    }
}

void onPhoneRemove(void* context, std::uint32_t deviceId) {
    if (const auto queue = ProviderQueue::of(context)) {
        ProviderItem item;
        item.kind = ProviderItem::Kind::PhoneRemove;
        item.number = deviceId;
        queue->push(std::move(item));
    }
}

void onPhoneEvent(HTAPIPHONE htPhone, std::uint32_t message, std::uintptr_t p1, std::uintptr_t p2,
                  std::uintptr_t p3) {
    const auto session = phoneHandles().find(htPhone);
    if (!session || session->closed) {
        warnOfDeadHandle(htPhone, message);
        return;
    }
    ProviderItem item;
    item.kind = ProviderItem::Kind::PhoneEvent;
    item.number = message;
    item.phone = htPhone;
    item.p1 = p1;
    item.p2 = p2;
    item.p3 = p3;
    session->queue->push(std::move(item));
}

}  // namespace tipring::core
