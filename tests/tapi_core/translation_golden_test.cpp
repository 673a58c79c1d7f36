// SPDX-License-Identifier: Apache-2.0
// tests/data/translation/golden.csv: what people in each place dial, written down from the dialling
// rules of the countries and not from what the code answers.
#include <gtest/gtest.h>

#include <sstream>

#include "tapi_core/translation_fixture.h"

namespace tipring::core {
namespace {

using tapi::TranslateResult;

struct Row {
    std::string location, options, address, dialable, displayable, results;
};

/// One line of CSV; a field in double quotes may have commas.
std::vector<std::string> fieldsOf(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    return fields;
}

std::string withLineEnds(std::string text) {
    for (std::size_t at = 0; (at = text.find("\\r\\n", at)) != std::string::npos;) {
        text.replace(at, 4, "\r\n");
    }
    return text;
}

std::vector<Row> goldenRows() {
    std::istringstream file(readFile(translationData("golden.csv")));
    std::vector<Row> rows;
    std::string line;
    std::getline(file, line);  // the heading
    while (std::getline(file, line)) {
        const auto f = fieldsOf(line);
        if (f.size() == 6) {
            rows.push_back({f[0], f[1], withLineEnds(f[2]), f[3], f[4], f[5]});
        }
    }
    return rows;
}

tapi::TranslateOptions optionsOf(const std::string& words) {
    tapi::TranslateOptions options;
    std::istringstream stream(words);
    for (std::string word; stream >> word;) {
        options.cancelCallWaiting |= word == "cw";
        options.forceLocal |= word == "local";
        options.forceLongDistance |= word == "long";
        if (word.starts_with("card=")) {
            options.card = tapi::CardId{static_cast<std::uint32_t>(std::stoul(word.substr(5)))};
        }
    }
    return options;
}

std::string resultWords(tapi::TranslateResults results) {
    constexpr std::pair<TranslateResult, const char*> kWords[] = {
        {TranslateResult::NoTranslation, "none"},
        {TranslateResult::Canonical, "canonical"},
        {TranslateResult::Local, "local"},
        {TranslateResult::LongDistance, "long"},
        {TranslateResult::International, "international"},
        {TranslateResult::InTollList, "intoll"},
        {TranslateResult::NotInTollList, "nottoll"},
        {TranslateResult::DialBilling, "billing"},
        {TranslateResult::DialQuiet, "quiet"},
        {TranslateResult::DialDialTone, "dialtone"},
        {TranslateResult::DialPrompt, "prompt"},
        {TranslateResult::VoiceDetect, "voice"}};
    std::string words;
    for (const auto& [result, word] : kWords) {
        if (results.has(result)) {
            words += (words.empty() ? "" : " ") + std::string(word);
        }
    }
    return words;
}

class Golden : public TranslationFixture {};

TEST_F(Golden, EveryRowIsDialledAsPeopleThereDialIt) {
    const auto rows = goldenRows();
    ASSERT_GE(rows.size(), 300u);
    for (const Row& row : rows) {
        SCOPED_TRACE(row.location + ": " + row.address + " " + row.options);
        auto options = optionsOf(row.options);
        options.location = idOf(row.location);
        const auto translation = rules->translate(row.address, options);
        ASSERT_TRUE(translation) << translation.error().text();
        EXPECT_EQ(translation->dialable.reveal(), row.dialable);
        EXPECT_EQ(translation->displayable, row.displayable);
        EXPECT_EQ(resultWords(translation->results), row.results);
    }
}

/// Every number that a row dials without card or later digits leads back to where it came from.
TEST_F(Golden, WhatIsDialledLeadsBackToTheSameAddress) {
    std::size_t checked = 0;
    for (const Row& row : goldenRows()) {
        const bool plain =
            row.results.starts_with("canonical") && row.options.find("card") == std::string::npos &&
            row.options.find("local") == std::string::npos && row.location != "Traveller" &&
            row.address.find_first_of(",W@$?:;!|^\r") == std::string::npos &&
            !rules->isEmergency(idOf(row.location), row.dialable);
        if (!plain) {
            continue;
        }
        SCOPED_TRACE(row.location + ": " + row.address + " " + row.dialable);
        const tapi::LocationId here = idOf(row.location);
        const auto once = rules->canonicalOf(row.address, tapi::NumberSource::CallerId, here);
        const auto back = rules->canonicalOf(row.dialable, tapi::NumberSource::Dialled, here);
        ASSERT_TRUE(once) << once.error().text();
        ASSERT_TRUE(back) << back.error().text();
        EXPECT_EQ(*back, *once);
        auto options = optionsOf(row.options);
        options.location = here;
        const auto again = rules->translate(*back, options);
        ASSERT_TRUE(again) << again.error().text();
        EXPECT_EQ(again->dialable.reveal(), row.dialable);
        ++checked;
    }
    EXPECT_GT(checked, 300u);
}

}  // namespace
}  // namespace tipring::core
