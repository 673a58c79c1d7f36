// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flash_lines.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/manager/line_manager.h"
#include "tipring/tapi_core/media/file_playback.h"

namespace tipring::drivers {

/// An exchange with the line of a device, Anna, who is in a call with it, and Bert, who can be
/// called at kBert; and an application that owns the calls.
class FlashRig : public testing::Test {
protected:
    using State = tapi::LineCallState;
    using Call = std::shared_ptr<tapi::Call>;
    using Samples = std::vector<std::int16_t>;
    static constexpr const char* kBert = "5550202";
    static constexpr const char* kBusy = "5550999";
    static constexpr const char* kNobody = "5550888";

    struct Sink final : tapi::EventSink {
        void onEvent(const tapi::Event& event) override {
            if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
                calls.push_back(fresh->call);
            } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
                idles[state->call->id()] += state->lineState == State::Idle ? 1 : 0;
            } else if (std::holds_alternative<tapi::ToneEvent>(event)) {
                ++tones;
            }
        }
        std::vector<Call> calls;
        int tones = 0;
        std::map<std::uint64_t, int> idles;
    };

    ~FlashRig() override {
        loop.advance(std::chrono::milliseconds{20});
        for (const auto& [id, count] : sink.idles) {
            EXPECT_LE(count, 1) << "call " << id << " was idle twice";
        }
        forgetCalls();
        line.reset();
        app.reset();
        const std::size_t breaches = manager->breaches().size();
        EXPECT_EQ(breaches, 0U);
        manager.reset();
    }
    void forgetCalls() {
        sink.calls.clear();
        original.reset();
        consultation.reset();
        conference.reset();
    }
    /// Anna has called and was answered.
    void talking(const FlashDevice& kind, const char* driverFlash,
                 sim::ExchangeHabits::Flash exchangeFlash, bool transferOnHangUp = false) {
        // Exchanges of other kinds take a short break for a pulse or the end of the call.
        const bool american = std::string_view(driverFlash).starts_with("american");
        device = kind.make(loop, american ? "US" : "DE", kind.modem);
        sim::LineSettings settings = wire().settings();
        settings.flash = exchangeFlash;
        settings.transferOnHangUp = transferOnHangUp;
        wire().setSettings(settings);
        bert = std::make_unique<sim::FarEnd>(device->exchange());
        using Outcome = sim::Route::Outcome;
        device->exchange().setRoute(kBert, {Outcome::Answer, 1, bert.get(), {}});
        device->exchange().setRoute(kBusy, {Outcome::Busy, 0, nullptr, {}});
        device->exchange().setRoute(kNobody, {Outcome::NoAnswer, 0, nullptr, {}});
        listen(anna(), annaHears);
        listen(*bert, bertHears);
        manager = std::make_unique<core::LineManager>(loop);
        ASSERT_TRUE(device->addProvider(*manager, driverFlash));
        app = manager->createApplication("flash");
        app->setEventSink(&sink);
        app->setEventFilter(tapi::kAllEvents);
        loop.advance(std::chrono::seconds{20});
        line = app->addresses().front();
        ASSERT_TRUE(app->registerCallNotifications(line, {}));
        loop.advance(std::chrono::seconds{20});
        ASSERT_TRUE(anna().call(device->number(), {}));
        ASSERT_TRUE(
            loop.advanceUntil([&] { return !sink.calls.empty(); }, std::chrono::minutes{1}));
        original = sink.calls.front();
        loop.advance(std::chrono::seconds{5});  // the caller's name comes between the rings
        ok(original->answer(reply()));
        ASSERT_TRUE(reaches(original, State::Connected));
        loop.advance(std::chrono::seconds{2});
    }
    static void listen(sim::FarEnd& end, Samples& hears) {
        sim::FarEnd::Listener listener;
        listener.onSound = [&hears](sim::HeardBlock block) {
            hears.insert(hears.end(), block.begin(), block.end());
        };
        end.setListener(std::move(listener));
    }
    void unplug() {
        bert->hangUp();
        device->unplug();
    }
    sim::FarEnd& anna() { return device->anna(); }
    sim::Line& wire() { return device->wire(); }

    tapi::Reply reply() {
        outcome.reset();
        return [this](const hal::Result<void>& result) { outcome = result; };
    }
    /// The request was taken, and its reply is a success.
    template <class T>
    T ok(hal::Result<T> asked) {
        EXPECT_TRUE(asked) << asked.error().text();
        if (!asked) {
            return {};
        }
        EXPECT_TRUE(loop.advanceUntil([&] { return outcome.has_value(); }, kLimit));
        EXPECT_TRUE(outcome && *outcome) << (outcome ? outcome->error().text() : "no reply");
        loop.advance(std::chrono::milliseconds{20});
        return *asked;
    }
    bool reaches(const Call& call, State state) {
        const bool there = loop.advanceUntil([&] { return call->lineState() == state; }, kLimit);
        loop.advance(std::chrono::milliseconds{20});  // its events
        return there;
    }
    void expectStates(State first, State second, const char* step) {
        EXPECT_EQ(original->lineState(), first) << step;
        EXPECT_EQ(consultation->lineState(), second) << step;
    }
    void expectStates(State first, State second, State whole, const char* step) {
        expectStates(first, second, step);
        EXPECT_EQ(conference->lineState(), whole) << step;
    }
    void consult(const char* number = kBert, State end = State::Connected) {
        consultation = ok(original->setupTransfer({}, reply()));
        ASSERT_NE(consultation, nullptr);
        expectStates(State::OnHoldPendTransfer, State::DialTone, "set up");
        dial(number, end);
    }
    void dial(const char* number = kBert, State end = State::Connected) {
        ok(consultation->dial(number, reply()));
        ASSERT_TRUE(reaches(consultation, end)) << static_cast<int>(consultation->lineState());
    }

    static double amplitude(std::span<const std::int16_t> samples, double hertz) {
        double re = 0, im = 0;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const double phase = 2 * M_PI * hertz * static_cast<double>(i) / 8000;
            re += samples[i] * std::cos(phase);
            im += samples[i] * std::sin(phase);
        }
        return samples.empty() ? 0 : 2 * std::hypot(re, im) / static_cast<double>(samples.size());
    }
    static Samples sine(double hertz) {
        Samples samples(16000);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const double phase = 2 * M_PI * hertz * static_cast<double>(i) / 8000;
            samples[i] = static_cast<std::int16_t>(8000 * std::sin(phase));
        }
        return samples;
    }
    static bool has(const Samples& heard, double hertz) {
        return heard.size() > 12000 &&
               amplitude(std::span(heard).subspan(4000, 8000), hertz) > 2000;
    }
    /// Who hears whom while Anna says 500 Hz and Bert 800 Hz: "AB" where Anna hears Bert, L is the
    /// line. `active` is what the line records.
    std::string paths(const Call& active) {
        const std::string file = testing::TempDir() + "flash_" + std::to_string(getpid()) + ".wav";
        if (active) {
            ok(active->record(file, reply()));
        }
        annaHears.clear();
        bertHears.clear();
        anna().say(sine(500));
        bert->say(sine(800));
        loop.advance(std::chrono::milliseconds{2200});
        std::string all;
        if (active) {
            ok(active->stopRecording(reply()));
            Samples lineHears(32000);
            auto playback = media::FilePlayback::open(file);
            EXPECT_TRUE(playback) << playback.error().text();
            lineHears.resize(playback ? playback->read(lineHears).value() : 0);
            all +=
                std::string(has(lineHears, 500) ? "LA " : "") + (has(lineHears, 800) ? "LB " : "");
            std::filesystem::remove(file);
        }
        all += std::string(has(annaHears, 800) ? "AB " : "") + (has(bertHears, 500) ? "BA " : "");
        return all + whoHearsTheLine(active);
    }
    std::string whoHearsTheLine(const Call& active) {
        if (!active) {
            return {};
        }
        annaHears.clear();
        bertHears.clear();
        EXPECT_TRUE(active->generateTone(1100, std::chrono::milliseconds{2000}));
        loop.advance(std::chrono::seconds{3});
        return std::string(has(annaHears, 1100) ? "AL " : "") + (has(bertHears, 1100) ? "BL " : "");
    }

    static constexpr std::chrono::seconds kLimit{120};
    hal::VirtualLoop loop;
    std::unique_ptr<FlashLine> device;
    std::unique_ptr<sim::FarEnd> bert;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> app;
    std::shared_ptr<tapi::Address> line;
    Sink sink;
    Call original, consultation, conference;
    Samples annaHears, bertHears;
    std::optional<hal::Result<void>> outcome;
};

}  // namespace tipring::drivers
