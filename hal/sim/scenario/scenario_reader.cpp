// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "control_line.h"
#include "control_words.h"
#include "scenario/device_reader.h"
#include "scenario/scenario_values.h"
#include "tipring/hal/sim/personality.h"
#include "tipring/hal/sim/scenario.h"

namespace tipring::sim {
namespace {

constexpr std::size_t kLongestFile = 1U << 20;
constexpr std::size_t kMostLines = 1000, kMostDevices = 100, kMostCalls = 10000;

std::string nameOf(const toml::node& node, std::string_view key) {
    std::string text = textOf(node, key);
    if (!isPlainText(text, 60) || text.find('"') != std::string::npos) {
        reject(node, fmt::format("{} has up to 60 printable characters, no quotation marks", key));
    }
    return text;
}
std::string countryOf(const toml::node& node, std::string_view key) {
    const Country* country = findCountry(textOf(node, key));
    if (country == nullptr) {
        std::string known;
        for (const Country& each : countries()) {
            known += (known.empty() ? "" : " ") + std::string{each.code};
        }
        reject(node, fmt::format("{} is one of {}", key, known));
    }
    return std::string{country->code};
}
/// How a setting is written to the control socket: on, -40, european.
std::string wordOf(const toml::node& node) {
    if (const auto* flag = node.as_boolean()) {
        return flag->get() ? "on" : "off";
    }
    if (const auto* value = node.as_integer()) {
        return std::to_string(value->get());
    }
    if (const auto* value = node.as_floating_point()) {
        return fmt::format("{:f}", value->get());
    }
    return node.is_string() ? node.as_string()->get() : std::string{};
}

template <class Settings>
void takeSettings(Settings& to, const toml::node& node, std::string_view key,
                  std::string (*set)(Settings&, std::string_view, std::string_view)) {
    for (const auto& [name, value] : tableOf(node, key, "{ waiting = true }")) {
        if (const std::string wrong = set(to, name.str(), wordOf(value)); !wrong.empty()) {
            reject(value, wrong);
        }
    }
}

/// A line and how many of the kind.
struct LineEntry : Scenario::Line {
    std::int64_t count = 1;
    std::chrono::milliseconds every{0};  ///< from one line's script to the next one's
};

void readDevice(LineEntry& to, const toml::node& node, std::string_view key) {
    to.device = textOf(node, key);
    if (findPersonality(to.device) == nullptr && to.device != "telephone" && to.device != "none") {
        std::string known;
        for (const Personality& each : personalities()) {
            known += std::string{each.name} + ", ";
        }
        reject(node, fmt::format("{} is {}telephone or none", key, known));
    }
}

void readOutlet(LineEntry& to, const toml::node& node, std::string_view key) {
    static const std::map<std::string, Scenario::Line::Outlet, std::less<>> kOutlets{
        {"pty", Scenario::Line::Outlet::Pty},
        {"process", Scenario::Line::Outlet::Process},
        {"none", Scenario::Line::Outlet::None}};
    const auto at = kOutlets.find(textOf(node, key));
    if (at == kOutlets.end()) {
        reject(node, fmt::format("{} is pty, process or none", key));
    }
    to.outlet = at->second;
}

void readNumbers(LineEntry& to, const toml::node& node, std::string_view key) {
    for (const toml::node& entry : listOf(node, key, 16)) {
        std::pair<std::string, unsigned> number;
        static constexpr Key<std::pair<std::string, unsigned>> kKeys[] = {
            {"number", [](auto& into, const toml::node& value,
                          std::string_view name) { into.first = numberOf(value, name); }},
            {"ring",
             [](auto& into, const toml::node& value, std::string_view name) {
                 into.second = static_cast<unsigned>(wholeOf(value, name, 0, kRingPatterns - 1));
             }},
        };
        takeKeys(number, tableOf(entry, key, "{ number = \"5550101\", ring = 2 }"), key, kKeys);
        need(!number.first.empty(), entry, "an entry of numbers has a number");
        to.numbers.push_back(std::move(number));
    }
}

void readForward(LineEntry& to, const toml::node& node, std::string_view key) {
    static const std::map<std::string_view, Forward> kWhen{
        {"always", Forward::Always}, {"busy", Forward::Busy}, {"noanswer", Forward::NoAnswer}};
    for (const auto& [name, value] : tableOf(node, key, "{ busy = \"5550200\" }")) {
        const auto when = kWhen.find(name.str());
        if (when == kWhen.end()) {
            throw Mistake{name.source(), "forward has the keys always, busy and noanswer"};
        }
        to.forwards.emplace_back(when->second, numberOf(value, name.str()));
    }
}

constexpr Key<LineEntry> kLineKeys[] = {
    {"number", [](auto& to, auto& node, auto key) { to.number = numberOf(node, key); }},
    {"count", [](auto& to, auto& node, auto key) { to.count = wholeOf(node, key, 1, kMostLines); }},
    {"device", readDevice},
    {"outlet", readOutlet},
    {"path", [](auto& to, auto& node, auto key) { to.path = textOf(node, key); }},
    {"country", [](auto& to, auto& node, auto key) { to.country = countryOf(node, key); }},
    {"name", [](auto& to, auto& node, auto key) { to.settings.name = nameOf(node, key); }},
    {"settings",
     [](auto& to, auto& node, auto key) { takeSettings(to.settings, node, key, setLineSetting); }},
    {"copper",
     [](auto& to, auto& node, auto key) { takeSettings(to.copper, node, key, setCopperSetting); }},
    {"numbers", readNumbers},
    {"forward", readForward},
    {"messages", [](auto& to, auto& node,
                    auto key) { to.messages = static_cast<unsigned>(wholeOf(node, key, 0, 999)); }},
    {"record", [](auto& to, auto& node, auto key) { to.record = textOf(node, key); }},
    {"script", [](auto& to, auto& node, auto key) { to.script = scriptOf(node, key); }},
    {"at", [](auto& to, auto& node, auto key) { to.at = secondsOf(node, key); }},
    {"every", [](auto& to, auto& node, auto key) { to.every = secondsOf(node, key); }},
};

constexpr Key<Scenario::FarEnd> kFarEndKeys[] = {
    {"number", [](auto& to, auto& node, auto key) { to.number = numberOf(node, key); }},
    {"script", [](auto& to, auto& node, auto key) { to.script = scriptOf(node, key); }},
    {"at", [](auto& to, auto& node, auto key) { to.at = secondsOf(node, key); }},
};

constexpr Key<Scenario::Call> kCallKeys[] = {
    {"at", [](auto& to, auto& node, auto key) { to.at = secondsOf(node, key); }},
    {"from", [](auto& to, auto& node, auto key) { to.from = numberOf(node, key); }},
    {"name", [](auto& to, auto& node, auto key) { to.name = nameOf(node, key); }},
    {"to", [](auto& to, auto& node, auto key) { to.to = numberOf(node, key); }},
    {"rings", [](auto& to, auto& node,
                 auto key) { to.rings = static_cast<unsigned>(wholeOf(node, key, 1, 999)); }},
};

void readOutcome(Scenario::Number& to, const toml::node& node, std::string_view key) {
    static const std::map<std::string, Route::Outcome, std::less<>> kOutcomes{
        {"answer", Route::Outcome::Answer},         {"busy", Route::Outcome::Busy},
        {"congestion", Route::Outcome::Congestion}, {"noanswer", Route::Outcome::NoAnswer},
        {"unassigned", Route::Outcome::Unassigned}, {"vacant", Route::Outcome::Vacant},
        {"changed", Route::Outcome::Changed}};
    const auto at = kOutcomes.find(textOf(node, key));
    if (at == kOutcomes.end()) {
        reject(node, fmt::format("{} is answer, busy, congestion, noanswer, unassigned, vacant or "
                                 "changed",
                                 key));
    }
    to.route.outcome = at->second;
}
constexpr Key<Scenario::Number> kRouteKeys[] = {
    {"number", [](auto& to, auto& node, auto key) { to.number = numberOf(node, key); }},
    {"does", readOutcome},
    {"rings", [](auto& to, auto& node,
                 auto key) { to.route.rings = static_cast<unsigned>(wholeOf(node, key, 0, 999)); }},
    {"new", [](auto& to, auto& node, auto key) { to.route.newNumber = numberOf(node, key); }},
};

/// Every number has one owner.
class Owners {
public:
    void add(const std::string& number, const toml::node& node) {
        const auto [at, fresh] = owners_.emplace(number, node.source().begin.line);
        if (!fresh) {
            reject(node,
                   fmt::format("the number {} is given in line {} already", number, at->second));
        }
    }
    [[nodiscard]] bool has(const std::string& number) const { return owners_.contains(number); }

private:
    std::map<std::string, unsigned, std::less<>> owners_;
};

/// "tape.wav" and 3: "tape-3.wav"; a name without a dot: "modem-3".
std::string numbered(const std::string& path, std::int64_t index) {
    const std::size_t dot = path.rfind('.');
    const bool suffix = dot != std::string::npos && path.find('/', dot) == std::string::npos;
    const std::size_t at = suffix ? dot : path.size();
    return path.empty() ? path : fmt::format("{}-{}{}", path.substr(0, at), index, path.substr(at));
}

class Reader {
public:
    Scenario read(const toml::table& top) {
        static constexpr std::array<std::string_view, 9> kKnown{
            "country", "seed", "magic", "limit", "line", "device", "far_end", "call", "number"};
        for (const auto& [name, node] : top) {
            if (std::find(kKnown.begin(), kKnown.end(), name.str()) == kKnown.end()) {
                throw Mistake{name.source(),
                              fmt::format("there is no key {} in a scenario; there are {}",
                                          name.str(), fmt::join(kKnown, ", "))};
            }
        }
        general(top);
        each(top, "line", kMostLines, [this](const toml::table& table) { line(table); });
        each(top, "device", kMostDevices,
             [this](const toml::table& table) { devices_.read(table); });
        devices_.numberTheRest();
        each(top, "far_end", kMostLines, [this](const toml::table& table) { farEnd(table); });
        each(top, "number", kMostLines, [this](const toml::table& table) { number(table); });
        each(top, "call", kMostCalls, [this](const toml::table& table) { call(table); });
        need(!made_.lines.empty(), top, "a scenario has a [[line]] with a number");
        return std::move(made_);
    }

private:
    void general(const toml::table& top) {
        if (const auto* node = top.get("country")) {
            made_.country = countryOf(*node, "country");
        }
        if (const auto* node = top.get("seed")) {
            made_.seed = static_cast<std::uint32_t>(wholeOf(*node, "seed", 0, 0xFFFFFFFF));
        }
        if (const auto* node = top.get("limit")) {
            made_.limit = secondsOf(*node, "limit");
        }
        if (const auto* node = top.get("magic")) {
            made_.magic = textOf(*node, "magic").empty() ? "" : numberOf(*node, "magic");
        }
    }

