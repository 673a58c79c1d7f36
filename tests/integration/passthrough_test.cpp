// SPDX-License-Identifier: Apache-2.0
// A program has the modem's port for a time, over a real PTY in real time; afterwards everything is
// as before.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/sim/simulation.h"
#include "tipring/tapi_core/manager/line_manager.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring {
namespace {

using namespace std::chrono_literals;

/// What a fax program does: talks to the modem in its own way, on a blocking descriptor.
class Program {
public:
    explicit Program(hal::FileDescriptor port) : port_(std::move(port)) {}

    /// Sends a command line and reads until `end` came; what came.
    std::string say(const std::string& line, const std::string& end) {
        const std::string bytes = line + "\r";
        if (::write(port_.get(), bytes.data(), bytes.size()) < 0) {
            return "write failed";
        }
        std::string heard;
        char byte = 0;
        while (heard.find(end) == std::string::npos && ::read(port_.get(), &byte, 1) == 1) {
            heard += byte;
        }
        return heard;
    }
    void spoilSettings() const {
        termios term{};
        ::tcgetattr(port_.get(), &term);
        ::cfsetspeed(&term, B9600);
        term.c_lflag |= ISIG;
        term.c_iflag |= IXOFF;
        term.c_cc[VMIN] = 7;
        ::tcsetattr(port_.get(), TCSANOW, &term);
    }

private:
    hal::FileDescriptor port_;
};

std::vector<unsigned> settingsOf(const std::string& path) {
    const hal::FileDescriptor port(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK));
    termios term{};
    EXPECT_EQ(::tcgetattr(port.get(), &term), 0);
    return {term.c_iflag,         term.c_oflag,    term.c_cflag,    term.c_lflag,
            ::cfgetospeed(&term), term.c_cc[VMIN], term.c_cc[VTIME]};
}

class PassThroughTest : public testing::Test, public tapi::EventSink {
protected:
    void SetUp() override {
        loop_ = std::move(*hal::EpollLoop::create());
        sim::SimulationOptions options;
        options.modem = "v253";
        options.portName = "lent";
        simulation_ = std::move(*sim::Simulation::create(*loop_, options));
    }
    void TearDown() override {
        tapi_.reset();
        manager_.reset();
    }
    void start(const std::string& port) {
        manager_ = std::make_unique<core::LineManager>(*loop_);
        ASSERT_TRUE(manager_->addProvider(*tipring_at_modem_provider(), {{"ports", port}}));
        tapi_ = manager_->createApplication("fax");
        tapi_->setEventSink(this);
        tapi_->setEventFilter(tapi::kAllEvents);
        address_ = tapi_->addresses().at(0);
        ASSERT_TRUE(tapi_->registerCallNotifications(
            address_,
            {.mediaModes = tapi::MediaMode::DataModem | tapi::MediaMode::AutomatedVoice}));
        ASSERT_TRUE(inService()) << address_->stateCause();
    }
    bool inService() {
        return waitFor([this] { return address_->state() == tapi::AddressState::InService; });
    }
    void onEvent(const tapi::Event& event) override {
        if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
            incoming_ = fresh->call;
        }
        loop_->stop();
    }
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
    /// Runs a request to its reply.
    tapi::Result<void> finish(
        const std::function<tapi::Result<tapi::RequestId>(tapi::Reply reply)>& ask) {
        std::optional<tapi::Result<void>> answer;
        const auto asked = ask([&](const auto& result) {
            answer = result;
            loop_->stop();
        });
        if (!asked) {
            return tl::unexpected(asked.error());
        }
        EXPECT_TRUE(waitFor([&] { return answer.has_value(); }));
        return answer.value_or(tapi::Result<void>{});
    }
    std::shared_ptr<tapi::Call> passThrough() {
        tapi::CallParams params;
        params.mediaModes = tapi::MediaMode::DataModem;
        params.bearerMode = tapi::BearerMode::PassThrough;
        auto call = address_->createCall("", params);
        EXPECT_TRUE(call) << call.error().text();
        const auto begun = finish([&](auto reply) { return (*call)->connect(std::move(reply)); });
        EXPECT_TRUE(begun) << begun.error().text();
        EXPECT_TRUE(
            waitFor([&] { return (*call)->lineState() == tapi::LineCallState::Connected; }));
        return *call;
    }
    /// Lets a program run on a thread of its own, as a process would beside us.
    void run(const std::function<void()>& program) {
        std::atomic<bool> over = false;
        std::thread thread([&] {
            program();
            over = true;
            loop_->post([this] { loop_->stop(); });
        });
        EXPECT_TRUE(waitFor([&] { return over.load(); }));
        thread.join();
    }
    void expectCallerIdStillWorks() {
        incoming_.reset();
        ASSERT_TRUE(ring());
        ASSERT_TRUE(waitFor(
            [this] { return incoming_ && incoming_->info().caller.number == "2025550123"; }));
        EXPECT_EQ(incoming_->info().caller.name, "ADA LOVELACE");
    }
    bool ring() {
        const auto called = simulation_->farEnd().call(simulation_->line().number(),
                                                       {"2025550123", "ADA LOVELACE"});
        EXPECT_TRUE(called) << called.error().text();
        return called.has_value();
    }

    std::unique_ptr<hal::EpollLoop> loop_;
    std::unique_ptr<sim::Simulation> simulation_;
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<tapi::Tapi> tapi_;
    std::shared_ptr<tapi::Address> address_;
    std::shared_ptr<tapi::Call> incoming_;
};

