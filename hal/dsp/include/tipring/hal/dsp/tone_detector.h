// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tipring/hal/dsp/listener.h"

namespace tipring::dsp {

/// A tone to listen for: one frequency, or two at once.
struct WantedTone {
    std::uint32_t tag = 0;     ///< comes back in the events
    float hertz = 0;           ///< 100 to 3800
    float second = 0;          ///< Hz; 0: none. At least 150 away from the first
    float tolerance = 1.5;     ///< per cent off the frequencies, 45 Hz at most
    float minimumOn = 60;      ///< ms that it lasts at least; 40 at least
    float minimumLevel = -40;  ///< dBm0 of each frequency
};

/// A tone that began, told when it has lasted its time, or ended.
struct ToneEvent {
    enum class Kind : std::uint8_t { Start, End };
    Kind kind = Kind::Start;
    std::uint32_t tag = 0;
    SamplePosition began = 0;    ///< good to 5 ms
    std::uint64_t duration = 0;  ///< samples; of a start: heard so far
    float level = 0;             ///< dBm0 of the first frequency
    float secondLevel = 0;       ///< dBm0 of the second, if there is one
    float hertz = 0;             ///< the first frequency as measured
    float secondHertz = 0;
};

/// Hears tones of a list, each for itself (TAPI's monitored tones, alerting signals, fax tones).
///
/// Looks at frames of 16 ms, 8 ms apart. A tone counts while the power is its own for the most
/// part, so not under speech. A gap of less than 12 ms is no end.
class ToneDetector {
public:
    static constexpr std::size_t kMostFrequencies = 24;

    /// Tones over kMostFrequencies frequencies in all, and without a sound frequency, are not
    /// heard.
    explicit ToneDetector(std::span<const WantedTone> tones);
    ToneDetector(ToneDetector&&) noexcept;
    ToneDetector& operator=(ToneDetector&&) noexcept;
    ~ToneDetector();

    void process(std::span<const std::int16_t> samples, Listener<ToneEvent> tell);
    void reset();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tipring::dsp