    template <class Take>
    static void each(const toml::table& top, std::string_view key, std::size_t most, Take take) {
        const toml::node* node = top.get(key);
        if (node == nullptr) {
            return;
        }
        for (const toml::node& entry : listOf(*node, key, most)) {
            if (!entry.is_table()) {
                reject(entry, fmt::format("{} is a table, headed by [[{}]]", key, key));
            }
            take(*entry.as_table());
        }
    }

    void line(const toml::table& table) {
        LineEntry entry;
        takeKeys(entry, table, "[[line]]", kLineKeys);
        need(!entry.number.empty(), table, "a [[line]] has a number");
        const bool telephone = entry.device == "telephone";
        if (entry.script && !telephone) {
            reject(*table.get("script"),
                   "a script is for device = \"telephone\"; a modem does "
                   "what its program says");
        }
        if (table.contains("outlet") && (telephone || entry.device == "none")) {
            reject(*table.get("outlet"), "an outlet is for modems");
        }
        if (made_.lines.size() + static_cast<std::size_t>(entry.count) > kMostLines) {
            reject(table, fmt::format("there are over {} lines", kMostLines));
        }
        for (std::int64_t i = 0; i < entry.count; ++i) {
            Scenario::Line one = entry;
            one.at += i * entry.every;
            one.number = countUp(entry.number, i);
            if (one.number.empty()) {
                reject(*table.get("count"), fmt::format("{} lines from {} on do not fit into as "
                                                        "many digits",
                                                        entry.count, entry.number));
            }
            if (entry.count > 1) {
                one.path = numbered(entry.path, i + 1);
                one.record = numbered(entry.record, i + 1);
            }
            owners_.add(one.number, table);
            if (table.contains("device") && one.device != "none") {
                said_.device.insert(one.number);
            }
            if (table.contains("outlet")) {
                said_.outlet.insert(one.number);
            }
            for (const auto& more : one.numbers) {
                owners_.add(more.first, table);
            }
            made_.lines.push_back(std::move(one));
        }
    }

