// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tipring::media {

/// What speaks for the far end having hung up.
enum class HangupSign : std::uint8_t {
    PolarityReversal,  ///< back to what it was before the answer (ETSI ES 201 970, some networks)
    BatteryDrop,       ///< the loop current stopped for some hundred ms (kewl start, CPC)
    BusyTone,
    CongestionTone,  ///< reorder, fast busy
    DialTone,
    UnobtainableTone,  ///< number unobtainable, off-hook warning, special information tones
    ModemBusyCode,     ///< <DLE>b, <DLE>d and the like: the modem heard a tone of the network
    ModemHangupCode,   ///< <DLE>l, <DLE>h: loop current or handset, as the modem sees it
    Silence,
    NoCarrier,  ///< NO CARRIER from the modem
};
inline constexpr std::size_t kHangupSigns = 10;

/// "the polarity of the line was reversed", for logs and messages.
[[nodiscard]] std::string_view signText(HangupSign sign) noexcept;

struct HangupVote {
    HangupSign sign{};
    double confidence = 1;               ///< 0..1, of whoever saw it
    std::chrono::milliseconds at{};      ///< on any steady clock, the same for all
    std::chrono::milliseconds lasted{};  ///< a silence or tone, so far; 0: long enough
};

/// How much a sign is worth, alone.
struct HangupWeight {
    double weight = 0;                     ///< log odds at full confidence
    std::chrono::milliseconds halfLife{};  ///< after which it is worth half
    std::chrono::milliseconds needed{};    ///< it must last that long for its full weight
};

struct HangupSettings {
    std::array<HangupWeight, kHangupSigns> weights;
    double prior = -4;    ///< log odds without any sign
    double decide = 2.2;  ///< log odds for a decision: 90 %
    HangupSettings();     ///< the defaults of hangup_fusion.cpp
};

struct HangupDecision {
    struct Part {
        HangupVote vote;
        double worth = 0;  ///< log odds, at the time of the decision
    };
    double confidence = 0;              ///< probability, 0..1
    std::chrono::milliseconds since{};  ///< the time of the earliest sign that counted
    std::vector<HangupSign> reasons;    ///< the most important first
    std::vector<Part> parts;            ///< the same, in full
    /// "busy tone heard (82 %), the line was silent (11 %)": each sign's share.
    std::string text;
};

/// Has the far end hung up? Signs come in as votes, each with a confidence and a time; of each kind
/// the strongest counts, and it is worth less as it grows old. Pure logic: no clock, no thread.
class HangupFusion {
public:
    explicit HangupFusion(const HangupSettings& settings = {}) : settings_(settings) {}

    /// A vote of the same kind replaces the one before if it is worth more by then.
    void vote(const HangupVote& vote);
    /// The sign proved wrong: a voice was heard, the polarity came back.
    void retract(HangupSign sign);
    /// Somebody speaks or keys: the far end is there. All tones and silences are forgotten.
    void alive();
    void reset();

    /// Probability that the far end has hung up, 0..1.
    [[nodiscard]] double confidence(std::chrono::milliseconds now) const;
    [[nodiscard]] bool hungUp(std::chrono::milliseconds now) const;
    /// With its reasons, whether or not it is enough.
    [[nodiscard]] HangupDecision decision(std::chrono::milliseconds now) const;

private:
    struct Held {
        HangupVote vote;
        bool is = false;
    };
    [[nodiscard]] double worth(const HangupVote& vote, std::chrono::milliseconds now) const;
    [[nodiscard]] double score(std::chrono::milliseconds now) const;

    HangupSettings settings_;
    std::array<Held, kHangupSigns> held_{};
};

}  // namespace tipring::media
