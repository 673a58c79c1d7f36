// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <functional>

#include "tapi_core/fake_phone.h"
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using tapi::HookSwitchDevice;
using tapi::PhonePrivilege;
using How = Behaviour::How;
using Kind = tapi::PhoneEvent::Kind;

class PhoneTest : public ManagerFixture {
protected:
    void TearDown() override {
        apps.clear();
        manager.reset();
    }
    Application& app(const std::string& name = "app", tapi::EventFilter filter = tapi::kAllEvents) {
        apps.push_back(std::make_unique<Application>(*manager, name, filter));
        return *apps.back();
    }
    static std::shared_ptr<tapi::Phone> phoneOf(Application& application, std::size_t index = 0) {
        return application.tapi->phones().at(index);
    }
    std::shared_ptr<tapi::Phone> opened(Application& application, PhonePrivilege privilege) {
        auto phone = phoneOf(application);
        EXPECT_TRUE(phone->open(privilege));
        return phone;
    }
    FakePhones phones{fake};
    std::vector<std::unique_ptr<Application>> apps;
};

// ---- devices

TEST_F(PhoneTest, APhoneIsListedWithWhatItCanDo) {
    phones.caps.lineDeviceId = 1;  // line 0
    start();
    Application& one = app();
    const auto phone = phoneOf(one);
    EXPECT_EQ(phone->name(), "phone set");
    EXPECT_EQ(phone->providerName(), "fake");
    EXPECT_EQ(phone->capabilities().permanentId, "set");
    EXPECT_EQ(phone->capabilities().ringModes, 3u);
    EXPECT_TRUE(phone->capabilities().settableRing);
    EXPECT_EQ(phoneOf(one), phone) << "the same object each time";
    ASSERT_NE(phone->address(), nullptr);
    EXPECT_EQ(phone->address(), one.address());
    ASSERT_EQ(one.address()->phones().size(), 1u);
    EXPECT_EQ(one.address()->phones().front(), phone);
}

TEST_F(PhoneTest, APhoneOfAnUnknownLineHasNoAddress) {
    for (const std::uint32_t line : {0U, 2U, 0xFFFFFFFFU}) {
        phones.caps.lineDeviceId = line;
        start();
        Application& one = app();
        EXPECT_EQ(phoneOf(one)->address(), nullptr) << line;
        EXPECT_TRUE(one.address()->phones().empty()) << line;
        TearDown();
    }
}

TEST_F(PhoneTest, IdsStayOverRestartAndPlugging) {
    const auto directory = std::filesystem::path(testing::TempDir()) / "tipring_phone_ids";
    std::filesystem::remove_all(directory);
    std::uint32_t first = 0, second = 0;
    {
        start(directory.string());
        phones.arrive("other");
        settle();
        Application& one = app();
        ASSERT_EQ(one.tapi->phones().size(), 2u);
        first = phoneOf(one, 0)->id();
        second = phoneOf(one, 1)->id();
        EXPECT_NE(first, second);
        TearDown();
    }
    start(directory.string());
    phones.arrive("other");
    settle();
    Application& one = app();
    EXPECT_EQ(phoneOf(one, 0)->id(), first);
    EXPECT_EQ(phoneOf(one, 1)->id(), second);
    EXPECT_TRUE(std::filesystem::exists(directory / "phones.json"));
    std::filesystem::remove_all(directory);
}

TEST_F(PhoneTest, ComingAndGoingIsTold) {
    start();
    Application& one = app();
    Application& deaf = app("deaf", tapi::EventClass::Phone);
    const auto phone = opened(one, PhonePrivilege::Owner);
    const auto id = phone->id();
    phones.remove(phones.phone());
    settle();
    EXPECT_TRUE(one.tapi->phones().empty());
    auto told = one.events.all<tapi::TapiObjectEvent>();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].kind, tapi::TapiObjectEvent::Kind::PhoneRemove);
    EXPECT_EQ(told[0].phone, phone);
    ASSERT_EQ(one.events.all<tapi::PhoneEvent>().size(), 1u);
    EXPECT_EQ(one.events.all<tapi::PhoneEvent>()[0].kind, Kind::Close);
    phones.arrive("set");
    settle();
    told = one.events.all<tapi::TapiObjectEvent>();
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[1].kind, tapi::TapiObjectEvent::Kind::PhoneCreate);
    EXPECT_EQ(told[1].phone, phone) << "the same object again";
    EXPECT_EQ(phoneOf(one)->id(), id);
    EXPECT_TRUE(phone->open(PhonePrivilege::Owner));
    EXPECT_TRUE(deaf.events.events.empty());
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(PhoneTest, AnUnknownVersionMakesAPhoneUnusableAndLeavesTheLinesAlone) {
    phones.version = 0x00020000;
    start();
    Application& one = app();
    EXPECT_TRUE(one.tapi->phones().empty());
    EXPECT_EQ(one.tapi->addresses().size(), 1u);
    EXPECT_EQ(logged("cannot be used"), 1u);
}

TEST_F(PhoneTest, AProviderWithoutPhonesHasNone) {
    fake.table.providerEnumPhones = nullptr;
    start();
    EXPECT_TRUE(app().tapi->phones().empty());
}

// ---- privileges

