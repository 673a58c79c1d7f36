// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "hal/base/captured_log.h"
#include "tapi_core/translation_fixture.h"

namespace tipring::core {
namespace {

using tapi::ErrorCode;
using tapi::NumberSource;
using tapi::TranslateResult;
using ::testing::HasSubstr;
using ::testing::Not;

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
    out << value;
};
static_assert(!Streamable<tapi::SecretText>);
static_assert(!fmt::is_formattable<tapi::SecretText>::value);

class TranslationTest : public TranslationFixture {
protected:
    tapi::Result<tapi::Translation> from(const std::string& place, std::string_view address) {
        tapi::TranslateOptions options;
        options.location = idOf(place);
        return rules->translate(address, options);
    }
    void expectError(std::string_view address, ErrorCode code, const char* words) {
        const auto translation = from("Berlin", address);
        ASSERT_FALSE(translation) << address.substr(0, 40);
        EXPECT_EQ(translation.error().code, code)
            << address.substr(0, 40) << ": " << translation.error().text();
        EXPECT_THAT(translation.error().cause, HasSubstr(words)) << address.substr(0, 40);
    }
    std::string canonical(const std::string& place, std::string_view number,
                          NumberSource source = NumberSource::CallerId) {
        const auto found = rules->canonicalOf(number, source, idOf(place));
        return found ? *found : std::string(hal::errorName(found.error().code));
    }
};

TEST_F(TranslationTest, RefusesCanonicalAddressesThatAreNone) {
    expectError("+", ErrorCode::InvalAddress, "country code");
    expectError("+ 49 (30) 1234", ErrorCode::InvalAddress, "country code");
    expectError("+(30) 1234", ErrorCode::InvalAddress, "country code");
    expectError("++49 30 1234", ErrorCode::InvalAddress, "country code");
    expectError("+49", ErrorCode::InvalAddress, "no subscriber");
    expectError("+49 ", ErrorCode::InvalAddress, "no subscriber");
    expectError("+49 (30)", ErrorCode::InvalAddress, "no subscriber");
    expectError("+49 (30) |5", ErrorCode::InvalAddress, "no subscriber");
    expectError("+49 (30) ,123", ErrorCode::InvalAddress, "no subscriber");
    expectError("+49 (30 1234567", ErrorCode::InvalAddress, "pair of brackets");
    expectError("+49 () 1234567", ErrorCode::InvalAddress, "pair of brackets");
    expectError("+49 (3x) 1234567", ErrorCode::InvalAddress, "digits only");
    expectError("+49 (30) Müller", ErrorCode::InvalAddress, "not ASCII");
    expectError("+1 (800) FLOWERS", ErrorCode::InvalAddress, "character 10");
    expectError("+49 (30) 12345678901234", ErrorCode::InvalAddress, "E.164 allows 15");
    expectError("+49 (30) 1234;5", ErrorCode::InvalAddress, "only at the end");
    expectError("+49 (30) 1234,x", ErrorCode::InvalAddress, "neither digit");
}

TEST_F(TranslationTest, RefusesCountryCodesThatNobodyHas) {
    expectError("+0 (30) 1234567", ErrorCode::InvalCountryCode, "+0");
    expectError("+999 1234567", ErrorCode::InvalCountryCode, "+999");
    expectError("+4930 1234567", ErrorCode::InvalCountryCode, "+4930");
    expectError("+2101234567", ErrorCode::InvalCountryCode, "no country code");
    expectError("+012345678", ErrorCode::InvalCountryCode, "no country code");
}

TEST_F(TranslationTest, RefusesControlCharactersInAnyString) {
    using namespace std::string_view_literals;
    for (const auto text : {"555\r0123"sv, "555\nATH"sv, "\0"sv, "555\x7F"sv,
                            "+1 (212) 736\t3100"sv, "5551234\r\nAT\x1B"sv, "555\r\r\n"sv}) {
        expectError(text, ErrorCode::InvalAddress, "control character");
    }
    expectError("555\xC3\xA4", ErrorCode::InvalAddress, "not ASCII");
}

TEST_F(TranslationTest, LongStringsAreRefusedWhole) {
    const std::string most(tapi::AddressTranslation::kMaxAddress, '5');
    const auto whole = from("Berlin", most);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->dialable.reveal(), most);
    expectError(most + "5", ErrorCode::InvalAddress, "1025 bytes; 1024 are allowed");
    expectError(std::string(64 * 1024, '1'), ErrorCode::InvalAddress, "65536 bytes");
    expectError("+" + std::string(64 * 1024, '1'), ErrorCode::InvalAddress, "65537 bytes");
    expectError("+1 " + std::string(1000, '1'), ErrorCode::InvalAddress, "E.164");
    EXPECT_FALSE(
        rules->canonicalOf(std::string(64 * 1024, '1'), NumberSource::CallerId, idOf("Berlin")));
    EXPECT_FALSE(rules->isEmergency(idOf("Berlin"), std::string(64 * 1024, '1')));
}

