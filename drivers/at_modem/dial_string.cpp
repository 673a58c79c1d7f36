// SPDX-License-Identifier: Apache-2.0
#include "dial_string.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace tipring::at_modem {
namespace {

using hal::ErrorCode;
using std::chrono::milliseconds;

constexpr std::string_view kKeys = "0123456789ABCD*#,!TP";
constexpr std::string_view kPunctuation = " -.()/+'";

/// A modifier that not every device has.
struct Modifier {
    char key;
    ErrorCode refusal;
    bool Profile::*capability;  // null: never
};
constexpr std::array<Modifier, 5> kModifiers{{
    {'$', ErrorCode::DialBilling, &Profile::dialBilling},
    {'@', ErrorCode::DialQuiet, &Profile::dialQuiet},
    {'W', ErrorCode::DialDialtone, &Profile::dialDialTone},
    {'?', ErrorCode::DialPrompt, nullptr},
    {':', ErrorCode::DialVoiceDetect, nullptr},
}};

hal::Result<void> takeKey(char key, const Profile& profile, std::string& keys) {
    for (const Modifier& modifier : kModifiers) {
        if (modifier.key != key) {
            continue;
        }
        if (modifier.capability == nullptr || !(profile.*modifier.capability)) {
            return hal::fail(modifier.refusal,
                             fmt::format("this modem cannot do '{}' in a dial string", key));
        }
        keys.push_back(key);
        return {};
    }
    if (kKeys.find(key) != kKeys.npos) {
        keys.push_back(key);
    } else if (kPunctuation.find(key) == kPunctuation.npos) {
        return hal::fail(ErrorCode::InvalAddress,
                         isprint(static_cast<unsigned char>(key)) != 0
                             ? fmt::format("'{}' cannot be dialled", key)
                             : "a dial string may have no control characters");
    }
    return {};
}

char upper(char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
}

}  // namespace

hal::Result<DialString> readDialString(std::string_view address, const Profile& profile) {
    DialString result;
    const std::string_view dialable = address.substr(0, address.find_first_of("|^"));
    for (std::size_t at = 0; at < dialable.size(); ++at) {
        if (dialable[at] == ';') {
            if (dialable.find_first_not_of(' ', at + 1) != dialable.npos) {
                return hal::fail(ErrorCode::InvalAddress, "';' may stand at the end only");
            }
            result.incomplete = true;
            break;
        }
        if (auto taken = takeKey(upper(dialable[at]), profile, result.keys); !taken) {
            return tl::unexpected(taken.error());
        }
    }
    for (const char c : address) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return hal::fail(ErrorCode::InvalAddress,
                             "a dial string may have no control characters");
        }
    }
    if (result.keys.size() > kMaxDialString) {
        return hal::fail(ErrorCode::InvalAddress,
                         fmt::format("a dial string may have {} keys at most", kMaxDialString));
    }
    return result;
}

std::vector<std::string> cutDialString(std::string_view keys, std::size_t room, char mode) {
    std::vector<std::string> pieces;
    const std::size_t most = std::max<std::size_t>(room, 4) - 1;
    while (!keys.empty()) {
        if (keys.front() == 'T' || keys.front() == 'P') {
            mode = keys.front();
            keys.remove_prefix(1);
            if (keys.empty()) {
                break;
            }
        }
        const std::string_view part = keys.substr(0, most);
        pieces.push_back(std::string(1, mode).append(part));
        const std::size_t last = part.find_last_of("TP");
        mode = last == part.npos ? mode : part[last];
        keys.remove_prefix(part.size());
    }
    return pieces;
}

milliseconds dialTime(std::string_view keys) {
    milliseconds total{2000};  // S6
    bool pulse = false;
    for (const char key : keys) {
        switch (key) {
        case 'P': pulse = true; break;
        case 'T': pulse = false; break;
        case ',': total += milliseconds{2000}; break;
        case '@':
        case 'W': total += milliseconds{5000}; break;
        case '!': total += milliseconds{1000}; break;
        default: total += pulse ? milliseconds{1300} : milliseconds{200}; break;
        }
    }
    return total;
}

}  // namespace tipring::at_modem
