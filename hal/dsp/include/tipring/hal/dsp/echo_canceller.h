// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tipring::dsp {

struct EchoCancellerSettings {
    std::size_t tail = 256;  ///< samples of echo path: 128 is 16 ms, 256 is 32 ms; rounded up to 16
    bool suppressor =
        false;          ///< G.168's non-linear processor: what echo is left becomes soft noise
    float step = 0.6F;  ///< of adaptation, 0..1
};

/// Takes the echo of a line's hybrid out of what comes from the line (ITU-T G.168). The echo must
/// be at least 6 dB weaker than what was sent.
///
/// Two filters: one adapts all the time, the other one does the work and takes the first one's
/// coefficients when these have proved better. So neither double talk nor tones can lead it astray.
class EchoCanceller {
public:
    explicit EchoCanceller(const EchoCancellerSettings& settings = {});
    /// `sent` went to the line, `received` came from it at the same time; the same number of
    /// samples, and as many of `clean` are written (which may be `received`). No allocation.
    void process(std::span<const std::int16_t> sent, std::span<const std::int16_t> received,
                 std::span<std::int16_t> clean) noexcept;
    void reset() noexcept;

    /// The near end is talking while the far end does.
    [[nodiscard]] bool doubleTalk() const noexcept { return doubleTalk_; }
    /// The echo is taken out by this much, dB, over the last tenth of a second or so of far-end
    /// sound alone; 0 before that.
    [[nodiscard]] float returnLossEnhancement() const noexcept;
    [[nodiscard]] std::size_t tail() const noexcept { return taps_; }

private:
    static constexpr std::size_t kBlock = 64;  ///< samples from judgement to judgement
    struct Energies {
        float sent = 0, received = 0, echo = 0, working = 0, adapting = 0;
    };

    void addHistory(std::span<const std::int16_t> sent) noexcept;
    void cancel(std::span<const std::int16_t> received) noexcept;
    void normalise() noexcept;
    void adapt() noexcept;
    void judge() noexcept;
    void chooseFilter() noexcept;
    void judgeTalkers() noexcept;
    void write(std::span<const std::int16_t> received, std::span<std::int16_t> clean) noexcept;
    [[nodiscard]] float suppressed(float sample) noexcept;

    EchoCancellerSettings settings_;
    std::size_t taps_;
    std::vector<float> working_, adapting_;  ///< coefficients, the newest sample's first
    std::vector<float> history_;             ///< sent samples, written from the end to the start
    std::size_t newest_;                     ///< where in it the newest one is
    double power_ = 0;                       ///< sum of squares of what is in the tail; exact
    std::array<float, 2> corrections_{};     ///< for the adapting filter, from the samples before
    std::array<float, kBlock> received_{}, echo_{}, residual_{},
        steps_{};  ///< of a block; working filter

    std::size_t inBlock_ = 0;
    Energies block_, smooth_;             ///< of this block; of the last ones
    std::size_t better_ = 0, worse_ = 0;  ///< blocks in a row
    bool bypass_ = false;                 ///< the working filter does harm: the path has changed
    std::size_t harm_ = 0;                ///< blocks in a row
    bool learning_ = true;                ///< until the echo is 10 dB down
    float leak_ = 1;            ///< power of what is left over that of the echo, far end alone
    float floor_ = 100;         ///< mean square of the near end's noise
    std::size_t sounding_ = 0;  ///< blocks for which an echo may still come
    float loudest_ = 0;         ///< mean square sent in a block, of what can still echo
    bool tooLoud_ = false;      ///< for an echo
    bool doubleTalk_ = false;
    float enhancement_ = 0;  ///< dB
    float gain_ = 1;         ///< of the suppressor
    std::uint32_t random_ = 1;
};

}  // namespace tipring::dsp
