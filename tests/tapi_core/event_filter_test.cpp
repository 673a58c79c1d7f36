// SPDX-License-Identifier: Apache-2.0
// Every class of event against every filter: the rule itself, and the sources of events.
#include "tipring/tapi_core/api/event_filter.h"

#include <bit>
#include <cstdio>

#include "application.h"
#include "call_record.h"
#include "event_gate.h"
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using tapi::EventClass;
using tapi::EventFilter;

constexpr EventClass kClasses[] = {
    EventClass::TapiObject,
    EventClass::Address,
    EventClass::CallNotification,
    EventClass::CallState,
    EventClass::CallMedia,
    EventClass::CallHub,
    EventClass::CallInfoChange,
    EventClass::Private,
    EventClass::Request,
    EventClass::DigitEvent,
    EventClass::GenerateEvent,
    EventClass::FileTerminal,
    EventClass::ToneTerminal,
    EventClass::Phone,
    EventClass::ToneEvent,
    EventClass::GatherDigits,
    EventClass::AddressDevSpecific,
    EventClass::PhoneDevSpecific,
    EventClass::Room,
};

EventFilter allBut(EventClass eventClass) {
    return EventFilter::fromBits(~static_cast<std::uint32_t>(eventClass));
}

/// The rule, with one event of each class that there is.
class EventGateTest : public testing::Test {
protected:
    EventGateTest() {
        record->sink = &sink;
        record->filter = tapi::kAllEvents;
    }
    struct Row {
        EventClass eventClass;
        std::int32_t subEvent;
        bool ofAddress, ofCall;
        tapi::Event event;
    };
    [[nodiscard]] std::vector<Row> rows() const {
        const std::shared_ptr<tapi::Call> c = call;
        const std::shared_ptr<tapi::Address> a = address;
        using Media = tapi::CallMediaEvent::Kind;
        using Item = tapi::CallInfoChangeEvent::Item;
        return {
            {EventClass::TapiObject, 4, true, false,
             tapi::TapiObjectEvent{tapi::TapiObjectEvent::Kind::AddressClose, a}},
            {EventClass::TapiObject, 3, false, false,
             tapi::TapiObjectEvent{tapi::TapiObjectEvent::Kind::TranslateChange}},
            {EventClass::Address, 2, true, false,
             tapi::AddressEvent{tapi::AddressEvent::Kind::Ringing, a}},
            {EventClass::CallNotification, 0, true, true,
             tapi::CallNotificationEvent{c, tapi::CallPrivilege::Owner, 0}},
            {EventClass::CallState, 2, true, true,
             tapi::CallStateEvent{
                 c, tapi::CallState::Connected, LineCallState::Connected, 1, {}, 0}},
            {EventClass::CallInfoChange, 22, true, true,
             tapi::CallInfoChangeEvent{c, Item::Privilege, 0}},
            {EventClass::DigitEvent, 0, true, true, tapi::DigitEvent{c, '1', {}, 0}},
            {EventClass::GenerateEvent, 0, true, true, tapi::GenerateEvent{c, false, 0}},
            {EventClass::GatherDigits, 0, true, true,
             tapi::GatherDigitsEvent{c, {}, tapi::GatherEnd::Cancel, {}, 0}},
            {EventClass::ToneEvent, 0, true, true, tapi::ToneEvent{c, 1, {}, 0}},
            {EventClass::CallMedia, 4, true, true,
             tapi::CallMediaEvent{c, Media::MediaHeard, {}, 0, 0}},
            {EventClass::FileTerminal, 1, true, true,
             tapi::FileTerminalEvent{c,
                                     {},
                                     tapi::FileTerminalEvent::State::Active,
                                     tapi::FileTerminalEvent::Cause::Normal,
                                     {},
                                     0}},
            {EventClass::Phone, 5, false, false,
             tapi::PhoneEvent{nullptr, tapi::PhoneEvent::Kind::Button}},
            {EventClass::Private, 0, true, true, tapi::PrivateEvent{{}, {}, {}, a, c}},
            {EventClass::Private, 0, true, false, tapi::PrivateEvent{{}, {}, {}, a}},
            {EventClass::Private, 0, false, false, tapi::PrivateEvent{}},
            {EventClass::AddressDevSpecific, 0, true, false,
             tapi::AddressDevSpecificEvent{a, nullptr, {1, 2, 3}}},
            {EventClass::PhoneDevSpecific, 0, false, false,
             tapi::PhoneDevSpecificEvent{nullptr, {1, 2, 3}}},
            {EventClass::Request, 0, false, false, tapi::RequestEvent{1, {}}},
            {EventClass::ToneTerminal, 0, true, true, tapi::ToneTerminalEvent{c}},
            {EventClass::CallHub, 1, true, true,
             tapi::CallHubEvent{nullptr, tapi::CallHubEvent::Kind::Leave, c}},
            {EventClass::Room, 3, true, true,
             tapi::RoomEvent{nullptr, tapi::RoomEvent::Kind::Joined, c}},
        };
    }
    [[nodiscard]] bool passes(const Row& row) const {
        return std::visit(
            [&](const auto& event) { return core::passes(*record, core::subjectOf(event)); },
            row.event);
    }

