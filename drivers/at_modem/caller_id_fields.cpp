// SPDX-License-Identifier: Apache-2.0
#include "caller_id_fields.h"

#include <array>

#include "text.h"

namespace tipring::at_modem {

std::string_view name(FieldStatus status) noexcept {
    switch (status) {
    case FieldStatus::Absent: return "absent";
    case FieldStatus::Ok: return "ok";
    case FieldStatus::Private: return "private";
    case FieldStatus::Unavailable: return "unavailable";
    case FieldStatus::Invalid: return "invalid";
    case FieldStatus::Partial: return "partial";
    }
    return "absent";
}

namespace {

struct LabelRow {
    std::string_view text;
    FieldStatus status;
};

// What networks, exchanges and modems put where a number or a name should be.
constexpr std::array kLabels{
    LabelRow{"P", FieldStatus::Private},
    LabelRow{"PRIVATE", FieldStatus::Private},
    LabelRow{"PRIVATE CALLER", FieldStatus::Private},
    LabelRow{"PRIVATE NUMBER", FieldStatus::Private},
    LabelRow{"PRIVATE NAME", FieldStatus::Private},
    LabelRow{"RESTRICTED", FieldStatus::Private},
    LabelRow{"WITHHELD", FieldStatus::Private},
    LabelRow{"NUMBER WITHHELD", FieldStatus::Private},
    LabelRow{"BLOCKED", FieldStatus::Private},
    LabelRow{"ANONYMOUS", FieldStatus::Private},
    LabelRow{"WITHHELD NUMBER", FieldStatus::Private},
    LabelRow{"CALLER WITHHELD", FieldStatus::Private},
    LabelRow{"O", FieldStatus::Unavailable},
    LabelRow{"OUT OF AREA", FieldStatus::Unavailable},
    LabelRow{"OUT-OF-AREA", FieldStatus::Unavailable},
    LabelRow{"UNAVAILABLE", FieldStatus::Unavailable},
    LabelRow{"NOT AVAILABLE", FieldStatus::Unavailable},
    LabelRow{"NUMBER UNAVAILABLE", FieldStatus::Unavailable},
    LabelRow{"UNKNOWN", FieldStatus::Unavailable},
    LabelRow{"UNKNOWN CALLER", FieldStatus::Unavailable},
    LabelRow{"UNKNOWN NAME", FieldStatus::Unavailable},
    LabelRow{"UNKNOWN NUMBER", FieldStatus::Unavailable},
    LabelRow{"NO NUMBER", FieldStatus::Unavailable},
    LabelRow{"NO NAME", FieldStatus::Unavailable},
    LabelRow{"NO CALLER ID", FieldStatus::Unavailable},
    LabelRow{"?", FieldStatus::Unavailable},
};

// Words that say why there is no number, and are worth reading where a name should be.
// The letters: callbox or coin, international, long distance, service conflict.
constexpr std::array<std::string_view, 11> kNumberOnlyLabels{
    "C",         "I",    "L",        "S",       "INTERNATIONAL", "PAYPHONE",
    "PAY PHONE", "COIN", "OVERSEAS", "CALLBOX", "CALL BOX"};

/// "-PRIVATE CALLER-" and "<unavailable>" without their dress.
std::string_view bare(std::string_view value) {
    while (value.size() > 2 &&
           (value.front() == '-' || value.front() == '<' || value.front() == '*') &&
           (value.back() == '-' || value.back() == '>' || value.back() == '*')) {
        value = trim(value.substr(1, value.size() - 2));
    }
    return value;
}

/// No label is longer than this.
constexpr std::size_t kLongestLabel = 24;

std::optional<FieldStatus> labelStatus(std::string_view value) {
    if (value.size() > kLongestLabel || isDigit(value.front())) {
        return {};
    }
    const std::string_view word = bare(value);
    for (const LabelRow& row : kLabels) {
        if (equalsNoCase(word, row.text)) {
            return row.status;
        }
    }
    return {};
}

int weight(FieldStatus status) {
    switch (status) {
    case FieldStatus::Absent: return 0;
    case FieldStatus::Invalid: return 1;
    case FieldStatus::Unavailable: return 2;
    case FieldStatus::Private: return 2;
    case FieldStatus::Partial: return 3;
    case FieldStatus::Ok: return 4;
    }
    return 0;
}

template <std::size_t N>
void put(FixedText<N>& text, FieldStatus& status, std::string_view value, FieldStatus found) {
    if (saysMore(found, status)) {
        status = found;
        text.assign(value);
    }
}

bool allZeros(std::string_view value) {
    return value.size() >= 7 && value.find_first_not_of('0') == std::string_view::npos;
}

FieldStatus numberStatus(std::string_view value) {
    if (const auto label = labelStatus(value)) {
        return *label;
    }
    for (const std::string_view label : kNumberOnlyLabels) {
        if (equalsNoCase(bare(value), label)) {
            return FieldStatus::Unavailable;
        }
    }
    if (!isNumber(value)) {
        return FieldStatus::Invalid;
    }
    if (allZeros(value)) {
        return FieldStatus::Private;  // exchanges send zeros for a withheld number
    }
    return value.back() == '-' ? FieldStatus::Partial : FieldStatus::Ok;
}

/// Bytes of the UTF-8 character at the start of `text`; 0 where there is none.
std::size_t utf8Length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first < 0xE0) {
        return follows(1) && (first != 0xC2 || byte(1) >= 0xA0) ? 2 : 0;  // C1 controls are no text
    }
    if (first >= 0xE0 && first < 0xF0) {
        const bool shortest = first != 0xE0 || (text.size() > 1 && byte(1) >= 0xA0);
        const bool surrogate = first == 0xED && text.size() > 1 && byte(1) >= 0xA0;
        return follows(1) && follows(2) && shortest && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first < 0xF5) {
        const bool shortest = first != 0xF0 || (text.size() > 1 && byte(1) >= 0x90);
        const bool inRange = first != 0xF4 || (text.size() > 1 && byte(1) < 0x90);
        return follows(1) && follows(2) && follows(3) && shortest && inRange ? 4 : 0;
    }
    return 0;
}

