// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using tapi::CallPrivilege;
using tapi::EventClass;
using tapi::MediaMode;
using How = Behaviour::How;

class OwnershipTest : public ManagerFixture {
protected:
    void SetUp() override { start(); }
    static std::vector<CallPrivilege> privileges(const Application& application) {
        std::vector<CallPrivilege> out;
        for (const auto& event : application.events.all<tapi::CallNotificationEvent>()) {
            out.push_back(event.privilege);
        }
        return out;
    }
};

TEST_F(OwnershipTest, TheFirstOwnerGetsTheCallAndTheOthersWatch) {
    Application first(*manager, "first");
    Application second(*manager, "second");
    Application logger(*manager, "logger");
    logger.watch({.owner = false, .monitor = true, .callbackInstance = 7});
    first.watch();
    second.watch();
    fake.ring(fake.line());
    settle();
    EXPECT_EQ(privileges(first), std::vector{CallPrivilege::Owner});
    EXPECT_EQ(privileges(second), std::vector{CallPrivilege::Monitor});
    EXPECT_EQ(privileges(logger), std::vector{CallPrivilege::Monitor});
    EXPECT_EQ(logger.events.all<tapi::CallStateEvent>().at(0).callbackInstance, 7u);
    EXPECT_EQ(first.events.states(), std::vector{LineCallState::Offering});
}

TEST_F(OwnershipTest, TheMediaTypeChoosesTheOwner) {
    fake.caps.mediaModes |= LINEMEDIAMODE_G3FAX;
    Application voice(*manager, "voice");
    Application fax(*manager, "fax");
    voice.watch({.mediaModes = MediaMode::AutomatedVoice});
    fax.watch({.mediaModes = MediaMode::G3Fax});
    fake.ring(fake.line(), LINEMEDIAMODE_G3FAX);
    settle();
    EXPECT_TRUE(privileges(voice).empty());
    EXPECT_EQ(privileges(fax), std::vector{CallPrivilege::Owner});
    EXPECT_EQ(fake.line().mediaDetection,
              LINEMEDIAMODE_G3FAX | LINEMEDIAMODE_AUTOMATEDVOICE | LINEMEDIAMODE_INTERACTIVEVOICE);
}

TEST_F(OwnershipTest, AMonitorMayNotControl) {
    Application owner(*manager, "owner");
    Application watcher(*manager, "watcher");
    owner.watch();
    watcher.watch({.owner = false, .monitor = true});
    fake.ring(fake.line());
    settle();
    const auto call = watcher.events.all<tapi::CallNotificationEvent>().at(0).call;
    Answer answer;
    for (const auto& result :
         {call->connect(answer.reply()), call->answer(answer.reply()),
          call->disconnect(answer.reply()), call->dial("1", answer.reply()),
          call->play("x.wav", answer.reply()), call->record("x.wav", answer.reply()),
          call->stopPlaying(tapi::StopMode::Drain, answer.reply()),
          call->stopRecording(answer.reply())}) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::NotOwner) << result.error().text();
    }
    EXPECT_EQ(call->generateDigits("1").error().code, ErrorCode::NotOwner);
    EXPECT_EQ(call->generateTone(440, 1s).error().code, ErrorCode::NotOwner);
    EXPECT_TRUE(call->monitorDigits(tapi::DigitMode::Dtmf));
}

