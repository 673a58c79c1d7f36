// SPDX-License-Identifier: Apache-2.0
// Everything that a telephone-side adapter does in a call, over its model and a telephone: power-up
// and what fails in it, rings with the caller's number in each country's way, keys and dial, flash,
// hang-up, unplug in every state.
#include "proof_rig.h"

namespace tipring::proof {
namespace {

constexpr const char* kAdapters[] = {"open_usb_fxs", "tiger_jet"};

class FxsMatrix : public ProofRig {
protected:
    void begin(const char* name, const char* country = "US") {
        kind = &adapter(name);
        model = &plug(*kind, country);
        serve(*kind, {{"country", country}, {"dialPlan", "xxxx"}});
        ASSERT_TRUE(served(1));
        own();
        ASSERT_TRUE(comesBack());
    }
    sim::Telephone& phone() { return *model->phone(); }
    /// The telephone is lifted and makes a call.
    void lift() {
        sink.calls.clear();
        phone().lift();
        ASSERT_TRUE(loop.advanceUntil([&] { return !sink.calls.empty(); }, 5s));
        call = sink.calls.front();
        ASSERT_TRUE(reaches(LineCallState::DialTone));
    }
    void ask(const char* method) {
        const auto routing = call->queryInterface("org.tipring.FxsCall", 1);
        ASSERT_TRUE(routing) << routing.error().text();
        std::optional<bool> done;
        ASSERT_TRUE((*routing)->call(
            method, {},
            [&](const tapi::Result<std::vector<tapi::Value>>& got) { done = got.has_value(); }));
        loop.advance(10ms);
        EXPECT_EQ(done, true) << method;
    }
    void over() {
        ASSERT_TRUE(reaches(LineCallState::Idle));
        loop.advance(5s);
        EXPECT_EQ(times(call, LineCallState::Idle), 1);
    }

