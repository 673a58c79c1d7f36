// SPDX-License-Identifier: Apache-2.0
#include "fsk_channel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr double kRateBound = 0.045;  // of a sender's clock
constexpr int kMarksBefore = 6;       // bits that are ones before the first start bit
constexpr double kStuffingBits = 26;  // ones between bytes before the message is over
constexpr double kReach = 2.5;        // samples to each side that are searched for the best fit
constexpr std::int64_t kAhead = 6;    // outputs that have to be there after an edge
constexpr int kMiddle = 3;            // samples from the edge of a bit to its middle
constexpr double kNudge = 1.75;       // samples to each side where the fit is tried again
constexpr std::size_t kSearched = 5;  // bytes before the timing is known well
/// How much of what a byte is off is taken on: less when more bytes have been seen.
struct Gains {
    float start, rate;
};
constexpr std::array<Gains, 7> kGains{{{1.0F, 0.6F},
                                       {0.83F, 0.6F},
                                       {0.7F, 0.3F},
                                       {0.6F, 0.2F},
                                       {0.52F, 0.14F},
                                       {0.45F, 0.1F},
                                       {0.4F, 0.07F}}};
constexpr float kClear = 0.75F;  // of the amplitude: a bit is as clear as can be
constexpr float kPrior = 0.1F;   // of the amplitude, for the square of samples off where it is due
constexpr float kLeastClear = 0.4F;  // of the best score: worse is noise
constexpr float kFirstLevelGain = 0.4F;
constexpr float kLevelGain = 0.15F;

float levelOf(float amplitude) {
    return 20 * std::log10(std::max(amplitude, 1e-3F) / 32767) + 3.14F;
}

}  // namespace

FskLimits::FskLimits(const FskSettings& settings)
    : filter(settings.modulation),
      run(fskFilterFunction()),
      framing(settings.framing),
      bit(kSampleRate / settings.modulation.rate),
      floor(static_cast<float>(amplitudeOf(settings.minimumLevel))),
      quiet(filter.quietBelow(floor)) {}

void FskChannel::process(std::span<const std::int16_t> samples, const FskLimits& limits,
                         Listener<FskEvent> tell) {
    while (!samples.empty()) {
        const std::size_t count = std::min(samples.size(), input_.size() - fill_);
        std::copy_n(samples.data(), count, input_.data() + fill_);
        samples = samples.subspan(count);
        fill_ += count;
        const std::size_t hops = (fill_ - kHistory) / FskFilter::kHop;
        if (hops > 0) {
            take(hops, limits, tell);
        }
    }
}

void FskChannel::take(std::size_t hops, const FskLimits& limits, Listener<FskEvent> tell) {
    const std::size_t count = hops * FskFilter::kHop;
    if (mayPassOver(count, limits)) {
        passedOver_ = true;
        end_ += static_cast<std::int64_t>(count);
        at_ = std::max(at_, end_ - kAhead);
    } else {
        if (passedOver_) {
            catchUp(limits);
        }
        const auto used = static_cast<std::size_t>(end_ - base_);
        // While nothing comes, a line works in few places: many share the cache.
        if ((mode_ == Mode::Hunt && used >= kFew) || used + count > kLine) {
            makeRoom();
        }
        filter(limits, kCaughtUp, hops);
        end_ += static_cast<std::int64_t>(count);
        advance(limits, tell);
    }
    fill_ -= count;
    std::memmove(input_.data(), input_.data() + count, fill_ * sizeof(std::int16_t));
}

/// Nothing waits for more, and neither what came last nor what comes now can be a zero: no start
/// bit is there, and none that came before hangs on it.
bool FskChannel::mayPassOver(std::size_t count, const FskLimits& limits) {
    if (mode_ != Mode::Hunt || !quiet({input_.data() + kHistory, count}, limits.quiet)) {
        calm_ = 0;
        return false;
    }
    const bool calm =
        calm_ >= kCalm && at_ >= end_ - kAhead && end_ >= static_cast<std::int64_t>(kCaughtUp);
    calm_ = std::min<std::int64_t>(calm_ + static_cast<std::int64_t>(count), 1 << 20);
    return calm;
}

void FskChannel::catchUp(const FskLimits& limits) {
    passedOver_ = false;
    end_ -= static_cast<std::int64_t>(kCaughtUp);
    base_ = end_;
    filter(limits, 0, kCaughtUp / FskFilter::kHop);
    end_ += static_cast<std::int64_t>(kCaughtUp);
}

/// Outputs from `end_` on, the first of which looks at the input from `from` on.
void FskChannel::filter(const FskLimits& limits, std::size_t from, std::size_t hops) {
    const auto place = static_cast<std::size_t>(end_ - base_);
    const std::size_t group = place / FskFilter::kHop;
    limits.run(limits.filter, limits.floor, input_.data() + from, hops,
               {line_.data() + place, spaces_.data() + group, zeros_.data() + group,
                ones_.data() + group});
}

