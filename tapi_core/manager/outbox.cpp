// SPDX-License-Identifier: Apache-2.0
#include "outbox.h"

#include <utility>

#include "application.h"
#include "call_record.h"
#include "event_gate.h"

namespace tipring::core {
namespace {

using OutboxHandles = HandleTable<Outbox, std::uintptr_t>;

OutboxHandles& outboxHandles() {
    static OutboxHandles handles;
    return handles;
}

bool isOfHeardCall(const tapi::Event& event) {
    return std::visit(
        [](const auto& each) {
            if constexpr (requires { each.call; }) {
                return each.call != nullptr && static_cast<const CallView&>(*each.call).heard;
            } else {
                return false;
            }
        },
        event);
}

}  // namespace

std::shared_ptr<Outbox> Outbox::create(hal::EventLoop& loop) {
    auto outbox = std::make_shared<Outbox>(loop);
    outbox->handle_ = outboxHandles().add(outbox);
    return outbox;
}

template <class Content>
void Outbox::push(const std::shared_ptr<ApplicationRecord>& application,
                  tapi::RegistrationCookie cookie, Content&& content) {
    if (closed_) {
        return;
    }
    waiting_.emplace_back(application, cookie, std::forward<Content>(content));
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
    if (reply) {
        push(application, 0, ReplyDelivery{std::move(reply), std::move(result)});
    }
}

void Outbox::event(const std::shared_ptr<ApplicationRecord>& application, tapi::Event&& event,
                   tapi::RegistrationCookie cookie) {
    if (passes(*application, event)) {
        push(application, cookie, std::move(event));
    }
}

std::vector<std::shared_ptr<tapi::Call>> Outbox::drop(tapi::RegistrationCookie cookie) {
    std::vector<std::shared_ptr<tapi::Call>> unheard;
    for (auto* list : {&waiting_, &round_}) {
        for (Delivery& delivery : *list) {
            if (!delivery.application || delivery.cookie != cookie) {
                continue;
            }
            const auto* event = std::get_if<tapi::Event>(&delivery.content);
            const auto* call = std::get_if<tapi::CallNotificationEvent>(event);
            if (call != nullptr) {
                unheard.push_back(call->call);
            } else if (event != nullptr && isOfHeardCall(*event)) {
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
}

void Outbox::deliver(const ApplicationRecord& application, Delivery& delivery) {
    if (auto* answer = std::get_if<ReplyDelivery>(&delivery.content)) {
        answer->reply(answer->result);
        return;
    }
    const auto& event = std::get<tapi::Event>(delivery.content);
    if (passes(application, event)) {
        if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
            static_cast<CallView&>(*fresh->call).heard = true;
        }
        application.sink->onEvent(event);
    }
}

}  // namespace tipring::core
