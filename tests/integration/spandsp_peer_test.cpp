// SPDX-License-Identifier: Apache-2.0
// Our driver against a modem by other people (spandsp_modem.cpp), over a real PTY in real time.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "child_process.h"
#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring {
namespace {

using namespace std::chrono_literals;

class Recorder : public tapi::EventSink {
public:
    explicit Recorder(hal::EventLoop& loop) : loop_(loop) {}

    void onEvent(const tapi::Event& event) override {
        events.push_back(event);
        loop_.stop();  // waitFor() looks again
    }
    /// All line states of calls, in order.
    [[nodiscard]] std::vector<tapi::LineCallState> states() const {
        std::vector<tapi::LineCallState> found;
        for (const auto& event : events) {
            if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
                found.push_back(state->lineState);
            }
        }
        return found;
    }
    [[nodiscard]] bool reached(tapi::LineCallState state) const {
        const auto all = states();
        return std::find(all.begin(), all.end(), state) != all.end();
    }
    [[nodiscard]] std::shared_ptr<tapi::Call> call() const {
        for (const auto& event : events) {
            if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
                return fresh->call;
            }
        }
        return nullptr;
    }
    /// The mode of the first disconnected state.
    [[nodiscard]] tapi::DisconnectMode disconnectMode() const {
        for (const auto& event : events) {
            const auto* state = std::get_if<tapi::CallStateEvent>(&event);
            if (state != nullptr && state->lineState == tapi::LineCallState::Disconnected) {
                return static_cast<tapi::DisconnectMode>(state->mode);
            }
        }
        return tapi::DisconnectMode::None;
    }

    std::vector<tapi::Event> events;

private:
    hal::EventLoop& loop_;
};

class SpandspPeer : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(modem_.running()) << "cannot start " << SPANDSP_MODEM;
        ASSERT_TRUE(modem_.readLine().starts_with("ready "));
        loop_ = std::move(*hal::EpollLoop::create());
        manager_ = std::make_unique<core::LineManager>(*loop_);
        const auto added =
            manager_->addProvider(*tipring_at_modem_provider(), {{"ports", "pty:" + link_}});
        ASSERT_TRUE(added) << added.error().text();
        tapi_ = manager_->createApplication("spandsp peer test");
        recorder_ = std::make_unique<Recorder>(*loop_);
        tapi_->setEventSink(recorder_.get());
        tapi_->setEventFilter(tapi::kAllEvents);
        ASSERT_EQ(tapi_->addresses().size(), 1u);
        address_ = tapi_->addresses().front();
        const auto cookie = tapi_->registerCallNotifications(
            address_, {.mediaModes = tapi::MediaMode::DataModem | tapi::MediaMode::AutomatedVoice});
        ASSERT_TRUE(cookie) << cookie.error().text();
        ASSERT_TRUE(waitFor([&] { return address_->state() == tapi::AddressState::InService; }))
            << "the modem was not recognised: " << address_->stateCause();
    }
    void TearDown() override {
        tapi_.reset();
        manager_.reset();
        modem_.send("quit");
        unlink(link_.c_str());
    }

    /// Runs the loop until `done`, at most 25 s of real time: a modem takes its time.
    bool waitFor(const std::function<bool()>& done) {
        bool late = false;
        hal::Timer limit(*loop_, [&] {
            late = true;
            loop_->stop();
        });
        limit.arm(25s);
        while (!late && !done()) {
            loop_->run();
        }
        return done();
    }

    /// Dials and returns the way in which the call ended; the call must reach idle.
    tapi::DisconnectMode dialUntilIdle(const std::string& number) {
        auto call = address_->createCall(number, tapi::MediaMode::DataModem);
        EXPECT_TRUE(call) << call.error().text();
        bool replied = false;
        EXPECT_TRUE((*call)->connect([&](const auto&) {
            replied = true;
            loop_->stop();
        }));
        EXPECT_TRUE(waitFor([&] {
            if (recorder_->reached(tapi::LineCallState::Busy) &&
                !recorder_->reached(tapi::LineCallState::Disconnected)) {
                (void)(*call)->disconnect([](const auto&) {});
            }
            return recorder_->reached(tapi::LineCallState::Idle);
        }));
        EXPECT_TRUE(replied);
        return recorder_->disconnectMode();
    }

    std::string link_ =
        (std::filesystem::temp_directory_path() / ("tipring-spandsp-" + std::to_string(getpid())))
            .string();
    test::ChildProcess modem_{{SPANDSP_MODEM, link_}};
    std::unique_ptr<hal::EpollLoop> loop_;
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<tapi::Tapi> tapi_;
    std::unique_ptr<Recorder> recorder_;
    std::shared_ptr<tapi::Address> address_;
};

TEST_F(SpandspPeer, CallerIdBeforeTheFirstRingNamesTheCall) {
    modem_.send("ring 5551234 SMITH JOHN");
    ASSERT_TRUE(waitFor([&] {
        const auto call = recorder_->call();
        return call && call->info().caller.numberStatus == tapi::PartyStatus::Ok;
    }));
    const auto call = recorder_->call();
    EXPECT_EQ(call->info().caller.number, "5551234");
    EXPECT_EQ(call->info().caller.name, "SMITH JOHN");
    EXPECT_EQ(call->info().networkTime, (tapi::NetworkTime{11, 24, 8, 15}));
    EXPECT_EQ(call->lineState(), tapi::LineCallState::Offering);
    modem_.send("stop");
    ASSERT_TRUE(waitFor([&] { return recorder_->reached(tapi::LineCallState::Idle); }));
}

// spandsp's modem is a fax modem: in class 0 it dials, but never says CONNECT. Giving up while it
// is at it is what a person does then.
TEST_F(SpandspPeer, ACallThatNobodyEndsCanBeGivenUp) {
    auto call = address_->createCall("5551230", tapi::MediaMode::DataModem);
    ASSERT_TRUE(call) << call.error().text();
    ASSERT_TRUE((*call)->connect([](const auto&) {}));
    ASSERT_TRUE(waitFor([&] { return recorder_->reached(tapi::LineCallState::Proceeding); }));
    EXPECT_EQ(modem_.readLine(), "dialed 5551230");
    int replies = 0;
    ASSERT_TRUE((*call)->disconnect([&](const auto&) {
        ++replies;
        loop_->stop();
    }));
    ASSERT_TRUE(
        waitFor([&] { return recorder_->reached(tapi::LineCallState::Idle) && replies > 0; }));
    EXPECT_EQ(modem_.readLine(), "on-hook");
    EXPECT_EQ(replies, 1);
}

TEST_F(SpandspPeer, BusyIsBusy) {
    dialUntilIdle("5551239");
    EXPECT_TRUE(recorder_->reached(tapi::LineCallState::Busy) ||
                recorder_->disconnectMode() == tapi::DisconnectMode::Busy);
}

TEST_F(SpandspPeer, NoAnswerIsNoAnswer) {
    EXPECT_EQ(dialUntilIdle("5551238"), tapi::DisconnectMode::NoAnswer);
}

TEST_F(SpandspPeer, NoDialToneIsNoDialTone) {
    EXPECT_EQ(dialUntilIdle("5551237"), tapi::DisconnectMode::NoDialTone);
}

}  // namespace
}  // namespace tipring
