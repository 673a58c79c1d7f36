// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemd/sd-bus.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/rpc/bus_address.h"

namespace tipring::rpc {

struct MessageDeleter {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageDeleter>;
/// A reference of one's own to somebody else's message.
[[nodiscard]] Message keep(sd_bus_message* message);

struct SlotDeleter {
    void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
/// Ends what it stands for (a handler, a pending reply) when it dies.
using Slot = std::unique_ptr<sd_bus_slot, SlotDeleter>;

/// Error names: "org.tipring.Error." and the TAPI word.
[[nodiscard]] std::string busErrorName(hal::ErrorCode code);
[[nodiscard]] hal::Error errorOf(const sd_bus_error& error);

/// One connection, driven by the loop: nothing is waited for but in wait(). Thread: the loop's.
/// Must not die inside one of its own callbacks.
class Bus {
public:
    /// To a bus daemon, as a client of it.
    static hal::Result<std::unique_ptr<Bus>> connect(hal::EventLoop& loop,
                                                     const BusAddress& address);
    /// The server's end of a connection without a bus daemon.
    static hal::Result<std::unique_ptr<Bus>> serve(hal::EventLoop& loop,
                                                   hal::FileDescriptor socket);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    [[nodiscard]] sd_bus* raw() const { return bus_; }
    /// Connected to its other end directly: messages have no sender.
    [[nodiscard]] bool direct() const { return direct_; }
    /// Sends, or drops it where the connection is gone.
    void send(sd_bus_message* message);
    /// To be called after something was sent with raw(): what the socket does not take now goes
    /// out later.
    void touch();
    /// Blocks this thread until `done()` holds: replies are waited for here. Callbacks of other
    /// messages come meanwhile. TIMEOUT when nothing at all comes for 25 s.
    hal::Result<void> wait(const std::function<bool()>& done);
    /// The connection is gone. Once, from the loop.
    void onLost(std::function<void()> task) { lost_ = std::move(task); }
    /// Messages came, outside of wait(): last in the loop's turn, so that what they brought need
    /// not wait for another. May destroy this.
    void onTurn(std::function<void()> task) { turn_ = std::move(task); }
    /// A message is being handled for which the task of onTurn() will come.
    [[nodiscard]] bool inTurn() const { return inTurn_; }
    [[nodiscard]] bool open() const;

private:
    Bus(hal::EventLoop& loop, sd_bus* bus, bool direct);
    hal::Result<void> start();
    void process();
    void refresh();
    void checkLost();

    hal::EventLoop& loop_;
    sd_bus* bus_;
    const bool direct_;
    hal::FileDescriptor socket_;  ///< the connection's, a second time: what is watched
    hal::Watch watch_;
    hal::Io watched_ = hal::Io::Read;
    hal::Timer again_;
    hal::Timer deadline_;
    std::function<void()> lost_;
    std::function<void()> turn_;
    bool gone_ = false;
    bool inTurn_ = false;
};

}  // namespace tipring::rpc