    void farEnd(const toml::table& table) {
        Scenario::FarEnd entry;
        takeKeys(entry, table, "[[far_end]]", kFarEndKeys);
        need(!entry.number.empty(), table, "a [[far_end]] has a number");
        need(entry.script.has_value(), table, "a [[far_end]] has a script, a list of steps");
        owners_.add(entry.number, table);
        made_.farEnds.push_back(std::move(entry));
    }

    void number(const toml::table& table) {
        Scenario::Number entry;
        takeKeys(entry, table, "[[number]]", kRouteKeys);
        need(!entry.number.empty() && table.contains("does"), table,
             "a [[number]] has a number and what it does");
        owners_.add(entry.number, table);
        made_.routes.push_back(std::move(entry));
    }

    void call(const toml::table& table) {
        Scenario::Call entry;
        takeKeys(entry, table, "[[call]]", kCallKeys);
        need(!entry.to.empty(), table, "a [[call]] has `to`, the number of a line");
        const bool line = std::any_of(made_.lines.begin(), made_.lines.end(), [&](const auto& one) {
            return one.number == entry.to ||
                   std::any_of(one.numbers.begin(), one.numbers.end(),
                               [&](const auto& more) { return more.first == entry.to; });
        });
        if (!line) {
            reject(*table.get("to"), fmt::format("there is no [[line]] {}", entry.to));
        }
        made_.calls.push_back(std::move(entry));
    }

