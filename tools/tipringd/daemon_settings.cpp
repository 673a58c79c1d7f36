// SPDX-License-Identifier: Apache-2.0
#include "daemon_settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <toml++/toml.h>
#include <cerrno>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using hal::Result;

/// What a key wants, and how it is taken. Returns what is wrong, in words.
using Take = std::function<std::optional<std::string>(const toml::node&)>;
using Keys = std::map<std::string_view, Take>;

Take text(std::string& out) {
    return [&out](const toml::node& value) -> std::optional<std::string> {
        const auto found = value.value_exact<std::string>();
        out = found.value_or(out);
        return found ? std::nullopt : std::optional<std::string>("wants a text in quotes");
    };
}
Take flag(bool& out) {
    return [&out](const toml::node& value) -> std::optional<std::string> {
        const auto found = value.value_exact<bool>();
        out = found.value_or(out);
        return found ? std::nullopt : std::optional<std::string>("wants true or false");
    };
}
Take number(std::size_t& out, std::int64_t low, std::int64_t high) {
    return [=, &out](const toml::node& value) -> std::optional<std::string> {
        const auto found = value.value_exact<std::int64_t>();
        if (!found || *found < low || *found > high) {
            return fmt::format("wants a number from {} to {}", low, high);
        }
        out = static_cast<std::size_t>(*found);
        return std::nullopt;
    };
}
Take texts(std::vector<std::string>& out) {
    return [&out](const toml::node& value) -> std::optional<std::string> {
        const auto* list = value.as_array();
        const char* const wanted = "wants a list of texts in quotes";
        if (list == nullptr) {
            return wanted;
        }
        out.clear();
        for (const toml::node& one : *list) {
            const auto found = one.value_exact<std::string>();
            if (!found) {
                return wanted;
            }
            out.push_back(*found);
        }
        return std::nullopt;
    };
}
Take choice(std::optional<bool>& out) {
    return [&out](const toml::node& value) -> std::optional<std::string> {
        out = value.value_exact<bool>();
        return out ? std::nullopt : std::optional<std::string>("wants true or false");
    };
}
Take patterns(std::vector<std::string>& out) {
    return [&out](const toml::node& value) -> std::optional<std::string> {
        if (auto wrong = texts(out)(value)) {
            return wrong;
        }
        for (const std::string& one : out) {
            if (const auto checked = rpc::checkDialPattern(one); !checked) {
                return "has " + checked.error().cause;
            }
        }
        return std::nullopt;
    };
}
Take anyTexts(std::map<std::string, std::string, std::less<>>& out) {
    return [&out](const toml::node& value) -> std::optional<std::string> {
        const auto* table = value.as_table();
        if (table == nullptr) {
            return "wants a table";
        }
        for (const auto& [key, inner] : *table) {
            const auto found = inner.value<std::string>();
            const auto count = inner.value_exact<std::int64_t>();
            if (!found && !count) {
                return fmt::format("has {}, which wants a text or a number", key.str());
            }
            out[std::string(key.str())] = found ? *found : std::to_string(*count);
        }
        return std::nullopt;
    };
}

/// Goes through a table; the first key that is wrong ends it.
Result<void> takeAll(const toml::table& table, const Keys& keys, const std::string& file,
                     const std::string& prefix) {
    for (const auto& [key, value] : table) {
        const auto found = keys.find(key.str());
        const auto wrong = found == keys.end() ? std::optional<std::string>("is not a setting")
                                               : found->second(value);
        if (wrong) {
            return hal::fail(ErrorCode::InvalParam,
                             fmt::format("{}:{}: {}{} {} (see docs/guides/tipringd.md)", file,
                                         value.source().begin.line, prefix, key.str(), *wrong));
        }
    }
    return {};
}

class Reader {
public:
    Reader(DaemonSettings& settings, const std::string& file) : settings_(settings), file_(file) {}

