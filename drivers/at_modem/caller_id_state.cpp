// SPDX-License-Identifier: Apache-2.0
#include "caller_id_state.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "modem_line_text.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::at_modem {
namespace {

constexpr std::chrono::milliseconds kBounce{100};
constexpr std::string_view kDigits = "0123456789*#ABCD";

/// Two decimal digits at a place of a text, or 0xFF.
std::uint8_t twoDigits(std::string_view text, std::size_t at) {
    unsigned value = 0;
    if (at + 2 > text.size()) {
        return 0xFF;
    }
    const auto parsed = std::from_chars(text.data() + at, text.data() + at + 2, value);
    return parsed.ptr == text.data() + at + 2 ? static_cast<std::uint8_t>(value) : 0xFF;
}

std::uint32_t absence(std::string_view value) {
    if (value == "P" || value == "PRIVATE") {
        return LINECALLPARTYID_BLOCKED;
    }
    return value == "O" || value == "OUT OF AREA" ? LINECALLPARTYID_OUTOFAREA : 0;
}

}  // namespace

bool CallerIdState::takeLine(std::string_view line) {
    const std::size_t equals = line.find_first_of("=:");
    const std::size_t split = equals != line.npos ? equals : line.find(' ');
    const std::string_view tag = trimmed(line.substr(0, split));
    const std::string_view value = trimmed(line.substr(std::min(split + 1, line.size())));
    take(tag, value);
    pending_ = pending_ || tag != "MESG";
    return tag != "MESG";
}

void CallerIdState::take(std::string_view tag, std::string_view value) {
    if (tag == "DATE" && value.size() == 4) {
        month_ = twoDigits(value, 0);
        day_ = twoDigits(value, 2);
    } else if (tag == "TIME" && value.size() == 4) {
        hour_ = twoDigits(value, 0);
        minute_ = twoDigits(value, 2);
    } else if (tag == "NMBR" || tag == "NBR" || tag == "DDN_NMBR" || tag == "CALLER NUMBER") {
        const std::uint32_t absent = absence(value);
        party_.flags |= absent != 0 ? absent : value.empty() ? 0U : LINECALLPARTYID_ADDRESS;
        tspi::copyText(party_.number, absent != 0 ? std::string_view{} : value);
    } else if (tag == "NAME" || tag == "CALLER NAME") {
        const std::uint32_t absent = absence(value);
        const bool known = (party_.flags & LINECALLPARTYID_ADDRESS) != 0;
        party_.flags |= absent == 0 ? LINECALLPARTYID_NAME : known ? 0U : absent;
        tspi::copyText(party_.name, absent != 0 ? std::string_view{} : value);
    } else if (tag == "MESG" && value.starts_with("0B")) {
        messageWaiting_ = value.find("00", 2) == value.npos ? 1 : 0;
    }
}

bool CallerIdState::apply(TspiCallInfo& facts) {
    const bool useful = pending_ && party_.flags != 0;
    if (useful) {
        facts.callerId = party_;
    }
    if (pending_ && month_ >= 1 && month_ <= 12) {
        facts.networkMonth = month_;
        facts.networkDay = day_;
    }
    if (pending_ && hour_ < 24 && minute_ < 60) {
        facts.networkHour = hour_;
        facts.networkMinute = minute_;
    }
    pending_ = false;
    return useful;
}

int CallerIdState::takeMessageWaiting() {
    const int said = messageWaiting_;
    messageWaiting_ = -1;
    return said;
}

void CallerIdState::reset() {
    *this = CallerIdState{};
}

bool CallerIdState::takeDigitCode(char code, hal::TimePoint now,
                                  const std::function<void(char)>& digit) {
    if (code == '/' || code == '~') {
        inBlock_ = code == '/';
        blockDigit_ = 0;
        return true;
    }
    if (kDigits.find(code) == kDigits.npos) {
        return false;
    }
    const bool repeat = inBlock_ ? code == blockDigit_
                                 : code == lastDigit_ && now - lastAt_ < kBounce;
    blockDigit_ = inBlock_ ? code : '\0';
    lastDigit_ = code;
    lastAt_ = now;
    if (!repeat) {
        digit(code);
    }
    return true;
}

}  // namespace tipring::at_modem
