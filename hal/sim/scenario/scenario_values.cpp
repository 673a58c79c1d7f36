// SPDX-License-Identifier: Apache-2.0
#include "scenario/scenario_values.h"

#include <optional>
#include <variant>
#include <vector>

namespace tipring::sim {

namespace {

constexpr double kLongest = 7 * 24 * 3600;

}  // namespace

void reject(const toml::node& node, std::string what) {
    throw Mistake{node.source(), std::move(what)};
}
void need(bool there, const toml::node& node, std::string_view what) {
    if (!there) {
        reject(node, std::string{what});
    }
}

std::string textOf(const toml::node& node, std::string_view key) {
    const auto* text = node.as_string();
    if (text == nullptr) {
        reject(node, fmt::format("{} is a text in quotes", key));
    }
    return text->get();
}
std::string numberOf(const toml::node& node, std::string_view key) {
    std::string text = node.is_string() ? node.as_string()->get() : std::string{};
    if (text.empty() || text.size() > 20 ||
        text.find_first_not_of("+0123456789*#") != std::string::npos) {
        reject(node, fmt::format("{} is a number of 1 to 20 digits in quotes", key));
    }
    return text;
}
std::int64_t wholeOf(const toml::node& node, std::string_view key, std::int64_t least,
                     std::int64_t most) {
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < least || value->get() > most) {
        reject(node, fmt::format("{} is a whole number from {} to {}", key, least, most));
    }
    return value->get();
}
std::chrono::milliseconds secondsOf(const toml::node& node, std::string_view key) {
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    if (!value || !(*value >= 0 && *value <= kLongest)) {
        reject(node, fmt::format("{} is seconds, 0 to 604800", key));
    }
    return std::chrono::milliseconds{static_cast<std::int64_t>(*value * 1000 + 0.5)};
}
const toml::array& listOf(const toml::node& node, std::string_view key, std::size_t most) {
    const auto* list = node.as_array();
    if (list == nullptr || list->size() > most) {
        reject(node, fmt::format("{} is a list of at most {} entries", key, most));
    }
    return *list;
}
const toml::table& tableOf(const toml::node& node, std::string_view key, std::string_view example) {
    const auto* table = node.as_table();
    if (table == nullptr) {
        reject(node, fmt::format("{} is a table such as {}", key, example));
    }
    return *table;
}

Script scriptOf(const toml::node& node, std::string_view key) {
    const toml::array& list = listOf(node, key, kMostSteps);
    std::vector<std::string> steps;
    for (const toml::node& entry : list) {
        steps.push_back(textOf(entry, "a step"));
    }
    auto parsed = parseScript(steps);
    if (const auto* wrong = std::get_if<ScriptError>(&parsed)) {
        const toml::node* at = list.get(wrong->step);
        reject(at != nullptr ? *at : node, wrong->cause);
    }
    return std::get<Script>(std::move(parsed));
}

}  // namespace tipring::sim
