// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/fsk_sender.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr std::size_t kBitsPerByte = 10;

}  // namespace

FskSender::FskSender(const FskModulation& modulation, double markDbm0, double spaceDbm0) noexcept
    : markStep_(modulation.mark / kSampleRate),
      spaceStep_(modulation.space / kSampleRate),
      markPeak_(amplitudeOf(markDbm0)),
      spacePeak_(amplitudeOf(spaceDbm0)),
      bitLength_(kSampleRate / modulation.rate) {}

bool FskSender::start(std::span<const std::uint8_t> bytes, const FskFrame& frame) noexcept {
    if (bytes.size() > kRoom) {
        return false;
    }
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
    size_ = bytes.size();
    frame_ = frame;
    part_ = Part::Seizure;
    sentBits_ = byte_ = 0;
    left_ = phase_ = 0;
    active_ = nextBit(bit_);
    left_ = bitLength_;
    return true;
}

bool FskSender::nextBit(bool& bit) noexcept {
    if (part_ == Part::Seizure) {
        bit = sentBits_ % 2 == 1;
        if (sentBits_++ < frame_.seizure) {
            return true;
        }
        part_ = Part::Mark;
        sentBits_ = 0;
    }
    if (part_ == Part::Mark) {
        bit = true;
        if (sentBits_++ < frame_.mark) {
            return true;
        }
        part_ = Part::Bytes;
        sentBits_ = 0;
    }
    if (part_ == Part::Bytes && byte_ < size_) {
        // Start bit, eight bits from the lowest on, stop bit and stuffing.
        const auto place = static_cast<unsigned>(sentBits_);
        bit = place > 8 || (place > 0 && (bytes_[byte_] >> (place - 1) & 1) != 0);
        const bool last = byte_ + 1 == size_;
        if (++sentBits_ == kBitsPerByte + (last ? 0 : frame_.stuffing)) {
            ++byte_;
            sentBits_ = 0;
        }
        return true;
    }
    part_ = Part::After;
    bit = true;
    return sentBits_++ < frame_.after;
}

std::size_t FskSender::mix(std::span<std::int16_t> samples) noexcept {
    std::size_t count = 0;
    while (active_ && count < samples.size()) {
        const double value =
            (bit_ ? markPeak_ : spacePeak_) * std::sin(2 * std::numbers::pi * phase_);
        std::int16_t& sample = samples[count++];
        sample = static_cast<std::int16_t>(std::clamp(std::lrint(sample + value), -32768L, 32767L));
        double rest = 1;
        while (active_ && left_ <= rest) {
            phase_ += left_ * (bit_ ? markStep_ : spaceStep_);
            rest -= left_;
            left_ = bitLength_;
            active_ = nextBit(bit_);
        }
        phase_ += rest * (bit_ ? markStep_ : spaceStep_);
        phase_ -= std::floor(phase_);
        left_ -= rest;
    }
    return count;
}

}  // namespace tipring::dsp
