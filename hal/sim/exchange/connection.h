// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tipring/hal/sim/line.h"

namespace tipring::sim {

struct Connection;

/// One end of a connection: a line or a far end. All calls on the loop's thread.
class Party {
public:
    virtual ~Party() = default;
    /// How an outgoing call goes on, before it is answered: ringback, busy, ... `announcement`:
    /// what a voice says after the tone.
    virtual void onProgress(Signal signal, std::string_view announcement) = 0;
    /// The call that this end made was answered, or the one it was called by is up.
    virtual void onConnected(Connection& call) = 0;
    /// The other end of a call is gone.
    virtual void onReleased(Connection& call) = 0;
    /// The other end began, or ended, to send a modem carrier.
    virtual void onCarrier(bool on) = 0;
    virtual void onData(std::span<const std::byte> bytes) = 0;
    /// The line that this end calls has rung for the n-th time.
    virtual void onRung(unsigned /*rings*/) {}
    /// A call of this end goes on as another one.
    virtual void onReplaced(Connection& before, Connection& now);

    /// Somebody at this end listens or speaks.
    [[nodiscard]] virtual bool wantsSound() const = 0;
    /// First half of a block: `said` is filled, which is silence before.
    virtual void speak() = 0;
    /// Second half, when all have spoken.
    virtual void hear() = 0;
    /// The second call of a three-way call, or null.
    [[nodiscard]] virtual Connection* joined() const { return nullptr; }

    Connection* connection = nullptr;
    std::array<std::int16_t, kBlock> said{};  ///< in the block of number `saidIn`
    std::uint64_t saidIn = 0;
    bool sounding = false;  ///< in the exchange's list

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
    bool callerHolds = false, calledHolds = false;

    [[nodiscard]] Party* other(const Party& party) const {
        return &party == caller ? called : caller;
    }
    [[nodiscard]] bool& carrierOf(const Party& party) {
        return &party == caller ? callerCarrier : calledCarrier;
    }
    [[nodiscard]] bool& holdOf(const Party& party) {
        return &party == caller ? callerHolds : calledHolds;
    }
    /// Sound passes.
    [[nodiscard]] bool open() const { return up && !released && !callerHolds && !calledHolds; }
};

inline void Party::onReplaced(Connection& before, Connection& now) {
    if (connection == &before) {
        connection = &now;
    }
}

}  // namespace tipring::sim