TEST_F(TranslationTest, ALongTailIsKeptWhole) {
    const std::string tail = "," + std::string(900, '7');
    const auto translation = from("Seattle", "+1 (212) 7363100" + tail);
    ASSERT_TRUE(translation);
    EXPECT_EQ(translation->dialable.reveal(), "T12127363100" + tail);
}

TEST_F(TranslationTest, TellsCountriesSubaddressAndName) {
    const auto translation = from("Seattle", "+44 (20) 7946 0958|12 ^ The Office");
    ASSERT_TRUE(translation);
    EXPECT_EQ(translation->currentCountry, 1u);
    EXPECT_EQ(translation->destinationCountry, 44u);
    EXPECT_EQ(translation->subaddress, "12");
    EXPECT_EQ(translation->name, "The Office");
    EXPECT_EQ(translation->doubt, "");
    const auto other = from("Seattle", "5551234");
    ASSERT_TRUE(other);
    EXPECT_EQ(other->destinationCountry, 0u);
}

TEST_F(TranslationTest, DoubtsNumbersThatThePlanDoesNotHaveButDialsThem) {
    const auto shortOne = from("Berlin", "+1 (212) 736");
    ASSERT_TRUE(shortOne);
    EXPECT_EQ(shortOne->dialable.reveal(), "T001212736");
    EXPECT_NE(shortOne->doubt, "");
    const auto unassigned = from("Berlin", "+1 (212) 1363100");
    ASSERT_TRUE(unassigned);
    EXPECT_EQ(unassigned->dialable.reveal(), "T0012121363100");
    EXPECT_THAT(unassigned->doubt, HasSubstr("no such range"));
}

TEST_F(TranslationTest, OptionsMustMakeSense) {
    tapi::TranslateOptions options;
    options.forceLocal = options.forceLongDistance = true;
    EXPECT_EQ(rules->translate("+1 (212) 7363100", options).error().code, ErrorCode::InvalParam);
    options = {};
    options.location = tapi::LocationId{4711};
    EXPECT_EQ(rules->translate("5551234", options).error().code, ErrorCode::InvalLocation);
    options = {};
    options.card = tapi::CardId{4711};
    EXPECT_EQ(rules->translate("+1 (212) 7363100", options).error().code, ErrorCode::InvalCard);
}

TEST_F(TranslationTest, ACarrierThatIsMissingIsNamed) {
    auto place = location("Sao Paulo");
    place.longDistanceCarrier.clear();
    ASSERT_TRUE(rules->changeLocation(place));
    const auto translation = from("Sao Paulo", "+55 (21) 23456789");
    ASSERT_FALSE(translation);
    EXPECT_EQ(translation.error().code, ErrorCode::InvalLocation);
    EXPECT_THAT(translation.error().cause, HasSubstr("Sao Paulo"));
    EXPECT_THAT(translation.error().cause, HasSubstr("carrier"));
    EXPECT_TRUE(from("Sao Paulo", "+55 (11) 32345678"));
}

TEST_F(TranslationTest, ACallerIdBecomesCanonical) {
    EXPECT_EQ(canonical("Berlin", "03023125000"), "+49 (30) 23125000");
    EXPECT_EQ(canonical("Berlin", "23125000"), "+49 (30) 23125000");
    EXPECT_EQ(canonical("Berlin", "015112345678"), "+49 15112345678");
    EXPECT_EQ(canonical("Berlin", "0012127363100"), "+1 (212) 7363100");
    EXPECT_EQ(canonical("Berlin", "+442079460958"), "+44 (20) 79460958");
    EXPECT_EQ(canonical("Seattle", "2127363100"), "+1 (212) 7363100");
    EXPECT_EQ(canonical("Seattle", "12127363100"), "+1 (212) 7363100");
    EXPECT_EQ(canonical("Village", "7331234"), "+1 (307) 7331234");
    EXPECT_EQ(canonical("Seattle", "011442079460958"), "+44 (20) 79460958");
    EXPECT_EQ(canonical("London", "02079460958"), "+44 (20) 79460958");
    EXPECT_EQ(canonical("Rome", "0669812345"), "+39 (06) 69812345");
    EXPECT_EQ(canonical("Buenos Aires", "0351152345678"), "+54 93512345678");
    EXPECT_EQ(canonical("Madrid", "912345678"), "+34 912345678");
}

