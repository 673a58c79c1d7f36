// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/far_end.h"

#include <algorithm>

#include <fmt/format.h>

#include "far_end_impl.h"
#include "modem_timing.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

const hal::LogCategory kLog{"sim.exchange"};
constexpr std::size_t kMaxHeard = 65536;
constexpr std::size_t kMaxKeys = 4096;
constexpr auto kSetUpTime = 100ms;  // an answer without a ring

void keepTail(std::string& text, std::size_t most) {
    if (text.size() > most) {
        text.erase(0, text.size() - most);
    }
}

}  // namespace

FarEnd::Impl::Impl(Exchange::Impl& ownExchange, FarEnd& ownFace)
    : exchange(ownExchange),
      face(ownFace),
      answerTimer_(exchange.loop, [this] { answer(); }),
      greetingTimer_(exchange.loop,
                     [this] { exchange.sendData(*this, std::as_bytes(std::span{greeting})); }),
      ringTimer_(exchange.loop, [this] { rungHere(); }) {}

FarEnd::Impl::~Impl() {
    listener = {};
    silent = false;
    if (Connection* call = connection; call != nullptr) {
        exchange.release(*this, *call);
    }
    exchange.forget(*this);
}

void FarEnd::Impl::setState(State next) {
    if (state == next) {
        return;
    }
    state = next;
    if (listener.onState) {
        listener.onState(next);
    }
}

void FarEnd::Impl::clearCall() {
    answered = false;
    heardKeys.clear();
    heardData.clear();
    ear_.reset();
}

void FarEnd::Impl::ringHere(Connection& call, std::optional<unsigned> rings, hal::Duration round) {
    connection = &call;
    clearCall();
    setState(State::Called);
    if (rings) {
        answerTimer_.arm(*rings == 0 ? hal::Duration{kSetUpTime} : *rings * round);
    } else if (state == State::Called) {
        rings_ = 0;
        round_ = round;
        ringTimer_.arm(kSetUpTime);
    }
}

void FarEnd::Impl::rungHere() {
    ringTimer_.arm(rings_ == 0 ? round_ - kSetUpTime : round_);
    onRung(rings_++);
}

void FarEnd::Impl::onRung(unsigned rings) {
    if (listener.onRing) {
        listener.onRing(rings);
    }
}

void FarEnd::Impl::answer() {
    answerTimer_.cancel();
    ringTimer_.cancel();
    if (state == State::Called && connection != nullptr) {
        exchange.setUp(*connection);
    }
}

void FarEnd::Impl::onConnected(Connection& /*call*/) {
    answered = true;
    setState(State::Connected);
    exchange.wantSound(*this);
    if (modem) {
        exchange.setCarrier(*this, true);
    }
}

void FarEnd::Impl::onReleased(Connection& /*call*/) {
    connection = nullptr;
    idle();
}

void FarEnd::Impl::onProgress(Signal signal, std::string_view /*announcement*/) {
    if (state == State::Calling && connection == nullptr && signal != Signal::Ringback) {
        idle();  // nobody there after all: forwarded to a busy line, refused
    }
}

void FarEnd::Impl::idle() {
    answerTimer_.cancel();
    ringTimer_.cancel();
    greetingTimer_.cancel();
    queue.clear();
    tape.reset();
    if (silent) {
        exchange.idleEnds.push_back(&face);
    }
    setState(State::Idle);
}

void FarEnd::Impl::onCarrier(bool on) {
    if (on && modem && !greeting.empty()) {
        // after the other modem has said CONNECT to its computer
        greetingTimer_.arm(kHandshake + 100ms);
    }
}

void FarEnd::Impl::onData(std::span<const std::byte> bytes) {
    heardData.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    keepTail(heardData, kMaxHeard);
    if (echo) {
        exchange.sendData(*this, bytes);
    }
}

bool FarEnd::Impl::speaking() const {
    return !queue.empty();
}

bool FarEnd::Impl::wantsSound() const {
    return connection != nullptr && connection->up &&
           (speaking() || tape.has_value() || listener.onSound || listener.onKey);
}

std::size_t FarEnd::Impl::fill(Item& item, std::span<std::int16_t> samples) {
    if (auto* reader = std::get_if<SoundReader>(&item)) {
        return reader->read(samples);
    }
    if (auto* said = std::get_if<Samples>(&item)) {
        const std::size_t count = std::min(samples.size(), said->all.size() - said->at);
        std::copy_n(said->all.begin() + std::ptrdiff_t(said->at), count, samples.begin());
        said->at += count;
        return count;
    }
    if (auto* source = std::get_if<std::unique_ptr<SoundSource>>(&item)) {
        return (*source)->read(samples);
    }
    auto& keys = std::get<KeyPlayer>(item);
    if (!keys.active()) {
        return 0;
    }
    keys.mix(samples);
    return samples.size();
}

