// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tapi_core/manager_fixture.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::test {
namespace {

namespace fs = std::filesystem;

class ProviderTest : public ManagerFixture {
protected:
    ProviderTest()
        : directory(testing::TempDir() + "provider_test_state." + std::to_string(getpid())) {
        fs::remove_all(directory);
    }
    ~ProviderTest() override { fs::remove_all(directory); }
    std::string read() const {
        std::ifstream file(directory + "/lines.json");
        return {std::istreambuf_iterator<char>(file), {}};
    }
    /// The ids of the lines by name, in a fresh manager.
    std::map<std::string, std::uint32_t> idsOf(std::vector<std::string> keys) {
        FakeProvider other(std::move(keys));
        core::LineManager fresh(loop, directory);
        EXPECT_TRUE(fresh.addProvider(other.table, {}));
        std::map<std::string, std::uint32_t> ids;
        for (const auto& address : fresh.createApplication("x")->addresses()) {
            ids[address->name()] = address->id();
        }
        return ids;
    }
    std::string directory;
};

TEST_F(ProviderTest, OldTablesAndVersionsAreRefusedInWords) {
    core::LineManager lines(loop);
    TspiProvider table = fake.table;
    table.size -= 4;  // half a function
    auto added = lines.addProvider(table, {});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::IncompatibleApiVersion);
    table = fake.table;
    table.size = 200;  // without what every provider has
    EXPECT_EQ(lines.addProvider(table, {}).error().code, ErrorCode::IncompatibleApiVersion);
    table = fake.table;
    table.version = 0x00020000;
    added = lines.addProvider(table, {});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::IncompatibleApiVersion);
    EXPECT_NE(added.error().cause.find("2.0"), std::string::npos);
    EXPECT_NE(added.error().cause.find("1.0"), std::string::npos);
    table.version = 0;
    EXPECT_FALSE(lines.addProvider(table, {}));
    table = fake.table;
    table.name = "";
    EXPECT_FALSE(lines.addProvider(table, {}));
}

TEST_F(ProviderTest, ANewerTableOfTheSameContractIsTaken) {
    struct Newer {
        TspiProvider table;
        void* more = nullptr;
    } newer{fake.table};
    newer.table.size = sizeof newer;
    newer.table.version = TSPI_VERSION + 1;
    core::LineManager lines(loop);
    EXPECT_TRUE(lines.addProvider(newer.table, {}));
    EXPECT_EQ(fake.init().version, TSPI_VERSION);
}

TEST_F(ProviderTest, ALibraryThatIsNoneIsRefused) {
    core::LineManager lines(loop);
    EXPECT_EQ(lines.loadProvider("/no/such.so", {}).error().code, ErrorCode::NoDriver);
    const auto loaded = lines.loadProvider(TIPRING_NO_PROVIDER, {});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::IncompatibleApiVersion);
    EXPECT_NE(loaded.error().cause.find("tspi_provider"), std::string::npos);
    EXPECT_NE(loaded.error().cause.find("1.0"), std::string::npos);
}

TEST_F(ProviderTest, AProviderInCIsLoadedAndMakesACall) {
    core::LineManager lines(loop);
    ASSERT_TRUE(lines.loadProvider(TIPRING_SAMPLE_PROVIDER, {{"number", "42"}}));
    Application app(lines, "app");
    ASSERT_EQ(app.tapi->addresses().size(), 1u);
    EXPECT_EQ(app.address()->name(), "sample line 42");
    EXPECT_EQ(app.address()->providerName(), "sample");
    auto call = app.address()->createCall("1", tapi::MediaMode::AutomatedVoice).value();
    Answer answer;
    ASSERT_TRUE(call->connect(answer.reply()));
    loop.advance(5s);
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(call->state(), tapi::CallState::Connected);
    ASSERT_TRUE(call->disconnect(answer.reply()));
    loop.advance(1s);
    EXPECT_EQ(app.events.states().back(), LineCallState::Idle);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(ProviderTest, AProviderThatFailsToBeginIsNotThere) {
    core::LineManager lines(loop);
    fake.initResult = LINEERR_NODRIVER;
    const auto added = lines.addProvider(fake.table, {});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::NoDriver);
    EXPECT_EQ(added.error().cause, "told to fail");
    fake.table.providerInit = nullptr;
    EXPECT_EQ(lines.addProvider(fake.table, {}).error().code, ErrorCode::OperationUnavail);
}

