// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tipring/hal/dsp/bank.h"
#include "tipring/hal/dsp/listener.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::dsp {

struct ProgressSettings {
    float minimumLevel = -40;  ///< dBm0 of each frequency
    float tolerance = 20;      ///< Hz off the nominal frequency
    float timing = 0.15F;      ///< part of a step's time that it may be longer or shorter, or 25 ms
    float confidence = 0.7F;   ///< from which on a tone is told
};

/// A tone of the network was recognised, became surer, or was over.
struct ProgressEvent {
    enum class Kind : std::uint8_t { Heard, Surer, Ended };
    Kind kind = Kind::Heard;
    ToneKind tone = ToneKind::Dial;
    /// Bit n: ToneKind n has the very same pattern in this country, `tone` itself among them.
    std::uint32_t same = 0;
    SamplePosition began = 0;
    std::uint64_t duration = 0;  ///< samples so far; of an end: all, without the last silence
    float confidence = 0;        ///< 0 to 1: 1 - 2^-n after n facts that speak for it
    /// What the decision was taken on: steps of the cadence heard in full or nearly so, one after
    /// the other, and whether no other tone of the country has these frequencies.
    unsigned steps = 0;
    bool byFrequency = false;
    float level = 0;  ///< dBm0, all frequencies together

    [[nodiscard]] bool mayBe(ToneKind other) const noexcept {
        return (same >> static_cast<unsigned>(other) & 1) != 0;
    }
};

/// Call progress detectors side by side, all for one country.
class CallProgressBank {
public:
    struct Event : ProgressEvent {
        std::size_t channel = 0;
    };

    /// The country's tones are copied.
    CallProgressBank(std::size_t channels, const CountryTones& country,
                     const ProgressSettings& settings = {});
    CallProgressBank(CallProgressBank&&) noexcept;
    CallProgressBank& operator=(CallProgressBank&&) noexcept;
    ~CallProgressBank();

    [[nodiscard]] std::size_t channels() const noexcept;
    /// The same number of samples of each channel: all of channel 0, then all of channel 1 ...
    void process(std::span<const std::int16_t> samples, Listener<Event> tell);
    /// Whatever has come in, each channel once at most and with as many samples as there are.
    void process(std::span<const ChannelSamples> blocks, Listener<Event> tell);
    /// Samples of one channel, when they come one by one; eight together cost half as much.
    void process(std::size_t channel, std::span<const std::int16_t> samples, Listener<Event> tell);
    /// More channels, which have heard nothing, or fewer. Allocates.
    void resize(std::size_t channels);
    void reset();
    /// Forgets one channel's past; its positions begin at 0 again. Allocates.
    void reset(std::size_t channel);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Tells dial tone, busy and the rest apart by frequency and cadence, as one country sends them.
///
/// Looks at frames of 40 ms, 20 ms apart; cuts them into sounds and silences, and follows each tone
/// of the country through its steps. A tone is told when it alone explains what was heard.
class CallProgressDetector {
public:
    explicit CallProgressDetector(const CountryTones& country,
                                  const ProgressSettings& settings = {})
        : bank_(1, country, settings) {}
    void process(std::span<const std::int16_t> samples, Listener<ProgressEvent> tell) {
        bank_.process(0, samples, [&tell](const CallProgressBank::Event& event) { tell(event); });
    }
    void reset() { bank_.reset(); }

private:
    CallProgressBank bank_;
};

}  // namespace tipring::dsp