TEST_F(PhoneTest, OneOwnerAndManyMonitors) {
    start();
    Application &a = app("a"), &b = app("b"), &c = app("c");
    const auto mine = opened(a, PhonePrivilege::Owner);
    const auto refused = phoneOf(b)->open(PhonePrivilege::Owner);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InUse);
    EXPECT_NE(refused.error().cause.find("belongs to a"), std::string::npos);
    opened(b, PhonePrivilege::Monitor);
    opened(c, PhonePrivilege::Monitor);
    EXPECT_EQ(phones.phone().opened, 1u);
    const auto status = mine->status();
    ASSERT_TRUE(status);
    EXPECT_EQ(status->owners, 1u);
    EXPECT_EQ(status->monitors, 2u);
    EXPECT_EQ(status->ownerName, "a");
    EXPECT_TRUE(mine->close());
    EXPECT_TRUE(phoneOf(b)->open(PhonePrivilege::Owner)) << "a monitor may become the owner";
    EXPECT_EQ(phoneOf(c)->status()->ownerName, "b");
    EXPECT_EQ(phoneOf(c)->status()->monitors, 1u);
    EXPECT_TRUE(phoneOf(b)->close());
    EXPECT_EQ(phones.phone().closed, 0u);
    EXPECT_TRUE(phoneOf(c)->close());
    EXPECT_EQ(phones.phone().closed, 1u) << "the last one closes the device";
}

TEST_F(PhoneTest, OthersHearThatOwnersAndMonitorsChange) {
    start();
    Application &a = app("a"), &b = app("b");
    const auto mine = opened(a, PhonePrivilege::Owner);
    opened(b, PhonePrivilege::Monitor);
    settle();
    auto heard = a.events.all<tapi::PhoneEvent>();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].kind, Kind::State);
    EXPECT_EQ(heard[0].value, PHONESTATE_MONITORS);
    EXPECT_TRUE(b.events.all<tapi::PhoneEvent>().empty()) << "who causes it is not told";
    EXPECT_TRUE(mine->close());
    settle();
    heard = b.events.all<tapi::PhoneEvent>();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].value, PHONESTATE_OWNER);
}

TEST_F(PhoneTest, AnApplicationThatEndsClosesItsPhones) {
    start();
    opened(app("a"), PhonePrivilege::Owner);
    apps.clear();
    EXPECT_EQ(phones.phone().closed, 1u);
    EXPECT_TRUE(phoneOf(app("b"))->open(PhonePrivilege::Owner));
}

TEST_F(PhoneTest, AFailedOpenOpensNothing) {
    start();
    phones.openResult = LINEERR_RESOURCEUNAVAIL;
    const auto phone = phoneOf(app());
    const auto result = phone->open(PhonePrivilege::Owner);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::ResourceUnavail);
    EXPECT_EQ(phone->status().error().code, ErrorCode::InvalPhoneHandle);
    phones.openResult = 0;
    EXPECT_TRUE(phone->open(PhonePrivilege::Owner));
}

// ---- each function in each situation

/// One function of a phone, asked with good arguments or with a bad one.
struct FunctionRow {
    const char* name;
    bool forOwner;
    std::function<tapi::Result<void>(tapi::Phone&, tapi::Reply)> good;
    std::function<void(TspiProvider&)> remove;  ///< the provider lacks it; null: it cannot be
    ErrorCode lacking;                          ///< then
    std::function<tapi::Result<void>(tapi::Phone&, tapi::Reply)> bad;  ///< null: none is bad
    ErrorCode badCode;
    std::uint32_t feature = 0;  ///< without it the function is not possible now
};

template <class T>
tapi::Result<void> plain(const tapi::Result<T>& result) {
    return result ? tapi::Result<void>{} : tapi::Result<void>(tl::unexpected(result.error()));
}

constexpr auto kMic = PHONEHOOKSWITCHMODE_MICSPEAKER;
constexpr auto kSpeaker = HookSwitchDevice::Speaker;

