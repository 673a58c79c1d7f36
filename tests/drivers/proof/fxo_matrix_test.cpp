// SPDX-License-Identifier: Apache-2.0
// Everything that a line-side adapter does in a call, over its model: power-up and what fails in
// it, caller ID and hang-up of each country and style, both ways of dialling, unplug in every
// state.
#include "proof_rig.h"

namespace tipring::proof {
namespace {

using Supervision = sim::ExchangeHabits::Supervision;
using Outcome = sim::Route::Outcome;

constexpr const char* kAnswers = "5557777";
constexpr const char* kBusy = "5559999";

class FxoMatrix : public ProofRig {
protected:
    void begin(const char* country = "US", core::ProviderConfig config = {}) {
        model = &plug(kind, country);
        model->exchange()->setRoute(kAnswers, {Outcome::Answer, 1, model->farEnd(), {}});
        model->exchange()->setRoute(kBusy, {Outcome::Busy, 0, nullptr, {}});
        config["country"] = country;
        serve(kind, std::move(config));
        ASSERT_TRUE(served(2));
        own();
        ASSERT_TRUE(comesBack());
    }
    void set(const std::function<void(sim::LineSettings&)>& change) {
        sim::LineSettings settings = model->wire()->settings();
        change(settings);
        model->wire()->setSettings(settings);
    }
    void ring(const sim::CallerId& id = {}) {
        sink.calls.clear();
        ASSERT_TRUE(model->farEnd()->call(kOurNumber, id));
        ASSERT_TRUE(loop.advanceUntil([&] { return !sink.calls.empty(); }, 30s));
        call = sink.calls.front();
    }
    /// It ended once, and the wire is free.
    void over() {
        ASSERT_TRUE(reaches(LineCallState::Idle));
        loop.advance(5s);
        EXPECT_EQ(times(call, LineCallState::Idle), 1);
        EXPECT_FALSE(model->wire()->isOffHook());
    }