    Recorder sink;
    std::shared_ptr<core::ApplicationRecord> record = std::make_shared<core::ApplicationRecord>();
    std::shared_ptr<core::LineRecord> line = std::make_shared<core::LineRecord>();
    std::shared_ptr<core::CallRecord> made = std::make_shared<core::CallRecord>();
    std::shared_ptr<core::AddressView> address = std::make_shared<core::AddressView>(line, record);
    std::shared_ptr<core::CallView> call = std::make_shared<core::CallView>(made, record, address);
};

TEST_F(EventGateTest, TheRowsNameTheirClassAndSubEvent) {
    std::uint32_t seen = 0;
    for (const Row& row : rows()) {
        EXPECT_EQ(tapi::classOf(row.event), row.eventClass);
        EXPECT_EQ(tapi::subEventOf(row.event), row.subEvent) << tapi::name(row.eventClass);
        seen |= 1U << row.event.index();
    }
    EXPECT_EQ(std::popcount(seen), static_cast<int>(std::variant_size_v<tapi::Event>));
}

TEST_F(EventGateTest, TheMaskChoosesClasses) {
    for (const Row& row : rows()) {
        for (const EventClass each : kClasses) {
            record->filter = each;
            EXPECT_EQ(passes(row), each == row.eventClass)
                << tapi::name(row.eventClass) << " under " << tapi::name(each);
            record->filter = allBut(each);
            EXPECT_EQ(passes(row), each != row.eventClass)
                << tapi::name(row.eventClass) << " under all but " << tapi::name(each);
        }
        record->filter = {};
        EXPECT_FALSE(passes(row)) << tapi::name(row.eventClass);
        record->filter = tapi::kAllEvents;
        EXPECT_TRUE(passes(row)) << tapi::name(row.eventClass);
    }
}

TEST_F(EventGateTest, NothingPassesWithoutASinkOrAfterTheEnd) {
    for (const Row& row : rows()) {
        record->sink = nullptr;
        EXPECT_FALSE(passes(row));
        record->sink = &sink;
        record->closed = true;
        EXPECT_FALSE(passes(row));
        record->closed = false;
        EXPECT_TRUE(passes(row));
    }
}

/// A class, or one sub-event of it, taken away at the address or at the call.
TEST_F(EventGateTest, TheCallsFilterOnlyTakesAway) {
    call->filter = std::make_unique<tapi::SubEventFilter>();
    for (const Row& row : rows()) {
        for (const EventClass each : kClasses) {
            for (const std::int32_t sub : {tapi::kAllSubEvents, row.subEvent, row.subEvent + 1}) {
                const bool hit = each == row.eventClass && sub != row.subEvent + 1;
                ASSERT_TRUE(call->filter->set(each, sub, false));
                EXPECT_EQ(passes(row), !(hit && row.ofCall))
                    << tapi::name(row.eventClass) << " with " << tapi::name(each) << "/" << sub;
                ASSERT_TRUE(call->filter->set(each, sub, true));
            }
        }
    }
}

TEST_F(EventGateTest, ACallThatWasGivenBackIsSilent) {
    call->deallocated = true;
    for (const Row& row : rows()) {
        EXPECT_EQ(passes(row), !row.ofCall) << tapi::name(row.eventClass);
    }
}

