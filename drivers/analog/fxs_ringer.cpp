// SPDX-License-Identifier: Apache-2.0
#include "fxs_ringer.h"

#include <algorithm>
#include <utility>

namespace tipring::analog {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kToMessage{600};      // from the end of the ring: 500 to 1500 in GR-30-CORE
constexpr std::size_t kSilenceAfter = 2400;  // 300 ms to the next ring; 200 are needed

const dsp::CallerIdStandard* standardOf(const LineProfile& profile, const FxsAbilities& abilities) {
    const std::string_view names = profile.callerId;
    const auto* standard = dsp::callerIdStandard(names.substr(0, names.find(' ')));
    const bool can = abilities.onHookSound && standard != nullptr &&
                     standard->alert != dsp::CallerIdAlert::CallSignal;
    return can ? standard : nullptr;
}

}  // namespace

FxsRinger::FxsRinger(hal::EventLoop& loop, FxsPort& port, const LineProfile& profile,
                     RingerListener& listener)
    : port_(port),
      profile_(profile),
      listener_(listener),
      standard_(standardOf(profile, port.abilities())),
      timer_(loop, [this] { step(); }),
      messageTimer_(loop, [this] { onPause(); }),
      sender_(standard_ != nullptr ? *standard_ : dsp::callerIdStandards().front()),
      fsk_(standard_ != nullptr && standard_->hasFsk() ? standard_->modulation : dsp::kBell202) {}

void FxsRinger::feed(FxsFeed next) {
    if (reversed_ && next == FxsFeed::OnHook) {
        next = FxsFeed::OnHookReverse;
    }
    static_cast<void>(port_.setFeed(next));
}

void FxsRinger::ring(unsigned mode, const dsp::CallerId* id, unsigned mostRings) {
    stop();
    ringing_ = true;
    cadence_ = ringOfMode(profile_, mode);
    at_ = 0;
    count_ = 0;
    most_ = mostRings;
    const bool tells = id != nullptr && standard_ != nullptr;
    if (tells && standard_->alert == dsp::CallerIdAlert::FirstRing) {
        pending_ = *id;
    } else if (tells && sender_.start(*id)) {
        sending_ = true;
        feed(FxsFeed::OnHook);
        return;  // the rings begin when it says so
    }
    timer_.arm({});
}

void FxsRinger::stop() {
    timer_.cancel();
    messageTimer_.cancel();
    sender_.stop();
    fsk_.stop();
    ringing_ = sending_ = alone_ = waits_ = reversed_ = false;
    pending_.reset();
    tail_ = 0;
}

/// The next step of the cadence: odd ones are pauses.
void FxsRinger::step() {
    if (at_ == 0 && most_ != 0 && count_ == most_) {
        stop();
        listener_.onRungOut();
        return;
    }
    const bool on = at_ % 2 == 0;
    if (on && sending_) {
        waits_ = true;
        return;
    }
    const milliseconds length{cadence_[at_]};
    timer_.arm(length);
    const bool longPause =
        !on && cadence_[at_] == *std::max_element(cadence_.begin(), cadence_.end());
    const bool first = at_ == 0;
    at_ = (at_ + 1) % cadenceLength(cadence_);
    if (on) {
        static_cast<void>(port_.setFeed(FxsFeed::Ringing));
    } else {
        feed(FxsFeed::OnHook);
    }
    if ((longPause || (!on && at_ == 0)) && pending_) {
        sending_ = true;
        messageTimer_.arm(kToMessage);
    }
    if (first) {
        listener_.onRingSent(count_++);
    }
}

/// The moment of the message after the first ring.
void FxsRinger::onPause() {
    const std::optional<dsp::CallerId> id = std::exchange(pending_, std::nullopt);
    if (!id || !startMessage(*id)) {
        messageOver();
    }
}

bool FxsRinger::startMessage(const dsp::CallerId& id) {
    std::array<std::uint8_t, dsp::kMaxCallerIdFrame> bytes{};
    const std::size_t size = dsp::encodeCallerId(id, bytes, standard_->characters);
    return size > 0 && fsk_.start(std::span(bytes).first(size), standard_->frame);
}

bool FxsRinger::message(const dsp::CallerId& id) {
    if (standard_ == nullptr || active() || !standard_->hasFsk()) {
        return false;
    }
    const bool bare = standard_->alert == dsp::CallerIdAlert::FirstRing;
    if (!(bare ? startMessage(id) : sender_.start(id))) {
        return false;
    }
    sending_ = alone_ = true;
    feed(FxsFeed::OnHook);
    return true;
}

void FxsRinger::mix(std::span<std::int16_t> spoken) {
    if (sender_.active()) {
        sender_.mix(spoken, [this](const dsp::CallerIdRequest& asked) { request(asked); });
    } else if (fsk_.active()) {
        fsk_.mix(spoken);
        tail_ = kSilenceAfter;
    } else if (tail_ > 0) {
        tail_ -= std::min(tail_, spoken.size());
        if (tail_ == 0) {
            messageOver();
        }
    }
}

void FxsRinger::request(const dsp::CallerIdRequest& asked) {
    switch (asked.kind) {
    case dsp::CallerIdRequest::Kind::Reverse:
        reversed_ = !reversed_;
        feed(FxsFeed::OnHook);
        break;
    case dsp::CallerIdRequest::Kind::RingOn:
        static_cast<void>(port_.setFeed(FxsFeed::Ringing));
        break;
    case dsp::CallerIdRequest::Kind::RingOff: feed(FxsFeed::OnHook); break;
    case dsp::CallerIdRequest::Kind::Done: messageOver(); break;
    }
}

void FxsRinger::messageOver() {
    sending_ = false;
    if (std::exchange(alone_, false)) {
        reversed_ = false;
        listener_.onMessageSent();
    } else if (std::exchange(waits_, false) || (ringing_ && !timer_.armed())) {
        timer_.arm({});
    }
}

}  // namespace tipring::analog