const FunctionRow kFunctions[] = {
    {"status", false, [](auto& p, auto) { return plain(p.status()); }, nullptr, {}, nullptr, {}},
    {"setHookSwitch", true,
     [](auto& p, auto r) { return plain(p.setHookSwitch(kSpeaker, kMic, r)); },
     [](auto& t) { t.phoneSetHookSwitch = nullptr; }, ErrorCode::OperationUnavail,
     [](auto& p, auto r) { return plain(p.setHookSwitch(kSpeaker, 0x3, r)); },
     ErrorCode::InvalHookSwitchMode, PHONEFEATURE_SETHOOKSWITCHSPEAKER},
    {"setHookSwitch to a mode that cannot be set",
     true,
     [](auto& p, auto r) { return plain(p.setHookSwitch(kSpeaker, kMic, r)); },
     nullptr,
     {},
     [](auto& p, auto r) { return plain(p.setHookSwitch(kSpeaker, PHONEHOOKSWITCHMODE_MIC, r)); },
     ErrorCode::InvalHookSwitchMode},
    {"setHookSwitch of no device",
     true,
     [](auto& p, auto r) { return plain(p.setHookSwitch(kSpeaker, kMic, r)); },
     nullptr,
     {},
     [](auto& p, auto r) { return plain(p.setHookSwitch(HookSwitchDevice(3), kMic, r)); },
     ErrorCode::InvalHookSwitchDev},
    {"setRing", true, [](auto& p, auto r) { return plain(p.setRing(2, 0xFFFF, r)); },
     [](auto& t) { t.phoneSetRing = nullptr; }, ErrorCode::OperationUnavail,
     [](auto& p, auto r) { return plain(p.setRing(3, 0, r)); }, ErrorCode::InvalRingMode,
     PHONEFEATURE_SETRING},
    {"setRing too loud",
     true,
     [](auto& p, auto r) { return plain(p.setRing(0, 0, r)); },
     nullptr,
     {},
     [](auto& p, auto r) { return plain(p.setRing(1, 0x10000, r)); },
     ErrorCode::InvalParam},
    {"setVolume", true, [](auto& p, auto r) { return plain(p.setVolume(kSpeaker, 100, r)); },
     [](auto& t) { t.phoneSetVolume = nullptr; }, ErrorCode::OperationUnavail,
     [](auto& p, auto r) { return plain(p.setVolume(kSpeaker, 0x10000, r)); },
     ErrorCode::InvalParam, PHONEFEATURE_SETVOLUMESPEAKER},
    {"setVolume of no device",
     true,
     [](auto& p, auto r) { return plain(p.setVolume(kSpeaker, 100, r)); },
     nullptr,
     {},
     [](auto& p, auto r) { return plain(p.setVolume(HookSwitchDevice(7), 1, r)); },
     ErrorCode::InvalHookSwitchDev},
    {"setGain", true, [](auto& p, auto r) { return plain(p.setGain(kSpeaker, 100, r)); },
     [](auto& t) { t.phoneSetGain = nullptr; }, ErrorCode::OperationUnavail,
     [](auto& p, auto r) { return plain(p.setGain(kSpeaker, 0x10000, r)); }, ErrorCode::InvalParam,
     PHONEFEATURE_SETGAINSPEAKER},
    {"lamp", false, [](auto& p, auto) { return plain(p.lamp(15)); },
     [](auto& t) { t.phoneGetLamp = nullptr; }, ErrorCode::OperationUnavail,
     [](auto& p, auto) { return plain(p.lamp(16)); }, ErrorCode::InvalButtonLampId,
     PHONEFEATURE_GETLAMP},
    {"setLamp", true, [](auto& p, auto r) { return plain(p.setLamp(3, PHONELAMPMODE_FLASH, r)); },
     [](auto& t) { t.phoneSetLamp = nullptr; }, ErrorCode::OperationUnavail,
     [](auto& p, auto r) { return plain(p.setLamp(16, PHONELAMPMODE_OFF, r)); },
     ErrorCode::InvalButtonLampId, PHONEFEATURE_SETLAMP},
    {"setLamp to an unknown mode",
     true,
     [](auto& p, auto r) { return plain(p.setLamp(3, PHONELAMPMODE_OFF, r)); },
     nullptr,
     {},
     [](auto& p, auto r) { return plain(p.setLamp(3, PHONELAMPMODE_UNKNOWN, r)); },
     ErrorCode::InvalLampMode},
    {"buttonInfo", false, [](auto& p, auto) { return plain(p.buttonInfo(0)); },
     [](auto& t) { t.phoneGetButtonInfo = nullptr; }, ErrorCode::OperationUnavail,
     [](auto& p, auto) { return plain(p.buttonInfo(99)); }, ErrorCode::InvalButtonLampId,
     PHONEFEATURE_GETBUTTONINFO},
    {"setButtonInfo", true,
     [](auto& p, auto r) {
         return plain(p.setButtonInfo(1, {PHONEBUTTONMODE_FEATURE, 0, 0, "Mute"}, r));
     },
     [](auto& t) { t.phoneSetButtonInfo = nullptr; }, ErrorCode::OperationUnavail,
     [](auto& p, auto r) {
         return plain(p.setButtonInfo(1, {0x6, 0, 0, ""}, r));
     },
     ErrorCode::InvalButtonMode, PHONEFEATURE_SETBUTTONINFO},
    {"setButtonInfo to an unknown state",
     true,
     [](auto& p, auto r) {
         return plain(
             p.setButtonInfo(1, {PHONEBUTTONMODE_FEATURE, 0, 0, std::string(500, 'x')}, r));
     },
     nullptr,
     {},
     [](auto& p, auto r) {
         return plain(p.setButtonInfo(1, {PHONEBUTTONMODE_FEATURE, 0, 0x10, ""}, r));
     },
     ErrorCode::InvalButtonState},
    {"devSpecific", false, [](auto& p, auto r) { return plain(p.devSpecific("x", r)); },
     [](auto& t) { t.phoneDevSpecific = nullptr; }, ErrorCode::OperationUnavail,
     [](auto& p, auto r) { return plain(p.devSpecific(std::string((1 << 20) + 1, 'x'), r)); },
     ErrorCode::InvalParam},
    {"deviceId",
     false,
     [](auto& p, auto) { return plain(p.deviceId("wave/in")); },
     [](auto& t) { t.phoneGetID = nullptr; },
     ErrorCode::OperationUnavail,
     nullptr,
     {}},
    {"negotiateExtVersion",
     false,
     [](auto& p, auto) { return plain(p.negotiateExtVersion(1, 1)); },
     nullptr,
     {},
     [](auto& p, auto) { return plain(p.negotiateExtVersion(2, 1)); },
     ErrorCode::InvalExtVersion},
};

