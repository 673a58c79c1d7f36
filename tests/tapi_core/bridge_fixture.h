// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tapi_core/manager_fixture.h"
#include "tapi_core/media/mixer_lines.h"

namespace tipring::test {

/// Lines with sound in both directions, whose provider has no conference and no transfer.
class BridgeFixture : public ManagerFixture {
protected:
    static constexpr std::size_t kLines = 6;
    using S = LineCallState;
    using Call = std::shared_ptr<tapi::Call>;

    BridgeFixture() : ManagerFixture({"one", "two", "three", "four", "five", "half"}) {
        fake.caps.media.fullDuplex = 1;
        fake.caps.maxActiveCalls = 1;
    }
    void SetUp() override {
        start();
        app = std::make_unique<Application>(*manager, "app");
        app->events.then = [this](const tapi::Event& event) { count(event); };
    }
    /// Every call is idle once; what was asked was answered; nothing is left.
    void TearDown() override {
        for (std::size_t i = 0; i < fake.callCount(); ++i) {
            if (fake.call(i).closed == 0) {
                fake.state(fake.call(i), LINECALLSTATE_IDLE);
            }
        }
        settle();
        for (const auto& [id, idle] : idles) {
            EXPECT_EQ(idle, 1) << "call " << id;
        }
        EXPECT_EQ(answer.count, asked);
        EXPECT_EQ(breaches(), 0u) << (logLines.empty() ? "" : logLines.back());
        EXPECT_TRUE(app->tapi->callHubs().empty());
        for (std::size_t line = 0; line < kLines; ++line) {
            EXPECT_TRUE(app->address(line)->calls().empty()) << line;
            EXPECT_FALSE(app->address(line)->status().open) << line;
        }
        for (std::size_t i = 0; i < fake.mediaCount(); ++i) {
            EXPECT_TRUE(fake.media(i).closed) << i;
            EXPECT_EQ(fake.media(i).afterClose, 0u) << i;
        }
        loop.run();  // comes back when nothing is armed any more: a clock that runs on would hang
        app.reset();
    }
    void count(const tapi::Event& event) {
        if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            idles[state->call->id()] += state->lineState == S::Idle ? 1 : 0;
        }
    }
    template <class Result>
    auto ok(Result result) {
        EXPECT_TRUE(result) << result.error().text();
        ++asked;
        settle();
        EXPECT_TRUE(!answer.result || *answer.result) << answer.result->error().text();
        return std::move(*result);
    }
    tapi::Reply reply() { return answer.reply(); }
    Call made(std::size_t line, const std::string& number = "12", tapi::CallParams params = {}) {
        auto call = app->address(line)->createCall(number, params);
        EXPECT_TRUE(call) << call.error().text();
        return *call;
    }
    Call begun(std::size_t line) {
        Call call = made(line);
        ok(call->connect(reply()));
        return call;
    }
    Call connected(std::size_t line) {
        Call call = begun(line);
        state(line, LINECALLSTATE_CONNECTED);
        return call;
    }
    FakeProvider::Call& on(std::size_t line) {
        for (std::size_t i = fake.callCount(); i-- > 0;) {
            if (fake.call(i).line == &fake.line(line)) {
                return fake.call(i);
            }
        }
        throw std::logic_error("no call on the line");
    }
    void state(std::size_t line, std::uint32_t state, std::uint32_t mode = 0) {
        fake.state(on(line), state,
                   state == LINECALLSTATE_CONNECTED ? LINECONNECTEDMODE_ACTIVE : mode);
        settle();
    }
    void hangUp(std::size_t line) {
        state(line, LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
        state(line, LINECALLSTATE_IDLE);
    }
    [[nodiscard]] unsigned drops(std::size_t line) { return on(line).drops; }
    FakeProvider::Media* mediaOn(std::size_t line) {
        for (std::size_t i = 0; i < fake.mediaCount(); ++i) {
            if (!fake.media(i).closed && fake.media(i).call->line == &fake.line(line)) {
                return &fake.media(i);
            }
        }
        return nullptr;
    }
    /// A conference of the calls on the first lines, one after the other.
    void confer(std::size_t members) {
        calls.clear();
        calls.push_back(connected(0));
        conference = ok(calls[0]->setupConference(0, {}, reply())).conference;
        for (std::size_t line = 1; line < members; ++line) {
            calls.push_back(connected(line));
            ok(conference->addToConference(calls[line], reply()));
        }
    }

    Answer answer;
    int asked = 0;
    std::map<std::uint64_t, int> idles;
    std::unique_ptr<Application> app;
    std::vector<Call> calls;
    Call conference;
};

}  // namespace tipring::test
