// SPDX-License-Identifier: Apache-2.0
#include "priorities.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using tapi::CallPrivilege;
using tapi::MediaMode;
using tapi::Priority;
namespace fs = std::filesystem;

class PrioritiesTest : public ManagerFixture {
protected:
    PrioritiesTest()
        : directory(testing::TempDir() + "priorities_" +
                    testing::UnitTest::GetInstance()->current_test_info()->name()) {
        fs::remove_all(directory);
    }
    ~PrioritiesTest() override { fs::remove_all(directory); }
    [[nodiscard]] std::string file() const { return directory + "/priorities.json"; }
    std::string directory;
};

TEST_F(PrioritiesTest, TheLastWhoAskedForHighestComesFirst) {
    core::Priorities priorities({});
    for (const char* name : {"a", "b", "c"}) {
        ASSERT_TRUE(priorities.set(name, MediaMode::G3Fax, Priority::Highest));
        ASSERT_TRUE(priorities.set(std::string(name) + "'", MediaMode::G3Fax, Priority::Lowest));
    }
    std::vector<std::string> names{"c'", "x", "a", "b'", "b", "a'", "c"};
    std::sort(names.begin(), names.end(), [&](const auto& left, const auto& right) {
        return priorities.rank(left, MediaMode::G3Fax) < priorities.rank(right, MediaMode::G3Fax);
    });
    EXPECT_EQ(names, (std::vector<std::string>{"c", "b", "a", "x", "a'", "b'", "c'"}));
    ASSERT_TRUE(priorities.set("a", MediaMode::G3Fax, Priority::Highest));  // again: to the top
    EXPECT_LT(priorities.rank("a", MediaMode::G3Fax), priorities.rank("c", MediaMode::G3Fax));
    ASSERT_TRUE(priorities.set("a", MediaMode::G3Fax, Priority::Normal));
    EXPECT_EQ(priorities.rank("a", MediaMode::G3Fax), priorities.rank("x", MediaMode::G3Fax));
    EXPECT_EQ(priorities.get("b", MediaMode::DataModem), Priority::Normal);  // each for itself
}

TEST_F(PrioritiesTest, NonsenseIsRefused) {
    core::Priorities priorities({});
    EXPECT_EQ(priorities.set("a", static_cast<MediaMode>(0x30), Priority::Highest).error().code,
              ErrorCode::InvalMediaMode);
    EXPECT_EQ(priorities.set("a", static_cast<MediaMode>(0), Priority::Highest).error().code,
              ErrorCode::InvalMediaMode);
    EXPECT_EQ(priorities.set("", MediaMode::Tdd, Priority::Highest).error().code,
              ErrorCode::InvalParam);
    EXPECT_EQ(
        priorities.set(std::string(65536, 'x'), MediaMode::Tdd, Priority::Highest).error().code,
        ErrorCode::InvalParam);
    EXPECT_EQ(priorities.set("a", MediaMode::Tdd, static_cast<Priority>(9)).error().code,
              ErrorCode::InvalParam);
}

TEST_F(PrioritiesTest, TheyOutliveTheProgram) {
    {
        core::Priorities priorities(directory);
        ASSERT_TRUE(priorities.set("fax", MediaMode::G3Fax, Priority::Highest));
        ASSERT_TRUE(priorities.set("late \"fax\"\n", MediaMode::G3Fax, Priority::Highest));
        ASSERT_TRUE(priorities.set("voice", MediaMode::AutomatedVoice, Priority::Lowest));
        ASSERT_TRUE(priorities.setForRequests("dialer", Priority::Highest));
    }
    EXPECT_FALSE(fs::exists(file() + ".new"));
    const core::Priorities priorities(directory);
    EXPECT_EQ(priorities.get("fax", MediaMode::G3Fax), Priority::Highest);
    EXPECT_LT(priorities.rank("late \"fax\"\n", MediaMode::G3Fax),
              priorities.rank("fax", MediaMode::G3Fax));
    EXPECT_EQ(priorities.get("voice", MediaMode::AutomatedVoice), Priority::Lowest);
    EXPECT_EQ(priorities.get("voice", MediaMode::InteractiveVoice), Priority::Normal);
    EXPECT_EQ(priorities.forRequests("dialer"), Priority::Highest);
}