TEST_F(ProviderTest, TheSameProviderTwiceIsRefused) {
    start();
    EXPECT_EQ(manager->addProvider(fake.table, {}).error().code, ErrorCode::InUse);
}

TEST_F(ProviderTest, ShutDownClosesCallsThenLinesThenTheProvider) {
    start();
    auto app = std::make_unique<Application>(*manager, "app");
    auto call = connected(*app);
    manager.reset();
    const auto& log = fake.log();
    ASSERT_GE(log.size(), 3u);
    EXPECT_EQ((std::vector<std::string>(log.end() - 3, log.end())),
              (std::vector<std::string>{"lineCloseCall", "lineClose", "providerShutdown"}));
    EXPECT_EQ(call->lineState(), LineCallState::Idle);
    EXPECT_EQ(call->answer({}).error().code, ErrorCode::Uninitialized);
    EXPECT_TRUE(app->tapi->addresses().empty());
    settle();
}

TEST_F(ProviderTest, IdsAreKeptWhateverComesAndGoes) {
    const auto first = idsOf({"a", "b"});
    EXPECT_EQ(idsOf({"b"}), (std::map<std::string, std::uint32_t>{{"line b", first.at("line b")}}));
    const auto third = idsOf({"c", "b", "a"});
    EXPECT_EQ(third.at("line a"), first.at("line a"));
    EXPECT_EQ(third.at("line c"), 2u);
    EXPECT_FALSE(fs::exists(directory + "/lines.json.new"));
}

TEST_F(ProviderTest, ABrokenListIsSetAsideAndReported) {
    for (const char* text : {"", "{", "[]", "{\"lines\":1}",
                             "{\"lines\":[{\"id\":-1,\"provider\":\"p\",\"key\":\"k\"}]}",
                             "{\"lines\":[{\"id\":1,\"provider\":\"p\",\"key\":\"k\"},"
                             "{\"id\":1,\"provider\":\"p\",\"key\":\"l\"}]}"}) {
        fs::create_directories(directory);
        std::ofstream(directory + "/lines.json") << text;
        logLines.clear();
        EXPECT_EQ(idsOf({"a"}).at("line a"), 0u) << text;
        EXPECT_EQ(logged("set aside"), 1u) << text;
        EXPECT_TRUE(fs::exists(directory + "/lines.json.broken"));
        EXPECT_NE(read().find("\"a\""), std::string::npos);
        fs::remove_all(directory);
    }
}

TEST_F(ProviderTest, AnUnwritableDirectoryIsReportedAndSurvived) {
    EXPECT_EQ((directory = "/proc/nonexistent", idsOf({"a"})).size(), 1u);
    EXPECT_GE(logged("line ids are not kept"), 1u);
}

TEST_F(ProviderTest, ADeviceThatIsPluggedInAgainIsTheSameLine) {
    start(directory);
    Application app(*manager, "app");
    app.watch();
    const auto address = app.address();
    auto& call = fake.ring(fake.line());
    settle();
    fake.remove(fake.line());
    settle();
    EXPECT_TRUE(app.tapi->addresses().empty());
    EXPECT_EQ(call.closed, 1u);
    EXPECT_EQ(app.events.states(), (std::vector{LineCallState::Offering,
                                                LineCallState::Disconnected, LineCallState::Idle}));
    EXPECT_EQ(address->state(), tapi::AddressState::OutOfService);
    EXPECT_EQ(
        address->createCall("1", tapi::MediaMode::AutomatedVoice).value()->connect({}).error().code,
        ErrorCode::NoDevice);
    fake.arrive("one");
    settle();
    EXPECT_EQ(app.address(), address);
    EXPECT_EQ(address->state(), tapi::AddressState::InService);
    fake.ring(fake.line(1));  // the registration is still there
    settle();
    EXPECT_EQ(app.events.all<tapi::CallNotificationEvent>().size(), 2u);
    const auto plugs = app.events.all<tapi::TapiObjectEvent>();
    ASSERT_EQ(plugs.size(), 2u);
    EXPECT_EQ(plugs[0].kind, tapi::TapiObjectEvent::Kind::AddressRemove);
    EXPECT_EQ(plugs[1].kind, tapi::TapiObjectEvent::Kind::AddressCreate);
}

TEST_F(ProviderTest, RogueHotPlugIsReported) {
    start();
    fake.arrive("one");
    fake.init().lineRemove(fake.init().context, 99);
    settle();
    EXPECT_EQ(breaches(), 2u);
}

