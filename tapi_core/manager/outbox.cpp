// SPDX-License-Identifier: Apache-2.0
#include "outbox.h"

#include <utility>

namespace tipring::core {
namespace {

using OutboxHandles = HandleTable<Outbox, std::uintptr_t>;

OutboxHandles& outboxHandles() {
    static OutboxHandles handles;
    return handles;
}

}  // namespace

std::shared_ptr<Outbox> Outbox::create(hal::EventLoop& loop) {
    auto outbox = std::make_shared<Outbox>(loop);
    outbox->handle_ = outboxHandles().add(outbox);
    return outbox;
}

void Outbox::post() {
    if (!std::exchange(posted_, true)) {
        loop_.post([handle = handle_] {
            if (const auto outbox = outboxHandles().find(handle)) {
                outbox->flush();
            }
        });
    }
}

void Outbox::reply(const std::shared_ptr<ApplicationRecord>& application, tapi::Reply reply,
                   tapi::Result<void> result) {
    if (reply && !closed_) {
        waiting_.emplace_back(application, ReplyDelivery{std::move(reply), std::move(result)});
        post();
    }
}

std::vector<std::shared_ptr<tapi::Call>> Outbox::drop(tapi::RegistrationCookie cookie) {
    std::vector<std::shared_ptr<tapi::Call>> unheard;
    for (auto* list : {&waiting_, &round_}) {
        for (Delivery& delivery : *list) {
            if (!delivery.application || delivery.cookie != cookie || delivery.reply) {
                continue;
            }
            if (const auto* call = std::get_if<tapi::CallNotificationEvent>(&delivery.event)) {
                unheard.push_back(call->call);
            } else if (delivery.subject.call != nullptr && delivery.subject.call->heard) {
                continue;  // its idle, above all, must not be lost
            }
            delivery.application = nullptr;
        }
    }
    return unheard;
}

void Outbox::close() {
    outboxHandles().remove(handle_);
    closed_ = true;
    waiting_.clear();
}

void Outbox::flush() {
    posted_ = false;
    round_.swap(waiting_);
    for (Delivery& delivery : round_) {
        // Out of the list while it runs, so that the receiver may drop what waits.
        const auto application = std::exchange(delivery.application, nullptr);
        if (application && !application->closed && !closed_) {
            deliver(*application, delivery);
        }
    }
    round_.clear();
    if (waiting_.empty()) {
        waiting_.swap(round_);  // the memory that is warm
    }
}

void Outbox::deliver(const ApplicationRecord& application, Delivery& delivery) {
    if (delivery.reply) {
        delivery.reply->reply(delivery.reply->result);
        return;
    }
    if (passes(application, delivery.subject)) {
        if (delivery.subject.eventClass == tapi::EventClass::CallNotification) {
            delivery.subject.call->heard = true;
        }
        application.sink->onEvent(delivery.event);
    }
}

}  // namespace tipring::core
