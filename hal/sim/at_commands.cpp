// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "at_modem_impl.h"

namespace tipring::sim {

using Kind = Command::Kind;

namespace {

/// A basic command that is accepted with a number in a range and does nothing that shows.
struct Accepted {
    std::string_view name;
    int high;
};
constexpr Accepted kAccepted[] = {
    {"B", 16},  {"C", 1},   {"L", 3},       {"M", 3},   {"N", 1},   {"P", 0},   {"T", 0},
    {"W", 2},   {"Y", 1},   {"&A", 3},      {"&B", 1},  {"&G", 2},  {"&H", 3},  {"&I", 5},
    {"&J", 1},  {"&K", 6},  {"&L", 1},      {"&M", 4},  {"&N", 50}, {"&P", 3},  {"&Q", 9},
    {"&R", 2},  {"&S", 3},  {"&T", 8},      {"&U", 50}, {"&X", 2},  {"&Y", 3},  {"&Z", 9},
    {"%C", 3},  {"%E", 3},  {"%B", 999999}, {"\\A", 3}, {"\\B", 9}, {"\\G", 1}, {"\\J", 1},
    {"\\K", 5}, {"\\N", 7}, {"\\Q", 3},     {"\\V", 3}, {"\\X", 1},
};

}  // namespace

Outcome AtModem::Impl::run(const Command& command) {
    if (const auto answer = fixedAnswer(command)) {
        return *answer;
    }
    if (command.name == "+FCLASS" || (command.name == "#CLS" && personality.rockwellVoice)) {
        return classCommand(command);
    }
    if (const Handler handler = findVoiceHandler(command.name, personality); handler != nullptr) {
        return (this->*handler)(command);
    }
    if (const auto outcome = settingCommand(command)) {
        return *outcome;
    }
    if (command.name.front() == '!' && personality.serialCallerId) {
        return Outcome::Next;  // Conexant: patch of a RAM cell, AT!4886=02
    }
    return command.name.front() == '&' ? runAmpersand(command) : runBasic(command);
}

std::optional<Outcome> AtModem::Impl::fixedAnswer(const Command& command) {
    std::string name{command.name};
    switch (command.kind) {
    case Kind::Read: name += '?'; break;
    case Kind::Test: name += "=?"; break;
    case Kind::Set: return std::nullopt;
    case Kind::Execute: break;
    }
    const auto at = std::find_if(personality.answers.begin(), personality.answers.end(),
                                 [&](const FixedAnswer& answer) { return answer.command == name; });
    if (at == personality.answers.end()) {
        return std::nullopt;
    }
    putLine(at->text);
    return Outcome::Next;
}

std::optional<Outcome> AtModem::Impl::settingCommand(const Command& command) {
    const auto row = findSetting(command.name, personality);
    if (!row) {
        return std::nullopt;
    }
    switch (command.kind) {
    case Kind::Read: putLine(readSetting(settings, *row)); return Outcome::Next;
    case Kind::Test: putLine(testSetting(*row)); return Outcome::Next;
    case Kind::Execute: return Outcome::Fail;
    case Kind::Set: break;
    }
    if (!assignSetting(settings, *row, command.args)) {
        return Outcome::Fail;
    }
    if (command.name == "+VIT" && settings.get(Setting::Vit) == 0) {
        inactivity.cancel();
    }
    return Outcome::Next;
}

Outcome AtModem::Impl::classCommand(const Command& command) {
    std::string_view all = personality.classes;
    switch (command.kind) {
    case Kind::Read: putLine(fmt::format("{}", cls)); return Outcome::Next;
    case Kind::Test: putLine(all); return Outcome::Next;
    case Kind::Execute: return Outcome::Fail;
    case Kind::Set: break;
    }
    while (!all.empty()) {
        if (cutField(all, ',') == command.args) {
            const auto next = decimal(command.args);
            setClass(next.value_or(1));  // 1.0 is a class 1
            return Outcome::Next;
        }
    }
    return Outcome::Fail;
}

Outcome AtModem::Impl::registerCommand(const Command& command) {
    if (command.number > 255 || !command.hasNumber) {
        return Outcome::Fail;
    }
    std::uint8_t& reg = settings.s[static_cast<std::size_t>(command.number)];
    switch (command.kind) {
    case Kind::Read: putLine(fmt::format("{:03}", reg)); return Outcome::Next;
    case Kind::Test: putLine("(0-255)"); return Outcome::Next;
    case Kind::Execute: return Outcome::Next;  // selects a register
    case Kind::Set: break;
    }
    const auto value = command.args.empty() ? std::optional<int>{0} : decimal(command.args);
    if (!value || *value > 255) {
        return Outcome::Fail;
    }
    reg = static_cast<std::uint8_t>(*value);
    return Outcome::Next;
}

Outcome AtModem::Impl::identify(const Command& command) {
    const std::string wanted = fmt::format("I{}", command.number);
    for (const FixedAnswer& answer : personality.answers) {
        if (answer.command == wanted) {
            putLine(answer.text);
            return Outcome::Next;
        }
    }
    return Outcome::Fail;
}

Outcome AtModem::Impl::view(const Command&) {
    putLine("ACTIVE PROFILE:");
    std::string text =
        fmt::format("E{} V{} Q{} X{} &C{} &D{}", int{settings.echo}, int{settings.verbose},
                    settings.quiet, settings.x, settings.c, settings.d);
    putLine(text);
    text.clear();
    for (std::size_t i = 0; i <= 12; ++i) {
        fmt::format_to(std::back_inserter(text), "S{:02}:{:03} ", i, settings.s[i]);
    }
    putLine(text);
    return Outcome::Next;
}

Outcome AtModem::Impl::runAmpersand(const Command& command) {
    const auto set = [&](int& field, int high) {
        if (command.number > high) {
            return Outcome::Fail;
        }
        field = command.number;
        return Outcome::Next;
    };
    switch (command.name[1]) {
    case 'C': {
        const Outcome outcome = set(settings.c, 1);
        updateLines();
        return outcome;
    }
    case 'D': return set(settings.d, 3);
    case 'F': restore(ModemSettings{}); return Outcome::Next;
    case 'V': return view(command);
    case 'W': stored = settings; return Outcome::Next;
    default: break;
    }
    for (const Accepted& accepted : kAccepted) {
        if (accepted.name == command.name) {
            return command.number <= accepted.high ? Outcome::Next : Outcome::Fail;
        }
    }
    return Outcome::Fail;
}

Outcome AtModem::Impl::runBasic(const Command& command) {
    const auto flag = [&](bool& field) {
        field = command.number == 1;
        return command.number <= 1 ? Outcome::Next : Outcome::Fail;
    };
    if (command.name.size() > 1) {
        return command.name.front() == '\\' || command.name.front() == '%' ? runAmpersand(command)
                                                                           : Outcome::Fail;
    }
    switch (command.name.front()) {
    case 'A': return answerCommand();
    case 'D': return dialCommand(command);
    case 'E': return flag(settings.echo);
    case 'H':
        if (command.number > 1) {
            return Outcome::Fail;
        }
        if (command.number == 1) {
            takeLine();
        } else {
            hangUp();
            setClass(personality.hangUpLeavesVoice ? 0 : cls);
        }
        return Outcome::Next;
    case 'I': return identify(command);
    case 'O': return onlineCommand();
    case 'Q':
        settings.quiet = command.number;
        return command.number <= 2 ? Outcome::Next : Outcome::Fail;
    case 'S': return registerCommand(command);
    case 'V': return flag(settings.verbose);
    case 'X':
        settings.x = std::min(command.number, 4);
        return command.number <= 4 ? Outcome::Next : Outcome::Fail;
    case 'Z': restore(stored); return Outcome::Next;
    default: return runAmpersand(command);
    }
}

}  // namespace tipring::sim