TEST_F(ProviderTest, ALineThatIsOutOfServiceSaysWhy) {
    start();
    Application app(*manager, "app");
    app.watch();
    auto& status = fake.line().status;
    status.inService = 0;
    std::strcpy(status.cause, "no line voltage");
    fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_OUTOFSERVICE);
    settle();
    EXPECT_EQ(app.address()->state(), tapi::AddressState::OutOfService);
    EXPECT_EQ(app.address()->stateCause(), "no line voltage");
    status.inService = 1;
    fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_INSERVICE);
    settle();
    EXPECT_EQ(app.address()->state(), tapi::AddressState::InService);
    EXPECT_EQ(app.events.all<tapi::AddressEvent>().size(), 2u);
}

TEST_F(ProviderTest, DeviceIdsAndCapabilitiesAreThere) {
    start();
    Application app(*manager, "app");
    EXPECT_EQ(app.address()->deviceId("comm/portname").value(), "serial:/dev/one");
    EXPECT_EQ(app.address()->deviceId("wave/in").error().code, ErrorCode::InvalDeviceClass);
    EXPECT_EQ(fake.line().opened, fake.line().closed);
    const auto& caps = app.address()->capabilities();
    EXPECT_EQ(caps.permanentId, "one");
    EXPECT_TRUE(caps.canPlay && caps.canRecord && !caps.fullDuplex && caps.callerId);
}

/// A provider in C++ that misbehaves as C++ can.
class ThrowingProvider : public tspi::Provider {
public:
    struct OneCall : tspi::Call {
        explicit OneCall(int& closedCalls) : closed(closedCalls) {}
        hal::Result<void> answer(tspi::Request&&) override { throw std::runtime_error("boom"); }
        hal::Result<void> dial(tspi::Request&& request, std::string_view) override {
            const tspi::Request forgotten = std::move(request);
            return {};
        }
        hal::Result<void> drop(tspi::Request&& request) override {
            kept = std::move(request);
            return {};
        }
        void close() override { ++closed; }
        tspi::Request kept;
        int& closed;
    };
    struct OneLine : tspi::Line {
        OneLine(ThrowingProvider& owner, tspi::LineEvents way) : provider(owner), events(way) {}
        ~OneLine() override { provider.line = nullptr; }
        hal::Result<void> status(TspiLineStatus& status) override {
            status.connected = status.inService = 1;
            return {};
        }
        ThrowingProvider& provider;
        tspi::LineEvents events;
    };

    explicit ThrowingProvider(tspi::Session& owner)
        : session(owner), timer(owner.loop(), [this] { ++ticks; }) {
        current = this;
    }
    ~ThrowingProvider() override { current = nullptr; }
    static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session) {
        if (session.config("fail")) {
            return hal::fail(ErrorCode::ResourceUnavail, "told: " + *session.config("fail"));
        }
        return std::make_unique<ThrowingProvider>(session);
    }
    std::vector<std::string> deviceKeys() override { return {"k"}; }
    hal::Result<void> createLineDevice(std::string_view, std::uint32_t) override { return {}; }
    hal::Result<void> lineCaps(std::uint32_t, TspiLineCaps& caps) override {
        caps.mediaModes = LINEMEDIAMODE_AUTOMATEDVOICE;
        tspi::copyText(caps.name, "thrower");
        return {};
    }
    hal::Result<std::unique_ptr<tspi::Line>> openLine(std::uint32_t,
                                                      const tspi::LineEvents& events) override {
        auto made = std::make_unique<OneLine>(*this, events);
        line = made.get();
        return made;
    }
    tspi::Session& session;
    hal::Timer timer;
    OneLine* line = nullptr;
    int closedCalls = 0;
    OneCall call{closedCalls};
    int ticks = 0;
    static inline ThrowingProvider* current = nullptr;
};

class ShimTest : public ManagerFixture {
protected:
    void SetUp() override {
        manager = std::make_unique<core::LineManager>(loop);
        ASSERT_TRUE(manager->addProvider(*tspi::providerTable<ThrowingProvider>("thrower"), {}));
        app = std::make_unique<Application>(*manager, "app");
        app->watch();
        auto& provider = *ThrowingProvider::current;
        handle = provider.line->events.newCall(provider.call);
        provider.line->events.callState(handle, LINECALLSTATE_OFFERING);
        settle();
        call = app->address()->calls().at(0);
    }
    void TearDown() override { app.reset(); }
    std::unique_ptr<Application> app;
    std::shared_ptr<tapi::Call> call;
    HTAPICALL handle = nullptr;
    Answer answer;
};

