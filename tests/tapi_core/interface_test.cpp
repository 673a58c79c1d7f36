// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tapi_core/fake_interfaces.h"
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using tapi::Value;
using How = Behaviour::How;
using Values = std::vector<Value>;

constexpr const char* kFake = "org.example.Fake";
const Values kEach = {true,
                      std::int32_t{-1},
                      std::uint32_t{2},
                      std::int64_t{-3},
                      std::uint64_t{4},
                      0.5,
                      std::string("six"),
                      std::vector<std::byte>{std::byte{7}}};

/// The results of a method.
struct Results {
    tapi::ValuesReply reply() {
        return [this](const tapi::Result<Values>& given) {
            ++count;
            result = given;
        };
    }
    int count = 0;
    std::optional<tapi::Result<Values>> result;
};

class InterfaceTest : public ManagerFixture {
protected:
    void TearDown() override {
        app.reset();
        manager.reset();
    }
    void begin() {
        start();
        app = std::make_unique<Application>(*manager, "app");
    }
    std::shared_ptr<tapi::ProviderInterface> ofAddress(std::uint32_t version = 1) {
        return app->address()->queryInterface(kFake, version).value();
    }
    /// A call that was asked for and its outcome.
    tapi::Result<Values> outcome(tapi::ProviderInterface& of, const char* method,
                                 const Values& arguments) {
        Results results;
        const auto asked = of.call(method, arguments, results.reply());
        EXPECT_EQ(results.count, 0) << "never inside the call";
        settle();
        EXPECT_EQ(results.count, asked ? 1 : 0);
        return asked ? *results.result : tapi::Result<Values>(tl::unexpected(asked.error()));
    }
    void expectError(const tapi::Result<Values>& result, ErrorCode code, const char* words = "") {
        ASSERT_FALSE(result);
        EXPECT_EQ(hal::errorName(result.error().code), hal::errorName(code));
        EXPECT_NE(result.error().cause.find(words), std::string::npos) << result.error().cause;
    }
    FakeInterfaces interfaces{fake};
    std::unique_ptr<Application> app;
};

// ---- discovery

TEST_F(InterfaceTest, AllAreListedWithMethodsAndTypes) {
    begin();
    const auto all = app->tapi->interfaces();
    ASSERT_EQ(all.size(), 5u);
    EXPECT_EQ(all[0].name, kFake);
    EXPECT_EQ(all[0].provider, "fake");
    EXPECT_EQ(all[0].object, tapi::ObjectKind::Tapi);
    ASSERT_EQ(all[0].methods.size(), 1u);
    EXPECT_EQ(all[0].methods[0].name, "Add");
    EXPECT_EQ(all[0].methods[0].text, "The sum of two.");
    ASSERT_EQ(all[0].methods[0].in.size(), 2u);
    EXPECT_EQ(all[0].methods[0].in[1].name, "b");
    EXPECT_EQ(all[0].methods[0].in[1].type, 'i');
    EXPECT_EQ(all[0].methods[0].out[0].name, "sum");
    ASSERT_EQ(all[0].events.size(), 1u);
    EXPECT_EQ(all[0].events[0].arguments[0].type, 'u');
    EXPECT_EQ(all[4].object, tapi::ObjectKind::Terminal);
}

TEST_F(InterfaceTest, AnObjectListsThoseOfItsKind) {
    begin();
    const auto ofLine = app->address()->interfaces();
    ASSERT_EQ(ofLine.size(), 2u);
    EXPECT_EQ(ofLine[0].version, 3u);
    EXPECT_EQ(ofLine[1].version, 1u);
    const auto ofCall = connected(*app)->interfaces();
    ASSERT_EQ(ofCall.size(), 1u);
    EXPECT_EQ(ofCall[0].object, tapi::ObjectKind::Call);
}

TEST_F(InterfaceTest, AnotherProvidersLineHasNone) {
    start();
    FakeProvider plain({"two"}, "plain");
    ASSERT_TRUE(manager->addProvider(plain.table, {{"fake", "plain"}}));
    app = std::make_unique<Application>(*manager, "app");
    EXPECT_EQ(app->address(0)->interfaces().size(), 2u);
    EXPECT_TRUE(app->address(1)->interfaces().empty());
    EXPECT_EQ(app->address(1)->queryInterface(kFake, 1).error().code, ErrorCode::InvalFeature);
    TearDown();
}

