// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <toml++/toml.h>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using hal::Result;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string homeRelative(const char* variable, std::string_view below) {
    if (std::string base = environment(variable); !base.empty() && base[0] == '/') {
        return base;
    }
    const std::string home = environment("HOME");
    return home.empty() ? std::string() : fmt::format("{}/{}", home, below);
}

std::string findFile() {
    std::array<std::string, 2> places{homeRelative("XDG_CONFIG_HOME", ".config"), "/etc"};
    for (const std::string& place : places) {
        std::string path = place + "/tipring/tipring.toml";
        if (!place.empty() && ::access(path.c_str(), F_OK) == 0) {
            return path;
        }
    }
    return {};
}

std::string expandHome(const std::string& path) {
    return path.starts_with("~/") ? environment("HOME") + path.substr(1) : path;
}

/// Takes the keys of one file one by one; the first that is wrong ends it.
class Reader {
public:
    Reader(Settings& settings, const std::string& path) : settings_(settings), path_(path) {}

    Result<void> read(const toml::table& top) {
        for (const auto& [key, value] : top) {
            if (!take(key.str(), value)) {
                return wrong(key.str(), value);
            }
        }
        return {};
    }

private:
    bool take(std::string_view key, const toml::node& value) {
        if (key == "ports") {
            return takeList(value, settings_.ports);
        }
        if (key == "port") {
            settings_.ports.resize(1);
            return takeText(value, settings_.ports[0]);
        }
        if (key == "profile") {
            return takeText(value, settings_.profile);
        }
        if (key == "country") {
            return takeText(value, settings_.country);
        }
        if (key == "log") {
            return takeText(value, settings_.log);
        }
        if (key == "call_log") {
            return takePath(value, settings_.callLog);
        }
        if (key == "recordings") {
            return takePath(value, settings_.recordings);
        }
        if (key == "dial_rules") {
            return takePath(value, settings_.dialRules);
        }
        if (key == "answer") {
            return takeTable(value, [this](auto k, const auto& v) { return takeAnswer(k, v); });
        }
        if (key == "at_modem") {
            return takeTable(value, [this](auto k, const auto& v) {
                return takeText(v, settings_.provider[std::string(k)]);
            });
        }
        return false;
    }

    bool takeAnswer(std::string_view key, const toml::node& value) {
        if (key == "rings") {
            return takeNumber(value, 1, 20, settings_.rings);
        }
        if (key == "greeting") {
            return takePath(value, settings_.greeting);
        }
        std::uint32_t seconds = 0;
        if (key == "limit" && takeNumber(value, 1, 3600, seconds)) {
            settings_.limit = std::chrono::seconds(seconds);
            return true;
        }
        return false;
    }

    static bool takeText(const toml::node& value, std::string& out) {
        if (const auto text = value.value<std::string>()) {
            out = *text;
            return true;
        }
        if (const auto number = value.value_exact<std::int64_t>()) {
            out = std::to_string(*number);
            return true;
        }
        return false;
    }
    static bool takePath(const toml::node& value, std::string& out) {
        const bool taken = value.is_string() && takeText(value, out);
        out = expandHome(out);
        return taken;
    }
    static bool takeNumber(const toml::node& value, std::int64_t low, std::int64_t high,
                           std::uint32_t& out) {
        const auto number = value.value_exact<std::int64_t>();
        if (!number || *number < low || *number > high) {
            return false;
        }
        out = static_cast<std::uint32_t>(*number);
        return true;
    }
    static bool takeList(const toml::node& value, std::vector<std::string>& out) {
        const auto* list = value.as_array();
        if (list == nullptr) {
            return false;
        }
        out.assign(list->size(), {});
        for (std::size_t i = 0; i < list->size(); ++i) {
            if (!takeText(*list->get(i), out[i])) {
                return false;
            }
        }
        return true;
    }
    template <class Take>
    bool takeTable(const toml::node& value, Take take) {
        const auto* table = value.as_table();
        if (table == nullptr) {
            return false;
        }
        for (const auto& [key, inner] : *table) {
            if (!take(key.str(), inner)) {
                inner_ = key.str();
                return false;
            }
        }
        return true;
    }

    Result<void> wrong(std::string_view key, const toml::node& value) const {
        return hal::fail(
            ErrorCode::InvalParam,
            fmt::format("{}:{}: {}{}{} is not a setting, or its value is of the wrong kind or out "
                        "of range (see docs/guides/tipring-command.md)",
                        path_, value.source().begin.line, key, inner_.empty() ? "" : ".", inner_));
    }

    Settings& settings_;
    const std::string& path_;
    std::string inner_;
};

void fillDefaults(Settings& settings) {
    useDialRules(settings, settings.dialRules);
    const std::string data = dataDirectory();
    settings.stateDirectory = data;
    if (settings.callLog.empty()) {
        settings.callLog = data + "/calls.db";
    }
    if (settings.recordings.empty()) {
        settings.recordings = data + "/recordings";
    }
}

}  // namespace

std::string dataDirectory() {
    const std::string base = homeRelative("XDG_DATA_HOME", ".local/share");
    return (base.empty() ? "/var/lib" : base) + "/tipring";
}

void useDialRules(Settings& settings, const std::string& file) {
    if (file.empty()) {
        const std::string base = homeRelative("XDG_CONFIG_HOME", ".config");
        settings.dialRules = (base.empty() ? "/etc" : base) + "/tipring/dial-rules.toml";
        settings.dialRulesDropIns = "/etc/tipring/dial-rules.d";
        return;
    }
    const bool toml = file.ends_with(".toml");
    settings.dialRulesDropIns = (toml ? file.substr(0, file.size() - 5) : file) + ".d";
    settings.dialRules = file;
}

Result<Settings> loadSettings(const std::string& path) {
    Settings settings;
    settings.source = path.empty() ? findFile() : path;
    if (!settings.source.empty()) {
        if (::access(settings.source.c_str(), R_OK) != 0) {
            return hal::failSystem(fmt::format("cannot read {}", settings.source), errno);
        }
        try {
            const toml::table top = toml::parse_file(settings.source);
            if (auto done = Reader(settings, settings.source).read(top); !done) {
                return tl::unexpected(done.error());
            }
        } catch (const toml::parse_error& error) {
            return hal::fail(ErrorCode::InvalParam,
                             fmt::format("{}:{}: {}", settings.source, error.source().begin.line,
                                         error.description()));
        }
    }
    fillDefaults(settings);
    return settings;
}

}  // namespace tipring::tools
