// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tipring::media {
namespace {

/// A jump further than this, or backwards by more than that, is a device that began to count anew.
constexpr std::uint64_t kMaxGap = 60 * 8000;
constexpr std::uint64_t kMaxLate = 8000;

}  // namespace

Stream::Direction& Stream::at(StreamDirection direction) {
    return directions_[static_cast<std::size_t>(direction)];
}

const Stream::Direction& Stream::at(StreamDirection direction) const {
    return directions_[static_cast<std::size_t>(direction)];
}

bool Stream::attached(const Terminal& terminal) const {
    return std::any_of(terminals_.begin(), terminals_.end(),
                       [&](const auto& one) { return one.get() == &terminal; });
}

hal::Result<void> Stream::attach(std::shared_ptr<Terminal> terminal) {
    const std::lock_guard lock(mutex_);
    if (attached(*terminal)) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("the terminal {} is attached already", terminal->name()));
    }
    terminals_.push_back(std::move(terminal));
    return {};
}

hal::Result<void> Stream::detach(const Terminal& terminal) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(terminals_.begin(), terminals_.end(),
                                    [&](const auto& one) { return one.get() == &terminal; });
    if (found == terminals_.end()) {
        return {};
    }
    const auto kept = std::move(*found);
    terminals_.erase(found);
    return kept->stop();
}

void Stream::detachAll() {
    const std::lock_guard lock(mutex_);
    for (const auto& terminal : terminals_) {
        static_cast<void>(terminal->stop());  // told by the terminal's event
    }
    terminals_.clear();
}

hal::Result<void> Stream::startTerminal(Terminal& terminal) {
    const std::lock_guard lock(mutex_);
    return terminal.start();
}

hal::Result<void> Stream::pauseTerminal(Terminal& terminal) {
    const std::lock_guard lock(mutex_);
    return terminal.pause();
}

hal::Result<void> Stream::stopTerminal(Terminal& terminal) {
    const std::lock_guard lock(mutex_);
    return terminal.stop();
}

std::vector<std::shared_ptr<Terminal>> Stream::terminals() const {
    const std::lock_guard lock(mutex_);
    return terminals_;
}

TerminalCounters Stream::countersOf(const Terminal& terminal) const {
    const std::lock_guard lock(mutex_);
    return terminal.counters();
}

void Stream::start(StreamDirection direction) {
    const std::lock_guard lock(mutex_);
    at(direction) = {};
    at(direction).state = StreamState::Active;
    if (direction == StreamDirection::Record) {
        concealment_.reset();
    } else if (cancelsEcho_ && echo_ == nullptr) {
        echo_ = std::make_unique<LineEcho>();
    }
    if (echo_ != nullptr) {
        echo_->start();
    }
}

void Stream::pause(StreamDirection direction) {
    const std::lock_guard lock(mutex_);
    if (at(direction).state == StreamState::Active) {
        at(direction).state = StreamState::Paused;
    }
}

void Stream::resume(StreamDirection direction) {
    const std::lock_guard lock(mutex_);
    if (at(direction).state == StreamState::Paused) {
        at(direction).state = StreamState::Active;
    }
}

void Stream::stop(StreamDirection direction) {
    const std::lock_guard lock(mutex_);
    at(direction).state = StreamState::Stopped;
}

StreamState Stream::state(StreamDirection direction) const {
    const std::lock_guard lock(mutex_);
    return at(direction).state;
}

StreamCounters Stream::counters(StreamDirection direction) const {
    const std::lock_guard lock(mutex_);
    return at(direction).counters;
}

void Stream::listen(Receiver receiver) {
    const std::lock_guard lock(mutex_);
    receiver_ = std::move(receiver);
}

void Stream::cancelEcho() {
    const std::lock_guard lock(mutex_);
    cancelsEcho_ = true;
}

/// Takes note of where the device is. Returns how many of the `count` samples come too late.
std::size_t Stream::place(Direction& direction, std::uint64_t position, std::size_t count) {
    const std::uint64_t expected = std::exchange(direction.expected, position + count);
    if (!std::exchange(direction.placed, true) || position == expected) {
        return 0;
    }
    if (position > expected) {
        if (position - expected <= kMaxGap) {
            direction.counters.lost += position - expected;
            ++direction.counters.gaps;
        } else {
            direction.drift.reset();
        }
        return 0;
    }
    if (expected - position > kMaxLate) {
        direction.drift.reset();
        return 0;
    }
    const std::size_t late = std::min<std::uint64_t>(expected - position, count);
    direction.counters.late += late;
    direction.expected = std::max(direction.expected, expected);
    return late;
}