TEST_F(PrioritiesTest, ADamagedFileIsSetAsideWithAWarning) {
    const std::string damaged[] = {
        "",
        "{",
        "[]",
        "{\"priorities\": 1}",
        "{\"priorities\": {\"G3 fax\": 1}}",
        "{\"priorities\": {\"G3 fax\": {\"highest\": [\"a\"]}}}",
        "{\"priorities\": {\"G3 fax\": {\"highest\": [1], \"lowest\": []}}}",
        "{\"priorities\": {\"G3 fax\": {\"highest\": [\"\"], \"lowest\": []}}}",
        "{\"priorities\": {\"requests\": {\"highest\": {}, \"lowest\": []}}}",
        std::string(2U << 20, ' '),
    };
    std::size_t warnings = 0;
    for (const std::string& text : damaged) {
        fs::create_directories(directory);
        std::ofstream(file()) << text;
        core::Priorities priorities(directory);
        EXPECT_EQ(logged("is not a list of priorities"), ++warnings) << text.substr(0, 80);
        EXPECT_EQ(priorities.get("a", MediaMode::G3Fax), Priority::Normal);
        EXPECT_TRUE(fs::exists(file() + ".broken"));
        EXPECT_FALSE(fs::exists(file()));
        ASSERT_TRUE(priorities.set("a", MediaMode::G3Fax, Priority::Highest));
        EXPECT_EQ(core::Priorities(directory).get("a", MediaMode::G3Fax), Priority::Highest);
    }
}

TEST_F(PrioritiesTest, ADirectoryThatCannotBeWrittenIsSaid) {
    std::ofstream(directory) << "a file";
    core::Priorities priorities(directory);
    EXPECT_TRUE(priorities.set("a", MediaMode::G3Fax, Priority::Highest));
    EXPECT_EQ(priorities.get("a", MediaMode::G3Fax), Priority::Highest);
    EXPECT_EQ(logged("priorities are not kept"), 1u);
}

