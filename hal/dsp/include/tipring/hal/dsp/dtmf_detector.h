// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tipring/hal/dsp/bank.h"
#include "tipring/hal/dsp/listener.h"

namespace tipring::dsp {

/// What counts as a digit. The defaults keep ITU-T Q.24 and ETSI ES 201 235-3 with room to spare.
struct DtmfSettings {
    float minimumLevel = -45;  ///< dBm0 of each frequency
    float normalTwist = 9;     ///< dB by which the low frequency may be the stronger one
    float reverseTwist = 5;    ///< dB by which the high frequency may be the stronger one
    float tolerance = 2;       ///< per cent off the nominal frequency that are accepted
    float minimumOn = 30;      ///< ms that a digit lasts at least
    float minimumPause = 20;   ///< ms of anything else that end a digit; shorter is a break in it
    float purity = 0.77F;      ///< share of the power that the two frequencies have at least
    /// Do not count the power below 500 Hz, so that digits are heard under a dial tone that is
    /// louder than they are. Speech is then taken for digits more often.
    bool overDialTone = false;

    [[nodiscard]] bool operator==(const DtmfSettings&) const = default;
};

/// A digit that began (told as soon as it is sure, some 45 ms later) or ended (told when the pause
/// is sure, some 35 ms later). Each start has its end.
struct DtmfEvent {
    enum class Kind : std::uint8_t { Start, End };
    Kind kind = Kind::Start;
    char key = 0;                ///< 0-9 * # A-D
    SamplePosition began = 0;    ///< where the tone began, good to 2 ms
    std::uint32_t duration = 0;  ///< samples; of a start: heard so far
    float lowLevel = 0;          ///< dBm0 of the low frequency
    float highLevel = 0;         ///< dBm0 of the high frequency

    /// dB by which the high frequency is the stronger one.
    [[nodiscard]] float twist() const noexcept { return highLevel - lowLevel; }
};

/// DTMF receivers side by side, all with the same settings.
class DtmfBank {
public:
    struct Event : DtmfEvent {
        std::size_t channel = 0;
    };

    explicit DtmfBank(std::size_t channels, const DtmfSettings& settings = {});
    DtmfBank(DtmfBank&&) noexcept;
    DtmfBank& operator=(DtmfBank&&) noexcept;
    ~DtmfBank();

    [[nodiscard]] std::size_t channels() const noexcept;
    /// The same number of samples of each channel: all of channel 0, then all of channel 1 ...
    void process(std::span<const std::int16_t> samples, Listener<Event> tell);
    /// Whatever has come in, each channel once at most and with as many samples as there are.
    void process(std::span<const ChannelSamples> blocks, Listener<Event> tell);
    /// Samples of one channel, when they come one by one. Sixteen together cost a third of sixteen
    /// detectors; one alone, in a bank of more than three, costs up to twice as much as a detector.
    void process(std::size_t channel, std::span<const std::int16_t> samples, Listener<Event> tell);
    /// More channels, which have heard nothing, or fewer. Allocates.
    void resize(std::size_t channels);
    void reset();
    /// Forgets one channel's past; its positions begin at 0 again.
    void reset(std::size_t channel);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A DTMF receiver for one line (ITU-T Q.23, Q.24): what a bank of one channel hears.
///
/// Decides on frames of 16 ms, 8 ms apart: the frequencies are measured from the turn of the phase
/// from frame to frame, the length from the sum of the amplitudes.
class DtmfDetector {
public:
    explicit DtmfDetector(const DtmfSettings& settings = {}) : bank_(1, settings) {}
    void process(std::span<const std::int16_t> samples, Listener<DtmfEvent> tell) {
        bank_.process(0, samples, [&tell](const DtmfBank::Event& event) { tell(event); });
    }
    void reset() { bank_.reset(); }

private:
    DtmfBank bank_;
};

}  // namespace tipring::dsp
