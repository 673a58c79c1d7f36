// SPDX-License-Identifier: Apache-2.0
#include "exchange/number_plan.h"

#include <algorithm>

namespace tipring::sim {

namespace {

constexpr std::string_view kKeys = "0123456789*#ABCD";

bool canBeDialled(std::string_view number) {
    return !number.empty() && number.find_first_not_of(kKeys) == std::string_view::npos;
}

}  // namespace

Destination& NumberPlan::at(std::string_view number) {
    if (!canBeDialled(number)) {
        return others_[std::string{number}];
    }
    std::uint32_t node = 0;
    for (const char key : number) {
        const std::size_t index = kKeys.find(key);
        nodes_[node].longer = true;
        if (nodes_[node].next[index] == kNone) {
            nodes_[node].next[index] = static_cast<std::uint32_t>(nodes_.size());
            nodes_.emplace_back();
        }
        node = nodes_[node].next[index];
    }
    if (nodes_[node].destination == kNone) {
        destinations_.emplace_back();
        nodes_[node].destination = static_cast<std::uint32_t>(destinations_.size());
    }
    return destinations_[nodes_[node].destination - 1];
}

const Destination* NumberPlan::find(std::string_view number) const {
    if (!canBeDialled(number)) {
        const auto at = others_.find(number);
        return at == others_.end() ? nullptr : &at->second;
    }
    Place place;
    for (const char key : number) {
        place = next(place, key);
    }
    return destination(place);
}

NumberPlan::Place NumberPlan::next(Place place, char key) const {
    const std::size_t index = kKeys.find(key);
    Place to;
    to.node = kNowhere;
    if (place.node != kNowhere && index != std::string_view::npos &&
        nodes_[place.node].next[index] != kNone) {
        to.node = nodes_[place.node].next[index];
    }
    return to;
}

const Destination* NumberPlan::destination(Place place) const {
    if (place.node == kNowhere || nodes_[place.node].destination == kNone) {
        return nullptr;
    }
    return &destinations_[nodes_[place.node].destination - 1];
}

bool NumberPlan::mayGoOn(Place place) const {
    return place.node != kNowhere && nodes_[place.node].longer;
}

}  // namespace tipring::sim
