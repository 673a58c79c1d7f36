// SPDX-License-Identifier: Apache-2.0
// Connections between two parties. They come from a pool, so that calls allocate nothing once there
// were as many at a time before.
#include <cassert>

#include "exchange/exchange_impl.h"

namespace tipring::sim {

Connection& Exchange::Impl::make(Party& caller, Party& called) {
    if (free_.empty()) {
        pool_.push_back(std::make_unique<Connection>());
        free_.push_back(pool_.back().get());
    }
    Connection& call = *free_.back();
    free_.pop_back();
    call = Connection{};
    call.caller = &caller;
    call.called = &called;
    return call;
}

Connection& Exchange::Impl::connect(Party& caller, Party& called) {
    Connection& call = make(caller, called);
    caller.connection = &call;
    return call;
}

void Exchange::Impl::setUp(Connection& call) {
    call.up = true;
    call.called->onConnected(call);
    if (!call.released) {
        call.caller->onConnected(call);
    }
    if (!call.released && call.callerCarrier) {
        call.called->onCarrier(true);
    }
    if (!call.released && call.calledCarrier) {
        call.caller->onCarrier(true);
    }
}

/// The memory is used again at the next turn of the loop: somebody may still look at it.
void Exchange::Impl::discard(Connection& call) {
    assert(!call.released);  // else two calls would share its memory
    call.released = true;
    for (Party* party : {call.caller, call.called}) {
        if (party->connection == &call) {
            party->connection = nullptr;
        }
    }
    released_.push_back(&call);
    if (!sweeper_.armed()) {
        sweeper_.arm(hal::Duration{0});
    }
}

void Exchange::Impl::release(Party& party, Connection& call) {
    if (call.released) {
        return;
    }
    Party* other = call.other(party);
    const bool carrier = call.up && call.carrierOf(party);
    // Before the parties are told: one may begin another call at once.
    const bool otherActive = other->connection == &call;
    discard(call);
    if (carrier && otherActive) {
        other->onCarrier(false);
    }
    other->onReleased(call);
}

void Exchange::Impl::transfer(Party& by, Connection& first, Connection& second) {
    Party& kept = *first.other(by);
    Party& joined = *second.other(by);
    Connection& now = make(kept, joined);
    now.up = second.up;
    now.callerHolds = first.holdOf(kept);
    now.calledHolds = second.holdOf(joined);
    kept.onReplaced(first, now);
    joined.onReplaced(second, now);
    discard(first);
    discard(second);
    if (now.up) {
        wantSound(kept);
        wantSound(joined);
    } else {
        kept.onProgress(Signal::Ringback, {});
    }
}

void Exchange::Impl::setCarrier(Party& party, bool on) {
    Connection* call = party.connection;
    if (call == nullptr || call->carrierOf(party) == on) {
        return;
    }
    call->carrierOf(party) = on;
    if (call->up) {
        call->other(party)->onCarrier(on);
    }
}

void Exchange::Impl::sendData(Party& party, std::span<const std::byte> bytes) {
    const Connection* call = party.connection;
    if (call != nullptr && call->up && call->callerCarrier && call->calledCarrier) {
        call->other(party)->onData(bytes);
    }
}

void Exchange::Impl::sweep() {
    free_.insert(free_.end(), released_.begin(), released_.end());
    released_.clear();
}

}  // namespace tipring::sim
