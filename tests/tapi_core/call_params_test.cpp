// SPDX-License-Identifier: Apache-2.0
// How a call is to be made: what is refused, what is clamped, and what reaches the provider.
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using tapi::BearerMode;
using tapi::CallParamFlag;
using tapi::CallParams;
using tapi::MediaMode;
using Item = tapi::CallInfoChangeEvent::Item;

TspiAddressCaps addressCaps;
std::uint32_t addressInUse = 0;

class CallParamsTest : public ManagerFixture {
protected:
    void SetUp() override {
        addressCaps = {};
        addressInUse = 0;
        fake.caps.bearerModes = LINEBEARERMODE_VOICE;
        fake.caps.maxRate = 14400;
        fake.caps.mediaModes |= LINEMEDIAMODE_DATAMODEM;
        fake.caps.minDialParams = {100, 50, 70, 1000};
        fake.caps.maxDialParams = {8000, 400, 255, 60000};
        fake.table.lineGetAddressCaps = [](HPROVIDER, std::uint32_t, std::uint32_t,
                                           TspiAddressCaps* caps) {
            *caps = addressCaps;
            return TSPI_RESULT{0};
        };
        fake.table.lineGetAddressStatus = [](HDRVLINE, std::uint32_t, TspiAddressStatus* status) {
            status->inUse = addressInUse;
            return TSPI_RESULT{0};
        };
    }
    void begin() {
        start();
        app = std::make_unique<Application>(*manager, "app");
    }
    void TearDown() override { app.reset(); }
    tapi::Result<std::shared_ptr<tapi::Call>> make(const CallParams& params) {
        return app->address()->createCall("12", params);
    }
    std::shared_ptr<tapi::Call> connect(const CallParams& params) {
        const bool raw = params.bearerMode == BearerMode::PassThrough;  // it dials nothing
        auto call = app->address()->createCall(raw ? "" : "12", params).value();
        EXPECT_TRUE(call->connect({}));
        settle();
        return call;
    }
    std::unique_ptr<Application> app;
};

struct ParamRow {
    const char* text;
    void (*change)(CallParams& params);
    std::optional<ErrorCode> error;
};
const ParamRow kRows[] = {
    {"as they are", [](CallParams&) {}, {}},
    {"no media", [](CallParams& p) { p.mediaModes = {}; }, ErrorCode::InvalMediaMode},
    {"media of other lines", [](CallParams& p) { p.mediaModes = MediaMode::G3Fax; },
     ErrorCode::InvalMediaMode},
    {"no media of the set", [](CallParams& p) { p.mediaModes = tapi::MediaModes::fromBits(0x100); },
     ErrorCode::InvalMediaMode},
    {"several media",
     [](CallParams& p) { p.mediaModes = MediaMode::InteractiveVoice | MediaMode::DataModem; },
     ErrorCode::InvalMediaMode},
    {"several, not known yet",
     [](CallParams& p) {
         p.mediaModes = tapi::MediaModes::fromBits(LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_DATAMODEM);
     },
     {}},
    {"no bearer", [](CallParams& p) { p.bearerMode = static_cast<BearerMode>(0); },
     ErrorCode::InvalBearerMode},
    {"a digital bearer", [](CallParams& p) { p.bearerMode = static_cast<BearerMode>(0x8); },
     ErrorCode::InvalBearerMode},
    {"a bearer that the line lacks", [](CallParams& p) { p.bearerMode = BearerMode::PassThrough; },
     ErrorCode::BearerModeUnavail},
    {"rates", [](CallParams& p) { p.minRate = 300, p.maxRate = 9600; }, {}},
    {"no range", [](CallParams& p) { p.minRate = 9600, p.maxRate = 300; }, ErrorCode::InvalRate},
    {"too fast", [](CallParams& p) { p.minRate = 33600; }, ErrorCode::RateUnavail},
    {"as fast as can be", [](CallParams& p) { p.maxRate = 56000; }, {}},
    {"idle", [](CallParams& p) { p.flags = CallParamFlag::Idle; }, {}},
    {"secure", [](CallParams& p) { p.flags = CallParamFlag::Secure; }, ErrorCode::InvalCallParams},
    {"hidden", [](CallParams& p) { p.flags = CallParamFlag::BlockId; }, ErrorCode::InvalCallParams},
    {"own telephone", [](CallParams& p) { p.flags = CallParamFlag::OrigOffHook; },
     ErrorCode::InvalCallParams},
    {"far telephone", [](CallParams& p) { p.flags = CallParamFlag::DestOffHook; },
     ErrorCode::InvalCallParams},
    {"predictive", [](CallParams& p) { p.flags = CallParamFlag::PredictiveDial; },
     ErrorCode::InvalCallParams},
    {"one step", [](CallParams& p) { p.flags = CallParamFlag::OneStepTransfer; },
     ErrorCode::InvalCallParams},
    {"no hold", [](CallParams& p) { p.flags = CallParamFlag::NoHoldConference; },
     ErrorCode::InvalCallParams},
    {"no flag", [](CallParams& p) { p.flags = tapi::CallParamFlags::fromBits(0x10000); },
     ErrorCode::InvalCallParams},
    {"a time below zero", [](CallParams& p) { p.noAnswerTimeout = -1s; },
     ErrorCode::InvalCallParams},
    {"a time of a day", [](CallParams& p) { p.noAnswerTimeout = 24h; }, ErrorCode::InvalCallParams},
    {"a pause below zero", [](CallParams& p) { p.dialParams.dialPause = -1ms; },
     ErrorCode::InvalDialParams},
    {"a pause of a year", [](CallParams& p) { p.dialParams.dialPause = 24h * 365; }, {}},
    {"64 KB to show", [](CallParams& p) { p.displayableAddress.assign(65536, 'x'); },
     ErrorCode::InvalCallParams},
    {"64 KB of a name", [](CallParams& p) { p.calledParty.assign(65536, 'x'); },
     ErrorCode::InvalCallParams},
    {"64 KB of comment", [](CallParams& p) { p.comment.assign(65536, 'x'); },
     ErrorCode::InvalCallParams},
};

