// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tapi_core/fake_provider.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::test {

using namespace std::chrono_literals;

/// Keeps what an application hears, and in which order.
class Recorder : public tapi::EventSink {
public:
    void onEvent(const tapi::Event& event) override {
        events.push_back(event);
        if (then) {
            then(event);
        }
    }
    template <class E>
    [[nodiscard]] std::vector<E> all() const {
        std::vector<E> out;
        for (const auto& event : events) {
            if (const E* one = std::get_if<E>(&event)) {
                out.push_back(*one);
            }
        }
        return out;
    }
    [[nodiscard]] std::vector<tapi::LineCallState> states() const {
        std::vector<tapi::LineCallState> out;
        for (const auto& event : all<tapi::CallStateEvent>()) {
            out.push_back(event.lineState);
        }
        return out;
    }
    std::vector<tapi::Event> events;
    std::function<void(const tapi::Event&)> then;
};

/// An application with a sink and a filter.
struct Application {
    Application(core::LineManager& manager, const std::string& name,
                tapi::EventFilter filter = tapi::kAllEvents)
        : tapi(manager.createApplication(name)) {
        tapi->setEventSink(&events);
        tapi->setEventFilter(filter);
    }
    std::shared_ptr<tapi::Address> address(std::size_t index = 0) {
        return tapi->addresses().at(index);
    }
    tapi::RegistrationCookie watch(tapi::CallNotification wanted = {}) {
        return tapi->registerCallNotifications(address(), wanted).value();
    }
    Recorder events;
    std::unique_ptr<tapi::Tapi> tapi;
};

/// The answer of a request.
struct Answer {
    tapi::Reply reply() {
        return [this](const tapi::Result<void>& given) {
            ++count;
            result = given;
        };
    }
    int count = 0;
    std::optional<tapi::Result<void>> result;
};

/// A line manager with one fake provider on virtual time, and the log that they write.
class ManagerFixture : public testing::Test {
protected:
    explicit ManagerFixture(std::vector<std::string> lines = {"one"}) : fake(std::move(lines)) {
        hal::setLogSink([this](hal::LogLevel, std::string_view, std::string_view text) {
            logLines.emplace_back(text);
        });
    }
    ~ManagerFixture() override {
        manager.reset();
        hal::setLogSink({});
    }
    void start(const std::string& stateDirectory = {}) {
        manager = std::make_unique<core::LineManager>(loop, stateDirectory);
        ASSERT_TRUE(manager->addProvider(fake.table, {}));
    }
    /// Lets everything happen that is due.
    void settle() {
        for (int i = 0; i < 20; ++i) {
            loop.settle();
        }
    }
    [[nodiscard]] std::size_t logged(std::string_view text) const {
        std::size_t count = 0;
        for (const std::string& line : logLines) {
            count += line.find(text) != std::string::npos ? 1 : 0;
        }
        return count;
    }
    [[nodiscard]] std::size_t breaches() const { return logged("contract breach"); }
    /// An outgoing call that was begun.
    std::shared_ptr<tapi::Call> dialled(Application& application, Answer& answer,
                                        const std::string& number = "12") {
        auto call = application.address()->createCall(number, tapi::MediaMode::AutomatedVoice);
        EXPECT_TRUE(call) << call.error().text();
        const auto asked = (*call)->connect(answer.reply());
        EXPECT_TRUE(asked) << asked.error().text();
        settle();
        return *call;
    }
    /// An outgoing call that is connected.
    std::shared_ptr<tapi::Call> connected(Application& application) {
        Answer answer;
        auto call = dialled(application, answer);
        fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
        settle();
        return call;
    }

    std::vector<std::string> logLines;
    hal::VirtualLoop loop;
    FakeProvider fake;
    std::unique_ptr<core::LineManager> manager;
};

using tapi::ErrorCode;
using tapi::LineCallState;

}  // namespace tipring::test
