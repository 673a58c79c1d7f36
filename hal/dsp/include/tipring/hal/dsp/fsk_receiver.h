// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tipring/hal/dsp/bank.h"
#include "tipring/hal/dsp/fsk.h"
#include "tipring/hal/dsp/listener.h"

namespace tipring::dsp {

struct FskSettings {
    FskModulation modulation = kBell202;
    FskFraming framing = FskFraming::Counted;
    float minimumLevel = -48;  ///< dBm0; anything below is silence
};

/// What an FSK receiver heard.
struct FskEvent {
    enum class Kind : std::uint8_t {
        Started,  ///< the first byte of what may be a message
        Message,  ///< all bytes of a message; told within 2 ms of its end
        Broken,   ///< what had started stopped in the middle, or was none
    };
    Kind kind = Kind::Started;
    SamplePosition began = 0;  ///< of the start bit of the first byte
    SamplePosition ended = 0;  ///< of a message: the end of the last stop bit
    /// Of a message: type, length, content, without the sum; with Ntt framing what stands between
    /// STX and ETX. Valid during the call.
    std::span<const std::uint8_t> bytes{};
    bool checksumValid = false;           ///< of a message
    float markLevel = 0, spaceLevel = 0;  ///< dBm0, of a message
};

/// Caller-ID receivers side by side, all with the same settings: 1200 bit/s, 8 bits, no parity, low
/// bit first.
///
/// Non-coherent: energy of one bit at each frequency, bytes timed by the best fit of all their ten
/// bits. Needs no channel seizure and ten mark bits; takes up to 25 mark bits between bytes.
class FskBank {
public:
    struct Event : FskEvent {
        std::size_t channel = 0;
    };

    explicit FskBank(std::size_t channels, const FskSettings& settings = {});
    FskBank(FskBank&&) noexcept;
    FskBank& operator=(FskBank&&) noexcept;
    ~FskBank();

    [[nodiscard]] std::size_t channels() const noexcept;
    /// The same number of samples of each channel: all of channel 0, then all of channel 1 ...
    void process(std::span<const std::int16_t> samples, Listener<Event> tell);
    /// Whatever has come in, each channel with as many samples as there are.
    void process(std::span<const ChannelSamples> blocks, Listener<Event> tell);
    /// Samples of one channel, when they come one by one.
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

/// A caller-ID receiver for one line: what a bank of one channel hears.
class FskReceiver {
public:
    explicit FskReceiver(const FskSettings& settings = {}) : bank_(1, settings) {}
    void process(std::span<const std::int16_t> samples, Listener<FskEvent> tell) {
        bank_.process(0, samples, [&tell](const FskBank::Event& event) { tell(event); });
    }
    void reset() { bank_.reset(); }

private:
    FskBank bank_;
};

}  // namespace tipring::dsp
