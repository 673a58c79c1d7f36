// SPDX-License-Identifier: Apache-2.0
#include "control_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "control_words.h"
#include "tipring/hal/dsp/caller_id_standard.h"

namespace tipring::sim {

namespace {

using Supervision = ExchangeHabits::Supervision;
using Flash = ExchangeHabits::Flash;

template <class Value>
struct Named {
    std::string_view name;
    Value value;
};
constexpr Named<Supervision> kSupervisions[] = {{"none", Supervision::None},
                                                {"drop", Supervision::BatteryDrop},
                                                {"reversal", Supervision::Reversal},
                                                {"tones", Supervision::Tones}};
constexpr Named<Flash> kFlashes[] = {{"none", Flash::None},
                                     {"american", Flash::NorthAmerican},
                                     {"european", Flash::European},
                                     {"pbx", Flash::Pbx}};
constexpr Named<Forward> kForwardNames[] = {
    {"always", Forward::Always}, {"busy", Forward::Busy}, {"noanswer", Forward::NoAnswer}};

template <class Value, std::size_t N>
std::optional<Value> valueOf(const Named<Value> (&table)[N], std::string_view name) {
    const auto* at =
        std::find_if(table, table + N, [&](const auto& row) { return row.name == name; });
    return at == table + N ? std::nullopt : std::optional{at->value};
}
template <class Value, std::size_t N>
std::string_view nameOf(const Named<Value> (&table)[N], Value value) {
    return std::find_if(table, table + N, [&](const auto& row) { return row.value == value; })
        ->name;
}

template <class Field>
bool assign(Field& field, const std::optional<Field>& value) {
    field = value.value_or(field);
    return value.has_value();
}
template <class Field>
bool assignWrapped(std::optional<Field>& field, const std::optional<Field>& value) {
    field = value.has_value() ? value : field;
    return value.has_value();
}
bool assignTime(std::chrono::milliseconds& field, std::string_view text) {
    const auto seconds = smallNumber(text);
    field = seconds ? std::chrono::seconds{*seconds} : field;
    return seconds && *seconds > 0;
}
bool assignStandard(std::string& field, std::string_view text) {
    field = text == "country" ? "" : text;
    return text == "country" || text == "none" || dsp::callerIdStandard(text) != nullptr;
}

/// A word of `line`, how it is read, and what it may be.
struct LineWord {
    std::string_view name;
    bool (*set)(LineSettings& to, std::string_view text);
    std::string_view range;
};
constexpr LineWord kLineWords[] = {
    {"supervision",
     [](LineSettings& to, std::string_view text) {
         return assignWrapped(to.supervision, valueOf(kSupervisions, text));
     },
     "none, drop, reversal or tones"},
    {"flash",
     [](LineSettings& to, std::string_view text) {
         return assignWrapped(to.flash, valueOf(kFlashes, text));
     },
     "none, american, european or pbx"},
    {"callerid",
     [](LineSettings& to, std::string_view text) { return assignStandard(to.callerId, text); },
     "country, none or a standard such as bell, bt, etsi-ring, dtmf-parts"},
    {"single",
     [](LineSettings& to, std::string_view text) { return assign(to.singleMessage, onOff(text)); },
     "on or off"},
    {"reversal",
     [](LineSettings& to, std::string_view text) {
         return assign(to.reversesOnAnswer, onOff(text));
     },
     "on or off"},
    {"tone",
     [](LineSettings& to, std::string_view text) { return assign(to.toneDialling, onOff(text)); },
     "on or off"},
    {"pulse",
     [](LineSettings& to, std::string_view text) { return assign(to.pulseDialling, onOff(text)); },
     "on or off"},
    {"waiting",
     [](LineSettings& to, std::string_view text) { return assign(to.callWaiting, onOff(text)); },
     "on or off"},
    {"transfer",
     [](LineSettings& to, std::string_view text) {
         return assign(to.transferOnHangUp, onOff(text));
     },
     "on or off"},
    {"reminder",
     [](LineSettings& to, std::string_view text) { return assign(to.reminder, onOff(text)); },
     "on or off"},
    {"stutter",
     [](LineSettings& to, std::string_view text) { return assign(to.stutter, onOff(text)); },
     "on or off"},
    {"lamp", [](LineSettings& to, std::string_view text) { return assign(to.lamp, onOff(text)); },
     "on or off"},
    {"nodial", [](LineSettings& to, std::string_view text) { return assignTime(to.noDial, text); },
     "seconds, 1 to 999"},
    {"noanswer",
     [](LineSettings& to, std::string_view text) { return assignTime(to.noAnswer, text); },
     "seconds, 1 to 999"},
    {"battery",
     [](LineSettings& to, std::string_view text) {
         return assign(to.batteryVolts, decimalNumber(text, 0, 100));
     },
     "volts, 0 to 100"},
    {"ring",
     [](LineSettings& to, std::string_view text) {
         return assign(to.ringVolts, decimalNumber(text, 0, 150));
     },
     "volts, 0 to 150"},
    {"ohms",
     [](LineSettings& to, std::string_view text) {
         return assign(to.loopOhms, decimalNumber(text, 100, 10000));
     },
     "100 to 10000"},
    {"name",
     [](LineSettings& to, std::string_view text) {
         to.name = text;
         return isPlainText(text, 60);
     },
     "up to 60 printable characters"},
};

/// A word of `copper`: one of the two fields, and its limits. An optional one may be `off`.
struct CopperWord {
    std::string_view name;
    float CopperSettings::*plain;
    std::optional<float> CopperSettings::*optional;
    float least, most;
};
constexpr CopperWord kCopperWords[] = {
    {"attenuation", &CopperSettings::attenuation, nullptr, -40, 60},
    {"slope", &CopperSettings::slope, nullptr, 0, 15},
    {"noise", nullptr, &CopperSettings::whiteNoise, -90, 3},
    {"impulses", nullptr, &CopperSettings::impulses, -90, 3},
    {"impulserate", &CopperSettings::impulseRate, nullptr, 0.01F, 1000},
    {"hum", nullptr, &CopperSettings::hum, -90, 3},
    {"humhertz", &CopperSettings::humHertz, nullptr, 10, 700},
    {"echo", nullptr, &CopperSettings::echoLoss, 0, 60},
    {"echodelay", &CopperSettings::echoDelay, nullptr, 0, 100},
    {"clipping", nullptr, &CopperSettings::clipping, -90, 3.14F},
    {"dropouts", &CopperSettings::dropoutRate, nullptr, 0, 100},
    {"dropoutlength", &CopperSettings::dropoutLength, nullptr, 1, 10000},
};

std::string lineCommand(Line& line, const Arguments& arguments) {
    LineSettings settings = line.settings();
    if (arguments.named.empty() || !arguments.flags.empty()) {
        return error("line needs a setting, for example line waiting=on; see help and line?");
    }
    for (const auto& [name, text] : arguments.named) {
        if (const std::string wrong = setLineSetting(settings, name, text); !wrong.empty()) {
            return error(wrong);
        }
    }
    line.setSettings(settings);
    return "ok";
}

std::string_view onOffText(bool on) {
    return on ? "on" : "off";
}

std::string describeLine(const Line& line) {
    const LineSettings& now = line.settings();
    const ExchangeHabits& habits = line.country().habits;
    return fmt::format(
        "ok supervision={} flash={} callerid={} single={} reversal={} tone={} pulse={} waiting={} "
        "transfer={} reminder={} stutter={} lamp={} nodial={} noanswer={} battery={} ring={} "
        "ohms={} "
        "name=\"{}\"",
        nameOf(kSupervisions, now.supervision.value_or(habits.supervision)),
        nameOf(kFlashes, now.flash.value_or(habits.flash)),
        now.callerId.empty() ? line.country().callerId : std::string_view{now.callerId},
        onOffText(now.singleMessage), onOffText(now.reversesOnAnswer), onOffText(now.toneDialling),
        onOffText(now.pulseDialling), onOffText(now.callWaiting), onOffText(now.transferOnHangUp),
        onOffText(now.reminder), onOffText(now.stutter), onOffText(now.lamp),
        now.noDial.count() / 1000, now.noAnswer.count() / 1000, now.batteryVolts, now.ringVolts,
        now.loopOhms, now.name);
}

bool setCopperWord(CopperSettings& settings, const CopperWord& word, std::string_view text) {
    if (word.optional != nullptr && text == "off") {
        settings.*word.optional = std::nullopt;
        return true;
    }
    const auto value = decimalNumber(text, word.least, word.most);
    if (value && word.optional != nullptr) {
        settings.*word.optional = value;
    } else if (value) {
        settings.*word.plain = *value;
    }
    return value.has_value();
}

std::string copperCommand(Line& line, const Arguments& arguments) {
    CopperSettings settings = arguments.flag("clear") ? CopperSettings{} : line.copper();
    for (const std::string& flag : arguments.flags) {
        if (flag != "clear") {
            return error(fmt::format("copper does not know {}; say clear or SETTING=", flag));
        }
    }
    for (const auto& [name, text] : arguments.named) {
        if (const std::string wrong = setCopperSetting(settings, name, text); !wrong.empty()) {
            return error(wrong);
        }
    }
    line.setCopper(settings);
    return "ok";
}

std::string describeCopper(const CopperSettings& settings) {
    std::string text = "ok";
    for (const CopperWord& word : kCopperWords) {
        const auto value = word.optional != nullptr ? settings.*word.optional
                                                    : std::optional{settings.*word.plain};
        text +=
            value ? fmt::format(" {}={}", word.name, *value) : fmt::format(" {}=off", word.name);
    }
    return text + fmt::format(" cut={}", onOffText(settings.cut));
}

std::string describeElectrics(const LineElectrics& now) {
    return fmt::format("ok volts={:.1f} milliamps={:.1f} ringvolts={:.0f} ringhertz={:.0f}",
                       now.volts, now.milliamps, now.ringVolts, now.ringHertz);
}

std::string forwardCommand(Line& line, std::span<const std::string> words) {
    const auto when = words.size() == 3 ? valueOf(kForwardNames, words[1]) : std::nullopt;
    if (!when || !isPlainText(words[2], 32)) {
        return error("forward needs always, busy or noanswer, and a number or off");
    }
    line.setForward(*when, words[2] == "off" ? std::string_view{} : words[2]);
    return "ok";
}

std::string messagesCommand(Line& line, std::span<const std::string> words) {
    const auto count = words.size() == 2 ? smallNumber(words[1]) : std::nullopt;
    if (!count) {
        return error("messages needs how many wait, 0 to 999");
    }
    line.setMessageWaiting(*count);
    return "ok";
}

std::string numberCommand(Exchange& exchange, Line& line, std::span<const std::string> words) {
    const Arguments arguments{words.subspan(std::min<std::size_t>(2, words.size()))};
    const auto pattern = smallNumber(arguments.value("ring"));
    if (words.size() != 3 || !isPlainText(words[1], 32) || !pattern || *pattern >= kRingPatterns) {
        return error("number needs a number and ring=0 to ring=3");
    }
    return exchange.addNumber(words[1], line, *pattern)
               ? "ok"
               : error("that number is another line's; choose one that is free");
}

}  // namespace

std::string setLineSetting(LineSettings& to, std::string_view name, std::string_view text) {
    const auto* word = std::find_if(std::begin(kLineWords), std::end(kLineWords),
                                    [&](const LineWord& each) { return each.name == name; });
    if (word == std::end(kLineWords)) {
        return fmt::format("line has no setting {}; line? shows them", name);
    }
    return word->set(to, text) ? std::string{} : fmt::format("{} is {}", name, word->range);
}

std::string setCopperSetting(CopperSettings& to, std::string_view name, std::string_view text) {
    if (name == "cut" && onOff(text)) {
        to.cut = *onOff(text);
        return {};
    }
    const auto* word = std::find_if(std::begin(kCopperWords), std::end(kCopperWords),
                                    [&](const CopperWord& each) { return each.name == name; });
    if (word == std::end(kCopperWords)) {
        return fmt::format("copper has no setting {}; copper? shows them", name);
    }
    return setCopperWord(to, *word, text)
               ? std::string{}
               : fmt::format("{} is a number from {} to {}{}", name, word->least, word->most,
                             word->optional != nullptr ? ", or off" : "");
}

std::optional<std::string> runLineCommand(Exchange& exchange, Line& line,
                                          std::span<const std::string> words) {
    const std::string& verb = words.front();
    const Arguments arguments{words.subspan(1)};
    if (verb == "line") {
        return lineCommand(line, arguments);
    }
    if (verb == "copper") {
        return copperCommand(line, arguments);
    }
    if (verb == "line?") {
        return describeLine(line);
    }
    if (verb == "copper?") {
        return describeCopper(line.copper());
    }
    if (verb == "electrics?") {
        return describeElectrics(line.electrics());
    }
    if (verb == "forward") {
        return forwardCommand(line, words);
    }
    if (verb == "messages") {
        return messagesCommand(line, words);
    }
    if (verb == "number") {
        return numberCommand(exchange, line, words);
    }
    if (verb == "flash") {
        line.flash();
        return "ok";
    }
    return std::nullopt;
}

}  // namespace tipring::sim