class PhoneFunctionTest : public PhoneTest, public testing::WithParamInterface<std::size_t> {
protected:
    const FunctionRow& row = kFunctions[GetParam()];
    Answer answer;
    void expectError(const tapi::Result<void>& result, ErrorCode code) {
        ASSERT_FALSE(result) << row.name;
        EXPECT_EQ(hal::errorName(result.error().code), hal::errorName(code)) << row.name;
        EXPECT_FALSE(result.error().cause.empty());
        settle();
        EXPECT_EQ(answer.count, 0) << "what is refused gets no reply";
        EXPECT_EQ(fake.accepted(), 0u);
    }
};

TEST_P(PhoneFunctionTest, Closed) {
    start();
    expectError(row.good(*phoneOf(app()), answer.reply()), ErrorCode::InvalPhoneHandle);
}
TEST_P(PhoneFunctionTest, ClosedAgain) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    ASSERT_TRUE(phone->close());
    expectError(row.good(*phone, answer.reply()), ErrorCode::InvalPhoneHandle);
    EXPECT_EQ(phone->close().error().code, ErrorCode::InvalPhoneHandle);
}
TEST_P(PhoneFunctionTest, Owner) {
    start();
    const auto result = row.good(*opened(app(), PhonePrivilege::Owner), answer.reply());
    EXPECT_TRUE(result) << row.name << ": " << result.error().text();
    settle();
    EXPECT_EQ(answer.count, static_cast<int>(fake.accepted())) << "one reply for each request";
    EXPECT_EQ(breaches(), 0u);
}
TEST_P(PhoneFunctionTest, Monitor) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Monitor);
    if (row.forOwner) {
        expectError(row.good(*phone, answer.reply()), ErrorCode::NotOwner);
    } else {
        EXPECT_TRUE(row.good(*phone, answer.reply())) << row.name;
    }
}
TEST_P(PhoneFunctionTest, Unplugged) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    phones.remove(phones.phone());
    settle();
    expectError(row.good(*phone, answer.reply()), ErrorCode::NoDevice);
}
TEST_P(PhoneFunctionTest, ApplicationGone) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    apps.clear();
    expectError(row.good(*phone, answer.reply()), ErrorCode::InvalAppHandle);
}
TEST_P(PhoneFunctionTest, ManagerGone) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    manager.reset();
    expectError(row.good(*phone, answer.reply()), ErrorCode::Uninitialized);
}
TEST_P(PhoneFunctionTest, ProviderLacksIt) {
    if (row.remove) {
        row.remove(fake.table);
        start();
        const auto phone = opened(app(), PhonePrivilege::Owner);
        EXPECT_EQ(phone->capabilities().features & row.feature, 0u);
        EXPECT_EQ(phone->status()->features & row.feature, 0u);
        expectError(row.good(*phone, answer.reply()), row.lacking);
    }
}
TEST_P(PhoneFunctionTest, BadArgument) {
    if (row.bad) {
        start();
        expectError(row.bad(*opened(app(), PhonePrivilege::Owner), answer.reply()), row.badCode);
    }
}
TEST_P(PhoneFunctionTest, NotPossibleNow) {
    if (row.feature != 0) {
        start();
        const auto phone = opened(app(), PhonePrivilege::Owner);
        EXPECT_NE(phone->status()->features & row.feature, 0u);
        phones.phone().status.features &= ~row.feature;
        EXPECT_EQ(phone->status()->features & row.feature, 0u);
        expectError(row.good(*phone, answer.reply()), ErrorCode::InvalPhoneState);
    }
}
TEST_P(PhoneFunctionTest, Disconnected) {
    if (row.feature != 0) {
        start();
        const auto phone = opened(app(), PhonePrivilege::Owner);
        phones.phone().status.statusFlags = PHONESTATUSFLAGS_SUSPENDED | PHONESTATUSFLAGS_CONNECTED;
        EXPECT_EQ(phone->status()->features, 0u);
        expectError(row.good(*phone, answer.reply()), ErrorCode::InvalPhoneState);
        phones.phone().status.statusFlags = 0;
        expectError(row.good(*phone, answer.reply()), ErrorCode::InvalPhoneState);
    }
}
TEST_P(PhoneFunctionTest, NeverClaimed) {
    if (row.feature != 0) {
        phones.caps.features &= ~row.feature;
        start();
        const auto phone = opened(app(), PhonePrivilege::Owner);
        expectError(row.good(*phone, answer.reply()), ErrorCode::OperationUnavail);
    }
}
INSTANTIATE_TEST_SUITE_P(Each, PhoneFunctionTest,
                         testing::Range<std::size_t>(0, std::size(kFunctions)));

// ---- features agree with outcomes, for every combination

TEST_F(PhoneTest, AFeatureIsListedExactlyWhereTheFunctionWorks) {
    start();
    Application &a = app("a"), &b = app("b");
    const auto owner = opened(a, PhonePrivilege::Owner);
    const auto monitor = opened(b, PhonePrivilege::Monitor);
    for (int bit = 0; bit <= 32; ++bit) {
        phones.phone().status.features = bit == 32 ? 0x1FFFFFFF : 1U << bit;
        for (const auto& phone : {owner, monitor}) {
            for (const FunctionRow& row : kFunctions) {
                if (row.feature != 0) {
                    const bool listed = (phone->status()->features & row.feature) != 0;
                    EXPECT_EQ(bool(row.good(*phone, {})), listed) << row.name << " bit " << bit;
                }
            }
        }
    }
}

