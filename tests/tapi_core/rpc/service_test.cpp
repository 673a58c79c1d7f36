// SPDX-License-Identifier: Apache-2.0
// What a service does with clients that leave, do not read, want too much, or speak by hand; and
// what a client does when its service leaves.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include "tapi_core/rpc/service_thread.h"
#include "tapi_core/rpc/test_bus.h"
#include "tipring/tapi_core/rpc/client.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::test {
namespace {

using namespace std::chrono_literals;
using rpc::BusAddress;

struct Heard : tapi::EventSink {
    void onEvent(const tapi::Event& event) override { events.push_back(event); }
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
    std::vector<tapi::Event> events;
};

class Service : public testing::Test {
protected:
    void start(rpc::ClientLimits limits = {}) {
        service.emplace(ServiceThread::Options{
            bus.address(), "unix:path=" + bus.folder() + "/peer", 1, limits, {}});
    }
    std::unique_ptr<tapi::Tapi> connect(const std::string& name = "test", bool peer = false) {
        const BusAddress where =
            peer ? BusAddress{BusAddress::Kind::Peer, "unix:path=" + bus.folder() + "/peer"}
                 : BusAddress{BusAddress::Kind::Bus, bus.address()};
        auto made = rpc::connect(*loop, {where, name});
        EXPECT_TRUE(made) << made.error().text();
        return made ? std::move(*made) : nullptr;
    }
    /// Turns the client's loop until it holds.
    bool until(const std::function<bool()>& done) {
        for (int i = 0; i < 2000 && !done(); ++i) {
            loop->runOnce(5ms);
        }
        return done();
    }
    /// Turns the service's loop until it holds there.
    bool there(const std::function<bool(ServiceThread::Parts&)>& done) {
        bool held = false;
        for (int i = 0; i < 2000 && !held; ++i) {
            service->run([&](ServiceThread::Parts& parts) {
                held = done(parts);
                if (!held) {
                    loop->runOnce(1ms);
                }
            });
        }
        return held;
    }
    /// busctl on the test's bus.
    std::string busctl(std::vector<std::string> arguments) {
        std::vector<std::string> all{"/usr/bin/env", "busctl", "--address=" + bus.address()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        tools::Process process(all);
        process.finish();
        return process.output() + process.errors();
    }

    TestBus bus;
    std::optional<ServiceThread> service;
    std::unique_ptr<hal::EpollLoop> loop = hal::EpollLoop::create().value();
};

constexpr const char* kName = "org.tipring.Tipring1";
constexpr const char* kLine = "/org/tipring/Tipring1/address/0";

TEST_F(Service, AClientThatVanishesGivesItsCallsUp) {
    start();
    auto tapi = connect();
    const auto call = tapi->addresses().at(0)->createCall("12", tapi::MediaMode::AutomatedVoice);
    ASSERT_TRUE(call);
    bool replied = false;
    ASSERT_TRUE((*call)->connect([&](const auto&) { replied = true; }));
    ASSERT_TRUE(until([&] { return replied; }));
    service->run([](ServiceThread::Parts& parts) {
        parts.fake.state(parts.fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    });
    tapi.reset();
    EXPECT_TRUE(there([](ServiceThread::Parts& parts) {
        return parts.fake.count("lineDrop") == 1 && parts.server.clients() == 0;
    }));
}

TEST_F(Service, SignalsGoToWhoAskedAndToNobodyElse) {
    start();
    Heard asked, silent;
    auto one = connect("one"), other = connect("other");
    one->setEventSink(&asked);
    one->setEventFilter(tapi::kAllEvents);
    other->setEventSink(&silent);
    ASSERT_TRUE(one->registerCallNotifications(one->addresses().at(0), {}));
    ASSERT_TRUE(other->registerCallNotifications(other->addresses().at(0),
                                                 {.owner = false, .monitor = true}));
    service->run([](ServiceThread::Parts& parts) {
        parts.fake.ring(parts.fake.line(), LINEMEDIAMODE_AUTOMATEDVOICE);
    });
    EXPECT_TRUE(until([&] { return asked.all<tapi::CallNotificationEvent>().size() == 1; }));
    (void)other->addresses();
    loop->runOnce(0ms);
    EXPECT_TRUE(silent.events.empty());
}

TEST_F(Service, RegistrationsAndCallsOfAClientAreLimited) {
    start({.registrations = 3, .calls = 2});
    auto tapi = connect();
    const auto line = tapi->addresses().at(0);
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(tapi->registerCallNotifications(line, {}));
    }
    EXPECT_EQ(tapi->registerCallNotifications(line, {}).error().code,
              hal::ErrorCode::ResourceUnavail);
    std::vector<std::shared_ptr<tapi::Call>> kept;
    for (int i = 0; i < 2; ++i) {
        kept.push_back(line->createCall("1", tapi::MediaMode::AutomatedVoice).value());
    }
    EXPECT_EQ(line->createCall("1", tapi::MediaMode::AutomatedVoice).error().code,
              hal::ErrorCode::ResourceUnavail);
    // Another client is not concerned.
    auto other = connect("other");
    EXPECT_TRUE(other->registerCallNotifications(other->addresses().at(0), {}));
}

/// Asks for signals over a connection of its own and never reads one.
TEST_F(Service, AClientThatDoesNotReadIsCutOff) {
    start({.unreadEvents = 256});
    Heard heard;
    auto reader = connect("reader");
    auto deaf = connect("deaf", true);
    for (const auto& tapi : {reader.get(), deaf.get()}) {
        tapi->setEventSink(&heard);
        tapi->setEventFilter(tapi::EventClass::Address);
        ASSERT_TRUE(tapi->registerCallNotifications(tapi->addresses().at(0), {}));
    }
    auto far = hal::EpollLoop::create().value();
    ASSERT_TRUE(there([](ServiceThread::Parts& parts) { return parts.server.clients() == 2; }));
    // Neither loop of the test turns now.
    for (int i = 0; i < 100; ++i) {
        service->run([](ServiceThread::Parts& parts) {
            for (int n = 0; n < 4; ++n) {
                parts.fake.event(parts.fake.line(), nullptr, LINE_LINEDEVSTATE,
                                 LINEDEVSTATE_RINGING, 1, static_cast<std::uintptr_t>(n));
            }
        });
    }
    service->settle();
    std::size_t left = 0;
    service->run([&](ServiceThread::Parts& parts) { left = parts.server.clients(); });
    EXPECT_EQ(left, 0U);
    // Whoever comes now is served.
    EXPECT_EQ(connect("next")->addresses().size(), 1U);
}

TEST_F(Service, BusctlMakesACallAndEndsIt) {
    start();
    const std::string dialled =
        busctl({"call", kName, kLine, "org.tipring.Address1", "Dial", "s", "5551234"});
    ASSERT_EQ(dialled.rfind("o \"/org/tipring/Tipring1/call/", 0), 0U) << dialled;
    const std::string path = dialled.substr(3, dialled.find('"', 3) - 3);
    service->run([](ServiceThread::Parts& parts) {
        EXPECT_EQ(parts.fake.lastCall().number, "5551234");
        parts.fake.state(parts.fake.lastCall(), LINECALLSTATE_CONNECTED,
                         LINECONNECTEDMODE_CONFIRMED);
    });
    service->settle();
    EXPECT_EQ(busctl({"get-property", kName, path, "org.tipring.Call1", "State"}), "u 2\n");
    EXPECT_EQ(busctl({"call", kName, path, "org.tipring.Call1", "Answer"}),
              "Call failed: cannot answer: the call is connected\n");
    EXPECT_EQ(busctl({"call", kName, path, "org.tipring.Call1", "HangUp"}), "");
    service->run([](ServiceThread::Parts& parts) { EXPECT_EQ(parts.fake.count("lineDrop"), 1U); });
}

TEST_F(Service, TheTreeCanBeReadByWhoKnowsNothing) {
    start();
    const std::string tree = busctl({"tree", "--list", kName});
    EXPECT_NE(tree.find(kLine), std::string::npos) << tree;
    const std::string line = busctl({"introspect", kName, kLine});
    for (const char* member : {"org.tipring.Address1", ".CreateCall", ".Capabilities", ".Event"}) {
        EXPECT_NE(line.find(member), std::string::npos) << line;
    }
    const std::string all = busctl({"call", kName, "/org/tipring/Tipring1",
                                    "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"});
    EXPECT_NE(all.find("\"org.tipring.Address1\""), std::string::npos) << all;
    EXPECT_NE(
        busctl({"call", kName, "/org/tipring/Tipring1/call/99", "org.tipring.Call1", "Answer"})
            .find("Unknown object"),
        std::string::npos);
    EXPECT_NE(busctl({"call", kName, kLine, "org.tipring.Address1", "Forward", "a(usu)u", "0", "5",
                      "--json=short"}),
              "");
}

/// A library may look at the tree before its program says a word (dbus-python does).
TEST_F(Service, AClientNamesItselfOnceAndInTime) {
    start();
    auto tapi = connect("first");
    const std::string root = "/org/tipring/Tipring1";
    const std::string asked = busctl({"call", kName, root, "org.tipring.Tapi1", "Open", "s", ""});
    EXPECT_EQ(asked, "Call failed: a client's name has 1 to 128 bytes\n");
    EXPECT_EQ(busctl({"call", kName, root, "org.tipring.Tapi1", "Open", "s", "x"}), "");
}

TEST_F(Service, AServiceThatComesBackIsUsedAgain) {
    start();
    Heard heard;
    auto tapi = connect();
    tapi->setEventSink(&heard);
    tapi->setEventFilter(tapi::kAllEvents);
    const auto line = tapi->addresses().at(0);
    ASSERT_TRUE(tapi->registerCallNotifications(line, {.callbackInstance = 5}));
    service->run([](ServiceThread::Parts& parts) {
        parts.fake.ring(parts.fake.line(), LINEMEDIAMODE_AUTOMATEDVOICE);
    });
    ASSERT_TRUE(until([&] { return !heard.all<tapi::CallStateEvent>().empty(); }));
    const auto call = heard.all<tapi::CallStateEvent>().front().call;
    service.reset();
    ASSERT_TRUE(until([&] {
        const auto states = heard.all<tapi::CallStateEvent>();
        return states.back().lineState == tapi::LineCallState::Idle;
    }));
    const auto states = heard.all<tapi::CallStateEvent>();
    EXPECT_EQ(states.at(states.size() - 2).lineState, tapi::LineCallState::Disconnected);
    EXPECT_EQ(states.back().cause, "the telephony service went away");
    EXPECT_EQ(states.back().callbackInstance, 5U);
    EXPECT_EQ(call->lineState(), tapi::LineCallState::Idle);
    EXPECT_EQ(line->state(), tapi::AddressState::OutOfService);
    EXPECT_EQ(line->createCall("1", tapi::MediaMode::AutomatedVoice).error().code,
              hal::ErrorCode::ResourceUnavail);

    heard.events.clear();
    start();
    ASSERT_TRUE(until([&] { return !heard.all<tapi::TapiObjectEvent>().empty(); }));
    EXPECT_EQ(heard.all<tapi::TapiObjectEvent>().front().kind, tapi::TapiObjectEvent::Kind::Reinit);
    service->run([](ServiceThread::Parts& parts) {
        parts.fake.ring(parts.fake.line(), LINEMEDIAMODE_AUTOMATEDVOICE);
    });
    EXPECT_TRUE(until([&] { return heard.all<tapi::CallNotificationEvent>().size() == 1; }));
}

TEST_F(Service, FilesOutsideOfTheGivenFoldersAreRefused) {
    start();
    auto tapi = connect();
    const auto call =
        tapi->addresses().at(0)->createCall("1", tapi::MediaMode::AutomatedVoice).value();
    const auto played = call->play("/etc/passwd", [](const auto&) {});
    ASSERT_FALSE(played);
    EXPECT_EQ(played.error().code, hal::ErrorCode::OperationUnavail);
    EXPECT_FALSE(call->addTerminal(tapi::FileRecordTerminal{"/tmp/../tmp/x.wav"}));
}

TEST_F(Service, SoundGoesThroughAPassedDescriptor) {
    start();
    auto tapi = connect();
    const auto call =
        tapi->addresses().at(0)->createCall("1", tapi::MediaMode::AutomatedVoice).value();
    bool replied = false;
    ASSERT_TRUE(call->connect([&](const auto&) { replied = true; }));
    ASSERT_TRUE(until([&] { return replied; }));
    service->run([](ServiceThread::Parts& parts) {
        parts.fake.state(parts.fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    });
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    hal::FileDescriptor ours(ends[0]);
    const auto ear = call->addTerminal(tapi::DescriptorTerminal{"ear", hal::FileDescriptor(ends[1]),
                                                                tapi::TerminalDirection::Render});
    ASSERT_TRUE(ear) << ear.error().text();
    replied = false;
    ASSERT_TRUE(call->startTerminal(*ear, [&](const auto&) { replied = true; }));
    ASSERT_TRUE(until([&] { return replied; }));
    service->run(
        [](ServiceThread::Parts& parts) { parts.fake.tick(parts.fake.lastMedia(), 160, 1234); });
    std::int16_t sample = 0;
    ASSERT_EQ(::recv(ours.get(), &sample, sizeof sample, 0), 2);
    EXPECT_EQ(sample, 1234);
    EXPECT_EQ(call->mediaStatus().terminals.at(0).name, "ear");
    EXPECT_EQ(call->startTerminal(tapi::TerminalId{77}, [](const auto&) {}).error().code,
              hal::ErrorCode::InvalTerminalId);
}

}  // namespace
}  // namespace tipring::test