TEST_F(InterfaceTest, ALaterVersionServesAnEarlierAsk) {
    begin();
    for (const std::uint32_t asked : {0U, 1U, 2U, 3U}) {
        const auto found = app->address()->queryInterface(kFake, asked);
        ASSERT_TRUE(found) << asked;
        EXPECT_EQ((*found)->description().version, 3u);
    }
    const auto later = app->address()->queryInterface(kFake, 4);
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code, ErrorCode::InvalFeature);
    EXPECT_NE(later.error().cause.find("version 3, asked was 4"), std::string::npos);
}

TEST_F(InterfaceTest, AnUnknownOneIsInvalFeatureWithWords) {
    begin();
    const auto unknown = app->address()->queryInterface("org.example.None", 1);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::InvalFeature);
    EXPECT_NE(unknown.error().cause.find("org.example.None"), std::string::npos);
    const auto elsewhere = app->address()->queryInterface("org.example.Sound", 1);
    EXPECT_NE(elsewhere.error().cause.find("terminals have one"), std::string::npos);
    EXPECT_EQ(app->tapi->queryInterface("org.example.Sound", 1).error().code,
              ErrorCode::InvalFeature);
}

// ---- calls

TEST_F(InterfaceTest, AMethodGetsItsArgumentsAndGivesItsResults) {
    begin();
    const auto echoed = outcome(*ofAddress(), "Echo", kEach);
    ASSERT_TRUE(echoed) << echoed.error().text();
    EXPECT_EQ(*echoed, kEach);
    ASSERT_EQ(interfaces.calls.size(), 1u);
    EXPECT_EQ(interfaces.calls[0].types, "biuxtdsy");
    EXPECT_EQ(interfaces.calls[0].interfaceIndex, 1u);
    EXPECT_EQ(interfaces.calls[0].method, 0u);
    EXPECT_EQ(interfaces.calls[0].target.object, TSPI_OBJECT_ADDRESS);
    EXPECT_EQ(interfaces.calls[0].target.line, reinterpret_cast<HDRVLINE>(&fake.line()));
    EXPECT_EQ(interfaces.calls[0].target.call, nullptr);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(InterfaceTest, NumbersAreConvertedOnTheWay) {
    begin();
    Values numbers = kEach;
    numbers[1] = std::uint64_t{5};
    numbers[2] = 6.0;
    numbers[5] = std::int32_t{7};
    const auto echoed = outcome(*ofAddress(), "Echo", numbers);
    ASSERT_TRUE(echoed);
    EXPECT_EQ((*echoed)[1], Value(std::int32_t{5}));
    EXPECT_EQ((*echoed)[2], Value(std::uint32_t{6}));
    EXPECT_EQ((*echoed)[5], Value(7.0));
}

TEST_F(InterfaceTest, WrongArgumentsNeverReachTheProvider) {
    begin();
    const auto of = ofAddress();
    expectError(outcome(*of, "Ech", {}), ErrorCode::InvalFeature, "no method Ech");
    expectError(outcome(*of, "Nothing", {true}), ErrorCode::InvalParam, "Nothing");
    expectError(outcome(*of, "Echo", {}), ErrorCode::InvalParam, "b b, i i");
    Values wrong = kEach;
    wrong[2] = std::int32_t{-1};
    expectError(outcome(*of, "Echo", wrong), ErrorCode::InvalParam, "type u for u");
    wrong = kEach;
    wrong[6] = std::string((1 << 20) + 1, 'x');
    expectError(outcome(*of, "Echo", wrong), ErrorCode::InvalParam);
    EXPECT_TRUE(interfaces.calls.empty());
    EXPECT_EQ(fake.line().opened, 0u);
}

TEST_F(InterfaceTest, TheLineIsOpenedForIt) {
    begin();
    fake.behave = [](const std::string&) { return Behaviour{How::Later, 0, "", 1s}; };
    Results results;
    ASSERT_TRUE(ofAddress()->call("Nothing", {}, results.reply()));
    settle();
    EXPECT_EQ(fake.line().opened, 1u);
    EXPECT_EQ(fake.line().closed, 0u);
    loop.advance(2s);
    EXPECT_EQ(results.count, 1);
    EXPECT_EQ(fake.line().closed, 1u) << "and closed after it";
}

TEST_F(InterfaceTest, TheProviderItselfHasNoLine) {
    begin();
    const auto own = app->tapi->queryInterface(kFake, 1).value();
    interfaces.results = [&](DRV_REQUESTID id, std::span<const TspiValue> arguments) {
        tspi::InterfaceValues sum;
        sum.add(static_cast<std::int32_t>(arguments[0].as.integer + arguments[1].as.integer));
        interfaces.give(id, sum.values());
    };
    const auto sum = outcome(*own, "Add", {std::int32_t{2}, std::int32_t{40}});
    ASSERT_TRUE(sum);
    EXPECT_EQ(sum->front(), Value(std::int32_t{42}));
    EXPECT_EQ(interfaces.calls[0].target.line, nullptr);
    EXPECT_EQ(fake.line().opened, 0u);
}

TEST_F(InterfaceTest, ACallsInterfaceGetsTheCall) {
    begin();
    const auto call = connected(*app);
    interfaces.results = [&](DRV_REQUESTID id, std::span<const TspiValue>) {
        interfaces.give(id, tspi::InterfaceValues().add("ann").values());
    };
    const auto of = call->queryInterface(kFake, 1).value();
    const auto name = outcome(*of, "Name", {});
    ASSERT_TRUE(name);
    EXPECT_EQ(name->front(), Value(std::string("ann")));
    EXPECT_EQ(interfaces.calls[0].target.object, TSPI_OBJECT_CALL);
    EXPECT_EQ(interfaces.calls[0].target.call, reinterpret_cast<HDRVCALL>(&fake.lastCall()));
}

// ---- how a request ends

TEST_F(InterfaceTest, EachRequestHasOneReplyHoweverItEnds) {
    struct Row {
        Behaviour behaviour;
        bool accepted;
        std::optional<ErrorCode> code;
        std::size_t breaches;
    };
    const Row rows[] = {
        {{How::Inside, 0, "", {}}, true, {}, 0},
        {{How::Later, LINEERR_INUSE, "busy", 1s}, true, ErrorCode::InUse, 0},
        {{How::Never, 0, "", {}}, true, ErrorCode::Timeout, 1},
        {{How::Twice, 0, "", {}}, true, {}, 1},
        {{How::WrongId, 0, "", {}}, true, ErrorCode::Timeout, 2},
        {{How::WrongCode, 0, "", {}}, false, ErrorCode::OperationFailed, 1},
    };
    begin();
    app->watch();
    const auto of = ofAddress();
    for (const Row& row : rows) {
        logLines.clear();
        interfaces.results = [](DRV_REQUESTID, std::span<const TspiValue>) {};
        fake.behave = [&](const std::string&) { return row.behaviour; };
        Results results;
        const auto asked = of->call("Nothing", {}, results.reply());
        EXPECT_EQ(bool(asked), row.accepted);
        loop.advance(70s);
        EXPECT_EQ(results.count, row.accepted ? 1 : 0);
        if (results.result) {
            EXPECT_EQ(bool(*results.result), !row.code);
        }
        if (results.result && row.code) {
            EXPECT_EQ(results.result->error().code, *row.code);
        }
        EXPECT_EQ(breaches(), row.breaches);
    }
}

TEST_F(InterfaceTest, RefusedGetsTheProvidersWords) {
    begin();
    interfaces.results = [](DRV_REQUESTID, std::span<const TspiValue>) {};
    fake.behave = [](const std::string&) {
        return Behaviour{How::Refuse, LINEERR_INUSE, "in a call", {}};
    };
    expectError(outcome(*ofAddress(), "Nothing", {}), ErrorCode::InUse, "in a call");
    EXPECT_EQ(fake.line().closed, 1u) << "the line is let go";
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(InterfaceTest, ResultsOfAnotherShapeAreABreach) {
    begin();
    const auto of = ofAddress();
    const TspiValue null{'s', 3, {}};
    const std::function<void(DRV_REQUESTID)> rows[] = {
        [](DRV_REQUESTID) {},
        [&](DRV_REQUESTID id) { interfaces.give(id, {}); },
        [&](DRV_REQUESTID id) { interfaces.give(id, tspi::InterfaceValues().add(true).values()); },
        [&](DRV_REQUESTID id) {
            interfaces.give(id, {&null, 1});
        },
        [&](DRV_REQUESTID id) { fake.init().interfaceResult(fake.init().context, id, nullptr, 8); },
    };
    for (const auto& row : rows) {
        logLines.clear();
        interfaces.results = [&](DRV_REQUESTID id, std::span<const TspiValue>) { row(id); };
        expectError(outcome(*of, "Echo", kEach), ErrorCode::OperationFailed, "broke the contract");
        EXPECT_EQ(breaches(), 1u);
    }
}

TEST_F(InterfaceTest, ResultsTwiceOrOfNoRequestAreBreaches) {
    begin();
    interfaces.results = [&](DRV_REQUESTID id, std::span<const TspiValue> arguments) {
        interfaces.give(id, arguments);
        interfaces.give(id, {});
        interfaces.give(id + 1000, {});
    };
    const auto echoed = outcome(*ofAddress(), "Echo", kEach);
    ASSERT_TRUE(echoed) << "the first ones stand";
    EXPECT_EQ(*echoed, kEach);
    EXPECT_EQ(breaches(), 2u);
}

// ---- objects that are gone

TEST_F(InterfaceTest, AnInterfaceOutlivesItsCall) {
    begin();
    const auto call = connected(*app);
    const auto of = call->queryInterface(kFake, 1).value();
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    expectError(outcome(*of, "Name", {}), ErrorCode::InvalCallHandle);
    EXPECT_EQ(of->description().name, kFake);
}

TEST_F(InterfaceTest, ACallThatHasNotBegunIsNone) {
    begin();
    const auto call = app->address()->createCall("12", tapi::MediaMode::AutomatedVoice).value();
    const auto of = call->queryInterface(kFake, 1).value();
    expectError(outcome(*of, "Name", {}), ErrorCode::InvalCallState);
}

TEST_F(InterfaceTest, AnInterfaceOutlivesItsLine) {
    begin();
    const auto of = ofAddress();
    fake.remove(fake.line());
    settle();
    expectError(outcome(*of, "Nothing", {}), ErrorCode::NoDevice);
    fake.arrive("one");
    settle();
    interfaces.results = [](DRV_REQUESTID, std::span<const TspiValue>) {};
    EXPECT_TRUE(outcome(*of, "Nothing", {})) << "and comes back with it";
}

TEST_F(InterfaceTest, UnpluggingEndsWhatIsPending) {
    begin();
    fake.behave = [](const std::string&) { return Behaviour{How::Never, 0, "", {}}; };
    interfaces.results = [](DRV_REQUESTID, std::span<const TspiValue>) {};
    Results results;
    ASSERT_TRUE(ofAddress()->call("Nothing", {}, results.reply()));
    fake.remove(fake.line());
    settle();
    ASSERT_EQ(results.count, 1);
    EXPECT_EQ(results.result->error().code, ErrorCode::OperationFailed);
}

TEST_F(InterfaceTest, AnInterfaceOutlivesApplicationAndManager) {
    begin();
    const auto of = ofAddress();
    const auto own = app->tapi->queryInterface(kFake, 1).value();
    Application other(*manager, "other");
    const auto others = other.address()->queryInterface(kFake, 1).value();
    app.reset();
    expectError(outcome(*of, "Nothing", {}), ErrorCode::InvalAppHandle);
    expectError(outcome(*own, "Add", {}), ErrorCode::InvalAppHandle);
    manager.reset();
    expectError(outcome(*others, "Nothing", {}), ErrorCode::Uninitialized);
}

// ---- events

TEST_F(InterfaceTest, AProvidersEventGoesToAllWhoWantTheClass) {
    begin();
    Application deaf(*manager, "deaf",
                     tapi::EventFilter::fromBits(~std::uint32_t(tapi::EventClass::Private)));
    interfaces.event(nullptr, nullptr, 0, 0, tspi::InterfaceValues().add(std::uint32_t{9}));
    EXPECT_TRUE(app->events.events.empty()) << "never from inside the routine";
    settle();
    const auto heard = app->events.all<tapi::PrivateEvent>();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].interfaceName, kFake);
    EXPECT_EQ(heard[0].event, "Ticked");
    EXPECT_EQ(heard[0].values, Values{std::uint32_t{9}});
    EXPECT_EQ(heard[0].address, nullptr);
    EXPECT_TRUE(deaf.events.events.empty());
}