bool isUtf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8Length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

template <std::size_t N>
void assignUtf8(FixedText<N>& out, std::string_view value) {
    const auto plain = [](char c) { return c >= 0x20 && c < 0x7F; };
    if (std::all_of(value.begin(), value.end(), plain)) {
        out.assign(value);
        return;
    }
    out.clear();
    const bool utf8 = isUtf8(value);
    while (!value.empty()) {
        const auto byte = static_cast<unsigned char>(value.front());
        const std::size_t length = utf8 ? utf8Length(value) : 1;
        const std::size_t needed = utf8 || byte < 0xA0 ? length : 2;
        if (out.view().size() + needed > N) {
            return;
        }
        if (byte >= 0x20 && byte != 0x7F) {
            if (utf8 || byte < 0x80) {
                for (const char c : value.substr(0, length)) {
                    out.append(c);
                }
            } else if (byte < 0xA0) {
                out.append('?');
            } else {
                out.append(static_cast<char>(0xC0 | byte >> 6));
                out.append(static_cast<char>(0x80 | (byte & 0x3F)));
            }
        }
        value.remove_prefix(length);
    }
}

bool validDay(unsigned month, unsigned day) {
    static constexpr std::array<unsigned, 13> kDays{0,  31, 29, 31, 30, 31, 30,
                                                    31, 31, 30, 31, 30, 31};
    return month >= 1 && month <= 12 && day >= 1 && day <= kDays[month];
}

unsigned pairAt(std::string_view digits, std::size_t at) {
    return *smallNumber(digits.substr(at, 2));
}

/// Digits of a date or time without their separators; empty where something else is in it.
FixedText<12> digitsOf(std::string_view value, std::string_view separators) {
    FixedText<12> digits;
    for (const char c : value) {
        if (isDigit(c) ? !digits.append(c) : separators.find(c) == std::string_view::npos) {
            digits.clear();
            break;
        }
    }
    return digits;
}

}  // namespace

bool saysMore(FieldStatus next, FieldStatus known) noexcept {
    return next != FieldStatus::Absent && weight(next) >= weight(known);
}

bool isNumber(std::string_view value) {
    static constexpr auto kAllowed = [] {
        std::array<bool, 256> allowed{};
        for (const char c : std::string_view("0123456789+*#-. ()/")) {
            allowed[static_cast<unsigned char>(c)] = true;
        }
        return allowed;
    }();
    return value.size() <= 40 && std::any_of(value.begin(), value.end(), isDigit) &&
           std::all_of(value.begin(), value.end(),
                       [](char c) { return kAllowed[static_cast<unsigned char>(c)]; });
}

void takeNumber(CallerId& id, std::string_view value) {
    value = trim(value);
    if (value.empty()) {
        return;
    }
    const FieldStatus status = numberStatus(value);
    put(id.number, id.numberStatus, isNumber(value) ? value : std::string_view{}, status);
}

void takeName(CallerId& id, std::string_view value) {
    value = trim(value);
    if (value.empty()) {
        return;
    }
    if (const auto label = labelStatus(value)) {
        put(id.name, id.nameStatus, {}, *label);
        return;
    }
    FixedText<80> text;
    assignUtf8(text, value);
    if (!text.empty()) {
        put(id.name, id.nameStatus, text.view(), FieldStatus::Ok);
    }
}

void takeNumberReason(CallerId& id, std::string_view value) {
    if (!trim(value).empty()) {
        put(id.number, id.numberStatus, {},
            labelStatus(trim(value)).value_or(FieldStatus::Unavailable));
    }
}

