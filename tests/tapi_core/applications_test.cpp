// SPDX-License-Identifier: Apache-2.0
// Applications that share calls: handing off, privileges, giving back, and who is told what.
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using tapi::CallPrivilege;
using tapi::MediaMode;
using Item = tapi::CallInfoChangeEvent::Item;

class ApplicationsTest : public ManagerFixture {
protected:
    void SetUp() override {
        fake.caps.mediaModes |= LINEMEDIAMODE_G3FAX;
        start();
        owner.emplace(*manager, "owner");
        watcher.emplace(*manager, "watcher");
        other.emplace(*manager, "other");
    }
    void TearDown() override {
        other.reset();
        watcher.reset();
        owner.reset();
    }
    /// An offering call that `owner` owns, `watcher` monitors, and `other` does not see.
    void offer() {
        owner->watch({.callbackInstance = 1});
        watcher->watch({.owner = false, .monitor = true, .callbackInstance = 2});
        fake.ring(fake.line());
        settle();
        ASSERT_EQ(privileges(*owner), std::vector{CallPrivilege::Owner});
        ASSERT_EQ(privileges(*watcher), std::vector{CallPrivilege::Monitor});
        clear();
    }
    void clear() {
        for (auto* app : {&*owner, &*watcher, &*other}) {
            app->events.events.clear();
        }
    }
    static std::shared_ptr<tapi::Call> callOf(Application& app) {
        const auto calls = app.address()->calls();
        return calls.empty() ? nullptr : calls.at(0);
    }
    static std::vector<CallPrivilege> privileges(const Application& app) {
        std::vector<CallPrivilege> out;
        for (const auto& event : app.events.all<tapi::CallNotificationEvent>()) {
            out.push_back(event.privilege);
        }
        return out;
    }
    static std::vector<Item> items(const Application& app) {
        std::vector<Item> out;
        for (const auto& event : app.events.all<tapi::CallInfoChangeEvent>()) {
            out.push_back(event.item);
        }
        return out;
    }
    std::optional<Application> owner, watcher, other;
};

// --- handing off

TEST_F(ApplicationsTest, HandingOffByNameMakesTheTakerAnOwnerToo) {
    offer();
    other->watch({.callbackInstance = 3});
    const auto call = callOf(*owner);
    ASSERT_TRUE(call->handoff("other"));
    settle();
    EXPECT_EQ(call->privilege(), CallPrivilege::Owner);  // the giver keeps it
    ASSERT_EQ(other->events.events.size(), 2u);
    const auto* told = std::get_if<tapi::CallNotificationEvent>(&other->events.events[0]);
    const auto* state = std::get_if<tapi::CallStateEvent>(&other->events.events[1]);
    ASSERT_NE(told, nullptr);
    EXPECT_EQ(told->privilege, CallPrivilege::Owner);
    EXPECT_EQ(told->callbackInstance, 3u);
    ASSERT_NE(state, nullptr);
    EXPECT_EQ(state->lineState, LineCallState::Offering);
    EXPECT_EQ(told->call->privilege(), CallPrivilege::Owner);
    EXPECT_TRUE(owner->events.events.empty());  // the cause is not told
    EXPECT_EQ(items(*watcher), std::vector{Item::Owners});
    EXPECT_EQ(call->info().owners, 2u);
    EXPECT_EQ(call->info().monitors, 1u);
    EXPECT_EQ(call->info().appName, "other");
    ASSERT_TRUE(told->call->answer({}));  // both may
    ASSERT_TRUE(call->setPrivilege(CallPrivilege::Monitor));
    EXPECT_EQ(call->answer({}).error().code, ErrorCode::NotOwner);
}

TEST_F(ApplicationsTest, AMonitorThatIsHandedTheCallIsRaised) {
    offer();
    watcher->watch({.owner = true, .callbackInstance = 9});
    ASSERT_TRUE(callOf(*owner)->handoff("watcher"));
    settle();
    EXPECT_EQ(items(*watcher), std::vector{Item::Privilege});
    EXPECT_EQ(privileges(*watcher), std::vector{CallPrivilege::Owner});
    EXPECT_EQ(watcher->events.states(), std::vector{LineCallState::Offering});
    EXPECT_EQ(callOf(*watcher)->info().owners, 2u);
    EXPECT_EQ(callOf(*watcher)->info().monitors, 0u);
}

