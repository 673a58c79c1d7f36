// SPDX-License-Identifier: Apache-2.0
// The application interface in process and over the bus: the same scenario has the same trace.
#include <gtest/gtest.h>

#include "tapi_core/rpc/worlds.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::test {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class Application : public testing::TestWithParam<WorldKind> {
protected:
    Application() : world(makeWorld(GetParam())) {}
    std::unique_ptr<World> world;
};
INSTANTIATE_TEST_SUITE_P(Worlds, Application,
                         testing::Values(WorldKind::InProcess, WorldKind::Bus, WorldKind::Peer),
                         [](const auto& world) { return std::string(nameOf(world.param)); });

void ring(World& world, std::uint32_t modes = LINEMEDIAMODE_AUTOMATEDVOICE) {
    world.provider([&](FakeProvider& fake) { fake.ring(fake.line(), modes); });
}
void state(World& world, std::uint32_t to, std::uint32_t mode = 0) {
    world.provider([&](FakeProvider& fake) { fake.state(fake.lastCall(), to, mode); });
}
/// Each request of that function is treated so.
void behave(World& world, const std::string& function, const Behaviour& behaviour) {
    world.provider([&](FakeProvider& fake) {
        fake.behave = [=](const std::string& asked) {
            return asked == function ? behaviour : Behaviour{};
        };
    });
}

