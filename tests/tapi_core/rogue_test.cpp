// SPDX-License-Identifier: Apache-2.0
// A provider that breaks each rule of the contract on one of its lines. The checker names the rule,
// the provider, the function and the line; its other line and another provider do not notice.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>

#include "tapi_core/manager_fixture.h"
#include "tapi_core/skewed_loop.h"

namespace tipring::test {
namespace {

using core::ContractRule;
using S = LineCallState;

class Rogue;

struct RogueRow {
    ContractRule rule;
    const char* function;
    bool named;  ///< the line is known: it is named
    void (*act)(Rogue& rogue);
    void (*prepare)(TspiProvider& table) = nullptr;
};

/// The rogue's functions behave until this is set.
bool armed = false;

bool onLineA(HDRVCALL call) {
    return armed && reinterpret_cast<FakeProvider::Call*>(call)->line->key == "A";
}
bool onLineA(HDRVLINE line) {
    return armed && reinterpret_cast<FakeProvider::Line*>(line)->key == "A";
}

class Rogue : public testing::TestWithParam<RogueRow> {
public:
    Rogue() {
        armed = false;
        hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
    }
    ~Rogue() override {
        app.reset();
        manager.reset();
        hal::setLogSink({});
    }
    void begin() {
        manager = std::make_unique<core::LineManager>(loop);
        manager->observeBreaches(
            [this](const core::ContractBreach& breach) { observed.push_back(breach); });
        ASSERT_TRUE(manager->addProvider(rogue.table, {{"fake", "rogue"}}));
        ASSERT_TRUE(manager->addProvider(good.table, {{"fake", "good"}}));
        app = std::make_unique<Application>(*manager, "app");
        for (std::size_t i = 0; i < 3; ++i) {
            cookies[i] = app->tapi->registerCallNotifications(app->address(i), {}).value();
        }
        settle();
    }
    void settle() {
        for (int i = 0; i < 20; ++i) {
            loop.inner.settle();
        }
    }
    FakeProvider::Line& lineA() { return rogue.line(0); }

