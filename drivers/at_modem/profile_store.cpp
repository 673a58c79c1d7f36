// SPDX-License-Identifier: Apache-2.0
#include "profile_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "profile_reader.h"
#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};
constexpr std::string_view kFallback = "generic-v250";
constexpr std::uintmax_t kLargestFile = std::uintmax_t{256} * 1024;

bool sameLetter(char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) ==
           std::toupper(static_cast<unsigned char>(b));
}

bool contains(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(), sameLetter) !=
           text.end();
}

bool equals(std::string_view text, std::string_view other) {
    return text.size() == other.size() &&
           std::equal(text.begin(), text.end(), other.begin(), sameLetter);
}

/// One condition: empty holds, else one of the values must agree with the fact.
template <class Agrees>
bool holds(const std::vector<std::string>& values, std::string_view fact, int gain, int& weight,
           Agrees agrees) {
    if (values.empty()) {
        return true;
    }
    const bool any = std::any_of(values.begin(), values.end(),
                                 [&](const std::string& value) { return agrees(fact, value); });
    weight += any ? gain : 0;
    return any;
}

hal::Result<std::string> readFile(const std::filesystem::path& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error || size > kLargestFile) {
        return hal::fail(
            hal::ErrorCode::InvalParam,
            fmt::format("{}: {}", path.string(), error ? error.message() : "larger than 256 KiB"));
    }
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
        return hal::fail(hal::ErrorCode::ResourceUnavail,
                         fmt::format("{}: cannot be read", path.string()));
    }
    return std::move(text).str();
}

std::vector<std::filesystem::path> profileFiles(const std::string& directory,
                                                std::error_code& error) {
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        if (at->path().extension() == ".toml") {
            files.push_back(at->path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

bool hasToken(std::string_view list, std::string_view token) {
    const auto separates = [](char c) { return c == ',' || c == '(' || c == ')' || c == ' '; };
    std::size_t begin = 0;
    while (begin < list.size()) {
        std::size_t end = begin;
        while (end < list.size() && !separates(list[end]) && list[end] != '\n') {
            ++end;
        }
        if (list.substr(begin, end - begin) == token) {
            return true;
        }
        begin = end + 1;
    }
    return false;
}

std::optional<int> matchWeight(const MatchRule& rule, const ModemFacts& facts) {
    int weight = 0;
    const bool all = holds(rule.firmware, facts.firmware, 8, weight, contains) &&
                     holds(rule.formats, facts.formats, 6, weight, contains) &&
                     holds(rule.hashClasses, facts.hashClasses, 2, weight, hasToken) &&
                     holds(rule.manufacturer, facts.manufacturer, 4, weight, contains) &&
                     holds(rule.usb, facts.usb, 4, weight, equals) &&
                     holds(rule.product, facts.product, 3, weight, equals) &&
                     holds(rule.classes, facts.classes, 1, weight, hasToken);
    if (!all || weight == 0) {
        return std::nullopt;
    }
    return weight;
}

ProfileStore::ProfileStore() {
    // Parents first: what fails for want of its parent is tried again after the others.
    for (std::size_t round = 0; round < builtinProfileCount(); ++round) {
        for (std::size_t i = 0; i < builtinProfileCount(); ++i) {
            const BuiltinProfile& builtin = builtinProfile(i);
            if (find(builtin.name) == nullptr) {
                static_cast<void>(add(builtin.text, builtin.name));
            }
        }
        if (profiles_.size() == builtinProfileCount()) {
            return;
        }
    }
    for (std::size_t i = 0; i < builtinProfileCount(); ++i) {
        if (const auto added = add(builtinProfile(i).text, builtinProfile(i).name); !added) {
            kLog.error("built-in profile: {}", added.error().cause);
        }
    }
}

hal::Result<void> ProfileStore::add(std::string_view text, std::string_view file) {
    auto read = readProfile(text, file, [this](std::string_view name) { return find(name); });
    if (!read) {
        return tl::unexpected(read.error());
    }
    auto profile = std::make_unique<Profile>(std::move(*read));
    const auto old = std::find_if(profiles_.begin(), profiles_.end(),
                                  [&](const auto& other) { return other->name == profile->name; });
    if (old != profiles_.end()) {
        *old = std::move(profile);
    } else {
        profiles_.push_back(std::move(profile));
    }
    return {};
}

std::vector<hal::Error> ProfileStore::addDirectory(const std::string& directory) {
    std::vector<hal::Error> errors;
    std::error_code error;
    auto files = profileFiles(directory, error);
    if (error) {
        errors.push_back({hal::ErrorCode::ResourceUnavail,
                          fmt::format("profile directory {}: {}", directory, error.message())});
        return errors;
    }
    // A child may stand before its parent: go on while a round brought something new.
    for (bool progress = true; progress && !files.empty();) {
        progress = false;
        errors.clear();
        std::vector<std::filesystem::path> left;
        for (const auto& path : files) {
            const auto text = readFile(path);
            const auto added = text ? add(*text, path.string()) : tl::unexpected(text.error());
            progress = progress || added.has_value();
            if (!added) {
                errors.push_back(added.error());
                left.push_back(path);
            }
        }
        files = std::move(left);
    }
    return errors;
}

const Profile* ProfileStore::find(std::string_view name) const {
    const auto found = std::find_if(profiles_.begin(), profiles_.end(),
                                    [&](const auto& profile) { return profile->name == name; });
    return found == profiles_.end() ? nullptr : found->get();
}

const Profile& ProfileStore::choose(const ModemFacts& facts) const {
    const Profile* best = find(kFallback);
    int bestWeight = 0;
    for (const auto& profile : profiles_) {
        for (const MatchRule& rule : profile->match) {
            const int weight = matchWeight(rule, facts).value_or(0);
            if (weight > bestWeight ||
                (weight == bestWeight && weight > 0 && profile->name < best->name)) {
                best = profile.get();
                bestWeight = weight;
            }
        }
    }
    return *best;
}

std::vector<std::string> ProfileStore::names() const {
    std::vector<std::string> all;
    for (const auto& profile : profiles_) {
        all.push_back(profile->name);
    }
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace tipring::at_modem
