// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/exchange.h"

#include "exchange/exchange_impl.h"
#include "far_end_impl.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/sim/far_end.h"

namespace tipring::sim {

namespace {

const hal::LogCategory kLog{"sim.exchange"};

constexpr unsigned kMostHops = 5;

}  // namespace

Exchange::Impl::Impl(hal::EventLoop& ownLoop, ExchangeOptions ownOptions)
    : loop(ownLoop),
      options(std::move(ownOptions)),
      clock_(loop, [this] { tick(); }),
      sweeper_(loop, [this] { sweep(); }) {
    const Country* country = findCountry(options.country);
    if (country == nullptr) {
        kLog.warning("no country {}: the exchange speaks as in US", options.country);
        country = findCountry("US");
    }
    profile = profileOf(*country);
}

Exchange::Impl::~Impl() {
    // Far ends release their calls into lines, so they go first; lines leave the list of sound.
    silentEnds.clear();
    lines.clear();
}

const Profile* Exchange::Impl::profileOf(const Country& country) {
    return &profiles.try_emplace(&country, country).first->second;
}

void Exchange::Impl::routeCall(const Offer& offer, std::string_view digits) {
    kLog.debug("a call from {} to {}", hal::Private{offer.id.number}, hal::Private{digits});
    const Destination* to = plan.find(digits);
    if (to != nullptr && to->route != nullptr) {
        routeToFarEnd(offer, *to->route);
    } else if (to != nullptr && to->line != nullptr) {
        Offer ours = offer;
        if (to->pattern != 0) {
            ours.id.called = digits;
        }
        offerTo(ours, *to->line->impl_, to->pattern);
    } else {
        routeToFarEnd(offer, defaultRoute);
    }
}

bool Exchange::Impl::offerTo(const Offer& offer, Line::Impl& to, unsigned pattern) {
    if (!to.forwards[static_cast<std::size_t>(Forward::Always)].empty()) {
        to.remind();
        return forwardCall(offer, to, Forward::Always);
    }
    if (to.isFree()) {
        Connection& call = connect(*offer.caller, to);
        to.ring(call, offer.id, pattern, offer.maxRings, hal::Duration{0});
    } else if (to.canWait() && offer.caller != &to) {
        Connection& call = connect(*offer.caller, to);
        to.offerWaiting(call, offer.id);
    } else if (!to.forwards[static_cast<std::size_t>(Forward::Busy)].empty()) {
        return forwardCall(offer, to, Forward::Busy);
    } else {
        offer.caller->onProgress(Signal::Busy, {});
        return false;
    }
    offer.caller->onProgress(Signal::Ringback, {});
    return true;
}

bool Exchange::Impl::forwardCall(const Offer& offer, Line::Impl& by, Forward why) {
    if (offer.hops == kMostHops) {
        offer.caller->onProgress(Signal::Congestion, {});
        return false;
    }
    Offer next = offer;
    ++next.hops;
    next.id.redirecting = by.number;
    routeCall(next, std::string{by.forwards[static_cast<std::size_t>(why)]});
    return offer.caller->connection != nullptr;
}

void Exchange::Impl::forwardRinging(Line::Impl& from) {
    Connection& call = *from.connection;
    Offer offer;
    offer.caller = call.caller;
    offer.id = from.id;
    from.connection = nullptr;
    from.stopRinging();
    from.rings = 0;
    from.setReversed(false);
    discard(call);
    forwardCall(offer, from, Forward::NoAnswer);
}

void Exchange::Impl::routeToFarEnd(const Offer& offer, const Route& route) {
    Party& caller = *offer.caller;
    switch (route.outcome) {
    case Route::Outcome::Busy: caller.onProgress(Signal::Busy, {}); return;
    case Route::Outcome::Congestion:
    case Route::Outcome::Unassigned: caller.onProgress(Signal::Congestion, {}); return;
    case Route::Outcome::NoAnswer: caller.onProgress(Signal::Ringback, {}); return;
    case Route::Outcome::Vacant:
        caller.onProgress(Signal::VacantNumber, "the number is not in service ");
        return;
    case Route::Outcome::Changed:
        caller.onProgress(Signal::NumberChanged, "the number is now " + route.newNumber + " ");
        return;
    case Route::Outcome::Answer: break;
    }
    FarEnd* chosen = route.choose ? route.choose() : route.farEnd;
    if (route.choose && chosen == nullptr) {
        caller.onProgress(Signal::Busy, {});
        return;
    }
    FarEnd& end = chosen != nullptr ? *chosen : silentEnd();
    if (end.impl_->connection != nullptr || end.impl_.get() == &caller) {
        caller.onProgress(Signal::Busy, {});
        return;
    }
    Connection& call = connect(caller, *end.impl_);
    if (route.rings != 0) {
        caller.onProgress(Signal::Ringback, {});
    }
    end.impl_->callerNumber = offer.id.number;
    const auto rings = route.rings == Route::kByHand ? std::nullopt : std::optional{route.rings};
    end.impl_->ringHere(call, rings, profile->ringbackRound);
}

FarEnd& Exchange::Impl::silentEnd() {
    if (idleEnds.empty()) {
        silentEnds.push_back(std::make_unique<FarEnd>(*self_));
        silentEnds.back()->impl_->silent = true;
        idleEnds.push_back(silentEnds.back().get());
    }
    FarEnd& end = *idleEnds.back();
    idleEnds.pop_back();
    return end;
}

CallerId Exchange::Impl::dated(CallerId id) const {
    if (id.month == 0) {
        const auto local =
            std::chrono::floor<std::chrono::minutes>(loop.wallNow() + options.utcOffset);
        const auto day = std::chrono::floor<std::chrono::days>(local);
        const std::chrono::year_month_day date{day};
        id.month = static_cast<std::uint8_t>(unsigned{date.month()});
        id.day = static_cast<std::uint8_t>(unsigned{date.day()});
        const auto minutes = (local - day).count();
        id.hour = static_cast<std::uint8_t>(minutes / 60);
        id.minute = static_cast<std::uint8_t>(minutes % 60);
    }
    return id;
}

Exchange::Exchange(hal::EventLoop& loop, ExchangeOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {
    impl_->self_ = this;
}

Exchange::~Exchange() = default;

Line& Exchange::addLine(std::string_view number) {
    if (Line* line = findLine(number); line != nullptr) {
        return *line;
    }
    // Every line's wires have noise of their own; both directions too.
    const auto seed = impl_->options.seed + 2 * static_cast<std::uint32_t>(impl_->lines.size());
    auto line = std::unique_ptr<Line>{new Line{nullptr}};
    line->impl_ = std::make_unique<Line::Impl>(*impl_, *line, std::string{number}, seed);
    impl_->plan.at(number).line = line.get();
    impl_->lines.push_back(std::move(line));
    return *impl_->lines.back();
}

Line* Exchange::findLine(std::string_view number) {
    const Destination* to = impl_->plan.find(number);
    return to != nullptr ? to->line : nullptr;
}

bool Exchange::addNumber(std::string_view number, Line& line, unsigned pattern) {
    Destination& to = impl_->plan.at(number);
    if (to.line != nullptr && to.line != &line) {
        return false;
    }
    to.line = &line;
    to.pattern = pattern < kRingPatterns ? pattern : 0;
    return true;
}

void Exchange::setRoute(std::string_view number, const Route& route) {
    const auto at = impl_->routes.insert_or_assign(std::string{number}, route).first;
    impl_->plan.at(number).route = &at->second;
}

void Exchange::setDefaultRoute(const Route& route) {
    impl_->defaultRoute = route;
}
hal::EventLoop& Exchange::loop() const {
    return impl_->loop;
}
const ExchangeOptions& Exchange::options() const {
    return impl_->options;
}

}  // namespace tipring::sim