TEST_F(PhoneTest, AnArgumentReachesTheProvider) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    ASSERT_TRUE(phone->setHookSwitch(HookSwitchDevice::Headset, kMic, {}));
    ASSERT_TRUE(phone->setRing(1, 77, {}));
    ASSERT_TRUE(phone->setVolume(HookSwitchDevice::Handset, 5, {}));
    ASSERT_TRUE(phone->setGain(kSpeaker, 6, {}));
    ASSERT_TRUE(phone->setLamp(2, PHONELAMPMODE_WINK, {}));
    ASSERT_TRUE(phone->setButtonInfo(1, {PHONEBUTTONMODE_LOCAL, 0, 0, std::string(200, 'x')}, {}));
    ASSERT_TRUE(phone->devSpecific("abc", {}));
    EXPECT_EQ(phones.phone().calls,
              (std::vector<std::string>{
                  "phoneSetHookSwitch 4 8", "phoneSetRing 1 77", "phoneSetVolume 1 5",
                  "phoneSetGain 2 6", "phoneSetLamp 2 8",
                  "phoneSetButtonInfo 1 16 " + std::string(127, 'x'), "phoneDevSpecific 3"}));
    EXPECT_EQ(phone->buttonInfo(4)->text, "key 4");
    EXPECT_EQ(*phone->lamp(1), PHONELAMPMODE_OFF);
    EXPECT_EQ(*phone->deviceId("wave/in"), "hw:1");
    EXPECT_FALSE(phone->deviceId("wave/out"));
    EXPECT_EQ(phones.phone().states, 0xFFFFFFu);
}

TEST_F(PhoneTest, ADeviceThatThePhoneLacksIsNone) {
    phones.caps.hookSwitchDevices = PHONEHOOKSWITCHDEV_HANDSET;
    phones.caps.settableHookSwitchModes[TSPI_HANDSET] = 0;
    phones.caps.volumeDevices = PHONEHOOKSWITCHDEV_SPEAKER;
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    EXPECT_EQ(phone->setHookSwitch(kSpeaker, kMic, {}).error().code, ErrorCode::InvalHookSwitchDev);
    EXPECT_EQ(phone->setHookSwitch(HookSwitchDevice::Handset, kMic, {}).error().code,
              ErrorCode::OperationUnavail);
    EXPECT_EQ(phone->setVolume(HookSwitchDevice::Handset, 1, {}).error().code,
              ErrorCode::OperationUnavail);
}

// ---- the extension

TEST_F(PhoneTest, AnExtensionIsAgreedOnOnceForAll) {
    phones.extension = 0x1234;
    start();
    Application &a = app("a"), &b = app("b");
    const auto first = opened(a, PhonePrivilege::Owner);
    const auto second = opened(b, PhonePrivilege::Monitor);
    EXPECT_EQ(*first->negotiateExtVersion(1, 3), 3u);
    EXPECT_EQ(phones.phone().extVersion, 3u);
    EXPECT_EQ(*second->negotiateExtVersion(2, 5), 3u);
    EXPECT_EQ(second->negotiateExtVersion(1, 2).error().code, ErrorCode::IncompatibleExtVersion);
    ASSERT_TRUE(first->close());
    ASSERT_TRUE(second->close());
    ASSERT_TRUE(first->open(PhonePrivilege::Owner));
    EXPECT_EQ(*first->negotiateExtVersion(1, 2), 2u) << "forgotten at close";
}

TEST_F(PhoneTest, NoExtensionIsZero) {
    start();
    EXPECT_EQ(*opened(app(), PhonePrivilege::Owner)->negotiateExtVersion(1, 3), 0u);
}

TEST_F(PhoneTest, AnExtensionVersionThatNobodyAskedForIsABreach) {
    phones.extension = 1;
    phones.chosenExtension = 9;
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    EXPECT_EQ(phone->negotiateExtVersion(1, 3).error().code, ErrorCode::IncompatibleExtVersion);
    EXPECT_EQ(breaches(), 1u);
}

// ---- requests

TEST_F(PhoneTest, EachRequestHasOneReplyHoweverItEnds) {
    struct Row {
        Behaviour behaviour;
        bool accepted;
        std::optional<ErrorCode> code;
        std::size_t breaches;
    };
    const Row rows[] = {
        {{How::Inside, 0, "", {}}, true, {}, 0},
        {{How::Later, LINEERR_INUSE, "busy", 1s}, true, ErrorCode::InUse, 0},
        {{How::Thread, 0, "", {}}, true, {}, 0},
        {{How::Never, 0, "", {}}, true, ErrorCode::Timeout, 1},
        {{How::Twice, 0, "", {}}, true, {}, 1},
        {{How::WrongId, 0, "", {}}, true, ErrorCode::Timeout, 2},
        {{How::Refuse, PHONEERR_INVALRINGMODE, "no", {}}, false, ErrorCode::InvalRingMode, 0},
        {{How::WrongCode, 0, "", {}}, false, ErrorCode::OperationFailed, 1},
    };
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    for (const Row& row : rows) {
        logLines.clear();
        fake.behave = [&](const std::string&) { return row.behaviour; };
        Answer answer;
        const auto asked = phone->setRing(1, 1, answer.reply());
        EXPECT_EQ(bool(asked), row.accepted);
        EXPECT_EQ(answer.count, 0) << "never inside the call";
        while (row.behaviour.how == How::Thread && answer.count == 0) {
            loop.settle();
            std::this_thread::yield();
        }
        loop.advance(40s);
        EXPECT_EQ(answer.count, row.accepted ? 1 : 0);
        const auto& result = row.accepted ? *answer.result : plain(asked);
        EXPECT_EQ(bool(result), !row.code);
        if (row.code && !result) {
            EXPECT_EQ(hal::errorName(result.error().code), hal::errorName(*row.code));
        }
        EXPECT_EQ(breaches(), row.breaches);
    }
}

