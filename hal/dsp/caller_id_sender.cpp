// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/caller_id_sender.h"

#include <algorithm>
#include <string_view>

namespace tipring::dsp {

namespace {

constexpr std::size_t kPerMillisecond = kSampleRate / 1000;
constexpr std::size_t kDigitOn = 70 * kPerMillisecond, kDigitOff = 70 * kPerMillisecond;
constexpr double kAlertLow = 2130, kAlertHigh = 2750;  // Hz

/// A time inside the window that leaves room to both sides.
std::size_t inside(const Window& window) {
    return std::min(window.least + 60, (window.least + window.most) / 2) * kPerMillisecond;
}

}  // namespace

CallerIdSender::CallerIdSender(const CallerIdStandard& standard, double dbm0) noexcept
    : standard_(&standard),
      dbm0_(dbm0),
      fsk_(standard.modulation, dbm0),
      dtmf_(kDigitOn, kDigitOff, dbm0) {}

bool CallerIdSender::rings() const noexcept {
    return standard_->alert == CallerIdAlert::FirstRing ||
           standard_->alert == CallerIdAlert::RingPulse ||
           standard_->alert == CallerIdAlert::CallSignal;
}

bool CallerIdSender::reverses() const noexcept {
    return standard_->alert == CallerIdAlert::Reversal ||
           standard_->alert == CallerIdAlert::ReversalAndDualTone;
}

bool CallerIdSender::sounds() const noexcept {
    return standard_->alert == CallerIdAlert::DualTone ||
           standard_->alert == CallerIdAlert::ReversalAndDualTone;
}

bool CallerIdSender::startDigits(const CallerId& id) noexcept {
    for (const DtmfCallerIdForm form :
         {DtmfCallerIdForm::PartsToC, DtmfCallerIdForm::NumberToHash, DtmfCallerIdForm::NumberToC,
          DtmfCallerIdForm::DigitsToHash}) {
        const DtmfCallerIdKeys keys =
            standard_->dtmf.has(form) ? writeDtmfCallerId(id, form) : DtmfCallerIdKeys{};
        if (!keys.empty()) {
            dtmf_.stop();
            digitsLength_ = keys.size() * (kDigitOn + kDigitOff);
            return dtmf_.push(keys.view());
        }
    }
    return false;
}

/// A call is a call in any network's messages; nothing else is.
std::optional<CallerIdType> CallerIdSender::typeHere(CallerIdType type) const noexcept {
    const bool ntt = standard_->framing == FskFraming::Ntt;
    if (ntt == (type == CallerIdType::NttCallSetup)) {
        return type;
    }
    const bool call = type == CallerIdType::CallSetup || type == CallerIdType::SingleCallSetup ||
                      type == CallerIdType::NttCallSetup;
    if (!call) {
        return std::nullopt;
    }
    return ntt ? CallerIdType::NttCallSetup : CallerIdType::CallSetup;
}

bool CallerIdSender::start(const CallerId& id) noexcept {
    stop();
    if (standard_->hasFsk()) {
        const auto type = typeHere(id.type);
        if (!type) {
            return false;
        }
        CallerId message = id;
        message.type = *type;
        size_ = encodeCallerId(message, bytes_, standard_->characters);
        if (standard_->framing == FskFraming::Ntt) {
            std::array<std::uint8_t, kMaxCallerIdFrame> plain{};
            std::copy_n(bytes_.begin(), std::min(size_, plain.size()), plain.begin());
            size_ = size_ > 0 ? frameNtt({plain.data(), size_}, bytes_) : 0;
        }
        if (size_ == 0) {
            return false;
        }
    } else if (!startDigits(id)) {
        return false;
    }
    step_ = 0;
    entered_ = false;
    position_ = 0;
    return true;
}

std::size_t CallerIdSender::length(Step step) const noexcept {
    switch (step) {
    case Step::Quiet: return reverses() && sounds() ? inside(standard_->quiet) : 0;
    case Step::Alert: return standard_->alertLength * kPerMillisecond;
    case Step::Gap: return inside(standard_->alertToData);
    case Step::Data: return standard_->hasFsk() ? 0 : digitsLength_;
    case Step::After: return inside(standard_->dataToRing);
    case Step::Reverse:
    case Step::Done: break;
    }
    return 0;
}

void CallerIdSender::enter(Listener<CallerIdRequest> tell) {
    entered_ = true;
    const auto step = static_cast<Step>(step_);
    left_ = length(step);
    if (step == Step::Reverse && reverses()) {
        tell(CallerIdRequest{CallerIdRequest::Kind::Reverse, position_});
    } else if (step == Step::Alert && rings()) {
        tell(CallerIdRequest{CallerIdRequest::Kind::RingOn, position_});
    } else if (step == Step::Alert && sounds()) {
        tone_.start(kAlertLow, kAlertHigh, dbm0_, left_);
    } else if (step == Step::Data && standard_->hasFsk()) {
        (void)fsk_.start({bytes_.data(), size_}, standard_->frame);
    }
}

void CallerIdSender::leave(Listener<CallerIdRequest> tell) {
    const auto step = static_cast<Step>(step_);
    if (step == Step::Alert && rings()) {
        tell(CallerIdRequest{CallerIdRequest::Kind::RingOff, position_});
    } else if (step == Step::Done) {
        tell(CallerIdRequest{CallerIdRequest::Kind::Done, position_});
    }
    ++step_;
    entered_ = false;
}

/// Sound of this step, at most to its end; gives how many samples of it went by.
std::size_t CallerIdSender::mixStep(std::span<std::int16_t> samples) noexcept {
    const auto step = static_cast<Step>(step_);
    if (step == Step::Data && standard_->hasFsk()) {
        return fsk_.mix(samples);
    }
    const std::size_t count = std::min(left_, samples.size());
    left_ -= count;
    if (step == Step::Alert) {
        tone_.mix(samples.first(count));
    } else if (step == Step::Data) {
        dtmf_.mix(samples.first(count));
    }
    return count;
}

void CallerIdSender::mix(std::span<std::int16_t> samples, Listener<CallerIdRequest> tell) {
    while (active()) {
        if (!entered_) {
            enter(tell);
        }
        const std::size_t count = mixStep(samples);
        position_ += count;
        samples = samples.subspan(count);
        const bool sending = static_cast<Step>(step_) == Step::Data && fsk_.active();
        if (sending || left_ > 0) {
            return;  // the block is full
        }
        leave(tell);
    }
}

}  // namespace tipring::dsp
