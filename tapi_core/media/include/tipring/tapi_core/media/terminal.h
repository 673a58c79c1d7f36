// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "tipring/hal/base/result.h"

namespace tipring::media {

class Terminal;

/// As in TAPI: a static terminal is a piece of the machine (a sound card), a dynamic one is made
/// for a purpose (a file).
enum class TerminalClass : std::uint8_t { Static, Dynamic };

/// A capture terminal gives the sound that goes to the line, a render terminal takes what comes
/// from it.
enum class TerminalDirection : std::uint8_t { Capture = 1, Render = 2, Both = 3 };

enum class TerminalState : std::uint8_t { Idle, Active, Paused };

enum class TerminalCause : std::uint8_t { Normal, EndOfFile, ReadError, WriteError };

[[nodiscard]] std::string_view stateName(TerminalState state) noexcept;
[[nodiscard]] std::string_view causeName(TerminalCause cause) noexcept;

struct TerminalEvent {
    Terminal& terminal;
    TerminalState state;  ///< now
    TerminalCause cause;
    std::string text;  ///< in words; may be empty when the cause is normal
};

/// Samples, since the terminal was made.
struct TerminalCounters {
    std::uint64_t captured = 0;  ///< given towards the line
    std::uint64_t rendered = 0;  ///< taken from the line
    std::uint64_t missing = 0;   ///< wanted by the line, but there was none
    std::uint64_t dropped = 0;   ///< lost, because nobody took them in time
};

/// One end of a call's sound, which is 16-bit, 8000 samples per second, mono.
///
/// Thread: one at a time; a Stream sees to that for the terminals attached to it. capture() and
/// render() are called by the device's thread and wait at most for a local disk. An event comes on
/// the thread that caused it, while the terminal is busy: the listener may note it, and calls
/// nothing back.
class Terminal {
public:
    using Listener = std::function<void(const TerminalEvent&)>;

    Terminal(std::string name, TerminalClass kind, TerminalDirection direction);
    virtual ~Terminal() = default;
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] TerminalClass terminalClass() const { return class_; }
    [[nodiscard]] TerminalDirection direction() const { return direction_; }
    [[nodiscard]] bool captures() const { return (bits() & 1U) != 0; }
    [[nodiscard]] bool renders() const { return (bits() & 2U) != 0; }
    [[nodiscard]] TerminalState state() const { return state_; }
    [[nodiscard]] const TerminalCounters& counters() const { return counters_; }

    void listen(Listener listener) { listener_ = std::move(listener); }

    /// Idle or paused: becomes active. Active: nothing.
    hal::Result<void> start();
    /// Active: paused, in which it neither gives nor takes sound. INVALCALLSTATE when idle.
    hal::Result<void> pause();
    /// Becomes idle. The result is that of the end (a file that could not be closed), which is
    /// told, too.
    hal::Result<void> stop();

    /// It was started for nothing: stop() leaves nothing behind, as long as no sound came.
    virtual void abandon() {}

    /// Fills `samples` from the start and returns how many; 0 unless active.
    std::size_t capture(std::span<std::int16_t> samples);
    /// Takes `samples`; nothing unless active.
    void render(std::span<const std::int16_t> samples);

protected:
    virtual hal::Result<void> onStart() { return {}; }   ///< from idle
    virtual hal::Result<void> onResume() { return {}; }  ///< from paused
    virtual void onPause() {}
    virtual hal::Result<void> onStop() { return {}; }
    virtual std::size_t onCapture(std::span<std::int16_t>) { return 0; }
    virtual void onRender(std::span<const std::int16_t>) {}

    /// The terminal ends by itself: onStop() is called, and the cause told.
    void finish(TerminalCause cause, std::string text);
    /// Tells something while it goes on.
    void note(std::string text);

    TerminalCounters counters_;

private:
    [[nodiscard]] unsigned bits() const { return static_cast<unsigned>(direction_); }
    void tell(TerminalCause cause, std::string text);

    const std::string name_;
    const TerminalClass class_;
    const TerminalDirection direction_;
    TerminalState state_ = TerminalState::Idle;
    Listener listener_;
};

}  // namespace tipring::media