TEST_F(CallParamsTest, EachIsCheckedBeforeAnythingHappens) {
    begin();
    for (const ParamRow& row : kRows) {
        CallParams params;
        row.change(params);
        const auto made = make(params);
        EXPECT_EQ(made ? std::optional<ErrorCode>{} : made.error().code, row.error) << row.text;
    }
    EXPECT_EQ(fake.line().opened, 0u);
}

TEST_F(CallParamsTest, ANumberOf64KilobytesIsRefused) {
    begin();
    const auto made = app->address()->createCall(std::string(65536, '7'), CallParams{});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::InvalAddress);
    EXPECT_LT(made.error().cause.size(), 400u);
}

TEST_F(CallParamsTest, WhatTheAddressHasIsAllowed) {
    addressCaps.addressCapFlags = LINEADDRCAPFLAGS_SECURE | LINEADDRCAPFLAGS_BLOCKIDOVERRIDE |
                                  LINEADDRCAPFLAGS_ORIGOFFHOOK | LINEADDRCAPFLAGS_DESTOFFHOOK;
    addressCaps.maxNoAnswerTimeout = 60;
    begin();
    CallParams params;
    params.flags = CallParamFlag::Secure | CallParamFlag::BlockId | CallParamFlag::OrigOffHook |
                   CallParamFlag::DestOffHook;
    params.noAnswerTimeout = 60s;
    EXPECT_TRUE(make(params));
    params.noAnswerTimeout = 61s;
    EXPECT_EQ(make(params).error().code, ErrorCode::InvalCallParams);
}

TEST_F(CallParamsTest, AllOfThemReachTheProvider) {
    fake.caps.bearerModes |= LINEBEARERMODE_PASSTHROUGH;
    addressCaps.addressCapFlags = LINEADDRCAPFLAGS_BLOCKIDDEFAULT;
    addressCaps.maxNoAnswerTimeout = 99;
    begin();
    CallParams params;
    params.mediaModes = MediaMode::DataModem;
    params.bearerMode = BearerMode::PassThrough;
    params.flags = CallParamFlag::BlockId;
    params.noAnswerTimeout = 45s;
    params.minRate = 1200;
    params.maxRate = 9600;
    params.dialParams = {50ms, 100ms, 1000ms, 0ms};  // too short, good, too long, the default
    params.displayableAddress = "one two";
    params.calledParty = "Anna";
    params.comment = "about";
    const auto call = connect(params);
    const TspiCallParams& got = fake.lastCall().params;
    EXPECT_EQ(got.size, sizeof got);
    EXPECT_EQ(got.bearerMode, LINEBEARERMODE_PASSTHROUGH);
    EXPECT_EQ(got.mediaMode, LINEMEDIAMODE_DATAMODEM);
    EXPECT_EQ(got.flags, LINECALLPARAMFLAGS_BLOCKID);
    EXPECT_EQ(got.noAnswerTimeout, 45u);
    EXPECT_EQ(got.minRate, 1200u);
    EXPECT_EQ(got.maxRate, 9600u);
    EXPECT_EQ(got.dialParams.dialPause, 100u);
    EXPECT_EQ(got.dialParams.dialSpeed, 100u);
    EXPECT_EQ(got.dialParams.digitDuration, 255u);
    EXPECT_EQ(got.dialParams.waitForDialtone, 0u);
    const auto info = call->info();
    EXPECT_EQ(info.dialParams, (tapi::DialParams{100ms, 100ms, 255ms, 0ms}));
    EXPECT_EQ(info.displayableAddress, "one two");
    EXPECT_EQ(info.calledParty, "Anna");
    EXPECT_EQ(info.comment, "about");
    EXPECT_EQ(info.appName, "app");
    EXPECT_EQ(info.owners, 1u);
}