TEST_F(ApplicationsTest, HandingOffByMediaGoesToTheFirstOfIts) {
    offer();
    other->watch({.mediaModes = MediaMode::G3Fax});
    Application second(*manager, "second");
    second.watch({.mediaModes = MediaMode::G3Fax});
    ASSERT_TRUE(callOf(*owner)->handoff(MediaMode::G3Fax));
    settle();
    EXPECT_EQ(privileges(*other), std::vector{CallPrivilege::Owner});
    EXPECT_TRUE(privileges(second).empty());
    ASSERT_TRUE(second.tapi->setPriority(MediaMode::G3Fax, tapi::Priority::Highest));
    ASSERT_TRUE(callOf(*owner)->handoff(MediaMode::G3Fax));
    settle();
    EXPECT_EQ(privileges(second), std::vector{CallPrivilege::Owner});
}

struct HandoffRow {
    const char* text;
    std::function<tapi::Result<void>(tapi::Call&)> ask;
    ErrorCode error;
};

TEST_F(ApplicationsTest, ATakerMustBeThereAndBeAnother) {
    offer();
    other->watch({.owner = false, .monitor = true, .mediaModes = MediaMode::G3Fax});
    const HandoffRow rows[] = {
        {"nobody of that name", [](auto& call) { return call.handoff("nobody"); },
         ErrorCode::TargetNotFound},
        {"the empty name", [](auto& call) { return call.handoff(""); }, ErrorCode::TargetNotFound},
        {"a name of 64 KB", [](auto& call) { return call.handoff(std::string(65536, 'x')); },
         ErrorCode::TargetNotFound},
        {"only watches", [](auto& call) { return call.handoff("watcher"); },
         ErrorCode::TargetNotFound},
        {"itself", [](auto& call) { return call.handoff("owner"); }, ErrorCode::TargetSelf},
        {"itself by media", [](auto& call) { return call.handoff(MediaMode::AutomatedVoice); },
         ErrorCode::TargetSelf},
        {"media that nobody owns", [](auto& call) { return call.handoff(MediaMode::G3Fax); },
         ErrorCode::TargetNotFound},
        {"two media", [](auto& call) { return call.handoff(static_cast<MediaMode>(0x28)); },
         ErrorCode::InvalMediaMode},
        {"no media", [](auto& call) { return call.handoff(static_cast<MediaMode>(0)); },
         ErrorCode::InvalMediaMode},
    };
    for (const HandoffRow& row : rows) {
        const auto result = row.ask(*callOf(*owner));
        ASSERT_FALSE(result) << row.text;
        EXPECT_EQ(result.error().code, row.error) << row.text;
        EXPECT_LT(result.error().cause.size(), 400u);
    }
    EXPECT_EQ(callOf(*watcher)->handoff("owner").error().code, ErrorCode::NotOwner);
    settle();
    EXPECT_TRUE(owner->events.events.empty() && watcher->events.events.empty());
    EXPECT_EQ(callOf(*owner)->info().owners, 1u);
}

TEST_F(ApplicationsTest, NamesakesAreNotOneself) {
    offer();
    Application namesake(*manager, "owner");
    namesake.watch();
    ASSERT_TRUE(callOf(*owner)->handoff("owner"));
    settle();
    EXPECT_EQ(privileges(namesake), std::vector{CallPrivilege::Owner});
}

TEST_F(ApplicationsTest, AnApplicationThatUnregisteredIsNoTaker) {
    offer();
    const auto cookie = other->watch();
    ASSERT_TRUE(other->tapi->unregisterNotifications(cookie));
    EXPECT_EQ(callOf(*owner)->handoff("other").error().code, ErrorCode::TargetNotFound);
}

// --- privileges

