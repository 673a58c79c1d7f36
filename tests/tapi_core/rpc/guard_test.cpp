// SPDX-License-Identifier: Apache-2.0
// Who may what, how often, and which numbers: what stands between a client and the lines. And what
// a client that means harm does to the others.
#include <gtest/gtest.h>
#include <systemd/sd-bus.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <optional>
#include <random>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/token_bucket.h"
#include "tapi_core/rpc/service_thread.h"
#include "tapi_core/rpc/test_bus.h"
#include "tipring/tapi_core/rpc/client.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::test {
namespace {

using namespace std::chrono_literals;
using rpc::BusAddress;
using rpc::Right;
using rpc::Rights;
using rpc::TokenBucket;

TEST(TokenBucket, GivesABurstAndThenTheRate) {
    TokenBucket bucket(10, 3);
    const hal::TimePoint start(5s);
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(bucket.take(start));
    }
    EXPECT_FALSE(bucket.take(start));
    EXPECT_FALSE(bucket.take(start + 99ms));
    EXPECT_TRUE(bucket.take(start + 101ms));
    EXPECT_FALSE(bucket.take(start + 102ms));
    // However long it rests, it holds no more than a burst, and time does not run backwards.
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(bucket.take(start + 1h));
    }
    EXPECT_FALSE(bucket.take(start));
    EXPECT_FALSE(bucket.take(start + 1h));
    TokenBucket none(0, 1);
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(none.take(start));
    }
}

TEST(Rights, AreGivenByUserAndByGroup) {
    Rights rights;
    rights.all = {4000};
    rights.holders[static_cast<std::size_t>(Right::Dial)].groups = {77};
    rights.holders[static_cast<std::size_t>(Right::Answer)].users = {1001};
    const struct {
        rpc::Identity who;
        bool monitor, answer, dial, configure;
    } rows[] = {
        {{true, 4000, {}}, true, true, true, true},
        {{false, 4000, {}}, false, false, false, false},
        {{true, 1001, {}}, true, true, false, false},
        {{true, 1002, {5, 77}}, true, false, true, false},
        {{true, 1002, {5}}, false, false, false, false},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(rights.has(row.who, Right::Monitor), row.monitor) << row.who.uid;
        EXPECT_EQ(rights.has(row.who, Right::Answer), row.answer) << row.who.uid;
        EXPECT_EQ(rights.has(row.who, Right::Dial), row.dial) << row.who.uid;
        EXPECT_EQ(rights.has(row.who, Right::Configure), row.configure) << row.who.uid;
    }
    EXPECT_EQ(rights.grant(Right::Monitor, {"root", "@root", "@no such group", "no such user"}),
              (std::vector<std::string>{"@no such group", "no such user"}));
    EXPECT_TRUE(rights.has({true, 0, {}}, Right::Monitor));
    EXPECT_FALSE(rights.has({true, 0, {}}, Right::Dial));
}

constexpr const char* kName = "org.tipring.Tipring1";
constexpr const char* kLine = "/org/tipring/Tipring1/address/0";
constexpr const char* kRoot = "/org/tipring/Tipring1";