TEST_F(OwnershipTest, ACallThatNobodyTakesIsSeenAndNotAnswered) {
    Application watcher(*manager, "watcher");
    watcher.watch({.owner = false, .monitor = true});
    EXPECT_NE(fake.line().mediaDetection, 0u);
    auto& call = fake.ring(fake.line());
    settle();
    EXPECT_EQ(privileges(watcher), std::vector{CallPrivilege::Monitor});
    EXPECT_EQ(fake.count("lineAnswer") + fake.count("lineDrop"), 0u);
    fake.state(call, LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(watcher.events.states().back(), LineCallState::Idle);
}

TEST_F(OwnershipTest, MonitorsHearOfCallsThatOthersMake) {
    Application caller(*manager, "caller");
    Application watcher(*manager, "watcher");
    watcher.watch({.owner = false, .monitor = true});
    Answer answer;
    dialled(caller, answer);
    EXPECT_EQ(privileges(watcher), std::vector{CallPrivilege::Monitor});
    EXPECT_TRUE(privileges(caller).empty());
}

TEST_F(OwnershipTest, TheCallOfAnApplicationThatEndsIsDropped) {
    auto owner = std::make_unique<Application>(*manager, "owner");
    Application watcher(*manager, "watcher");
    owner->watch();
    watcher.watch({.owner = false, .monitor = true});
    auto& call = fake.ring(fake.line());
    settle();
    const auto kept = owner->events.all<tapi::CallNotificationEvent>().at(0).call;
    owner.reset();
    settle();
    EXPECT_EQ(fake.count("lineDrop"), 1u);
    fake.state(call, LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(watcher.events.states().back(), LineCallState::Idle);
    EXPECT_EQ(kept->lineState(), LineCallState::Idle);
    EXPECT_EQ(kept->answer({}).error().code, ErrorCode::InvalAppHandle);
}

TEST_F(OwnershipTest, TheCallOfAMonitorThatEndsGoesOn) {
    Application owner(*manager, "owner");
    auto watcher = std::make_unique<Application>(*manager, "watcher");
    owner.watch();
    watcher->watch({.owner = false, .monitor = true});
    fake.ring(fake.line());
    settle();
    watcher.reset();
    settle();
    EXPECT_EQ(fake.count("lineDrop"), 0u);
}

TEST_F(OwnershipTest, TheLineIsOpenWhileSomebodyNeedsIt) {
    Application first(*manager, "first");
    Application second(*manager, "second");
    EXPECT_EQ(fake.line().opened, 0u);
    const auto a = first.watch();
    const auto b = second.watch();
    EXPECT_EQ(fake.line().opened, 1u);
    ASSERT_TRUE(first.tapi->unregisterNotifications(a));
    EXPECT_EQ(fake.line().closed, 0u);
    EXPECT_EQ(second.tapi->unregisterNotifications(a).error().code, ErrorCode::NotRegistered);
    ASSERT_TRUE(second.tapi->unregisterNotifications(b));
    EXPECT_EQ(fake.line().closed, 1u);
    settle();
    fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, 1, 0);
    EXPECT_EQ(logged("the line was closed"), 1u);
}

TEST_F(OwnershipTest, UnregisteringDropsWhatIsUnderWay) {
    Application app(*manager, "app");
    const auto cookie = app.watch();
    bool first = true;
    app.events.then = [&](const tapi::Event&) {
        if (std::exchange(first, false)) {
            EXPECT_TRUE(app.tapi->unregisterNotifications(cookie));
        }
    };
    fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, 1, 0);
    auto& call = fake.ring(fake.line());
    settle();
    EXPECT_EQ(app.events.events.size(), 1u);  // the ringing
    fake.state(call, LINECALLSTATE_CONNECTED);
    settle();
    EXPECT_EQ(app.events.events.size(), 1u);
}

TEST_F(OwnershipTest, LateComersAskForTheCallsThatExist) {
    Application owner(*manager, "owner");
    owner.watch();
    fake.ring(fake.line());
    settle();
    Application late(*manager, "late");
    EXPECT_TRUE(late.address()->calls().empty());
    late.watch({.owner = false, .monitor = true});
    ASSERT_EQ(late.address()->calls().size(), 1u);
    EXPECT_EQ(late.address()->calls().at(0)->privilege(), CallPrivilege::Monitor);
    EXPECT_EQ(owner.address()->calls().at(0)->privilege(), CallPrivilege::Owner);
}

TEST_F(OwnershipTest, NonsenseRegistrationsAreRefused) {
    Application app(*manager, "app");
    Application other(*manager, "other");
    EXPECT_EQ(app.tapi->registerCallNotifications(app.address(), {.owner = false}).error().code,
              ErrorCode::InvalCallPrivilege);
    EXPECT_EQ(app.tapi->registerCallNotifications(app.address(), {.mediaModes = {}}).error().code,
              ErrorCode::InvalMediaMode);
    EXPECT_EQ(app.tapi->registerCallNotifications(other.address(), {}).error().code,
              ErrorCode::InvalAddressId);
}

