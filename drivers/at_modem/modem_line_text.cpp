// SPDX-License-Identifier: Apache-2.0
#include "modem_line_text.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace tipring::at_modem {
namespace {

struct Word {
    std::string_view text;
    Reply reply;
};
constexpr std::array<Word, 20> kWords{{{"OK", Reply::Ok},
                                       {"VCON", Reply::Vcon},
                                       {"+VCON", Reply::Vcon},
                                       {"#VCON", Reply::Vcon},
                                       {"CONNECT", Reply::Connect},
                                       {"NO CARRIER", Reply::NoCarrier},
                                       {"ERROR", Reply::Error},
                                       {"NO DIALTONE", Reply::NoDialTone},
                                       {"NO DIAL TONE", Reply::NoDialTone},
                                       {"BUSY", Reply::Busy},
                                       {"NO ANSWER", Reply::NoAnswer},
                                       {"DELAYED", Reply::Delayed},
                                       {"BLACKLISTED", Reply::Blacklisted},
                                       {"LINE IN USE", Reply::LineInUse},
                                       {"LINE-IN-USE", Reply::LineInUse},
                                       {"NO LINE", Reply::NoLine},
                                       {"FAX", Reply::Fax},
                                       {"DATA", Reply::Data},
                                       {"BLACKLIST FULL", Reply::Blacklisted},
                                       {"+FCERROR", Reply::Other}}};

constexpr std::array<std::string_view, 14> kTags{
    "DATE", "TIME", "NMBR", "NBR", "NAME", "DDN_NMBR", "DDN", "NDID", "MESG", "CALLER NUMBER",
    "CALLER NAME", "CALLER'S NUMBER", "ANID", "ERRM"};

bool sameLetter(char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) ==
           std::toupper(static_cast<unsigned char>(b));
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == text.npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

Reply replyOf(std::string_view line) noexcept {
    for (const Word& word : kWords) {
        if (line == word.text) {
            return word.reply;
        }
    }
    if (line.starts_with("CONNECT ")) {
        return Reply::Connect;
    }
    return line.starts_with("DELAYED ") ? Reply::Delayed : Reply::None;
}

unsigned ringMode(std::string_view line) noexcept {
    constexpr std::string_view kRing = "RING";
    if (!line.starts_with(kRing)) {
        return 0;
    }
    std::string_view rest = trimmed(line.substr(kRing.size()));
    if (rest.empty() || rest == "ING") {
        return 1;
    }
    if (rest.size() == 1 && rest[0] >= '1' && rest[0] <= '5') {
        return static_cast<unsigned>(rest[0] - '0');
    }
    if (rest.size() == 1 && rest[0] >= 'A' && rest[0] <= 'E') {
        return static_cast<unsigned>(rest[0] - 'A') + 1;
    }
    const bool payload = rest[0] == '/' || rest[0] == ';' || rest[0] == ':' || line[4] == ' ';
    return payload ? 1 : 0;
}

bool isCallerIdLine(std::string_view line) noexcept {
    return std::any_of(kTags.begin(), kTags.end(), [line](std::string_view tag) {
        if (line.size() <= tag.size() ||
            !std::equal(tag.begin(), tag.end(), line.begin(), sameLetter)) {
            return false;
        }
        const char next = line[tag.size()];
        return next == '=' || next == ' ' || next == ':';
    });
}

}  // namespace tipring::at_modem
