// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/hangup_fusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace tipring::media {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct Sign {
    std::string_view text;
    HangupWeight weight;
    bool heard;  // a sound, which somebody's voice disproves
};
// Electrical signs are sure; tones are, once their cadence was heard; silence alone never is.
constexpr std::array<Sign, kHangupSigns> kSigns{{
    {"the polarity of the line was reversed", {6.0, 20s, 0ms}, false},
    {"the loop current was interrupted", {7.0, 20s, 200ms}, false},
    {"busy tone", {7.0, 15s, 2000ms}, true},
    {"congestion tone", {7.0, 15s, 1500ms}, true},
    {"dial tone", {7.0, 15s, 1500ms}, true},
    {"number-unobtainable or warning tone", {6.5, 15s, 1500ms}, true},
    {"the modem heard a tone of the network", {5.0, 15s, 0ms}, true},
    {"the modem saw the line drop", {6.5, 20s, 0ms}, false},
    {"silence", {3.0, 30s, 20000ms}, true},
    {"the modem lost its carrier", {6.5, 30s, 0ms}, false},
}};

const Sign& signOf(HangupSign sign) {
    return kSigns[static_cast<std::size_t>(sign)];
}

double probability(double logOdds) {
    return 1 / (1 + std::exp(-logOdds));
}

}  // namespace

std::string_view signText(HangupSign sign) noexcept {
    return signOf(sign).text;
}

HangupSettings::HangupSettings() {
    std::transform(kSigns.begin(), kSigns.end(), weights.begin(),
                   [](const Sign& sign) { return sign.weight; });
}

void HangupFusion::vote(const HangupVote& vote) {
    Held& held = held_[static_cast<std::size_t>(vote.sign)];
    if (!held.is || worth(vote, vote.at) >= worth(held.vote, vote.at)) {
        held = {vote, true};
    }
}

void HangupFusion::retract(HangupSign sign) {
    held_[static_cast<std::size_t>(sign)].is = false;
}

void HangupFusion::alive() {
    for (std::size_t i = 0; i < kHangupSigns; ++i) {
        held_[i].is = held_[i].is && !kSigns[i].heard;
    }
}

void HangupFusion::reset() {
    held_ = {};
}

double HangupFusion::worth(const HangupVote& vote, milliseconds now) const {
    const HangupWeight& weight = settings_.weights[static_cast<std::size_t>(vote.sign)];
    double worth = weight.weight * std::clamp(vote.confidence, 0.0, 1.0);
    if (weight.needed > 0ms && vote.lasted > 0ms) {
        const double share = double(vote.lasted.count()) / double(weight.needed.count());
        worth *= std::clamp(share, 0.0, 1.0);
    }
    const double age = std::max(0.0, double((now - vote.at).count()));
    if (weight.halfLife > 0ms) {
        worth *= std::exp2(-age / double(weight.halfLife.count()));
    }
    return worth;
}

double HangupFusion::score(milliseconds now) const {
    double score = settings_.prior;
    for (const Held& held : held_) {
        score += held.is ? worth(held.vote, now) : 0;
    }
    return score;
}

double HangupFusion::confidence(milliseconds now) const {
    return probability(score(now));
}

bool HangupFusion::hungUp(milliseconds now) const {
    return score(now) >= settings_.decide;
}

HangupDecision HangupFusion::decision(milliseconds now) const {
    HangupDecision decision;
    double total = 0;
    for (const Held& held : held_) {
        if (const double part = held.is ? worth(held.vote, now) : 0; part > 0) {
            decision.parts.push_back({held.vote, part});
            total += part;
        }
    }
    using Part = HangupDecision::Part;
    std::sort(decision.parts.begin(), decision.parts.end(), [](const Part& a, const Part& b) {
        return a.worth != b.worth ? a.worth > b.worth : a.vote.sign < b.vote.sign;
    });
    decision.confidence = confidence(now);
    decision.since = now;
    for (const Part& part : decision.parts) {
        decision.reasons.push_back(part.vote.sign);
        decision.since = std::min(decision.since, part.vote.at - part.vote.lasted);
        fmt::format_to(std::back_inserter(decision.text), "{}{} ({:.0f} %)",
                       decision.text.empty() ? "" : ", ", signText(part.vote.sign),
                       100 * part.worth / total);
    }
    return decision;
}

}  // namespace tipring::media
