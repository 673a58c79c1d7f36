// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/tone_detector.h"

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "bin_pair.h"
#include "tipring/hal/dsp/tone.h"
#include "tone_frame.h"

namespace tipring::dsp {

namespace {

constexpr std::size_t kHop = 64;
constexpr float kBin = 62.5;         // Hz
constexpr float kFrameShare = 0.5F;  // of the power, in a frame that the tone fills in part
constexpr float kShare = 0.7F;       // in all frames together
constexpr float kTwist = 8;          // ratio of powers of two frequencies
constexpr float kContinues = 0.25F;  // of the power: the tone fills half of the window
constexpr unsigned kEnd = 2;         // frames without it
constexpr float kMostOff = 45;       // Hz

/// A tone of the list, and what has been heard of it.
class Watch {
public:
    Watch(const WantedTone& tone, std::size_t first)
        : tone_(tone),
          probe_(first),
          count_(tone.second > 0 ? 2 : 1),
          floor_(static_cast<float>(
              std::pow(amplitudeOf(static_cast<double>(tone.minimumLevel)), 2))) {}

    void take(std::uint64_t number, std::span<const BinPair> pairs, float meanSquare,
              Listener<ToneEvent> tell) {
        std::array<BinPair, 2> now{};
        float power = 0;
        for (std::size_t i = 0; i < count_; ++i) {
            now[i] = pairs[probe_ + i];
            power += now[i].power;
        }
        if (hears(now, power, meanSquare)) {
            add(number, now, power, meanSquare);
            if (!told_ && goodEnough()) {
                told_ = true;
                tell(event(ToneEvent::Kind::Start));
            }
        } else if (frames_ > 0) {
            miss(power, tell);
        }
        before_ = power;
    }

    void reset() {
        frames_ = misses_ = 0;
        told_ = false;
        before_ = 0;
    }

private:
    [[nodiscard]] bool hears(const std::array<BinPair, 2>& now, float power,
                             float meanSquare) const {
        bool good = power / 2 >= kFrameShare * meanSquare &&
                    (frames_ == 0 || power >= kContinues * loudest_);
        for (std::size_t i = 0; i < count_; ++i) {
            const float wanted = i == 0 ? tone_.hertz : tone_.second;
            const float most = std::min(wanted * tone_.tolerance / 100 + 5, kMostOff) / kBin;
            good = good && now[i].power > floor_ / 4 && std::fabs(now[i].offset) <= most;
        }
        return good && (count_ == 1 || (now[0].power < kTwist * now[1].power &&
                                        now[1].power < kTwist * now[0].power));
    }

    void add(std::uint64_t number, const std::array<BinPair, 2>& now, float power,
             float meanSquare) {
        if (frames_ == 0) {
            first_ = number;
            beforeFirst_ = before_;
            firstPower_ = power;
            powers_ = offsets_ = {};
            squares_ = loudest_ = lastPower_ = 0;
        }
        secondPower_ = frames_ == 1 ? power : secondPower_;
        ++frames_;
        misses_ = 0;
        for (std::size_t i = 0; i < count_; ++i) {
            powers_[i] += now[i].power;
            offsets_[i] += now[i].power * now[i].offset;
        }
        squares_ += meanSquare;
        loudest_ = std::max(loudest_, power);
        beforeLast_ = lastPower_;
        lastPower_ = power;
        afterLast_ = 0;
        last_ = number;
    }

    void miss(float power, Listener<ToneEvent> tell) {
        if (misses_++ == 0) {
            afterLast_ = power;
            if (!told_ && goodEnough()) {
                told_ = true;
                tell(event(ToneEvent::Kind::Start));
            }
        }
        if (misses_ < kEnd) {
            return;
        }
        if (told_) {
            tell(event(ToneEvent::Kind::End));
        }
        frames_ = 0;
        told_ = false;
    }

    [[nodiscard]] double begin() const {
        const float parts = filled(firstPower_, secondPower_) + filled(beforeFirst_, secondPower_);
        return kHop * (static_cast<double>(first_) + 0.5 - static_cast<double>(parts));
    }
    [[nodiscard]] double end() const {
        const float parts = filled(lastPower_, beforeLast_) + filled(afterLast_, beforeLast_);
        return kHop * (static_cast<double>(last_) - 0.5 + static_cast<double>(parts));
    }
    [[nodiscard]] float offset(std::size_t i) const {
        return powers_[i] > 0 ? offsets_[i] / powers_[i] * kBin : 0;
    }

