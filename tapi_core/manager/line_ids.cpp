// SPDX-License-Identifier: Apache-2.0
#include "line_ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "state_file.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};

auto broken(std::string why) {
    return hal::fail(hal::ErrorCode::InvalParam, std::move(why));
}

}  // namespace

LineIds::LineIds(std::string stateDirectory, const std::string& kind)
    : kind_(kind), list_(kind + "s"), directory_(std::move(stateDirectory)) {
    if (!directory_.empty()) {
        path_ = directory_ + "/" + list_ + ".json";
        load();
    }
}

std::uint32_t LineIds::idFor(std::string_view provider, std::string_view deviceKey) {
    const auto [entry, added] = ids_.try_emplace(Device(provider, deviceKey), next_);
    if (added) {
        ++next_;
        save();
    }
    return entry->second;
}

void LineIds::load() {
    const auto text = readSmallFile(path_);
    if (text && !*text) {
        return;  // none yet
    }
    const auto parsed = text ? parse(**text) : broken(text.error().cause);
    if (!parsed) {
        ids_.clear();
        next_ = 0;
        setAside(path_);
        kLog.error(
            "{} is not a list of {} ({}); it is set aside as {}.broken and a new one "
            "begun: {} get new ids",
            path_, list_, parsed.error().cause, path_, list_);
    }
}

hal::Result<void> LineIds::parse(const std::string& text) {
    const auto document = nlohmann::json::parse(text, nullptr, false);
    if (document.is_discarded() || !document.is_object() || !document.contains(list_) ||
        !document[list_].is_array()) {
        return broken(fmt::format("it is no JSON object with an array \"{}\"", list_));
    }
    std::set<std::uint32_t> seen;
    for (const auto& line : document[list_]) {
        const bool good = line.is_object() && line.contains("id") &&
                          line["id"].is_number_unsigned() && line["id"] < 0x7FFFFFFFU &&
                          line.contains("provider") && line["provider"].is_string() &&
                          line.contains("key") && line["key"].is_string();
        if (!good) {
            return broken("an entry lacks \"id\", \"provider\" or \"key\"");
        }
        const auto id = line["id"].get<std::uint32_t>();
        const Device device(line["provider"].get<std::string>(), line["key"].get<std::string>());
        if (!seen.insert(id).second || !ids_.emplace(device, id).second) {
            return broken(fmt::format("id {} stands there twice", id));
        }
        next_ = std::max(next_, id + 1);
    }
    return {};
}

void LineIds::save() const {
    if (path_.empty()) {
        return;
    }
    auto lines = nlohmann::json::array();
    for (const auto& [device, id] : ids_) {
        lines.push_back({{"id", id}, {"provider", device.first}, {"key", device.second}});
    }
    const nlohmann::json document{{"version", 1}, {list_, std::move(lines)}};
    const auto text = document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
    if (auto kept = replaceFile(directory_, path_, text + "\n"); !kept) {
        kLog.error("{} ids are not kept: {}", kind_, kept.error().text());
    }
}

}  // namespace tipring::core