TEST_F(ShimTest, WhatIsThrownIsARefusal) {
    const auto asked = call->answer(answer.reply());
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().code, ErrorCode::OperationFailed);
    EXPECT_EQ(asked.error().cause, "boom");
    settle();
    EXPECT_EQ(answer.count, 0);
}

TEST_F(ShimTest, AForgottenRequestIsCompletedAsFailed) {
    ASSERT_TRUE(call->dial("1", answer.reply()));
    settle();
    ASSERT_EQ(answer.count, 1);
    EXPECT_EQ(answer.result->error().code, ErrorCode::OperationFailed);
    EXPECT_NE(answer.result->error().cause.find("dropped the request"), std::string::npos);
}

TEST_F(ShimTest, ARequestCompletesOnce) {
    ASSERT_TRUE(call->disconnect(answer.reply()));
    auto& kept = ThrowingProvider::current->call.kept;
    EXPECT_TRUE(kept);
    kept.succeed();
    kept.succeed();
    kept.fail({ErrorCode::InUse, "late"});
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_TRUE(*answer.result);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(ShimTest, DefaultsAreUnavailable) {
    EXPECT_EQ(app->address()->devSpecific("x", {}).error().code, ErrorCode::OperationUnavail);
    EXPECT_EQ(app->address()
                  ->createCall("1", tapi::MediaMode::AutomatedVoice)
                  .value()
                  ->connect({})
                  .error()
                  .code,
              ErrorCode::OperationUnavail);
}

TEST_F(ShimTest, TheHostsLoopRunsTimersPostsAndWatches) {
    auto& provider = *ThrowingProvider::current;
    hal::EventLoop& hosts = provider.session.loop();
    EXPECT_EQ(hosts.now(), loop.now());
    EXPECT_EQ(hosts.wallNow(), loop.wallNow());
    provider.timer.arm(3s);
    EXPECT_TRUE(provider.timer.armed());
    std::vector<int> order;
    hosts.post([&] {
        order.push_back(1);
        hosts.post([&] { order.push_back(3); });
    });
    hosts.post([&] { order.push_back(2); });
    settle();
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
    loop.advance(4s);
    EXPECT_EQ(provider.ticks, 1);
    EXPECT_FALSE(provider.timer.armed());
    std::optional<hal::Timer> suicidal;
    suicidal.emplace(hosts, [&] { suicidal.reset(); });
    suicidal->arm(1s);
    loop.advance(2s);
    EXPECT_FALSE(suicidal);
    int fds[2];
    ASSERT_EQ(::pipe(fds), 0);
    int reads = 0;
    {
        auto watch = hal::Watch::create(hosts, fds[0], hal::Io::Read, [&](hal::Io) {
            char c = 0;
            reads += static_cast<int>(::read(fds[0], &c, 1));
        });
        ASSERT_TRUE(watch);
        ASSERT_EQ(::write(fds[1], "x", 1), 1);
        settle();
        EXPECT_EQ(reads, 1);
        EXPECT_TRUE(watch->change(hal::Io::None));
    }
    ::close(fds[0]);
    ::close(fds[1]);
    EXPECT_FALSE(hal::SignalWatch::create(hosts, 10, [] {}));
    hosts.run();
    hosts.stop();
    EXPECT_EQ(logged("core's loop"), 2u);
}

TEST_F(ShimTest, HandlesAreFreedOnce) {
    auto& provider = *ThrowingProvider::current;
    provider.line->events.closed();
    settle();
    EXPECT_EQ(provider.closedCalls, 1);
    EXPECT_EQ(provider.line, nullptr);
}

TEST(ShimConfigTest, TheConfigurationAndTheFailureAreTold) {
    hal::VirtualLoop loop;
    core::LineManager manager(loop);
    const auto added =
        manager.addProvider(*tspi::providerTable<ThrowingProvider>("thrower"), {{"fail", "now"}});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::ResourceUnavail);
    EXPECT_EQ(added.error().cause, "told: now");
}

TEST(CopyTextTest, NeverCutsACharacter) {
    char field[4];
    tspi::copyText(field, "ab\xc3\xa4");
    EXPECT_STREQ(field, "ab");
    tspi::copyText(field, "abc");
    EXPECT_STREQ(field, "abc");
    tspi::copyText(field, "");
    EXPECT_STREQ(field, "");
}

}  // namespace
}  // namespace tipring::test
