// SPDX-License-Identifier: Apache-2.0
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
    Application third(*manager, "third");
    Application logger(*manager, "logger");
    logger.watch({.owner = false, .monitor = true, .callbackInstance = 7});
    first.watch();
    second.watch({.monitor = true});
    third.watch();
    fake.ring(fake.line());
    settle();
    EXPECT_TRUE(privileges(third).empty());  // it did not ask to monitor
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