    Scenario made_;
    Owners owners_;
    DeviceReader::Said said_;
    DeviceReader devices_{made_, said_};
};

hal::Result<Scenario> mistake(const std::string& file, const toml::source_region& where,
                              std::string_view what) {
    return hal::fail(hal::ErrorCode::InvalParam,
                     fmt::format("{}:{}:{}: {}", file, std::max(1U, unsigned{where.begin.line}),
                                 std::max(1U, unsigned{where.begin.column}), what));
}

}  // namespace

std::string countUp(std::string number, std::int64_t by) {
    for (; by > 0; --by) {
        std::size_t at = number.size();
        while (at > 0 && number[at - 1] == '9') {
            number[--at] = '0';
        }
        if (at == 0 || number[at - 1] < '0' || number[at - 1] > '8') {
            return {};
        }
        ++number[at - 1];
    }
    return number;
}

hal::Result<Scenario> readScenario(std::string_view text, const std::string& file) {
    if (text.size() > kLongestFile) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{}: a scenario has up to 1 MiB", file));
    }
    try {
        return Reader{}.read(toml::parse(text, std::string_view(file)));
    } catch (const Mistake& found) {
        return mistake(file, found.where, found.what);
    } catch (const toml::parse_error& error) {
        return mistake(file, error.source(), fmt::format("not TOML: {}", error.description()));
    }
}

}  // namespace tipring::sim