    const AdapterKind& kind = adapter("sangoma_u100");
    AdapterModel* model = nullptr;
};

// ---- each country

class FxoCountry : public FxoMatrix, public testing::WithParamInterface<const char*> {};

TEST_P(FxoCountry, NamesTheCallerAnswersAndHearsTheHangUp) {
    begin(GetParam());
    sim::CallerId id;
    id.number = "5551234567";
    ring(id);
    EXPECT_TRUE(loop.advanceUntil([&] { return call->info().caller.number == "5551234567"; }, 12s))
        << call->info().caller.number;
    loop.advance(5s);  // a ring follows a message
    ASSERT_TRUE(call->answer({}));
    ASSERT_TRUE(reaches(LineCallState::Connected));
    loop.advance(2s);
    EXPECT_TRUE(model->farEnd()->wasAnswered());
    model->farEnd()->hangUp();
    over();
    EXPECT_EQ(times(call, LineCallState::Disconnected), 1);
}
INSTANTIATE_TEST_SUITE_P(Countries, FxoCountry,
                         testing::Values("US", "CA", "GB", "DE", "FR", "NL", "DK", "SE", "JP", "TW",
                                         "NZ", "AU"));

class FxoDialling : public FxoMatrix, public testing::WithParamInterface<const char*> {};

TEST_P(FxoDialling, HearsDialToneRingbackAndTheAnswer) {
    begin("US", {{"dialMode", GetParam()}});
    dial(kAnswers);
    ASSERT_TRUE(reaches(LineCallState::Ringback));
    ASSERT_TRUE(reaches(LineCallState::Connected));
    EXPECT_EQ(model->wire()->dialled(), kAnswers);
    EXPECT_EQ(times(call, LineCallState::DialTone), 1);
    ASSERT_TRUE(call->generateDigits("42#"));
    loop.advance(3s);
    EXPECT_EQ(model->farEnd()->heardKeys(), "42#");
    ASSERT_TRUE(call->disconnect({}));
    over();
}

TEST_P(FxoDialling, BusyIsHeard) {
    begin("DE", {{"dialMode", GetParam()}});
    dial(kBusy);
    ASSERT_TRUE(reaches(LineCallState::Disconnected));
    EXPECT_EQ(times(call, LineCallState::Busy), 1);
    over();
}
INSTANTIATE_TEST_SUITE_P(Ways, FxoDialling, testing::Values("tone", "pulse"));

// ---- hang-up

struct Style {
    const char* name;
    const char* country;
    Supervision supervision;
};
void PrintTo(const Style& style, std::ostream* out) {
    *out << style.name;
}
class FxoHangUp : public FxoMatrix, public testing::WithParamInterface<Style> {};

TEST_P(FxoHangUp, IsHeardInACallThatWasTaken) {
    begin(GetParam().country);
    set([](auto& settings) { settings.supervision = GetParam().supervision; });
    talk(*model);
    model->farEnd()->hangUp();
    over();
}

TEST_P(FxoHangUp, IsHeardInACallThatWasMade) {
    begin(GetParam().country);
    set([](auto& settings) {
        settings.supervision = GetParam().supervision;
        settings.reversesOnAnswer = GetParam().supervision == Supervision::Reversal;
    });
    dial(kAnswers);
    ASSERT_TRUE(reaches(LineCallState::Connected));
    EXPECT_EQ(call->connectionConfirmed(), GetParam().supervision == Supervision::Reversal);
    loop.advance(2s);
    model->farEnd()->hangUp();
    over();
}
constexpr Style kStyles[] = {{"batteryDrop", "US", Supervision::BatteryDrop},
                             {"tonesUS", "US", Supervision::Tones},
                             {"tonesDE", "DE", Supervision::Tones},
                             {"reversalUS", "US", Supervision::Reversal},
                             {"reversalDE", "DE", Supervision::Reversal}};
INSTANTIATE_TEST_SUITE_P(Styles, FxoHangUp, testing::ValuesIn(kStyles),
                         [](const auto& each) { return std::string(each.param.name); });

// ---- unplug in every state

class FxoUnplug : public FxoMatrix, public testing::WithParamInterface<const char*> {
protected:
    void bring(std::string_view moment) {
        if (moment == "idle") {
            return;
        }
        if (moment == "ringing" || moment == "talking") {
            ring();
            loop.advance(500ms);
        } else {
            dial(moment == "dialtone" || moment == "releasing" ? "" : kAnswers);
        }
        if (moment == "talking") {
            ASSERT_TRUE(call->answer({}));
            ASSERT_TRUE(reaches(LineCallState::Connected));
        } else if (moment == "dialtone") {
            ASSERT_TRUE(reaches(LineCallState::DialTone));
        } else if (moment == "dialing") {
            ASSERT_TRUE(reaches(LineCallState::Dialing));
        } else if (moment == "ringback") {
            ASSERT_TRUE(reaches(LineCallState::Ringback));
        } else if (moment == "releasing") {
            ASSERT_TRUE(reaches(LineCallState::DialTone));
            ASSERT_TRUE(call->disconnect({}));
            loop.advance(200ms);
        }
    }
};

TEST_P(FxoUnplug, EndsTheCallOnceAndTheSameLineIsBack) {
    begin();
    bring(GetParam());
    const auto id = line()->id();
    model->usb().unplug();
    loop.advance(1s);
    EXPECT_FALSE(inService());
    EXPECT_FALSE(line()->stateCause().empty());
    if (call) {
        EXPECT_EQ(call->lineState(), LineCallState::Idle);
        EXPECT_EQ(times(call, LineCallState::Idle), 1);
    }
    model->farEnd()->hangUp();
    loop.advance(10s);
    model->usb().plugIn();
    ASSERT_TRUE(comesBack());
    EXPECT_EQ(line()->id(), id);
    EXPECT_EQ(app->addresses().size(), 2U);
    talk(*model);
    model->farEnd()->hangUp();
    over();
}
INSTANTIATE_TEST_SUITE_P(States, FxoUnplug,
                         testing::Values("idle", "ringing", "talking", "dialtone", "dialing",
                                         "waiting", "ringback", "releasing"));

// ---- what fails at power-up

struct PowerUp {
    const char* name;
    sim::FxoFaults faults;
    const char* words;
};
void PrintTo(const PowerUp& row, std::ostream* out) {
    *out << row.name;
}
class FxoPowerUp : public FxoMatrix, public testing::WithParamInterface<PowerUp> {};

TEST_P(FxoPowerUp, LeavesTheOtherLineAndSaysWhy) {
    model = &plug(kind);
    model->breakLine(GetParam().faults);
    serve(kind);
    ASSERT_TRUE(served(1));
    loop.advance(5s);
    EXPECT_EQ(app->addresses().size(), 1U) << "line 2 alone";
    EXPECT_NE(line()->name().find("line 2"), std::string::npos);
    EXPECT_TRUE(std::any_of(warnings.begin(), warnings.end(), [](const std::string& text) {
        return text.find(GetParam().words) != text.npos;
    })) << testing::PrintToString(warnings);
}
constexpr PowerUp kPowerUps[] = {
    {"missing", {.missing = true}, "there is no DAA"},
    {"linkNeverUp", {.linkNeverUp = true}, "line side of the DAA does not answer"},
    {"silentRegister2", {.silentRegister = std::uint8_t{2}}, "register 2 of line 1 never answers"},
    {"silentRegister5", {.silentRegister = std::uint8_t{5}}, "register 5 of line 1 never answers"},
    {"silentRegister29", {.silentRegister = std::uint8_t{29}}, "register 29 of line 1 never"},
    {"wrongRegister", {.wrongRegister = true}, "never answers"},
};
INSTANTIATE_TEST_SUITE_P(Faults, FxoPowerUp, testing::ValuesIn(kPowerUps),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace tipring::proof
