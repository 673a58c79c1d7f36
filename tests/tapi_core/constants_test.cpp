// SPDX-License-Identifier: Apache-2.0
// Our constants beside the published headers, as another project restates them (mingw-w64): same
// names, same values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tipring/tapi_core/api/event_filter.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::test {
namespace {

using Constants = std::map<std::string, std::uint32_t>;

bool isNamePart(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The number in the rest of a definition, whatever casts and brackets stand around it: what starts
/// with a digit and is no part of a word.
std::optional<std::uint32_t> numberIn(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool inWord = i > 0 && (std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0 ||
                                      text[i - 1] == '_');
        if (std::isdigit(static_cast<unsigned char>(text[i])) != 0 && !inWord) {
            return static_cast<std::uint32_t>(std::stoul(text.substr(i), nullptr, 0));
        }
    }
    return std::nullopt;
}

/// The lines `#define LINE..._NAME number` and `#define PHONE..._NAME number` of a header.
Constants constantsOf(const std::string& path) {
    constexpr std::string_view kDefine = "#define ";
    Constants out;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(kDefine) || line.find("MESSAGE_BASE") != std::string::npos) {
            continue;  // a sum of the base is checked below
        }
        const auto begin = line.begin() + kDefine.size();
        const auto end = std::find_if_not(begin, line.end(), isNamePart);
        const std::string name(begin, end);
        const bool wanted = (name.starts_with("LINE") || name.starts_with("PHONE")) &&
                            name.find('_') != std::string::npos;
        if (const auto number = numberIn(std::string(end, line.end())); wanted && number) {
            out[name] = *number;
        }
    }
    return out;
}

/// The items `TE_NAME = 0x...` of an enumeration.
Constants itemsOf(const std::string& path) {
    Constants out;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        for (auto at = line.find("TE_"); at != std::string::npos; at = line.find("TE_", at + 1)) {
            const auto begin = line.begin() + static_cast<std::ptrdiff_t>(at);
            const auto end = std::find_if_not(begin, line.end(), isNamePart);
            const std::string rest(end, line.end());
            if (rest.starts_with(" = 0x")) {
                out[std::string(begin, end)] =
                    static_cast<std::uint32_t>(std::stoul(rest.substr(3), nullptr, 16));
            }
        }
    }
    return out;
}

TEST(Constants, HaveTheNamesAndValuesOfThePublishedHeaders) {
    const Constants ours = constantsOf(
        TIPRING_SOURCE_DIR "/tapi_core/tspi/include/tipring/tapi_core/tspi/constants.h");
    const Constants published = constantsOf("/usr/share/mingw-w64/include/tapi.h");
    ASSERT_GT(ours.size(), 500U);
    ASSERT_GT(published.size(), 800U) << "the package mingw-w64-common has the header";
    for (const auto& [name, value] : ours) {
        const auto found = published.find(name);
        ASSERT_NE(found, published.end()) << name << " is not a published name";
        EXPECT_EQ(value, found->second) << name;
    }
}

TEST(Constants, OfTheProviderAloneStartAt500) {
    EXPECT_EQ(LINE_NEWCALL, 500U);
    EXPECT_EQ(LINE_CALLDEVSPECIFIC, 501U);
    EXPECT_EQ(LINE_CALLDEVSPECIFICFEATURE, 502U);
}

/// TAPI_EVENT of tapi3if.h stands in an enumeration: read as it is written there.
TEST(Constants, EventClassesHaveThePublishedValues) {
    const Constants published = itemsOf("/usr/share/mingw-w64/include/tapi3if.h");
    using tapi::EventClass;
    const std::pair<const char*, EventClass> rows[] = {
        {"TE_TAPIOBJECT", EventClass::TapiObject},
        {"TE_ADDRESS", EventClass::Address},
        {"TE_CALLNOTIFICATION", EventClass::CallNotification},
        {"TE_CALLSTATE", EventClass::CallState},
        {"TE_CALLMEDIA", EventClass::CallMedia},
        {"TE_CALLHUB", EventClass::CallHub},
        {"TE_CALLINFOCHANGE", EventClass::CallInfoChange},
        {"TE_PRIVATE", EventClass::Private},
        {"TE_REQUEST", EventClass::Request},
        {"TE_DIGITEVENT", EventClass::DigitEvent},
        {"TE_GENERATEEVENT", EventClass::GenerateEvent},
        {"TE_FILETERMINAL", EventClass::FileTerminal},
        {"TE_TONETERMINAL", EventClass::ToneTerminal},
        {"TE_PHONEEVENT", EventClass::Phone},
        {"TE_TONEEVENT", EventClass::ToneEvent},
        {"TE_GATHERDIGITS", EventClass::GatherDigits},
        {"TE_ADDRESSDEVSPECIFIC", EventClass::AddressDevSpecific},
        {"TE_PHONEDEVSPECIFIC", EventClass::PhoneDevSpecific},
    };
    for (const auto& [name, eventClass] : rows) {
        ASSERT_TRUE(published.contains(name)) << name;
        EXPECT_EQ(published.at(name), static_cast<std::uint32_t>(eventClass)) << name;
    }
}

}  // namespace
}  // namespace tipring::test
