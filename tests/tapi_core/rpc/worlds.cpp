// SPDX-License-Identifier: Apache-2.0
#include "tapi_core/rpc/worlds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <utility>

#include "tapi_core/rpc/service_thread.h"
#include "tapi_core/rpc/test_bus.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/tapi_core/rpc/client.h"

namespace tipring::test {
namespace {

class InProcessWorld final : public World {
public:
    InProcessWorld() : manager_(std::make_unique<core::LineManager>(loop_)) {
        EXPECT_TRUE(manager_->addProvider(fake_.table, {}));
    }
    std::unique_ptr<tapi::Tapi> application(const std::string& name) override {
        return manager_->createApplication(name);
    }
    void provider(const std::function<void(FakeProvider&)>& task) override {
        task(fake_);
        settle();
    }
    void settle() override {
        for (int i = 0; i < 20; ++i) {
            loop_.settle();
        }
    }

private:
    hal::VirtualLoop loop_;
    FakeProvider fake_;
    std::unique_ptr<core::LineManager> manager_;
};

class RemoteWorld final : public World {
public:
    explicit RemoteWorld(bool peer)
        : service_({peer ? std::string() : bus_.address(), peer ? peerAddress() : std::string()}),
          where_(peer ? rpc::BusAddress{rpc::BusAddress::Kind::Peer, peerAddress()}
                      : rpc::BusAddress{rpc::BusAddress::Kind::Bus, bus_.address()}),
          loop_(hal::EpollLoop::create().value()) {}

    std::unique_ptr<tapi::Tapi> application(const std::string& name) override {
        auto made = rpc::connect(*loop_, {where_, name});
        EXPECT_TRUE(made) << made.error().text();
        fences_.push_back(made->get());
        return std::move(*made);
    }
    void provider(const std::function<void(FakeProvider&)>& task) override {
        service_.run([&](ServiceThread::Parts& parts) { task(parts.fake); });
        settle();
    }
    /// What the service has sent before it answers a question has come when the answer is here.
    void settle() override {
        for (int round = 0; round < 3; ++round) {
            service_.settle();
            for (tapi::Tapi* one : fences_) {
                (void)one->addresses();
            }
            for (int i = 0; i < 8; ++i) {
                loop_->runOnce(hal::Duration::zero());
            }
        }
    }

private:
    [[nodiscard]] std::string peerAddress() const { return "unix:path=" + bus_.folder() + "/peer"; }

    TestBus bus_;
    ServiceThread service_;
    rpc::BusAddress where_;
    std::unique_ptr<hal::EpollLoop> loop_;
    std::vector<tapi::Tapi*> fences_;  // every application lives as long as its world is settled
};

std::string textOf(const tapi::CallStateEvent& e) {
    return fmt::format("state {}/{} mode {} '{}' instance {}", tapi::name(e.lineState),
                       tapi::name(e.state), e.mode, e.cause, e.callbackInstance);
}
std::string textOf(const tapi::CallNotificationEvent& e) {
    return fmt::format("notification {} instance {}", tapi::name(e.privilege), e.callbackInstance);
}
std::string textOf(const tapi::CallInfoChangeEvent& e) {
    return fmt::format("info {} instance {}", static_cast<int>(e.item), e.callbackInstance);
}
std::string textOf(const tapi::AddressEvent& e) {
    return fmt::format("address {} ring {}/{} '{}'", static_cast<int>(e.kind), e.ringMode,
                       e.ringCount, e.terminal);
}
std::string textOf(const tapi::DigitEvent& e) {
    return fmt::format("digit {} mode {}", e.digit, static_cast<int>(e.mode));
}
std::string textOf(const tapi::GenerateEvent& e) {
    return fmt::format("generated{}", e.cancelled ? " cancelled" : "");
}
std::string textOf(const tapi::GatherDigitsEvent& e) {
    return fmt::format("gathered '{}' {}", e.digits, tapi::name(e.end));
}
std::string textOf(const tapi::ToneEvent& e) {
    return fmt::format("tone {}", e.tag);
}
std::string textOf(const tapi::CallMediaEvent& e) {
    return fmt::format("media {} '{}' {} '{}'", static_cast<int>(e.kind), e.cause, e.mediaHeard,
                       e.terminal);
}
std::string textOf(const tapi::RequestEvent& e) {
    return fmt::format("request {} {}", e.request.number, e.request.appName);
}
std::string textOf(const tapi::PrivateEvent& e) {
    std::vector<std::string> types;
    for (const tapi::Value& value : e.values) {
        types.emplace_back(1, tapi::typeOf(value));
    }
    return fmt::format("private {}.{} {}{}", e.interfaceName, e.event, fmt::join(types, ""),
                       e.call      ? " of a call"
                       : e.address ? " of an address"
                                   : "");
}
std::string textOf(const tapi::AddressDevSpecificEvent& e) {
    return fmt::format("address's own {} {} {}", e.parameters[0], e.parameters[1], e.parameters[2]);
}
template <class E>
std::string textOf(const E& e) {
    return fmt::format("{} {}", tapi::name(tapi::classOf(tapi::Event(e))), tapi::subEventOf(e));
}

}  // namespace

std::string_view nameOf(WorldKind kind) {
    return kind == WorldKind::InProcess ? "InProcess" : kind == WorldKind::Bus ? "Bus" : "Peer";
}

std::unique_ptr<World> makeWorld(WorldKind kind) {
    if (kind == WorldKind::InProcess) {
        return std::make_unique<InProcessWorld>();
    }
    return std::make_unique<RemoteWorld>(kind == WorldKind::Peer);
}

Program::Program(World& world, const std::string& name)
    : world_(world), tapi_(world.application(name)) {
    tapi_->setEventSink(this);
    tapi_->setEventFilter(tapi::kAllEvents);
}

Program::~Program() = default;

tapi::RegistrationCookie Program::watch(const tapi::CallNotification& wanted) {
    auto cookie = tapi_->registerCallNotifications(address(), wanted);
    immediate("register", cookie);
    return cookie.value_or(0);
}

void Program::note(const std::string& what, const std::string& value) {
    trace_.push_back(what + ": " + value);
}

std::string Program::outcome(const tapi::Result<void>& result) {
    return result ? "ok" : result.error().text();
}

void Program::onEvent(const tapi::Event& event) {
    std::visit(
        [this](const auto& one) {
            trace_.push_back("event " + textOf(one));
            if constexpr (requires { one.call; }) {
                lastCall_ = one.call ? one.call : lastCall_;
            }
        },
        event);
    if (then) {
        then(event);
    }
}

}  // namespace tipring::test
