// SPDX-License-Identifier: Apache-2.0
#include "command_line.h"

#include <algorithm>
#include <charconv>

namespace tipring::sim {

namespace {

constexpr char kCan = 0x18;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isLetter(char c) {
    return c >= 'A' && c <= 'Z';
}
char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool isExtendedPrefix(char c) {
    return c == '+' || c == '#' || c == '-' || c == '!' || c == '$' || c == '^';
}
bool isBasicPrefix(char c) {
    return c == '&' || c == '%' || c == '\\' || c == '*' || c == ')';
}

std::optional<int> number(std::string_view text, int base) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value < 0 ||
        value > 999999) {
        return std::nullopt;
    }
    return value;
}

/// The digits at the front of `rest`, cut off.
std::string_view cutDigits(std::string_view& rest) {
    const auto* end = std::find_if_not(rest.begin(), rest.end(), isDigit);
    const std::string_view digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(digits.size());
    return digits;
}

/// What follows a name: =?, ?, =value or nothing. Value is up to a semicolon, or digits for S.
void cutParameters(Command& command, std::string_view& rest, bool digitsOnly) {
    if (rest.starts_with("=?")) {
        command.kind = Command::Kind::Test;
        rest.remove_prefix(2);
    } else if (rest.starts_with("?")) {
        command.kind = Command::Kind::Read;
        rest.remove_prefix(1);
    } else if (rest.starts_with("=")) {
        command.kind = Command::Kind::Set;
        rest.remove_prefix(1);
        if (digitsOnly) {
            command.args = cutDigits(rest);
        } else {
            std::string_view after = rest;
            command.args = cutField(after, ';');
            rest.remove_prefix(command.args.size());
        }
    }
}

Command dialCommand(std::string_view& rest) {
    Command command;
    command.name = rest.substr(0, 1);
    const std::size_t end = std::min(rest.find(';'), rest.size() - 1);
    command.args = rest.substr(1, end);
    rest.remove_prefix(end + 1);
    return command;
}

std::optional<Command> extendedCommand(std::string_view& rest) {
    Command command;
    const auto* end = std::find_if_not(rest.begin() + 1, rest.end(),
                                       [](char c) { return isLetter(c) || isDigit(c); });
    command.name = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(command.name.size());
    cutParameters(command, rest, false);
    if (command.name.size() < 2 || (!rest.empty() && rest.front() != ';')) {
        return std::nullopt;
    }
    return command;
}

std::optional<Command> basicCommand(std::string_view& rest) {
    Command command;
    const std::size_t length = isBasicPrefix(rest.front()) ? 2 : 1;
    if (rest.size() < length || !isLetter(rest[length - 1])) {
        return std::nullopt;
    }
    command.name = rest.substr(0, length);
    rest.remove_prefix(length);
    const std::string_view digits = cutDigits(rest);
    command.hasNumber = !digits.empty();
    const auto value = command.hasNumber ? decimal(digits) : std::optional<int>{0};
    if (!value) {
        return std::nullopt;
    }
    command.number = *value;
    if (command.name == "S") {
        cutParameters(command, rest, true);
    }
    return command;
}

}  // namespace

CommandLine::Event CommandLine::add(char c, char terminator, char eraser) {
    switch (state_) {
    case State::Hunting: break;
    case State::SawA:
        if (c == '/') {
            state_ = State::Hunting;
            return Event::Repeat;
        }
        if (c == (first_ == 'A' ? 'T' : 't')) {  // V.250: both letters of one case
            state_ = State::Body;
            raw_.clear();
            overflow_ = false;
            return Event::None;
        }
        state_ = State::Hunting;
        break;
    case State::Body:
        if (c == terminator) {
            state_ = State::Hunting;
            if (overflow_) {
                return Event::Overflow;
            }
            finish();
            return Event::Line;
        }
        if (c == kCan) {
            state_ = State::Hunting;
        } else if (c == eraser) {
            if (!raw_.empty()) {
                raw_.pop_back();
            }
        } else if (raw_.size() == kMaxBody) {
            overflow_ = true;
        } else {
            raw_ += c;
        }
        return Event::None;
    }
    if (c == 'A' || c == 'a') {
        state_ = State::SawA;
        first_ = c;
    }
    return Event::None;
}

void CommandLine::finish() {
    body_.clear();
    bool quoted = false;
    for (const char c : raw_) {
        quoted = c == '"' ? !quoted : quoted;
        if (quoted && c >= ' ') {
            body_ += c;
        } else if (c > ' ' && c < 0x7F) {
            body_ += upper(c);
        }
    }
}

void CommandLine::clear() {
    state_ = State::Hunting;
    raw_.clear();
}

std::optional<Command> nextCommand(std::string_view& rest) {
    std::optional<Command> command;
    if (rest.front() == 'D') {
        command = dialCommand(rest);
    } else if (isExtendedPrefix(rest.front())) {
        command = extendedCommand(rest);
    } else {
        command = basicCommand(rest);
    }
    if (command && rest.starts_with(";")) {
        rest.remove_prefix(1);
    }
    return command;
}

std::optional<int> decimal(std::string_view text) {
    return number(text, 10);
}
std::optional<int> hexadecimal(std::string_view text) {
    return number(text, 16);
}

std::string_view cutField(std::string_view& rest, char separator) {
    int depth = 0;
    bool quoted = false;
    std::size_t at = 0;
    for (; at < rest.size(); ++at) {
        const char c = rest[at];
        quoted = c == '"' ? !quoted : quoted;
        depth += !quoted && (c == '[' || c == '{' || c == '(') ? 1 : 0;
        depth -= !quoted && (c == ']' || c == '}' || c == ')') ? 1 : 0;
        if (!quoted && depth <= 0 && c == separator) {
            break;
        }
    }
    const std::string_view field = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return field;
}

}  // namespace tipring::sim
