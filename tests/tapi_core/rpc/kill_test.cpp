// SPDX-License-Identifier: Apache-2.0
// kill -9 of the service and of a client, at each state of a call: no line stays off hook, no
// recording is lost, and what comes after begins in order.
#include <signal.h>
#include <sndfile.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tapi_core/rpc/daemon_fixture.h"

namespace tipring::test {
namespace {

using S = tapi::LineCallState;

struct States : tapi::EventSink {
    void onEvent(const tapi::Event& event) override {
        if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            all.push_back(state->lineState);
            causes.push_back(state->cause);
        }
        reinit = reinit || (std::holds_alternative<tapi::TapiObjectEvent>(event) &&
                            std::get<tapi::TapiObjectEvent>(event).kind ==
                                tapi::TapiObjectEvent::Kind::Reinit);
    }
    [[nodiscard]] bool saw(S state) const {
        return std::find(all.begin(), all.end(), state) != all.end();
    }
    std::vector<S> all;
    std::vector<std::string> causes;
    bool reinit = false;
};

class Kill : public Tipringd, public testing::WithParamInterface<S> {
protected:
    void begin() {
        const std::string file = bus.folder() + "/tipringd.toml";
        std::ofstream(file) << "sound_directories = [\"" << bus.folder() << "\"]\n";
        arguments = {"--simulate", "--config", file};
        start(arguments);
        tapi->setEventSink(&heard);
        tapi->setEventFilter(tapi::kAllEvents);
        // A line is opened for who listens.
        ASSERT_TRUE(tapi->registerCallNotifications(line(), {.owner = false, .monitor = true}));
    }
    ~Kill() override {
        if (tapi) {
            tapi->setEventSink(nullptr);
        }
    }
    std::shared_ptr<tapi::Address> line() { return tapi->addresses().at(0); }
    bool inService() {
        return until([&] {
            return !tapi->addresses().empty() && line()->state() == tapi::AddressState::InService;
        });
    }
    /// A call that reaches the state, or null.
    static std::shared_ptr<tapi::Call> callUpTo(
        S state, tapi::Tapi& tapi, const std::function<bool(const std::function<bool()>&)>& turn) {
        auto call =
            tapi.addresses().at(0)->createCall("5559000", tapi::MediaMode::InteractiveVoice);
        EXPECT_TRUE(call) << call.error().text();
        const auto asked = call ? (*call)->connect([](const tapi::Result<void>& reply) {
            EXPECT_TRUE(reply || reply.error().code == hal::ErrorCode::Disconnected)
                << reply.error().text();
        })
                                : tapi::Result<tapi::RequestId>();
        EXPECT_TRUE(asked) << asked.error().text();
        if (!call || !asked) {
            return nullptr;
        }
        return turn([&] { return (*call)->lineState() == state; }) ? *call : nullptr;
    }

    /// The line is to be had, as soon as its modem is on hook and ready.
    bool dialsAgain() {
        std::shared_ptr<tapi::Call> call;
        bool asked = false;
        (void)until([&] {
            if (asked) {
                return true;
            }
            auto made = line()->createCall("5559000", tapi::MediaMode::InteractiveVoice);
            call = made ? *made : nullptr;
            asked = call && call->connect([](const auto&) {});
            return asked;
        });
        return asked && until([&] { return call->lineState() == S::Dialing; });
    }

    States heard;
    std::vector<std::string> arguments;
};

TEST_P(Kill, OfTheServiceEndsTheCallAndTheNextOneBeginsAfresh) {
    begin();
    ASSERT_TRUE(inService());
    const auto call = callUpTo(GetParam(), *tapi, [&](const auto& done) { return until(done); });
    ASSERT_TRUE(call);
    const std::string sound = bus.folder() + "/message.wav";
    if (GetParam() == S::Connected) {
        ASSERT_TRUE(call->record(sound, [](const auto&) {}));
        ASSERT_TRUE(until([&] {
            SF_INFO info{};
            SNDFILE* file = ::sf_open(sound.c_str(), SFM_READ, &info);
            ::sf_close(file);
            return info.frames > 8000;
        }));
    }
    const auto id = line()->id();
    const auto name = line()->name();
    daemon->signal(SIGKILL);
    ASSERT_TRUE(until([&] { return heard.saw(S::Idle); }));
    EXPECT_EQ(heard.causes.back(), "the telephony service went away");
    EXPECT_EQ(call->lineState(), S::Idle);
    if (GetParam() == S::Connected) {
        SF_INFO info{};
        SNDFILE* file = ::sf_open(sound.c_str(), SFM_READ, &info);
        ASSERT_TRUE(file) << "the recording does not open";
        EXPECT_GT(info.frames, 8000);
        ::sf_close(file);
    }
    std::vector<std::string> again{TIPRINGD, "--address", bus.address(), "--state-directory",
                                   bus.folder()};
    again.insert(again.end(), arguments.begin(), arguments.end());
    daemon.emplace(again);
    ASSERT_TRUE(until([&] { return heard.reinit; })) << daemon->errors();
    ASSERT_TRUE(inService());
    EXPECT_EQ(line()->id(), id);
    EXPECT_EQ(line()->name(), name);
    EXPECT_TRUE(line()->calls().empty());
    EXPECT_TRUE(dialsAgain());
}

TEST_P(Kill, OfAClientGivesItsLineBack) {
    begin();
    ASSERT_TRUE(inService());
    int ready[2] = {-1, -1};
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto own = hal::EpollLoop::create().value();
        auto client =
            rpc::connect(*own, {{rpc::BusAddress::Kind::Bus, bus.address()}, "to be killed"});
        const auto call = client ? callUpTo(GetParam(), **client,
                                            [&](const std::function<bool()>& done) {
                                                const auto end = own->now() + 30s;
                                                while (!done() && own->now() < end) {
                                                    own->runOnce(20ms);
                                                }
                                                return done();
                                            })
                                 : nullptr;
        (void)!::write(ready[1], call ? "y" : "n", 1);
        for (;;) {
            own->runOnce(1s);
        }
    }
    char reached = 0;
    ASSERT_EQ(::read(ready[0], &reached, 1), 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
    ASSERT_EQ(reached, 'y');
    // Its call is dropped, to the end, and the line can be had again.
    EXPECT_TRUE(until([&] { return heard.saw(S::Idle); }));
    EXPECT_TRUE(dialsAgain());
}

INSTANTIATE_TEST_SUITE_P(AtEachState, Kill,
                         testing::Values(S::Dialing, S::Proceeding, S::Connected),
                         [](const auto& state) { return std::string(tapi::name(state.param)); });

}  // namespace
}  // namespace tipring::test
