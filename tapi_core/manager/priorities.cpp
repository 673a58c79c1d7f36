// SPDX-License-Identifier: Apache-2.0
#include "priorities.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <utility>

#include "state_file.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr tapi::MediaMode kModes[] = {tapi::MediaMode::Unknown,  //
                                      tapi::MediaMode::InteractiveVoice,
                                      tapi::MediaMode::AutomatedVoice,
                                      tapi::MediaMode::DataModem,
                                      tapi::MediaMode::G3Fax,
                                      tapi::MediaMode::Tdd};
constexpr std::size_t kRequests = std::size(kModes);
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxNames = 256;  // of one kind and priority: the oldest wish goes

std::size_t kindOf(tapi::MediaMode mode) {
    return static_cast<std::size_t>(std::find(std::begin(kModes), std::end(kModes), mode) -
                                    std::begin(kModes));
}

auto broken(std::string why) {
    return hal::fail(hal::ErrorCode::InvalParam, std::move(why));
}

bool readNames(const nlohmann::json& from, std::vector<std::string>& names) {
    if (!from.is_array() || from.size() > kMaxNames) {
        return false;
    }
    for (const auto& name : from) {
        if (!name.is_string() || name.get_ref<const std::string&>().empty() ||
            name.get_ref<const std::string&>().size() > kMaxName) {
            return false;
        }
        names.push_back(name.get<std::string>());
    }
    return true;
}

}  // namespace

Priorities::Priorities(std::string stateDirectory) : directory_(std::move(stateDirectory)) {
    static_assert(kKinds == kRequests + 1);
    if (!directory_.empty()) {
        path_ = directory_ + "/priorities.json";
        load();
    }
}

std::string Priorities::kindName(std::size_t kind) {
    return kind == kRequests ? "requests" : std::string(tapi::name(kModes[kind]));
}

hal::Result<void> Priorities::set(std::string_view application, tapi::MediaMode mode,
                                  tapi::Priority priority) {
    const std::size_t kind = kindOf(mode);
    if (kind == kRequests) {
        return hal::fail(
            hal::ErrorCode::InvalMediaMode,
            fmt::format("{:#x} is not exactly one media mode", static_cast<std::uint32_t>(mode)));
    }
    return change(kind, application, priority);
}

hal::Result<void> Priorities::setForRequests(std::string_view application,
                                             tapi::Priority priority) {
    return change(kRequests, application, priority);
}

tapi::Priority Priorities::get(std::string_view application, tapi::MediaMode mode) const {
    const std::size_t kind = kindOf(mode);
    return kind == kRequests ? tapi::Priority::Normal : priorityOf(kind, application);
}

tapi::Priority Priorities::forRequests(std::string_view application) const {
    return priorityOf(kRequests, application);
}

Priorities::Rank Priorities::rank(std::string_view application, tapi::MediaMode mode) const {
    const std::size_t kind = kindOf(mode);
    return kind == kRequests ? Rank{1, 0} : rankOf(kind, application);
}

hal::Result<void> Priorities::change(std::size_t kind, std::string_view application,
                                     tapi::Priority priority) {
    if (application.empty() || application.size() > kMaxName) {
        return hal::fail(
            hal::ErrorCode::InvalParam,
            fmt::format("priorities go by the application's name, of 1 to {} bytes", kMaxName));
    }
    if (priority > tapi::Priority::Lowest) {
        return hal::fail(hal::ErrorCode::InvalParam, "a priority is normal, highest or lowest");
    }
    Order& order = orders_[kind];
    for (auto* names : {&order.highest, &order.lowest}) {
        names->erase(std::remove(names->begin(), names->end(), application), names->end());
    }
    if (priority == tapi::Priority::Highest) {
        order.highest.emplace(order.highest.begin(), application);
        order.highest.resize(std::min(order.highest.size(), kMaxNames));
    } else if (priority == tapi::Priority::Lowest) {
        if (order.lowest.size() == kMaxNames) {
            order.lowest.erase(order.lowest.begin());
        }
        order.lowest.emplace_back(application);
    }
    save();
    return {};
}

Priorities::Rank Priorities::rankOf(std::size_t kind, std::string_view application) const {
    const auto indexIn = [&](const std::vector<std::string>& names) {
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), application) -
                                        names.begin());
    };
    const Order& order = orders_[kind];
    if (const std::size_t index = indexIn(order.highest); index < order.highest.size()) {
        return {std::uint8_t{0}, index};
    }
    if (const std::size_t index = indexIn(order.lowest); index < order.lowest.size()) {
        return {std::uint8_t{2}, index};
    }
    return {std::uint8_t{1}, 0};
}

tapi::Priority Priorities::priorityOf(std::size_t kind, std::string_view application) const {
    constexpr tapi::Priority kByClass[] = {tapi::Priority::Highest, tapi::Priority::Normal,
                                           tapi::Priority::Lowest};
    return kByClass[std::get<0>(rankOf(kind, application))];
}

void Priorities::load() {
    const auto text = readSmallFile(path_);
    if (text && !*text) {
        return;  // none yet
    }
    const auto parsed = text ? parse(**text) : broken(text.error().cause);
    if (!parsed) {
        orders_ = {};
        setAside(path_);
        kLog.warning(
            "{} is not a list of priorities ({}); it is set aside as {}.broken, and applications "
            "stand by the order in which they register",
            path_, parsed.error().cause, path_);
    }
}

hal::Result<void> Priorities::parse(const std::string& text) {
    const auto document = nlohmann::json::parse(text, nullptr, false);
    if (document.is_discarded() || !document.is_object() || !document.contains("priorities") ||
        !document["priorities"].is_object()) {
        return broken("it is no JSON object with an object \"priorities\"");
    }
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
        const auto found = document["priorities"].find(kindName(kind));
        if (found == document["priorities"].end()) {
            continue;
        }
        const bool good = found->is_object() && found->contains("highest") &&
                          readNames((*found)["highest"], orders_[kind].highest) &&
                          found->contains("lowest") &&
                          readNames((*found)["lowest"], orders_[kind].lowest);
        if (!good) {
            return broken(fmt::format("\"{}\" lacks its lists of names", kindName(kind)));
        }
    }
    return {};
}

void Priorities::save() const {
    if (path_.empty()) {
        return;
    }
    auto priorities = nlohmann::json::object();
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
        const Order& order = orders_[kind];
        if (!order.highest.empty() || !order.lowest.empty()) {
            priorities[kindName(kind)] = {{"highest", order.highest}, {"lowest", order.lowest}};
        }
    }
    const nlohmann::json document{{"version", 1}, {"priorities", std::move(priorities)}};
    const auto text = document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
    if (auto kept = replaceFile(directory_, path_, text + "\n"); !kept) {
        kLog.error("priorities are not kept: {}", kept.error().text());
    }
}

}  // namespace tipring::core
