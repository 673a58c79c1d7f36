// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "event_gate.h"
#include "handle_table.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

/// Replies and events on their way to applications. They leave in order, in a turn of the loop of
/// their own: never from inside a call of the application or of a provider.
/// In steady state an event without words does not allocate here.
class Outbox {
public:
    static std::shared_ptr<Outbox> create(hal::EventLoop& loop);
    explicit Outbox(hal::EventLoop& loop) : loop_(loop) {}

    void reply(const std::shared_ptr<ApplicationRecord>& application, tapi::Reply reply,
               tapi::Result<void> result);
    /// Kept only where it passes the application's filters (event_gate.h). `cookie` is the
    /// registration that the event belongs to, or 0.
    template <class Single>
    void event(const std::shared_ptr<ApplicationRecord>& application, Single&& event,
               tapi::RegistrationCookie cookie = 0) {
        const EventSubject subject = subjectOf(event);
        if (!closed_ && passes(*application, subject)) {
            waiting_.emplace_back(application, cookie, subject, std::forward<Single>(event));
            post();
        }
    }
    /// Drops the events of a registration, but not what happens to calls that were heard of.
    /// Returns the calls whose notification was among them.
    std::vector<std::shared_ptr<tapi::Call>> drop(tapi::RegistrationCookie cookie);
    /// Nothing is delivered any more.
    void close();

private:
    struct ReplyDelivery {
        tapi::Reply reply;
        tapi::Result<void> result;
    };
    struct Delivery {
        template <class Single>
        Delivery(const std::shared_ptr<ApplicationRecord>& receiver,
                 tapi::RegistrationCookie registration, const EventSubject& about, Single&& what)
            : application(receiver),
              cookie(registration),
              subject(about),
              event(std::in_place_type<std::remove_cvref_t<Single>>, std::forward<Single>(what)) {}
        Delivery(const std::shared_ptr<ApplicationRecord>& receiver, ReplyDelivery answer)
            : application(receiver), reply(std::make_unique<ReplyDelivery>(std::move(answer))) {}

        std::shared_ptr<ApplicationRecord> application;  // null: dropped
        tapi::RegistrationCookie cookie = 0;
        EventSubject subject{};  // of the event; lives as long as it does
        tapi::Event event{};
        std::unique_ptr<ReplyDelivery> reply{};  // instead of the event
    };

    void post();
    void flush();
    static void deliver(const ApplicationRecord& application, Delivery& delivery);

    hal::EventLoop& loop_;
    std::uintptr_t handle_ = 0;
    std::vector<Delivery> waiting_;
    std::vector<Delivery> round_;
    bool posted_ = false;
    bool closed_ = false;
};

}  // namespace tipring::core