TEST_P(Application, AnIncomingCallIsAnsweredAndEnds) {
    Program program(*world, "answering");
    program.watch({.callbackInstance = 7});
    ring(*world);
    const auto call = program.lastCall();
    ASSERT_TRUE(call);
    program.note("privilege", call->privilege());
    program.request("answer", [&](auto reply) { return call->answer(reply); });
    state(*world, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_CONFIRMED);
    program.note("confirmed", call->connectionConfirmed());
    program.request("answer again", [&](auto reply) { return call->answer(reply); });
    state(*world, LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    program.request("disconnect", [&](auto reply) { return call->disconnect(reply); });
    state(*world, LINECALLSTATE_IDLE);
    program.note("state", call->lineState());
    program.note("folded", call->state());
    EXPECT_EQ(
        program.trace(),
        (Lines{"register: done", "event notification owner instance 7",
               "event state offering/offering mode 1 '' instance 7", "privilege: owner",
               "answer: asked", "answer replied: ok",
               "event state connected/connected mode 16 '' instance 7", "confirmed: yes",
               "answer again: INVALCALLSTATE: cannot answer: the call is connected",
               "event state disconnected/disconnected mode 1 '' instance 7", "disconnect: asked",
               "disconnect replied: ok", "event state idle/disconnected mode 0 '' instance 7",
               "state: idle", "folded: disconnected"}));
}

TEST_P(Application, AnOutgoingCallIsDialled) {
    Program program(*world, "dialling");
    const auto made = program.address()->createCall("5551234", tapi::MediaMode::InteractiveVoice);
    ASSERT_TRUE(made) << made.error().text();
    const auto call = *made;
    program.note("state", call->state());
    program.request("connect", [&](auto reply) { return call->connect(reply); });
    state(*world, LINECALLSTATE_DIALING);
    state(*world, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    program.note("confirmed", call->connectionConfirmed());
    program.request("connect again", [&](auto reply) { return call->connect(reply); });
    program.request("disconnect", [&](auto reply) { return call->disconnect(reply); });
    state(*world, LINECALLSTATE_IDLE);
    program.note("the same object", program.lastCall() == call);
    const Lines expected{
        "state: idle",
        "connect: asked",
        "connect replied: ok",
        "event state dialing/in progress mode 0 '' instance 0",
        "event state connected/connected mode 1 '' instance 0",
        "confirmed: no",
        "connect again: INVALCALLSTATE: cannot connect: the call is connected",
        "disconnect: asked",
        "disconnect replied: ok",
        "event state idle/disconnected mode 0 '' instance 0",
        "the same object: yes",
    };
    EXPECT_EQ(program.trace(), expected);
}

TEST_P(Application, AReplyThatFailsLaterIsNoRefusal) {
    Program program(*world, "failing");
    program.watch({});
    ring(*world);
    behave(*world, "lineAnswer",
           {.how = Behaviour::How::Later, .result = LINEERR_OPERATIONFAILED, .cause = "no relay"});
    program.request("answer", [&](auto reply) { return program.lastCall()->answer(reply); });
    behave(*world, "lineAnswer",
           {.how = Behaviour::How::Refuse, .result = LINEERR_RESOURCEUNAVAIL});
    program.request("again", [&](auto reply) { return program.lastCall()->answer(reply); });
    EXPECT_EQ(program.trace(), (Lines{"register: done", "event notification owner instance 0",
                                      "event state offering/offering mode 1 '' instance 0",
                                      "answer: asked", "answer replied: OPERATIONFAILED: no relay",
                                      "again: RESOURCEUNAVAIL: provider fake failed lineAnswer "
                                      "with code 0x8000004b and no words"}));
}

TEST_P(Application, AMonitorReadsAndBecomesOwner) {
    Program owner(*world, "owner"), monitor(*world, "monitor");
    owner.watch({});
    monitor.watch({.owner = false, .monitor = true});
    ring(*world);
    const auto seen = monitor.lastCall();
    ASSERT_TRUE(seen);
    monitor.request("answer", [&](auto reply) { return seen->answer(reply); });
    monitor.immediate("own", seen->setPrivilege(tapi::CallPrivilege::Owner));
    monitor.request("answer", [&](auto reply) { return seen->answer(reply); });
    state(*world, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    owner.note("owners", owner.lastCall()->info().owners);
    EXPECT_EQ(monitor.trace(),
              (Lines{"register: done", "event notification monitor instance 0",
                     "event state offering/offering mode 1 '' instance 0",
                     "answer: NOTOWNER: cannot answer: this application only monitors the call",
                     "own: done", "answer: asked", "answer replied: ok",
                     "event state connected/connected mode 1 '' instance 0"}));
    EXPECT_EQ(owner.trace(),
              (Lines{"register: done", "event notification owner instance 0",
                     "event state offering/offering mode 1 '' instance 0",
                     "event info 13 instance 0", "event info 14 instance 0",
                     "event state connected/connected mode 1 '' instance 0", "owners: 2"}));
}

TEST_P(Application, FiltersTakeEventsAway) {
    Program program(*world, "filtering");
    program.tapi().setEventFilter(tapi::EventClass::CallNotification);
    program.watch({});
    ring(*world);
    state(*world, LINECALLSTATE_ACCEPTED);
    program.tapi().setEventFilter(tapi::kAllEvents);
    program.immediate("filter", program.lastCall()->setEventFilter(
                                    tapi::EventClass::CallState,
                                    static_cast<std::int32_t>(tapi::CallState::Connected), false));
    state(*world, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    program.immediate("wrong filter",
                      program.lastCall()->setEventFilter(tapi::EventClass::CallState, 99, false));
    state(*world, LINECALLSTATE_IDLE);
    EXPECT_EQ(program.trace(),
              (Lines{"register: done", "event notification owner instance 0", "filter: done",
                     "wrong filter: INVALPARAM: sub-event 99 is not -1 (all) to 31",
                     "event state idle/disconnected mode 0 '' instance 0"}));
}

TEST_P(Application, DigitsAreSentHeardAndGathered) {
    Program program(*world, "digits");
    program.watch({});
    ring(*world);
    const auto call = program.lastCall();
    ASSERT_TRUE(call);
    program.request("answer", [&](auto reply) { return call->answer(reply); });
    state(*world, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    program.immediate("monitor", call->monitorDigits(tapi::DigitMode::Dtmf));
    program.immediate("send", call->generateDigits("12x", tapi::DigitMode::Dtmf, 100ms));
    program.immediate("send", call->generateDigits("12", tapi::DigitMode::Dtmf, 100ms));
    program.immediate("gather", call->gatherDigits({.count = 2, .terminators = "#"}));
    world->provider([](FakeProvider& fake) {
        for (const char digit : {'4', '#'}) {
            fake.event(fake.line(), fake.lastCall().handle, LINE_MONITORDIGITS,
                       static_cast<std::uintptr_t>(digit), LINEDIGITMODE_DTMF, 5);
        }
    });
    EXPECT_EQ(program.trace(),
              (Lines{"register: done", "event notification owner instance 0",
                     "event state offering/offering mode 1 '' instance 0", "answer: asked",
                     "answer replied: ok", "event state connected/connected mode 1 '' instance 0",
                     "monitor: done", "send: INVALDIGITS: digits are 0-9 * # A-D , and !",
                     "send: done", "gather: done", "event digit 4 mode 2", "event digit # mode 2",
                     "event gathered '4#' termination digit"}));
}

TEST_P(Application, HandsACallOff) {
    Program first(*world, "first"), second(*world, "second");
    first.watch({});
    second.watch({});
    ring(*world);
    const auto call = first.lastCall();
    ASSERT_TRUE(call);
    first.immediate("to nobody", call->handoff("nobody"));
    first.immediate("to itself", call->handoff("first"));
    first.immediate("to the other", call->handoff("second"));
    first.immediate("give back", call->deallocate());
    second.note("calls", second.address()->calls().size());
    state(*world, LINECALLSTATE_IDLE);
    EXPECT_EQ(
        first.trace(),
        (Lines{
            "register: done", "event notification owner instance 0",
            "event state offering/offering mode 1 '' instance 0",
            "to nobody: TARGETNOTFOUND: no application \"nobody\" has line line one open as owner",
            "to itself: TARGETSELF: an application cannot hand a call to itself",
            "to the other: done", "give back: done"}));
    EXPECT_EQ(second.trace(), (Lines{"register: done", "event notification owner instance 0",
                                     "event state offering/offering mode 1 '' instance 0",
                                     "event info 13 instance 0", "calls: 1",
                                     "event state idle/disconnected mode 0 '' instance 0"}));
}

TEST_P(Application, MakesCallsForOthers) {
    Program recipient(*world, "recipient"), asking(*world, "asking");
    asking.immediate("ask", asking.tapi().requestMakeCall({"123", "asking", "", ""}));
    recipient.immediate("register", recipient.tapi().registerRequestRecipient());
    asking.immediate("ask", asking.tapi().requestMakeCall({"123", "asking", "party", "comment"}));
    const auto taken = recipient.tapi().takeRequest();
    ASSERT_TRUE(taken);
    recipient.note("comment", taken->comment);
    recipient.immediate("take", recipient.tapi().takeRequest());
    EXPECT_EQ(recipient.trace(), (Lines{"register: done", "event request 123 asking",
                                        "comment: comment", "take: NOREQUEST: no request waits"}));
    EXPECT_EQ(asking.trace(),
              (Lines{"ask: NOREQUESTRECIPIENT: no application is there that makes calls for others",
                     "ask: done"}));
}

TEST_P(Application, DescribesALine) {
    Program program(*world, "describing");
    const auto line = program.address();
    program.note("name", line->name());
    program.note("provider", line->providerName());
    program.note("state", line->state() == tapi::AddressState::InService);
    program.note("id", line->id());
    program.note("modes", line->capabilities().mediaModes.bits());
    program.note("features", line->capabilities().callFeatures);
    program.note("open", line->status().open);
    program.immediate("port", line->deviceId("comm/portname"));
    program.note("found", program.tapi().findAddress({}) == line);
    program.immediate("bad number", line->createCall("12\n3", tapi::MediaMode::AutomatedVoice));
    program.note("priority", static_cast<int>(program.tapi().priority(tapi::MediaMode::G3Fax)));
    program.note("dial rules", program.tapi().translation() != nullptr);
    program.watch({});
    program.note("open", line->status().open);
    EXPECT_EQ(program.trace(),
              (Lines{"name: line one", "provider: fake", "state: yes", "id: 0", "modes: 12",
                     "features: 2147506052", "open: no", "port: done", "found: yes",
                     "bad number: INVALADDRESS: character 3 of the number is a control character",
                     "priority: 0", "dial rules: no", "register: done", "open: yes"}));
}

}  // namespace
}  // namespace tipring::test