/// Who gets a call, for all orders of registration and of priorities.
class OwnerChoiceTest : public ManagerFixture {
protected:
    void SetUp() override {
        fake.caps.mediaModes = LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_INTERACTIVEVOICE |
                               LINEMEDIAMODE_AUTOMATEDVOICE | LINEMEDIAMODE_DATAMODEM |
                               LINEMEDIAMODE_G3FAX | LINEMEDIAMODE_TDD;
        start();
    }
    struct Wish {
        const char* name;
        tapi::MediaModes modes;
    };
    /// The names of those who own the next call, and of those who watch it.
    std::pair<std::string, std::string> whoGets(std::uint32_t mediaModes) {
        for (auto& app : apps) {
            app->events.events.clear();
        }
        auto& call = fake.ring(fake.line(), mediaModes);
        settle();
        std::pair<std::string, std::string> found;
        for (std::size_t i = 0; i < apps.size(); ++i) {
            for (const auto& event : apps[i]->events.all<tapi::CallNotificationEvent>()) {
                (event.privilege == CallPrivilege::Owner ? found.first : found.second) += names[i];
            }
        }
        fake.state(call, LINECALLSTATE_IDLE);
        settle();
        return found;
    }
    void enter(const std::vector<Wish>& wishes) {
        for (const Wish& wish : wishes) {
            apps.push_back(std::make_unique<Application>(*manager, wish.name));
            names.emplace_back(wish.name);
            apps.back()->watch({.owner = true, .monitor = true, .mediaModes = wish.modes});
        }
    }
    Application& app(std::string_view name) {
        return *apps.at(
            static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
    }
    void leave() {
        apps.clear();
        names.clear();
        settle();
    }
    void TearDown() override { apps.clear(); }
    std::vector<std::unique_ptr<Application>> apps;
    std::vector<std::string> names;
};

TEST_F(OwnerChoiceTest, TheFirstOneInEveryOrderUnlessPrioritiesSayOtherwise) {
    std::vector<Wish> wishes{
        {"a", MediaMode::G3Fax}, {"b", MediaMode::G3Fax}, {"c", MediaMode::G3Fax}};
    const auto byName = [](const Wish& left, const Wish& right) {
        return std::string_view(left.name) < right.name;
    };
    std::sort(wishes.begin(), wishes.end(), byName);
    do {
        enter(wishes);
        const std::string first = wishes[0].name, second = wishes[1].name;
        EXPECT_EQ(whoGets(LINEMEDIAMODE_G3FAX).first, first);
        EXPECT_EQ(whoGets(LINEMEDIAMODE_G3FAX).second, second + wishes[2].name);
        for (const Wish& wish : wishes) {
            ASSERT_TRUE(app(wish.name).tapi->setPriority(MediaMode::G3Fax, Priority::Highest));
            EXPECT_EQ(app(wish.name).tapi->priority(MediaMode::G3Fax), Priority::Highest);
            EXPECT_EQ(whoGets(LINEMEDIAMODE_G3FAX).first, wish.name);
            EXPECT_EQ(whoGets(LINEMEDIAMODE_DATAMODEM).first, "");  // not their media
        }
        for (const Wish& wish : wishes) {
            ASSERT_TRUE(app(wish.name).tapi->setPriority(MediaMode::G3Fax, Priority::Normal));
        }
        ASSERT_TRUE(app(first).tapi->setPriority(MediaMode::G3Fax, Priority::Lowest));
        EXPECT_EQ(whoGets(LINEMEDIAMODE_G3FAX).first, second);
        ASSERT_TRUE(app(first).tapi->setPriority(MediaMode::G3Fax, Priority::Normal));
        apps.erase(apps.begin());  // it dies: the next one has the calls
        names.erase(names.begin());
        EXPECT_EQ(whoGets(LINEMEDIAMODE_G3FAX).first, second);
        leave();
    } while (std::next_permutation(wishes.begin(), wishes.end(), byName));
}

struct ChoiceRow {
    const char* text;
    std::uint32_t call;
    const char* owner;
};

TEST_F(OwnerChoiceTest, MediaModesChoose) {
    enter({{"voice", MediaMode::AutomatedVoice},
           {"person", MediaMode::InteractiveVoice},
           {"fax", MediaMode::G3Fax},
           {"data", MediaMode::DataModem}});
    const ChoiceRow rows[] = {
        {"its own kind of voice first", LINEMEDIAMODE_INTERACTIVEVOICE, "person"},
        {"automated", LINEMEDIAMODE_AUTOMATEDVOICE, "voice"},
        {"fax", LINEMEDIAMODE_G3FAX, "fax"},
        {"data", LINEMEDIAMODE_DATAMODEM, "data"},
        {"nobody's", LINEMEDIAMODE_TDD, ""},
        {"unknown: along the chain", LINEMEDIAMODE_UNKNOWN, "voice"},
        {"unknown, perhaps fax", LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_G3FAX, "fax"},
        {"unknown, perhaps fax or data",
         LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_G3FAX | LINEMEDIAMODE_DATAMODEM, "data"},
        {"unknown, perhaps nobody's", LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_TDD, "voice"},
        {"several without unknown: unknown", LINEMEDIAMODE_G3FAX | LINEMEDIAMODE_TDD, "fax"},
    };
    for (const ChoiceRow& row : rows) {
        EXPECT_EQ(whoGets(row.call).first, row.owner) << row.text;
    }
    enter({{"probe", MediaMode::Unknown}});
    EXPECT_EQ(whoGets(LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_G3FAX).first, "probe");
    EXPECT_EQ(whoGets(LINEMEDIAMODE_G3FAX).first, "fax");
}

TEST_F(OwnerChoiceTest, AnAnsweringMachineStandsInForAPerson) {
    enter({{"one", MediaMode::AutomatedVoice}, {"two", MediaMode::AutomatedVoice}});
    EXPECT_EQ(whoGets(LINEMEDIAMODE_INTERACTIVEVOICE).first, "one");
    ASSERT_TRUE(app("two").tapi->setPriority(MediaMode::AutomatedVoice, Priority::Highest));
    EXPECT_EQ(whoGets(LINEMEDIAMODE_INTERACTIVEVOICE).first, "two");
    ASSERT_TRUE(app("one").tapi->setPriority(MediaMode::InteractiveVoice, Priority::Highest));
    EXPECT_EQ(whoGets(LINEMEDIAMODE_INTERACTIVEVOICE).first, "one");
    enter({{"person", MediaMode::InteractiveVoice}});
    EXPECT_EQ(whoGets(LINEMEDIAMODE_INTERACTIVEVOICE).first, "one");
    ASSERT_TRUE(app("one").tapi->setPriority(MediaMode::InteractiveVoice, Priority::Normal));
    EXPECT_EQ(whoGets(LINEMEDIAMODE_INTERACTIVEVOICE).first, "person");
}

TEST_F(PrioritiesTest, ApplicationsFindTheirPriorityAgainByName) {
    for (int run = 0; run < 2; ++run) {
        start(directory);
        {
            Application first(*manager, "first");
            Application chosen(*manager, "chosen");
            first.watch();
            chosen.watch();
            if (run == 0) {
                ASSERT_TRUE(chosen.tapi->setPriority(MediaMode::AutomatedVoice, Priority::Highest));
                ASSERT_TRUE(chosen.tapi->setRequestPriority(Priority::Highest));
            }
            EXPECT_EQ(chosen.tapi->priority(MediaMode::AutomatedVoice), Priority::Highest);
            fake.ring(fake.line(static_cast<std::size_t>(run)), LINEMEDIAMODE_AUTOMATEDVOICE);
            settle();
            const auto told = chosen.events.all<tapi::CallNotificationEvent>();
            ASSERT_EQ(told.size(), 1u);
            EXPECT_EQ(told[0].privilege, CallPrivilege::Owner);
            ASSERT_TRUE(first.tapi->registerRequestRecipient());
            ASSERT_TRUE(chosen.tapi->registerRequestRecipient());
            ASSERT_TRUE(first.tapi->requestMakeCall({"12", "test", "", ""}));
            settle();
            EXPECT_EQ(chosen.events.all<tapi::RequestEvent>().size(), 1u);
        }
        manager.reset();
    }
}

}  // namespace
}  // namespace tipring::test
