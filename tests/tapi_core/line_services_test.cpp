// SPDX-License-Identifier: Apache-2.0
// Lines beside calls: caps, status, settings, extensions, the vendor's events, the line mapper.
#include <cstring>
#include <functional>

#include "provider_record.h"
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using Kind = tapi::AddressEvent::Kind;

/// What the functions below answer, and what they were given.
struct Script {
    TspiAddressCaps addressCaps{};
    TspiAddressStatus addressStatus{};
    TspiExtensionId extension{{1, 2, 3, 4}};
    std::uint32_t agreed = 3, selected = 0, lineStates = 0, addressStates = 0, addressCount = 1;
    std::uint32_t devStatus = 0, devStatusOn = 0, feature = 0;
    std::string config = "fast=1", forwardedTo;
    std::uint32_t forwardCount = 99;
    TSPI_RESULT result = 0;
};
Script* script = nullptr;

template <class Struct>
void fill(Struct* out, const Struct& value) {
    const std::uint32_t size = out->size;
    *out = value;
    out->size = size;
}

TSPI_RESULT done(HDRVLINE line, DRV_REQUESTID id) {
    const TspiInit& init = reinterpret_cast<FakeProvider::Line*>(line)->provider->init();
    init.completion(init.context, id, script->result, "as told");
    return static_cast<TSPI_RESULT>(id);
}

void addFunctions(TspiProvider& table) {
    table.lineGetAddressCaps = [](HPROVIDER, std::uint32_t, std::uint32_t, TspiAddressCaps* caps) {
        fill(caps, script->addressCaps);
        return 0;
    };
    table.lineGetAddressStatus = [](HDRVLINE, std::uint32_t, TspiAddressStatus* status) {
        fill(status, script->addressStatus);
        return 0;
    };
    table.lineGetNumAddressIDs = [](HDRVLINE, std::uint32_t* count) {
        *count = script->addressCount;
        return 0;
    };
    table.lineGetExtensionID = [](HPROVIDER, std::uint32_t, TspiExtensionId* id) {
        *id = script->extension;
        return 0;
    };
    table.lineNegotiateExtVersion = [](HPROVIDER, std::uint32_t, std::uint32_t low,
                                       std::uint32_t high, std::uint32_t* version) {
        *version = script->agreed;
        return high < 2 || low > 5 ? LINEERR_INCOMPATIBLEEXTVERSION : 0;
    };
    table.lineSelectExtVersion = [](HDRVLINE, std::uint32_t version) {
        script->selected = version;
        return 0;
    };
    table.lineSetStatusMessages = [](HDRVLINE, std::uint32_t states, std::uint32_t addressStates) {
        script->lineStates = states;
        script->addressStates = addressStates;
        return 0;
    };
    table.lineConditionalMediaDetection = [](HDRVLINE, std::uint32_t, const TspiCallParams*) {
        return script->result;
    };
    table.lineSetLineDevStatus = [](DRV_REQUESTID id, HDRVLINE line, std::uint32_t flags,
                                    std::uint32_t on) {
        script->devStatus = flags;
        script->devStatusOn = on;
        return done(line, id);
    };
    table.lineGetDevConfig = [](HDRVLINE, const char*, char* config, std::size_t capacity) {
        std::strncpy(config, script->config.c_str(), capacity - 1);
        return script->result;
    };
    table.lineSetDevConfig = [](HDRVLINE, const char*, const char* config) {
        script->config = config;
        return script->result;
    };
    table.lineForward = [](DRV_REQUESTID id, HDRVLINE line, std::uint32_t, const TspiForward* list,
                           std::uint32_t count, std::uint32_t) {
        script->forwardCount = count;
        script->forwardedTo = count > 0 ? list[0].destination : "";
        return done(line, id);
    };
    table.lineDevSpecificFeature = [](DRV_REQUESTID id, HDRVLINE line, std::uint32_t feature,
                                      const void*, std::size_t) {
        script->feature = feature;
        return done(line, id);
    };
}

