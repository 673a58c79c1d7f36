// SPDX-License-Identifier: Apache-2.0
// A second call to a line that is busy, and a first one that nobody answers.
#include "exchange/exchange_impl.h"
#include "exchange/line_impl.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto kBeepAgain = 10s;

}  // namespace

bool Line::Impl::canWait() const {
    return settings.callWaiting && !waitingBarred && off && waiting == nullptr && held == nullptr &&
           connection != nullptr && connection->up;
}

void Line::Impl::offerWaiting(Connection& call, const CallerId& caller) {
    waiting = &call;
    id = exchange.dated(caller);
    const bool tells = prepareMessage(id, CallerIdMessage::Kind::WaitingCall);
    if (waitingCaller == nullptr) {
        waitingCaller = std::make_unique<WaitingCaller>();
    }
    waitingCaller->start(profile->waiting, tells ? message.get() : nullptr);
    if (!listening) {
        waitTimer.arm(WaitingCaller::length(tells ? message.get() : nullptr));
    }
    if (device != nullptr) {
        device->onCallWaiting(true);
    }
}

/// The message is through, or nobody wanted it: from now on a beep now and then.
void Line::Impl::waitingTold() {
    if (waiting != nullptr) {
        waitTimer.arm(kBeepAgain);
    }
}

/// Of a ringing call: the time to forward it. Of one that waits: its next beep.
void Line::Impl::waitOver() {
    if (alerting) {
        exchange.forwardRinging(*this);
        return;
    }
    if (waiting == nullptr) {
        return;
    }
    if (waitingCaller->active()) {  // nobody listens: the device is taken to have heard it all
        const bool told = message != nullptr &&
                          message->kind == CallerIdMessage::Kind::WaitingCall &&
                          message->standard->callWaiting.key != 0;
        waitingCaller->stop();
        if (told && device != nullptr) {
            device->onCallerId(message->id);
        }
    } else if (listening) {
        waitingCaller->start(profile->waiting, nullptr);
    }
    waitTimer.arm(kBeepAgain);
}

void Line::Impl::takeWaiting() {
    Connection& call = *std::exchange(waiting, nullptr);
    endWaiting();
    if (connection != nullptr) {
        hold();
        swapping = true;
    }
    connection = &call;
    exchange.setUp(call);
}

void Line::Impl::refuseWaiting() {
    Connection& call = *std::exchange(waiting, nullptr);
    endWaiting();
    Party& caller = *call.caller;
    exchange.discard(call);
    caller.onProgress(Signal::Busy, {});
}

void Line::Impl::endWaiting() {
    waitTimer.cancel();
    waitingCaller->stop();
    if (device != nullptr) {
        device->onCallWaiting(false);
    }
}

}  // namespace tipring::sim