TEST_F(CallParamsTest, IdleWantsTheLineForItself) {
    begin();
    CallParams params;
    params.flags = CallParamFlag::Idle;
    addressInUse = 1;  // a parallel telephone
    auto call = make(params).value();
    EXPECT_EQ(call->connect({}).error().code, ErrorCode::CallUnavail);
    EXPECT_EQ(fake.callCount(), 0u);
    EXPECT_EQ(fake.line().closed, 1u);  // it is not kept open for nothing
    addressInUse = 0;
    EXPECT_TRUE(call->connect({}));  // the same call object
    settle();
    EXPECT_EQ(make(params).value()->connect({}).error().code, ErrorCode::CallUnavail);
}

TEST_F(CallParamsTest, NoMoreCallsThanTheLineHas) {
    fake.caps.maxActiveCalls = 1;
    begin();
    connect({});
    const auto second = make({}).value();
    EXPECT_EQ(second->connect({}).error().code, ErrorCode::CallUnavail);
    EXPECT_EQ(second->state(), tapi::CallState::Idle);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_TRUE(second->connect({}));
}

TEST_F(CallParamsTest, ATimerThatTheDeviceLacksIsTheCores) {
    begin();
    CallParams params;
    params.noAnswerTimeout = 20s;
    const auto call = connect(params);
    fake.state(fake.lastCall(), LINECALLSTATE_PROCEEDING);
    settle();
    loop.advance(10s);
    fake.state(fake.lastCall(), LINECALLSTATE_RINGBACK);
    settle();
    loop.advance(9s);
    EXPECT_EQ(fake.count("lineDrop"), 0u);
    loop.advance(2s);  // the time counts from the end of dialling
    EXPECT_EQ(fake.count("lineDrop"), 1u);
    loop.advance(11s);
    EXPECT_EQ(call->lineState(), LineCallState::Idle);
    EXPECT_EQ(call->status().cause, "nobody answered within 20 s");
}

TEST_F(CallParamsTest, AnAnswerEndsTheTimer) {
    begin();
    CallParams params;
    params.noAnswerTimeout = 20s;
    connect(params);
    fake.state(fake.lastCall(), LINECALLSTATE_RINGBACK);
    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    loop.advance(60s);
    EXPECT_EQ(fake.count("lineDrop"), 0u);
}

TEST_F(CallParamsTest, ATimerThatTheDeviceHasIsItsOwn) {
    addressCaps.maxNoAnswerTimeout = 60;
    begin();
    CallParams params;
    params.noAnswerTimeout = 20s;
    connect(params);
    fake.state(fake.lastCall(), LINECALLSTATE_RINGBACK);
    settle();
    loop.advance(60s);
    EXPECT_EQ(fake.count("lineDrop"), 0u);
    EXPECT_EQ(fake.lastCall().params.noAnswerTimeout, 20u);
}