void FarEnd::Impl::speak() {
    std::span<std::int16_t> rest = said;
    while (!rest.empty() && !queue.empty()) {
        const std::size_t count = fill(queue.front(), rest);
        rest = rest.subspan(count);
        if (!rest.empty()) {
            queue.pop_front();
            if (queue.empty() && listener.onPlayed) {
                listener.onPlayed();
            }
        }
    }
}

void FarEnd::Impl::hear() {
    if (connection == nullptr) {
        return;
    }
    std::array<std::int16_t, kBlock> heard{};
    exchange.collect(*this, *connection, heard);
    if (tape) {
        tape->write(heard);
    }
    const ToneEar::Heard found = ear_.hear(heard);
    if (found.keyBegan != 0 && heardKeys.size() < kMaxKeys) {
        heardKeys += found.keyBegan;
        if (listener.onKey) {
            listener.onKey(found.keyBegan);
        }
    }
    if (listener.onSound) {
        listener.onSound(heard);
    }
}

FarEnd::FarEnd(Exchange& exchange) : impl_(std::make_unique<Impl>(*exchange.impl_, *this)) {}
FarEnd::~FarEnd() = default;

void FarEnd::setListener(Listener listener) {
    impl_->listener = std::move(listener);
    impl_->exchange.wantSound(*impl_);
}

hal::Result<void> FarEnd::call(std::string_view line, const CallerId& id, unsigned maxRings) {
    if (impl_->connection != nullptr) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "the far end is in a call already; hang up first");
    }
    const Destination* to = impl_->exchange.plan.find(line);
    if (to == nullptr || to->line == nullptr) {
        return hal::fail(hal::ErrorCode::InvalAddress,
                         fmt::format("the exchange has no line {}; name one of its lines", line));
    }
    impl_->clearCall();
    Offer offer;
    offer.caller = impl_.get();
    offer.id = id;
    offer.maxRings = maxRings;
    if (to->pattern != 0) {
        offer.id.called = line;
    }
    if (!impl_->exchange.offerTo(offer, *to->line->impl_, to->pattern)) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("line {} is busy; try again when it is on hook", line));
    }
    if (impl_->connection != nullptr && !impl_->connection->up) {
        impl_->setState(State::Calling);
    }
    return {};
}

hal::Result<void> FarEnd::answer() {
    if (impl_->state != State::Called) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "no call rings at the far end; dial a number that is planned to answer");
    }
    impl_->answer();
    return {};
}

void FarEnd::hangUp() {
    if (Connection* call = impl_->connection; call != nullptr) {
        impl_->exchange.release(*impl_, *call);
        impl_->onReleased(*call);
    }
}

FarEnd::State FarEnd::state() const {
    return impl_->state;
}
bool FarEnd::wasAnswered() const {
    return impl_->answered;
}

hal::Result<void> FarEnd::play(const std::string& path) {
    auto reader = SoundReader::open(path);
    if (!reader) {
        return tl::unexpected(reader.error());
    }
    impl_->queue.emplace_back(std::move(*reader));
    impl_->exchange.wantSound(*impl_);
    return {};
}

void FarEnd::say(std::span<const std::int16_t> samples) {
    impl_->queue.emplace_back(Impl::Samples{{samples.begin(), samples.end()}, 0});
    impl_->exchange.wantSound(*impl_);
}

void FarEnd::say(std::unique_ptr<SoundSource> sound) {
    impl_->queue.emplace_back(std::move(sound));
    impl_->exchange.wantSound(*impl_);
}

void FarEnd::quiet() {
    impl_->queue.clear();
}

hal::Result<void> FarEnd::pressKeys(std::string_view keys) {
    KeyPlayer generator;
    if (!generator.push(keys)) {
        return hal::fail(hal::ErrorCode::InvalDigits,
                         "keys are 0-9 * # A-D and a comma for a pause, 64 at most");
    }
    impl_->queue.emplace_back(generator);
    impl_->exchange.wantSound(*impl_);
    return {};
}

bool FarEnd::isSpeaking() const {
    return impl_->speaking();
}

hal::Result<void> FarEnd::record(const std::string& path) {
    auto writer = SoundWriter::create(path);
    if (!writer) {
        return tl::unexpected(writer.error());
    }
    impl_->tape.emplace(std::move(*writer));
    kLog.info("the far end records to {}", path);
    impl_->exchange.wantSound(*impl_);
    return {};
}

void FarEnd::stopRecording() {
    impl_->tape.reset();
}
std::string_view FarEnd::heardKeys() const {
    return impl_->heardKeys;
}

std::string_view FarEnd::callerNumber() const {
    return impl_->callerNumber;
}

void FarEnd::setModem(bool on, std::string greeting, bool echo) {
    impl_->modem = on;
    impl_->greeting = std::move(greeting);
    impl_->echo = echo;
}

void FarEnd::sendData(std::span<const std::byte> bytes) {
    impl_->exchange.sendData(*impl_, bytes);
}

std::string_view FarEnd::heardData() const {
    return impl_->heardData;
}

}  // namespace tipring::sim
