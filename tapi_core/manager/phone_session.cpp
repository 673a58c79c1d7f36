// SPDX-License-Identifier: Apache-2.0
#include "phone_session.h"

#include <utility>

#include "provider_queue.h"

namespace tipring::core {
namespace {

void reportDeadPhone(HTAPIPHONE htPhone, std::uint32_t message, const PhoneSession* closed) {
    const std::string function = messageName(message);
    const auto owner = DeadHandles::instance().find(DeadHandles::Kind::Phone, htPhone);
    if (closed != nullptr) {
        closed->queue->source().report(ContractRule::EventAfterClose, function, closed->name,
                                       "the phone was closed");
    } else if (!owner.source.provider.empty()) {
        owner.source.report(ContractRule::EventAfterClose, function, owner.line,
                            "the phone was closed");
    } else {
        const bool zero = htPhone == nullptr;
        const ContractRule rule =
            zero ? ContractRule::ZeroDeviceHandle : ContractRule::UnknownDeviceHandle;
        const char* text = zero ? "the phone handle is zero" : "nobody gave this phone handle";
        if (const ProviderQueue* caller = ProviderScope::current()) {
            caller->source().report(rule, function, "", text);
        } else {
            ContractChecker::reportUnknown(rule, function, text);
        }
    }
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
        item.setText(deviceKey);
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
        reportDeadPhone(htPhone, message, session.get());
        return;
    }
    if (const ProviderQueue* caller = ProviderScope::current();
        caller != nullptr && caller != session->queue.get()) {
        caller->source().report(ContractRule::ForeignDeviceHandle, messageName(message), "",
                                "the phone belongs to another provider");
        return;
    }
    const RoutineScope scope;
    if (scope.nested()) {
        session->queue->source().report(ContractRule::ReEntry, messageName(message), session->name,
                                        "was called from within a routine of the core");
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
