// SPDX-License-Identifier: Apache-2.0
// Blocks of sound: all who take part speak, then all of them hear. A party without sound costs
// nothing here.
#include <algorithm>

#include "exchange/exchange_impl.h"
#include "sound/sine.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

// A loop that was stopped for longer than this goes on from now, without making the lost blocks.
constexpr auto kMaxLag = 1s;

}  // namespace

void Exchange::Impl::wantSound(Party& party) {
    if (!party.wantsSound()) {
        return;
    }
    if (!party.sounding) {
        party.sounding = true;
        sounding_.push_back(&party);
    }
    if (!clock_.armed()) {
        nextTick_ = loop.now() + kBlockTime;
        clock_.armAt(nextTick_);
    }
}

void Exchange::Impl::forget(Party& party) {
    std::erase(sounding_, &party);
    std::replace(active_.begin(), active_.end(), &party, static_cast<Party*>(nullptr));
}

void Exchange::Impl::include(Party& party) {
    if (party.saidIn == block) {
        return;
    }
    party.saidIn = block;
    party.said.fill(0);
    active_.push_back(&party);
}

void Exchange::Impl::tick() {
    std::erase_if(sounding_, [](Party* party) {
        party->sounding = party->wantsSound();
        return !party->sounding;
    });
    if (sounding_.empty()) {
        return;
    }
    ++block;
    active_.clear();
    for (Party* party : sounding_) {
        include(*party);
    }
    // With them those they are connected to, also over a three-way call.
    for (std::size_t i = 0; i < active_.size(); ++i) {
        for (const Connection* call : {active_[i]->connection, active_[i]->joined()}) {
            if (call != nullptr && call->up) {
                include(*call->other(*active_[i]));
            }
        }
    }
    // By index and with gaps: a party may go while another one hears.
    for (std::size_t i = 0; i < active_.size(); ++i) {
        if (active_[i] != nullptr) {
            active_[i]->speak();
        }
    }
    for (std::size_t i = 0; i < active_.size(); ++i) {
        if (active_[i] != nullptr) {
            active_[i]->hear();
        }
    }
    nextTick_ += kBlockTime;
    if (loop.now() - nextTick_ > kMaxLag) {
        nextTick_ = loop.now() + kBlockTime;
    }
    clock_.armAt(nextTick_);
}

void Exchange::Impl::collect(const Party& listener, const Connection& call,
                             SpokenBlock into) const {
    if (!call.open()) {
        return;
    }
    const Party& other = *call.other(listener);
    if (other.saidIn == block) {
        addSamples(into, other.said);
    }
    const Connection* joined = other.joined();
    if (joined == nullptr) {
        return;
    }
    const Connection& third = *(joined == &call ? other.connection : joined);
    if (third.open() && third.other(other)->saidIn == block) {
        addSamples(into, third.other(other)->said);
    }
}

}  // namespace tipring::sim
