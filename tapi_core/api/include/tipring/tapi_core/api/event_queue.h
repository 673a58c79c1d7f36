// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/events.h"

namespace tipring::tapi {

/// The other two ways to receive events: a descriptor to poll, and waiting with a time limit. It is
/// the sink of a Tapi (`tapi.setEventSink(&queue)`), and must outlive that. Events come in the same
/// order as at a callback.
///
/// Bounded: when `capacity` events wait, the next is dropped, counted, and said in the log.
class EventQueue final : public EventSink {
public:
    /// On the loop's thread: the one that runs it.
    static Result<std::unique_ptr<EventQueue>> create(hal::EventLoop& loop,
                                                      std::size_t capacity = 4096);
    ~EventQueue() override;

    /// Readable while events wait. Owned by the queue. Thread: any.
    [[nodiscard]] int descriptor() const;
    /// The next event, if one waits. Thread: any; several may take, each event goes to one.
    [[nodiscard]] std::optional<Event> take();
    /// The next event, at the latest after `limit`: TIMEOUT. On the loop's own thread, outside of
    /// its callbacks, it runs the loop meanwhile (inside a callback: INVALPARAM; the
    /// loop was stopped by somebody: USERCANCELLED); on another thread it blocks that thread alone.
    /// The objects of an event belong to the loop's thread wherever it is taken.
    [[nodiscard]] Result<Event> next(std::chrono::milliseconds limit);
    /// Passes all that wait to `sink`; returns how many. Thread: any.
    std::size_t dispatch(EventSink& sink);
    [[nodiscard]] std::size_t dropped() const;

    void onEvent(const Event& event) override;

private:
    struct Impl;
    explicit EventQueue(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::tapi
