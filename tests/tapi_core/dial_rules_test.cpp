// SPDX-License-Identifier: Apache-2.0
// The dial rules as applications have them: one set for all, and a change is told to each.
#include "tipring/tapi_core/manager/dial_rules.h"
#include "tapi_core/manager_fixture.h"
#include "tools/temp_dir.h"

namespace tipring::test {
namespace {

class DialRulesTest : public ManagerFixture {
protected:
    DialRulesTest() { start(); }
    void open() {
        auto rules = core::DialRules::open({folder.file("dial-rules.toml"), {}, "US"});
        ASSERT_TRUE(rules) << rules.error().text();
        manager->setDialRules(std::move(*rules));
    }
    tools::TempDir folder;
};

TEST_F(DialRulesTest, WithoutRulesThereIsNoTranslation) {
    Application app(*manager, "app");
    EXPECT_EQ(app.tapi->translation(), nullptr);
}

TEST_F(DialRulesTest, ANumberIsTranslatedAndThenDialled) {
    open();
    Application app(*manager, "app");
    ASSERT_NE(app.tapi->translation(), nullptr);
    const auto translated = app.tapi->translation()->translate("+1 (202) 5550123", {});
    ASSERT_TRUE(translated) << translated.error().text();
    Answer answer;
    dialled(app, answer, translated->dialable.reveal());
    EXPECT_EQ(fake.lastCall().number, translated->dialable.reveal());
}

TEST_F(DialRulesTest, AChangeIsToldToEachApplicationThatWantsIt) {
    open();
    Application one(*manager, "one"), two(*manager, "two"),
        deaf(*manager, "deaf", tapi::EventClass::CallState);
    tapi::Location place;
    place.name = "Office";
    place.country = "DE";
    place.area = "30";
    ASSERT_TRUE(one.tapi->translation()->addLocation(place));
    EXPECT_TRUE(one.events.events.empty());  // never from inside the call
    settle();
    for (const Application* app : {&one, &two}) {
        const auto events = app->events.all<tapi::TapiObjectEvent>();
        ASSERT_EQ(events.size(), 1U);
        EXPECT_EQ(events[0].kind, tapi::TapiObjectEvent::Kind::TranslateChange);
    }
    EXPECT_TRUE(deaf.events.events.empty());
}

}  // namespace
}  // namespace tipring::test
