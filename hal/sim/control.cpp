// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

namespace tipring::sim {

namespace {

constexpr std::string_view kHelp =
    "ok call number= name= [country=] [rings=] [date= time=] [private] [unavailable] | rings? "
    "answer? state? "
    "digits? dialled? data? | play FILE | digits KEYS | record FILE|off | hangup | answer | "
    "plan number= does=answer|busy|congestion|noanswer|unassigned [rings=] [modem] [text=] | "
    "dialtone on|off | extension on|off | quit";

std::string error(std::string_view what) {
    return fmt::format("error {}", what);
}

std::string answer(const hal::Result<void>& result) {
    return result ? "ok" : error(result.error().cause);
}

/// Words with quotes: name="J DOE" is one word. Nothing when a quote is not closed.
std::optional<std::vector<std::string>> splitWords(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false, any = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (!quoted && (c == ' ' || c == '\t' || c == '\r')) {
            if (any) {
                words.push_back(std::move(word));
                word.clear();
                any = false;
            }
        } else {
            word += c;
            any = true;
        }
    }
    if (any) {
        words.push_back(std::move(word));
    }
    return quoted ? std::nullopt : std::optional{std::move(words)};
}

/// "rings=4" and "private" after the verb.
struct Arguments {
    std::map<std::string, std::string, std::less<>> named;
    std::vector<std::string> flags;

    explicit Arguments(std::span<const std::string> words) {
        for (const std::string& word : words) {
            const std::size_t equals = word.find('=');
            if (equals == std::string::npos) {
                flags.push_back(word);
            } else {
                named.insert_or_assign(word.substr(0, equals), word.substr(equals + 1));
            }
        }
    }
    [[nodiscard]] std::string value(std::string_view name) const {
        const auto at = named.find(name);
        return at == named.end() ? std::string{} : at->second;
    }
    [[nodiscard]] bool flag(std::string_view name) const {
        return std::find(flags.begin(), flags.end(), name) != flags.end();
    }
    /// The first argument that the command does not know; empty when all are known.
    [[nodiscard]] std::string unknown(std::span<const std::string_view> known) const {
        const auto strange = [&](const std::string& name) {
            return std::find(known.begin(), known.end(), name) == known.end();
        };
        for (const auto& [name, value] : named) {
            if (strange(name)) {
                return name;
            }
        }
        const auto at = std::find_if(flags.begin(), flags.end(), strange);
        return at == flags.end() ? std::string{} : *at;
    }
};

std::optional<unsigned> smallNumber(const std::string& text) {
    if (text.empty() || text.size() > 3 ||
        !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    return static_cast<unsigned>(std::stoul(text));
}

/// "0229" and "2305" into the fields of a caller ID; false when they are no date and time.
bool setMoment(CallerId& id, const std::string& date, const std::string& time) {
    const auto pair = [](const std::string& text, std::size_t at) {
        return smallNumber(text.substr(at, 2)).value_or(99);
    };
    if (date.size() != 4 || time.size() != 4) {
        return false;
    }
    const unsigned month = pair(date, 0), day = pair(date, 2), hour = pair(time, 0),
                   minute = pair(time, 2);
    id.month = static_cast<std::uint8_t>(month);
    id.day = static_cast<std::uint8_t>(day);
    id.hour = static_cast<std::uint8_t>(hour);
    id.minute = static_cast<std::uint8_t>(minute);
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60;
}

bool isPlainText(std::string_view text, std::size_t most) {
    return text.size() <= most &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// \n and \r in words, so that a text of several lines fits into one.
std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            const char c = text[++i];
            result += c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        } else {
            result += text[i];
        }
    }
    return result;
}

/// Data in one printable line.
std::string escaped(std::string_view data) {
    std::string result;
    for (const char c : data.substr(data.size() - std::min<std::size_t>(data.size(), 1024))) {
        if (c == '\\') {
            result += "\\\\";
        } else if (c >= ' ' && c <= '~') {
            result += c;
        } else {
            result += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
        }
    }
    return result;
}

std::string_view lineStateName(Line::State state) {
    switch (state) {
    case Line::State::Idle: return "idle";
    case Line::State::Ringing: return "ringing";
    case Line::State::OffHook: return "offhook";
    case Line::State::Connected: return "connected";
    }
    return "idle";
}

}  // namespace

struct Control::Impl {
    Exchange& exchange;
    Line& line;
    FarEnd& farEnd;
    AtModem& modem;
    bool quit = false;

    std::string run(std::string_view text);
    std::string call(const Arguments& arguments);
    std::string plan(const Arguments& arguments);
    std::string query(std::string_view verb);
    std::string file(std::string_view verb, const std::vector<std::string>& words);
    std::string switched(std::string_view verb, const std::string& state);
};

std::string Control::Impl::call(const Arguments& arguments) {
    constexpr std::array<std::string_view, 8> kKnown{"number",  "name",        "country", "rings",
                                                     "private", "unavailable", "date",    "time"};
    if (const std::string word = arguments.unknown(kKnown); !word.empty()) {
        return error(fmt::format("call does not know {}; see help", word));
    }
    CallerId id;
    id.number = arguments.value("number");
    id.name = arguments.value("name");
    if (!isPlainText(id.number, 32) || !isPlainText(id.name, 60)) {
        return error("a number has up to 32, a name up to 60 printable characters");
    }
    if (arguments.flag("private") || arguments.flag("unavailable")) {
        const Absence why = arguments.flag("private") ? Absence::Private : Absence::Unavailable;
        id.number.clear();
        id.name.clear();
        id.numberAbsence = id.nameAbsence = why;
    }
    const std::string date = arguments.value("date"), time = arguments.value("time");
    if (!(date.empty() && time.empty()) && !setMoment(id, date, time)) {
        return error("date=MMDD and time=HHMM go together, for example date=0229 time=2305");
    }
    if (const std::string code = arguments.value("country"); !code.empty()) {
        const Country* country = findCountry(code);
        if (country == nullptr) {
            return error(fmt::format("no country {}; give an ISO code such as US, GB or DE", code));
        }
        line.setCountry(*country);
    }
    unsigned rings = 0;
    if (const std::string text = arguments.value("rings"); !text.empty()) {
        const auto value = smallNumber(text);
        if (!value) {
            return error("rings is a number from 0 to 999");
        }
        rings = *value;
    }
    return answer(farEnd.call(line.number(), id, rings));
}

