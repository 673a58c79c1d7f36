// SPDX-License-Identifier: Apache-2.0
// Our constants beside the published headers, as another project restates them (mingw-w64): same
// names, same values.
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <map>
#include <regex>
#include <string>

#include "tipring/tapi_core/api/event_filter.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::test {
namespace {

using Constants = std::map<std::string, std::uint32_t>;

/// Reads `#define NAME number`, whatever casts and brackets stand around the number.
Constants constantsOf(const std::string& path) {
    static const std::regex define(
        R"(^\s*#define\s+((?:LINE|PHONE)[A-Z0-9]*_[A-Z0-9_]+)\s+\D*?(-?0[xX][0-9a-fA-F]+|\d+)(?![0-9]*_t)\D*$)");
    static const std::regex casts(R"(\((?:u?int32_t|__LONG32)\)|__MSABI_LONG)");
    Constants out;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        line = std::regex_replace(line, casts, "");
        if (line.find("MESSAGE_BASE") != std::string::npos) {
            continue;  // a sum, checked below
        }
        std::smatch match;
        if (std::regex_match(line, match, define)) {
            out[match[1]] = static_cast<std::uint32_t>(std::stoul(match[2], nullptr, 0));
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
    std::ifstream file("/usr/share/mingw-w64/include/tapi3if.h");
    std::map<std::string, std::uint32_t> published;
    const std::regex item(R"((TE_[A-Z]+) = (0x[0-9a-f]+))");
    for (std::string line; std::getline(file, line);) {
        for (std::sregex_iterator at(line.begin(), line.end(), item), end; at != end; ++at) {
            published[(*at)[1]] = static_cast<std::uint32_t>(std::stoul((*at)[2], nullptr, 16));
        }
    }
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
        EXPECT_EQ(published[name], static_cast<std::uint32_t>(eventClass)) << name;
    }
}

}  // namespace
}  // namespace tipring::test
