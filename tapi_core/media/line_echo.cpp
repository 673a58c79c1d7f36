// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/line_echo.h"

#include <algorithm>

namespace tipring::media {
namespace {

constexpr float kLearnt = 10;                   // dB
constexpr std::size_t kUnknownLongest = 12000;  // samples with sound: then there is no echo
constexpr std::size_t kSearchEvery = 2000;      // samples with sound
constexpr std::size_t kSearchLater = 16000;     // after kUnknownLongest
constexpr std::size_t kMargin = 24;             // the path begins before its loudest part
constexpr std::size_t kSameDelay = 48;          // the canceller's tail takes that
constexpr std::size_t kKeyLingers = 800;        // an echo's key is recognised late
constexpr std::int64_t kSound = 400;            // mean square

bool sounds(std::span<const std::int16_t> samples) {
    std::int64_t sum = 0;
    for (const std::int16_t sample : samples) {
        sum += std::int64_t{sample} * sample;
    }
    return sum > kSound * static_cast<std::int64_t>(samples.size());
}

}  // namespace

LineEcho::LineEcho()
    : canceller_({.tail = 256, .suppressor = true}),
      sent_(kRing),
      received_(kRing),
      quiet_(kQuietAgain) {}

void LineEcho::start() noexcept {
    anchored_ = false;
}

void LineEcho::sent(std::uint64_t position, std::span<const std::int16_t> samples) noexcept {
    // What is pulled now cannot have come back before now.
    const std::uint64_t ahead = base_ + position - now_;
    if (!anchored_ || ahead + EchoDelay::kLongest > 3 * EchoDelay::kLongest) {
        base_ = now_ - position;
        anchored_ = true;
    }
    if (samples.empty()) {
        return;
    }
    const std::uint64_t begin = base_ + position;
    const std::uint64_t hole = begin - std::min(begin, sentEnd_);
    for (std::uint64_t i = std::min<std::uint64_t>(hole, kRing); i > 0; --i) {
        sent_[(begin - i) % kRing] = 0;
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
        sent_[(begin + i) % kRing] = samples[i];
    }
    sentEnd_ = begin + samples.size();
    quiet_ = std::any_of(samples.begin(), samples.end(), [](auto each) { return each != 0; })
                 ? 0
                 : quiet_;
}

/// What was sent `delay_` before `out.size()` samples from now on.
void LineEcho::reference(std::span<std::int16_t> out) const noexcept {
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::uint64_t at = now_ + i - delay_;
        const std::uint64_t behind = sentEnd_ - at;  // huge where nothing was sent yet
        out[i] = behind > 0 && behind <= kRing ? sent_[at % kRing] : std::int16_t{0};
    }
}

std::span<const std::int16_t> LineEcho::clean(std::span<const std::int16_t> received) noexcept {
    const std::size_t count = received.size();
    for (std::size_t i = 0; !idle() && i < count; ++i) {
        received_[(now_ + i) % kRing] = received[i];
    }
    if (idle() || count > kMost) {
        now_ += count;
        return received;
    }
    const auto own = std::span(own_).first(count);
    reference(own);
    canceller_.process(own, received, clean_);
    now_ += count;
    quiet_ = std::min(quiet_ + count, kQuietAgain);
    listenToOwn(own);
    learn(own);
    return known_ || sounding_ < kUnknownLongest ? std::span(clean_).first(count) : received;
}

void LineEcho::listenToOwn(std::span<const std::int16_t> own) noexcept {
    keyAge_ += keyOn_ ? 0 : own.size();
    if (keyAge_ > kKeyLingers || idle()) {
        key_ = 0;
    }
    ownKeys_.process(own, [this](const dsp::DtmfEvent& event) {
        keyOn_ = event.kind == dsp::DtmfEvent::Kind::Start;
        key_ = event.key;
        keyAge_ = 0;
    });
}

void LineEcho::learn(std::span<const std::int16_t> own) noexcept {
    if (known_ || !sounds(own)) {
        return;
    }
    sounding_ += own.size();
    sinceSearch_ += own.size();
    known_ = canceller_.returnLossEnhancement() >= kLearnt;
    if (!known_ && sinceSearch_ >= (sounding_ < kUnknownLongest ? kSearchEvery : kSearchLater)) {
        sinceSearch_ = 0;
        search();
    }
}

void LineEcho::search() noexcept {
    std::array<std::int16_t, EchoDelay::kWindow> heard{};
    std::array<std::int16_t, EchoDelay::kWindow + EchoDelay::kLongest> said{};
    for (std::size_t i = 0; i < heard.size(); ++i) {
        heard[i] = received_[(now_ - heard.size() + i) % kRing];
    }
    for (std::size_t i = 0; i < said.size(); ++i) {
        const std::uint64_t at = now_ - said.size() + i;
        const std::uint64_t behind = sentEnd_ - at;
        said[i] = behind > 0 && behind <= kRing ? sent_[at % kRing] : std::int16_t{0};
    }
    const auto found = finder_.find(said, heard);
    if (!found) {
        return;
    }
    const std::size_t wanted = *found > kMargin ? *found - kMargin : 0;
    if (wanted + kSameDelay < delay_ || wanted > delay_ + kSameDelay) {
        delay_ = wanted;
        canceller_.reset();
    }
}

}  // namespace tipring::media
