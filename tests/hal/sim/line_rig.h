// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/far_end.h"

namespace tipring::sim {

using Sound = std::vector<std::int16_t>;

/// A meter and a telephone in one: writes down all that a line does to it, and says what it is
/// told.
struct LineTap final : LineDevice {
    LineTap(hal::EventLoop& ownLoop, Line& ownLine) : loop(ownLoop), line(ownLine) {
        line.attach(this);
    }
    ~LineTap() override { line.attach(nullptr); }

    void onRing(bool on) override { log(on ? "ring" : "pause"); }
    void onCallerId(const CallerId& id) override {
        if (writes) {
            log("id " + id.number);
            callers.push_back(id);
        }
    }
    void onLoopBreak() override { log("break"); }
    void onSignal(Signal signal) override {
        if (writes) {
            signals.push_back(signal);
        }
    }
    void onAnswered() override { log("answered"); }
    void onCallWaiting(bool on) override { log(on ? "waiting" : "waiting over"); }
    void onMessageWaiting(bool on) override { log(on ? "lamp on" : "lamp off"); }
    void onExtension(bool offHook) override { log(offHook ? "lifted" : "put down"); }
    [[nodiscard]] bool answersCallSignal() override { return answersSignal; }
    void onElectrics(const LineElectrics& now) override {
        if (writes) {
            electrics.emplace_back(ms(), now);
        }
    }
    void onSound(HeardBlock block, SpokenBlock spoken) override {
        if (writes) {
            heard.insert(heard.end(), block.begin(), block.end());
        }
        const std::size_t count = std::min(kBlock, toSay.size() - said);
        std::copy_n(toSay.begin() + static_cast<std::ptrdiff_t>(said), count, spoken.begin());
        said += count;
        if (follow != nullptr) {
            follow(block, spoken);
        }
    }

    void say(const Sound& sound) { toSay.insert(toSay.end(), sound.begin(), sound.end()); }
    /// What came since the last take: "ring@0 pause@2000".
    std::string take() { return std::exchange(events, {}); }
    [[nodiscard]] long ms() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(loop.now().time_since_epoch())
            .count();
    }
    void log(std::string_view what) {
        if (!writes) {
            return;
        }
        events += (events.empty() ? "" : " ") + std::string{what} + "@" + std::to_string(ms());
    }

    hal::EventLoop& loop;
    Line& line;
    bool answersSignal = true;
    bool writes = true;  ///< false: takes everything and keeps nothing
    std::string events;
    std::vector<CallerId> callers;
    std::vector<Signal> signals;
    std::vector<std::pair<long, LineElectrics>> electrics;
    Sound heard, toSay;
    std::size_t said = 0;
    std::function<void(HeardBlock, SpokenBlock)> follow;
};

/// A line with such a tap on an exchange, and two people far away.
struct LineRig {
    explicit LineRig(ExchangeOptions options = {})
        : exchange(loop, std::move(options)),
          line(exchange.addLine("5550100")),
          tap(loop, line),
          anna(exchange),
          bert(exchange) {
        exchange.setRoute("5550201", {Route::Outcome::Answer, 0, &anna});
        exchange.setRoute("5550202", {Route::Outcome::Answer, 0, &bert});
    }
    void advance(std::chrono::milliseconds time) { loop.advance(time); }
    void dial(std::string_view keys) {
        for (const char key : keys) {
            line.dial(key);
        }
    }
    void change(const std::function<void(LineSettings&)>& how) {
        LineSettings settings = line.settings();
        how(settings);
        line.setSettings(settings);
    }
    /// A call to the line, which has to be free.
    void callFrom(FarEnd& who, std::string number, std::string name = "") {
        CallerId id;
        id.number = std::move(number);
        id.name = std::move(name);
        ASSERT_TRUE(who.call("5550100", id));
    }
    /// The line calls somebody, who answers.
    void callTo(std::string_view number) {
        line.offHook();
        dial(number);
        advance(std::chrono::milliseconds{200});
        ASSERT_EQ(line.state(), Line::State::Connected);
    }

    hal::VirtualLoop loop;
    Exchange exchange;
    Line& line;
    LineTap tap;
    FarEnd anna, bert;
};

}  // namespace tipring::sim
