// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/line.h"

namespace tipring::sim {

/// What happens when a number is dialled.
struct Route {
    enum class Outcome : std::uint8_t {
        Answer,
        Busy,
        Congestion,
        NoAnswer,
        Unassigned,  ///< congestion tone
        Vacant,      ///< special information tone and an announcement
        Changed,     ///< the same, with a new number
    };
    Outcome outcome = Outcome::Unassigned;
    /// Answer: when the far end says so, see FarEnd::answer().
    static constexpr unsigned kByHand = ~0U;
    unsigned rings = 1;        ///< Answer: after that many ringback bursts; 0 at once
    FarEnd* farEnd = nullptr;  ///< Answer: who; null makes one that says nothing
    std::string newNumber{};   ///< Changed
    /// Answer: chooses who, when set; null: the line is busy.
    std::function<FarEnd*()> choose{};
};

struct ExchangeOptions {
    std::string country = "US";
    /// Local time of the exchange minus UTC, for caller ID.
    std::chrono::minutes utcOffset{0};
    /// The exchange waits that long for another key where a longer number may come.
    std::chrono::milliseconds interDigit{3000};
    /// Of the noise on the wires: the same seed, the same samples.
    std::uint32_t seed = 1;
};

/// Distinctive ring: cadences by which a line tells the number that was called. Pattern 0 is the
/// country's own; 1 to 3 are those that modems tell apart (-SDR types 1 to 3).
inline constexpr unsigned kRingPatterns = 4;
[[nodiscard]] const Cadence& ringPattern(const Country& country, unsigned pattern) noexcept;

/// A small telephone exchange on a loop: lines, numbers, tones, ringing, and people far away.
///
/// Nothing wakes the loop while no line is ringing, dialling, or connected with sound; what happens
/// on one line costs the same with any number of others. The same scenario and seed give the same
/// events and samples with any compiler.
/// Lines and far ends die before the exchange or with it. Thread: the loop's.
class Exchange {
public:
    explicit Exchange(hal::EventLoop& loop, ExchangeOptions options = {});
    ~Exchange();

    /// Adds a line; the exchange owns it. A number that is taken gives the line that has it.
    Line& addLine(std::string_view number);
    [[nodiscard]] Line* findLine(std::string_view number);
    /// Another number of a line, with a ring of its own (see ringPattern()). False when the number
    /// is another line's.
    bool addNumber(std::string_view number, Line& line, unsigned pattern);
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