TEST_F(ApplicationsTest, ALateComerMonitorsAndMayBecomeOwner) {
    offer();
    EXPECT_EQ(callOf(*other), nullptr);  // it did not open the line
    other->watch({.callbackInstance = 3});
    const auto call = callOf(*other);
    ASSERT_NE(call, nullptr);
    EXPECT_EQ(call->privilege(), CallPrivilege::Monitor);
    EXPECT_EQ(callOf(*other), call);  // the same one again
    settle();
    EXPECT_TRUE(other->events.events.empty());  // who asks is not told
    EXPECT_EQ(items(*owner), std::vector{Item::Monitors});
    EXPECT_EQ(items(*watcher), std::vector{Item::Monitors});
    clear();
    ASSERT_TRUE(call->setPrivilege(CallPrivilege::Owner));
    settle();
    EXPECT_EQ(call->privilege(), CallPrivilege::Owner);
    EXPECT_TRUE(other->events.events.empty());
    EXPECT_EQ(items(*owner), (std::vector{Item::Owners, Item::Monitors}));
    EXPECT_EQ(items(*watcher), (std::vector{Item::Owners, Item::Monitors}));
    EXPECT_EQ(call->info().owners, 2u);
    clear();
    ASSERT_TRUE(call->setPrivilege(CallPrivilege::Owner));  // it is already
    settle();
    EXPECT_TRUE(owner->events.events.empty());
    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    EXPECT_EQ(other->events.all<tapi::CallStateEvent>().at(0).callbackInstance, 3u);
}

TEST_F(ApplicationsTest, TheSoleOwnerCannotStepDownBeforeIdle) {
    offer();
    const auto call = callOf(*owner);
    EXPECT_EQ(call->setPrivilege(CallPrivilege::Monitor).error().code, ErrorCode::InvalCallState);
    EXPECT_EQ(call->privilege(), CallPrivilege::Owner);
    for (const auto bad : {CallPrivilege::None, static_cast<CallPrivilege>(6)}) {
        EXPECT_EQ(call->setPrivilege(bad).error().code, ErrorCode::InvalCallPrivilege);
    }
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    settle();
    EXPECT_EQ(call->setPrivilege(CallPrivilege::Monitor).error().code, ErrorCode::InvalCallState);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_TRUE(call->setPrivilege(CallPrivilege::Monitor));
}

// --- giving back and going

TEST_F(ApplicationsTest, TheLastOwnerThatGivesTheCallBackDropsIt) {
    offer();
    const auto call = callOf(*owner);
    ASSERT_TRUE(call->deallocate());
    EXPECT_EQ(fake.count("lineDrop"), 1u);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_TRUE(owner->events.events.empty());  // nothing comes any more
    EXPECT_EQ(watcher->events.states(), std::vector{LineCallState::Idle});
    EXPECT_EQ(call->lineState(), LineCallState::Idle);  // readable for ever
}

TEST_F(ApplicationsTest, EventsUnderWayEndWithGivingBack) {
    offer();
    const auto call = callOf(*watcher);
    watcher->events.then = [&](const tapi::Event&) {
        watcher->events.then = nullptr;
        ASSERT_TRUE(call->deallocate());
    };
    fake.event(fake.line(), fake.lastCall().handle, LINE_CALLINFO,
               LINECALLINFOSTATE_CALLERID | LINECALLINFOSTATE_CALLEDID);
    settle();
    EXPECT_EQ(watcher->events.events.size(), 1u);
    EXPECT_EQ(fake.count("lineDrop"), 0u);
    EXPECT_EQ(items(*owner), (std::vector{Item::Caller, Item::Called, Item::Monitors}));
}

TEST_F(ApplicationsTest, OneOfTwoOwnersMayGo) {
    offer();
    other->watch();
    ASSERT_TRUE(callOf(*owner)->handoff("other"));
    settle();
    clear();
    ASSERT_TRUE(callOf(*owner)->deallocate());
    settle();
    EXPECT_EQ(fake.count("lineDrop"), 0u);
    EXPECT_EQ(items(*other), std::vector{Item::Owners});
    EXPECT_EQ(items(*watcher), std::vector{Item::Owners});
    other.reset();  // closing drops what it alone owned
    EXPECT_EQ(fake.count("lineDrop"), 1u);
}