TEST_F(TranslationTest, WhatIsNoNumberHasNoCanonicalAddress) {
    for (const char* text : {"", "P", "O", "anonymous", "12a34", "*21#", "110", "7", "0", "00"}) {
        EXPECT_EQ(canonical("Berlin", text), "INVALADDRESS") << text;
    }
    EXPECT_EQ(canonical("Berlin", "+999123456"), "INVALCOUNTRYCODE");
    EXPECT_EQ(canonical("Berlin", "+44#2079460958"), "INVALADDRESS");
    EXPECT_EQ(rules->canonicalOf("0301234567", NumberSource::CallerId, tapi::LocationId{999})
                  .error()
                  .code,
              ErrorCode::InvalLocation);
}

TEST_F(TranslationTest, AccessCodesComeOffADialledNumberOnly) {
    EXPECT_EQ(canonical("Office", "T*70,8,12127363100,,42", NumberSource::Dialled),
              "+1 (212) 7363100");
    EXPECT_EQ(canonical("Office", "9,4254531234", NumberSource::Dialled), "+1 (425) 4531234");
    EXPECT_EQ(canonical("Office", "8,12127363100"), "INVALADDRESS");
}

TEST_F(TranslationTest, NothingStandsBeforeAnEmergencyNumber) {
    for (const char* place : {"Office", "Traveller", "Seattle"}) {
        tapi::TranslateOptions options;
        options.location = idOf(place);
        options.cancelCallWaiting = options.forceLongDistance = true;
        options.card = tapi::CardId{1};
        for (const char* text : {"911", "+1 911"}) {
            const auto translation = rules->translate(text, options);
            ASSERT_TRUE(translation);
            EXPECT_TRUE(translation->emergency);
            EXPECT_EQ(translation->dialable.reveal(), "911");
        }
    }
    // A toll list and a card that does not exist cannot hold it up either.
    auto office = location("Office");
    office.tollPrefixes = {"9", "911", "1"};
    ASSERT_TRUE(rules->changeLocation(office));
    tapi::TranslateOptions options;
    options.location = office.id;
    options.card = tapi::CardId{4711};
    ASSERT_TRUE(rules->translate("+1 911", options));
    EXPECT_EQ(rules->translate("+1 911", options)->dialable.reveal(), "911");
    const auto abroad = from("Seattle", "+44 999");
    ASSERT_TRUE(abroad);
    EXPECT_FALSE(abroad->emergency);
}

TEST_F(TranslationTest, EmergencyNumbersAreKnownInEveryDress) {
    const auto office = idOf("Office");
    for (const char* text :
         {"911", "9-1-1", "T911", "t911", "9,911", "9911", "T9,911", "8,911", "*70,911",
          "T*70,9,911", "112", "911;", "911^help", "+1 911", "+1911"}) {
        EXPECT_TRUE(rules->isEmergency(office, text)) << text;
    }
    for (const char* text : {"", "91", "9111", "9115551234", "5551911", "*911", "999", "T", "9,",
                             "+911", "+44 999", "+"}) {
        EXPECT_FALSE(rules->isEmergency(office, text)) << text;
    }
    EXPECT_TRUE(rules->isEmergency(idOf("London"), "999"));
    EXPECT_TRUE(rules->isEmergency(idOf("Berlin"), "110"));
    EXPECT_FALSE(rules->isEmergency(idOf("Berlin"), "911"));
    EXPECT_TRUE(rules->isEmergency(tapi::LocationId{4711}, "911"));  // counts as the current
    auto place = location("Berlin");
    place.emergency = {"*1", "19222"};
    ASSERT_TRUE(rules->changeLocation(place));
    EXPECT_TRUE(rules->isEmergency(place.id, "19222"));
    EXPECT_TRUE(rules->isEmergency(place.id, "*1"));
    EXPECT_TRUE(rules->isEmergency(place.id, "112"));
    const auto translation = from("Berlin", "+49 19222");
    ASSERT_TRUE(translation);
    EXPECT_EQ(translation->dialable.reveal(), "19222");
}

