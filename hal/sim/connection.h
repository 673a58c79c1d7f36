// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/exchange.h"

namespace tipring::sim {

struct Connection;

/// One end of a connection: a line or a far end. All calls on the loop's thread.
class Party {
public:
    virtual ~Party() = default;
    /// 20 ms of what this end says; the block is silence when it comes.
    virtual void speak(SpokenBlock spoken) = 0;
    virtual void hear(HeardBlock heard) = 0;
    /// The other end began, or ended, to send a modem carrier.
    virtual void onCarrier(bool on) = 0;
    virtual void onData(std::span<const std::byte> bytes) = 0;
    /// The call that this end made was answered, or the one it was called by is up.
    virtual void onConnected() = 0;
    /// The other end is gone.
    virtual void onReleased() = 0;
    /// Somebody at this end listens or speaks.
    [[nodiscard]] virtual bool wantsSound() const = 0;

    Connection* connection = nullptr;

protected:
    Party() = default;
    Party(const Party&) = delete;
    Party& operator=(const Party&) = delete;
};

/// Two parties, from the first ring to the hang-up.
struct Connection {
    Party* caller = nullptr;
    Party* called = nullptr;
    bool up = false;
    bool released = false;
    bool callerCarrier = false, calledCarrier = false;

    [[nodiscard]] Party* other(const Party& party) const {
        return &party == caller ? called : caller;
    }
};

}  // namespace tipring::sim
