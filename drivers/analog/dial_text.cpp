// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analog_options.h"

namespace tipring::analog {
namespace {

using hal::ErrorCode;

constexpr std::string_view kKeys = "0123456789ABCD*#,!TPW";
constexpr std::string_view kPunctuation = " -.()/+'";

struct Refusal {
    char modifier;
    ErrorCode code;
};
constexpr Refusal kRefusals[] = {{'$', ErrorCode::DialBilling},
                                 {'@', ErrorCode::DialQuiet},
                                 {'?', ErrorCode::DialPrompt},
                                 {':', ErrorCode::DialVoiceDetect}};

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

hal::Result<void> takeKey(char key, std::string& keys) {
    for (const Refusal& refusal : kRefusals) {
        if (key == refusal.modifier) {
            return hal::fail(refusal.code,
                             fmt::format("this line cannot do '{}' in a dial string", key));
        }
    }
    if (kKeys.find(key) != kKeys.npos) {
        keys.push_back(key);
    } else if (kPunctuation.find(key) == kPunctuation.npos) {
        return hal::fail(ErrorCode::InvalAddress, key >= ' ' && key <= '~'
                                                      ? fmt::format("'{}' cannot be dialled", key)
                                                      : "a dial string is of printable characters");
    }
    return {};
}

}  // namespace

hal::Result<DialText> readDialText(std::string_view address) {
    DialText text;
    const std::string_view dialable = address.substr(0, address.find_first_of("|^"));
    for (std::size_t at = 0; at < dialable.size(); ++at) {
        if (dialable[at] == ';') {
            if (dialable.find_first_not_of(' ', at + 1) != dialable.npos) {
                return hal::fail(ErrorCode::InvalAddress, "';' may stand at the end only");
            }
            text.incomplete = true;
            break;
        }
        if (auto taken = takeKey(upper(dialable[at]), text.keys); !taken) {
            return tl::unexpected(taken.error());
        }
    }
    if (text.keys.size() > kMostKeys) {
        return hal::fail(ErrorCode::InvalAddress,
                         fmt::format("a dial string may have {} keys at most", kMostKeys));
    }
    return text;
}

}  // namespace tipring::analog