void takeNameReason(CallerId& id, std::string_view value) {
    if (!trim(value).empty()) {
        put(id.name, id.nameStatus, {},
            labelStatus(trim(value)).value_or(FieldStatus::Unavailable));
    }
}

namespace {

bool isDate(std::string_view digits) {
    const unsigned first = pairAt(digits, 0), second = pairAt(digits, 2);
    return validDay(first, second) || validDay(second, first);
}

/// Month and day of a date that has a year: MM/DD/YY, MM/DD/YYYY, YYYY-MM-DD, YYMMDD, YYYYMMDD.
std::string_view withoutYear(std::string_view digits, std::string_view value) {
    const bool marked = digits.size() != value.size();
    const std::string_view last = digits.substr(digits.size() - 4);
    if (digits.size() == 6) {
        return marked && isDate(digits.substr(0, 4)) ? digits.substr(0, 4) : last;
    }
    const bool yearFirst = marked ? allDigits(value.substr(0, 4)) : pairAt(digits, 0) > 12;
    return yearFirst && isDate(last) ? last : digits.substr(0, 4);
}

/// Takes "AM" or "PM" off; the hours to add to one of 1..12, which 12 itself counts as 0.
std::optional<unsigned> takeHalfOfDay(std::string_view& value) {
    if (value.size() < 3 || upper(value.back()) != 'M') {
        return {};
    }
    const char half = upper(value[value.size() - 2]);
    if (half != 'A' && half != 'P') {
        return {};
    }
    value = trim(value.substr(0, value.size() - 2));
    return half == 'P' ? 12 : 0;
}

}  // namespace

void takeDate(CallerId& id, std::string_view value) {
    value = trim(value);
    const auto blank = value.find(' ');
    if (blank != std::string_view::npos) {
        takeTime(id, value.substr(blank + 1));
        value = value.substr(0, blank);
    }
    const FixedText<12> text = digitsOf(value, "/-.");
    std::string_view digits = text.view();
    const bool plain = digits.size() == 8 && value.size() == 8;
    if (plain && (validDay(pairAt(digits, 0), pairAt(digits, 2)) || !isDate(digits.substr(4)))) {
        takeTime(id, digits.substr(4));  // MMDDHHMM
        digits = digits.substr(0, 4);
    } else if (digits.size() == 8 || digits.size() == 6) {
        digits = withoutYear(digits, value);
    }
    if (digits.size() != 4) {
        return;
    }
    const unsigned first = pairAt(digits, 0), second = pairAt(digits, 2);
    if (validDay(first, second)) {
        id.date = CallerId::Date{std::uint8_t(first), std::uint8_t(second)};
    } else if (validDay(second, first)) {
        id.date = CallerId::Date{std::uint8_t(second), std::uint8_t(first)};
    }
}

void takeTime(CallerId& id, std::string_view value) {
    value = trim(value);
    const auto half = takeHalfOfDay(value);
    const bool shortHour = half && value.size() > 1 && value[1] == ':';  // "2:15 PM"
    FixedText<12> text = digitsOf(value, ":");
    if (shortHour) {
        const FixedText<12> digits = text;
        text.assign("0");
        for (const char digit : digits.view()) {
            text.append(digit);
        }
    }
    const std::string_view digits = text.view();
    const bool seconds = digits.size() == 6;
    if (digits.size() != 4 && !seconds) {
        return;
    }
    unsigned hour = pairAt(digits, 0);
    const unsigned minute = pairAt(digits, 2);
    if (half) {
        hour = hour >= 1 && hour <= 12 ? hour % 12 + *half : 24;
    }
    if (hour < 24 && minute < 60) {
        id.time = CallerId::Time{std::uint8_t(hour), std::uint8_t(minute)};
    }
}

void takeDtmf(CallerId& id, std::string_view digits) {
    const auto run = [&](std::size_t at) {
        const std::size_t end = digits.find_first_not_of("0123456789", at);
        return digits.substr(at, end == std::string_view::npos ? end : end - at);
    };
    if (digits.size() == 3 && digits[0] == 'D' && digits[2] == '#') {
        takeNumberReason(id, digits[1] == '1' ? "P" : "O");
        return;
    }
    if (digits.size() > 1 && digits.back() == '#' && isDigit(digits[0])) {
        takeNumber(id, digits.substr(0, digits.size() - 1));
        return;
    }
    if (isNumber(digits)) {
        id.called.assign(digits);
        return;
    }
    for (std::size_t at = 0; at < digits.size(); ++at) {
        const std::string_view value = run(at + 1 < digits.size() ? at + 1 : digits.size());
        if (value.empty()) {
            continue;
        }
        if (digits[at] == 'A' || (digits[at] == 'D' && at == 0)) {
            takeNumber(id, value);
        } else if (digits[at] == 'D' && isNumber(value)) {
            id.redirecting.assign(value);
        } else if (digits[at] == 'B') {
            takeNumberReason(id, "O");  // sources differ on which code is withheld
        }
    }
}

}  // namespace tipring::at_modem