class LineServicesTest : public ManagerFixture {
protected:
    LineServicesTest() {
        script = &told;
        addFunctions(fake.table);
        told.addressCaps.maxActiveCalls = 1;
        told.addressCaps.forwardModes = LINEFORWARDMODE_UNCOND;
        fake.caps.settableDevStatus = LINEDEVSTATUSFLAGS_MSGWAIT;
    }
    ~LineServicesTest() override {
        app.reset();
        script = nullptr;
    }
    void begin() {
        start();
        app = std::make_unique<Application>(*manager, "app");
    }
    std::vector<Kind> kinds() const {
        std::vector<Kind> all;
        for (const auto& event : app->events.all<tapi::AddressEvent>()) {
            all.push_back(event.kind);
        }
        return all;
    }
    Script told;
    std::unique_ptr<Application> app;
    Answer answer;
};

TEST_F(LineServicesTest, TheCapsOfTheAddressAreTheProviders) {
    std::strcpy(told.addressCaps.address, "5550100");
    told.addressCaps.addressCapFlags = LINEADDRCAPFLAGS_DIALED;
    told.addressCaps.callFeatures = LINECALLFEATURE_ANSWER;
    told.addressCaps.maxNoAnswerTimeout = 60;
    std::strcpy(fake.caps.deviceClasses, " comm/portname  wave/in ");
    begin();
    const auto& caps = app->address()->capabilities();
    EXPECT_EQ(caps.number, "5550100");
    EXPECT_EQ(caps.addressCapFlags, LINEADDRCAPFLAGS_DIALED);
    EXPECT_EQ(caps.callFeatures, LINECALLFEATURE_ANSWER);
    EXPECT_EQ(caps.maxNoAnswerTimeout, 60s);
    EXPECT_EQ(caps.deviceClasses, (std::vector<std::string>{"comm/portname", "wave/in"}));
    EXPECT_GT(caps.maxCallDataSize, 0u);
}

TEST_F(LineServicesTest, WithoutThemTheyAreMadeOfTheLines) {
    fake.table.lineGetAddressCaps = nullptr;
    begin();
    const auto& caps = app->address()->capabilities();
    EXPECT_EQ(caps.callStates, fake.caps.callStates);
    EXPECT_EQ(caps.callerIdFlags, fake.caps.callerIdFlags);
    EXPECT_EQ(caps.maxActiveCalls, 1u);
    EXPECT_EQ(caps.forwardModes, 0u);
    EXPECT_NE(caps.callFeatures & LINECALLFEATURE_GENERATEDIGITS, 0u);
}

TEST_F(LineServicesTest, TheStatusIsLiveAndListsWhatWouldSucceed) {
    begin();
    EXPECT_FALSE(app->address()->status().open);
    Application other(*manager, "other");
    other.watch({.owner = false, .monitor = true});
    app->watch();
    ASSERT_TRUE(app->address()->setRingsBeforeAnswer(4));
    ASSERT_TRUE(other.address()->setRingsBeforeAnswer(2));
    fake.line().status.messageWaiting = 1;
    told.addressStatus.forwardModes = LINEFORWARDMODE_UNCOND;
    std::strcpy(told.addressStatus.forwardAddress, "99");
    auto status = app->address()->status();
    EXPECT_TRUE(status.open && status.connected && status.inService && status.messageWaiting);
    EXPECT_FALSE(status.inUse);
    EXPECT_EQ(status.openers, (std::vector<std::string>{"app", "other"}));
    EXPECT_EQ(status.ringsBeforeAnswer, 4u);
    EXPECT_EQ(status.forwardAddress, "99");
    EXPECT_NE(status.lineFeatures & LINEFEATURE_MAKECALL, 0u);
    EXPECT_NE(status.addressFeatures & LINEADDRFEATURE_MAKECALL, 0u);
    fake.ring(fake.line());
    settle();
    status = app->address()->status();
    EXPECT_EQ(status.activeCalls, 1u);
    EXPECT_TRUE(status.inUse);
    EXPECT_EQ(status.lineFeatures & LINEFEATURE_MAKECALL, 0u);
    EXPECT_EQ(status.addressFeatures & LINEADDRFEATURE_MAKECALL, 0u);
    EXPECT_EQ(status.addressFeatures & LINEADDRFEATURE_PICKUPWAITING, 0u);
    EXPECT_EQ(app->address()->setRingsBeforeAnswer(1000).error().code, ErrorCode::InvalParam);
}