TEST_F(PhoneTest, UnpluggingEndsWhatIsPending) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    fake.behave = [](const std::string&) { return Behaviour{How::Never, 0, "", {}}; };
    Answer answer;
    ASSERT_TRUE(phone->setRing(1, 1, answer.reply()));
    phones.remove(phones.phone());
    settle();
    ASSERT_EQ(answer.count, 1);
    EXPECT_EQ(answer.result->error().code, ErrorCode::NoDevice);
    EXPECT_EQ(logged("left without completion"), 1u);
    EXPECT_EQ(phones.phone().closed, 1u);
    loop.advance(60s);
    EXPECT_EQ(answer.count, 1);
}

TEST_F(PhoneTest, ClosingEndsWhatIsPending) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    fake.behave = [](const std::string&) { return Behaviour{How::Never, 0, "", {}}; };
    Answer answer;
    ASSERT_TRUE(phone->setRing(1, 1, answer.reply()));
    ASSERT_TRUE(phone->close());
    settle();
    ASSERT_EQ(answer.count, 1);
    EXPECT_EQ(answer.result->error().code, ErrorCode::OperationFailed);
}

// ---- events

struct EventRow {
    const char* name;
    std::uint32_t message;
    std::uintptr_t p1, p2, p3;
    Kind kind;
    std::uint32_t device, value, buttonId, buttonState;
};
const EventRow kEvents[] = {
    {"ring mode", PHONE_STATE, PHONESTATE_RINGMODE, 2, 0, Kind::RingMode, 0, 2, 0, 0},
    {"ring volume", PHONE_STATE, PHONESTATE_RINGVOLUME, 99, 0, Kind::RingVolume, 0, 99, 0, 0},
    {"handset up", PHONE_STATE, PHONESTATE_HANDSETHOOKSWITCH, kMic, 0, Kind::HookSwitch, 1, kMic, 0,
     0},
    {"speaker", PHONE_STATE, PHONESTATE_SPEAKERHOOKSWITCH, kMic, 0, Kind::HookSwitch, 2, kMic, 0,
     0},
    {"headset", PHONE_STATE, PHONESTATE_HEADSETHOOKSWITCH, 1, 0, Kind::HookSwitch, 4, 1, 0, 0},
    {"handset volume", PHONE_STATE, PHONESTATE_HANDSETVOLUME, 7, 0, Kind::Volume, 1, 7, 0, 0},
    {"speaker volume", PHONE_STATE, PHONESTATE_SPEAKERVOLUME, 8, 0, Kind::Volume, 2, 8, 0, 0},
    {"headset volume", PHONE_STATE, PHONESTATE_HEADSETVOLUME, 9, 0, Kind::Volume, 4, 9, 0, 0},
    {"handset gain", PHONE_STATE, PHONESTATE_HANDSETGAIN, 7, 0, Kind::Gain, 1, 7, 0, 0},
    {"speaker gain", PHONE_STATE, PHONESTATE_SPEAKERGAIN, 8, 0, Kind::Gain, 2, 8, 0, 0},
    {"headset gain", PHONE_STATE, PHONESTATE_HEADSETGAIN, 9, 0, Kind::Gain, 4, 9, 0, 0},
    {"lamp", PHONE_STATE, PHONESTATE_LAMP, 5, 0, Kind::Lamp, 0, PHONELAMPMODE_OFF, 5, 0},
    {"caps", PHONE_STATE, PHONESTATE_CAPSCHANGE, 0, 0, Kind::CapsChange, 0, 0, 0, 0},
    {"connected", PHONE_STATE, PHONESTATE_CONNECTED, 0, 0, Kind::State, 0, PHONESTATE_CONNECTED, 0,
     0},
    {"disconnected", PHONE_STATE, PHONESTATE_DISCONNECTED, 0, 0, Kind::State, 0,
     PHONESTATE_DISCONNECTED, 0, 0},
    {"suspended", PHONE_STATE, PHONESTATE_SUSPEND, 0, 0, Kind::State, 0, PHONESTATE_SUSPEND, 0, 0},
    {"resumed", PHONE_STATE, PHONESTATE_RESUME, 0, 0, Kind::State, 0, PHONESTATE_RESUME, 0, 0},
    {"other", PHONE_STATE, PHONESTATE_OTHER, 0, 0, Kind::State, 0, PHONESTATE_OTHER, 0, 0},
    {"button down", PHONE_BUTTON, 11, PHONEBUTTONMODE_KEYPAD, PHONEBUTTONSTATE_DOWN, Kind::Button,
     0, PHONEBUTTONMODE_KEYPAD, 11, PHONEBUTTONSTATE_DOWN},
    {"close", PHONE_CLOSE, 0, 0, 0, Kind::Close, 0, 0, 0, 0},
};