void Stream::receive(std::uint64_t position, std::span<const std::int16_t> samples) {
    const std::lock_guard lock(mutex_);
    Direction& record = at(StreamDirection::Record);
    if (record.state == StreamState::Stopped) {
        return;
    }
    const std::uint64_t lostBefore = record.counters.lost;
    const std::size_t late = place(record, position, samples.size());
    fillGap(position, record.counters.lost - lostBefore);
    samples = samples.subspan(late);
    record.counters.moved += samples.size();
    std::uint64_t where = position + late;
    while (!samples.empty()) {
        const auto piece = std::span{piece_}.first(std::min(samples.size(), kPiece));
        std::copy_n(samples.begin(), piece.size(), piece.begin());
        concealment_.pass(piece);
        distribute(where, piece);
        where += piece.size();
        samples = samples.subspan(piece.size());
    }
}

/// The samples before `end`.
void Stream::fillGap(std::uint64_t end, std::uint64_t missing) {
    Direction& record = at(StreamDirection::Record);
    const std::uint64_t concealed = std::min<std::uint64_t>(missing, Concealment::kLongest);
    record.counters.concealed += concealed;
    std::uint64_t where = end - missing;
    while (missing > 0) {
        const auto piece = std::span{piece_}.first(std::min<std::uint64_t>(missing, kPiece));
        concealment_.conceal(piece);
        distribute(where, piece);
        where += piece.size();
        missing -= piece.size();
    }
}

void Stream::distribute(std::uint64_t position, std::span<const std::int16_t> samples) {
    if (receiver_) {
        receiver_(position, echo_ != nullptr ? echo_->clean(samples) : samples,
                  echo_ != nullptr ? echo_->playedKey() : '\0');
    }
    if (at(StreamDirection::Record).state == StreamState::Active) {
        for (const auto& terminal : terminals_) {
            terminal->render(samples);
        }
    }
}

std::size_t Stream::send(std::uint64_t position, std::span<std::int16_t> samples) {
    const std::lock_guard lock(mutex_);
    Direction& play = at(StreamDirection::Play);
    if (play.state == StreamState::Stopped) {
        return 0;
    }
    place(play, position, samples.size());
    const std::size_t count = play.state == StreamState::Active ? mix(samples) : 0;
    play.counters.moved += count;
    play.counters.silent += samples.size() - count;
    if (echo_ != nullptr) {
        echo_->sent(position, samples.first(count));
    }
    return count;
}

/// The first terminal writes, the others are added to it.
std::size_t Stream::mix(std::span<std::int16_t> samples) {
    std::size_t filled = 0;
    for (const auto& terminal : terminals_) {
        if (!terminal->captures() || terminal->state() != TerminalState::Active) {
            continue;
        }
        if (filled == 0) {
            filled = terminal->capture(samples);
            continue;
        }
        for (std::size_t from = 0; from < samples.size();) {
            const auto piece = std::span{piece_}.first(std::min(samples.size() - from, kPiece));
            const std::size_t count = terminal->capture(piece);
            for (std::size_t i = 0; i < count; ++i) {
                const int before = from + i < filled ? samples[from + i] : 0;
                samples[from + i] =
                    static_cast<std::int16_t>(std::clamp(before + piece[i], -32768, 32767));
            }
            filled = std::max(filled, from + count);
            from = count < piece.size() ? samples.size() : from + count;
        }
    }
    return filled;
}

void Stream::tick(std::chrono::nanoseconds now) {
    const std::lock_guard lock(mutex_);
    for (Direction& direction : directions_) {
        if (direction.state != StreamState::Stopped && direction.placed) {
            direction.drift.add(now, direction.expected);
        }
    }
}

std::optional<double> Stream::drift(StreamDirection direction) const {
    const std::lock_guard lock(mutex_);
    return at(direction).drift.ppm();
}

}  // namespace tipring::media