TEST(SubEventFilterTest, OnlyOneClassAndAKnownSubEventCanBeSet) {
    tapi::SubEventFilter filter;
    for (const auto bad : {EventFilter{}, EventClass::Address | EventClass::CallState}) {
        EXPECT_EQ(filter.set(static_cast<EventClass>(bad.bits()), 0, false).error().code,
                  ErrorCode::InvalParam);
    }
    for (const std::int32_t sub : {-2, 32, 1000}) {
        EXPECT_EQ(filter.set(EventClass::Address, sub, false).error().code, ErrorCode::InvalParam);
    }
    ASSERT_TRUE(filter.set(EventClass::Address, 31, false));
    EXPECT_FALSE(filter.allows(EventClass::Address, 31));
    EXPECT_TRUE(filter.allows(EventClass::Address, 30));
    EXPECT_TRUE(filter.allows(EventClass::Address, tapi::kAllSubEvents));
    ASSERT_TRUE(filter.set(EventClass::Address, tapi::kAllSubEvents, false));
    EXPECT_FALSE(filter.allows(EventClass::Address, tapi::kAllSubEvents));
}

/// One way in which an event comes about. Another source is another row.
struct Stage {
    FakeProvider& fake;
    Application& app;
    FakeProvider::Call* driverCall;    // connected
    std::shared_ptr<tapi::Call> call;  // the same
    std::string path;                  // of a file that does not exist
    void event(std::uint32_t message, std::uintptr_t p1 = 0, std::uintptr_t p2 = 0) const {
        fake.event(fake.line(), driverCall->handle, message, p1, p2);
    }
    void lineEvent(std::uint32_t message, std::uintptr_t p1 = 0, std::uintptr_t p2 = 0) const {
        fake.event(fake.line(), nullptr, message, p1, p2);
    }
};
struct Source {
    const char* name;
    EventClass eventClass;
    std::int32_t subEvent;
    bool ofAddress, ofCall;
    bool newCall;  // the event is of a call that comes with it
    void (*arrange)(Stage& stage);
    void (*produce)(Stage& stage);
};
void nothing(Stage&) {}

const Source kSources[] = {
    {"AddressRemove", EventClass::TapiObject, 1, true, false, false, &nothing,
     [](Stage& stage) { stage.fake.remove(stage.fake.line()); }},
    {"MessageWaitOn", EventClass::Address, 7, true, false, false, &nothing,
     [](Stage& stage) { stage.lineEvent(LINE_LINEDEVSTATE, LINEDEVSTATE_MSGWAITON); }},
    {"Ringing", EventClass::Address, 2, true, false, false, &nothing,
     [](Stage& stage) { stage.lineEvent(LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, 1); }},
    {"Notification", EventClass::CallNotification, 0, true, false, true, &nothing,
     [](Stage& stage) { stage.fake.ring(stage.fake.line()); }},
    {"OfferingState", EventClass::CallState, 4, true, false, true, &nothing,
     [](Stage& stage) { stage.fake.ring(stage.fake.line()); }},
    {"DisconnectedState", EventClass::CallState, 3, true, true, false, &nothing,
     [](Stage& stage) { stage.fake.state(*stage.driverCall, LINECALLSTATE_DISCONNECTED, 1); }},
    {"Caller", EventClass::CallInfoChange, 0, true, true, false, &nothing,
     [](Stage& stage) { stage.event(LINE_CALLINFO, LINECALLINFOSTATE_CALLERID); }},
    {"Trunk", EventClass::CallInfoChange, 5, true, true, false, &nothing,
     [](Stage& stage) { stage.event(LINE_CALLINFO, LINECALLINFOSTATE_OTHER); }},
    {"Digit", EventClass::DigitEvent, 0, true, true, false,
     [](Stage& stage) { ASSERT_TRUE(stage.call->monitorDigits(tapi::DigitMode::Dtmf)); },
     [](Stage& stage) { stage.event(LINE_MONITORDIGITS, '5', LINEDIGITMODE_DTMF); }},
    {"Generated", EventClass::GenerateEvent, 0, true, true, false,
     [](Stage& stage) { ASSERT_TRUE(stage.call->generateDigits("1")); },
     [](Stage& stage) {
         stage.event(LINE_GENERATE, LINEGENERATETERM_DONE, stage.driverCall->endToEndId);
     }},
    {"Gathered", EventClass::GatherDigits, 0, true, true, false,
     [](Stage& stage) { ASSERT_TRUE(stage.call->gatherDigits({.count = 4})); },
     [](Stage& stage) { ASSERT_TRUE(stage.call->gatherDigits({.count = 0})); }},
    {"Tone", EventClass::ToneEvent, 0, true, true, false,
     [](Stage& stage) {
         const tapi::MonitoredTone tone{1, 100ms, {1100, 0, 0}};
         ASSERT_TRUE(stage.call->monitorTones({&tone, 1}));
     },
     [](Stage& stage) {
         stage.event(LINE_MONITORTONE, stage.driverCall->tones.at(0).appSpecific);
     }},
    {"MediaHeard", EventClass::CallMedia, 4, true, true, false,
     [](Stage& stage) { ASSERT_TRUE(stage.call->monitorMedia(tapi::MediaMode::G3Fax)); },
     [](Stage& stage) { stage.event(LINE_MONITORMEDIA, LINEMEDIAMODE_G3FAX); }},
    {"FileActive", EventClass::FileTerminal, 1, true, true, false, &nothing,
     [](Stage& stage) { ASSERT_TRUE(stage.call->record(stage.path, {})); }},
    {"StreamActive", EventClass::CallMedia, 0, true, true, false, &nothing,
     [](Stage& stage) { ASSERT_TRUE(stage.call->record(stage.path, {})); }},
};