class PhoneEventTest : public PhoneTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(PhoneEventTest, GoesToWhoHasThePhoneOpenAndWantsIt) {
    const EventRow& row = kEvents[GetParam()];
    start();
    Application &owner = app("owner"), &monitor = app("monitor"), &closed = app("closed");
    Application& deaf = app(
        "deaf", tapi::EventFilter::fromBits(~static_cast<std::uint32_t>(tapi::EventClass::Phone)));
    opened(deaf, PhonePrivilege::Monitor);
    opened(owner, PhonePrivilege::Owner);
    opened(monitor, PhonePrivilege::Monitor);
    settle();
    owner.events.events.clear();
    phones.event(phones.phone(), row.message, row.p1, row.p2, row.p3);
    EXPECT_TRUE(owner.events.events.empty()) << "never from inside the routine";
    settle();
    for (Application* each : {&owner, &monitor}) {
        const auto heard = each->events.all<tapi::PhoneEvent>();
        ASSERT_EQ(heard.size(), 1u) << row.name;
        EXPECT_EQ(heard[0].phone->id(), phones.phone().id);
        EXPECT_EQ(heard[0].kind, row.kind);
        EXPECT_EQ(heard[0].device, row.device);
        EXPECT_EQ(heard[0].value, row.value);
        EXPECT_EQ(heard[0].buttonId, row.buttonId);
        EXPECT_EQ(heard[0].buttonState, row.buttonState);
    }
    EXPECT_TRUE(closed.events.events.empty());
    EXPECT_TRUE(deaf.events.all<tapi::PhoneEvent>().empty());
    EXPECT_EQ(breaches(), 0u);
}
INSTANTIATE_TEST_SUITE_P(Each, PhoneEventTest, testing::Range<std::size_t>(0, std::size(kEvents)));

TEST_F(PhoneTest, SeveralChangesAtOnceAreSeveralEventsWithTheStatusesValues) {
    start();
    Application& one = app();
    opened(one, PhonePrivilege::Owner);
    phones.phone().status.ringMode = 2;
    phones.phone().status.volume[TSPI_HANDSET] = 1234;
    phones.event(phones.phone(), PHONE_STATE, PHONESTATE_RINGMODE | PHONESTATE_HANDSETVOLUME, 77);
    settle();
    const auto heard = one.events.all<tapi::PhoneEvent>();
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[0].value, 2u);
    EXPECT_EQ(heard[1].value, 1234u);
}

TEST_F(PhoneTest, NewCapsAreRead) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    phones.caps.ringModes = 1;
    phones.event(phones.phone(), PHONE_STATE, PHONESTATE_CAPSCHANGE);
    settle();
    EXPECT_EQ(phone->capabilities().ringModes, 1u);
    EXPECT_EQ(phone->setRing(1, 0, {}).error().code, ErrorCode::InvalRingMode);
}

TEST_F(PhoneTest, AForcedCloseEndsItForAll) {
    start();
    Application& one = app();
    const auto phone = opened(one, PhonePrivilege::Owner);
    phones.event(phones.phone(), PHONE_CLOSE);
    settle();
    EXPECT_EQ(phone->setRing(1, 1, {}).error().code, ErrorCode::InvalPhoneHandle);
    EXPECT_EQ(phones.phone().closed, 1u) << "closed exactly once";
    EXPECT_EQ(one.tapi->phones().size(), 1u) << "the device is still there";
    EXPECT_TRUE(phone->open(PhonePrivilege::Owner));
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(PhoneTest, DevSpecificHasItsOwnClass) {
    start();
    Application& one = app("one", tapi::EventClass::PhoneDevSpecific);
    Application& other = app("other", tapi::EventClass::Phone);
    opened(one, PhonePrivilege::Owner);
    opened(other, PhonePrivilege::Monitor);
    phones.event(phones.phone(), PHONE_DEVSPECIFIC, 1, 2, 3);
    settle();
    const auto heard = one.events.all<tapi::PhoneDevSpecificEvent>();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].parameters[0], 1u);
    EXPECT_EQ(heard[0].parameters[2], 3u);
    EXPECT_TRUE(other.events.events.empty());
}

TEST_F(PhoneTest, AButtonGoesDownAndUp) {
    start();
    Application& one = app();
    opened(one, PhonePrivilege::Owner);
    for (const auto state :
         {PHONEBUTTONSTATE_DOWN, PHONEBUTTONSTATE_UP, PHONEBUTTONSTATE_DOWN, PHONEBUTTONSTATE_UP}) {
        phones.event(phones.phone(), PHONE_BUTTON, 5, PHONEBUTTONMODE_KEYPAD, state);
    }
    settle();
    EXPECT_EQ(one.events.all<tapi::PhoneEvent>().size(), 4u);
    EXPECT_EQ(breaches(), 0u);
}

// ---- a provider that breaks the rules

