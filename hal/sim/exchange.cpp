// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/exchange.h"

#include <algorithm>

#include "exchange_impl.h"
#include "far_end_impl.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/sim/far_end.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

const hal::LogCategory kLog{"sim.exchange"};

// A loop that was stopped for longer than this goes on from now, without making the lost blocks.
constexpr auto kMaxLag = 1s;

}  // namespace

Exchange::Impl::Impl(hal::EventLoop& ownLoop, ExchangeOptions ownOptions)
    : loop(ownLoop),
      options(std::move(ownOptions)),
      country(findCountry(options.country)),
      clock_(loop, [this] { tick(); }),
      sweeper_(loop, [this] { sweep(); }) {
    if (country == nullptr) {
        kLog.warning("no country {}: the exchange speaks as in US", options.country);
        country = findCountry("US");
    }
}

Exchange::Impl::~Impl() {
    // Far ends release their calls into lines, so they go first.
    silentEnds.clear();
    for (const auto& call : connections) {
        if (!call->released) {
            call->caller->connection = nullptr;
            call->called->connection = nullptr;
        }
    }
}

Line::Impl* Exchange::Impl::find(std::string_view number) const {
    const auto at = std::find_if(lines.begin(), lines.end(),
                                 [&](const auto& line) { return line->number() == number; });
    return at == lines.end() ? nullptr : (*at)->impl_.get();
}

bool Exchange::Impl::isKnown(std::string_view digits) const {
    return routes.find(digits) != routes.end() || find(digits) != nullptr;
}

bool Exchange::Impl::mayGoOn(std::string_view digits) const {
    const auto longer = [&](std::string_view number) {
        return number.size() > digits.size() && number.starts_with(digits);
    };
    return std::any_of(routes.begin(), routes.end(),
                       [&](const auto& route) { return longer(route.first); }) ||
           std::any_of(lines.begin(), lines.end(),
                       [&](const auto& line) { return longer(line->number()); });
}

void Exchange::Impl::routeCall(Line::Impl& from, std::string_view digits) {
    kLog.debug("line {} calls {}", from.number, hal::Private{digits});
    if (const auto route = routes.find(digits); route != routes.end()) {
        routeToFarEnd(from, route->second);
    } else if (Line::Impl* to = find(digits); to != nullptr) {
        routeToLine(from, *to);
    } else {
        routeToFarEnd(from, defaultRoute);
    }
}

void Exchange::Impl::routeToLine(Line::Impl& from, Line::Impl& to) {
    if (!to.isFree()) {
        from.setSignal(Signal::Busy);
        return;
    }
    CallerId id;
    id.number = from.number;
    Connection& call = connect(from, to);
    from.setSignal(Signal::Ringback);
    to.ring(call, id);
}

void Exchange::Impl::routeToFarEnd(Line::Impl& from, const Route& route) {
    switch (route.outcome) {
    case Route::Outcome::Busy: from.setSignal(Signal::Busy); return;
    case Route::Outcome::Congestion:
    case Route::Outcome::Unassigned: from.setSignal(Signal::Congestion); return;
    case Route::Outcome::NoAnswer: from.setSignal(Signal::Ringback); return;
    case Route::Outcome::Answer: break;
    }
    FarEnd& end = route.farEnd != nullptr ? *route.farEnd : freeSilentEnd();
    if (end.impl_->connection != nullptr) {
        from.setSignal(Signal::Busy);
        return;
    }
    Connection& call = connect(from, *end.impl_);
    if (route.rings != 0) {
        from.setSignal(Signal::Ringback);
    }
    end.impl_->ringHere(call, route.rings, *from.country);
}

FarEnd& Exchange::Impl::freeSilentEnd() {
    for (const auto& end : silentEnds) {
        if (end->state() == FarEnd::State::Idle) {
            return *end;
        }
    }
    silentEnds.push_back(std::make_unique<FarEnd>(*self_));
    return *silentEnds.back();
}

Connection& Exchange::Impl::connect(Party& caller, Party& called) {
    connections.push_back(std::make_unique<Connection>());
    Connection& call = *connections.back();
    call.caller = &caller;
    call.called = &called;
    caller.connection = &call;
    called.connection = &call;
    return call;
}

void Exchange::Impl::setUp(Connection& call) {
    call.up = true;
    call.called->onConnected();
    if (!call.released) {
        call.caller->onConnected();
    }
    if (!call.released && call.callerCarrier) {
        call.called->onCarrier(true);
    }
    if (!call.released && call.calledCarrier) {
        call.caller->onCarrier(true);
    }
    wakeClock();
}

void Exchange::Impl::release(Party& party) {
    Connection* call = party.connection;
    if (call == nullptr) {
        return;
    }
    Party* other = call->other(party);
    const bool carrier =
        call->up && (&party == call->caller ? call->callerCarrier : call->calledCarrier);
    call->released = true;
    party.connection = nullptr;
    other->connection = nullptr;
    sweeper_.arm(0ms);
    if (carrier) {
        other->onCarrier(false);
    }
    other->onReleased();
}

void Exchange::Impl::setCarrier(Party& party, bool on) {
    Connection* call = party.connection;
    if (call == nullptr) {
        return;
    }
    bool& own = &party == call->caller ? call->callerCarrier : call->calledCarrier;
    if (own == on) {
        return;
    }
    own = on;
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

void Exchange::Impl::wakeClock() {
    if (!clock_.armed()) {
        nextTick_ = loop.now() + kBlockTime;
        clock_.armAt(nextTick_);
    }
}

bool Exchange::Impl::tickConnections() {
    bool wanted = false;
    // By index: a party may make a new connection while it hears.
    for (std::size_t i = 0; i < connections.size(); ++i) {
        Connection& call = *connections[i];
        if (call.released || !call.up ||
            !(call.caller->wantsSound() || call.called->wantsSound())) {
            continue;
        }
        wanted = true;
        std::array<std::int16_t, kBlock> fromCaller{}, fromCalled{};
        call.caller->speak(fromCaller);
        call.called->speak(fromCalled);
        call.caller->hear(fromCalled);
        if (!call.released) {
            call.called->hear(fromCaller);
        }
    }
    return wanted;
}

void Exchange::Impl::tick() {
    bool wanted = tickConnections();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        Line::Impl& line = *lines[i]->impl_;
        if (line.listening && (line.connection == nullptr || !line.connection->up)) {
            wanted = true;
            line.hearExchange();
        }
    }
    if (!wanted) {
        return;
    }
    nextTick_ += kBlockTime;
    if (loop.now() - nextTick_ > kMaxLag) {
        nextTick_ = loop.now() + kBlockTime;
    }
    clock_.armAt(nextTick_);
}

void Exchange::Impl::sweep() {
    std::erase_if(connections, [](const auto& call) { return call->released; });
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
    auto line = std::make_unique<Line::Impl>(*impl_, std::string{number});
    impl_->lines.push_back(std::unique_ptr<Line>{new Line{std::move(line)}});
    return *impl_->lines.back();
}

Line* Exchange::findLine(std::string_view number) {
    const auto at = std::find_if(impl_->lines.begin(), impl_->lines.end(),
                                 [&](const auto& line) { return line->number() == number; });
    return at == impl_->lines.end() ? nullptr : at->get();
}

void Exchange::setRoute(std::string_view number, const Route& route) {
    impl_->routes.insert_or_assign(std::string{number}, route);
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