class EventSourceTest : public ManagerFixture, public testing::WithParamInterface<Source> {
protected:
    void SetUp() override {
        fake.caps.monitorToneMaxEntries = fake.caps.monitorToneMaxFrequencies = 1;
        start();
        app = std::make_unique<Application>(*manager, "app");
        app->watch({.owner = true, .monitor = true, .callbackInstance = 7});
        auto& driverCall = fake.ring(fake.line());
        settle();
        fake.state(driverCall, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
        settle();
        path = testing::TempDir() + "event_source_" + GetParam().name + ".wav";
        std::remove(path.c_str());
        stage.emplace(Stage{fake, *app, &driverCall, app->address()->calls().at(0), path});
        GetParam().arrange(*stage);
        settle();
        app->events.events.clear();
    }
    void TearDown() override {
        stage.reset();
        app.reset();
        std::remove(path.c_str());
    }
    /// Lets it come about; how often it arrived.
    std::size_t arrivals() {
        GetParam().produce(*stage);
        settle();
        return static_cast<std::size_t>(std::count_if(
            app->events.events.begin(), app->events.events.end(), [](const tapi::Event& event) {
                return tapi::classOf(event) == GetParam().eventClass &&
                       tapi::subEventOf(event) == GetParam().subEvent;
            }));
    }
    std::string path;
    std::unique_ptr<Application> app;
    std::optional<Stage> stage;
};
INSTANTIATE_TEST_SUITE_P(Sources, EventSourceTest, testing::ValuesIn(kSources),
                         [](const testing::TestParamInfo<Source>& tested) {
                             return std::string(tested.param.name);
                         });

TEST_P(EventSourceTest, ArrivesOnceUnderAll) {
    EXPECT_EQ(arrivals(), 1u);
}

TEST_P(EventSourceTest, ArrivesUnderItsClassAlone) {
    app->tapi->setEventFilter(GetParam().eventClass);
    EXPECT_EQ(arrivals(), 1u);
    for (const auto& event : app->events.events) {
        EXPECT_EQ(tapi::classOf(event), GetParam().eventClass);
    }
}

TEST_P(EventSourceTest, NothingArrivesWithoutAFilterAndNothingIsKept) {
    app->tapi->setEventFilter({});
    EXPECT_EQ(arrivals(), 0u);
    EXPECT_TRUE(app->events.events.empty());
    app->tapi->setEventFilter(tapi::kAllEvents);
    settle();
    EXPECT_TRUE(app->events.events.empty());
}

TEST_P(EventSourceTest, EveryOtherClassLeavesItOut) {
    app->tapi->setEventFilter(allBut(GetParam().eventClass));
    EXPECT_EQ(arrivals(), 0u);
    for (const auto& event : app->events.events) {
        EXPECT_NE(tapi::classOf(event), GetParam().eventClass);
    }
}

TEST_P(EventSourceTest, TheAddressesFilterTakesTheClassAway) {
    ASSERT_TRUE(app->address()->setEventFilter(GetParam().eventClass, tapi::kAllSubEvents, false));
    EXPECT_EQ(arrivals(), GetParam().ofAddress ? 0u : 1u);
}

TEST_P(EventSourceTest, TheAddressesFilterTakesOneSubEventAway) {
    ASSERT_TRUE(app->address()->setEventFilter(GetParam().eventClass, GetParam().subEvent, false));
    EXPECT_EQ(arrivals(), GetParam().ofAddress ? 0u : 1u);
}

TEST_P(EventSourceTest, AnotherSubEventIsAnother) {
    ASSERT_TRUE(
        app->address()->setEventFilter(GetParam().eventClass, GetParam().subEvent + 1, false));
    ASSERT_TRUE(stage->call->setEventFilter(GetParam().eventClass, GetParam().subEvent + 1, false));
    EXPECT_EQ(arrivals(), 1u);
}

TEST_P(EventSourceTest, TheCallsFilterTakesAwayWhatIsOfTheCall) {
    ASSERT_TRUE(stage->call->setEventFilter(GetParam().eventClass, GetParam().subEvent, false));
    EXPECT_EQ(arrivals(), GetParam().ofCall ? 0u : 1u);
}

TEST_P(EventSourceTest, AFilterThatIsSetWhileTheEventIsUnderWayHolds) {
    GetParam().produce(*stage);
    app->tapi->setEventFilter(allBut(GetParam().eventClass));  // it waits at one place or another
    settle();
    for (const auto& event : app->events.events) {
        EXPECT_NE(tapi::classOf(event), GetParam().eventClass);
    }
}

TEST_P(EventSourceTest, TheCallbackInstanceIsCopied) {
    ASSERT_EQ(arrivals(), 1u);
    for (const auto& event : app->events.events) {
        std::visit(
            [](const auto& each) {
                if constexpr (requires {
                                  each.call;
                                  each.callbackInstance;
                              }) {
                    EXPECT_EQ(each.callbackInstance, 7u);
                }
            },
            event);
    }
}

class FilterOrderTest : public ManagerFixture {
protected:
    void SetUp() override { start(); }
};

TEST_F(FilterOrderTest, SinkAndMaskComeInEitherOrder) {
    for (const bool sinkFirst : {true, false}) {
        Recorder sink;
        const auto tapi = manager->createApplication("app");
        if (sinkFirst) {
            tapi->setEventSink(&sink);
            tapi->setEventFilter(EventClass::Address);
        } else {
            tapi->setEventFilter(EventClass::Address);
            tapi->setEventSink(&sink);
        }
        const auto cookie = tapi->registerCallNotifications(tapi->addresses().at(0), {}).value();
        fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_MSGWAITON);
        settle();
        EXPECT_EQ(sink.events.size(), 1u);
        EXPECT_EQ(tapi->eventFilter(), EventFilter(EventClass::Address));
        ASSERT_TRUE(tapi->unregisterNotifications(cookie));
    }
}

