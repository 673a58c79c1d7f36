// SPDX-License-Identifier: Apache-2.0
// When a host is started again, on virtual time.
#include "tapi_core/manager_fixture.h"
#include "wire_peer.h"

namespace tipring::test {
namespace {

/// A host that can be made to fall silent, or to refuse to start.
class MortalPeer final : public SocketPeer {
public:
    MortalPeer(hal::EventLoop& loop, const TspiProvider& table, bool& alive)
        : alive_(alive),
          host_(std::make_unique<isolation::ProviderHost>(loop, std::move(far_), table)) {
        alive_ = true;
    }
    void turn() override {
        if (!alive_) {
            host_.reset();
        } else if (host_ != nullptr) {
            host_->turn();
        }
    }
    [[nodiscard]] std::string end(bool) override {
        host_.reset();
        return "was killed by a test";
    }
    void die() { host_.reset(); }

private:
    bool& alive_;
    std::unique_ptr<isolation::ProviderHost> host_;
};

class RestartTest : public ManagerFixture {
protected:
    void begin() {
        isolation::Launcher launcher = [this]() -> hal::Result<std::unique_ptr<isolation::Peer>> {
            launches.push_back(loop.now().time_since_epoch());
            if (refuse) {
                return hal::fail(ErrorCode::NoMem, "no process can be made");
            }
            auto made = std::make_unique<MortalPeer>(loop, fake.table, alive);
            peer = made.get();
            return made;
        };
        isolated = *isolation::IsolatedProvider::create(std::move(launcher), {});
        manager = std::make_unique<core::LineManager>(loop);
        ASSERT_TRUE(manager->addProvider(isolated->table(), {}));
    }
    ~RestartTest() override { manager.reset(); }
    /// It dies, and what follows is over.
    void kill() {
        peer->die();
        settle();
    }
    /// Seconds from a death to the launch after it.
    double delayAfterDeath() {
        kill();
        const auto died = loop.now().time_since_epoch();
        const std::size_t before = launches.size();
        EXPECT_TRUE(loop.advanceUntil([&] { return launches.size() > before; }, 100s));
        settle();
        return std::chrono::duration<double>(launches.back() - died).count();
    }

    bool alive = true, refuse = false;
    MortalPeer* peer = nullptr;
    std::vector<hal::Duration> launches;
    std::unique_ptr<isolation::IsolatedProvider> isolated;
};

TEST_F(RestartTest, WaitsTwiceAsLongEachTimeUpToAMinute) {
    begin();
    for (const double wanted : {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0}) {
        EXPECT_DOUBLE_EQ(delayAfterDeath(), wanted);
        EXPECT_EQ(isolated->status().state, isolation::HostState::Running);
    }
    EXPECT_EQ(isolated->status().deaths, 8u);
}

TEST_F(RestartTest, AGoodMinuteForgetsTheDeaths) {
    begin();
    EXPECT_DOUBLE_EQ(delayAfterDeath(), 1.0);
    EXPECT_DOUBLE_EQ(delayAfterDeath(), 2.0);
    loop.advance(60s);
    EXPECT_DOUBLE_EQ(delayAfterDeath(), 1.0);
}

TEST_F(RestartTest, ALaunchThatFailsCountsAsADeath) {
    begin();
    refuse = true;
    kill();
    loop.advance(10s);
    EXPECT_EQ(isolated->status().deaths, 4u);  // at 0, 1, 3 and 7 s
    EXPECT_EQ(logged("no process can be made"), 3u);
    EXPECT_EQ(isolated->status().state, isolation::HostState::Waiting);
    EXPECT_EQ(isolated->status().nextDelay, 8s);
    refuse = false;
    loop.advance(8s);
    EXPECT_EQ(isolated->status().state, isolation::HostState::Running);
}

TEST_F(RestartTest, TheLineGoesAndComesWithTheSameId) {
    begin();
    Application application(*manager, "test");
    application.watch();
    const auto line = application.address();
    const auto id = line->id();
    kill();
    EXPECT_EQ(line->state(), tapi::AddressState::OutOfService);
    EXPECT_TRUE(application.tapi->addresses().empty());
    EXPECT_EQ(isolated->status().lines, 0u);
    loop.advance(1s);
    EXPECT_EQ(application.address()->id(), id);
    EXPECT_EQ(application.address()->state(), tapi::AddressState::InService);
    EXPECT_EQ(logged("runs again"), 1u);
}

TEST_F(RestartTest, EveryPendingRequestFailsOnceWithTheCause) {
    begin();
    Application application(*manager, "test");
    application.watch();
    fake.behave = [](const std::string&) { return Behaviour{Behaviour::How::Never}; };
    Answer first, second;
    ASSERT_TRUE(application.address()->devSpecific("a", first.reply()));
    ASSERT_TRUE(application.address()->devSpecific("b", second.reply()));
    settle();
    EXPECT_EQ(first.count + second.count, 0);
    kill();
    ASSERT_EQ(first.count, 1);
    ASSERT_EQ(second.count, 1);
    EXPECT_EQ(first.result->error().code, ErrorCode::OperationFailed);
    EXPECT_NE(first.result->error().cause.find("was killed by a test"), std::string::npos);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(RestartTest, AHostThatLosesTheCoreLeavesNoCallBehind) {
    begin();
    Application application(*manager, "test");
    application.watch();
    fake.ring(fake.line());
    settle();
    kill();
    EXPECT_EQ(fake.call(0).closed, 1u);
    EXPECT_EQ(fake.line().closed, 1u);
    EXPECT_FALSE(fake.running());
    EXPECT_EQ(application.events.states().back(), LineCallState::Idle);
}

TEST_F(RestartTest, IsNotStartedAgainAfterTheManagerEnded) {
    begin();
    manager.reset();
    const std::size_t before = launches.size();
    loop.advance(200s);
    EXPECT_EQ(launches.size(), before);
    EXPECT_EQ(isolated->status().state, isolation::HostState::Ended);
}

}  // namespace
}  // namespace tipring::test
