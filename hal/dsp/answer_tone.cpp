// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>

#include "bin_pair.h"
#include "tipring/hal/dsp/modem_tone.h"
#include "tone_frame.h"

namespace tipring::dsp {

namespace {

constexpr std::size_t kHop = 64;
constexpr std::array<double, 2> kBins{2068.75, 2131.25};
constexpr float kMostOff = 0.6F;      // bins: 30 Hz
constexpr float kShare = 0.6F;        // of the power
constexpr float kFloor = 5.0e4F;      // squared amplitude: -43 dBm0
constexpr unsigned kStart = 12;       // frames
constexpr unsigned kEnd = 6;          // a reversal puts out one or two
constexpr unsigned kApart = 4;        // frames from one side of a reversal to the other
constexpr float kTurned = 2.2F;       // radians that count as 180 degrees
constexpr unsigned kQuietAfter = 20;  // frames after a reversal in which none can be
constexpr unsigned kWindow = 40;      // frames: six rounds of 15 Hz
constexpr unsigned kAgain = 10;       // frames until the modulation is looked for again
constexpr double kModulation = 15;
constexpr float kLeastDepth = 0.1F;  // V.8: 0.2

struct Phasor {
    float real = 0, imaginary = 0;
};

}  // namespace

struct AnswerToneDetector::State {
    FrameTable table{kHop, kBins};
    FrameFunction frame = frameFunction();
    std::array<std::array<std::int16_t, kHop>, 2> hops{};
    std::size_t fill = 0;
    std::uint64_t number = 0;

    unsigned frames = 0, misses = 0, sinceReversal = kQuietAfter;
    std::uint64_t first = 0;
    bool told = false;
    std::array<Phasor, kApart + 1> phasors{};
    std::array<float, kWindow> amplitudes{};
    AnswerToneEvent event;

    void take(const std::int16_t* samples, Listener<AnswerToneEvent> tell);
    void keep(const FrameSums& sums, float power);
    void hear(float power, Listener<AnswerToneEvent> tell);
    void miss(Listener<AnswerToneEvent> tell);
    void say(AnswerToneEvent::Kind kind, std::uint64_t frameNumber, Listener<AnswerToneEvent> tell);
    [[nodiscard]] bool reversed() const;
    [[nodiscard]] float depth() const;
};

void AnswerToneDetector::State::say(AnswerToneEvent::Kind kind, std::uint64_t frameNumber,
                                    Listener<AnswerToneEvent> tell) {
    event.kind = kind;
    event.began = first * kHop;
    event.position = frameNumber * kHop;
    tell(event);
}

/// The phase on the two sides of the middle frame differs by half a turn, each side for itself
/// turns evenly.
bool AnswerToneDetector::State::reversed() const {
    const auto turn = [&](unsigned from, unsigned to) {
        const Phasor& a = phasors[(frames - 1 - from) % phasors.size()];
        const Phasor& b = phasors[(frames - 1 - to) % phasors.size()];
        return std::atan2(b.imaginary * a.real - b.real * a.imaginary,
                          b.real * a.real + b.imaginary * a.imaginary);
    };
    const float drift = (turn(kApart, kApart - 1) + turn(1, 0)) / 2;
    const float whole = turn(kApart, 0) - drift * kApart;
    return std::fabs(std::remainder(whole, 2 * std::numbers::pi_v<float>)) > kTurned;
}

/// How deep the amplitude goes up and down 15 times a second, as a part of it.
float AnswerToneDetector::State::depth() const {
    double real = 0, imaginary = 0, mean = 0;
    for (unsigned i = 0; i < kWindow; ++i) {
        const double angle = 2 * std::numbers::pi * kModulation * i * kHop / kSampleRate;
        const auto amplitude = static_cast<double>(amplitudes[(frames + i) % kWindow]);
        real += amplitude * std::cos(angle);
        imaginary += amplitude * std::sin(angle);
        mean += amplitude;
    }
    return mean > 0 ? static_cast<float>(2 * std::hypot(real, imaginary) / mean) : 0;
}

void AnswerToneDetector::State::keep(const FrameSums& sums, float power) {
    const float* bins = sums.phasor[0].value;
    phasors[frames % phasors.size()] = {bins[0] + bins[2], bins[1] + bins[3]};
    amplitudes[frames % kWindow] = std::sqrt(power);
    ++frames;
}

void AnswerToneDetector::State::hear(float power, Listener<AnswerToneEvent> tell) {
    if (frames == 1) {
        first = number;
        event = {};
        sinceReversal = kQuietAfter;
    }
    misses = 0;
    ++sinceReversal;
    event.level = levelOfPower(power);
    if (!told && frames >= kStart) {
        told = true;
        say(AnswerToneEvent::Kind::Start, number, tell);
    }
    if (!told) {
        return;
    }
    if (sinceReversal > kQuietAfter && reversed()) {
        sinceReversal = 0;
        ++event.reversals;
        say(AnswerToneEvent::Kind::Reversal, number - kApart / 2, tell);
    }
    // A window without a reversal in it: the dip of a reversal would look like modulation.
    const bool clean =
        sinceReversal == kWindow || (sinceReversal > kWindow && sinceReversal % kAgain == 0);
    if (!event.modulated && clean && frames >= kWindow && depth() >= kLeastDepth) {
        event.modulated = true;
        say(AnswerToneEvent::Kind::Modulated, number, tell);
    }
}

void AnswerToneDetector::State::miss(Listener<AnswerToneEvent> tell) {
    if (frames == 0 || ++misses < kEnd) {
        return;
    }
    if (told) {
        say(AnswerToneEvent::Kind::End, number + 1 - kEnd, tell);
    }
    frames = misses = 0;
    told = false;
}

void AnswerToneDetector::State::take(const std::int16_t* samples, Listener<AnswerToneEvent> tell) {
    FrameSums sums;
    const bool loud = oneFrame(frame, table, hops[~number & 1].data(), samples, kFloor / 4, sums);
    const BinPair pair = loud ? between(sums.power[0], sums.power[1]) : BinPair{};
    const bool heard = loud && pair.power >= kFloor && std::fabs(pair.offset) <= kMostOff &&
                       pair.power / 2 >= kShare * sums.meanSquare;
    if (loud && (heard || frames > 0)) {
        keep(sums, pair.power);
    }
    if (heard) {
        hear(pair.power, tell);
    } else {
        miss(tell);
    }
    ++number;
}

AnswerToneDetector::AnswerToneDetector() : state_(std::make_unique<State>()) {}
AnswerToneDetector::AnswerToneDetector(AnswerToneDetector&&) noexcept = default;
AnswerToneDetector& AnswerToneDetector::operator=(AnswerToneDetector&&) noexcept = default;
AnswerToneDetector::~AnswerToneDetector() = default;

void AnswerToneDetector::process(std::span<const std::int16_t> samples,
                                 Listener<AnswerToneEvent> tell) {
    State& state = *state_;
    while (!samples.empty()) {
        auto& hop = state.hops[state.number & 1];
        const std::size_t count = std::min(kHop - state.fill, samples.size());
        std::memcpy(hop.data() + state.fill, samples.data(), count * sizeof samples[0]);
        state.fill += count;
        samples = samples.subspan(count);
        if (state.fill == kHop) {
            state.fill = 0;
            state.take(hop.data(), tell);
        }
    }
}

void AnswerToneDetector::reset() {
    State& state = *state_;
    state.hops = {};
    state.fill = 0;
    state.number = 0;
    state.frames = state.misses = 0;
    state.told = false;
}

}  // namespace tipring::dsp