TEST_F(TranslationTest, CountriesCanBeWalked) {
    const auto countries = rules->countries();
    ASSERT_GT(countries.size(), 200u);
    for (std::size_t i = 0; i < countries.size(); ++i) {
        const auto next = i + 1 < countries.size() ? countries[i + 1].id : tapi::CountryId{};
        EXPECT_EQ(countries[i].next, next);
        EXPECT_GT(countries[i].code, 0u);
        EXPECT_FALSE(countries[i].name.empty()) << countries[i].iso;
        EXPECT_FALSE(countries[i].rules.international.empty());
    }
    const auto canada = std::find_if(countries.begin(), countries.end(),
                                     [](const auto& each) { return each.iso == "CA"; });
    ASSERT_NE(canada, countries.end());
    EXPECT_EQ(canada->code, 1u);
    EXPECT_EQ(canada->name, "Canada");
    EXPECT_EQ(canada->rules.longDistance, "1FG");
    EXPECT_EQ(canada->rules.international, "011EFG");
}

TEST_F(TranslationTest, NothingIsWrittenToStandardOutput) {
    ::testing::internal::CaptureStdout();
    for (const char* text : {"+1 1", "+49 (0) 1", "+44 (20) 7946 0958", "0", "+54 9 11"}) {
        (void)from("Berlin", text);
        (void)canonical("Berlin", text);
    }
    EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

class CardSecrets : public TranslationTest {
protected:
    void expectHidden(const std::string& text) {
        for (const char* digits : {"8901234567", "890123", "234567", "4711#", "4711 "}) {
            EXPECT_THAT(text, Not(HasSubstr(digits)));
        }
    }
};

TEST_F(CardSecrets, ReachNoLogAndNoDisplayAtAnyLevel) {
    for (const char* level : {"trace", "debug", "info", "warning", "error"}) {
        hal::CapturedLog log(level);
        reopen();
        for (const std::uint32_t card : {1u, 2u}) {
            tapi::TranslateOptions options;
            options.card = tapi::CardId{card};
            for (const char* address : {"+1 (212) 7363100", "+44 (20) 79460958", "5550142",
                                        "+1 (206) 5550142", "+1 (2", "+999 1"}) {
                const auto translation = rules->translate(address, options);
                const std::string dialable =
                    translation ? translation->dialable.reveal() : std::string();
                EXPECT_EQ(dialable.find("8901234567") != std::string::npos ||
                              dialable.find("4711#") != std::string::npos,
                          translation && translation->secret)
                    << address;
                expectHidden(translation ? translation->displayable : translation.error().text());
            }
        }
        ASSERT_TRUE(rules->setCurrentLocation(idOf("Traveller")));
        ASSERT_TRUE(rules->setCurrentLocation(idOf("Seattle")));
        expectHidden(log.text());
        EXPECT_EQ(log.text().empty(),
                  std::string(level) == "warning" || std::string(level) == "error");
    }
}

TEST_F(CardSecrets, OnlyTheirNumberOfDigitsIsTold) {
    const auto cards = rules->cards();
    ASSERT_EQ(cards.size(), 2u);
    EXPECT_EQ(cards[0].name, "Blue");
    EXPECT_EQ(cards[0].secretDigits, 10u);
    EXPECT_EQ(cards[1].secretDigits, 4u);
}

TEST_F(CardSecrets, DoNotStandInTheFileAsTheyAre) {
    ASSERT_TRUE(rules->setCurrentLocation(idOf("Office")));
    expectHidden(readFile(file));
    EXPECT_THAT(readFile(file), HasSubstr("obscured:"));
    reopen();
    tapi::TranslateOptions options;
    options.location = idOf("Traveller");
    const auto translation = rules->translate("+1 (212) 7363100", options);
    ASSERT_TRUE(translation);
    EXPECT_EQ(translation->dialable.reveal(), "T9,18005551000$890123456712127363100");
}

TEST_F(CardSecrets, StayOutOfErrorsAboutTheFile) {
    for (const char* number :
         {"890123456789012345678901234567", "\"8901234567", "\"8901234567x\"", "\"89\\q01234567\"",
          "8901234567", "[\"8901234567\"]", "8901234567 4711 ", "\"obscured:8901234567zz\"",
          "'8901234567\n'", "8901-23-45-67", "{ 8901234567 }"}) {
        writeFile(file, fmt::format("[[card]]\nid = 1\nname = \"Blue\"\nnumber = {}\n", number));
        const auto opened = DialRules::open({file, "", ""});
        ASSERT_FALSE(opened) << number;
        EXPECT_EQ(opened.error().code, ErrorCode::InvalParam);
        EXPECT_THAT(opened.error().cause, HasSubstr(file + ":"));
        expectHidden(opened.error().text());
    }
}

TEST_F(CardSecrets, StayOutOfErrorsAboutACard) {
    tapi::CallingCard card;
    card.name = "Bad";
    const auto added = rules->addCard(card, tapi::SecretText("8901234567x"));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::InvalParam);
    expectHidden(added.error().text());
}

}  // namespace
}  // namespace tipring::core