/// Forgets what will not be looked at again: most of it while no message is coming.
void FskChannel::makeRoom() {
    constexpr auto kHop = static_cast<std::int64_t>(FskFilter::kHop);
    const std::int64_t next =
        mode_ == Mode::Hunt ? at_ : std::max(first_, static_cast<std::int64_t>(start_) - kRetried);
    const std::int64_t drop = std::min(next - kPast - base_, end_ - base_) / kHop * kHop;
    const auto from = static_cast<std::size_t>(drop);
    const auto kept = static_cast<std::size_t>(end_ - base_ - drop);
    std::memmove(line_.data(), line_.data() + from, kept * sizeof(float));
    for (Bits* bits : {&spaces_, &zeros_, &ones_}) {
        std::memmove(bits->data(), bits->data() + from / FskFilter::kHop, kept / FskFilter::kHop);
    }
    base_ += drop;
}

// Output i of the filter is of sample i - kReach: positions in here are those of the filter's
// output, and kReach is taken off when they are told.
void FskChannel::advance(const FskLimits& limits, Listener<FskEvent> tell) {
    for (bool more = true; more;) {
        switch (mode_) {
        case Mode::Hunt: more = hunt(limits, tell); break;
        case Mode::Byte: more = nextByte(limits, tell); break;
        case Mode::Stuffing: more = stuffing(limits, tell); break;
        }
    }
}

/// Places in the line in 1/65536 samples: whole numbers, so that what is read does not hang on
/// where the line begins.
struct FskChannel::Cursor {
    static constexpr double kOne = 65536;

    const float* line;
    std::int64_t at, step;

    [[nodiscard]] float operator[](int i) const {
        const std::int64_t place = at + i * step;
        const float* whole = line + (place >> 16);
        const auto part = static_cast<float>(static_cast<std::int32_t>(place & 0xFFFF));
        return whole[0] + part * (1 / static_cast<float>(kOne)) * (whole[1] - whole[0]);
    }
};

FskChannel::Cursor FskChannel::cursor(double position, double step) const {
    const auto whole = [](double samples) {
        return static_cast<std::int64_t>(samples * Cursor::kOne + 0.5);
    };
    return {line_.data(), whole(position) - (base_ << 16), whole(step)};
}

float FskChannel::soft(double position) const {
    return cursor(position, 0)[0];
}

float FskChannel::threshold() const {
    return (mark_ + space_) / 2;
}

/// How well ten bits fit there: a one before, the start bit a zero, the stop bit a one, the others
/// anything, but clearly.
float FskChannel::score(double start, double bit) const {
    const float middle = threshold();
    const float most = kClear * (mark_ - middle);  // louder does not mean better timed
    const Cursor bits = cursor(start, bit);
    float sum = std::min(bits[-1] - middle, most) + std::min(middle - bits[0], most) +
                std::min(bits[9] - middle, most);
    for (int i = 1; i < 9; ++i) {
        sum += std::min(std::fabs(bits[i] - middle), most);
    }
    return sum;
}

void FskChannel::search(Fit& best, double reach, double step, double coupling) const {
    const double middle = best.start, bit = best.bit;
    const float prior = kPrior * (mark_ - space_) / 2;
    for (double offset = -reach; offset <= reach; offset += step) {
        const float here = score(middle + offset, bit + coupling * offset / 10) -
                           prior * static_cast<float>(offset * offset);
        if (here > best.score) {
            best.score = here;
            best.start = middle + offset;
            best.bit = bit + coupling * offset / 10;
        }
    }
}

/// The byte, and what it says about the levels of ones and zeros.
std::uint8_t FskChannel::decide(const Fit& fit, float gain) {
    const float middle = threshold();
    unsigned byte = 0;
    float ones = 0, zeros = 0;
    int count = 0;
    const Cursor bits = cursor(fit.start, fit.bit);
    for (int i = 0; i < 10; ++i) {
        const float value = bits[i];
        const bool one = i == 9 || (i > 0 && value > middle);
        ones += one ? value : 0;
        zeros += one ? 0 : value;
        count += one ? 1 : 0;
        byte |= one && i < 9 ? 1U << i : 0U;
    }
    const float newMark = ones / static_cast<float>(count);
    const float newSpace = zeros / static_cast<float>(10 - count);
    mark_ += gain * (newMark - mark_);
    space_ += gain * (newSpace - space_);
    return static_cast<std::uint8_t>(byte >> 1);
}