TEST_F(InterfaceTest, AnAddressesEventGoesToThoseWhoHaveTheAddress) {
    begin();
    tapi::CallNotification wanted;
    wanted.callbackInstance = 77;
    app->watch(wanted);
    Application holder(*manager, "holder"), stranger(*manager, "stranger");
    const auto held = holder.address();
    const std::byte data[] = {std::byte{1}, std::byte{2}};
    tspi::InterfaceValues values;
    values.add("hello").add(std::span<const std::byte>(data));
    interfaces.event(fake.line().handle, nullptr, 1, 0, values);
    settle();
    const auto heard = app->events.all<tapi::PrivateEvent>();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].address, app->address());
    EXPECT_EQ(heard[0].call, nullptr);
    EXPECT_EQ(heard[0].callbackInstance, 77u);
    EXPECT_EQ(heard[0].values[0], Value(std::string("hello")));
    ASSERT_EQ(holder.events.all<tapi::PrivateEvent>().size(), 1u);
    EXPECT_EQ(holder.events.all<tapi::PrivateEvent>()[0].address, held);
    EXPECT_TRUE(stranger.events.all<tapi::PrivateEvent>().empty());
}

TEST_F(InterfaceTest, ACallsEventGoesToThoseWhoHaveTheCall) {
    begin();
    tapi::CallNotification wanted;
    wanted.callbackInstance = 5;
    app->watch(wanted);
    Application watcher(*manager, "watcher"), stranger(*manager, "stranger");
    watcher.watch({false, true, tapi::MediaMode::AutomatedVoice, 6});
    stranger.address();
    auto& call = fake.ring(fake.line());
    settle();
    interfaces.event(fake.line().handle, call.handle, 3, 0, tspi::InterfaceValues().add(true));
    settle();
    const auto heard = app->events.all<tapi::PrivateEvent>();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_NE(heard[0].call, nullptr);
    EXPECT_EQ(heard[0].address, app->address());
    EXPECT_EQ(heard[0].callbackInstance, 5u);
    ASSERT_EQ(watcher.events.all<tapi::PrivateEvent>().size(), 1u);
    EXPECT_EQ(watcher.events.all<tapi::PrivateEvent>()[0].callbackInstance, 6u);
    EXPECT_TRUE(stranger.events.all<tapi::PrivateEvent>().empty());
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(InterfaceTest, TheFiltersOfAddressAndCallTakeEventsAway) {
    begin();
    app->watch();
    auto& call = fake.ring(fake.line());
    settle();
    const auto line = app->address();
    const auto mine = app->events.all<tapi::CallNotificationEvent>().at(0).call;
    const auto raise = [&] {
        interfaces.event(fake.line().handle, nullptr, 1, 1, {});
        interfaces.event(fake.line().handle, call.handle, 3, 0, tspi::InterfaceValues().add(true));
        settle();
        const std::size_t heard = app->events.all<tapi::PrivateEvent>().size();
        app->events.events.clear();
        return heard;
    };
    constexpr auto kPrivate = tapi::EventClass::Private;
    EXPECT_EQ(raise(), 2u);
    ASSERT_TRUE(mine->setEventFilter(kPrivate, tapi::kAllSubEvents, false));
    EXPECT_EQ(raise(), 1u) << "the address's is left";
    ASSERT_TRUE(line->setEventFilter(kPrivate, 0, false));
    EXPECT_EQ(raise(), 0u);
    ASSERT_TRUE(mine->setEventFilter(kPrivate, tapi::kAllSubEvents, true));
    EXPECT_EQ(raise(), 0u) << "the address's filter is the call's too";
    ASSERT_TRUE(line->setEventFilter(kPrivate, 0, true));
    EXPECT_EQ(raise(), 2u);
    app->tapi->setEventFilter(tapi::EventFilter::fromBits(~std::uint32_t(kPrivate)));
    EXPECT_EQ(raise(), 0u);
}

TEST_F(InterfaceTest, ACallThatWasGivenBackHasNoInterface) {
    begin();
    const auto call = connected(*app);
    const auto of = call->queryInterface(kFake, 1).value();
    ASSERT_TRUE(call->deallocate());
    expectError(outcome(*of, "Name", {}), ErrorCode::InvalCallHandle);
}

TEST_F(InterfaceTest, ACallsEarlyEventIsHeldUntilTheCallIsValid) {
    begin();
    fake.behave = [](const std::string&) { return Behaviour{How::Later, 0, "", 1s}; };
    Answer answer;
    const auto call = dialled(*app, answer);
    interfaces.event(fake.line().handle, fake.lastCall().handle, 3, 0,
                     tspi::InterfaceValues().add(true));
    settle();
    EXPECT_TRUE(app->events.all<tapi::PrivateEvent>().empty());
    loop.advance(2s);
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(app->events.all<tapi::PrivateEvent>().size(), 1u);
}

TEST_F(InterfaceTest, HostileEventsAreBreachesAndReachNobody) {
    begin();
    app->watch();
    auto& call = fake.ring(fake.line());
    settle();
    const HTAPILINE line = fake.line().handle;
    const HTAPICALL handle = call.handle;
    const tspi::InterfaceValues none, flag = std::move(tspi::InterfaceValues().add(true));
    const auto& init = fake.init();
    const std::function<void()> rows[] = {
        [&] { interfaces.event(line, nullptr, 9, 0, none); },
        [&] { interfaces.event(line, nullptr, 0xFFFFFFFF, 0xFFFFFFFF, none); },
        [&] { interfaces.event(line, nullptr, 1, 2, none); },
        [&] { interfaces.event(line, nullptr, 1, 0, none); },
        [&] { interfaces.event(line, nullptr, 1, 1, flag); },
        [&] { interfaces.event(nullptr, nullptr, 1, 1, none); },
        [&] { interfaces.event(line, handle, 1, 1, none); },
        [&] { interfaces.event(line, nullptr, 3, 0, flag); },
        [&] { interfaces.event(nullptr, handle, 3, 0, flag); },
        [&] {
            interfaces.event(line, nullptr, 0, 0, tspi::InterfaceValues().add(std::uint32_t{1}));
        },
        [&] { interfaces.event(reinterpret_cast<HTAPILINE>(0x55), nullptr, 1, 1, none); },
        [&] { interfaces.event(line, reinterpret_cast<HTAPICALL>(0x55), 3, 0, flag); },
        [&] { init.interfaceEvent(init.context, line, nullptr, 1, 0, nullptr, 2); },
        [&] { init.interfaceEvent(init.context, line, nullptr, 1, 0, nullptr, 0xFFFFFFFF); },
    };
    for (const auto& row : rows) {
        logLines.clear();
        row();
        settle();
        EXPECT_EQ(breaches(), 1u) << "row " << (&row - rows);
    }
    EXPECT_TRUE(app->events.all<tapi::PrivateEvent>().empty());
    fake.state(call, LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(app->events.states().back(), LineCallState::Idle);
}

TEST_F(InterfaceTest, AnEventForAnEndedCallIsABreach) {
    begin();
    app->watch();
    auto& call = fake.ring(fake.line());
    fake.state(call, LINECALLSTATE_IDLE);
    interfaces.event(fake.line().handle, call.handle, 3, 0, tspi::InterfaceValues().add(true));
    settle();
    EXPECT_EQ(breaches(), 1u);
    EXPECT_TRUE(app->events.all<tapi::PrivateEvent>().empty());
}

TEST_F(InterfaceTest, AnotherProvidersLineHandleIsABreach) {
    start();
    FakeProvider plain({"two"}, "plain");
    ASSERT_TRUE(manager->addProvider(plain.table, {{"fake", "plain"}}));
    app = std::make_unique<Application>(*manager, "app");
    ASSERT_TRUE(app->tapi->registerCallNotifications(app->address(1), {}));
    interfaces.event(plain.line().handle, nullptr, 1, 1, {});
    settle();
    EXPECT_EQ(breaches(), 1u);
    EXPECT_TRUE(app->events.all<tapi::PrivateEvent>().empty());
    TearDown();
}

// ---- lists that break the rules

TEST_F(InterfaceTest, ADescriptionThatBreaksARuleIsLeftOut) {
    static constexpr TspiArgument kBadType[] = {{"a", 'q'}};
    static constexpr TspiArgument kNameless[] = {{nullptr, 's'}};
    static constexpr TspiMethod kTyped[] = {{"M", "", kBadType, 1, nullptr, 0}};
    static constexpr TspiMethod kUnnamed[] = {{"M", "", nullptr, 0, kNameless, 1}};
    static constexpr TspiMethod kNull[] = {{"M", "", nullptr, 3, nullptr, 0}};
    static constexpr TspiMethod kTwice[] = {{"M", "", nullptr, 0, nullptr, 0},
                                            {"M", "", nullptr, 0, nullptr, 0}};
    static constexpr TspiInterfaceSignal kMany[] = {{"E", "", kBadType, 65}};
    const auto method = [](const TspiMethod* methods, std::uint32_t count) {
        return [methods, count](TspiInterface& each) {
            each.methods = methods;
            each.methodCount = count;
        };
    };
    const std::function<void(TspiInterface&)> rows[] = {
        [](TspiInterface& each) { each.name = nullptr; },
        [](TspiInterface& each) { each.name = ""; },
        [](TspiInterface& each) { each.name = "plain"; },
        [](TspiInterface& each) { each.name = "org..x"; },
        [](TspiInterface& each) { each.name = "org.1x"; },
        [](TspiInterface& each) { each.name = "org.x y"; },
        [](TspiInterface& each) { each.version = 0; },
        [](TspiInterface& each) { each.object = 0; },
        [](TspiInterface& each) { each.object = 6; },
        [](TspiInterface& each) { each.methods = nullptr; },
        [](TspiInterface& each) { each.methodCount = 0xFFFFFFFF; },
        [](TspiInterface& each) { each.events = nullptr; },
        [](TspiInterface& each) { each.eventCount = 5000; },
        method(kTyped, 1),
        method(kUnnamed, 1),
        method(kNull, 1),
        method(kTwice, 2),
        [](TspiInterface& each) {
            each.events = kMany;
            each.eventCount = 1;
        },
        [](TspiInterface& each) { each.version = 1; },  // org.example.Fake 1 stands there
    };
    const auto good = interfaces.list;
    for (const auto& row : rows) {
        logLines.clear();
        interfaces.list = good;
        row(interfaces.list[1]);
        begin();
        const auto all = app->tapi->interfaces();
        EXPECT_EQ(all.size(), 4u) << "row " << (&row - rows);
        EXPECT_EQ(breaches(), 1u) << "row " << (&row - rows);
        TearDown();
    }
}

TEST_F(InterfaceTest, ALongerRowOfALaterContractIsRead) {
    struct Longer {
        TspiInterface known;
        std::uint64_t more[3];
    };
    static std::vector<Longer> rows;
    rows.clear();
    for (TspiInterface each : interfaces.list) {
        each.size = sizeof(Longer);
        rows.push_back({each, {~0ULL, ~0ULL, ~0ULL}});
    }
    fake.table.providerGetInterfaces = [](HPROVIDER, const TspiInterface** list,
                                          std::uint32_t* count) -> TSPI_RESULT {
        *list = &rows[0].known;
        *count = static_cast<std::uint32_t>(rows.size());
        return 0;
    };
    begin();
    EXPECT_EQ(app->tapi->interfaces().size(), 5u);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(InterfaceTest, AShorterRowOrAHugeListIsRefusedWhole) {
    interfaces.list[0].size = 8;
    begin();
    EXPECT_TRUE(app->tapi->interfaces().empty());
    TearDown();
    fake.table.providerGetInterfaces = [](HPROVIDER, const TspiInterface** list,
                                          std::uint32_t* count) -> TSPI_RESULT {
        *list = nullptr;
        *count = 0xFFFFFFFF;
        return 0;
    };
    begin();
    EXPECT_TRUE(app->tapi->interfaces().empty());
    EXPECT_EQ(breaches(), 2u);
}

TEST_F(InterfaceTest, AProviderWithoutTheFunctionsHasNone) {
    fake.table.interfaceCall = nullptr;
    begin();
    expectError(outcome(*ofAddress(), "Nothing", {}), ErrorCode::OperationUnavail);
    EXPECT_EQ(fake.line().closed, fake.line().opened);
    TearDown();
    fake.table.providerGetInterfaces = nullptr;
    begin();
    EXPECT_TRUE(app->tapi->interfaces().empty());
}

}  // namespace
}  // namespace tipring::test