TEST_F(ApplicationsTest, ACallThatWasGivenBackIsFoundAgainAsMonitor) {
    offer();
    other->watch();
    ASSERT_TRUE(callOf(*owner)->handoff("other"));
    const auto before = callOf(*owner);
    ASSERT_TRUE(before->deallocate());
    const auto after = callOf(*owner);
    ASSERT_NE(after, nullptr);
    EXPECT_NE(after, before);
    EXPECT_EQ(after->privilege(), CallPrivilege::Monitor);
    EXPECT_EQ(before->answer({}).error().code, ErrorCode::InvalCallHandle);
}

TEST_F(ApplicationsTest, ACallThatNobodyCanOwnRingsOn) {
    watcher->watch({.owner = false, .monitor = true});
    owner->watch({.owner = true, .mediaModes = MediaMode::G3Fax});
    auto& call = fake.ring(fake.line());
    settle();
    EXPECT_EQ(privileges(*watcher), std::vector{CallPrivilege::Monitor});
    EXPECT_TRUE(owner->events.events.empty());
    loop.advance(60s);
    EXPECT_EQ(fake.count("lineDrop") + fake.count("lineAnswer") + fake.count("lineCloseCall"), 0u);
    // Whoever sees it may still take it.
    ASSERT_TRUE(callOf(*watcher)->setPrivilege(CallPrivilege::Owner));
    ASSERT_TRUE(callOf(*watcher)->answer({}));
    fake.state(call, LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(call.closed, 1u);
}

TEST_F(ApplicationsTest, ACallOfNoInterestLivesAndEndsUnseen) {
    owner->watch({.owner = true, .mediaModes = MediaMode::G3Fax});
    auto& call = fake.ring(fake.line());
    settle();
    fake.state(call, LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NOANSWER);
    loop.advance(11s);  // the provider forgets idle
    EXPECT_EQ(call.closed, 1u);
    EXPECT_TRUE(owner->events.events.empty());
    EXPECT_EQ(fake.count("lineDrop"), 0u);
}

// --- what a call carries

TEST_F(ApplicationsTest, DataOfACallIsForAllWhoHaveIt) {
    offer();
    const auto call = callOf(*owner);
    ASSERT_TRUE(call->setAppSpecific(77));
    Answer answer;
    const std::vector<std::byte> data(100, std::byte{5});
    const auto asked = call->setCallData(data, answer.reply());
    ASSERT_TRUE(asked);
    EXPECT_GT(*asked, 0u);
    EXPECT_EQ(answer.count, 0);
    ASSERT_TRUE(call->setMediaMode(MediaMode::G3Fax));
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_TRUE(*answer.result);
    EXPECT_TRUE(owner->events.events.empty());  // it knows
    EXPECT_EQ(items(*watcher), (std::vector{Item::AppSpecific, Item::CallData, Item::MediaMode}));
    const auto info = callOf(*watcher)->info();
    EXPECT_EQ(info.appSpecific, 77u);
    EXPECT_EQ(info.callData, data);
    EXPECT_EQ(info.mediaMode, MediaMode::G3Fax);
    EXPECT_EQ(fake.lastCall().mediaMode, LINEMEDIAMODE_G3FAX);
    // What the provider reports leaves it alone.
    fake.event(fake.line(), fake.lastCall().handle, LINE_CALLINFO, LINECALLINFOSTATE_CALLERID);
    settle();
    EXPECT_EQ(callOf(*watcher)->info().appSpecific, 77u);
    EXPECT_EQ(callOf(*watcher)->info().callData, data);
    EXPECT_EQ(callOf(*watcher)->info().owners, 1u);
}

TEST_F(ApplicationsTest, CallDataHasALimitThatTheCapabilitiesTell) {
    offer();
    const std::uint32_t most = owner->address()->capabilities().maxCallDataSize;
    EXPECT_GT(most, 0u);
    const auto call = callOf(*owner);
    EXPECT_TRUE(call->setCallData(std::vector<std::byte>(most), {}));
    EXPECT_EQ(call->setCallData(std::vector<std::byte>(most + 1), {}).error().code,
              ErrorCode::InvalParam);
    EXPECT_EQ(call->info().callData.size(), most);
}

TEST_F(ApplicationsTest, MediaModesAreCheckedBeforeAnythingHappens) {
    offer();
    const auto call = callOf(*owner);
    for (const std::uint32_t bad : {0x0U, 0x1U, 0x80U, 0x2CU, 0x10U, 0xFFFFFFFFU}) {
        EXPECT_EQ(call->setMediaMode(tapi::MediaModes::fromBits(bad)).error().code,
                  ErrorCode::InvalMediaMode)
            << bad;
    }
    EXPECT_TRUE(items(*watcher).empty());
    EXPECT_TRUE(call->setMediaMode(MediaMode::Unknown | MediaMode::G3Fax));
    EXPECT_EQ(call->info().mediaMode, MediaMode::Unknown);
    EXPECT_TRUE(call->setMediaMode(MediaMode::AutomatedVoice));
}

// --- message targeting

/// Who is told: the table of TAPI's message targets. The roles are owner, monitor, an application
/// that registered for the line as owner of another media type, and one that did not register.
struct TargetRow {
    const char* text;
    std::function<void()> cause;
    const char* told;  // o: owner, m: monitor, r: registered, -: the stranger
};

TEST_F(ApplicationsTest, MessagesGoWhereTheTableSays) {
    Application stranger(*manager, "stranger");
    offer();
    other->watch({.mediaModes = MediaMode::G3Fax});
    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    const auto mine = callOf(*owner);
    auto& driverCall = fake.lastCall();
    int replies = 0;
    ASSERT_TRUE(mine->monitorDigits(tapi::DigitMode::Dtmf));
    ASSERT_TRUE(mine->generateDigits("1"));
    const TargetRow rows[] = {
        {"a reply goes to the requester alone, by its own way",
         [&] { ASSERT_TRUE(mine->dial("1", [&](const tapi::Result<void>&) { ++replies; })); }, ""},
        {"line state, to all who want the class",
         [&] { fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_MSGWAITON); },
         "omr-"},
        {"ringing, to those who registered",
         [&] { fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, 1); },
         "omr"},
        {"call info, to all who have the call",
         [&] {
             fake.event(fake.line(), driverCall.handle, LINE_CALLINFO, LINECALLINFOSTATE_CALLERID);
         },
         "om"},
        {"a digit, to who asked",
         [&] {
             fake.event(fake.line(), driverCall.handle, LINE_MONITORDIGITS, '5',
                        LINEDIGITMODE_DTMF);
         },
         "o"},
        {"the end of a generation, to who asked",
         [&] {
             fake.event(fake.line(), driverCall.handle, LINE_GENERATE, LINEGENERATETERM_DONE,
                        driverCall.endToEndId);
         },
         "o"},
        {"call state, to all who have the call",
         [&] { fake.state(driverCall, LINECALLSTATE_DISCONNECTED, 1); }, "om"},
        {"idle too", [&] { fake.state(driverCall, LINECALLSTATE_IDLE); }, "om"},
        {"a new call, as the registrations say",
         [&] { fake.ring(fake.line(), LINEMEDIAMODE_G3FAX); }, "r"},
    };
    for (const TargetRow& row : rows) {
        clear();
        stranger.events.events.clear();
        row.cause();
        settle();
        std::string told;
        told += owner->events.events.empty() ? "" : "o";
        told += watcher->events.events.empty() ? "" : "m";
        told += other->events.events.empty() ? "" : "r";
        told += stranger.events.events.empty() ? "" : "-";
        EXPECT_EQ(told, row.told) << row.text;
    }
    EXPECT_EQ(replies, 1);
}

}  // namespace
}  // namespace tipring::test
