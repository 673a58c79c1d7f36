// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/tone_terminal.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tipring::media {
namespace {

constexpr std::size_t kMaxSteps = 64;
constexpr double kHighest = dsp::kSampleRate / 2.0;
constexpr double kLoudest = 3.14;

bool good(const ToneStep& step) {
    const auto inBand = [](double hertz) { return hertz >= 0 && hertz <= kHighest; };
    return step.samples > 0 && inBand(step.hertz1) && inBand(step.hertz2) &&
           std::isfinite(step.dbm0) && step.dbm0 <= kLoudest;
}

}  // namespace

hal::Result<std::unique_ptr<ToneTerminal>> ToneTerminal::create(std::vector<ToneStep> steps,
                                                                std::size_t repeats) {
    if (steps.empty() || steps.size() > kMaxSteps ||
        !std::all_of(steps.begin(), steps.end(), good)) {
        return hal::fail(
            hal::ErrorCode::InvalTone,
            "a tone has 1 to 64 steps of 0 to 4000 Hz, up to 3.14 dBm0, none of them empty");
    }
    return std::unique_ptr<ToneTerminal>(new ToneTerminal(std::move(steps), repeats));
}

ToneTerminal::ToneTerminal(std::vector<ToneStep> steps, std::size_t repeats)
    : Terminal("tone", TerminalClass::Dynamic, TerminalDirection::Capture),
      steps_(std::move(steps)),
      repeats_(repeats) {}

hal::Result<void> ToneTerminal::onStart() {
    round_ = 0;
    begin(0);
    return {};
}

void ToneTerminal::begin(std::size_t step) {
    step_ = step;
    left_ = steps_[step].samples;
    generator_.start(steps_[step].hertz1, steps_[step].hertz2, steps_[step].dbm0);
}

std::size_t ToneTerminal::onCapture(std::span<std::int16_t> samples) {
    std::size_t done = 0;
    while (done < samples.size()) {
        if (left_ == 0) {
            const std::size_t next = (step_ + 1) % steps_.size();
            if (next == 0 && ++round_ == repeats_) {
                finish(TerminalCause::EndOfFile, {});
                return done;
            }
            begin(next);
        }
        const auto part = samples.subspan(done, std::min(left_, samples.size() - done));
        std::fill(part.begin(), part.end(), std::int16_t{0});
        generator_.mix(part);
        left_ -= part.size();
        done += part.size();
    }
    return done;
}

}  // namespace tipring::media
