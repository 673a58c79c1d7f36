// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/telephone.h"
#include "tipring/tapi_core/api/join.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::joined {

using namespace std::chrono_literals;
using State = tapi::LineCallState;
using Call = std::shared_ptr<tapi::Call>;
using Samples = std::vector<std::int16_t>;

/// Who talks and listens: the telephone, and those whom the exchange has at other numbers.
enum Who : std::size_t { Phone, Anna, Bert, Carl, kWho };

/// A telephone on an Open USB FXS, and three lines of an exchange on a Sangoma U100 each, all as
/// models of their registers; the others can be called at kNumbers.
class JoinedRig : public testing::Test {
protected:
    static constexpr const char* kNumbers[kWho] = {"", "5550201", "5550202", "5550203"};
    static constexpr const char* kBusy = "5550999";
    static constexpr const char* kNobody = "5550888";
    static constexpr double kHertz[kWho] = {700, 1000, 1300, 1600};  // no tones of a network
    static constexpr std::size_t kLines = 3;
    static constexpr double kLoud = 6000;

    struct Sink final : tapi::EventSink {
        void onEvent(const tapi::Event& event) override {
            if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
                calls.push_back(fresh->call);
            } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
                idles[state->call->id()] += state->lineState == State::Idle ? 1 : 0;
            }
        }
        std::vector<Call> calls;
        std::map<std::uint64_t, int> idles;
    };

    void SetUp() override {
        for (std::size_t who = Anna; who < kWho; ++who) {
            far[who] = std::make_unique<sim::FarEnd>(exchange);
            exchange.setRoute(kNumbers[who], {sim::Route::Outcome::Answer, 1, far[who].get(), {}});
            sim::FarEnd::Listener listener;
            listener.onSound = [this, who](sim::HeardBlock block) { hear(who, block); };
            far[who]->setListener(std::move(listener));
        }
        exchange.setRoute(kBusy, {sim::Route::Outcome::Busy, 0, nullptr, {}});
        exchange.setRoute(kNobody, {sim::Route::Outcome::NoAnswer, 0, nullptr, {}});
        sim::Telephone::Listener listener;
        listener.onSound = [this](std::span<const std::int16_t> block) { hear(Phone, block); };
        phone.setListener(std::move(listener));
        manager = std::make_unique<core::LineManager>(loop);
        app = manager->createApplication("joined");
        app->setEventSink(&sink);
        app->setEventFilter(tapi::kAllEvents);
        serve(tipring_sangoma_u100_provider(), "sim:joined-1\nsim:joined-2\nsim:joined-3");
        serve(tipring_open_usb_fxs_provider(), "sim:joined-fxs");
        ASSERT_TRUE(loop.advanceUntil([this] { return findLines(); }, 120s));
        ASSERT_TRUE(app->registerCallNotifications(telephone, owner()));
        loop.advance(20s);
    }
    void TearDown() override {
        loop.advance(20ms);
        calls.clear();
        conference.reset();
        sink.calls.clear();
        for (const auto& [id, count] : sink.idles) {
            EXPECT_LE(count, 1) << "call " << id << " was idle twice";
        }
        lines = {};
        telephone.reset();
        app.reset();
        for (const auto& breach : manager->breaches()) {
            ADD_FAILURE() << breach.function << ": " << breach.text;
        }
        manager.reset();
    }
    static tapi::CallNotification owner() {
        tapi::CallNotification wanted;
        wanted.mediaModes = tapi::MediaMode::AutomatedVoice | tapi::MediaMode::InteractiveVoice;
        return wanted;
    }
    void serve(const TspiProvider* provider, const char* devices) {
        ASSERT_TRUE(manager->addProvider(
            *provider, {{"device", devices}, {"country", "US"}, {"dialPlan", "xxxxxxx"}}));
    }
    bool findLines() {
        std::size_t found = 0;
        for (const auto& address : app->addresses()) {
            if (address->state() != tapi::AddressState::InService) {
                continue;
            }
            if (address->name().find("U100") == std::string::npos) {
                telephone = address;
            } else if (found < kLines && address->name().ends_with("line 1")) {
                lines[found++] = address;
            }
        }
        return telephone && found == kLines;
    }
    void hear(std::size_t who, std::span<const std::int16_t> block) {
        heard[who].insert(heard[who].end(), block.begin(), block.end());
    }

    tapi::Reply reply() {
        outcome.reset();
        return [this](const hal::Result<void>& result) { outcome = result; };
    }
    template <class T>
    T ok(hal::Result<T> asked) {
        EXPECT_TRUE(asked) << asked.error().text();
        if (!asked) {
            return {};
        }
        EXPECT_TRUE(loop.advanceUntil([&] { return outcome.has_value(); }, 60s));
        EXPECT_TRUE(outcome && *outcome) << (outcome ? outcome->error().text() : "no reply");
        loop.advance(20ms);
        return *asked;
    }
    bool reaches(const Call& call, State state, hal::Duration limit = 90s) {
        const bool there = loop.advanceUntil([&] { return call->lineState() == state; }, limit);
        loop.advance(20ms);  // its events
        EXPECT_TRUE(there) << tapi::name(call->lineState());
        return there;
    }

    /// The telephone is lifted and dials; the program answers it as an exchange does.
    Call dialled(const char* number) {
        sink.calls.clear();
        phone.lift();
        EXPECT_TRUE(loop.advanceUntil([&] { return !sink.calls.empty(); }, 10s));
        const Call call = sink.calls.at(0);
        EXPECT_TRUE(reaches(call, State::DialTone));
        EXPECT_TRUE(phone.pressKeys(number));
        EXPECT_TRUE(reaches(call, State::Proceeding));
        EXPECT_EQ(call->info().called.number, number);
        std::optional<bool> done;
        const auto routing = call->queryInterface("org.tipring.FxsCall", 1);
        EXPECT_TRUE((*routing)->call(
            "Connect", {},
            [&](const tapi::Result<std::vector<tapi::Value>>& got) { done = got.has_value(); }));
        EXPECT_TRUE(reaches(call, State::Connected));
        EXPECT_EQ(done, true);
        return call;
    }
    Call outgoing(std::size_t which, const std::string& number) {
        const auto made = lines[which]->createCall(number, tapi::MediaMode::InteractiveVoice);
        EXPECT_TRUE(made) << made.error().text();
        return *made;
    }
    /// Somebody at the other end of a line, connected.
    Call talking(std::size_t which, Who who) {
        const Call call = outgoing(which, kNumbers[who]);
        ok(call->connect(reply()));
        EXPECT_TRUE(loop.advanceUntil(
            [&] { return far[who]->state() == sim::FarEnd::State::Connected; }, 60s));
        far[who]->say(tone(who, 4000));  // the line hears that somebody is there
        EXPECT_TRUE(reaches(call, State::Connected));
        loop.advance(1s);
        return call;
    }

    static Samples tone(std::size_t who, std::size_t count, double amplitude = kLoud) {
        Samples samples(count);
        for (std::size_t i = 0; i < count; ++i) {
            const double angle = 2 * std::numbers::pi * kHertz[who] * double(i) / 8000;
            samples[i] = std::int16_t(std::lrint(amplitude * std::sin(angle)));
        }
        return samples;
    }
    /// All of them say their tones for three seconds.
    void talk(std::initializer_list<Who> talkers) {
        loop.advance(1s);
        for (Samples& each : heard) {
            each.clear();
        }
        for (const Who who : talkers) {
            const Samples said = tone(who, 24000);
            who == Phone ? phone.say(said) : far[who]->say(said);
        }
        loop.advance(2800ms);
    }
    /// dB of what `listener` hears of `talker`, against what that one says, in the last second.
    [[nodiscard]] double level(Who listener, Who talker) const {
        const Samples& all = heard[listener];
        if (all.size() < 12000) {
            return -200;
        }
        const std::span<const std::int16_t> part = std::span(all).last(8000);
        double re = 0, im = 0;
        for (std::size_t i = 0; i < part.size(); ++i) {
            const double angle = 2 * std::numbers::pi * kHertz[talker] * double(i) / 8000;
            re += part[i] * std::cos(angle);
            im += part[i] * std::sin(angle);
        }
        return 20 * std::log10(2 * std::hypot(re, im) / double(part.size()) / kLoud + 1e-9);
    }
    /// The board whose line that number was dialled on.
    [[nodiscard]] sim::SangomaU100& boardThatDialled(std::string_view number) {
        for (std::size_t i = 0; i < kLines; ++i) {
            if (wires[i]->dialled() == number) {
                return *boards[i];
            }
        }
        ADD_FAILURE() << "nobody dialled " << number;
        return *boards[0];
    }
    void expectOnHook() {
        for (const sim::Line* wire : wires) {
            EXPECT_FALSE(wire->isOffHook()) << wire->number();
        }
    }
    [[nodiscard]] int loudest(Who listener) const {
        int most = 0;
        for (const std::int16_t sample : heard[listener]) {
            most = std::max(most, std::abs(int(sample)));
        }
        return most;
    }
    /// Each hears the others as loud as they are and nothing of itself.
    void expectAllHearAll(std::initializer_list<Who> all) {
        for (const Who listener : all) {
            EXPECT_LT(loudest(listener), 32700) << listener << " is clipped";
            for (const Who talker : all) {
                if (listener == talker) {
                    EXPECT_LT(level(listener, talker), -40) << listener << " hears itself";
                } else {
                    EXPECT_NEAR(level(listener, talker), 0, 1) << listener << " of " << talker;
                }
            }
        }
    }

    hal::VirtualLoop loop;
    sim::Exchange exchange{loop};
    std::array<sim::Line*, kLines> wires{&exchange.addLine("5550100"), &exchange.addLine("5550101"),
                                         &exchange.addLine("5550102")};
    std::array<std::unique_ptr<sim::SangomaU100>, kLines> boards{
        std::make_unique<sim::SangomaU100>(loop, wires[0], nullptr),
        std::make_unique<sim::SangomaU100>(loop, wires[1], nullptr),
        std::make_unique<sim::SangomaU100>(loop, wires[2], nullptr)};
    sim::Telephone phone{loop};
    sim::OpenUsbFxs fxs{loop, phone};
    sim::SimUsbName names[kLines + 1]{{"joined-1", *boards[0]},
                                      {"joined-2", *boards[1]},
                                      {"joined-3", *boards[2]},
                                      {"joined-fxs", fxs}};
    std::array<std::unique_ptr<sim::FarEnd>, kWho> far;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> app;
    std::shared_ptr<tapi::Address> telephone;
    std::array<std::shared_ptr<tapi::Address>, kLines> lines;
    Sink sink;
    std::vector<Call> calls;
    Call conference;
    std::array<Samples, kWho> heard;
    std::optional<hal::Result<void>> outcome;
};

}  // namespace tipring::joined