    Result<void> read(const toml::table& top) {
        rpc::ClientLimits& l = settings_.limits;
        const Keys limits{
            {"clients", number(l.clients, 1, 10000)},
            {"registrations", number(l.registrations, 1, 100000)},
            {"calls", number(l.calls, 1, 10000)},
            {"requests", number(l.requests, 1, 10000)},
            {"idle_calls", number(l.idleCalls, 1, 10000)},
            {"unread_events", number(l.unreadEvents, 256, 100000)},
            {"request_rate", number(l.requestRate, 0, 1000000)},
            {"request_burst", number(l.requestBurst, 1, 1000000)},
        };
        const Keys rights{
            {"monitor", texts(settings_.rights.monitor)},
            {"answer", texts(settings_.rights.answer)},
            {"dial", texts(settings_.rights.dial)},
            {"configure", texts(settings_.rights.configure)},
            {"polkit", flag(settings_.rights.polkit)},
        };
        const Keys dial{
            {"barred", patterns(settings_.barring.barred)},
            {"allowed", patterns(settings_.barring.allowed)},
            {"emergency", patterns(settings_.barring.emergency)},
        };
        const Keys metrics{{"listen", texts(settings_.metrics)}};
        const Keys keys{
            {"bus", text(settings_.bus)},
            {"listen", texts(settings_.listen)},
            {"log", text(settings_.log)},
            {"state_directory", text(settings_.stateDirectory)},
            {"dial_rules", text(settings_.dialRules)},
            {"country", text(settings_.country)},
            {"ports", texts(settings_.ports)},
            {"discover", flag(settings_.discover)},
            {"adapters", flag(settings_.adapters)},
            {"profile", text(settings_.profile)},
            {"sound_directories", texts(settings_.soundDirectories)},
            {"at_modem", anyTexts(settings_.modem)},
            {"limits", [&](const toml::node& value) { return inner(value, limits, "limits."); }},
            {"rights", [&](const toml::node& value) { return inner(value, rights, "rights."); }},
            {"dial", [&](const toml::node& value) { return inner(value, dial, "dial."); }},
            {"metrics", [&](const toml::node& value) { return inner(value, metrics, "metrics."); }},
            {"provider", [&](const toml::node& value) { return providers(value); }},
        };
        const auto done = takeAll(top, keys, file_, {});
        return inner_ ? done : std::move(inner_);
    }

private:
    /// An error further inside has a better place than the table that it stands in.
    std::optional<std::string> inner(const toml::node& value, const Keys& keys,
                                     const std::string& prefix) {
        const auto* table = value.as_table();
        if (table == nullptr) {
            return "wants a table";
        }
        inner_ = takeAll(*table, keys, file_, prefix);
        return inner_ ? std::nullopt : std::optional<std::string>("is wrong");
    }
    std::optional<std::string> providers(const toml::node& value) {
        const auto* list = value.as_array();
        if (list == nullptr || !list->is_array_of_tables()) {
            return "is written [[provider]]";
        }
        for (const toml::node& one : *list) {
            DaemonSettings::Provider& made = settings_.providers.emplace_back();
            const Keys keys{{"library", text(made.library)},
                            {"config", anyTexts(made.config)},
                            {"isolated", choice(made.isolated)}};
            if (auto wrong = inner(one, keys, "provider.")) {
                return wrong;
            }
            if (made.library.empty()) {
                return "wants a library";
            }
        }
        return std::nullopt;
    }

    DaemonSettings& settings_;
    const std::string& file_;
    Result<void> inner_;
};

}  // namespace

Result<DaemonSettings> readDaemonSettings(std::string_view text, const std::string& file) {
    DaemonSettings settings;
    try {
        if (auto done = Reader(settings, file).read(toml::parse(text, file)); !done) {
            return tl::unexpected(std::move(done.error()));
        }
    } catch (const toml::parse_error& error) {
        return hal::fail(
            ErrorCode::InvalParam,
            fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
    }
    return settings;
}

Result<DaemonSettings> loadDaemonSettings(const std::string& path, bool mustExist) {
    std::ifstream file(path);
    if (!file) {
        if (!mustExist && errno == ENOENT) {
            return DaemonSettings{};
        }
        return hal::failSystem(fmt::format("cannot read {}", path), errno);
    }
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    return readDaemonSettings(text, path);
}

}  // namespace tipring::tools