TEST_F(FilterOrderTest, FiltersOfOneApplicationAreNotAnothers) {
    Application deaf(*manager, "deaf");
    Application hears(*manager, "hears");
    deaf.watch();
    hears.watch({.owner = false, .monitor = true});
    ASSERT_TRUE(deaf.address()->setEventFilter(EventClass::CallState, -1, false));
    fake.ring(fake.line());
    settle();
    EXPECT_TRUE(deaf.events.states().empty());
    EXPECT_EQ(hears.events.states().size(), 1u);
    EXPECT_EQ(deaf.address()->setEventFilter(EventClass::CallState, 99, false).error().code,
              ErrorCode::InvalParam);
}

/// What is under way for a registration that ends is dropped; a call that was heard of goes on.
TEST_F(FilterOrderTest, TheCookieDropsWhatIsUnderWayButForKnownCalls) {
    Application app(*manager, "app");
    const auto cookie = app.watch();
    auto& known = fake.ring(fake.line());
    settle();
    app.events.events.clear();
    bool first = true;
    app.events.then = [&](const tapi::Event&) {
        if (std::exchange(first, false)) {
            ASSERT_TRUE(app.tapi->unregisterNotifications(cookie));
        }
    };
    fake.event(fake.line(), known.handle, LINE_CALLINFO,
               LINECALLINFOSTATE_CALLERID | LINECALLINFOSTATE_CALLEDID);
    fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, 1, 1);
    settle();
    // The known call goes on without a gap, or its idle could be lost; the ring is dropped.
    EXPECT_EQ(app.events.all<tapi::CallInfoChangeEvent>().size(), 2u);
    EXPECT_EQ(app.events.events.size(), 2u);
    EXPECT_EQ(app.tapi->unregisterNotifications(cookie).error().code, ErrorCode::NotRegistered);
    fake.state(known, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    EXPECT_EQ(app.events.states(), std::vector{LineCallState::Connected});
}

}  // namespace
}  // namespace tipring::test