    [[nodiscard]] bool goodEnough() const {
        const double least = static_cast<double>(tone_.minimumOn) * kSampleRate / 1000;
        bool good = frames_ > 2 && end() - begin() >= least &&
                    (powers_[0] + powers_[1]) / 2 >= kShare * squares_;
        for (std::size_t i = 0; i < count_; ++i) {
            const float wanted = i == 0 ? tone_.hertz : tone_.second;
            const float most = std::min(wanted * tone_.tolerance / 100, kMostOff);
            good = good && std::fabs(offset(i)) <= most && loudest_ >= floor_;
        }
        return good;
    }

    [[nodiscard]] ToneEvent event(ToneEvent::Kind kind) const {
        const double began = std::max(begin(), 0.0);
        const float share = loudest_ / (powers_[0] + powers_[1]);
        ToneEvent event;
        event.kind = kind;
        event.tag = tone_.tag;
        event.began = static_cast<SamplePosition>(std::llround(began));
        event.duration = static_cast<std::uint64_t>(std::llround(std::max(end() - began, 0.0)));
        event.level = levelOfPower(powers_[0] * share);
        event.hertz = tone_.hertz + offset(0);
        if (count_ == 2) {
            event.secondLevel = levelOfPower(powers_[1] * share);
            event.secondHertz = tone_.second + offset(1);
        }
        return event;
    }

    WantedTone tone_;
    std::size_t probe_, count_;
    float floor_;
    bool told_ = false;
    unsigned frames_ = 0, misses_ = 0;
    std::uint64_t first_ = 0, last_ = 0;
    float before_ = 0, beforeFirst_ = 0, firstPower_ = 0, secondPower_ = 0;
    float beforeLast_ = 0, lastPower_ = 0, afterLast_ = 0, loudest_ = 0;
    std::array<float, 2> powers_{}, offsets_{};
    float squares_ = 0;
};

bool sound(const WantedTone& tone) {
    const auto known = [](float hertz) { return hertz >= 100 && hertz <= 3800; };
    return known(tone.hertz) && (tone.second == 0 || known(tone.second));
}

void addBins(std::vector<double>& bins, float hertz) {
    bins.push_back(static_cast<double>(hertz - kBin / 2));
    bins.push_back(static_cast<double>(hertz + kBin / 2));
}

}  // namespace

struct ToneDetector::State {
    explicit State(std::span<const WantedTone> tones) : table(kHop, listen(tones)) {}

    /// Makes the watches and gives the bins that they need.
    std::vector<double> listen(std::span<const WantedTone> tones) {
        std::vector<double> bins;
        for (const WantedTone& tone : tones) {
            const std::size_t more = tone.second > 0 ? 2 : 1;
            if (!sound(tone) || bins.size() / 2 + more > kMostFrequencies) {
                continue;
            }
            watches.emplace_back(tone, bins.size() / 2);
            addBins(bins, tone.hertz);
            if (more == 2) {
                addBins(bins, tone.second);
            }
            const auto level = static_cast<double>(tone.minimumLevel);
            silence = std::min(silence, static_cast<float>(std::pow(amplitudeOf(level), 2)) / 16);
        }
        probes = bins.size() / 2;
        return bins;
    }

    void take(const std::int16_t* samples, Listener<ToneEvent> tell) {
        FrameSums sums;
        std::array<BinPair, kMostFrequencies> pairs{};
        if (oneFrame(frame, table, hops[~number & 1].data(), samples, silence, sums)) {
            for (std::size_t i = 0; i < probes; ++i) {
                pairs[i] = between(sums.power[2 * i], sums.power[2 * i + 1]);
            }
        }
        for (Watch& watch : watches) {
            watch.take(number, pairs, sums.meanSquare, tell);
        }
        ++number;
    }

    std::vector<Watch> watches;
    std::size_t probes = 0;
    float silence = 1e9F;  ///< mean square below which no tone can be
    FrameTable table;
    FrameFunction frame = frameFunction();
    std::array<std::array<std::int16_t, kHop>, 2> hops{};
    std::size_t fill = 0;
    std::uint64_t number = 0;
};

ToneDetector::ToneDetector(std::span<const WantedTone> tones)
    : state_(std::make_unique<State>(tones)) {}
ToneDetector::ToneDetector(ToneDetector&&) noexcept = default;
ToneDetector& ToneDetector::operator=(ToneDetector&&) noexcept = default;
ToneDetector::~ToneDetector() = default;

void ToneDetector::process(std::span<const std::int16_t> samples, Listener<ToneEvent> tell) {
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

void ToneDetector::reset() {
    state_->hops = {};
    state_->fill = 0;
    state_->number = 0;
    for (Watch& watch : state_->watches) {
        watch.reset();
    }
}

}  // namespace tipring::dsp