    const AdapterKind* kind = nullptr;
    AdapterModel* model = nullptr;
};

using Named = std::tuple<const char*, const char*>;
std::string nameOf(const testing::TestParamInfo<Named>& info) {
    return std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
}

class FxsCountry : public FxsMatrix, public testing::WithParamInterface<Named> {};

TEST_P(FxsCountry, RingsAndShowsTheNumber) {
    begin(std::get<0>(GetParam()), std::get<1>(GetParam()));
    std::string shown;
    unsigned bursts = 0;
    sim::Telephone::Listener listener;
    listener.onCallerId = [&](const dsp::CallerId& id) { shown = id.number.view(); };
    listener.onRing = [&](bool on) { bursts += on ? 1 : 0; };
    phone().setListener(listener);
    dial("5551234567");
    ASSERT_TRUE(reaches(LineCallState::Ringback));
    loop.advance(10s);
    EXPECT_EQ(shown, "5551234567");
    EXPECT_GE(bursts, 2U);
    phone().lift();
    ASSERT_TRUE(reaches(LineCallState::Connected));
    EXPECT_TRUE(call->connectionConfirmed());
    phone().hangUp();
    over();
}
INSTANTIATE_TEST_SUITE_P(Countries, FxsCountry,
                         testing::Combine(testing::ValuesIn(kAdapters),
                                          testing::Values("US", "GB", "DE", "FR", "DK", "NL",
                                                          "SE")),
                         nameOf);

class FxsDialling : public FxsMatrix, public testing::WithParamInterface<Named> {};

TEST_P(FxsDialling, IsRoutedAndTalks) {
    const auto& [name, way] = GetParam();
    begin(name);
    lift();
    if (way == std::string_view("tone")) {
        ASSERT_TRUE(phone().pressKeys("1234"));
    } else {
        ASSERT_TRUE(phone().dialPulses("1234"));
    }
    ASSERT_TRUE(reaches(LineCallState::Proceeding));
    EXPECT_EQ(call->info().called.number, "1234");
    ask("Ringback");
    EXPECT_EQ(call->lineState(), LineCallState::Ringback);
    ask("Connect");
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    phone().flash(500ms);
    loop.advance(1s);
    EXPECT_EQ(sink.privates, std::vector<std::string>{"Flash"});
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    phone().hangUp();
    over();
}
INSTANTIATE_TEST_SUITE_P(Ways, FxsDialling,
                         testing::Combine(testing::ValuesIn(kAdapters),
                                          testing::Values("tone", "pulse")),
                         nameOf);

// ---- unplug in every state

class FxsUnplug : public FxsMatrix, public testing::WithParamInterface<Named> {
protected:
    void bring(std::string_view moment) {
        if (moment == "ringing" || moment == "talking") {
            dial("5551234567");
            ASSERT_TRUE(reaches(LineCallState::Ringback));
            loop.advance(500ms);
        } else if (moment != "idle") {
            lift();
        }
        if (moment == "talking") {
            phone().lift();
            ASSERT_TRUE(reaches(LineCallState::Connected));
        } else if (moment == "dialing") {
            ASSERT_TRUE(phone().pressKeys("12"));
            ASSERT_TRUE(reaches(LineCallState::Dialing));
        } else if (moment == "proceeding") {
            ASSERT_TRUE(phone().pressKeys("1234"));
            ASSERT_TRUE(reaches(LineCallState::Proceeding));
        }
    }
};

TEST_P(FxsUnplug, EndsTheCallOnceAndTheSameLineIsBack) {
    begin(std::get<0>(GetParam()));
    bring(std::get<1>(GetParam()));
    const auto id = line()->id();
    model->usb().unplug();
    loop.advance(1s);
    EXPECT_FALSE(inService());
    EXPECT_FALSE(line()->stateCause().empty());
    if (call) {
        EXPECT_EQ(call->lineState(), LineCallState::Idle);
        EXPECT_EQ(times(call, LineCallState::Idle), 1);
    }
    phone().hangUp();
    loop.advance(10s);
    model->usb().plugIn();
    ASSERT_TRUE(comesBack());
    EXPECT_EQ(line()->id(), id);
    EXPECT_EQ(app->addresses().size(), 1U);
    talk(*model);
    phone().hangUp();
    over();
}
INSTANTIATE_TEST_SUITE_P(States, FxsUnplug,
                         testing::Combine(testing::ValuesIn(kAdapters),
                                          testing::Values("idle", "ringing", "talking", "dialtone",
                                                          "dialing", "proceeding")),
                         nameOf);

// ---- what fails at power-up

/// A fault that the adapter's start-up notices.
struct PowerUp {
    const char* adapter;
    const char* name;
    sim::FxsFaults faults;
    const char* words;
};
void PrintTo(const PowerUp& row, std::ostream* out) {
    *out << row.adapter << ", " << row.name;
}
class FxsPowerUp : public FxsMatrix, public testing::WithParamInterface<PowerUp> {};

TEST_P(FxsPowerUp, KeepsItOutOfServiceInWordsUntilItWorks) {
    kind = &adapter(GetParam().adapter);
    model = &plug(*kind);
    model->breakSlic(GetParam().faults);
    serve(*kind);
    loop.advance(60s);
    EXPECT_TRUE(app->addresses().empty());
    EXPECT_TRUE(std::any_of(warnings.begin(), warnings.end(), [](const std::string& text) {
        return text.find("out of service, and is tried again: ") != text.npos &&
               text.find(GetParam().words) != text.npos;
    })) << testing::PrintToString(warnings);
    model->breakSlic({});
    ASSERT_TRUE(served(1));
    own();
    ASSERT_TRUE(comesBack());
    talk(*model);
    phone().hangUp();
    over();
}
constexpr PowerUp kPowerUps[] = {
    {"open_usb_fxs", "converterFails", {.converterFails = true}, "does not reach 60 V"},
    {"open_usb_fxs", "calibrationFails", {.calibrationFails = true}, "calibration"},
    {"open_usb_fxs", "transistorsFail", {.transistorsFail = true}, "cannot be balanced"},
    {"open_usb_fxs", "silentRegister0", {.silentRegister = std::uint8_t{0}}, "answer"},
    {"open_usb_fxs", "converterLeaks", {.converterLeaks = true}, "leaks"},
    {"open_usb_fxs", "indirectStuck", {.indirectStuck = true}, "of the ProSLIC is stuck"},
    {"open_usb_fxs", "silentRegister68", {.silentRegister = std::uint8_t{68}}, "0x82 0x44"},
    {"tiger_jet", "converterFails", {.converterFails = true}, "does not reach 40 V"},
    {"tiger_jet", "calibrationFails", {.calibrationFails = true}, "calibration"},
    {"tiger_jet", "transistorsFail", {.transistorsFail = true}, "cannot be balanced"},
    {"tiger_jet", "converterLeaks", {.converterLeaks = true}, "leaks"},
    {"tiger_jet", "indirectStuck", {.indirectStuck = true}, "indirect registers"},
    {"tiger_jet", "silentRegister0", {.silentRegister = std::uint8_t{0}}, "revision"},
    {"tiger_jet", "silentRegister68", {.silentRegister = std::uint8_t{68}}, "loop status"},
};
INSTANTIATE_TEST_SUITE_P(Faults, FxsPowerUp, testing::ValuesIn(kPowerUps), [](const auto& each) {
    return std::string(each.param.adapter) + "_" + each.param.name;
});

}  // namespace
}  // namespace tipring::proof
