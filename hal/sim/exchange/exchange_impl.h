// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exchange/connection.h"
#include "exchange/line_impl.h"
#include "exchange/number_plan.h"
#include "exchange/profile.h"
#include "tipring/hal/sim/exchange.h"

namespace tipring::sim {

/// A call that looks for somebody to ring at.
struct Offer {
    Party* caller = nullptr;
    CallerId id;
    unsigned maxRings = 0;  ///< 0: no limit
    unsigned hops = 0;      ///< times that it was forwarded
};

struct Exchange::Impl {
    Impl(hal::EventLoop& ownLoop, ExchangeOptions ownOptions);
    ~Impl();

    const Profile* profileOf(const Country& country);

    // routing: exchange.cpp
    /// Puts a dialled number through: rings a line, or does what the route says.
    void routeCall(const Offer& offer, std::string_view digits);
    /// False when nothing rings; the caller was told why.
    bool offerTo(const Offer& offer, Line::Impl& to, unsigned pattern);
    bool forwardCall(const Offer& offer, Line::Impl& by, Forward why);
    /// Rings somewhere else, because nobody answers at `from`.
    void forwardRinging(Line::Impl& from);
    [[nodiscard]] CallerId dated(CallerId id) const;
    FarEnd& silentEnd();

    // connections: connections.cpp
    Connection& make(Party& caller, Party& called);
    /// Makes one that is the caller's active call.
    Connection& connect(Party& caller, Party& called);
    void setUp(Connection& call);
    /// One end hangs up; the other is told.
    void release(Party& party, Connection& call);
    /// The same without telling anybody.
    void discard(Connection& call);
    /// Connects the other ends of two calls of `by`; the second one may still ring.
    void transfer(Party& by, Connection& first, Connection& second);
    void setCarrier(Party& party, bool on);
    void sendData(Party& party, std::span<const std::byte> bytes);

    // blocks of sound: exchange_sound.cpp
    /// Has the party take part in blocks, as long as it wants sound.
    void wantSound(Party& party);
    void forget(Party& party);
    /// What `listener` hears of that call in this block, added to `into`.
    void collect(const Party& listener, const Connection& call, SpokenBlock into) const;

    hal::EventLoop& loop;
    ExchangeOptions options;
    std::map<const Country*, Profile> profiles;
    const Profile* profile;
    std::vector<std::unique_ptr<Line>> lines;
    std::vector<std::unique_ptr<FarEnd>> silentEnds;  ///< for routes that name nobody
    std::vector<FarEnd*> idleEnds;                    ///< those of them without a call
    std::map<std::string, Route, std::less<>> routes;
    Route defaultRoute;
    NumberPlan plan;
    std::uint64_t block = 0;  ///< number of the present block of sound

private:
    void routeToFarEnd(const Offer& offer, const Route& route);
    void tick();
    void include(Party& party);
    void sweep();

    std::vector<std::unique_ptr<Connection>> pool_;
    std::vector<Connection*> free_, released_;
    std::vector<Party*> sounding_, active_;
    hal::Timer clock_, sweeper_;
    hal::TimePoint nextTick_{};
    Exchange* self_ = nullptr;
    friend class Exchange;
};

}  // namespace tipring::sim
