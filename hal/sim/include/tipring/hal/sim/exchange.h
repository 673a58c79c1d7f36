// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/country.h"

namespace tipring::sim {

/// Sound moves in blocks of 20 ms: 160 samples, 16-bit linear, 8 kHz, mono.
inline constexpr std::size_t kBlock = 160;
inline constexpr std::chrono::milliseconds kBlockTime{20};
using HeardBlock = std::span<const std::int16_t, kBlock>;
using SpokenBlock = std::span<std::int16_t, kBlock>;

/// Why a number or a name is not told.
enum class Absence : std::uint8_t { None, Private, Unavailable };

/// What the exchange tells about a caller. Month 0: the time of the call by the loop's wall clock.
struct CallerId {
    std::string number;
    std::string name;
    Absence numberAbsence = Absence::None;
    Absence nameAbsence = Absence::None;  ///< None with an empty name: no name is sent at all
    std::uint8_t month = 0, day = 0, hour = 0, minute = 0;
};

/// What the exchange plays on a line.
enum class Signal : std::uint8_t { None, DialTone, Ringback, Busy, Congestion };

/// What is plugged into a line: a modem, an adapter, a telephone.
class LineDevice {
public:
    virtual ~LineDevice() = default;
    /// Ring voltage begins or ends: every burst of the cadence.
    virtual void onRing(bool on) = 0;
    /// The caller ID message came over the line, whole; `id` has its date.
    virtual void onCallerId(const CallerId& /*id*/) {}
    /// Loop current was cut for a moment: the far end hung up.
    virtual void onLoopBreak() {}
    /// The exchange plays something else now.
    virtual void onSignal(Signal /*signal*/) {}
    /// The exchange connected the outgoing call. No analog line shows it; the sound is there.
    virtual void onAnswered() {}
    virtual void onCarrier(bool /*on*/) {}
    virtual void onData(std::span<const std::byte> /*bytes*/) {}
    /// 20 ms both ways, while the device listens (see Line::listen).
    virtual void onSound(HeardBlock heard, SpokenBlock spoken) = 0;

protected:
    LineDevice() = default;
    LineDevice(const LineDevice&) = delete;
    LineDevice& operator=(const LineDevice&) = delete;
};

class Exchange;
class FarEnd;

/// A subscriber's line: two wires between the exchange and one device. Thread: the loop's.
class Line {
public:
    enum class State : std::uint8_t { Idle, Ringing, OffHook, Connected };

    ~Line();
    [[nodiscard]] State state() const;
    [[nodiscard]] const std::string& number() const;
    [[nodiscard]] bool isOffHook() const;
    [[nodiscard]] Signal signal() const;
    /// Rings of the present call, the one that is on included; 0 when idle. A double ring is one.
    [[nodiscard]] unsigned rings() const;
    /// Keys that the exchange heard since the line went off hook.
    [[nodiscard]] std::string_view dialled() const;
    /// The rules of the line's country.
    [[nodiscard]] const Country& country() const;
    void setCountry(const Country& country);
    /// No dial tone when off: a dead or blocked line.
    void setDialTone(bool on);

    // What the device does.
    void attach(LineDevice* device);
    void offHook();
    void onHook();
    /// One key, at the moment when its tone or pulses end. Routes the call when the number is
    /// known.
    void dial(char key);
    void setCarrier(bool on);
    void sendData(std::span<const std::byte> bytes);
    /// Sound goes both ways in blocks from now on (off-hook or not: on-hook there is only silence).
    void listen(bool on);

private:
    friend class Exchange;
    friend class FarEnd;
    struct Impl;
    explicit Line(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// What happens when a number is dialled.
struct Route {
    enum class Outcome : std::uint8_t { Answer, Busy, Congestion, NoAnswer, Unassigned };
    Outcome outcome = Outcome::Unassigned;
    unsigned rings = 1;        ///< Answer: after that many ringback bursts; 0 at once
    FarEnd* farEnd = nullptr;  ///< Answer: who; null makes one that says nothing
};

struct ExchangeOptions {
    std::string country = "US";
    /// Local time of the exchange minus UTC, for caller ID.
    std::chrono::minutes utcOffset{0};
    /// The exchange waits that long for another key where a longer number may come.
    std::chrono::milliseconds interDigit{3000};
};

/// A small telephone exchange on a loop: lines, numbers, tones, ringing, and people far away.
///
/// Nothing wakes the loop while no line is ringing, dialling, or connected with sound.
/// Lines and far ends die before the exchange or with it. Thread: the loop's.
class Exchange {
public:
    explicit Exchange(hal::EventLoop& loop, ExchangeOptions options = {});
    ~Exchange();

    /// Adds a line; the exchange owns it. A number that is taken gives the line that has it.
    Line& addLine(std::string_view number);
    [[nodiscard]] Line* findLine(std::string_view number);
    /// What `number` does when it is dialled; replaces what it did. Lines need no route.
    void setRoute(std::string_view number, const Route& route);
    /// What all other numbers do (Unassigned: congestion tone).
    void setDefaultRoute(const Route& route);
    [[nodiscard]] hal::EventLoop& loop() const;
    [[nodiscard]] const ExchangeOptions& options() const;

private:
    friend class Line;
    friend class FarEnd;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim
