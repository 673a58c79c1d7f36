// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "hal/base/captured_log.h"
#include "rule_book.h"
#include "tapi_core/translation_fixture.h"

namespace tipring::core {
namespace {

using tapi::ErrorCode;
using tapi::LocationId;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class RuleFile : public TranslationFixture {
protected:
    void expectMistake(const std::string& text, int line, const char* words) {
        writeFile(file, text);
        const auto opened = DialRules::open({file, "", ""});
        ASSERT_FALSE(opened) << text;
        EXPECT_EQ(opened.error().code, ErrorCode::InvalParam) << opened.error().text();
        EXPECT_THAT(opened.error().cause, HasSubstr(fmt::format("{}:{}: ", file, line))) << text;
        EXPECT_THAT(opened.error().cause, HasSubstr(words)) << text;
    }
    [[nodiscard]] unsigned mode() const {
        struct stat status {};
        ::stat(file.c_str(), &status);
        return status.st_mode & 07777u;
    }
};

const std::string kPlace = "[[location]]\nid = 1\nname = \"A\"\ncountry = \"DE\"\n";

TEST_F(RuleFile, MistakesNameFileLineAndKey) {
    expectMistake("x = 1\n", 1, "x");
    expectMistake("current = \"one\"\n", 1, "current");
    expectMistake("current = -1\n", 1, "current");
    expectMistake("location = 3\n", 1, "location");
    expectMistake("location = [1, 2]\n", 1, "[[location]]");
    expectMistake("\n\n[[location]]\nid = 1\n", 3, "a name and a country");
    expectMistake(kPlace + "speed = 9\n", 5, "speed");
    expectMistake(kPlace + "area = 30\n", 5, "area must be a text");
    expectMistake(kPlace + "area = \"3O\"\n", 5, "area");
    expectMistake(kPlace + "local_access = \"9;\"\n", 5, "local_access");
    expectMistake(kPlace + "cancel_call_waiting = \"*70\\r\"\n", 5, "cancel_call_waiting");
    expectMistake(kPlace + "pulse = 1\n", 5, "pulse");
    expectMistake(kPlace + "card = \"Blue\"\n", 5, "card");
    expectMistake(kPlace + "toll_prefixes = \"555\"\n", 5, "toll_prefixes");
    expectMistake(kPlace + "toll_prefixes = [\"555\",\n\"x\"]\n", 6, "toll_prefixes");
    expectMistake(kPlace + "emergency = [\"SOS\"]\n", 5, "emergency");
    expectMistake(kPlace + "same_area = \"0FX\"\n", 5, "character 3");
    expectMistake(kPlace + "long_distance = \"0F\"\n", 5, "has G");
    expectMistake(kPlace + "international = \"" + std::string(65, '0') + "\"\n", 5, "at most 64");
    expectMistake(kPlace + kPlace, 5, "given twice");
    expectMistake("[[location]]\nid = 1\nname = \"A\"\ncountry = \"XX\"\n", 4, "country");
    expectMistake("[[location]]\nid = 1\nname = \"[A]\"\ncountry = \"DE\"\n", 3, "name");
    expectMistake("[[card]]\nid = 1\n", 1, "a name");
    expectMistake("[[card]]\nid = 1\nname = \"C\"\npin = \"1\"\n", 4, "pin");
    expectMistake("[[country]]\nsame_area = \"G\"\n", 1, "iso");
    expectMistake("[[country]]\niso = \"DE\"\nE = \"G\"\n", 3, "E");
    expectMistake("[[location\n", 1, "not TOML");
}

TEST_F(RuleFile, MistakesBetweenEntriesNameThem) {
    writeFile(file, kPlace + "card = 7\n");
    auto opened = DialRules::open({file, "", ""});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::InvalCard);
    EXPECT_THAT(opened.error().cause, HasSubstr("card 7 of location \"A\""));
    writeFile(file, kPlace + "area = \"030\"\n");
    opened = DialRules::open({file, "", ""});
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().cause, HasSubstr("without the trunk prefix"));
    writeFile(file, "current = 9\n" + kPlace);
    opened = DialRules::open({file, "", ""});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::InvalLocation);
}

TEST_F(RuleFile, IsNotNeededToStart) {
    const auto opened = DialRules::open({folder.file("none.toml"), folder.file("none.d"), "AT"});
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ((*opened)->currentLocation().country, "AT");
    EXPECT_EQ((*opened)->locations().size(), 1u);
    EXPECT_EQ((*opened)->translate("+43 (1) 5880012", {})->dialable.reveal(), "T015880012");
    EXPECT_FALSE(std::filesystem::exists(folder.file("none.toml")));
    EXPECT_EQ(
        DialRules::open({folder.file("none.toml"), "", ""}).value()->currentLocation().country,
        "US");
    EXPECT_EQ(DialRules::open({folder.file("none.toml"), "", "XX"}).error().code,
              ErrorCode::InvalCountryCode);
}

TEST_F(RuleFile, ThatCannotBeReadIsAnError) {
    EXPECT_FALSE(DialRules::open({folder.path(), "", ""}));            // a folder
    EXPECT_FALSE(DialRules::open({folder.file("x.toml"), file, ""}));  // a file as folder
}

TEST_F(RuleFile, ReadsBackWhatItWrote) {
    const auto book = readRuleBook(readFile(file), file);
    ASSERT_TRUE(book) << book.error().text();
    const auto again = readRuleBook(writeRuleBook(*book), "written");
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->locations, book->locations);
    EXPECT_EQ(again->current, book->current);
    EXPECT_EQ(again->countries, book->countries);
    ASSERT_EQ(again->cards.size(), book->cards.size());
    for (std::size_t i = 0; i < book->cards.size(); ++i) {
        EXPECT_EQ(again->cards[i].digits.reveal(), book->cards[i].digits.reveal());
        EXPECT_EQ(again->cards[i].rules, book->cards[i].rules);
    }
}

TEST_F(RuleFile, IsWrittenForItsOwnerOnlyAndAtOnce) {
    std::filesystem::permissions(file, std::filesystem::perms(0644));
    ASSERT_TRUE(rules->setCurrentLocation(idOf("Berlin")));
    EXPECT_EQ(mode(), 0600u);
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        EXPECT_THAT(entry.path().string(), EndsWith("dial-rules.toml"));  // no temporary file stays
    }
}

TEST_F(RuleFile, WithCardsThatOthersMayReadIsWarnedOf) {
    std::filesystem::permissions(file, std::filesystem::perms(0644));
    hal::CapturedLog log("warning");
    reopen();
    EXPECT_THAT(log.text(), HasSubstr("mode 0644"));
    log.lines.clear();
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    reopen();
    EXPECT_EQ(log.text(), "");
}

TEST_F(RuleFile, ThatCannotBeWrittenLeavesEverythingAsItWas) {
    auto opened = DialRules::open({"/proc/tipring/dial-rules.toml", "", "DE"});
    ASSERT_TRUE(opened);
    tapi::Location added;
    added.name = "New";
    added.country = "FR";
    int told = 0;
    const auto subscription = (*opened)->onChange([&] { ++told; });
    EXPECT_FALSE((*opened)->addLocation(added));
    EXPECT_EQ((*opened)->locations().size(), 1u);
    EXPECT_EQ(told, 0);
}

TEST_F(RuleFile, DropInsComeBeforeItInOrderOfNames) {
    const auto entry = [](int id, const char* name, const char* area) {
        return fmt::format(
            "[[location]]\nid = {}\nname = \"{}\"\ncountry = \"DE\"\narea = \"{}\"\n", id, name,
            area);
    };
    writeFile(folder.file("d/20-b.toml"), entry(1, "Second", "89") + entry(2, "Two", "40"));
    writeFile(folder.file("d/10-a.toml"), entry(1, "First", "30") + entry(3, "Three", "69"));
    writeFile(folder.file("d/ignored.txt"), "not TOML");
    writeFile(file, "current = 2\n" + entry(3, "Own", "221"));
    auto opened = DialRules::open({file, folder.file("d"), ""});
    ASSERT_TRUE(opened) << opened.error().text();
    const auto places = (*opened)->locations();
    ASSERT_EQ(places.size(), 3u);
    EXPECT_EQ(places[0].name, "Second");
    EXPECT_EQ(places[1].name, "Own");
    EXPECT_EQ((*opened)->currentLocation().name, "Two");
    EXPECT_EQ((*opened)->removeLocation(LocationId{1}).error().code, ErrorCode::OperationUnavail);
    auto changed = places[0];
    changed.area = "351";
    ASSERT_TRUE((*opened)->changeLocation(changed));
    opened = DialRules::open({file, folder.file("d"), ""});
    ASSERT_TRUE(opened);
    EXPECT_EQ((*opened)->locations()[0].area, "351");
    writeFile(folder.file("d/30-c.toml"), "x = 1\n");
    const auto broken = DialRules::open({file, folder.file("d"), ""});
    ASSERT_FALSE(broken);
    EXPECT_THAT(broken.error().cause, HasSubstr("30-c.toml:1: "));
}

TEST_F(RuleFile, ACountryMayHaveOtherRules) {
    writeFile(file,
              kPlace + "area = \"30\"\n[[country]]\niso = \"DE\"\nlong_distance = \"010330FG\"\n");
    reopen();
    EXPECT_EQ(rules->translate("+49 (89) 23300", {})->dialable.reveal(), "T0103308923300");
    EXPECT_EQ(rules->translate("+49 (30) 23300", {})->dialable.reveal(), "T23300");
    EXPECT_EQ(rules->translate("+43 (1) 5880012", {})->dialable.reveal(), "T004315880012");
}

class Maintenance : public TranslationFixture {};

TEST_F(Maintenance, LocationsComeChangeAndGo) {
    tapi::Location added;
    added.name = "Summer \"house\" \\ Ö";
    added.country = "SE";
    added.area = "8";
    added.pulse = true;
    added.tollPrefixes = {"1", "2"};
    const auto id = rules->addLocation(added);
    ASSERT_TRUE(id) << id.error().text();
    added.id = *id;
    reopen();
    EXPECT_EQ(location(added.name), added);
    added.area = "31";
    added.name = "Winter";
    ASSERT_TRUE(rules->changeLocation(added));
    reopen();
    EXPECT_EQ(location("Winter").area, "31");
    EXPECT_EQ(location("Winter").id, *id);
    ASSERT_TRUE(rules->removeLocation(*id));
    EXPECT_EQ(rules->removeLocation(*id).error().code, ErrorCode::InvalLocation);
    EXPECT_EQ(rules->changeLocation(added).error().code, ErrorCode::InvalLocation);
    reopen();
    const auto next = rules->addLocation(added);
    ASSERT_TRUE(next);
    EXPECT_NE(*next, *id) << "an id is permanent and does not come again";
}

TEST_F(Maintenance, RefusesLocationsThatAreNone) {
    const auto refused = [&](auto change) {
        auto place = location("Berlin");
        change(place);
        const auto changed = rules->changeLocation(place);
        const auto added = rules->addLocation(place);
        EXPECT_FALSE(changed);
        EXPECT_FALSE(added);
        EXPECT_EQ(location("Berlin").area, "30");
        return changed ? ErrorCode{} : changed.error().code;
    };
    EXPECT_EQ(refused([](auto& p) { p.country = "Germany"; }), ErrorCode::InvalCountryCode);
    EXPECT_EQ(refused([](auto& p) { p.country = "QQ"; }), ErrorCode::InvalCountryCode);
    EXPECT_EQ(refused([](auto& p) { p.preferredCard = tapi::CardId{99}; }), ErrorCode::InvalCard);
    EXPECT_EQ(refused([](auto& p) { p.name = ""; }), ErrorCode::InvalParam);
    EXPECT_EQ(refused([](auto& p) { p.name = "\xFF"; }), ErrorCode::InvalParam);
    EXPECT_EQ(refused([](auto& p) { p.name = "a\nb"; }), ErrorCode::InvalParam);
    EXPECT_EQ(refused([](auto& p) { p.name = std::string(65536, 'x'); }), ErrorCode::InvalParam);
    EXPECT_EQ(refused([](auto& p) { p.area = "030"; }), ErrorCode::InvalParam);
    EXPECT_EQ(refused([](auto& p) { p.localAccess = "9\r"; }), ErrorCode::InvalParam);
    EXPECT_EQ(refused([](auto& p) { p.tollPrefixes = {"5 5"}; }), ErrorCode::InvalParam);
    EXPECT_EQ(refused([](auto& p) { p.tollPrefixes.assign(1001, "1"); }), ErrorCode::InvalParam);
    EXPECT_EQ(refused([](auto& p) { p.rules.longDistance = "H"; }), ErrorCode::InvalParam);
}

TEST_F(Maintenance, TheCurrentLocationIsKeptAndCannotBeRemoved) {
    ASSERT_TRUE(rules->setCurrentLocation(idOf("Tokyo")));
    EXPECT_EQ(rules->setCurrentLocation(LocationId{4711}).error().code, ErrorCode::InvalLocation);
    reopen();
    EXPECT_EQ(rules->currentLocation().name, "Tokyo");
    EXPECT_EQ(rules->removeLocation(idOf("Tokyo")).error().code, ErrorCode::InUse);
    EXPECT_EQ(rules->translate("+81 (6) 62081234", {})->dialable.reveal(), "T0662081234");
}

TEST_F(Maintenance, TollListsTakeThePrefixOfALocalNumber) {
    const auto seattle = idOf("Seattle");
    const auto results = [&] {
        tapi::TranslateOptions options;
        options.location = seattle;
        return rules->translate("+1 (206) 5550142", options)->results;
    };
    EXPECT_TRUE(results().has(tapi::TranslateResult::NotInTollList));
    ASSERT_TRUE(rules->addToTollList(seattle, "+1 (206) 5559999"));
    ASSERT_TRUE(rules->addToTollList(seattle, "+12065559998"));
    EXPECT_EQ(location("Seattle").tollPrefixes, std::vector<std::string>{"555"});
    reopen();
    EXPECT_TRUE(results().has(tapi::TranslateResult::InTollList));
    EXPECT_TRUE(results().has(tapi::TranslateResult::LongDistance));
    ASSERT_TRUE(rules->removeFromTollList(seattle, "+1 (206) 5551111"));
    EXPECT_TRUE(location("Seattle").tollPrefixes.empty());
    EXPECT_TRUE(results().has(tapi::TranslateResult::Local));
    EXPECT_EQ(rules->addToTollList(seattle, "+1 (212) 5551111").error().code,
              ErrorCode::InvalAddress);
    EXPECT_EQ(rules->addToTollList(seattle, "5551111").error().code, ErrorCode::InvalAddress);
    EXPECT_EQ(rules->addToTollList(seattle, "+1 (206").error().code, ErrorCode::InvalAddress);
    EXPECT_EQ(rules->addToTollList(idOf("Berlin"), "+49 (30) 5551111").error().code,
              ErrorCode::OperationUnavail);
    EXPECT_EQ(rules->addToTollList(LocationId{999}, "+1 (206) 5551111").error().code,
              ErrorCode::InvalLocation);
}

TEST_F(Maintenance, CardsComeAndGo) {
    tapi::CallingCard card;
    card.name = "Green";
    card.accessNumber = "0800123";
    card.rules.longDistance = "J,H,0FG";
    const auto id = rules->addCard(card, tapi::SecretText("1234"));
    ASSERT_TRUE(id) << id.error().text();
    reopen();
    auto berlin = location("Berlin");
    berlin.preferredCard = *id;
    ASSERT_TRUE(rules->changeLocation(berlin));
    tapi::TranslateOptions options;
    options.location = berlin.id;
    const auto translation = rules->translate("+49 (89) 23300", options);
    ASSERT_TRUE(translation);
    EXPECT_EQ(translation->dialable.reveal(), "T0800123,1234,08923300");
    EXPECT_EQ(translation->displayable, "0800123 , [Green] ,0 (89) 23300");
    EXPECT_EQ(rules->removeCard(*id).error().code, ErrorCode::InUse);
    berlin.preferredCard = {};
    ASSERT_TRUE(rules->changeLocation(berlin));
    ASSERT_TRUE(rules->removeCard(*id));
    EXPECT_EQ(rules->removeCard(*id).error().code, ErrorCode::InvalCard);
}

TEST_F(Maintenance, EveryChangeIsToldOnceAfterIt) {
    std::vector<std::string> seen;
    auto first = rules->onChange([&] { seen.push_back(rules->currentLocation().name); });
    std::unique_ptr<tapi::TranslationSubscription> second;
    second = rules->onChange([&] { first.reset(); });
    ASSERT_TRUE(rules->setCurrentLocation(idOf("Rome")));
    EXPECT_EQ(seen, std::vector<std::string>{"Rome"});
    ASSERT_TRUE(rules->setCurrentLocation(idOf("Oslo")));
    EXPECT_EQ(seen.size(), 1u) << "it unsubscribed";
    EXPECT_FALSE(rules->setCurrentLocation(LocationId{999}));
    rules.reset();
    second.reset();  // outlives the rules
}

TEST(CountryOfLocale, TakesTheTerritory) {
    EXPECT_EQ(countryOfLocale("de_AT.UTF-8"), "AT");
    EXPECT_EQ(countryOfLocale("sr_RS@latin"), "RS");
    EXPECT_EQ(countryOfLocale("en_US"), "US");
    for (const char* name :
         {"", "C", "C.UTF-8", "POSIX", "de", "de_", "de_A", "de_DEX", "en_150", "xx_QQ"}) {
        EXPECT_EQ(countryOfLocale(name), "") << name;
    }
}

}  // namespace
}  // namespace tipring::core