/// Bit i: at output i of the group and the seven that follow it a zero begins, with a one before.
/// Most of a voice is sorted out here.
std::uint64_t FskChannel::mayStart(std::size_t group) const {
    const auto read = [group](const Bits& bits) {
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            word |= std::uint64_t{bits[group + i]} << 8 * i;
        }
        return word;
    };
    const std::uint64_t spaces = read(spaces_);
    const std::uint64_t edges = spaces & ~(spaces << 1 | spaces_[group - 1] >> 7);
    const std::uint64_t zeros = read(zeros_) >> kMiddle | std::uint64_t{zeros_[group + 8]}
                                                              << (64 - kMiddle);
    const std::uint64_t ones = read(ones_) << kMiddle | ones_[group - 1] >> (8 - kMiddle);
    return edges & zeros & ones;
}

bool FskChannel::hunt(const FskLimits& limits, Listener<FskEvent> tell) {
    const double ahead = 10 * limits.bit * (1 + kRateBound) + 6;
    const std::int64_t last = end_ - kAhead;
    while (at_ < last) {
        const auto place = static_cast<std::size_t>(at_ - base_);
        const std::uint64_t starts = mayStart(place / 8) >> place % 8;
        if (starts == 0) {
            at_ = std::min(at_ + static_cast<std::int64_t>(64 - place % 8), last);
            continue;
        }
        at_ += std::countr_zero(starts);
        if (at_ >= last) {
            at_ = last;
            return false;
        }
        if (marksBefore(at_, limits)) {
            if (!have(static_cast<double>(at_) + ahead)) {
                return false;
            }
            if (mayBegin(at_, limits) && takeFirst(at_, limits, tell)) {
                return true;
            }
        }
        ++at_;
    }
    return false;
}

/// Ones before and a zero from here on, at whole samples.
bool FskChannel::marksBefore(std::int64_t edge, const FskLimits& limits) {
    const float* middle = line_.data() + (edge - base_ + kMiddle);
    const float start = *middle;
    float marks = 0;
    for (int i = 1; i <= kMarksBefore; ++i) {
        marks += middle[-i * 20 / 3];
        if (marks < limits.floor) {
            return false;
        }
    }
    mark_ = marks / kMarksBefore;
    space_ = start;
    return mark_ > limits.floor && mark_ > -0.15F * start && start < -0.15F * mark_;
}

/// All first bytes end in zeros before their highest bit: a test that needs no exact timing.
bool FskChannel::mayBegin(std::int64_t edge, const FskLimits& limits) const {
    const Cursor bits = cursor(static_cast<double>(edge) - 0.5 + limits.bit / 2, limits.bit);
    return bits[6] + bits[7] - 2 * bits[9] < 0.5F * (space_ - mark_);
}

/// The best timing of those at which a message begins there.
bool FskChannel::searchFirst(Fit& best, const FskLimits& limits) const {
    const float middle = threshold();
    const float prior = kPrior * (mark_ - space_) / 2;
    const double due = best.start;
    for (double offset = -kReach; offset <= kReach; offset += 0.5) {
        const Cursor bits = cursor(due + offset, best.bit);
        // No first byte has either of these.
        if (bits[6] > middle || bits[7] > middle) {
            continue;
        }
        unsigned byte = 0;
        for (int i = 1; i < 9; ++i) {
            byte |= bits[i] > middle ? 1U << (i - 1) : 0U;
        }
        if (!MessageFramer::begins(limits.framing, static_cast<std::uint8_t>(byte))) {
            continue;
        }
        const float here =
            score(due + offset, best.bit) - prior * static_cast<float>(offset * offset);
        if (here > best.score) {
            best.score = here;
            best.start = due + offset;
        }
    }
    return best.score > 0;
}

bool FskChannel::takeFirst(std::int64_t edge, const FskLimits& limits, Listener<FskEvent> tell) {
    Fit best;
    best.start = static_cast<double>(edge) - 0.5 + limits.bit / 2;
    best.bit = limits.bit;
    if (!searchFirst(best, limits)) {
        return false;
    }
    (void)decide(best, kFirstLevelGain);
    best.score = score(best.start, best.bit);
    search(best, kReach, 0.5, 0);
    bit_ = best.bit;
    stuffed_ = false;
    bytes_ = doubts_ = 0;
    began_ = edge;
    first_ = edge + 1;
    framer_.start(limits.framing);
    FskEvent event;
    event.began = static_cast<SamplePosition>(edge - static_cast<std::int64_t>(FskFilter::kReach));
    tell(event);
    takeByte(best, limits, tell);
    return true;
}