/// One event of each class, and which of them arrive for each filter.
class FilterTest : public ManagerFixture, public testing::WithParamInterface<EventClass> {
protected:
    void SetUp() override { start(); }
    void scenario(Application& app) {
        app.watch();
        auto& call = fake.ring(fake.line());
        settle();
        fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_MSGWAITON);
        fake.event(fake.line(), call.handle, LINE_CALLINFO, LINECALLINFOSTATE_CALLERID);
        fake.event(fake.line(), call.handle, LINE_MONITORMEDIA, LINEMEDIAMODE_G3FAX);
        fake.state(call, LINECALLSTATE_CONNECTED);
        settle();
        const auto handle = app.address()->calls().at(0);
        ASSERT_TRUE(handle->monitorDigits(tapi::DigitMode::Dtmf));
        ASSERT_TRUE(handle->generateDigits("1"));
        fake.event(fake.line(), call.handle, LINE_MONITORDIGITS, '1', LINEDIGITMODE_DTMF);
        fake.event(fake.line(), call.handle, LINE_GENERATE, LINEGENERATETERM_DONE, call.endToEndId);
        Answer answer;
        const std::string path =
            testing::TempDir() + "filter_test_" + std::to_string(::getpid()) + ".wav";
        std::remove(path.c_str());
        ASSERT_TRUE(handle->record(path, answer.reply()));
        settle();
        fake.arrive("two");
        settle();
        std::remove(path.c_str());
    }
};
INSTANTIATE_TEST_SUITE_P(Classes, FilterTest,
                         testing::Values(EventClass::TapiObject, EventClass::Address,
                                         EventClass::CallNotification, EventClass::CallState,
                                         EventClass::CallMedia, EventClass::CallInfoChange,
                                         EventClass::DigitEvent, EventClass::GenerateEvent,
                                         EventClass::FileTerminal));

TEST_P(FilterTest, ExactlyTheEnabledClassArrives) {
    Application app(*manager, "app", GetParam());
    scenario(app);
    EXPECT_FALSE(app.events.events.empty());
    for (const auto& event : app.events.events) {
        EXPECT_EQ(tapi::classOf(event), GetParam());
    }
}

TEST_P(FilterTest, ExactlyTheDisabledClassIsMissing) {
    const auto bit = static_cast<std::uint32_t>(GetParam());
    Application app(*manager, "app", tapi::EventFilter::fromBits(~bit));
    scenario(app);
    std::uint32_t seen = 0;
    for (const auto& event : app.events.events) {
        seen |= static_cast<std::uint32_t>(tapi::classOf(event));
    }
    const tapi::EventFilter producible =
        EventClass::TapiObject | EventClass::Address | EventClass::CallNotification |
        EventClass::CallState | EventClass::CallMedia | EventClass::CallInfoChange |
        EventClass::DigitEvent | EventClass::GenerateEvent | EventClass::FileTerminal;
    EXPECT_EQ(seen, producible.bits() & ~bit);
}

TEST_F(OwnershipTest, NothingArrivesBeforeSinkAndFilter) {
    Application app(*manager, "app", {});
    app.watch();
    fake.ring(fake.line());
    settle();
    EXPECT_TRUE(app.events.events.empty());
    app.tapi->setEventFilter(tapi::kAllEvents);
    settle();
    EXPECT_TRUE(app.events.events.empty());  // nothing was kept
    app.tapi->setEventSink(nullptr);
    fake.ring(fake.line());
    settle();
    EXPECT_TRUE(app.events.events.empty());
}

TEST_F(OwnershipTest, AnApplicationMayEndInsideItsOwnEvent) {
    Application app(*manager, "app");
    app.watch();
    app.events.then = [&](const tapi::Event&) { app.tapi.reset(); };
    fake.ring(fake.line());
    settle();
    EXPECT_EQ(app.events.events.size(), 1u);
    EXPECT_EQ(fake.count("lineDrop"), 1u);
    loop.advance(11s);
    EXPECT_EQ(fake.lastCall().closed, 1u);
    EXPECT_EQ(fake.line().closed, 1u);
}

TEST_F(OwnershipTest, ASinkTakenAwayEndsDeliveryAtOnce) {
    Application app(*manager, "app");
    app.watch();
    app.events.then = [&](const tapi::Event&) { app.tapi->setEventSink(nullptr); };
    fake.ring(fake.line());
    settle();
    EXPECT_EQ(app.events.events.size(), 1u);
}

}  // namespace
}  // namespace tipring::test