    // What rows do
    void ask() {
        asked = app->address(0)->devSpecific("x", answer.reply());
        settle();
    }
    /// Does something while the core is inside of the rogue.
    void insideRequest(std::function<void()> what) {
        rogue.inside = [what = std::move(what)](const std::string&) { what(); };
        ask();
        rogue.inside = nullptr;
    }
    FakeProvider::Call& ring() {
        FakeProvider::Call& call = rogue.ring(lineA());
        settle();
        return call;
    }
    FakeProvider::Call& connected() {
        FakeProvider::Call& call = ring();
        rogue.state(call, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
        settle();
        return call;
    }
    void behave(Behaviour::How how, TSPI_RESULT result = 0, hal::Duration delay = {}) {
        rogue.behave = [=](const std::string&) { return Behaviour{how, result, "", delay}; };
    }
    std::shared_ptr<tapi::Call> callOf(const tapi::Address& address) {
        const auto calls = address.calls();
        return calls.empty() ? nullptr : calls.front();
    }

    SkewedLoop loop;
    FakeProvider rogue{{"A", "B"}, "rogue"}, good{{"G"}, "good"};
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<Application> app;
    tapi::RegistrationCookie cookies[3]{};
    std::vector<core::ContractBreach> observed;
    Answer answer;
    tapi::Result<tapi::RequestId> asked = 0;
};

TSPI_RESULT zeroResult(DRV_REQUESTID, HDRVLINE, HDRVCALL, const void*, std::size_t) {
    return 0;
}
TSPI_RESULT positiveResult(HDRVLINE line, const char*, char*, std::size_t) {
    return onLineA(line) ? 7 : 0;
}
TSPI_RESULT noHandle(DRV_REQUESTID id, HDRVLINE line, HTAPICALL, const char*, const TspiCallParams*,
                     HDRVCALL*) {
    const TspiInit& init = reinterpret_cast<FakeProvider::Line*>(line)->provider->init();
    init.completion(init.context, id, 0, nullptr);
    return static_cast<TSPI_RESULT>(id);
}
TSPI_RESULT changedSize(HDRVCALL call, TspiCallInfo* info) {
    if (onLineA(call)) {
        info->size += 1;
    }
    return 0;
}
TSPI_RESULT overrun(HDRVCALL call, TspiCallInfo* info) {
    if (onLineA(call)) {  // as one that was built for a larger struct
        std::memset(reinterpret_cast<char*>(info) + sizeof *info, 0, 40);
    }
    return 0;
}
TSPI_RESULT unterminated(HDRVCALL call, TspiCallInfo* info) {
    if (onLineA(call)) {
        info->callerId.flags = LINECALLPARTYID_NAME;
        std::memset(info->callerId.name, 'x', sizeof info->callerId.name);
    }
    return 0;
}
void askForInfo(Rogue& r) {
    FakeProvider::Call& call = r.ring();
    armed = true;
    r.rogue.event(r.lineA(), call.handle, LINE_CALLINFO, LINECALLINFOSTATE_CALLERID);
}

constexpr const char* kState = "LINE_CALLSTATE";

const RogueRow kRows[] = {
    {ContractRule::DoubleCompletion, "lineDevSpecific", true,
     [](Rogue& r) {
         r.behave(Behaviour::How::Twice);
         r.ask();
     }},
    {ContractRule::MissingCompletion, "lineDevSpecific", true,
     [](Rogue& r) {
         r.behave(Behaviour::How::Never);
         r.ask();
         r.loop.inner.advance(31s);
         EXPECT_EQ(r.answer.result->error().code, ErrorCode::Timeout);
     }},
    {ContractRule::MissingCompletion, "lineClose", true,
     [](Rogue& r) {
         r.behave(Behaviour::How::Never);
         r.ask();
         r.rogue.event(r.lineA(), nullptr, LINE_CLOSE);
         r.settle();
         EXPECT_EQ(r.answer.count, 1);
     }},
    {ContractRule::MissingCompletion, "lineCloseCall", true,
     [](Rogue& r) {
         FakeProvider::Call& call = r.ring();
         r.behave(Behaviour::How::Never);
         EXPECT_TRUE(r.callOf(*r.app->address(0))->answer(r.answer.reply()));
         r.rogue.state(call, LINECALLSTATE_IDLE);
         r.settle();
         EXPECT_EQ(r.answer.count, 1);
     }},
    {ContractRule::UnknownRequest, "completion", false,
     [](Rogue& r) { r.rogue.init().completion(r.rogue.init().context, 0x70000000, 0, nullptr); }},
    {ContractRule::UnknownRequest, "completion", false,
     [](Rogue& r) { r.rogue.init().completion(r.rogue.init().context, 0, 0, nullptr); }},
    {ContractRule::ForeignRequest, "completion", false,
     [](Rogue& r) {
         r.good.behave = [](const std::string&) {
             return Behaviour{Behaviour::How::Later, 0, "", 5s};
         };
         const auto id = r.app->address(2)->devSpecific("x", r.answer.reply());
         r.rogue.init().completion(r.rogue.init().context, id.value(), LINEERR_NOMEM, nullptr);
         r.loop.inner.advance(6s);
         EXPECT_EQ(r.answer.count, 1);
         EXPECT_TRUE(*r.answer.result);
         r.good.behave = nullptr;
     }},
    {ContractRule::PositiveCompletion, "lineDevSpecific", true,
     [](Rogue& r) {
         r.behave(Behaviour::How::Inside, 5);
         r.ask();
         EXPECT_EQ(r.answer.result->error().code, ErrorCode::OperationFailed);
     }},
    {ContractRule::WrongRequestId, "lineDevSpecific", true,
     [](Rogue& r) {
         r.behave(Behaviour::How::WrongCode);
         r.ask();
         EXPECT_FALSE(r.asked);
     }},
    {ContractRule::ZeroResult, "lineDevSpecific", true,
     [](Rogue& r) {
         r.ask();
         EXPECT_FALSE(r.asked);
     },
     [](TspiProvider& table) { table.lineDevSpecific = &zeroResult; }},
    {ContractRule::PositiveResult, "lineGetID", true,
     [](Rogue& r) {
         armed = true;
         EXPECT_FALSE(r.app->address(0)->deviceId("x"));
     },
     [](TspiProvider& table) { table.lineGetID = &positiveResult; }},
    {ContractRule::MissingHandle, "lineMakeCall", true,
     [](Rogue& r) {
         auto call = r.app->address(0)->createCall("1", tapi::MediaMode::AutomatedVoice);
         EXPECT_TRUE((*call)->connect(r.answer.reply()));
         r.settle();
         EXPECT_FALSE(*r.answer.result);
         EXPECT_EQ((*call)->lineState(), S::Idle);
     },
     [](TspiProvider& table) { table.lineMakeCall = &noHandle; }},
    {ContractRule::ZeroDeviceHandle, kState, false,
     [](Rogue& r) {
         r.insideRequest([&r] { r.lineA().events(nullptr, nullptr, LINE_CALLSTATE, 1, 0, 0); });
     }},
    {ContractRule::UnknownDeviceHandle, kState, false,
     [](Rogue& r) {
         r.insideRequest([&r] {
             r.lineA().events(reinterpret_cast<HTAPILINE>(0x99999), nullptr, LINE_CALLSTATE, 1, 0,
                              0);
         });
     }},
    {ContractRule::ForeignDeviceHandle, "LINE_CLOSE", false,
     [](Rogue& r) {
         r.insideRequest(
             [&r] { r.lineA().events(r.good.line().handle, nullptr, LINE_CLOSE, 0, 0, 0); });
     }},
    {ContractRule::EventAfterClose, "LINE_LINEDEVSTATE", true,
     [](Rogue& r) {
         EXPECT_TRUE(r.app->tapi->unregisterNotifications(r.cookies[0]));
         r.settle();
         r.rogue.event(r.lineA(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_INSERVICE);
     }},
    {ContractRule::EventAfterClose, "LINE_LINEDEVSTATE", true,
     [](Rogue& r) {  // right after lineClose returned, before the loop ran again
         EXPECT_TRUE(r.app->tapi->unregisterNotifications(r.cookies[0]));
         r.rogue.event(r.lineA(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_INSERVICE);
     }},
    {ContractRule::ZeroCallHandle, kState, true,
     [](Rogue& r) { r.rogue.event(r.lineA(), nullptr, LINE_CALLSTATE, LINECALLSTATE_CONNECTED); }},
    {ContractRule::ZeroCallHandle, "LINE_NEWCALL", true,
     [](Rogue& r) { r.rogue.event(r.lineA(), nullptr, LINE_NEWCALL, 0, 0); }},
    {ContractRule::UnknownCallHandle, kState, true,
     [](Rogue& r) {
         r.rogue.event(r.lineA(), reinterpret_cast<HTAPICALL>(0x1234), LINE_CALLSTATE,
                       LINECALLSTATE_CONNECTED);
     }},
    {ContractRule::EventAfterCallClose, kState, true,
     [](Rogue& r) {
         FakeProvider::Call& call = r.ring();
         r.rogue.state(call, LINECALLSTATE_IDLE);
         r.settle();
         r.rogue.state(call, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
     }},
    {ContractRule::DuplicateCall, "LINE_NEWCALL", true,
     [](Rogue& r) {
         FakeProvider::Call& call = r.ring();
         HTAPICALL second = nullptr;
         r.rogue.event(r.lineA(), nullptr, LINE_NEWCALL, reinterpret_cast<std::uintptr_t>(&call),
                       reinterpret_cast<std::uintptr_t>(&second));
         r.settle();
         r.rogue.state(call, LINECALLSTATE_IDLE);
     }},
    {ContractRule::StaleStream, "the receive routine", true,
     [](Rogue& r) {
         FakeProvider::Call& call = r.connected();
         const std::string path = testing::TempDir() + "rogue_stale.wav";
         std::filesystem::remove(path);
         EXPECT_TRUE(r.callOf(*r.app->address(0))->record(path, {}));
         r.settle();
         r.rogue.state(call, LINECALLSTATE_IDLE);
         r.settle();
         const std::int16_t sound[8]{};
         const FakeProvider::Media& media = r.rogue.lastMedia();
         media.callbacks.receive(media.handle, 0, sound, 8);
         std::filesystem::remove(path);
     }},
    {ContractRule::EventAfterIdle, "LINE_CALLINFO", true,
     [](Rogue& r) {
         FakeProvider::Call& call = r.ring();
         r.rogue.state(call, LINECALLSTATE_IDLE);
         r.rogue.event(r.lineA(), call.handle, LINE_CALLINFO, LINECALLINFOSTATE_CALLERID);
     }},
    {ContractRule::IdleTwice, kState, true,
     [](Rogue& r) {
         FakeProvider::Call& call = r.ring();
         r.rogue.state(call, LINECALLSTATE_IDLE);
         r.rogue.state(call, LINECALLSTATE_IDLE);
     }},
    {ContractRule::LeftIdle, kState, true,
     [](Rogue& r) {
         FakeProvider::Call& call = r.ring();
         r.rogue.state(call, LINECALLSTATE_IDLE);
         r.rogue.state(call, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
     }},
    {ContractRule::IllegalMove, kState, true,
     [](Rogue& r) { r.rogue.state(r.connected(), LINECALLSTATE_OFFERING); }},
    {ContractRule::NoFirstState, "LINE_NEWCALL", true,
     [](Rogue& r) {
         r.rogue.newCall(r.lineA());
         r.loop.inner.advance(11s);
         EXPECT_EQ(r.rogue.lastCall().closed, 1u);
     }},
    {ContractRule::NoFirstState, "LINE_CALLINFO", true,
     [](Rogue& r) {
         FakeProvider::Call& call = r.rogue.newCall(r.lineA());
         r.rogue.event(r.lineA(), call.handle, LINE_CALLINFO, LINECALLINFOSTATE_CALLERID);
         r.rogue.state(call, LINECALLSTATE_OFFERING, LINEOFFERINGMODE_ACTIVE);
     }},
    {ContractRule::EarlyFlood, "lineMakeCall", true,
     [](Rogue& r) {
         r.behave(Behaviour::How::Later, 0, 5s);
         auto call = r.app->address(0)->createCall("1", tapi::MediaMode::AutomatedVoice);
         EXPECT_TRUE((*call)->connect(r.answer.reply()));
         for (int i = 0; i < 70; ++i) {
             r.rogue.event(r.lineA(), r.rogue.lastCall().handle, LINE_CALLINFO,
                           LINECALLINFOSTATE_MEDIAMODE);
         }
         r.loop.inner.advance(6s);
         EXPECT_EQ(r.answer.count, 1);
     }},
    {ContractRule::NoIdle, kState, true,
     [](Rogue& r) {
         r.rogue.state(r.connected(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
         r.loop.inner.advance(11s);
         EXPECT_EQ(r.app->events.states().back(), S::Idle);
     }},
    {ContractRule::UnknownGeneration, "LINE_GENERATE", true,
     [](Rogue& r) {
         r.rogue.event(r.lineA(), r.connected().handle, LINE_GENERATE, LINEGENERATETERM_DONE, 77);
     }},
    {ContractRule::UnknownMessage, "message 999", true,
     [](Rogue& r) { r.rogue.event(r.lineA(), r.ring().handle, 999); }},
    {ContractRule::UnknownMessage, "message 12", true,  // LINE_REPLY is the core's own
     [](Rogue& r) { r.rogue.event(r.lineA(), r.ring().handle, LINE_REPLY); }},
    {ContractRule::BadValue, kState, true,
     [](Rogue& r) { r.rogue.state(r.ring(), LINECALLSTATE_IDLE | LINECALLSTATE_OFFERING); }},
    {ContractRule::BadValue, "LINE_MONITORDIGITS", true,
     [](Rogue& r) {
         r.rogue.event(r.lineA(), r.connected().handle, LINE_MONITORDIGITS, 'x',
                       LINEDIGITMODE_DTMF);
     }},
    {ContractRule::BadValue, "LINE_LINEDEVSTATE", true,
     [](Rogue& r) { r.rogue.event(r.lineA(), nullptr, LINE_LINEDEVSTATE, 0x80000000); }},
    {ContractRule::BadValue, "LINE_ADDRESSSTATE", true,
     [](Rogue& r) { r.rogue.event(r.lineA(), nullptr, LINE_ADDRESSSTATE, 0); }},
    {ContractRule::BadValue, "lineCreate", false,
     [](Rogue& r) { r.rogue.init().lineCreate(r.rogue.init().context, nullptr); }},
    {ContractRule::StructSize, "lineGetCallInfo", true, &askForInfo,
     [](TspiProvider& table) { table.lineGetCallInfo = &changedSize; }},
    {ContractRule::StructOverrun, "lineGetCallInfo", true, &askForInfo,
     [](TspiProvider& table) { table.lineGetCallInfo = &overrun; }},
    {ContractRule::UnterminatedText, "lineGetCallInfo", true, &askForInfo,
     [](TspiProvider& table) { table.lineGetCallInfo = &unterminated; }},
    {ContractRule::BlockedLoop, "lineDevSpecific", true,
     [](Rogue& r) { r.insideRequest([&r] { r.loop.skew += 60ms; }); }},
    {ContractRule::ReEntry, "LINE_LINEDEVSTATE", true,
     [](Rogue& r) {
         bool nested = false;
         r.loop.onPost = [&] {  // the core is inside of its routine
             if (!std::exchange(nested, true)) {
                 r.rogue.event(r.lineA(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_INSERVICE);
             }
         };
         r.rogue.event(r.lineA(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_INSERVICE);
         r.loop.onPost = nullptr;
         EXPECT_TRUE(nested);
     }},
    {ContractRule::DuplicateDevice, "lineCreate", true, [](Rogue& r) { r.rogue.arrive("A"); }},
    {ContractRule::UnknownDevice, "lineRemove", false,
     [](Rogue& r) { r.rogue.init().lineRemove(r.rogue.init().context, 99); }},
    {ContractRule::UnknownDevice, "lineRemove", false,
     [](Rogue& r) {  // of the other provider
         r.rogue.init().lineRemove(r.rogue.init().context, r.good.line().id);
     }},
};

TEST_P(Rogue, IsNamedAndTheOthersDoNotNotice) {
    const RogueRow& row = GetParam();
    if (row.prepare != nullptr) {
        row.prepare(rogue.table);
    }
    begin();
    FakeProvider::Call& other = rogue.ring(rogue.line(1));
    FakeProvider::Call& far = good.ring(good.line());
    settle();
    ASSERT_TRUE(manager->breaches().empty());

    row.act(*this);
    settle();
    rogue.behave = nullptr;

    const auto breaches = manager->breaches();
    ASSERT_FALSE(breaches.empty());
    for (const core::ContractBreach& breach : breaches) {
        EXPECT_STREQ(core::name(breach.rule), core::name(row.rule)) << breach.text;
        EXPECT_EQ(breach.provider, "rogue");
        EXPECT_EQ(breach.function, row.function) << breach.text;
        EXPECT_EQ(breach.line, row.named ? "line A" : "");
        EXPECT_FALSE(breach.text.empty());
    }
    EXPECT_EQ(breaches.back().count, breaches.size());
    EXPECT_EQ(observed.size(), breaches.size());

    struct Line {
        FakeProvider& provider;
        FakeProvider::Call& call;
        std::size_t address;
    };
    for (const Line& each : {Line{rogue, other, 1}, Line{good, far, 2}}) {
        const auto call = callOf(*app->address(each.address));
        ASSERT_NE(call, nullptr);
        EXPECT_EQ(call->lineState(), S::Offering);
        Answer answered;
        ASSERT_TRUE(call->answer(answered.reply()));
        each.provider.state(each.call, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_CONFIRMED);
        settle();
        EXPECT_EQ(answered.count, 1);
        EXPECT_EQ(call->lineState(), S::Connected);
        each.provider.state(each.call, LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
        each.provider.state(each.call, LINECALLSTATE_IDLE);
        settle();
        EXPECT_EQ(call->lineState(), S::Idle);
        EXPECT_EQ(each.call.closed, 1u);
    }
    EXPECT_EQ(manager->breaches().size(), breaches.size());

    app.reset();
    manager.reset();
    EXPECT_EQ(observed.size(), breaches.size());
    EXPECT_EQ(rogue.line(0).opened, rogue.line(0).closed);
    EXPECT_EQ(rogue.line(1).opened, rogue.line(1).closed);
}
INSTANTIATE_TEST_SUITE_P(Rules, Rogue, testing::ValuesIn(kRows), [](const auto& each) {
    std::string name = core::name(each.param.rule);
    name += "_" + std::to_string(each.index);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
    return name;
});

TEST(RogueTable, HasARowForEachRule) {
    std::set<ContractRule> covered{
        ContractRule::CompletionAfterShutdown,  // below
        ContractRule::LeftBehind,               // below
        ContractRule::InterfaceValues,          // the tests of interfaces
        ContractRule::Other,
    };
    for (const RogueRow& row : kRows) {
        covered.insert(row.rule);
    }
    for (std::size_t i = 0; i < core::kContractRules; ++i) {
        EXPECT_TRUE(covered.contains(static_cast<ContractRule>(i)))
            << core::name(static_cast<ContractRule>(i));
    }
}

class RogueSession : public Rogue {};

TEST_F(RogueSession, CompletionAfterShutdownIsNamed) {
    begin();
    FakeProvider brief({}, "brief");
    brief.table.providerEnumDevices = nullptr;  // it is begun and ended at once
    EXPECT_FALSE(manager->addProvider(brief.table, {{"fake", "brief"}}));
    brief.init().completion(brief.init().context, 1, 0, nullptr);
    settle();
    ASSERT_EQ(observed.size(), 1u);
    EXPECT_EQ(observed[0].rule, ContractRule::CompletionAfterShutdown);
    EXPECT_EQ(observed[0].provider, "brief");
}

TEST_F(RogueSession, WhatIsLeftBehindIsToldBeforeTheManagerIsGone) {
    begin();
    const TspiHost& host = *rogue.init().host;
    ASSERT_NE(host.timerCreate(
                  host.context, [](void*) {}, nullptr),
              nullptr);
    app.reset();
    manager.reset();
    ASSERT_EQ(observed.size(), 1u);
    EXPECT_EQ(observed[0].rule, ContractRule::LeftBehind);
    EXPECT_EQ(observed[0].function, "providerShutdown");
}

TEST_F(RogueSession, AnEventForNobodysHandleFromNowhereIsToldOfNobody) {
    begin();
    lineA().events(nullptr, nullptr, LINE_CLOSE, 0, 0, 0);
    settle();
    ASSERT_EQ(observed.size(), 1u);
    EXPECT_EQ(observed[0].provider, "?");
}

TEST_F(RogueSession, AFloodIsCountedAndKeptShort) {
    begin();
    std::size_t lines = 0;
    hal::setLogSink([&](hal::LogLevel, std::string_view, std::string_view text) {
        lines += text.find("contract breach") != std::string_view::npos ? 1 : 0;
    });
    for (int i = 0; i < 5000; ++i) {
        rogue.event(lineA(), nullptr, LINE_CALLSTATE, LINECALLSTATE_CONNECTED);
    }
    settle();
    EXPECT_EQ(manager->breaches().size(), 64u);
    EXPECT_EQ(manager->breaches().back().count, 5000u);
    EXPECT_EQ(lines, 100u + 5u);
}

TEST_F(RogueSession, CompletionFromAThreadBeforeTheFunctionReturnedIsNoBreach) {
    begin();
    rogue.behave = [](const std::string&) { return Behaviour{Behaviour::How::Thread, 0, "", {}}; };
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(app->address(0)->devSpecific("x", answer.reply()));
    }
    while (answer.count < 50) {
        loop.inner.settle();
    }
    EXPECT_TRUE(manager->breaches().empty());
}

}  // namespace
}  // namespace tipring::test
