// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "tipring/hal/sim/script.h"

// Values of a scenario file. What is wrong with one is thrown as a Mistake, which only
// readScenario() sees.
namespace tipring::sim {

/// The first thing that was wrong.
struct Mistake {
    toml::source_region where;
    std::string what;
};
[[noreturn]] void reject(const toml::node& node, std::string what);
void need(bool there, const toml::node& node, std::string_view what);

// `key` is for the mistake.
[[nodiscard]] std::string textOf(const toml::node& node, std::string_view key);
[[nodiscard]] std::string numberOf(const toml::node& node, std::string_view key);
[[nodiscard]] std::int64_t wholeOf(const toml::node& node, std::string_view key, std::int64_t least,
                                   std::int64_t most);
[[nodiscard]] std::chrono::milliseconds secondsOf(const toml::node& node, std::string_view key);
[[nodiscard]] const toml::array& listOf(const toml::node& node, std::string_view key,
                                        std::size_t most);
[[nodiscard]] const toml::table& tableOf(const toml::node& node, std::string_view key,
                                         std::string_view example);
[[nodiscard]] Script scriptOf(const toml::node& node, std::string_view key);

/// A key of a table, and how it is read.
template <class To>
struct Key {
    std::string_view name;
    void (*read)(To& to, const toml::node& node, std::string_view key);
};

template <class To, std::size_t N>
void takeKeys(To& to, const toml::table& table, std::string_view what, const Key<To> (&keys)[N]) {
    for (const auto& [name, node] : table) {
        const auto* row = std::find_if(
            keys, keys + N, [key = name.str()](const Key<To>& each) { return each.name == key; });
        if (row == keys + N) {
            std::string known;
            for (const Key<To>& each : keys) {
                known += (known.empty() ? "" : ", ") + std::string{each.name};
            }
            throw Mistake{name.source(), fmt::format("there is no key {} in {}; there are {}",
                                                     name.str(), what, known)};
        }
        row->read(to, node, row->name);
    }
}

}  // namespace tipring::sim
