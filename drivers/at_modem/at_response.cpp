// SPDX-License-Identifier: Apache-2.0
#include "at_response.h"

#include <algorithm>
#include <array>
#include <span>

#include "text.h"

namespace tipring::at_modem {

namespace {

struct ResultRow {
    std::string_view text;
    ResultCode code;
    bool more;  ///< text may follow
};

// Whole lines; where text may follow, a mark, a blank or nothing comes next ("CONNECT/ARQ", and the
// "CONNECT*" of the ZyXEL 2864).
constexpr std::array kResults{
    ResultRow{"OK", ResultCode::Ok, false},
    ResultRow{"ERROR", ResultCode::Error, false},
    ResultRow{"+CME ERROR", ResultCode::Error, true},
    ResultRow{"+CMS ERROR", ResultCode::Error, true},
    ResultRow{"+FCERROR", ResultCode::Error, true},
    ResultRow{"+F4", ResultCode::Error, false},
    ResultRow{"+VCON", ResultCode::Vcon, false},
    ResultRow{"CONNECT", ResultCode::Connect, true},
    ResultRow{"VCON", ResultCode::Vcon, false},
    ResultRow{"#VCON", ResultCode::Vcon, false},
    ResultRow{"NO CARRIER", ResultCode::NoCarrier, false},
    ResultRow{"NO DIALTONE", ResultCode::NoDialTone, false},
    ResultRow{"NO DIAL TONE", ResultCode::NoDialTone, false},
    ResultRow{"NO ANSWER", ResultCode::NoAnswer, false},
    ResultRow{"NO LINE", ResultCode::NoLine, false},
    ResultRow{"BUSY", ResultCode::Busy, false},
    ResultRow{"BLACKLISTED", ResultCode::Blacklisted, false},
    ResultRow{"BLACKLIST FULL", ResultCode::Blacklisted, false},
    ResultRow{"RINGING", ResultCode::Ringing, false},
    ResultRow{"RINGBACK", ResultCode::Ringing, false},
    ResultRow{"DELAYED", ResultCode::Delayed, true},
    ResultRow{"DIGITAL LINE DETECTED", ResultCode::DigitalLine, false},
    ResultRow{"DATA", ResultCode::Data, false},
    ResultRow{"FAX", ResultCode::Fax, false},
    ResultRow{"LINE IN USE", ResultCode::LineInUse, false},
    ResultRow{"LINE-IN-USE", ResultCode::LineInUse, false},
};

struct TagRow {
    std::string_view text;
    Tag tag;
};

// Longer tags before those that they begin with.
constexpr std::array kTags{
    TagRow{"DATE TIME", Tag::DateTime},
    TagRow{"DATE", Tag::Date},
    TagRow{"DDN_NMBR", Tag::DialableNumber},
    TagRow{"DDN", Tag::DialableNumber},
    TagRow{"DAD", Tag::Called},
    TagRow{"TIME", Tag::Time},
    TagRow{"TO", Tag::Called},
    TagRow{"NMBR", Tag::Number},
    TagRow{"NBR", Tag::Number},
    TagRow{"NUMBER", Tag::Number},
    TagRow{"NAME", Tag::Name},
    TagRow{"NDID", Tag::Called},
    TagRow{"NO MESSAGE REASON", Tag::NoNumberReason},
    TagRow{"CALLER NUMBER", Tag::Number},
    TagRow{"CALLER'S NUMBER", Tag::Number},
    TagRow{"CALLERS NUMBER", Tag::Number},
    TagRow{"CALLER NAME", Tag::Name},
    TagRow{"CALLER'S NAME", Tag::Name},
    TagRow{"CALLED NUMBER", Tag::Called},
    TagRow{"CALLING NUMBER", Tag::Number},
    TagRow{"CALLING NAME", Tag::Name},
    TagRow{"CALLBACK NMBR", Tag::Skipped},
    TagRow{"CLIP", Tag::Number},
    TagRow{"ANID", Tag::DialableNumber},
    TagRow{"FM", Tag::Number},
    TagRow{"MESG", Tag::Message},
    TagRow{"MSG_WAITING", Tag::MessageWaiting},
    TagRow{"ERRM", Tag::ChecksumError},
    TagRow{"LOOKUP NAME", Tag::LookupName},
    TagRow{"REASON NO NAME", Tag::NoNameReason},
    TagRow{"REASON NO NUMBER", Tag::NoNumberReason},
    TagRow{"REDIRECT", Tag::Redirecting},
    TagRow{"QUAL", Tag::Skipped},
    TagRow{"+VCIDR", Tag::RawDump},
};

/// Rows of a table by the first letter of their text: a line is held only against those. Rows with
/// the same first letter stand together.
template <std::size_t N>
struct ByFirstLetter {
    std::array<std::uint8_t, 256> begin{}, end{};
};

template <class Row, std::size_t N>
constexpr ByFirstLetter<N> byFirstLetter(const std::array<Row, N>& table) {
    ByFirstLetter<N> index;
    for (std::size_t i = 0; i < N; ++i) {
        const auto letter = static_cast<unsigned char>(table[i].text.front());
        if (index.end[letter] == 0) {
            index.begin[letter] = static_cast<std::uint8_t>(i);
        } else if (index.end[letter] != i) {
            throw "rows with the same first letter must stand together";
        }
        index.end[letter] = static_cast<std::uint8_t>(i + 1);
    }
    return index;
}

constexpr auto kResultsByLetter = byFirstLetter(kResults);
constexpr auto kTagsByLetter = byFirstLetter(kTags);

template <class Row, std::size_t N>
constexpr std::span<const Row> rowsFor(char letter, const std::array<Row, N>& table,
                                       const ByFirstLetter<N>& index) {
    const auto at = static_cast<unsigned char>(upper(letter));
    return std::span(table).subspan(index.begin[at],
                                    static_cast<std::size_t>(index.end[at] - index.begin[at]));
}

/// Up to eight letters as one number: a switch over short words.
constexpr std::uint64_t wordOf(std::string_view text) {
    std::uint64_t word = 0;
    for (const char letter : text) {
        word = word << 8 | static_cast<unsigned char>(letter);
    }
    return word;
}

struct FoundTag {
    Tag tag;
    std::size_t valueAt;  ///< behind the separator
};

/// The four that every caller ID has, without a look at the table.
std::optional<FoundTag> commonTagAt(std::string_view text) {
    if (text.size() < 6) {
        return {};
    }
    std::size_t at = 4;
    at += text[at] == ' ' ? 1 : 0;
    if (text[at] != '=') {
        return {};
    }
    switch (wordOf(text.substr(0, 4))) {
    case wordOf("DATE"): return FoundTag{Tag::Date, at + 1};
    case wordOf("TIME"): return FoundTag{Tag::Time, at + 1};
    case wordOf("NMBR"): return FoundTag{Tag::Number, at + 1};
    case wordOf("NAME"): return FoundTag{Tag::Name, at + 1};
    default: return {};
    }
}

/// One sample lacks the separator: "DATE 0408".
bool mayLackSeparator(Tag tag, std::string_view value) {
    value = trim(value);
    switch (tag) {
    case Tag::Date:
    case Tag::Time: return allDigits(value);
    case Tag::Number:
    case Tag::DialableNumber: return allDigits(value) || value == "P" || value == "O";
    default: return false;
    }
}

/// A tag at the start of `text`, its separator behind it.
std::optional<FoundTag> tagAt(std::string_view text) {
    if (const auto common = commonTagAt(text); common || text.empty()) {
        return common;
    }
    for (const TagRow& row : rowsFor(text.front(), kTags, kTagsByLetter)) {
        if (!startsWithNoCase(text, row.text)) {
            continue;
        }
        std::size_t at = row.text.size();
        while (at < text.size() && isBlank(text[at])) {
            ++at;
        }
        if (at < text.size() && (text[at] == '=' || text[at] == ':')) {
            return FoundTag{row.tag, at + 1};
        }
        const bool blank = at > row.text.size();
        if (blank && mayLackSeparator(row.tag, text.substr(at))) {
            return FoundTag{row.tag, at};
        }
    }
    return {};
}

/// Where the next "TAG =" begins in a value: after a blank, or NMBR= anywhere (no name holds that).
/// Of the tags with a colon only TO: shares a line.
std::size_t nextTag(std::string_view value) {
    if (std::none_of(value.begin(), value.end(), [](char c) { return c == '=' || c == ':'; })) {
        return value.size();
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string_view rest = value.substr(i);
        const bool number = startsWithNoCase(rest, "NMBR=");
        if (!number && (i == 0 || !isBlank(value[i - 1]) || isBlank(value[i]))) {
            continue;
        }
        const auto found = tagAt(rest);
        if (found && (rest[found->valueAt - 1] == '=' ||
                      (rest[found->valueAt - 1] == ':' && found->tag == Tag::Called))) {
            return i;
        }
    }
    return value.size();
}

bool callerIdLine(std::string_view line, AtLine& out) {
    const auto found = tagAt(line);
    if (!found) {
        return false;
    }
    const std::string_view value = line.substr(found->valueAt);
    const std::size_t end = nextTag(value);
    out.kind = LineKind::CallerId;
    out.tag = found->tag;
    out.value = trim(value.substr(0, end));
    out.rest = value.substr(end);
    return true;
}

bool ring(AtLine& out, std::string_view caller, std::string_view called = {},
          std::size_t type = 0) {
    out.kind = LineKind::Ring;
    out.value = trim(caller);
    out.called = trim(called);
    out.ringType = static_cast<std::uint8_t>(type);
    return true;
}

/// RING and what follows it: a type (2, B), a number (three digits or more), from and to.
bool ringLine(std::string_view line, AtLine& out) {
    if (!startsWithNoCase(line, "RING")) {
        return false;
    }
    std::string_view rest = line.substr(4);
    if (rest.empty()) {
        return ring(out, {});
    }
    const char mark = rest.front();
    rest = trim(rest.substr(isDigit(mark) ? 0 : 1));
    const auto split = [&](char at) { return std::min(rest.find(at), rest.size()); };
    if (mark == ';') {
        const std::size_t at = split(';');
        return ring(out, rest.substr(0, at), rest.substr(std::min(at + 1, rest.size())));
    }
    if (mark == '/') {
        return ring(out, {}, rest);
    }
    if (mark == ':') {  // "RING: 3 DN9 8888"
        const std::string_view last = rest.substr(rest.rfind(' ') + 1);
        return ring(out, last.size() >= 3 ? last : std::string_view{});
    }
    if (!isBlank(mark) && !isDigit(mark)) {
        return false;
    }
    if (rest.size() == 1 && upper(rest[0]) >= 'A' && upper(rest[0]) <= 'E') {
        return ring(out, {}, {}, static_cast<std::size_t>(upper(rest[0]) - 'A') + 1);
    }
    if (allDigits(rest)) {
        return rest.size() >= 3 ? ring(out, rest) : ring(out, {}, {}, *smallNumber(rest));
    }
    // Line ends that got lost: "RING RING DATE=0224 NMBR=..."
    // One word ahead is enough, or a line full of RING would cost its square.
    AtLine ignored;
    const bool anotherRing =
        startsWithNoCase(rest, "RING") && (rest.size() == 4 || isBlank(rest[4]));
    if (isBlank(mark) && (anotherRing || callerIdLine(rest, ignored))) {
        ring(out, {});
        out.rest = rest;
        return true;
    }
    return false;
}

bool resultLine(std::string_view line, AtLine& out) {
    static constexpr std::string_view kMarks = " :/*";
    for (const ResultRow& row : rowsFor(line.front(), kResults, kResultsByLetter)) {
        if (!line.starts_with(row.text)) {
            continue;
        }
        const std::string_view more = line.substr(row.text.size());
        if (more.empty() || (row.more && kMarks.find(more[0]) != std::string_view::npos)) {
            out.kind = LineKind::Result;
            out.result = row.code;
            out.value = trim(more.substr(more.empty() ? 0 : 1));
            return true;
        }
    }
    return false;
}

/// Pairs of hex digits, blanks between them allowed; four bytes at least.
bool isHexDump(std::string_view line) {
    std::size_t digits = 0;
    for (const char c : line) {
        if (isBlank(c)) {
            if (digits % 2 != 0) {
                return false;
            }
            continue;
        }
        if (!hexDigit(c)) {
            return false;
        }
        ++digits;
    }
    return digits >= 2 && digits % 2 == 0;
}

bool cadenceLine(std::string_view line, AtLine& out) {
    if (!startsWithNoCase(line, "DRON=") && !startsWithNoCase(line, "DROF=")) {
        return false;
    }
    out.kind = LineKind::Cadence;
    out.value = trim(line.substr(5));
    out.ringType = upper(line[3]) == 'N' ? 1 : 0;
    return true;
}

bool specialLine(std::string_view line, AtLine& out) {
    const auto is = [&](LineKind kind, std::string_view value = {}) {
        out.kind = kind;
        out.value = value;
        return true;
    };
    if (equalsNoCase(line, "CIDM") || equalsNoCase(line, "CALLING MSG") ||
        equalsNoCase(line, "END MSG")) {
        return is(LineKind::CallerIdMark);
    }
    if (equalsNoCase(line, "CID RING")) {
        return is(LineKind::CidRing);
    }
    if (line.starts_with("###") && line.find("+++") != std::string_view::npos) {
        return is(LineKind::NetCallerId, line.substr(3, line.find("+++") - 3));
    }
    if (startsWithNoCase(line, "DTMF") && line.size() > 4 &&
        line.find_first_not_of("0123456789*#ABCD", 4) == std::string_view::npos) {
        return is(LineKind::DtmfDigits, line.substr(4));
    }
    return false;
}

/// The frequent short lines, without a look at the tables.
bool commonLine(std::string_view line, AtLine& out) {
    const auto is = [&](LineKind kind, ResultCode result) {
        out.kind = kind;
        out.result = result;
        out.value = {};
        return true;
    };
    switch (wordOf(line)) {
    case wordOf("RING"): return is(LineKind::Ring, ResultCode::None);
    case wordOf("OK"): return is(LineKind::Result, ResultCode::Ok);
    case wordOf("ERROR"): return is(LineKind::Result, ResultCode::Error);
    case wordOf("VCON"): return is(LineKind::Result, ResultCode::Vcon);
    case wordOf("BUSY"): return is(LineKind::Result, ResultCode::Busy);
    default: return false;
    }
}

/// The kinds that a line may be of, by its first letter: one look-up spares most tables.
enum Candidate : std::uint8_t {
    kResult = 1,
    kRing = 2,
    kCadence = 4,
    kCallerId = 8,
    kSpecial = 16
};

constexpr std::array<std::uint8_t, 256> kCandidates = [] {
    std::array<std::uint8_t, 256> candidates{};
    const auto add = [&](char capital, Candidate kind) {
        const auto both = {capital, static_cast<char>(capital | 0x20)};
        for (const char letter : both) {
            if (upper(letter) == capital) {
                candidates[static_cast<unsigned char>(letter)] |= kind;
            }
        }
    };
    for (const ResultRow& row : kResults) {
        add(row.text.front(), kResult);
    }
    for (const TagRow& row : kTags) {
        add(row.text.front(), kCallerId);
    }
    add('R', kRing);
    add('D', kCadence);
    for (const char letter : {'C', 'E', 'D', '#'}) {
        add(letter, kSpecial);
    }
    return candidates;
}();

}  // namespace

AtLine classify(std::string_view line) {
    AtLine out;
    const std::string_view text = trim(line);
    out.value = text;
    if (text.empty()) {
        return out;
    }
    if (text.size() <= 5 && commonLine(text, out)) {
        return out;
    }
    const unsigned candidates = kCandidates[static_cast<unsigned char>(text.front())];
    if (((candidates & kResult) != 0 && resultLine(text, out)) ||
        ((candidates & kRing) != 0 && ringLine(text, out)) ||
        ((candidates & kCadence) != 0 && cadenceLine(text, out)) ||
        ((candidates & kCallerId) != 0 && callerIdLine(text, out)) ||
        ((candidates & kSpecial) != 0 && specialLine(text, out))) {
        return out;
    }
    out.kind = isHexDump(text) ? LineKind::Hex : LineKind::Text;
    return out;
}

std::optional<ResultCode> numericResult(std::string_view line) {
    static constexpr std::array kNumeric{
        ResultCode::Ok,         ResultCode::Connect, ResultCode::None,
        ResultCode::NoCarrier,  ResultCode::Error,   ResultCode::Connect,
        ResultCode::NoDialTone, ResultCode::Busy,    ResultCode::NoAnswer};
    const auto number = smallNumber(trim(line));
    if (!number || *number >= kNumeric.size() || kNumeric[*number] == ResultCode::None) {
        return {};
    }
    return kNumeric[*number];
}

}  // namespace tipring::at_modem
