// SPDX-License-Identifier: Apache-2.0
#include "control_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "control_words.h"

namespace tipring::sim {

namespace {

using Time = std::chrono::milliseconds;

/// One fault: the field it sets, and what that takes.
struct FaultWord {
    std::string_view name;
    std::string ModemFaults::*text = nullptr;  ///< a command, or what is said
    bool ModemFaults::*flag = nullptr;
    std::size_t ModemFaults::*count = nullptr;
    Time ModemFaults::*time = nullptr;
};
constexpr FaultWord kFaultWords[] = {
    {"late", nullptr, nullptr, nullptr, &ModemFaults::answerDelay},
    {"silent", &ModemFaults::neverAnswer},
    {"twice", &ModemFaults::answerTwice},
    {"ignore", &ModemFaults::acceptAndIgnore},
    {"garbage", &ModemFaults::garbage},
    {"noecho", nullptr, &ModemFaults::dropEcho},
    {"unshielded", nullptr, &ModemFaults::forgetShielding},
    {"wrong", &ModemFaults::wrongResultAt},
    {"result", &ModemFaults::wrongResult},
    {"forgetid", &ModemFaults::forgetCallerIdAt},
    {"pieces", nullptr, nullptr, &ModemFaults::splitLines},
    {"merge", nullptr, &ModemFaults::mergeLines},
    {"stall", &ModemFaults::stallAt},
    {"stallfor", nullptr, nullptr, nullptr, &ModemFaults::stall},
    {"wedge", &ModemFaults::wedgeAt},
    {"hard", nullptr, &ModemFaults::wedgeHard},
    {"vanish", &ModemFaults::vanishAt},
    {"away", nullptr, nullptr, nullptr, &ModemFaults::awayFor},
    {"noend", nullptr, &ModemFaults::dropEndMark},
    {"starve", nullptr, nullptr, &ModemFaults::starveEvery},
    {"lose", nullptr, nullptr, &ModemFaults::loseEvery},
};

/// What is wrong, or nothing.
std::string setFault(ModemFaults& faults, const FaultWord& word, std::string_view text) {
    if (word.flag != nullptr) {
        const auto on = onOff(text);
        faults.*word.flag = on.value_or(false);
        return on ? "" : fmt::format("{} is on or off", word.name);
    }
    if (word.text != nullptr) {
        faults.*word.text = text;
        return isPlainText(text, 60) ? "" : fmt::format("{} is up to 60 characters", word.name);
    }
    const auto number = decimalNumber(text, 0, 3600);
    if (!number) {
        return fmt::format("{} is {} from 0 to 3600", word.name,
                           word.time != nullptr ? "seconds" : "a number");
    }
    if (word.time != nullptr) {
        faults.*word.time = Time{static_cast<std::int64_t>(*number * 1000)};
    } else {
        faults.*word.count = static_cast<std::size_t>(*number);
    }
    return {};
}

}  // namespace

std::string runFaultCommand(AtModem& modem, std::span<const std::string> words) {
    const Arguments arguments{words};
    ModemFaults faults = arguments.flag("clear") ? ModemFaults{} : modem.faults();
    if (arguments.flags.size() > (arguments.flag("clear") ? 1U : 0U) || words.empty()) {
        return error("fault needs NAME=VALUE or clear, for example fault silent=+VTX; see help");
    }
    for (const auto& [name, text] : arguments.named) {
        const auto* word = std::find_if(std::begin(kFaultWords), std::end(kFaultWords),
                                        [&](const FaultWord& each) { return each.name == name; });
        const std::string wrong = word == std::end(kFaultWords)
                                      ? fmt::format("there is no fault {}; see help", escaped(name))
                                      : setFault(faults, *word, text);
        if (!wrong.empty()) {
            return error(wrong);
        }
    }
    modem.setFaults(std::move(faults));
    return "ok";
}

std::string faultNames() {
    std::string names;
    for (const FaultWord& word : kFaultWords) {
        names += fmt::format("{}{}=", names.empty() ? "" : " ", word.name);
    }
    return names;
}

}  // namespace tipring::sim