std::string Control::Impl::plan(const Arguments& arguments) {
    constexpr std::array<std::string_view, 5> kKnown{"number", "does", "rings", "modem", "text"};
    if (const std::string word = arguments.unknown(kKnown); !word.empty()) {
        return error(fmt::format("plan does not know {}; see help", word));
    }
    static const std::map<std::string, Route::Outcome, std::less<>> kOutcomes{
        {"answer", Route::Outcome::Answer},         {"busy", Route::Outcome::Busy},
        {"congestion", Route::Outcome::Congestion}, {"noanswer", Route::Outcome::NoAnswer},
        {"unassigned", Route::Outcome::Unassigned},
    };
    const auto outcome = kOutcomes.find(arguments.value("does"));
    const std::string number = arguments.value("number");
    const std::string ringText = arguments.value("rings");
    const auto rings = ringText.empty() ? std::optional{1U} : smallNumber(ringText);
    if (outcome == kOutcomes.end() || number.empty() || !isPlainText(number, 32) || !rings) {
        return error(
            "plan needs number= and does=answer, busy, congestion, noanswer or unassigned");
    }
    Route route{outcome->second, *rings, nullptr};
    if (outcome->second == Route::Outcome::Answer) {
        route.farEnd = &farEnd;
        farEnd.setModem(arguments.flag("modem"), unescaped(arguments.value("text")), true);
    }
    if (number == "*") {
        exchange.setDefaultRoute(route);
    } else {
        exchange.setRoute(number, route);
    }
    return "ok";
}

std::string Control::Impl::query(std::string_view verb) {
    if (verb == "rings?") {
        return fmt::format("ok {}", line.rings());
    }
    if (verb == "answer?") {
        return farEnd.wasAnswered() ? "ok yes" : "ok no";
    }
    if (verb == "digits?") {
        return fmt::format("ok {}", farEnd.heardKeys());
    }
    if (verb == "dialled?") {
        return fmt::format("ok {}", line.dialled());
    }
    if (verb == "data?") {
        return fmt::format("ok {}", escaped(farEnd.heardData()));
    }
    return fmt::format("ok line={} modem={} country={} farend={}{}", lineStateName(line.state()),
                       modem.stateName(), line.country().code,
                       farEnd.state() == FarEnd::State::Idle ? "idle" : "busy",
                       farEnd.isSpeaking() ? " speaking" : "");
}

std::string Control::Impl::file(std::string_view verb, const std::vector<std::string>& words) {
    if (words.size() != 2) {
        return error(fmt::format("{} needs one file; put a name with spaces into quotes", verb));
    }
    if (verb == "play") {
        return answer(farEnd.play(words[1]));
    }
    if (words[1] == "off") {
        farEnd.stopRecording();
        return "ok";
    }
    return answer(farEnd.record(words[1]));
}

std::string Control::Impl::switched(std::string_view verb, const std::string& state) {
    if (state != "on" && state != "off") {
        return error(fmt::format("{} is on or off", verb));
    }
    if (verb == "dialtone") {
        line.setDialTone(state == "on");
    } else {
        modem.setExtension(state == "on");
    }
    return "ok";
}

std::string Control::Impl::run(std::string_view text) {
    const auto words = splitWords(text);
    if (!words) {
        return error("a quotation mark is not closed");
    }
    if (words->empty()) {
        return error("an empty line; try help");
    }
    const std::string& verb = words->front();
    const Arguments arguments{std::span{*words}.subspan(1)};
    const std::string first = words->size() > 1 ? (*words)[1] : std::string{};
    if (verb == "call") {
        return call(arguments);
    }
    if (verb == "plan") {
        return plan(arguments);
    }
    if (verb == "play" || verb == "record") {
        return file(verb, *words);
    }
    if (verb == "digits") {
        return answer(farEnd.pressKeys(first));
    }
    if (verb == "hangup") {
        farEnd.hangUp();
        return "ok";
    }
    if (verb == "answer") {
        return answer(farEnd.answer());
    }
    if (verb == "dialtone" || verb == "extension") {
        return switched(verb, first);
    }
    if (verb == "help") {
        return std::string{kHelp};
    }
    if (verb == "quit") {
        quit = true;
        return "ok";
    }
    constexpr std::array<std::string_view, 6> kQueries{"rings?",  "answer?",  "state?",
                                                       "digits?", "dialled?", "data?"};
    if (std::find(kQueries.begin(), kQueries.end(), verb) != kQueries.end()) {
        return query(verb);
    }
    return error(fmt::format("no command {}; try help", escaped(verb)));
}

Control::Control(Exchange& exchange, Line& line, FarEnd& farEnd, AtModem& modem)
    : impl_(std::make_unique<Impl>(Impl{exchange, line, farEnd, modem})) {}
Control::~Control() = default;

std::string Control::run(std::string_view command) {
    return impl_->run(command);
}
bool Control::quitAsked() const {
    return impl_->quit;
}

}  // namespace tipring::sim