bool FskChannel::nextByte(const FskLimits& limits, Listener<FskEvent> tell) {
    if (!have(start_ + 9 * bit_ + (bytes_ < kSearched ? kReach : kNudge))) {
        return false;
    }
    const float amplitude = (mark_ - space_) / 2;
    const float start = soft(start_) - threshold();
    if (start > (stuffed_ ? 0.0F : 0.35F * amplitude)) {
        mode_ = Mode::Stuffing;
        at_ = static_cast<std::int64_t>(start_ - bit_ / 2);
        return true;
    }
    Fit fit{start_, bit_, score(start_, bit_)};
    const float offset = bytes_ < kSearched ? wideOffset(fit) : nearOffset(fit);
    const Gains& gains = kGains[std::min<std::size_t>(bytes_, kGains.size()) - 1];
    bit_ = std::clamp(bit_ + static_cast<double>(gains.rate * offset / 10),
                      limits.bit * (1 - kRateBound), limits.bit * (1 + kRateBound));
    takeByte({start_ + static_cast<double>(gains.start * offset), bit_, fit.score}, limits, tell);
    return true;
}

float FskChannel::wideOffset(const Fit& due) const {
    Fit best = due;
    search(best, kReach, 0.5, kGains[std::min(bytes_, kGains.size()) - 1].rate);
    return static_cast<float>(best.start - due.start);
}

/// From three tries, where the best one would be.
float FskChannel::nearOffset(const Fit& due) const {
    constexpr auto kMost = static_cast<float>(kNudge);
    const float before = score(due.start - kNudge, due.bit);
    const float after = score(due.start + kNudge, due.bit);
    const float bend = before - 2 * due.score + after;
    if (bend >= 0) {
        return before > after ? -kMost : kMost;
    }
    return std::clamp(kMost * 0.5F * (before - after) / bend, -kMost, kMost);
}

/// Waits for the start bit after ones that are no part of a byte.
bool FskChannel::stuffing(const FskLimits& limits, Listener<FskEvent> tell) {
    const double last = start_ + kStuffingBits * bit_;
    const float middle = threshold();
    for (; at_ + 4 < end_; ++at_) {
        const auto place = static_cast<std::size_t>(at_ - base_);
        if (static_cast<double>(at_) > last) {
            giveUp(last, tell);
            return true;
        }
        if (line_[place] >= middle || line_[place - 1] < middle ||
            soft(static_cast<double>(at_) - 0.5 + bit_ / 2) - middle > 0.35F * (space_ - middle)) {
            continue;
        }
        Fit fit{static_cast<double>(at_) - 0.5 + bit_ / 2, bit_, 0};
        if (!have(fit.start + 9 * bit_ + 3)) {
            return false;
        }
        search(fit, kReach, 0.5, 0);
        stuffed_ = true;
        takeByte(fit, limits, tell);
        return true;
    }
    return false;
}

void FskChannel::takeByte(const Fit& fit, const FskLimits& limits, Listener<FskEvent> tell) {
    start_ = fit.start + 10 * fit.bit;
    mode_ = Mode::Byte;
    ++bytes_;
    const MessageFramer::Step step =
        framer_.push(decide(fit, bytes_ < kSearched ? kFirstLevelGain : kLevelGain));
    const bool clear = fit.score > kLeastClear * kClear * 11 * (mark_ - space_) / 2;
    doubts_ = clear ? 0 : doubts_ + 1;
    if (step == MessageFramer::Step::Wrong || mark_ - space_ < limits.floor || doubts_ > 1) {
        giveUp(start_, tell);
    } else if (step == MessageFramer::Step::Complete) {
        finish(fit, framer_.checksumValid(), tell);
    }
}

void FskChannel::finish(const Fit& fit, bool valid, Listener<FskEvent> tell) {
    FskEvent event;
    event.kind = FskEvent::Kind::Message;
    event.began =
        static_cast<SamplePosition>(began_ - static_cast<std::int64_t>(FskFilter::kReach));
    event.ended = static_cast<SamplePosition>(std::llround(fit.start + 9.5 * fit.bit) -
                                              static_cast<std::int64_t>(FskFilter::kReach));
    event.bytes = framer_.message();
    event.checksumValid = valid;
    event.markLevel = levelOf(mark_);
    event.spaceLevel = levelOf(-space_);
    mode_ = Mode::Hunt;
    at_ = static_cast<std::int64_t>(start_ - bit_);
    tell(event);
}

void FskChannel::giveUp(double position, Listener<FskEvent> tell) {
    FskEvent event;
    event.kind = FskEvent::Kind::Broken;
    event.began =
        static_cast<SamplePosition>(began_ - static_cast<std::int64_t>(FskFilter::kReach));
    mode_ = Mode::Hunt;
    // What came meanwhile may hold the real beginning, as far as it is still there.
    at_ = std::max(first_, static_cast<std::int64_t>(position) - kRetried);
    tell(event);
}

}  // namespace tipring::dsp