TEST_F(LineServicesTest, AStatusOutOfServiceAllowsNothing) {
    begin();
    app->watch();
    fake.line().status.inService = 0;
    std::strcpy(fake.line().status.cause, "no voltage");
    const auto status = app->address()->status();
    EXPECT_FALSE(status.inService);
    EXPECT_EQ(status.cause, "no voltage");
    EXPECT_EQ(status.lineFeatures | status.addressFeatures, 0u);
}

TEST_F(LineServicesTest, EachStateOfALineBecomesItsEvent) {
    struct Row {
        std::uint32_t message, state;
        Kind kind;
    };
    const Row rows[] = {
        {LINE_LINEDEVSTATE, LINEDEVSTATE_MSGWAITON, Kind::MessageWaitOn},
        {LINE_LINEDEVSTATE, LINEDEVSTATE_MSGWAITOFF, Kind::MessageWaitOff},
        {LINE_LINEDEVSTATE, LINEDEVSTATE_NUMCALLS, Kind::InUse},
        {LINE_LINEDEVSTATE, LINEDEVSTATE_LOCK, Kind::Locked},
        {LINE_LINEDEVSTATE, LINEDEVSTATE_CONFIGCHANGE, Kind::ConfigChange},
        {LINE_LINEDEVSTATE, LINEDEVSTATE_CAPSCHANGE, Kind::CapsChange},
        {LINE_LINEDEVSTATE, LINEDEVSTATE_DEVSPECIFIC, Kind::DevState},
        {LINE_LINEDEVSTATE, LINEDEVSTATE_OTHER, Kind::DevState},
        {LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, Kind::Ringing},
        {LINE_ADDRESSSTATE, LINEADDRESSSTATE_INUSEONE, Kind::InUse},
        {LINE_ADDRESSSTATE, LINEADDRESSSTATE_NUMCALLS, Kind::InUse},
        {LINE_ADDRESSSTATE, LINEADDRESSSTATE_FORWARD, Kind::Forward},
        {LINE_ADDRESSSTATE, LINEADDRESSSTATE_CAPSCHANGE, Kind::CapsChange},
        {LINE_ADDRESSSTATE, LINEADDRESSSTATE_OTHER, Kind::DevState},
    };
    begin();
    app->watch();
    for (const Row& row : rows) {
        app->events.events.clear();
        fake.event(fake.line(), nullptr, row.message, row.state, 1, 0);
        settle();
        EXPECT_EQ(kinds(), std::vector{row.kind}) << row.message << " " << row.state;
    }
    EXPECT_TRUE(manager->breaches().empty());
}

TEST_F(LineServicesTest, RemovedIsAsTheRemovalOfTheDevice) {
    begin();
    app->watch();
    fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_REMOVED);
    settle();
    EXPECT_TRUE(app->tapi->addresses().empty());
}

TEST_F(LineServicesTest, AForcedCloseIsToldToWhoHadTheLineOpen) {
    begin();
    Application stranger(*manager, "stranger");
    app->watch({.callbackInstance = 7});
    fake.event(fake.line(), nullptr, LINE_CLOSE);
    settle();
    const auto closes = app->events.all<tapi::TapiObjectEvent>();
    ASSERT_EQ(closes.size(), 1u);
    EXPECT_EQ(closes[0].kind, tapi::TapiObjectEvent::Kind::AddressClose);
    EXPECT_EQ(closes[0].callbackInstance, 7u);
    EXPECT_EQ(closes[0].address, app->address());
    EXPECT_TRUE(stranger.events.all<tapi::TapiObjectEvent>().empty());
}

