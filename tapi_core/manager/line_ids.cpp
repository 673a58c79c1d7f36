// SPDX-License-Identifier: Apache-2.0
#include "line_ids.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr std::uintmax_t kMaxFileSize = 1U << 20;

auto broken(std::string why) {
    return hal::fail(hal::ErrorCode::InvalParam, std::move(why));
}

hal::Result<void> writeFile(const std::string& path, const std::string& text) {
    const hal::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file) {
        return hal::failSystem(fmt::format("cannot create {}", path), errno);
    }
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::write(file.get(), text.data() + done, text.size() - done);
        if (count <= 0 && errno != EINTR) {
            return hal::failSystem(fmt::format("cannot write {}", path), errno);
        }
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    if (::fsync(file.get()) != 0) {
        return hal::failSystem(fmt::format("cannot write {} through", path), errno);
    }
    return {};
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
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path_, error);
    if (error) {
        return;  // none yet
    }
    std::ifstream file(path_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto parsed = size > kMaxFileSize ? broken("it is too large") : parse(text);
    if (!parsed) {
        ids_.clear();
        next_ = 0;
        std::filesystem::rename(path_, path_ + ".broken", error);
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
    std::error_code error;
    std::filesystem::create_directories(directory_, error);
    const std::string fresh = path_ + ".new";
    const auto text = document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
    if (auto written = writeFile(fresh, text + "\n"); !written) {
        kLog.error("{} ids are not kept: {}", kind_, written.error().text());
    } else if (std::rename(fresh.c_str(), path_.c_str()) != 0) {
        kLog.error("{} ids are not kept: {}", kind_,
                   hal::systemError(fmt::format("cannot rename {}", fresh), errno).text());
    }
}

}  // namespace tipring::core