struct RogueRow {
    const char* name;
    std::uint32_t message;
    std::uintptr_t p1, p2, p3;
    std::size_t events;  ///< that still come, corrected
};
const RogueRow kRogue[] = {
    {"no state", PHONE_STATE, 0, 0, 0, 0},
    {"an unknown state", PHONE_STATE, 0x4000000, 0, 0, 0},
    {"a state beyond 32 bits", PHONE_STATE, std::uintptr_t{1} << 40, 0, 0, 0},
    {"owners are the core's", PHONE_STATE, PHONESTATE_OWNER, 0, 0, 0},
    {"a hook switch mode of two bits", PHONE_STATE, PHONESTATE_HANDSETHOOKSWITCH, 3, 0, 1},
    {"too loud", PHONE_STATE, PHONESTATE_HANDSETVOLUME, 0x10000, 0, 1},
    {"no such lamp", PHONE_STATE, PHONESTATE_LAMP, 16, 0, 0},
    {"no such button", PHONE_BUTTON, 16, PHONEBUTTONMODE_KEYPAD, PHONEBUTTONSTATE_UP, 0},
    {"no button mode", PHONE_BUTTON, 1, 0, PHONEBUTTONSTATE_UP, 0},
    {"two button states", PHONE_BUTTON, 1, PHONEBUTTONMODE_KEYPAD, 3, 0},
    {"a line's message", LINE_CALLSTATE, 1, 2, 3, 0},
};

TEST_F(PhoneTest, WhatIsNotOfTheContractIsABreachAndHarmsNobody) {
    start();
    Application& one = app();
    const auto phone = opened(one, PhonePrivilege::Owner);
    for (const RogueRow& row : kRogue) {
        logLines.clear();
        one.events.events.clear();
        phones.event(phones.phone(), row.message, row.p1, row.p2, row.p3);
        settle();
        EXPECT_EQ(breaches(), 1u) << row.name;
        EXPECT_EQ(logged("phone set"), 1u) << row.name;
        EXPECT_EQ(one.events.events.size(), row.events) << row.name;
    }
    Answer answer;
    EXPECT_TRUE(phone->setRing(1, 1, answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
}

TEST_F(PhoneTest, AButtonThatGoesDownTwiceIsABreach) {
    start();
    Application& one = app();
    opened(one, PhonePrivilege::Owner);
    for (int i = 0; i < 2; ++i) {
        phones.event(phones.phone(), PHONE_BUTTON, 5, PHONEBUTTONMODE_KEYPAD,
                     PHONEBUTTONSTATE_DOWN);
    }
    settle();
    EXPECT_EQ(one.events.all<tapi::PhoneEvent>().size(), 1u);
    EXPECT_EQ(breaches(), 1u);
}

TEST_F(PhoneTest, EventsWithDeadHandlesAreBreaches) {
    start();
    Application& one = app();
    const auto phone = opened(one, PhonePrivilege::Owner);
    const HTAPIPHONE old = phones.phone().handle;
    const PHONEEVENT events = phones.phone().events;
    ASSERT_TRUE(phone->close());
    events(old, PHONE_STATE, PHONESTATE_OTHER, 0, 0);
    EXPECT_EQ(logged("the phone was closed"), 1u) << "at once after phoneClose";
    settle();
    events(old, PHONE_STATE, PHONESTATE_OTHER, 0, 0);
    EXPECT_EQ(logged("the phone was closed"), 2u);
    ASSERT_TRUE(phone->open(PhonePrivilege::Owner));
    EXPECT_NE(phones.phone().handle, old) << "handles have generations";
    events(old, PHONE_STATE, PHONESTATE_OTHER, 0, 0);
    events(nullptr, PHONE_STATE, PHONESTATE_OTHER, 0, 0);
    events(reinterpret_cast<HTAPIPHONE>(0x1234567), PHONE_STATE, PHONESTATE_OTHER, 0, 0);
    settle();
    EXPECT_EQ(breaches(), 5u);
    EXPECT_TRUE(one.events.all<tapi::PhoneEvent>().empty());
}

TEST_F(PhoneTest, HotPlugOfWhatIsNotTheProvidersIsABreach) {
    start();
    phones.arrive("set");
    fake.init().phoneRemove(fake.init().context, 77);
    settle();
    EXPECT_EQ(breaches(), 2u);
    EXPECT_EQ(app().tapi->phones().size(), 1u);
}

TEST_F(PhoneTest, AnOpenWithoutAHandleIsABreach) {
    start();
    fake.table.phoneOpen = [](HPROVIDER, std::uint32_t, HTAPIPHONE, PHONEEVENT, std::uint32_t,
                              HDRVPHONE*) -> TSPI_RESULT { return 0; };
    TearDown();
    start();
    EXPECT_EQ(phoneOf(app())->open(PhonePrivilege::Owner).error().code, ErrorCode::OperationFailed);
    EXPECT_EQ(logged("gave no handle"), 1u);
}

TEST_F(PhoneTest, MoreThanAFewThousandPhonesAreNotBelieved) {
    fake.table.providerEnumPhones = [](HPROVIDER, std::uint32_t* count) -> TSPI_RESULT {
        *count = 0xFFFFFFFF;
        return 0;
    };
    start();
    EXPECT_TRUE(app().tapi->phones().empty());
    EXPECT_EQ(breaches(), 1u);
}

TEST_F(PhoneTest, AStatusThatCannotBeReadMakesNothingPossible) {
    start();
    const auto phone = opened(app(), PhonePrivilege::Owner);
    phones.statusResult = LINEERR_OPERATIONFAILED;
    ASSERT_TRUE(phone->status());
    EXPECT_EQ(phone->status()->features, 0u);
    EXPECT_FALSE(phone->status()->cause.empty());
    EXPECT_EQ(phone->setRing(1, 1, {}).error().code, ErrorCode::InvalPhoneState);
}

}  // namespace
}  // namespace tipring::test
