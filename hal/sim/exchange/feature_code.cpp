// SPDX-License-Identifier: Apache-2.0
#include "exchange/feature_code.h"

namespace tipring::sim {

namespace {

using Match = FeatureCode::Match;

struct Row {
    std::string_view digits;
    Feature feature;
    bool on, takesNumber;
};

constexpr Row kNorthAmerican[] = {
    {"*72", Feature::ForwardAlways, true, true},   {"*73", Feature::ForwardAlways, false, false},
    {"*90", Feature::ForwardBusy, true, true},     {"*91", Feature::ForwardBusy, false, false},
    {"*92", Feature::ForwardNoAnswer, true, true}, {"*93", Feature::ForwardNoAnswer, false, false},
    {"*70", Feature::BarWaiting, true, false},
};
constexpr Row kEuropean[] = {
    {"*21*", Feature::ForwardAlways, true, true},
    {"#21#", Feature::ForwardAlways, false, false},
    {"*67*", Feature::ForwardBusy, true, true},
    {"#67#", Feature::ForwardBusy, false, false},
    {"*61*", Feature::ForwardNoAnswer, true, true},
    {"#61#", Feature::ForwardNoAnswer, false, false},
    {"*43#", Feature::CallWaiting, true, false},
    {"#43#", Feature::CallWaiting, false, false},
};

FeatureCode readRow(const Row& row, std::string_view digits, bool complete) {
    FeatureCode code{Match::None, row.feature, row.on, {}};
    if (row.digits.starts_with(digits) && digits.size() < row.digits.size()) {
        code.match = Match::Partial;
    } else if (digits.starts_with(row.digits)) {
        std::string_view rest = digits.substr(row.digits.size());
        const bool ended = rest.ends_with('#');
        rest.remove_suffix(ended ? 1 : 0);
        if (row.takesNumber) {
            code.number = rest;
            code.match = !rest.empty() && (ended || complete) ? Match::Whole : Match::Partial;
        } else if (rest.empty() && !ended) {
            code.match = Match::Whole;
        }
    }
    return code;
}

}  // namespace

FeatureCode readFeatureCode(std::string_view digits, bool northAmerican, bool complete) {
    FeatureCode best;
    const auto look = [&](std::span<const Row> rows) {
        for (const Row& row : rows) {
            const FeatureCode code = readRow(row, digits, complete);
            best = code.match > best.match ? code : best;
        }
    };
    if (!digits.empty() && (digits[0] == '*' || digits[0] == '#')) {
        look(northAmerican ? std::span<const Row>{kNorthAmerican}
                           : std::span<const Row>{kEuropean});
    }
    return best;
}

}  // namespace tipring::sim
