// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "fsk_filter.h"
#include "message_framer.h"
#include "tipring/hal/dsp/fsk_receiver.h"

namespace tipring::dsp {

/// Settings as the receiver wants them.
struct FskLimits {
    explicit FskLimits(const FskSettings& settings);

    FskFilter filter;
    FskFilterFunction run;
    FskFraming framing;
    double bit;           ///< samples
    float floor;          ///< amplitude
    std::uint32_t quiet;  ///< squares of two samples; without more no message can begin
};

/// The receiver of one channel: from samples to soft bits, to bytes, to messages.
///
/// What it decides hangs on the samples alone: each step waits until all of what it looks at has
/// come.
class FskChannel {
public:
    void process(std::span<const std::int16_t> samples, const FskLimits& limits,
                 Listener<FskEvent> tell);

private:
    /// Ten bits and their timing: start is the middle of the start bit.
    struct Fit {
        double start = 0, bit = 0;
        float score = 0;
    };
    struct Cursor;
    enum class Mode : std::uint8_t { Hunt, Byte, Stuffing };

    void take(std::size_t hops, const FskLimits& limits, Listener<FskEvent> tell);
    [[nodiscard]] bool mayPassOver(std::size_t count, const FskLimits& limits);
    void filter(const FskLimits& limits, std::size_t from, std::size_t hops);
    void catchUp(const FskLimits& limits);
    void makeRoom();
    void advance(const FskLimits& limits, Listener<FskEvent> tell);
    [[nodiscard]] std::uint64_t mayStart(std::size_t group) const;
    bool hunt(const FskLimits& limits, Listener<FskEvent> tell);
    bool marksBefore(std::int64_t edge, const FskLimits& limits);
    [[nodiscard]] bool mayBegin(std::int64_t edge, const FskLimits& limits) const;
    bool searchFirst(Fit& best, const FskLimits& limits) const;
    bool takeFirst(std::int64_t edge, const FskLimits& limits, Listener<FskEvent> tell);
    bool nextByte(const FskLimits& limits, Listener<FskEvent> tell);
    bool stuffing(const FskLimits& limits, Listener<FskEvent> tell);
    void takeByte(const Fit& fit, const FskLimits& limits, Listener<FskEvent> tell);
    void finish(const Fit& fit, bool valid, Listener<FskEvent> tell);
    void giveUp(double position, Listener<FskEvent> tell);

    [[nodiscard]] Cursor cursor(double position, double step) const;
    [[nodiscard]] float soft(double position) const;
    [[nodiscard]] float score(double start, double bit) const;
    void search(Fit& best, double reach, double step, double coupling) const;
    [[nodiscard]] float wideOffset(const Fit& due) const;
    [[nodiscard]] float nearOffset(const Fit& due) const;
    [[nodiscard]] std::uint8_t decide(const Fit& fit, float gain);
    [[nodiscard]] bool have(double position) const {
        return position + 2 < static_cast<double>(end_);
    }
    [[nodiscard]] float threshold() const;

    static constexpr std::size_t kInput = FskFilter::kMaxHops * FskFilter::kHop;
    static constexpr std::int64_t kRetried = 480;  ///< samples looked at again after a mistake
    static constexpr std::int64_t kPast = 64;  ///< samples before a start bit that are looked at
    static constexpr std::size_t kKept = 832;  ///< at most, when there is no room for more
    static constexpr std::size_t kLine = 1536;
    static constexpr std::size_t kGroups = kLine / FskFilter::kHop;
    static constexpr std::size_t kFew = 480;  ///< outputs that are kept for a while when none needs
    static_assert(kKept + kInput <= kLine);
    using Bits = std::array<std::uint8_t, kGroups + 8>;  ///< read eight at a time

    // While nothing is loud enough for a bit, nothing is filtered. Then what came last is: as much
    // as a start bit looks back on.
    static constexpr std::size_t kCaughtUp = 72;  ///< outputs
    static constexpr std::int64_t kCalm = 32;     ///< quiet samples before any are passed over
    static constexpr std::size_t kHistory = FskFilter::kOverlap + kCaughtUp;

    std::array<std::int16_t, kHistory + kInput> input_{};
    std::size_t fill_ = kHistory;       ///< the first outputs see silence before the start
    std::int64_t calm_ = 0;             ///< quiet samples, one after the other
    bool passedOver_ = false;           ///< the line ends before `end_`
    std::array<float, kLine> line_{};   ///< filtered
    Bits spaces_{}, zeros_{}, ones_{};  ///< what FskOutputs says of each of them
    std::int64_t base_ = 0;             ///< position of line_[0]
    std::int64_t end_ = 0;              ///< position after the newest

    Mode mode_ = Mode::Hunt;
    std::int64_t at_ = kPast;     ///< where the search goes on
    double start_ = 0;            ///< where the next start bit is due
    double bit_ = 0;              ///< samples, as this sender makes it
    float mark_ = 0, space_ = 0;  ///< soft values of ones and zeros
    bool stuffed_ = false;        ///< this sender leaves pauses between bytes
    std::size_t bytes_ = 0;       ///< of this message
    std::size_t doubts_ = 0;      ///< bytes in a row that look like noise
    std::int64_t began_ = 0;
    std::int64_t first_ = 0;  ///< where the search goes on when the message turns out to be none
    MessageFramer framer_;
};

}  // namespace tipring::dsp
