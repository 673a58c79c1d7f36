// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/sim/exchange.h"

namespace tipring::sim {

/// What a number stands for.
struct Destination {
    Line* line = nullptr;
    unsigned pattern = 0;          ///< of the ring
    const Route* route = nullptr;  ///< comes first
};

/// The numbers of an exchange as a tree of digits: a digit costs the same with any number of lines.
class NumberPlan {
public:
    NumberPlan() : nodes_(1) {}

    /// The destination of a number, made when it is not there. Valid until the next call.
    Destination& at(std::string_view number);
    [[nodiscard]] const Destination* find(std::string_view number) const;

    /// A place in the tree while digits come in.
    class Place {
    public:
        [[nodiscard]] bool operator==(const Place&) const = default;

    private:
        friend class NumberPlan;
        std::uint32_t node = 0;
    };
    [[nodiscard]] Place next(Place place, char key) const;
    /// What the digits so far stand for, or null.
    [[nodiscard]] const Destination* destination(Place place) const;
    /// A longer number begins with these digits.
    [[nodiscard]] bool mayGoOn(Place place) const;
    /// No number begins with these digits.
    [[nodiscard]] bool isNowhere(Place place) const { return place.node == kNowhere; }

private:
    static constexpr std::uint32_t kNone = 0, kNowhere = UINT32_MAX;
    struct Node {
        std::array<std::uint32_t, 16> next{};
        std::uint32_t destination = kNone;  ///< index + 1
        bool longer = false;
    };
    std::vector<Node> nodes_;
    std::vector<Destination> destinations_;
    std::map<std::string, Destination, std::less<>> others_;  ///< numbers that no key can dial
};

}  // namespace tipring::sim
