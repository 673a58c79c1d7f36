// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/media/concealment.h"
#include "tipring/tapi_core/media/drift_meter.h"
#include "tipring/tapi_core/media/line_echo.h"
#include "tipring/tapi_core/media/terminal.h"

namespace tipring::media {

enum class StreamDirection : std::uint8_t {
    Play,    ///< towards the line
    Record,  ///< from the line
};
enum class StreamState : std::uint8_t { Stopped, Active, Paused };

/// Samples of one direction since it was started, on the device's own count.
struct StreamCounters {
    std::uint64_t moved = 0;      ///< real sound
    std::uint64_t lost = 0;       ///< the device's count jumped over them
    std::uint64_t concealed = 0;  ///< of these, made up from the sound before; the rest is silence
    std::uint64_t late = 0;       ///< came again, or after their time; thrown away
    std::uint64_t silent = 0;     ///< towards the line: there was nothing to send
    std::uint64_t gaps = 0;       ///< how many jumps
};

/// The sound of one call as the media half sees it: 16-bit, 8000 samples per second, mono. It has
/// no thread and no clock of its own: the device pushes what it received and pulls what it sends,
/// with its own count of samples, and all terminals follow that.
///
/// Terminals: all that render get what comes from the line (a recording, a monitor), and what all
/// that capture give is mixed. A gap up to 60 ms is concealed, the rest of it is silence, so that
/// everything keeps its time.
///
/// Thread: any, for all functions; one lock, held while a terminal reads or writes. A terminal's
/// events and the receiver come under it: note what they say, and call nothing of the stream.
class Stream {
public:
    /// Gets all received sound, gaps filled, whether or not a terminal wants it; with cancelEcho()
    /// without what was played. `playedKey`: LineEcho::playedKey().
    using Receiver =
        std::function<void(std::uint64_t position, std::span<const std::int16_t>, char playedKey)>;

    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// INUSE when it is attached already. The terminal is not started.
    hal::Result<void> attach(std::shared_ptr<Terminal> terminal);
    /// The terminal is stopped; its error. Does nothing for one that is not attached.
    hal::Result<void> detach(const Terminal& terminal);
    /// Stops and forgets all.
    void detachAll();
    hal::Result<void> startTerminal(Terminal& terminal);
    hal::Result<void> pauseTerminal(Terminal& terminal);
    hal::Result<void> stopTerminal(Terminal& terminal);
    [[nodiscard]] std::vector<std::shared_ptr<Terminal>> terminals() const;
    [[nodiscard]] TerminalCounters countersOf(const Terminal& terminal) const;

    /// Counting begins anew. The next call of the device tells where.
    void start(StreamDirection direction);
    /// The device goes on; terminals get nothing and give nothing. The receiver still listens.
    void pause(StreamDirection direction);
    void resume(StreamDirection direction);
    void stop(StreamDirection direction);
    [[nodiscard]] StreamState state(StreamDirection direction) const;
    [[nodiscard]] StreamCounters counters(StreamDirection direction) const;

    void listen(Receiver receiver);
    /// The receiver does not hear what the terminals play: for devices that do both at once.
    /// Terminals get the sound as it is.
    void cancelEcho();

    /// The device received `samples`; `position` is its count before them.
    void receive(std::uint64_t position, std::span<const std::int16_t> samples);
    /// The device wants to send. Returns how many were written from the start of `samples`; the
    /// rest is silence, which the device makes.
    std::size_t send(std::uint64_t position, std::span<std::int16_t> samples);

    /// Whoever has a clock tells it the time now and then; nothing else depends on it.
    void tick(std::chrono::nanoseconds now);
    /// Parts per million that the device is faster than the clock; nothing before 10 s of ticks.
    [[nodiscard]] std::optional<double> drift(StreamDirection direction) const;

private:
    static constexpr std::size_t kPiece = 480;
    using Piece = std::array<std::int16_t, kPiece>;
    struct Direction {
        StreamState state = StreamState::Stopped;
        bool placed = false;         ///< the device has told where it starts
        std::uint64_t expected = 0;  ///< its next position
        StreamCounters counters;
        DriftMeter drift;
    };

    [[nodiscard]] Direction& at(StreamDirection direction);
    [[nodiscard]] const Direction& at(StreamDirection direction) const;
    [[nodiscard]] bool attached(const Terminal& terminal) const;
    std::size_t place(Direction& direction, std::uint64_t position, std::size_t count);
    void fillGap(std::uint64_t end, std::uint64_t missing);
    void distribute(std::uint64_t position, std::span<const std::int16_t> samples);
    std::size_t mix(std::span<std::int16_t> samples);

    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<Terminal>> terminals_;
    std::array<Direction, 2> directions_;
    Concealment concealment_;
    Receiver receiver_;
    bool cancelsEcho_ = false;
    std::unique_ptr<LineEcho> echo_;  ///< from the first time that something is played
    Piece piece_{};
};

}  // namespace tipring::media