TEST_F(LineServicesTest, TheVendorsEventsReachWhoHasTheLineOrTheCall) {
    begin();
    Application stranger(*manager, "stranger");
    app->watch({.callbackInstance = 7});
    auto& call = fake.ring(fake.line());
    fake.event(fake.line(), nullptr, LINE_DEVSPECIFIC, 1, 2, 3);
    fake.event(fake.line(), nullptr, LINE_DEVSPECIFICFEATURE, 4, 5, 6);
    fake.event(fake.line(), call.handle, LINE_CALLDEVSPECIFIC, 7, 8, 9);
    fake.event(fake.line(), call.handle, LINE_CALLDEVSPECIFICFEATURE, 10, 11, 12);
    settle();
    const auto all = app->events.all<tapi::AddressDevSpecificEvent>();
    ASSERT_EQ(all.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(all[i].parameters[0], i * 3 + 1);
        EXPECT_EQ(all[i].parameters[2], i * 3 + 3);
        EXPECT_EQ(all[i].call != nullptr, i >= 2);
        EXPECT_EQ(all[i].callbackInstance, 7u);
    }
    EXPECT_TRUE(stranger.events.all<tapi::AddressDevSpecificEvent>().empty());
}

TEST_F(LineServicesTest, TheProviderHearsWhatSomebodyWantsToHear) {
    begin();
    app->watch();
    EXPECT_NE(told.lineStates & LINEDEVSTATE_LOCK, 0u);
    app->tapi->setEventFilter(tapi::EventClass::CallState);
    EXPECT_EQ(told.lineStates & LINEDEVSTATE_LOCK, 0u);
    EXPECT_NE(told.lineStates & LINEDEVSTATE_RINGING, 0u);
    EXPECT_EQ(told.addressStates, LINEADDRESSSTATE_CAPSCHANGE);
}

TEST_F(LineServicesTest, TheFirstOpenerFixesTheVersionOfTheExtension) {
    begin();
    EXPECT_EQ(app->address()->negotiateExtVersion(1, 4).value(), 3u);
    app->watch();
    EXPECT_EQ(told.selected, 3u);
    EXPECT_EQ(app->address()->negotiateExtVersion(1, 9).value(), 3u);
    EXPECT_EQ(app->address()->negotiateExtVersion(4, 9).error().code,
              ErrorCode::IncompatibleExtVersion);
    EXPECT_EQ(app->address()->negotiateExtVersion(4, 1).error().code, ErrorCode::InvalExtVersion);
    told.extension = {};
    EXPECT_EQ(app->address()->negotiateExtVersion(1, 4).value(), 0u);
}

TEST_F(LineServicesTest, AVersionThatNobodyAskedForIsABreach) {
    begin();
    told.agreed = 9;
    EXPECT_EQ(app->address()->negotiateExtVersion(1, 4).error().code,
              ErrorCode::IncompatibleExtVersion);
    ASSERT_EQ(manager->breaches().size(), 1u);
    EXPECT_EQ(manager->breaches()[0].rule, core::ContractRule::BadValue);
    EXPECT_EQ(app->address()->negotiateExtVersion(6, 7).error().code,
              ErrorCode::IncompatibleExtVersion);
}

TEST_F(LineServicesTest, AddressesThatDoNotAddUpAreABreach) {
    told.addressCount = 2;
    begin();
    app->watch();
    ASSERT_EQ(manager->breaches().size(), 1u);
    EXPECT_EQ(manager->breaches()[0].function, "lineGetNumAddressIDs");
}