TEST_F(PassThroughTest, AProgramLeavesNothingBehind) {
    const std::string path = *simulation_->openPty();
    start("pty:" + path);
    const auto before = settingsOf(path);
    const auto call = passThrough();
    auto port = call->takeDescriptor("comm/datamodem");
    ASSERT_TRUE(port) << port.error().text();
    EXPECT_EQ(::fcntl(port->get(), F_GETFL) & O_NONBLOCK, 0);
    std::string echoed, unechoed;
    run([&] {
        Program program(std::move(*port));
        program.spoilSettings();
        program.say("ATE0", "OK");
        unechoed = program.say("ATI0", "OK");
        echoed = program.say("ATE1", "OK");
        echoed += program.say("ATI0", "OK");
        program.say("ATV0", "0\r");  // and digits instead of words
    });
    EXPECT_EQ(unechoed.find("ATI0"), std::string::npos) << unechoed;
    EXPECT_NE(echoed.find("ATI0"), std::string::npos) << echoed;
    EXPECT_NE(settingsOf(path), before);
    EXPECT_TRUE(finish([&](auto reply) { return call->disconnect(std::move(reply)); }));
    EXPECT_EQ(call->lineState(), tapi::LineCallState::Idle);
    ASSERT_TRUE(inService()) << address_->stateCause();
    EXPECT_EQ(settingsOf(path), before);
    expectCallerIdStillWorks();
}

TEST_F(PassThroughTest, AnApplicationThatDiesGivesThePortBack) {
    const std::string path = *simulation_->openPty();
    start("pty:" + path);
    const auto before = settingsOf(path);
    auto other = manager_->createApplication("other");
    const auto theirs = other->addresses().at(0);
    ASSERT_TRUE(other->registerCallNotifications(theirs, {}));
    auto call = passThrough();
    auto port = call->takeDescriptor("comm");
    ASSERT_TRUE(port) << port.error().text();
    Program(std::move(*port)).spoilSettings();
    call.reset();
    incoming_.reset();
    address_.reset();
    tapi_ = std::move(other);
    tapi_->setEventSink(this);
    tapi_->setEventFilter(tapi::kAllEvents);
    address_ = theirs;
    EXPECT_TRUE(waitFor([&] { return address_->state() == tapi::AddressState::OutOfService; }));
    ASSERT_TRUE(inService()) << address_->stateCause();
    EXPECT_EQ(settingsOf(path), before);
    expectCallerIdStillWorks();
}

TEST_F(PassThroughTest, AProgramTakesACallThatRings) {
    start("pty:" + *simulation_->openPty());
    ASSERT_TRUE(ring());
    ASSERT_TRUE(waitFor([this] { return incoming_ != nullptr; }));
    EXPECT_EQ(incoming_->takeDescriptor("comm").error().code, hal::ErrorCode::InvalCallState);
    const auto taken = finish([&](auto reply) {
        return incoming_->setCallParams(tapi::BearerMode::PassThrough, 0, 0, {}, std::move(reply));
    });
    ASSERT_TRUE(taken) << taken.error().text();
    ASSERT_TRUE(
        waitFor([this] { return incoming_->lineState() == tapi::LineCallState::Connected; }));
    EXPECT_EQ(incoming_->info().bearerMode, tapi::BearerMode::PassThrough);
    auto port = incoming_->takeDescriptor("comm");
    ASSERT_TRUE(port) << port.error().text();
    std::string answered;
    run([&] { answered = Program(std::move(*port)).say("AT", "OK"); });
    EXPECT_NE(answered.find("OK"), std::string::npos);
    EXPECT_TRUE(finish([&](auto reply) { return incoming_->disconnect(std::move(reply)); }));
    EXPECT_TRUE(inService());
}

TEST_F(PassThroughTest, OnlyWhatIsPossibleIsPromised) {
    start("sim:lent");
    EXPECT_EQ(address_->capabilities().bearerModes & LINEBEARERMODE_PASSTHROUGH, 0u);
    tapi::CallParams params;
    params.mediaModes = tapi::MediaMode::DataModem;
    params.bearerMode = tapi::BearerMode::PassThrough;
    EXPECT_EQ(address_->createCall("", params).error().code, hal::ErrorCode::BearerModeUnavail);
}

TEST_F(PassThroughTest, ANumberAndOtherClassesAreRefused) {
    start("pty:" + *simulation_->openPty());
    tapi::CallParams params;
    params.mediaModes = tapi::MediaMode::DataModem;
    params.bearerMode = tapi::BearerMode::PassThrough;
    EXPECT_EQ(address_->createCall("123", params).error().code, hal::ErrorCode::InvalCallParams);
    const auto call = passThrough();
    EXPECT_EQ(call->takeDescriptor("wave/in").error().code, hal::ErrorCode::InvalDeviceClass);
    EXPECT_TRUE(call->takeDescriptor("comm"));
    EXPECT_TRUE(call->takeDescriptor("comm")) << "another duplicate";
    EXPECT_TRUE(finish([&](auto reply) { return call->disconnect(std::move(reply)); }));
    EXPECT_EQ(call->takeDescriptor("comm").error().code, hal::ErrorCode::InvalCallState);
}

}  // namespace
}  // namespace tipring