/// A service whose every client is a stranger, until a test says otherwise.
class Guard : public testing::Test {
protected:
    void start(rpc::ClientLimits limits = {}) {
        service.emplace(ServiceThread::Options{
            bus.address(), "unix:path=" + bus.folder() + "/peer", 1, limits, {}});
    }
    void give(std::vector<Right> given, bool polkit = false) {
        Rights rights;
        rights.all.clear();
        rights.polkit = polkit;
        rights.file = "/etc/tipring/tipringd.toml";
        for (const Right one : given) {
            rights.holders[static_cast<std::size_t>(one)].users = {::getuid()};
        }
        service->run([&](ServiceThread::Parts& parts) { parts.server.setRights(rights); });
    }
    void bar(rpc::DialBarring barring) {
        service->run([&](ServiceThread::Parts& parts) { parts.server.setDialBarring(barring); });
    }
    std::string busctl(std::vector<std::string> arguments) {
        std::vector<std::string> all{"/usr/bin/env", "busctl", "--address=" + bus.address()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        tools::Process process(all);
        process.finish();
        return process.output() + process.errors();
    }
    std::string dial(const std::string& number) {
        return busctl({"call", kName, kLine, "org.tipring.Address1", "Dial", "s", number});
    }
    rpc::ServerCounters counters() {
        rpc::ServerCounters out;
        service->run([&](ServiceThread::Parts& parts) { out = parts.server.counters(); });
        return out;
    }
    std::unique_ptr<tapi::Tapi> connect(bool peer = false) {
        const BusAddress where =
            peer ? BusAddress{BusAddress::Kind::Peer, "unix:path=" + bus.folder() + "/peer"}
                 : BusAddress{BusAddress::Kind::Bus, bus.address()};
        auto made = rpc::connect(*loop, {where, "test"});
        EXPECT_TRUE(made) << made.error().text();
        return made ? std::move(*made) : nullptr;
    }
    /// A client that means well still hears what it asked for.
    void expectServed() {
        struct Ears : tapi::EventSink {
            void onEvent(const tapi::Event& event) override {
                rings += std::holds_alternative<tapi::AddressEvent>(event) ? 1 : 0;
            }
            int rings = 0;
        } ears;
        auto good = connect();
        ASSERT_TRUE(good);
        good->setEventSink(&ears);
        good->setEventFilter(tapi::EventClass::Address);
        ASSERT_TRUE(good->registerCallNotifications(good->addresses().at(0), {}));
        service->run([](ServiceThread::Parts& parts) {
            parts.fake.event(parts.fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, 1,
                             1);
        });
        for (int i = 0; i < 2000 && ears.rings == 0; ++i) {
            loop->runOnce(5ms);
        }
        EXPECT_EQ(ears.rings, 1);
        good->setEventSink(nullptr);
    }

    TestBus bus;
    std::optional<ServiceThread> service;
    std::unique_ptr<hal::EpollLoop> loop = hal::EpollLoop::create().value();
};

TEST_F(Guard, AStrangerIsToldWhichRightItLacksAndHowToGetIt) {
    start();
    give({});
    EXPECT_EQ(
        busctl({"call", kName, kRoot, "org.tipring.Tapi1", "Open", "s", "x"}),
        "Call failed: this needs the right \"monitor\": be in the group tipring-monitor, or be "
        "named in [rights] monitor of /etc/tipring/tipringd.toml\n");
    const auto peer = rpc::connect(
        *loop, {{BusAddress::Kind::Peer, "unix:path=" + bus.folder() + "/peer"}, "stranger"});
    ASSERT_FALSE(peer);
    EXPECT_EQ(peer.error().code, hal::ErrorCode::OperationUnavail);
    // D-Bus's own interfaces tell a stranger nothing either.
    const auto property = busctl({"get-property", kName, kRoot, "org.tipring.Tapi1", "Version"});
    EXPECT_NE(property.find("the right \"monitor\""), std::string::npos) << property;
    const auto tree =
        busctl({"call", kName, kRoot, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"});
    EXPECT_EQ(tree.find("org.tipring.Address1"), std::string::npos) << tree;
    EXPECT_EQ(busctl({"tree", "--list", kName}).find("address/0"), std::string::npos);
}

TEST_F(Guard, EachRightIsOneOfItsOwn) {
    start();
    give({Right::Monitor});
    EXPECT_EQ(busctl({"call", kName, kRoot, "org.tipring.Tapi1", "Open", "s", "x"}), "");
    EXPECT_NE(dial("5551234").find("the right \"dial\""), std::string::npos);
    const auto flags = counters();
    EXPECT_EQ(flags.noRight, 1U);
    give({Right::Dial});
    const std::string dialled = dial("5551234");
    ASSERT_EQ(dialled.rfind("o \"/org/tipring/Tipring1/call/", 0), 0U) << dialled;
    const std::string path = dialled.substr(3, dialled.find('"', 3) - 3);
    EXPECT_NE(
        busctl({"call", kName, path, "org.tipring.Call1", "HangUp"}).find("the right \"answer\""),
        std::string::npos);
    EXPECT_NE(busctl({"call", kName, kRoot, "org.tipring.Tapi1", "SetRequestPriority", "u", "1"})
                  .find("the right \"configure\""),
              std::string::npos);
    give({Right::Answer, Right::Configure});
    EXPECT_EQ(busctl({"call", kName, path, "org.tipring.Call1", "HangUp"}), "");
    EXPECT_EQ(busctl({"call", kName, kRoot, "org.tipring.Tapi1", "SetRequestPriority", "u", "1"}),
              "");
}

/// Answers CheckAuthorization as it is told; what it was asked is kept.
class FakePolkit {
public:
    FakePolkit(const std::string& address, bool grants) : grants_(grants) {
        EXPECT_GE(sd_bus_new(&bus_), 0);
        EXPECT_GE(sd_bus_set_address(bus_, address.c_str()), 0);
        EXPECT_GE(sd_bus_set_bus_client(bus_, 1), 0);
        EXPECT_GE(sd_bus_start(bus_), 0);
        EXPECT_GE(sd_bus_add_filter(bus_, nullptr, onMessage, this), 0);
        EXPECT_GE(sd_bus_request_name(bus_, "org.freedesktop.PolicyKit1", 0), 0);
        thread_ = std::thread([this] {
            while (!stop_) {
                if (sd_bus_process(bus_, nullptr) == 0) {
                    sd_bus_wait(bus_, 20'000);
                }
            }
        });
    }
    ~FakePolkit() {
        stop_ = true;
        thread_.join();
        sd_bus_flush_close_unref(bus_);
    }
    std::string action;

private:
    static int onMessage(sd_bus_message* message, void* self, sd_bus_error*) {
        auto& polkit = *static_cast<FakePolkit*>(self);
        if (sd_bus_message_is_method_call(message, "org.freedesktop.PolicyKit1.Authority",
                                          "CheckAuthorization") <= 0) {
            return 0;
        }
        const char* action = "";
        sd_bus_message_skip(message, "(sa{sv})");
        sd_bus_message_read(message, "s", &action);
        polkit.action = action;
        sd_bus_reply_method_return(message, "(bba{ss})", polkit.grants_ ? 1 : 0, 0, 0);
        return 1;
    }

    const bool grants_;
    sd_bus* bus_ = nullptr;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

TEST_F(Guard, PolkitIsAskedForWhomTheConfigurationDoesNotName) {
    start();
    give({Right::Monitor}, true);
    // Where there is none, the configuration decides.
    EXPECT_NE(dial("5551234").find("the right \"dial\""), std::string::npos);
    {
        FakePolkit no(bus.address(), false);
        EXPECT_NE(dial("5551234").find("the right \"dial\""), std::string::npos);
        EXPECT_EQ(no.action, "org.tipring.dial");
    }
    FakePolkit yes(bus.address(), true);
    EXPECT_EQ(dial("5551234").rfind("o \"/org/tipring/Tipring1/call/", 0), 0U);
    EXPECT_EQ(yes.action, "org.tipring.dial");
}

TEST_F(Guard, BarredNumbersAreDialledForNobody) {
    start();
    bar({{"1900*"}, {}, {}});
    EXPECT_NE(dial("1900555").find("numbers like 1900* are barred"), std::string::npos);
    auto tapi = connect();
    const auto line = tapi->addresses().at(0);
    EXPECT_EQ(line->createCall("9,1900555", tapi::MediaMode::InteractiveVoice).error().code,
              hal::ErrorCode::OperationUnavail);
    EXPECT_FALSE(tapi->requestMakeCall({"1900555", "x", "", ""}));
    EXPECT_FALSE(line->forward({{LINEFORWARDMODE_UNCOND, "1900555", 0}}, 0, [](const auto&) {}));
    // Nor in pieces.
    const auto call = line->createCall("19;", tapi::MediaMode::InteractiveVoice);
    ASSERT_TRUE(call) << call.error().text();
    const auto rest = (*call)->dial("00555", [](const auto&) {});
    ASSERT_FALSE(rest);
    EXPECT_NE(rest.error().cause.find("barred"), std::string::npos) << rest.error().cause;
    EXPECT_EQ(counters().barred, 5U);
    EXPECT_TRUE(line->createCall("911", tapi::MediaMode::InteractiveVoice));
    EXPECT_TRUE(line->createCall("5551234", tapi::MediaMode::InteractiveVoice));
}

TEST_F(Guard, WhoAsksTooOftenIsRefusedAndNobodyElse) {
    // So slow a rate gives nothing back while the test runs.
    start({.requestRate = 1, .requestBurst = 50});
    auto busy = connect(true);
    const auto line = busy->addresses().at(0);
    std::size_t refused = 0;
    for (int i = 0; i < 100; ++i) {
        const auto cookie = busy->registerCallNotifications(line, {});
        if (!cookie) {
            EXPECT_EQ(cookie.error().code, hal::ErrorCode::ResourceUnavail);
            EXPECT_NE(cookie.error().cause.find("times a second"), std::string::npos);
            ++refused;
        }
    }
    EXPECT_GT(refused, 40U);
    EXPECT_GE(counters().overRate, refused);
    expectServed();
}

TEST_F(Guard, TenThousandRegistrationsHarmNobody) {
    start({.requestRate = 0});
    auto greedy = connect(true);
    const auto line = greedy->addresses().at(0);
    std::size_t taken = 0;
    for (int i = 0; i < 10000; ++i) {
        taken += greedy->registerCallNotifications(line, {}) ? 1 : 0;
    }
    EXPECT_EQ(taken, rpc::ClientLimits{}.registrations);
    expectServed();
}

int ignore(sd_bus_message*, void*, sd_bus_error*) {
    return 0;
}

/// One that never reads: it asks, and lets the answers lie.
TEST_F(Guard, WhoReadsNoRepliesIsCutOff) {
    start({.unreadEvents = 256, .requestRate = 0});
    sd_bus* deaf = nullptr;
    ASSERT_GE(sd_bus_new(&deaf), 0);
    ASSERT_GE(sd_bus_set_address(deaf, ("unix:path=" + bus.folder() + "/peer").c_str()), 0);
    ASSERT_GE(sd_bus_start(deaf), 0);
    ASSERT_GE(sd_bus_call_method(deaf, nullptr, kRoot, "org.tipring.Tapi1", "Open", nullptr,
                                 nullptr, "s", "deaf"),
              0);
    for (int i = 0; i < 400; ++i) {
        // With a handler: else sd-bus asks for no reply.
        (void)sd_bus_call_method_async(deaf, nullptr, nullptr, kRoot,
                                       "org.freedesktop.DBus.Properties", "GetAll", ignore, nullptr,
                                       "s", "org.tipring.Tapi1");
    }
    (void)sd_bus_flush(deaf);
    bool gone = false;
    for (int i = 0; i < 2000 && !gone; ++i) {
        service->run([&](ServiceThread::Parts& parts) {
            gone = parts.server.counters().cutOff == 1 && parts.server.clients() == 0;
        });
        loop->runOnce(2ms);
    }
    EXPECT_TRUE(gone);
    expectServed();
    sd_bus_close_unref(deaf);
}

int connectTo(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return socket;
}

/// A message of D-Bus's wire, little-endian (D-Bus specification, "Message Protocol").
class WireMessage {
public:
    void number(std::uint32_t value) {
        bytes.resize((bytes.size() + 3) / 4 * 4);
        for (int shift = 0; shift < 32; shift += 8) {
            bytes.push_back(static_cast<std::uint8_t>(value >> shift));
        }
    }
    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        bytes.insert(bytes.end(), value.begin(), value.end());
        bytes.push_back(0);
    }
    void field(std::uint8_t code, char type, std::string_view value) {
        bytes.resize((bytes.size() + 7) / 8 * 8);
        bytes.insert(bytes.end(), {code, 1, static_cast<std::uint8_t>(type), 0});
        text(value);
    }
    std::vector<std::uint8_t> bytes;
};

/// Open("hostile"), to be spoilt.
std::vector<std::uint8_t> validCall() {
    WireMessage body;
    body.text("hostile");
    WireMessage head;
    head.bytes = {'l', 1, 0, 1};
    head.number(static_cast<std::uint32_t>(body.bytes.size()));
    head.number(1);
    head.number(0);  // length of the fields
    const auto begin = head.bytes.size();
    head.field(1, 'o', kRoot);
    head.field(2, 's', "org.tipring.Tapi1");
    head.field(3, 's', "Open");
    head.bytes.resize((head.bytes.size() + 7) / 8 * 8);
    head.bytes.insert(head.bytes.end(), {8, 1, 'g', 0, 1, 's', 0});
    head.bytes[12] = static_cast<std::uint8_t>(head.bytes.size() - begin);
    head.bytes.resize((head.bytes.size() + 7) / 8 * 8);
    head.bytes.insert(head.bytes.end(), body.bytes.begin(), body.bytes.end());
    return head.bytes;
}

std::vector<std::uint8_t> withGreeting(const std::vector<std::uint8_t>& message) {
    const std::string text = "AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";
    std::vector<std::uint8_t> bytes(1, 0);
    bytes.insert(bytes.end(), text.begin(), text.end());
    bytes.insert(bytes.end(), message.begin(), message.end());
    return bytes;
}

TEST_F(Guard, SpoiltMessagesHarmNobody) {
    start();
    const auto call = validCall();
    ASSERT_GT(call.size(), 100U);
    // It is one: unspoilt, it is answered.
    const auto whole = withGreeting(call);
    const int first = connectTo(bus.folder() + "/peer");
    ASSERT_EQ(::send(first, whole.data(), whole.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(whole.size()));
    bool served = false;
    for (int i = 0; i < 2000 && !served; ++i) {
        service->run(
            [&](ServiceThread::Parts& parts) { served = parts.server.counters().requests == 1; });
        loop->runOnce(2ms);
    }
    EXPECT_TRUE(served);
    ::close(first);
    std::mt19937 random(7);
    for (int i = 0; i < 300; ++i) {
        auto spoilt = call;
        for (auto flips = 1 + random() % 6; flips > 0; --flips) {
            spoilt[random() % spoilt.size()] = static_cast<std::uint8_t>(random());
        }
        spoilt.resize(random() % 3 == 0 ? random() % spoilt.size() : spoilt.size());
        const auto bytes = i % 4 == 0 ? spoilt : withGreeting(spoilt);
        // To the service itself, and to the bus daemon, which is its guard.
        for (const char* at : {"/peer", "/bus"}) {
            const int socket = connectTo(bus.folder() + at);
            (void)::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            ::close(socket);
        }
        if (i % 16 == 0) {
            service->settle();
        }
    }
    expectServed();
}

}  // namespace
}  // namespace tipring::test