TEST_F(LineServicesTest, StatusForwardingAndFeaturesAreRequestsWithOneReply) {
    begin();
    const auto address = app->address();
    ASSERT_TRUE(address->setDevStatus(LINEDEVSTATUSFLAGS_MSGWAIT, true, answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(told.devStatusOn, 1u);
    ASSERT_TRUE(address->forward({{LINEFORWARDMODE_UNCOND, "555-1234", 3}}, 0, answer.reply()));
    settle();
    EXPECT_EQ(told.forwardedTo, "5551234");
    ASSERT_TRUE(address->forward({}, 0, answer.reply()));
    ASSERT_TRUE(address->devSpecificFeature(42, "x", answer.reply()));
    settle();
    EXPECT_EQ(told.forwardCount, 0u);
    EXPECT_EQ(told.feature, 42u);
    EXPECT_EQ(answer.count, 4);
    told.result = LINEERR_RESOURCEUNAVAIL;
    ASSERT_TRUE(address->devSpecificFeature(42, "x", answer.reply()));
    settle();
    EXPECT_EQ(answer.result->error().code, ErrorCode::ResourceUnavail);
    EXPECT_EQ(fake.line().opened, fake.line().closed);
}

TEST_F(LineServicesTest, WhatCannotBeIsRefusedAtOnce) {
    begin();
    const auto a = app->address();
    const std::string longNumber(70, '5');
    EXPECT_EQ(a->setDevStatus(0, true, {}).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(a->setDevStatus(LINEDEVSTATUSFLAGS_LOCKED, true, {}).error().code,
              ErrorCode::OperationUnavail);
    EXPECT_EQ(a->forward({{3, "1", 0}}, 0, {}).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(a->forward({{LINEFORWARDMODE_BUSY, "1", 0}}, 0, {}).error().code,
              ErrorCode::OperationUnavail);
    EXPECT_EQ(a->forward({{LINEFORWARDMODE_UNCOND, "1\r2", 0}}, 0, {}).error().code,
              ErrorCode::InvalAddress);
    EXPECT_EQ(a->forward({{LINEFORWARDMODE_UNCOND, longNumber, 0}}, 0, {}).error().code,
              ErrorCode::InvalAddress);
    EXPECT_EQ(a->setDeviceConfig("x", std::string(70'000, 'x')).error().code,
              ErrorCode::InvalParam);
    EXPECT_EQ(a->setDeviceConfig("x", std::string("a\0b", 3)).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(a->checkMediaDetection({}).error().code, ErrorCode::InvalMediaMode);
    EXPECT_EQ(a->checkMediaDetection(tapi::MediaMode::DataModem).error().code,
              ErrorCode::InvalMediaMode);
    EXPECT_EQ(fake.line().opened, 0u);
}

TEST_F(LineServicesTest, ConfigurationAndMediaChecksAreTheProviders) {
    begin();
    const auto address = app->address();
    EXPECT_EQ(address->deviceConfig("comm").value(), "fast=1");
    ASSERT_TRUE(address->setDeviceConfig("comm", "fast=0"));
    EXPECT_EQ(told.config, "fast=0");
    EXPECT_TRUE(address->checkMediaDetection(tapi::MediaMode::AutomatedVoice));
    told.result = LINEERR_INVALLINESTATE;
    EXPECT_EQ(address->setDeviceConfig("comm", "x").error().code, ErrorCode::InvalLineState);
    EXPECT_FALSE(address->checkMediaDetection(tapi::MediaMode::AutomatedVoice));
}

TEST_F(LineServicesTest, FunctionsThatAreNotThereAreUnavailable) {
    fake.table.lineForward = nullptr;
    fake.table.lineSetLineDevStatus = nullptr;
    fake.table.lineDevSpecificFeature = nullptr;
    fake.table.lineGetDevConfig = nullptr;
    fake.table.lineSetDevConfig = nullptr;
    fake.table.lineConditionalMediaDetection = nullptr;
    begin();
    const auto a = app->address();
    constexpr auto kNone = ErrorCode::OperationUnavail;
    EXPECT_EQ(a->forward({}, 0, {}).error().code, kNone);
    EXPECT_EQ(a->setDevStatus(LINEDEVSTATUSFLAGS_MSGWAIT, true, {}).error().code, kNone);
    EXPECT_EQ(a->devSpecificFeature(1, "", {}).error().code, kNone);
    EXPECT_EQ(a->deviceConfig("x").error().code, kNone);
    EXPECT_EQ(a->setDeviceConfig("x", "y").error().code, kNone);
    EXPECT_EQ(a->checkMediaDetection(tapi::MediaMode::AutomatedVoice).error().code, kNone);
    EXPECT_EQ(fake.line().opened, fake.line().closed);
    app->watch();
    EXPECT_EQ(a->status().lineFeatures & (LINEFEATURE_FORWARD | LINEFEATURE_SETDEVSTATUS), 0u);
}

TEST_F(LineServicesTest, TheMapperFindsTheFirstLineThatFits) {
    begin();
    tapi::CallParams wanted;
    EXPECT_EQ(app->tapi->findAddress(wanted).value(), app->address());
    wanted.flags = tapi::CallParamFlag::Secure;
    const auto none = app->tapi->findAddress(wanted);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::LineMapperFailed);
    EXPECT_NE(none.error().cause.find("cannot secure"), std::string::npos);
    wanted = {};
    wanted.mediaModes = tapi::MediaMode::DataModem;
    EXPECT_FALSE(app->tapi->findAddress(wanted));
    wanted = {};
    wanted.minRate = 9600;
    EXPECT_FALSE(app->tapi->findAddress(wanted));
    wanted = {};
    app->watch();
    fake.ring(fake.line());
    settle();
    EXPECT_FALSE(app->tapi->findAddress(wanted));
}

TEST_F(LineServicesTest, AShorterTableHasWhatItHas) {
    fake.table.size = offsetof(TspiProvider, mediaOpen);
    begin();
    auto call = connected(*app);
    EXPECT_EQ(call->record(testing::TempDir() + "never.wav", {}).error().code,
              ErrorCode::OperationUnavail);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_TRUE(manager->breaches().empty());
}

/// As a provider does that was built when the struct was shorter.
template <class Struct>
void fillHalf(Struct* out, std::size_t half) {
    Struct full;
    std::memset(&full, 0x41, sizeof full);
    std::memcpy(reinterpret_cast<char*>(out) + sizeof out->size,
                reinterpret_cast<const char*>(&full) + sizeof out->size, half - sizeof out->size);
}

TEST_F(LineServicesTest, FieldsThatAnOlderProviderDoesNotKnowAreZero) {
    fake.table.lineGetAddressCaps = [](HPROVIDER, std::uint32_t, std::uint32_t,
                                       TspiAddressCaps* caps) {
        EXPECT_EQ(caps->size, sizeof *caps);
        fillHalf(caps, offsetof(TspiAddressCaps, maxConference));
        caps->address[5] = '\0';
        return 0;
    };
    fake.table.lineGetLineDevStatus = [](HDRVLINE, TspiLineStatus* status) {
        EXPECT_EQ(status->size, sizeof *status);
        fillHalf(status, offsetof(TspiLineStatus, locked));
        status->cause[5] = '\0';
        return 0;
    };
    fake.table.lineGetAddressStatus = [](HDRVLINE, std::uint32_t, TspiAddressStatus* status) {
        EXPECT_EQ(status->size, sizeof *status);
        fillHalf(status, offsetof(TspiAddressStatus, forwardModes));
        return 0;
    };
    begin();
    app->watch();
    const auto& caps = app->address()->capabilities();
    EXPECT_EQ(caps.number, "AAAAA");
    EXPECT_EQ(caps.maxOnHoldCalls, 0x41414141u);
    EXPECT_EQ(caps.maxConference, 0u);
    EXPECT_EQ(caps.maxNoAnswerTimeout, 0s);
    const auto status = app->address()->status();
    EXPECT_TRUE(status.connected && status.messageWaiting && status.inUse);
    EXPECT_FALSE(status.locked);
    EXPECT_EQ(status.forwardAddress, "");
    EXPECT_TRUE(manager->breaches().empty());
}

TEST(ErrorCodes, OfPhonesAreThoseOfTheSameName) {
    using core::errorCodeOf;
    EXPECT_EQ(errorCodeOf(PHONEERR_ALLOCATED), ErrorCode::Allocated);
    EXPECT_EQ(errorCodeOf(PHONEERR_INUSE), ErrorCode::InUse);
    EXPECT_EQ(errorCodeOf(PHONEERR_NOTOWNER), ErrorCode::NotOwner);
    EXPECT_EQ(errorCodeOf(PHONEERR_OPERATIONUNAVAIL), ErrorCode::OperationUnavail);
    EXPECT_EQ(errorCodeOf(PHONEERR_INVALRINGMODE), ErrorCode::InvalRingMode);
    EXPECT_EQ(errorCodeOf(LINEERR_INUSE), ErrorCode::InUse);
    for (const std::int32_t code :
         {-1000, static_cast<std::int32_t>(0x800000AA), static_cast<std::int32_t>(0x90000026), 5}) {
        const auto error = core::errorOf(code, "", "p", "f");
        EXPECT_EQ(error.code, ErrorCode::OperationFailed) << code;
        EXPECT_FALSE(error.cause.empty());
    }
}

}  // namespace
}  // namespace tipring::test