/// What the provider knows of a call, and what it tells of each change.
TEST_F(CallParamsTest, EverythingThatIsKnownOfACallIsTold) {
    begin();
    app->watch();
    auto& driverCall = fake.newCall(fake.line());
    TspiCallInfo& info = driverCall.info;
    info.bearerMode = LINEBEARERMODE_VOICE;
    info.mediaMode = LINEMEDIAMODE_AUTOMATEDVOICE;
    info.reason = LINECALLREASON_FWDBUSY;
    info.callId = 11;
    info.relatedCallId = 12;
    info.trunk = 13;
    info.rate = 14400;
    const auto party = [](TspiPartyId& id, const char* number, const char* name) {
        id.flags = LINECALLPARTYID_ADDRESS | LINECALLPARTYID_NAME;
        std::strcpy(id.number, number);
        std::strcpy(id.name, name);
    };
    party(info.callerId, "1", "caller");
    party(info.calledId, "2", "called");
    party(info.connectedId, "3", "connected");
    party(info.redirectionId, "4", "redirection");
    party(info.redirectingId, "5", "redirecting");
    fake.state(driverCall, LINECALLSTATE_OFFERING, LINEOFFERINGMODE_ACTIVE);
    settle();
    const auto got = app->address()->calls().at(0)->info();
    EXPECT_EQ(got.origin, tapi::CallOrigin::Inbound);
    EXPECT_EQ(got.reason, tapi::CallReason::ForwardedBusy);
    EXPECT_EQ(got.mediaMode, MediaMode::AutomatedVoice);
    EXPECT_EQ(got.bearerMode, BearerMode::Voice);
    EXPECT_EQ(got.callId, 11u);
    EXPECT_EQ(got.relatedCallId, 12u);
    EXPECT_EQ(got.trunk, 13u);
    EXPECT_EQ(got.rate, 14400u);
    EXPECT_EQ(got.caller.name + got.called.name + got.connected.name + got.redirection.name +
                  got.redirecting.name,
              "callercalledconnectedredirectionredirecting");
    EXPECT_EQ(got.caller.number + got.called.number + got.connected.number +
                  got.redirection.number + got.redirecting.number,
              "12345");
}

TEST_F(CallParamsTest, EachChangeOfInfoIsOneItem) {
    constexpr std::pair<std::uint32_t, Item> kItems[] = {
        {LINECALLINFOSTATE_OTHER, Item::Other},
        {LINECALLINFOSTATE_DEVSPECIFIC, Item::DevSpecific},
        {LINECALLINFOSTATE_BEARERMODE, Item::BearerMode},
        {LINECALLINFOSTATE_RATE, Item::Rate},
        {LINECALLINFOSTATE_MEDIAMODE, Item::MediaMode},
        {LINECALLINFOSTATE_CALLID, Item::CallId},
        {LINECALLINFOSTATE_RELATEDCALLID, Item::RelatedCallId},
        {LINECALLINFOSTATE_ORIGIN, Item::Origin},
        {LINECALLINFOSTATE_REASON, Item::Reason},
        {LINECALLINFOSTATE_CALLERID, Item::Caller},
        {LINECALLINFOSTATE_CALLEDID, Item::Called},
        {LINECALLINFOSTATE_CONNECTEDID, Item::Connected},
        {LINECALLINFOSTATE_REDIRECTIONID, Item::Redirection},
        {LINECALLINFOSTATE_REDIRECTINGID, Item::Redirecting},
        {LINECALLINFOSTATE_TERMINAL, Item::Terminal},
        {LINECALLINFOSTATE_DIALPARAMS, Item::DialParams},
        {LINECALLINFOSTATE_MONITORMODES, Item::MonitorModes},
        {LINECALLINFOSTATE_TREATMENT, Item::Treatment},
    };
    begin();
    app->watch();
    auto& driverCall = fake.ring(fake.line());
    settle();
    for (const auto& [bit, item] : kItems) {
        app->events.events.clear();
        fake.event(fake.line(), driverCall.handle, LINE_CALLINFO, bit);
        settle();
        const auto told = app->events.all<tapi::CallInfoChangeEvent>();
        ASSERT_EQ(told.size(), 1u) << bit;
        EXPECT_EQ(told[0].item, item) << bit;
    }
    // What the core keeps is not the provider's to report.
    for (const std::uint32_t own :
         {LINECALLINFOSTATE_APPSPECIFIC, LINECALLINFOSTATE_CALLDATA, LINECALLINFOSTATE_NUMOWNERINCR,
          LINECALLINFOSTATE_NUMOWNERDECR, LINECALLINFOSTATE_NUMMONITORS}) {
        app->events.events.clear();
        fake.event(fake.line(), driverCall.handle, LINE_CALLINFO, own);
        settle();
        EXPECT_TRUE(app->events.events.empty()) << own;
    }
}

}  // namespace
}  // namespace tipring::test
