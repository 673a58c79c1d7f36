// SPDX-License-Identifier: Apache-2.0
#include "at_response.h"

#include <array>

#include "text.h"

namespace tipring::at_modem {

namespace {

struct ResultRow {
    std::string_view text;
    ResultCode code;
    bool more;  ///< text may follow
};

// Whole lines; where text may follow, a blank, a colon or nothing comes next.
constexpr std::array kResults{
    ResultRow{"OK", ResultCode::Ok, false},
    ResultRow{"ERROR", ResultCode::Error, false},
    ResultRow{"+CME ERROR", ResultCode::Error, true},
    ResultRow{"+CMS ERROR", ResultCode::Error, true},
    ResultRow{"+FCERROR", ResultCode::Error, false},
    ResultRow{"CONNECT", ResultCode::Connect, true},
    ResultRow{"VCON", ResultCode::Vcon, false},
    ResultRow{"#VCON", ResultCode::Vcon, false},
    ResultRow{"+VCON", ResultCode::Vcon, false},
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
    TagRow{"TIME", Tag::Time},
    TagRow{"NMBR", Tag::Number},
    TagRow{"NBR", Tag::Number},
    TagRow{"NUMBER", Tag::Number},
    TagRow{"NAME", Tag::Name},
    TagRow{"NDID", Tag::Called},
    TagRow{"NO MESSAGE REASON", Tag::NoNumberReason},
    TagRow{"DDN_NMBR", Tag::DialableNumber},
    TagRow{"DDN", Tag::DialableNumber},
    TagRow{"DAD", Tag::Called},
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
    TagRow{"TO", Tag::Called},
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

struct FoundTag {
    Tag tag;
    std::size_t valueAt;  ///< behind the separator
};

/// A tag at the start of `text`, its separator behind it.
std::optional<FoundTag> tagAt(std::string_view text) {
    for (const TagRow& row : kTags) {
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
        // One sample lacks the separator: "DATE 0408".
        const bool blank = at > row.text.size();
        const bool field = row.tag == Tag::Date || row.tag == Tag::Time || row.tag == Tag::Number;
        if (blank && field && allDigits(trim(text.substr(at)))) {
            return FoundTag{row.tag, at};
        }
    }
    return {};
}

/// Where the next "TAG =" begins in a value: after a blank, or NMBR= anywhere (no name holds that).
/// Of the tags with a colon only TO: shares a line.
std::size_t nextTag(std::string_view value) {
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

std::optional<AtLine> callerIdLine(std::string_view line) {
    const auto found = tagAt(line);
    if (!found) {
        return {};
    }
    AtLine result;
    result.kind = LineKind::CallerId;
    result.tag = found->tag;
    const std::string_view value = line.substr(found->valueAt);
    const std::size_t end = nextTag(value);
    result.value = trim(value.substr(0, end));
    result.rest = value.substr(end);
    return result;
}

AtLine ring(std::string_view caller, std::string_view called = {}, std::uint8_t type = 0) {
    AtLine line;
    line.kind = LineKind::Ring;
    line.value = trim(caller);
    line.called = trim(called);
    line.ringType = type;
    return line;
}

/// RING and what follows it: a type (2, B), a number (three digits or more), from and to.
std::optional<AtLine> ringLine(std::string_view line) {
    if (!startsWithNoCase(line, "RING")) {
        return {};
    }
    std::string_view rest = line.substr(4);
    if (rest.empty()) {
        return ring({});
    }
    const char mark = rest.front();
    rest = trim(rest.substr(isDigit(mark) ? 0 : 1));
    if (mark == ';') {
        const auto semicolon = rest.find(';');
        return semicolon == std::string_view::npos
                   ? ring(rest)
                   : ring(rest.substr(0, semicolon), rest.substr(semicolon + 1));
    }
    if (mark == '/') {
        return ring({}, rest);
    }
    if (mark == ':') {  // "RING: 3 DN9 8888"
        const auto blank = rest.rfind(' ');
        const auto last = blank == std::string_view::npos ? rest : rest.substr(blank + 1);
        return ring(last.size() >= 3 ? last : std::string_view{});
    }
    if (!isBlank(mark) && !isDigit(mark)) {
        return {};
    }
    if (rest.size() == 1 && upper(rest[0]) >= 'A' && upper(rest[0]) <= 'E') {
        return ring({}, {}, static_cast<std::uint8_t>(upper(rest[0]) - 'A' + 1));
    }
    if (allDigits(rest)) {
        return rest.size() >= 3 ? ring(rest)
                                : ring({}, {}, static_cast<std::uint8_t>(*smallNumber(rest)));
    }
    // Line ends that got lost: "RING RING DATE=0224 NMBR=..."
    if (isBlank(mark) && (ringLine(rest) || callerIdLine(rest))) {
        AtLine first = ring({});
        first.rest = rest;
        return first;
    }
    return {};
}

std::optional<AtLine> resultLine(std::string_view line) {
    for (const ResultRow& row : kResults) {
        if (!line.starts_with(row.text)) {
            continue;
        }
        const std::string_view more = line.substr(row.text.size());
        if (more.empty() || (row.more && (more[0] == ' ' || more[0] == ':'))) {
            AtLine result;
            result.kind = LineKind::Result;
            result.result = row.code;
            result.value = trim(more.substr(more.empty() ? 0 : 1));
            return result;
        }
    }
    return {};
}

AtLine plain(LineKind kind, std::string_view text) {
    AtLine line;
    line.kind = kind;
    line.value = text;
    return line;
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

std::optional<AtLine> cadenceLine(std::string_view line) {
    if (startsWithNoCase(line, "DRON=") || startsWithNoCase(line, "DROF=")) {
        AtLine cadence = plain(LineKind::Cadence, trim(line.substr(5)));
        cadence.ringType = upper(line[3]) == 'N' ? 1 : 0;
        return cadence;
    }
    return {};
}

std::optional<AtLine> specialLine(std::string_view line) {
    if (equalsNoCase(line, "CIDM") || equalsNoCase(line, "CALLING MSG") ||
        equalsNoCase(line, "END MSG")) {
        return plain(LineKind::CallerIdMark, {});
    }
    if (equalsNoCase(line, "CID RING")) {
        return plain(LineKind::CidRing, {});
    }
    if (line.starts_with("###") && line.find("+++") != std::string_view::npos) {
        return plain(LineKind::NetCallerId, line.substr(3, line.find("+++") - 3));
    }
    if (startsWithNoCase(line, "DTMF") && line.size() > 4 &&
        line.find_first_not_of("0123456789*#ABCD", 4) == std::string_view::npos) {
        return plain(LineKind::DtmfDigits, line.substr(4));
    }
    return {};
}

/// One kind of line, and the capitals that it can begin with: a line is held only against the
/// tables that may know it.
struct Reader {
    std::optional<AtLine> (*read)(std::string_view);
    std::array<bool, 256> starts;
};

template <class Table>
constexpr std::array<bool, 256> startsOfTable(const Table& table) {
    std::array<bool, 256> starts{};
    for (const auto& row : table) {
        starts[static_cast<unsigned char>(row.text.front())] = true;
    }
    return starts;
}

constexpr std::array<bool, 256> startsOf(std::string_view capitals) {
    std::array<bool, 256> starts{};
    for (const char capital : capitals) {
        starts[static_cast<unsigned char>(capital)] = true;
    }
    return starts;
}

constexpr std::array kReaders{
    Reader{resultLine, startsOfTable(kResults)}, Reader{ringLine, startsOf("R")},
    Reader{cadenceLine, startsOf("D")},          Reader{callerIdLine, startsOfTable(kTags)},
    Reader{specialLine, startsOf("CED#")},
};

}  // namespace

AtLine classify(std::string_view line) {
    const std::string_view text = trim(line);
    if (text.empty()) {
        return plain(LineKind::Text, text);
    }
    for (const Reader& reader : kReaders) {
        if (reader.starts[static_cast<unsigned char>(upper(text.front()))]) {
            if (auto found = reader.read(text)) {
                return *found;
            }
        }
    }
    return plain(isHexDump(text) ? LineKind::Hex : LineKind::Text, text);
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
