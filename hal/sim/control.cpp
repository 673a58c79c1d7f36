// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include "control_faults.h"
#include "control_line.h"
#include "control_words.h"
#include "tipring/hal/sim/script_runner.h"

namespace tipring::sim {

namespace {

constexpr std::string_view kHelp =
    "ok call number= name= [country=] [rings=] [to=] [date= time=] [private] [unavailable] "
    "[modem [text=]] | "
    "rings? answer? state? digits? dialled? data? line? copper? electrics? | play FILE | "
    "digits KEYS | data TEXT | record FILE|off | hangup | answer | plan number= "
    "does=answer|busy|congestion|noanswer|unassigned|vacant|changed [rings=] [byhand] "
    "[modem [text=] [noecho]] [new=] | line SETTING=.. | copper SETTING=..|clear | flash | forward "
    "always|busy|noanswer NUMBER|off | messages N | number NUMBER ring=0..3 | dialtone on|off | "
    "extension on|off | script STEP; STEP ..|off | script? | quit";

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
    AtModem* modem;
    bool quit = false;

    std::string run(std::string_view text);
    std::string call(const Arguments& arguments);
    std::string plan(const Arguments& arguments);
    std::string query(std::string_view verb);
    std::string file(std::string_view verb, const std::vector<std::string>& words);
    std::string data(const std::vector<std::string>& words);
    std::string switched(std::string_view verb, const std::string& state);
    std::string play(std::string_view steps);
    std::string scriptState() const;

    std::unique_ptr<FarEndActor> actor{};
    std::unique_ptr<ScriptRunner> script{};
};

/// `script STEP; STEP ...`, `script off`.
std::string Control::Impl::play(std::string_view steps) {
    if (steps == "off") {
        script.reset();
        actor.reset();
        return "ok";
    }
    auto parsed = parseScriptLine(steps);
    if (const auto* wrong = std::get_if<ScriptError>(&parsed)) {
        return error(fmt::format("step {}: {}", wrong->step + 1, wrong->cause));
    }
    script.reset();
    actor = std::make_unique<FarEndActor>(farEnd);
    ScriptSetting setting;
    setting.line = line.number();
    setting.country = line.country().code;
    setting.seed = exchange.options().seed;
    script = std::make_unique<ScriptRunner>(exchange.loop(), *actor,
                                            std::get<Script>(std::move(parsed)), setting);
    script->start();
    return "ok";
}

std::string Control::Impl::scriptState() const {
    if (script == nullptr) {
        return "ok off";
    }
    const bool failed = script->state() == ScriptRunner::State::Failed;
    return fmt::format("ok {} step={}{}", scriptStateName(script->state()), script->step() + 1,
                       failed ? " reason=\"" + script->reason() + "\"" : "");
}

std::string Control::Impl::call(const Arguments& arguments) {
    constexpr std::array<std::string_view, 11> kKnown{"number",  "name",        "country", "rings",
                                                      "private", "unavailable", "date",    "time",
                                                      "to",      "modem",       "text"};
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
    const std::string to = arguments.value("to");
    if (arguments.flag("modem")) {
        farEnd.setModem(true, unescaped(arguments.value("text")), false);
    }
    return answer(farEnd.call(to.empty() ? line.number() : to, id, rings));
}

std::string Control::Impl::plan(const Arguments& arguments) {
    constexpr std::array<std::string_view, 8> kKnown{"number", "does", "rings",  "modem",
                                                     "text",   "new",  "byhand", "noecho"};
    if (const std::string word = arguments.unknown(kKnown); !word.empty()) {
        return error(fmt::format("plan does not know {}; see help", word));
    }
    static const std::map<std::string, Route::Outcome, std::less<>> kOutcomes{
        {"answer", Route::Outcome::Answer},         {"busy", Route::Outcome::Busy},
        {"congestion", Route::Outcome::Congestion}, {"noanswer", Route::Outcome::NoAnswer},
        {"unassigned", Route::Outcome::Unassigned}, {"vacant", Route::Outcome::Vacant},
        {"changed", Route::Outcome::Changed},
    };
    const auto outcome = kOutcomes.find(arguments.value("does"));
    const std::string number = arguments.value("number");
    const std::string ringText = arguments.value("rings");
    const auto rings = ringText.empty() ? std::optional{1U} : smallNumber(ringText);
    if (outcome == kOutcomes.end() || number.empty() || !isPlainText(number, 32) || !rings) {
        return error(
            "plan needs number= and does=answer, busy, congestion, noanswer, unassigned, vacant or "
            "changed");
    }
    Route route{outcome->second, *rings, nullptr, arguments.value("new")};
    if (!isPlainText(route.newNumber, 32)) {
        return error("new= is the number that a voice tells, up to 32 characters");
    }
    if (outcome->second == Route::Outcome::Answer) {
        route.farEnd = &farEnd;
        route.rings = arguments.flag("byhand") ? Route::kByHand : route.rings;
        farEnd.setModem(arguments.flag("modem"), unescaped(arguments.value("text")),
                        !arguments.flag("noecho"));
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
                       modem == nullptr ? "none" : modem->stateName(), line.country().code,
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

/// What a far end with a modem sends.
std::string Control::Impl::data(const std::vector<std::string>& words) {
    if (words.size() != 2 || !isPlainText(words[1], 200)) {
        return error("data needs one text in quotes; \\r and \\n end a line");
    }
    const std::string text = unescaped(words[1]);
    farEnd.sendData(std::as_bytes(std::span{text}));
    return "ok";
}

std::string Control::Impl::switched(std::string_view verb, const std::string& state) {
    if (state != "on" && state != "off") {
        return error(fmt::format("{} is on or off", verb));
    }
    if (verb == "dialtone") {
        line.setDialTone(state == "on");
    } else {
        line.setExtension(state == "on");
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
    if (verb == "data") {
        return data(*words);
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
        return fmt::format("{} | fault {}..|clear", kHelp, faultNames());
    }
    if (verb == "quit") {
        quit = true;
        return "ok";
    }
    if (verb == "fault") {
        return modem != nullptr ? runFaultCommand(*modem, std::span{*words}.subspan(1))
                                : "error there is no modem";
    }
    if (verb == "script") {
        const std::size_t at = text.find("script") + 6;
        const std::size_t from = text.find_first_not_of(" \t", at);
        const std::size_t end = text.find_last_not_of(" \t\r");
        return play(from == std::string_view::npos ? "" : text.substr(from, end + 1 - from));
    }
    if (verb == "script?") {
        return scriptState();
    }
    if (auto reply = runLineCommand(exchange, line, *words)) {
        return *reply;
    }
    constexpr std::array<std::string_view, 6> kQueries{"rings?",  "answer?",  "state?",
                                                       "digits?", "dialled?", "data?"};
    if (std::find(kQueries.begin(), kQueries.end(), verb) != kQueries.end()) {
        return query(verb);
    }
    return error(fmt::format("no command {}; try help", escaped(verb)));
}

Control::Control(Exchange& exchange, Line& line, FarEnd& farEnd, AtModem* modem)
    : impl_(std::make_unique<Impl>(Impl{exchange, line, farEnd, modem, false, {}, {}})) {}
Control::~Control() = default;

std::string Control::run(std::string_view command) {
    return impl_->run(command);
}
bool Control::quitAsked() const {
    return impl_->quit;
}

}  // namespace tipring::sim
