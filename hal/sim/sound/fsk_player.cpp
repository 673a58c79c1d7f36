// SPDX-License-Identifier: Apache-2.0
#include "sound/fsk_player.h"

#include <algorithm>
#include <cmath>

#include "sound/fixed_math.h"
#include "sound/sine.h"

namespace tipring::sim {

namespace {

constexpr std::uint32_t kSamples = 8000;  // a second
constexpr unsigned kBitsPerByte = 10;

}  // namespace

void FskPlayer::start(const dsp::FskModulation& modulation, const dsp::FskFrame& frame,
                      std::span<const std::uint8_t> bytes, double dbm0) noexcept {
    markStep_ = Sine::stepOf(modulation.mark);
    spaceStep_ = Sine::stepOf(modulation.space);
    rate_ = static_cast<std::uint32_t>(std::lround(modulation.rate));
    peak_ = Sine::peakOfSamples(peakOf(dbm0));
    size_ = std::min(bytes.size(), kRoom);
    std::copy_n(bytes.begin(), size_, bytes_.begin());
    frame_ = frame;
    part_ = Part::Seizure;
    byte_ = 0;
    sent_ = 0;
    phase_ = 0;
    left_ = kSamples;
    active_ = nextBit();
}

bool FskPlayer::nextBit() noexcept {
    if (part_ == Part::Seizure) {
        if (sent_ < frame_.seizure) {
            bit_ = sent_++ % 2 == 1;
            return true;
        }
        part_ = Part::Mark;
        sent_ = 0;
    }
    if (part_ == Part::Mark) {
        bit_ = true;
        if (sent_++ < frame_.mark) {
            return true;
        }
        part_ = Part::Bytes;
        sent_ = 0;
    }
    if (part_ == Part::Bytes && byte_ < size_) {
        bit_ = sent_ > 8 || (sent_ > 0 && (bytes_[byte_] >> (sent_ - 1) & 1) != 0);
        const unsigned stuffing = byte_ + 1 == size_ ? 0 : frame_.stuffing;
        if (++sent_ == kBitsPerByte + stuffing) {
            ++byte_;
            sent_ = 0;
        }
        return true;
    }
    part_ = Part::After;
    bit_ = true;
    return sent_++ < frame_.after;
}

/// One sample further; the parts of it that fall into different bits have their own frequency.
void FskPlayer::advance() noexcept {
    std::uint32_t rest = rate_;
    while (active_ && left_ <= rest) {
        const std::uint64_t step = bit_ ? markStep_ : spaceStep_;
        phase_ += static_cast<std::uint32_t>(step * left_ / rate_);
        rest -= left_;
        left_ = kSamples;
        active_ = nextBit();
    }
    const std::uint64_t step = bit_ ? markStep_ : spaceStep_;
    phase_ += static_cast<std::uint32_t>(step * rest / rate_);
    left_ -= rest;
}

std::size_t FskPlayer::mix(std::span<std::int16_t> samples) noexcept {
    std::size_t count = 0;
    while (active_ && count < samples.size()) {
        addRounded(samples[count++], Sine::at(phase_, peak_));
        advance();
    }
    return count;
}

unsigned FskPlayer::milliseconds(const dsp::FskModulation& modulation, const dsp::FskFrame& frame,
                                 std::size_t bytes) noexcept {
    const std::size_t stuffing = bytes > 1 ? (bytes - 1) * frame.stuffing : 0;
    const std::size_t bits =
        frame.seizure + frame.mark + bytes * kBitsPerByte + stuffing + frame.after;
    const auto rate = static_cast<std::size_t>(std::lround(modulation.rate));
    return static_cast<unsigned>((bits * 1000 + rate - 1) / rate);
}

}  // namespace tipring::sim
